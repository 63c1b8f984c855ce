"""Columns of chosen claims or remits, one call a column, noting what is there but can't be read."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from data.readers.x12 import codes, decode, select
from data.readers.x12.decode import Read
from data.readers.x12.fields import Fields
from data.readers.x12.gather import NO_SHIFT, Gathered, gather
from data.readers.x12.select import Flags, Spans
from data.readers.x12.tokenize import Ints, Longs
from data.readers.x12.view import Finding, View

Columns = dict[str, pa.Array]

EARLIEST, LATEST = np.iinfo(np.int32).min, np.iinfo(np.int32).max


class Reader:
    """Reads a view's columns; what can't be read gathers in `findings`."""

    def __init__(self, view: View, keys: Longs) -> None:
        self.view = view
        self.content = view.table.content
        self.keys = keys
        self.owner = view.owner_of_line
        self.findings: list[Finding] = []

    def note(self, rows: Ints, where: Flags, reason: str) -> None:
        """Note the segments of these rows."""
        if where.any():
            self.findings.append(Finding(rows[where], reason))

    def checked(self, read: Read, rows: Ints, field: str, wanted: str) -> Read:
        """Note values that are there but can't be read."""
        self.note(rows, read.wrong, f"{field} is not {wanted}")
        return read

    def gather(self, fields: Fields, rows: Mapping[str, Ints], shift: Ints = NO_SHIFT) -> Gathered:
        """All columns of a table; `rows` are the segments of its slots. What can't be read is noted."""
        found = gather(self.view.table, fields, rows, shift)
        for f in fields.values:
            if f.told_at and f.name in found.wrong:
                self.note(rows[f.told_at], found.value[f.name].wrong, f"{f.name} is not {f.wanted}")
        return found

    def rows(self, fields: Fields, **more: Ints) -> dict[str, Ints]:
        """The segments of the slots that these columns stand in, and `more` that are no slots."""
        return {slot: more[slot] if slot in more else self.view.rows(slot) for slot in fields.slots} | more

    def spread(self, numbers: Ints) -> Ints:
        """Numbers of the lines, as an array over all lines of the block; the last is 0: that of no line."""
        of_line = np.zeros(self.view.placed.places.line_owner.size + 1, np.int32)
        of_line[self.view.lines] = numbers
        return of_line

    def equals(self, slot: str, element: int, wanted: str) -> Flags:
        """Whether an element says this."""
        same: Flags = select.packs(self.content, self.view.of(slot, element)) == codes.pack(wanted)
        return same

    def npi(self, slot: str) -> Spans:
        """NM109 where NM108 says that it is an NPI, or says nothing."""
        is_npi = self.equals(slot, 8, "XX") | ~self.view.of(slot, 8).present
        return self.view.of(slot, 9).only(is_npi)

    def first_known(self, own: tuple[Read, ...], of_lines: pa.Array, *, last: bool) -> pa.Array:
        """Of each owner the first of its own dates that is known, else the first (last) day of its lines."""
        n, worst = self.view.owners.size, EARLIEST if last else LATEST
        values = np.full(n, worst, np.int32)
        days = of_lines.cast(pa.int32()).fill_null(worst).to_numpy()
        (np.maximum if last else np.minimum).at(values, self.owner, days)
        for read in reversed(own):
            values = np.where(read.valid, read.values, values).astype(np.int32)
        return decode.column(values, values != worst, pa.date32())
