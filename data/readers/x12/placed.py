"""A block's segments, each in its place."""

from dataclasses import dataclass

import numpy as np

from data.readers.x12 import codes as c
from data.readers.x12.keys import keys_of
from data.readers.x12.place import (
    BROKEN,
    FORGET,
    ISA_ROW,
    LINE_NOW,
    MARK,
    N_LINES,
    N_STATE,
    OF_LINE,
    OF_LOOP,
    OF_MANY,
    OF_OWNER,
    OWNER,
    OWNER_GUIDE,
    OWNER_KIND,
    ROW_OF_OWNER,
    ST_ROW,
    Places,
    walk,
)
from data.readers.x12.rules import NO_LEVEL, Layout, Rules
from data.readers.x12.tokenize import Ints, Segments


@dataclass(frozen=True, slots=True)
class Placed:
    """Segments and where they stand. Owners are claims and remits; lines are lines and services."""

    table: Segments
    places: Places
    open_st: int
    """The segment of a transaction that the block's end cuts off, or -1."""
    open_isa: int

    @property
    def kind(self) -> Ints:
        """Of each owner: codes.KIND_CLAIMS or KIND_REMITS."""
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

    @property
    def broken(self) -> Ints:
        """Of each segment: place.BREAK_... where an envelope begins that never ends."""
        rows: Ints = self.places.segment[BROKEN]
        return rows

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


def place(table: Segments, rules: Rules) -> Placed:
    """Put every segment of a block in its place."""
    places = _empty(table, rules)
    state = np.zeros(N_STATE, np.int64)
    state[[OWNER, LINE_NOW, ST_ROW, ISA_ROW, ROW_OF_OWNER]] = -1
    state[FORGET] = NO_LEVEL
    now = np.full(rules.level.shape, -1, np.int32)
    walk(keys_of(table), rules, places, state, now)
    n_lines = int(state[N_LINES])
    places = places._replace(by_line=places.by_line[:, :n_lines], line_owner=places.line_owner[:n_lines])
    return Placed(table, places, int(state[ST_ROW]), int(state[ISA_ROW]))


def _empty(table: Segments, rules: Rules) -> Places:
    n = table.code.size
    counts = np.bincount(table.code, minlength=c.N_CODES)
    n_owners = int(counts[[c.CLM, c.CLP]].sum())
    n_lines = int(counts[[c.LX, c.SVC, *range(c.SV1, c.SV7 + 1)]].sum())
    n_context, n_own, n_line = (int(k) for k in rules.n_slots)
    segment = np.zeros((6, n), np.int32)
    segment[[OF_OWNER, OF_LINE]] = -1
    return Places(
        segment,
        np.full((n_context, n_owners), -1, np.int32),
        np.full((n_own, n_owners), -1, np.int32),
        np.full((n_line, n_lines), -1, np.int32),
        np.zeros((2, n_owners), np.int32),
        np.full(n_lines, -1, np.int32),
    )
