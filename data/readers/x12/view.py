"""The claims (or remits) of a block, asked by the names of their slots."""

from dataclasses import dataclass, field

import numpy as np

from data.readers.x12 import codes, select
from data.readers.x12.placed import Placed
from data.readers.x12.rules import CONTEXT, LINE, Layout
from data.readers.x12.select import Flags, Spans
from data.readers.x12.tokenize import Ints, Longs, Segments


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that could not be read, at these segments."""

    rows: Ints
    reason: str


@dataclass(frozen=True, slots=True)
class View:
    """Chosen owners (claims or remits) and lines (or services) of a block."""

    placed: Placed
    layout: Layout
    owners: Ints
    """Owners of the block, in order."""
    lines: Ints
    """Lines of the block, in order."""
    found: dict[str, Ints] = field(default_factory=dict, repr=False, compare=False)
    """The segments of the slots asked for so far."""

    @property
    def table(self) -> Segments:
        """The block's segments."""
        return self.placed.table

    @property
    def owner_of_line(self) -> Ints:
        """For each line the position of its owner among `owners`."""
        return self.position_of(self.placed.places.line_owner[self.lines])

    def position_of(self, owners: Ints) -> Ints:
        """Where these owners of the block stand among the view's; -1 where they do not."""
        position = np.full(self.placed.kind.size + 1, -1, np.int32)
        position[self.owners] = np.arange(self.owners.size, dtype=np.int32)
        return position[owners]

    def rows(self, slot: str) -> Ints:
        """The segment in a slot, of each owner or line; -1 is none."""
        rows = self.found.get(slot)
        if rows is None:
            rows = self.found[slot] = self._rows(*self.layout.places[slot])
        return rows

    def _rows(self, scope: int, number: int) -> Ints:
        places = self.placed.places
        if scope == LINE:
            of_lines: Ints = places.by_line[number, self.lines]
            return of_lines
        of_owners: Ints = (places.context if scope == CONTEXT else places.own)[number, self.owners]
        return of_owners

    def has(self, slot: str) -> Flags:
        """Which owners or lines have a segment in a slot."""
        has: Flags = self.rows(slot) >= 0
        return has

    def of(self, slot: str, element: int, component: int = -1) -> Spans:
        """An element of the segment in a slot, of each owner or line."""
        return select.spans(self.table, self.rows(slot), element, component)

    def many(self, slot: str, kind: int) -> tuple[Ints, Ints]:
        """The segments of a repeating slot and the positions of their owners, of the view's owners only."""
        rows = self.placed.all_of(self.layout, slot, kind)
        owner = self.position_of(self.placed.owner[rows])
        return rows[owner >= 0], owner[owner >= 0]

    def offsets(self, rows: Ints) -> Longs:
        """Where segments begin in their file."""
        return self.placed.offsets(rows)


def reject(placed: Placed, owners: Ints, lines: Ints) -> None:
    """Mark all segments of rejected owners, and of lines without a service, as listed."""
    gone = np.zeros(placed.kind.size + 1, np.bool_)
    gone[owners] = True
    empty = np.zeros(placed.places.line_owner.size + 1, np.bool_)
    empty[lines] = True
    placed.mark[empty[placed.line]] = codes.NO_SERVICE
    placed.mark[gone[placed.owner]] = codes.REJECTED
