"""What one check says of one line, asked the product's own way: claim tables, line table, features.

A case says only what matters: everything else of the claim is a plain good one (`LINE`, `CLAIM`). None takes a field
away, a date may be written as "2025-03-10". Fields may be of the line or of its claim (`claim_charge_cents` is the
claim's total, which else is the sum of its lines).
"""

from collections.abc import Iterable, Mapping, Sequence
from csv import DictWriter
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pytest

from data.policy import PolicyBook
from data.schema import CLAIMS, CONTEXT, DIAGNOSES, LABELLED, LINES, ClaimTables
from data.wide import line_table
from features.build import build
from features.checks.registry import CheckShelf
from features.state import FeatureState

Value = str | int | float | bool | date | None
Fields = Mapping[str, Value]
Rows = Sequence[Fields]

YES, NO, UNKNOWN = 1.0, 0.0, float("nan")

PAYER = "60054"
SERVICE = date(2025, 3, 10)
SENT = date(2025, 3, 20)

CLAIM: Fields = {
    "claim_key": 1,
    "claim_id": "1042",
    "transaction": "837P",
    "version": "005010X222A1",
    "submitted_on": SENT,
    "payer_id": PAYER,
    "plan_type": "CI",
    "payer_sequence": "P",
    "billing_npi": "1444444446",
    "billing_taxonomy": "2085R0202X",
    "member_id": "M1",
    "birth_year": 1960,
    "patient_sex": "F",
    "relationship": "18",
    "place_of_service": "11",
    "frequency": "1",
    "provider_signature": "Y",
    "assignment": "A",
    "benefits_assigned": "Y",
    "release": "Y",
    "rendering_npi": "1234567893",
    "referring_npi": "1999999984",
    "facility_npi": "1666666668",
    "service_from": SERVICE,
    "service_to": SERVICE,
    "n_other_payers": 0,
    "diagnosis_1": "M5416",
}
LINE: Fields = {
    "claim_key": 1,
    "procedure": "72148",
    "procedure_qualifier": "HC",
    "charge_cents": 100_000,
    "units": 1.0,
    "unit_code": "UN",
    "place_of_service": "11",
    "pointer_1": 1,
    "service_from": SERVICE,
    "service_to": SERVICE,
    "rendering_npi": "1234567893",
    "referring_npi": "1999999984",
}
PAID: Fields = {
    "submitted_on": date(2025, 1, 15),
    "service_from": date(2025, 1, 10),
    "service_to": date(2025, 1, 10),
    "outcome": "paid",
    "label": 0,
    "paid_cents": 50_000,
    "denied_cents": 0,
    "known_on": date(2025, 2, 1),
}
BLANK: Fields = dict.fromkeys(name for name in (*CLAIM, *LINE) if name not in {"claim_key", "claim_id"})
"""Takes everything away that a plain line says."""


@dataclass(frozen=True, slots=True)
class Case:
    """A line, what is known beside it, and what the check must say of it."""

    check: str
    says: float
    """YES, NO or UNKNOWN."""
    why: str
    line: Fields = field(default_factory=dict)
    claim_lines: Rows = ()
    """The claim's other lines, behind this one."""
    context: Fields | None = None
    book: Mapping[str, Rows] | None = None
    """Entries by list; their payer is this claim's where they name none."""
    past: Rows | None = None
    """Earlier lines, each a claim of its own, paid where nothing else is said; None: no past at all."""


def verdict(
    check: str,
    line: Fields | None = None,
    claim_lines: Rows = (),
    context: Fields | None = None,
    book: Mapping[str, Rows] | None = None,
    past: Rows | None = None,
) -> float:
    """What the check says of the (first) line: 1 tripped, 0 passed, NaN unknown."""
    lines = made_lines(line or {}, claim_lines, context)
    state = _learnt(past) if past is not None else FeatureState.empty()
    features = build(lines, state.with_policy(_book(_frozen(book)) if book is not None else None))
    return float(features.column(f"check_{check}")[0])


def agrees(case: Case) -> bool:
    """Whether the check says what the case wants."""
    said = says(case)
    return said == case.says or (np.isnan(said) and np.isnan(case.says))


def says(case: Case) -> float:
    """What the check says of the case."""
    return verdict(case.check, case.line, case.claim_lines, case.context, case.book, case.past)


