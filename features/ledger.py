"""What happened to each key of one set, kept small: for every key and counted stream the days of its events in order.

How many events there were before a day is a place in that list, so nothing but two bytes an event is kept. Where
most days hold several events (few keys, many lines), the different days stand there once with a running count. Sums
(cents, days to answer) run along the days of the first stream, only in sets that ask for them. Where a median (or
the greatest few) is asked for, the values themselves stand in the order of their days.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.columns import Hashes, Indices, Ints
from features.kernel import UNKNOWN
from features.ledger_kernel import (
    MOST,
    SUM,
    count,
    fill,
    fill_running,
    fill_tallies,
    fill_values,
    group,
    measure,
    merge,
    merge_tallies,
    merge_values,
    pair,
    settle,
)

Days = npt.NDArray[np.uint16]
"""Days since 1970: until 2149."""
Kinds = npt.NDArray[np.uint8]

LAST_DAY = 65_535
_PLAIN_BYTES, _RUNNING_BYTES = 2, 6


@dataclass(frozen=True, slots=True)
class Tally:
    """A sum (or the greatest value) that runs along the events of a key."""

    name: str
    is_most: bool = False
    """The greatest value instead of the sum."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What is counted of each key of a set: streams of events, the first of which holds them all, and tallies.

    `masks[code]` says by bits in which streams an event of that code counts.
    """

    streams: tuple[str, ...]
    masks: tuple[int, ...] = (1,)
    tallies: tuple[Tally, ...] = ()
    keeps: str = ""
    """A whole number kept of every event, 0 to 2,147,483,647 (cents) or `UNKNOWN`; in sets of one stream alone."""

    def __post_init__(self) -> None:
        """Refuse values that would stand beside more than one list of days."""
        if self.keeps and (len(self.streams) > 1 or self.tallies):
            raise ValueError(f"{self.keeps}: values are kept of one stream without tallies")

    @property
    def kinds(self) -> Ints:
        """How each tally runs: as a sum or as the greatest value."""
        return np.array([MOST if tally.is_most else SUM for tally in self.tallies], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Events:
    """Events in the order of their days: days (n,), what kind each is (n,), what is tallied of each (n,) by name."""

    days: Days
    codes: Kinds
    tallied: tuple[tuple[str, Ints], ...] = ()

    def of(self, layout: Layout) -> Ints:
        """What this layout tallies. Shape (tallies, n)."""
        values = dict(self.tallied)
        out = np.empty((len(layout.tallies), len(self.days)), dtype=np.int64)
        for row, tally in enumerate(layout.tallies):
            out[row] = values[tally.name]
        return out

    def kept(self, layout: Layout) -> Indices:
        """The values that this layout keeps of each event, none where it keeps none. Shape (n,) or (0,)."""
        if not layout.keeps:
            return np.empty(0, dtype=np.int32)
        values = dict(self.tallied)[layout.keeps]
        return np.clip(values, UNKNOWN, np.iinfo(np.int32).max).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Ledger:
    """One set of keys. The days of stream j of key i are days[starts[i * n_streams + j] : starts[i * n_streams + j + 1]].

    `totals` are running counts beside `days`, or empty where a place in the list is the count; `tallies` (rows,
    tallies) run along the first stream, those of key i from row firsts[i] on. `values` stand beside `days`, those of a
    day from the outermost to the middle one: the newest of them, however many, are the middle ones of their day.
    """

    layout: Layout
    keys: Hashes
    starts: Indices
    days: Days
    totals: Indices
    firsts: Indices
    tallies: Ints
    values: Indices

    @classmethod
    def of(cls, keys: Hashes, events: Events, layout: Layout) -> "Ledger":
        """Put events, which come in the order of their days, to their keys (n,); those without a key (0) are left."""
        ids, uniques = _grouped(np.ascontiguousarray(keys))
        width, masks = len(layout.streams), np.array(layout.masks, dtype=np.int64)
        n_events, n_days = _zeros(len(uniques) * width), _zeros(len(uniques) * width)
        count(ids, events.days, events.codes, masks, width, n_events, n_days)
        made = _empty(layout, uniques, n_events, n_days)
        told = (ids, events.days, events.codes, masks, width, made.starts, made.days)
        if made.is_running:
            fill_running(*told, made.totals)
        else:
            fill(*told)
        if layout.tallies:
            fill_tallies(ids, events.days, events.of(layout), layout.kinds, made.firsts, made.tallies)
        if layout.keeps:
            fill_values(ids, events.kept(layout), made.starts, made.values)
            settle(made.starts, made.days, made.values)
        return made

    @property
    def is_running(self) -> bool:
        """Whether different days stand here once, with running counts."""
        return len(self.totals) > 0

    def updated(self, new: "Ledger") -> "Ledger":
        """With the events of another ledger of the same layout: as if made of all events at once, without sorting."""
        room = len(self.keys) + len(new.keys)
        keys, of_old, of_new = np.empty(room, np.uint64), np.empty(room, np.int32), np.empty(room, np.int32)
        n = pair(self.keys, new.keys, keys, of_old, of_new)
        keys, of_old, of_new = keys[:n].copy(), of_old[:n], of_new[:n]
        width = len(self.layout.streams)
        both = (of_old, of_new, width, self.starts, self.days, self.totals, new.starts, new.days, new.totals)
        n_events, n_days = _zeros(n * width), _zeros(n * width)
        measure(*both, n_events, n_days)
        made = _empty(self.layout, keys, n_events, n_days)
        merge(*both, made.starts, made.days, made.totals)
        if self.layout.tallies:
            old_side = (self.starts, self.days, self.firsts, self.tallies)
            new_side = (new.starts, new.days, new.firsts, new.tallies)
            merge_tallies(
                of_old, of_new, width, *old_side, *new_side, self.layout.kinds, made.firsts, made.tallies
            )
        if self.layout.keeps:
            sides = (self.starts, self.days, self.values, new.starts, new.days, new.values)
            merge_values(of_old, of_new, *sides, made.starts, made.values)
        return made


def _zeros(n: int) -> Indices:
    return np.zeros(n, dtype=np.int32)


def _grouped(keys: Hashes) -> tuple[Indices, Hashes]:
    """The place of each event's key among the sorted keys (-1: none), and these keys."""
    ids, uniques = np.empty(len(keys), np.int32), np.empty(len(keys), np.uint64)
    table = np.zeros(1 << max(2 * len(keys) - 1, 1).bit_length(), dtype=np.int32)
    n = group(keys, table, ids, uniques)
    order = np.argsort(uniques[:n])
    place = np.empty(n + 1, dtype=np.int32)
    place[order] = np.arange(n, dtype=np.int32)
    place[n] = -1  # what -1 points at
    return place[ids], uniques[order]


