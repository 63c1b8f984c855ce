"""One claim with its lines, as a person or a JSON client gives it: frozen, and checked when made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from operator import attrgetter
from typing import TypeVar

import pyarrow as pa

from data.errors import InvalidClaim
from data.schema import (
    CLAIMS,
    DIAGNOSES,
    LINES,
    MAX_DIAGNOSES,
    MAX_MODIFIERS,
    MAX_POINTERS,
    MODIFIERS,
    POINTERS,
    ClaimTables,
)

Value = str | int | float | bool | date | None
T = TypeVar("T")

INHERITED = (
    "place_of_service",
    "rendering_npi",
    "referring_npi",
    "auth_number",
    "attachment_type",
    "attachment_transmission",
    "attachment_control",
)
"""What a line takes from its claim where it says nothing of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a claim; fields as in `data.schema.LINES`, money in cents, what is not said is None."""

    line: int
    procedure: str | None
    charge_cents: int
    modifiers: tuple[str, ...] = ()
    pointers: tuple[int, ...] = ()
    units: float | None = 1.0
    service_from: date | None = None
    service_to: date | None = None
    line_control: str | None = None
    procedure_qualifier: str | None = "HC"
    unit_code: str | None = "UN"
    revenue_code: str | None = None
    place_of_service: str | None = None
    rendering_npi: str | None = None
    referring_npi: str | None = None
    ordering_npi: str | None = None
    auth_number: str | None = None
    attachment_type: str | None = None
    attachment_transmission: str | None = None
    attachment_control: str | None = None

    def faults(self, claim_id: str) -> list[InvalidClaim]:
        """Everything wrong with this line, told of the claim it belongs to."""
        where = f"lines[{self.line}]"
        found = [
            *_negative(claim_id, f"{where}.charge_cents", self.charge_cents),
            *_negative(claim_id, f"{where}.units", self.units),
            *_too_many(claim_id, f"{where}.modifiers", self.modifiers, MAX_MODIFIERS),
            *_too_many(claim_id, f"{where}.pointers", self.pointers, MAX_POINTERS),
        ]
        if self.line < 0:
            found.append(
                InvalidClaim(claim_id, field=where, found=self.line, wanted="a line number of 1 or more")
            )
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim as it goes out; fields as in `data.schema.CLAIMS`, money in cents, what is not said is None.

    Checked when made: raises `InvalidClaim` naming field, found and wanted. Whether an NPI is a good one or a date
    is late is not asked here: such a claim can be sent, so it must be possible to score it.
    """

    claim_id: str
    payer_id: str | None
    billing_npi: str | None
    lines: tuple[Line, ...]
    submitted_on: date | None = None
    member_id: str | None = None
    diagnoses: tuple[str, ...] = ()
    frequency: str | None = "1"
    charge_cents: int | None = None
    """The claim's own total; the sum of its lines where not given."""
    transaction: str | None = "837P"
    version: str | None = None
    payer_name: str | None = None
    plan_type: str | None = None
    payer_sequence: str | None = "P"
    billing_name: str | None = None
    billing_taxonomy: str | None = None
    birth_year: int | None = None
    patient_sex: str | None = None
    relationship: str | None = None
    place_of_service: str | None = None
    provider_signature: str | None = None
    assignment: str | None = None
    benefits_assigned: str | None = None
    release: str | None = None
    related_cause: str | None = None
    delay_reason: str | None = None
    rendering_npi: str | None = None
    rendering_taxonomy: str | None = None
    referring_npi: str | None = None
    supervising_npi: str | None = None
    facility_npi: str | None = None
    auth_number: str | None = None
    referral_number: str | None = None
    original_control: str | None = None
    record_number: str | None = None
    attachment_type: str | None = None
    attachment_transmission: str | None = None
    attachment_control: str | None = None
    has_note: bool | None = None
    service_from: date | None = None
    service_to: date | None = None
    admitted_on: date | None = None
    accident_on: date | None = None
    n_other_payers: int | None = 0
    other_payer_id: str | None = None
    other_payer_paid_cents: int | None = None
    patient_paid_cents: int | None = None

    def __post_init__(self) -> None:
        raise_all(self.faults())

    def faults(self) -> list[InvalidClaim]:
        """Everything wrong with this claim; nothing if it holds together."""
        name = self.claim_id or "a claim"
        found = [fault for line in self.lines for fault in line.faults(name)]
        for field in ("charge_cents", "other_payer_paid_cents", "patient_paid_cents"):
            found += _negative(name, field, getattr(self, field))
        found += _too_many(name, "diagnoses", self.diagnoses, MAX_DIAGNOSES)
        numbers = [line.line for line in self.lines]
        if len(set(numbers)) < len(numbers):
            found.append(
                InvalidClaim(name, field="lines", found="the same line number twice", wanted="each once")
            )
        if not self.claim_id:
            found.append(
                InvalidClaim(name, field="claim_id", found="nothing", wanted="the patient control number")
            )
        return found


