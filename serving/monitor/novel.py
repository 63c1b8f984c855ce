"""Payers, codes and providers that came up after the model's day: it can't have learnt anything of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from data.keys import ints
from serving.monitor.lines import NEVER, day_of

FIELDS: tuple[tuple[str, ...], ...] = (
    ("payer_id",),
    ("procedure",),
    ("facility_npi",),
    ("rendering_npi",),
    ("payer_id", "plan_type"),
)
"""What is looked at, the widest first: a new payer's plans aren't told again."""
MOST = 50
"""New things of a field that are listed, those with most lines first."""


@dataclass(frozen=True, slots=True)
class New:
    """A value that no line before the model's day had."""

    field: str
    value: str
    first_on: date
    n_lines: int
    n_answered: int
    n_denied: int


def novelties(before: pa.Table, after: pa.Table) -> list[New]:
    """What lines sent `after` the model's day have that none `before` had; both are labelled tables."""
    found: list[New] = []
    for fields in FIELDS:
        known = set(zip(*(before[name].to_pylist() for name in fields), strict=True))
        fresh = [
            (values, rows)
            for values, rows in _rows(after, fields)
            if values not in known and None not in values and not _told(found, fields, values)
        ]
        fresh.sort(key=lambda one: (-len(one[1]), one[0]))
        found += [_new(after, fields, values, rows) for values, rows in fresh[:MOST]]
    return found


def _rows(table: pa.Table, fields: Sequence[str]) -> list[tuple[tuple[str | None, ...], list[int]]]:
    rows: dict[tuple[str | None, ...], list[int]] = {}
    for row, values in enumerate(zip(*(table[name].to_pylist() for name in fields), strict=True)):
        rows.setdefault(values, []).append(row)
    return list(rows.items())


def _told(found: Sequence[New], fields: Sequence[str], values: Sequence[str | None]) -> bool:
    parts = dict(zip(fields, values, strict=True))
    return any(one.field in parts and parts[one.field] == one.value for one in found)


def _new(table: pa.Table, fields: Sequence[str], values: tuple[str | None, ...], rows: list[int]) -> New:
    lines = table.take(pa.array(rows))
    label = lines["label"]
    return New(
        " and ".join(fields),
        " and ".join(str(value) for value in values),
        day_of(int(ints(lines["submitted_on"], null=NEVER).min())),
        len(rows),
        len(rows) - label.null_count,
        int(pc.sum(label).as_py() or 0),
    )
