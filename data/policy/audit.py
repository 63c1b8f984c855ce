"""What is to be said of a policy book list by list: how much it holds, since when, and where it contradicts itself."""

from dataclasses import dataclass
from datetime import date
from itertools import combinations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.keys import Ints, codes_of, grouped
from data.policy.book import PolicyBook
from data.policy.lists import LISTS, PolicyList

MOST_TOLD = 20
"""Contradictions of a list that are told one by one."""
EARLIEST, LATEST = -(1 << 31), (1 << 31) - 1
SETS = ("plan_type", "place_of_service", "diagnoses")
"""Columns that name several things at once."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two entries that speak of the same thing on the same day, and say different things: the newer one counts."""

    about: str
    """What both are about, as `payer_id P1, procedure 70551`."""
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class ListAudit:
    """One list in a few figures."""

    name: str
    title: str
    n_entries: int
    n_payers: int
    n_for_all: int
    """Entries for all payers (`*`)."""
    valid_from: date | None
    """The first day that any entry holds for; None where one always did."""
    valid_to: date | None
    """The last day that any entry holds for; None where one still does."""
    n_expired: int
    """Entries that held until some day before today."""
    n_contradictions: int
    contradictions: tuple[Contradiction, ...]
    """The first of them."""

    @property
    def is_expired(self) -> bool:
        """Whether none of its entries holds any more: the list wants renewing."""
        return self.n_expired == self.n_entries


def audit(book: PolicyBook, today: date) -> tuple[ListAudit, ...]:
    """Every list of a book that has entries."""
    return tuple(_audit(one, book.tables[one.name], today) for one in LISTS if one.name in book.tables)


def _audit(one: PolicyList, table: pa.Table, today: date) -> ListAudit:
    payers = set(table["payer_id"].combine_chunks().dictionary.to_pylist())
    pairs = contradicting(one, table)
    return ListAudit(
        one.name,
        one.title,
        table.num_rows,
        len(payers - {"*"}),
        int(pc.sum(pc.equal(table["payer_id"].cast(pa.string()), "*")).as_py() or 0),
        None if table["valid_from"].null_count else pc.min(table["valid_from"]).as_py(),
        None if table["valid_to"].null_count else pc.max(table["valid_to"]).as_py(),
        int(pc.sum(pc.less(table["valid_to"], pa.scalar(today, pa.date32()))).as_py() or 0),
        len(pairs),
        tuple(_told(one, table, first, second) for first, second in pairs[:MOST_TOLD]),
    )


def contradicting(one: PolicyList, table: pa.Table) -> list[tuple[int, int]]:
    """Rows of two entries that say as much about a line, hold on the same day, and tell different things."""
    if not one.tells or not table.num_rows:
        return []
    exact = [name for name in ("payer_id", *one.about) if name not in SETS]
    group = grouped(*(codes_of(table[name])[0] for name in exact))
    told = grouped(*(_codes(table, name) for name in one.tells))
    begins = _days(table, "valid_from", EARLIEST)
    ends = _days(table, "valid_to", LATEST)
    order = np.lexsort((begins, group))
    several = _disputed(group[order], told[order])
    found: list[tuple[int, int]] = []
    for rows in several:
        sets = [_sets(table, name, order[rows]) for name in SETS if name in table.schema.names]
        for a, b in combinations(range(len(rows)), 2):
            first, second = int(order[rows[a]]), int(order[rows[b]])
            together = begins[second] <= ends[first] and begins[first] <= ends[second]
            if together and told[first] != told[second] and all(_meet(s[a], s[b]) for s in sets):
                found.append((min(first, second), max(first, second)))
    return sorted(found)


def _disputed(group: Ints, told: Ints) -> list[Ints]:
    """The places of groups (which stand together) that don't all tell the same: few, so that each can be looked at."""
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    if not len(starts):
        return []
    lowest, highest = np.minimum.reduceat(told, starts), np.maximum.reduceat(told, starts)
    ends = np.append(starts[1:], len(group))
    return [np.arange(starts[n], ends[n]) for n in np.flatnonzero(lowest != highest)]


def _sets(table: pa.Table, name: str, rows: Ints) -> list[frozenset[str] | None]:
    """What cells of several words name; None where they name all."""
    texts = table[name].take(pa.array(rows)).to_pylist()
    return [None if text is None else frozenset(text.split()) for text in texts]


def _meet(first: frozenset[str] | None, second: frozenset[str] | None) -> bool:
    """Whether two entries say as much, of something that both name: one for all gives way to one that names it."""
    if first is None or second is None:
        return first is second
    return bool(first & second)


def _codes(table: pa.Table, name: str) -> Ints:
    return codes_of(table[name].cast(pa.string()))[0]


def _days(table: pa.Table, name: str, empty: int) -> Ints:
    days: Ints = table[name].cast(pa.int32()).fill_null(empty).to_numpy().astype(np.int64)
    return days


def _told(one: PolicyList, table: pa.Table, first: int, second: int) -> Contradiction:
    rows = [table.slice(row, 1).to_pylist()[0] for row in (first, second)]
    about = ", ".join(
        f"{name} {rows[0][name]}" for name in ("payer_id", *one.about) if rows[0][name] is not None
    )
    return Contradiction(about, *(_says(one, row) for row in rows))


def _says(one: PolicyList, row: dict[str, object]) -> str:
    """What an entry tells, and when: `days 90, from 2026-01-01`."""
    what = [f"{name} {_word(row[name])}" for name in one.tells if row[name] is not None]
    when = [f"{word} {row[name]}" for word, name in (("from", "valid_from"), ("to", "valid_to")) if row[name]]
    return ", ".join([*what, *when])


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