def _empty(layout: Layout, keys: Hashes, n_events: Indices, n_days: Indices) -> Ledger:
    """A ledger with room for so many events or days of each key and stream, whichever takes less."""
    events, days = int(n_events.sum(dtype=np.int64)), int(n_days.sum(dtype=np.int64))
    is_shorter = bool(layout.tallies) or _RUNNING_BYTES * days < _PLAIN_BYTES * events
    is_running = is_shorter and not layout.keeps
    starts = _summed(n_days if is_running else n_events)
    firsts = _summed(n_days[:: len(layout.streams)]) if layout.tallies else _zeros(0)
    return Ledger(
        layout,
        keys,
        starts,
        np.empty(starts[-1], dtype=np.uint16),
        np.empty(starts[-1] if is_running else 0, dtype=np.int32),
        firsts,
        np.empty((firsts[-1] if layout.tallies else 0, len(layout.tallies)), dtype=np.int64),
        np.empty(starts[-1] if layout.keeps else 0, dtype=np.int32),
    )


def _summed(counts: Indices) -> Indices:
    starts = np.zeros(len(counts) + 1, dtype=np.int32)
    np.cumsum(counts, out=starts[1:])
    return starts


def masks_of(streams: Sequence[Sequence[int]], n_codes: int) -> tuple[int, ...]:
    """The masks of a layout whose stream j counts events of the codes streams[j]."""
    return tuple(sum(1 << j for j, codes in enumerate(streams) if code in codes) for code in range(n_codes))
