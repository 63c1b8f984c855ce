"""Which entries of a list hold for a line, best first: the one rule of the book, as people would go through it.

The entry that says most about the line counts: one of its own payer before one of all payers (`*`), then one that
names its plan before one for all plans, then one that names its place (or setting) before one for all places. Of
those that say as much, the one that holds since later; then the one learnt later; then the one further down the list.
`features.book` does the same over sorted keys, a million lines at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from data.policy.entries import Entry
from data.policy.lists import ANY_PAYER

E = TypeVar("E", bound=Entry)
Level = tuple[bool, bool, bool]
"""All payers? All plans? All places? The lowest says most about a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked about: a payer, and what narrows an entry down."""

    payer_id: str
    keys: Mapping[str, str | None]
    """Columns that must be just this; None: must be empty."""
    plan: str | None = None
    place: tuple[str, str | None] = ("place_of_service", None)
    """The column that narrows the place (or the setting), and what it is."""
    on: date | None = None
    """The day of service; of one that isn't known only what always holds is said."""
    known_by: date | None = date.max
    """The day the claim is sent: what the office learnt later doesn't count."""


def about(table: pa.Table, kind: type[E], asked: Asked) -> list[tuple[Level, E]]:
    """The entries about this, holding or not, each with how much it says; the best first."""
    payers = pa.array([asked.payer_id, ANY_PAYER])
    mask = pc.is_in(table["payer_id"].cast(pa.string()), payers)
    for name, wanted in asked.keys.items():
        column = table[name].cast(pa.string())
        mask = pc.and_(mask, pc.is_null(column) if wanted is None else pc.equal(column, wanted))
    rows = table.filter(pc.fill_null(mask, fill_value=False)).to_pylist()
    known = {field.name for field in fields(kind)}
    ranked: list[tuple[Level, tuple[date, date, int], E]] = []
    for place, row in enumerate(rows):
        level = _level(row, asked)
        if level is not None:
            entry = kind(**{name: value for name, value in row.items() if name in known})
            newest = (entry.valid_from or date.min, entry.known_on or date.min, place)
            ranked.append((level, newest, entry))
    ranked.sort(key=lambda one: one[1], reverse=True)
    ranked.sort(key=lambda one: one[0])
    return [(level, entry) for level, _, entry in ranked]


def holding(table: pa.Table, kind: type[E], asked: Asked) -> list[E]:
    """The entries that hold, of those that say most about the line; the one that counts first."""
    found = [(level, one) for level, one in about(table, kind, asked) if one.holds(asked.on, asked.known_by)]
    return [one for level, one in found if level == found[0][0]]


def _level(row: Mapping[str, object], asked: Asked) -> Level | None:
    """How much an entry says about the line; None where it is about other plans or places."""
    plan, place = row.get("plan_type"), row.get(asked.place[0])
    if not (_is_among(asked.plan, plan) and _is_among(asked.place[1], place)):
        return None
    is_any = row["payer_id"] == ANY_PAYER and asked.payer_id != ANY_PAYER
    return is_any, plan is None, place is None


def _is_among(wanted: str | None, named: object) -> bool:
    return named is None or (wanted is not None and wanted in str(named).split())