def each(cases: Sequence[Case]) -> pytest.MarkDecorator:
    """Parametrize a test by its `case`."""
    return pytest.mark.parametrize("case", cases, ids=[f"{case.check}: {case.why}" for case in cases])


def untried(shelf: CheckShelf, cases: Iterable[Case]) -> list[str]:
    """Checks of the shelf without a case that trips, one that passes and one that leaves it unknown.

    A check that only reads the claim form is never unknown: it needs no such case if it knows a blank line.
    """
    told = {(case.check, _word(case.says)) for case in cases}
    found = [
        f"{check.id}: no case {word}"
        for check in shelf.checks
        for word in ("tripped", "passed")
        if (check.id, word) not in told
    ]
    unasked = [check.id for check in shelf.checks if (check.id, "unknown") not in told]
    return found + [f"{check}: no case unknown" for check in unasked if np.isnan(verdict(check, BLANK))]


def repeated(n: int, **fields: Value) -> Rows:
    """The same earlier line n times."""
    return [fields] * n


def denied(n: int, family: str, **fields: Value) -> Rows:
    """An earlier line that was denied for a reason of this family, n times."""
    outcome: Fields = {"outcome": "denied", "label": 1, "family": family, "paid_cents": 0}
    return repeated(n, **{**outcome, **fields})


def made_lines(line: Fields, claim_lines: Rows = (), context: Fields | None = None) -> pa.Table:
    """The line table of one claim."""
    return line_table(_tables(line, claim_lines), _context(context))


def _tables(line: Fields, others: Rows) -> ClaimTables:
    rows = [{**LINE, "line": n, **said} for n, said in enumerate((line, *others), start=1)]
    total = sum(_number(row["charge_cents"]) for row in rows)
    codes = sum(1 for name in DIAGNOSES if {**CLAIM, **line}.get(name) is not None)
    counted: Fields = {"n_lines": len(rows), "n_diagnoses": codes, "charge_cents": total}
    head: dict[str, Value] = {**CLAIM, **counted, **{k: v for k, v in line.items() if k != "charge_cents"}}
    head["charge_cents"] = head.pop("claim_charge_cents", head["charge_cents"])
    for name in {name for row in rows for name in row}:
        assert name in LINES.names or name in CLAIMS.names or name == "claim_charge_cents", name
    return ClaimTables(_table([head], CLAIMS), _table(rows, LINES))


def _context(said: Fields | None) -> pa.Table | None:
    if said is None:
        return None
    assert set(said) <= set(CONTEXT.names), set(said) - set(CONTEXT.names)
    return _table([{"claim_id": CLAIM["claim_id"], **said}], CONTEXT)


def _learnt(past: Rows) -> FeatureState:
    rows = [
        {**CLAIM, **LINE, **PAID, "claim_key": 100 + n, "claim_id": f"P{n}", "line": 1, **said}
        for n, said in enumerate(past)
    ]
    return FeatureState.fit(_table(rows, LABELLED), as_of=SENT, secret=b"tests of checks")


def _frozen(book: Mapping[str, Rows]) -> tuple[tuple[str, tuple[tuple[tuple[str, str], ...], ...]], ...]:
    return tuple(
        (name, tuple(tuple((key, str(value)) for key, value in row.items()) for row in rows))
        for name, rows in book.items()
    )


@cache
def _book(lists: tuple[tuple[str, tuple[tuple[tuple[str, str], ...], ...]], ...]) -> PolicyBook:
    """The book as the user keeps it: a folder of CSV files."""
    with TemporaryDirectory() as folder:
        for name, rows in lists:
            _write(Path(folder) / f"{name}.csv", [{"payer_id": PAYER, **dict(row)} for row in rows])
        return PolicyBook.load(Path(folder))


def _write(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="") as file:
        writer = DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)


def _table(rows: Rows, schema: pa.Schema) -> pa.Table:
    columns = [pa.array([_read(row.get(f.name), f.type) for row in rows], f.type) for f in schema]
    return pa.table(columns, schema=schema)


def _read(value: Value, kind: pa.DataType) -> Value:
    is_day = pa.types.is_date32(kind) and isinstance(value, str)
    return date.fromisoformat(value) if is_day and isinstance(value, str) else value


def _number(value: Value) -> int:
    return int(value) if isinstance(value, int) else 0


def _word(says: float) -> str:
    return "unknown" if np.isnan(says) else "tripped" if says else "passed"
