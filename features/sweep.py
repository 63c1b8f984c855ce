"""History for many rows at once: set by set through time, each set's events beside the rows in the order of days.

For a few rows the search in `features.kernel` is quicker; both tell the same to the bit.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.columns import Floats, Hashes, Indices, Ints
from features.kernel import CHANGE
from features.ledger import LAST_DAY, Events, Layout
from features.ledger_kernel import fill_values, group, settle
from features.plan import Plan
from features.sweep_kernel import FARTHEST, by_day, sweep

Out = npt.NDArray[np.float32] | Floats


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in the order of their days: the days themselves (n,), the order (n,), where each day begins in it."""

    days: Floats
    order: Indices
    begins: Ints

    @classmethod
    def of(cls, days: Floats) -> "Rows":
        """Put rows with these days since 1970 in order; those without a day (NaN) know no past."""
        order = np.empty(len(days), dtype=np.int32)
        begins = np.zeros(FARTHEST + 1, dtype=np.int64)
        by_day(days, np.empty(len(days), dtype=np.int32), order, begins)
        return cls(days, order, begins)


@dataclass(frozen=True, slots=True)
class Entries:
    """What became known of the keys of one set, in the order of days: `begins[d]` is the first of day d.

    Of each entry the key's place (-1: none), the streams it counts in by bits, how many events it stands for (empty:
    one each), and what it adds to each tally (tallies, n). Of key i are the `kept` values from starts[i] on, in the order
    of `features.ledger.Ledger`; none where no values are.
    """

    n_keys: int
    begins: Ints
    ids: Indices
    masks: Indices
    counts: Indices
    values: Ints
    starts: Indices
    kept: Indices

    @classmethod
    def of(cls, ids: Indices, n_keys: int, events: Events, layout: Layout, begins: Ints) -> "Entries":
        """Events of these keys, which come in the order of their days; `begins` as `begins_of` gives them."""
        masks = np.array(layout.masks, dtype=np.int32)[events.codes]
        none = np.empty(0, dtype=np.int32)
        starts, kept = _kept(ids, n_keys, events, layout) if layout.keeps else (none, none)
        return cls(n_keys, begins, ids, masks, none, events.of(layout), starts, kept)


def _kept(ids: Indices, n_keys: int, events: Events, layout: Layout) -> tuple[Indices, Indices]:
    """Where the values of each key begin, and the values."""
    starts = np.zeros(n_keys + 1, dtype=np.int32)
    np.cumsum(np.bincount(ids[ids >= 0], minlength=n_keys), out=starts[1:])
    days, kept = np.empty(starts[-1], dtype=np.int32), np.empty(starts[-1], dtype=np.int32)
    fill_values(ids, events.days.astype(np.int32), starts, days)
    fill_values(ids, events.kept(layout), starts, kept)
    settle(starts, days, kept)
    return starts, kept


@dataclass(frozen=True, slots=True)
class Part:
    """What a plan asks of one set: queries in the order of their windows, columns counted from the set's first."""

    queries: Ints
    program: Ints
    numbers: Floats
    since: Floats
    strengths: Floats
    outer: Ints
    """Columns of wider sets that are read."""
    begun: int
    """The set's first column."""

    @classmethod
    def of(cls, plan: Plan, place: int) -> "Part":
        """The part of a plan that asks about the set at this place."""
        q0, q1 = _span(plan.query_ends, place)
        p0, p1 = _span(plan.program_ends, place)
        order = np.argsort(plan.queries[q0:q1, 2], kind="stable")
        back = np.append(np.argsort(order), -1)
        program = plan.program[p0:p1].copy()
        program[:, 1:5] = back[program[:, 1:5]]
        parents = program[:, 5]
        outer = np.unique(parents[(parents >= 0) & (parents < p0)])
        columns = {column: p1 - p0 + i for i, column in enumerate(outer.tolist())} | {-1: -1}
        program[:, 5] = [columns.get(parent, parent - p0) for parent in parents.tolist()]
        is_change = program[:, 0] == CHANGE
        program[is_change, 6] -= p0
        return cls(
            np.ascontiguousarray(plan.queries[q0:q1][order]),
            program,
            plan.numbers[p0:p1].copy(),
            plan.since,
            np.ascontiguousarray(plan.strengths[:, p0:p1]),
            outer,
            p0,
        )


def _span(ends: Ints, place: int) -> tuple[int, int]:
    return int(ends[place - 1]) if place else 0, int(ends[place])


def fill(
    rows: Rows, ids: Indices, entries: Entries, kinds: Ints, windows: Ints, part: Part, out: Out
) -> None:
    """Fill the columns of one set from its entries, for rows with these places of their keys (-1 unseen, -2 none)."""
    sweep(
        rows.days, rows.order, rows.begins, ids,
        entries.begins, entries.ids, entries.masks, entries.counts, entries.values, kinds, entries.n_keys,
        entries.starts, entries.kept,
        windows, part.queries, part.program, part.numbers, part.since, part.strengths, part.outer, part.begun,
        out,
    )  # fmt: skip


def in_order(parts: Sequence[Part], work: Callable[[int], None], threads: int) -> None:
    """Do the work of every set that has columns, wider sets before those that read them, on some threads."""
    places = [place for place, part in enumerate(parts) if len(part.program)]
    if threads < 2 or len(places) < 2:
        for place in places:
            work(place)
        return
    ends = np.array([part.begun + len(part.program) for part in parts])
    done: dict[int, Future[None]] = {}

    def after(place: int) -> None:
        for column in parts[place].outer.tolist():
            done[int(np.searchsorted(ends, column, side="right"))].result()
        work(place)

    # Taken up in this order, so what is waited for is always at work already.
    with ThreadPoolExecutor(threads) as pool:
        for place in places:
            done[place] = pool.submit(after, place)
    for future in done.values():
        future.result()


def rolling(
    keys: Hashes, days: Floats, events: Events, of: Ints | Indices, layouts: Sequence[Layout], plan: Plan
) -> Floats:
    """What the past of each row says where the events are answers to rows of the same table, without any bank.

    keys (sets, n), days (n,) of the rows; `events` in the order of their days, `of` the row each belongs to. Shape
    (n, plan.width).
    """
    out = np.empty((len(days), plan.width))
    rows, begins = Rows.of(days), begins_of(events)
    parts = [Part.of(plan, place) for place in range(len(layouts))]

    def work(place: int) -> None:
        ids, n_keys = numbered(keys[place])
        entries = Entries.of(ids[of], n_keys, events, layouts[place], begins)
        ids[ids < 0] = -2
        fill(rows, ids, entries, layouts[place].kinds, plan.windows, parts[place], out)

    in_order(parts, work, 1)
    return out


def begins_of(events: Events) -> Ints:
    """Where each day begins among events that come in the order of their days."""
    n = np.bincount(events.days, minlength=LAST_DAY + 1)
    return np.concatenate(([0], np.cumsum(n)))


def numbered(keys: Hashes) -> tuple[Indices, int]:
    """The keys (n,) as numbers in the order in which they first come, -1 for none; and how many there are."""
    ids, uniques = np.empty(len(keys), np.int32), np.empty(len(keys), np.uint64)
    table = np.zeros(1 << max(2 * len(keys) - 1, 1).bit_length(), dtype=np.int32)
    return ids, group(np.ascontiguousarray(keys), table, ids, uniques)