def raise_all(faults: Sequence[InvalidClaim]) -> None:
    """Raise the first fault with the others as notes; nothing happens where there are none."""
    if not faults:
        return
    first = faults[0]
    for other in faults[1:]:
        first.add_note(str(other))
    raise first


def _negative(claim_id: str, field: str, value: float | None) -> list[InvalidClaim]:
    if value is None or value >= 0:
        return []
    return [InvalidClaim(claim_id, field=field, found=value, wanted="0 or more")]


def _too_many(claim_id: str, field: str, values: Sequence[object], limit: int) -> list[InvalidClaim]:
    if len(values) <= limit:
        return []
    return [InvalidClaim(claim_id, field=field, found=f"{len(values)} of them", wanted=f"at most {limit}")]


@cache
def _plain(kind: type[Claim] | type[Line]) -> tuple[str, ...]:
    """Fields that stand in a table under their own name."""
    return tuple(
        f.name for f in fields(kind) if f.name not in {"lines", "diagnoses", "modifiers", "pointers"}
    )


_OF_CLAIM, _OF_LINE = _plain(Claim), _plain(Line)
_CLAIM_VALUES, _LINE_VALUES = attrgetter(*_OF_CLAIM), attrgetter(*_OF_LINE)
"""All of them at once: one by one takes twice as long."""


def claim_tables(claims: Sequence[Claim]) -> ClaimTables:
    """Claims as columns (`CLAIMS`, `LINES`), in the order given; `claim_key` counts them from 1.

    What a claim says for all its lines is written into each; service dates and total are taken from the lines where
    the claim gives none.
    """
    heads = [claim_row(claim, key) for key, claim in enumerate(claims, start=1)]
    lines = [line_row(line, claim, key) for key, claim in enumerate(claims, start=1) for line in claim.lines]
    return ClaimTables(_table(heads, CLAIMS), _table(lines, LINES))


def _table(rows: Sequence[Mapping[str, Value]], schema: pa.Schema) -> pa.Table:
    """Rows as columns; what a row doesn't hold is null. All columns at once: one by one takes twice as long."""
    structs = pa.array(rows, pa.struct(list(schema)))
    return pa.Table.from_batches([pa.RecordBatch.from_struct_array(structs)], schema=schema)


def claim_row(claim: Claim, key: int) -> dict[str, Value]:
    """What a claim says of itself, under the names of `CLAIMS`; what isn't there is not said."""
    row: dict[str, Value] = dict(zip(_OF_CLAIM, _CLAIM_VALUES(claim), strict=True))
    row["claim_key"] = key
    row["service_from"], row["service_to"] = _service_days(claim)
    row["n_lines"] = len(claim.lines)
    row["n_diagnoses"] = len(claim.diagnoses)
    if claim.charge_cents is None:
        row["charge_cents"] = sum(line.charge_cents for line in claim.lines)
    return row | dict(zip(DIAGNOSES, claim.diagnoses, strict=False))


def _service_days(claim: Claim) -> tuple[date | None, date | None]:
    """First and last day of service: the claim's own, else of its lines."""
    starts = [line.service_from for line in claim.lines if line.service_from]
    ends = [day for line in claim.lines if (day := line.service_to or line.service_from) is not None]
    first = claim.service_from or min(starts, default=None)
    return first, claim.service_to or max(ends, default=first)


def line_row(line: Line, claim: Claim, key: int) -> dict[str, Value]:
    """What a line says, and what its claim says for it, under the names of `LINES`; what isn't there is not said."""
    row: dict[str, Value] = dict(zip(_OF_LINE, _LINE_VALUES(line), strict=True))
    for name in INHERITED:
        row[name] = row[name] or getattr(claim, name)
    row["claim_key"] = key
    first, last = _service_days(claim)
    row["service_from"] = line.service_from or first
    row["service_to"] = line.service_to or line.service_from or last
    row |= dict(zip(MODIFIERS, line.modifiers, strict=False))
    return row | dict(zip(POINTERS, line.pointers, strict=False))


def claims_of(tables: ClaimTables) -> list[Claim]:
    """The claims of the tables as values, in the order of `tables.claims`; raises `InvalidClaim` for a faulty one."""
    lines: dict[int, list[Line]] = {}
    for row in tables.lines.to_pylist():
        plain = {name: row[name] for name in _plain(Line)}
        line = Line(**plain, modifiers=_given(row, MODIFIERS), pointers=_given(row, POINTERS))
        lines.setdefault(row["claim_key"], []).append(line)
    found = []
    for row in tables.claims.to_pylist():
        plain = {name: row[name] for name in _plain(Claim)}
        own = tuple(lines.get(row["claim_key"], ()))
        found.append(Claim(**plain, lines=own, diagnoses=_given(row, DIAGNOSES)))
    return found


def _given(row: Mapping[str, T], names: Sequence[str]) -> tuple[T, ...]:
    return tuple(row[name] for name in names if row[name] is not None)
