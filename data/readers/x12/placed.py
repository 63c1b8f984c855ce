"""A window's segments, each in its place."""

from dataclasses import dataclass

import numpy as np

from data.readers.x12 import codes as c
from data.readers.x12.keys import keys_of
from data.readers.x12.place import (
    FORGET,
    LINE_NOW,
    MARK,
    MOST_EVENTS,
    N_EVENTS,
    N_LINES,
    N_OWNERS,
    N_STATE,
    NEXT_ROW,
    OF_LINE,
    OF_LOOP,
    OF_MANY,
    OF_OWNER,
    OWNER,
    OWNER_GUIDE,
    OWNER_KIND,
    ROWS,
    Places,
    walk,
)
from data.readers.x12.rules import NO_LEVEL, Layout, Rules
from data.readers.x12.tokenize import Ints, Longs, Segments, no_segments

LATE = 4096
"""A window is cut within its last segments, as many as this, if it can be."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered between two windows: the state, and what was said for all that follows.

    The segments that it speaks of are the first of the next window, which repeats them.
    """

    prefix: Segments
    offsets: Longs
    """Where each of the prefix stands in its file."""
    loop: Ints
    """Where each of the prefix stood."""
    state: Longs
    now: Ints


def no_memory(rules: Rules) -> Memory:
    """At the start of a file."""
    state = np.zeros(N_STATE, np.int64)
    state[[OWNER, LINE_NOW, *ROWS]] = -1
    state[FORGET] = NO_LEVEL
    none = np.empty(0, np.int32)
    return Memory(no_segments(), np.empty(0, np.int64), none, state, np.full(rules.level.shape, -1, np.int32))


@dataclass(frozen=True, slots=True)
class Placed:
    """Segments and where they stand. Owners are claims, remits, claims that have a status, and groups that
    have an answer; lines are their lines, services and transactions.

    The first `n_prefix` segments repeat what earlier windows said for all that follows: they are nobody's.
    """

    table: Segments
    places: Places
    memory: Memory
    """What was remembered at the start of the window."""
    state: Longs
    """The state at its end, and what holds there for all that follows."""
    now: Ints
    shift: int
    """What to add to a place in the window for its place in the file."""

    @property
    def n_prefix(self) -> int:
        """How many segments the window repeats."""
        return self.memory.offsets.size

    @property
    def kind(self) -> Ints:
        """Of each owner: codes.KIND_CLAIMS, ..."""
        rows: Ints = self.places.owner[OWNER_KIND]
        return rows

    @property
    def guide(self) -> Ints:
        """Of each owner: codes.GUIDE_..."""
        rows: Ints = self.places.owner[OWNER_GUIDE]
        return rows

    @property
    def owner(self) -> Ints:
        """Of each segment, -1 for none."""
        rows: Ints = self.places.segment[OF_OWNER]
        return rows

    @property
    def line(self) -> Ints:
        """Of each segment, -1 for none."""
        rows: Ints = self.places.segment[OF_LINE]
        return rows

    @property
    def loop(self) -> Ints:
        """Of each segment: codes.CLAIM, ..."""
        rows: Ints = self.places.segment[OF_LOOP]
        return rows

    @property
    def mark(self) -> Ints:
        """What became of each segment: codes.USED, ... May be written."""
        rows: Ints = self.places.segment[MARK]
        return rows

    def offsets(self, rows: Ints | Longs) -> Longs:
        """Where segments begin in their file."""
        offsets: Longs = self.table.starts[self.table.first[rows]] + np.int64(self.shift)
        is_prefix = rows < self.n_prefix
        if self.n_prefix and is_prefix.any():
            offsets[is_prefix] = self.memory.offsets[rows[is_prefix]]
        return offsets

    def owners(self, kind: int) -> Ints:
        """The claims (or remits) of this block, in order."""
        return np.flatnonzero(self.kind == kind).astype(np.int32)

    def lines(self, kind: int) -> Ints:
        """The lines of all claims (or services of all remits) of this block, in order."""
        return np.flatnonzero(self.kind[self.places.line_owner] == kind).astype(np.int32)

    def all_of(self, layout: Layout, name: str, kind: int) -> Ints:
        """The segments of a repeating slot, in order."""
        rows = np.flatnonzero(self.places.segment[OF_MANY] == layout.number(name) + 1).astype(np.int32)
        chosen: Ints = rows[self.kind[self.owner[rows]] == kind]
        return chosen


def place(table: Segments, rules: Rules, memory: Memory, *, shift: int, is_end: bool) -> Placed:
    """Put the segments of a window in their places, up to where the window can be cut; all if the file ends with it.

    The table of what comes out is that much shorter.
    """
    late = table.code.size - LATE
    placed, is_whole = _place(table, rules, memory, late, shift=shift, is_end=is_end)
    if not is_whole:
        placed, _ = _place(table, rules, memory, 0, shift=shift, is_end=is_end)
    return placed


def _place(
    table: Segments, rules: Rules, memory: Memory, late: int, *, shift: int, is_end: bool
) -> tuple[Placed, bool]:
    """Place, cutting at row `late` or after it; and whether there was such a place."""
    places = _empty(table, rules)
    n_prefix = memory.offsets.size
    places.segment[OF_LOOP, :n_prefix] = memory.loop
    state, now = memory.state.copy(), memory.now.copy()
    state[[N_OWNERS, N_LINES, N_EVENTS]], state[NEXT_ROW] = 0, n_prefix
    kept, kept_now = state.copy(), now.copy()
    walk(keys_of(table), rules, places, state, now, kept, kept_now, late)
    if is_end:
        state[NEXT_ROW] = table.code.size
        kept, kept_now = state, now
    is_whole = bool(kept[NEXT_ROW] >= late)
    table, places = _cut(table, places, kept)
    return Placed(table, places, memory, kept, kept_now, shift), is_whole


def _cut(table: Segments, places: Places, kept: Longs) -> tuple[Segments, Places]:
    """Only what stands before the cut."""
    row, n_owners, n_lines = int(kept[NEXT_ROW]), int(kept[N_OWNERS]), int(kept[N_LINES])
    content, code, first, starts, component = table
    table = Segments(content, code[:row], first[: row + 1], starts[: first[row]], component[:row])
    return table, Places(
        places.segment[:, :row],
        places.event[:, : int(kept[N_EVENTS])],
        places.context[:, :n_owners],
        places.own[:, :n_owners],
        places.by_line[:, :n_lines],
        places.owner[:, :n_owners],
        places.line_owner[:n_lines],
    )


def _empty(table: Segments, rules: Rules) -> Places:
    n = table.code.size
    counts = np.bincount(table.code, minlength=c.N_CODES)
    n_owners = int(counts[[c.CLM, c.CLP, c.TRN, c.AK1]].sum())
    n_lines = int(counts[[c.LX, c.SVC, c.AK2, *range(c.SV1, c.SV7 + 1)]].sum())
    n_events = int(counts[c.ISA : c.IEA + 1].sum()) * MOST_EVENTS
    n_context, n_own, n_line = (int(k) for k in rules.n_slots)
    segment = np.zeros((5, n), np.int32)
    segment[[OF_OWNER, OF_LINE]] = -1
    return Places(
        segment,
        np.zeros((4, n_events), np.int64),
        np.full((n_context, n_owners), -1, np.int32),
        np.full((n_own, n_owners), -1, np.int32),
        np.full((n_line, n_lines), -1, np.int32),
        np.zeros((2, n_owners), np.int32),
        np.full(n_lines, -1, np.int32),
    )
