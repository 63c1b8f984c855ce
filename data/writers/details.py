"""Details as segments: references, dates, amounts, quantities, attachments, notes, and the segments of parts."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.writers.body import Body, places
from data.writers.index import Index, numbers_of, rank_in_run, starts_of
from data.writers.segments import Flags, Rows, Texts, flat, is_said, segment, segments, texts

NO_PARTS = ("REF", "DTP", "DTM", "AMT", "QTY", "PWK", "NTE", "K3", "NM1")
"""Segments of which a row is one; of others a row is an element."""


class Details:
    """The details of claims (or remits), beside whom and in whose order they are written."""

    def __init__(self, table: pa.Table, index: Index, ids: pa.Array) -> None:
        """`table` has the owner's key first, then the number of the line or service; `ids` name the owners in errors."""
        self.index = index
        self.owner = index.owner(table.column(0))
        self.line = index.line(self.owner, table.column(1))
        self.table = texts(table.drop_columns(table.column_names[:2]), ids.take(pa.array(self.owner)))
        has_others = "other_payer" in table.column_names
        self.other = numbers_of(table["other_payer"]) if has_others else np.zeros(self.owner.size, np.int64)
        self.of_owners = (self.line < 0) & (self.other == 0)
        self.of_lines = (self.line >= 0) & (self.other == 0)

    def is_a(self, name: str, qualifier: str = "") -> Flags:
        """Which details are segments of this name (and qualifier)."""
        flags = pc.fill_null(pc.equal(self.table["segment"], name), False)
        if qualifier:
            flags = pc.and_(flags, pc.fill_null(pc.equal(self.table["qualifier"], qualifier), False))
        is_so: Flags = flags.to_numpy(zero_copy_only=False)
        return is_so

    def owners_that_say(self, name: str, qualifier: str = "", *, anywhere: bool = False) -> Flags:
        """Which owners have such a detail; `anywhere`: or a line of theirs has."""
        said = np.zeros(self.index.n, np.bool_)
        if self.owner.size:
            said[self.owner[self.is_a(name, qualifier) & (anywhere | self.of_owners)]] = True
        return said

    def lines_that_say(self, name: str, qualifier: str = "") -> Flags:
        """Which lines have such a detail."""
        said = np.zeros(self.index.owner_of_line.size, np.bool_)
        if self.owner.size:
            said[self.line[self.is_a(name, qualifier) & self.of_lines]] = True
        return said

    def add(self, body: Body, where: Flags) -> None:
        """Write some of them, in their order."""
        rows = np.flatnonzero(where)
        if rows.size:
            at = places(self.owner[rows], self.index.place(self.line[rows]), self.other[rows])
            body.put(*_rendered(self._some(rows), at))

    def _some(self, rows: Rows) -> Texts:
        return {name: column.take(pa.array(rows)) for name, column in self.table.items()}


def _rendered(details: Texts, places_of: Rows) -> tuple[Rows, pa.Array]:
    """Segments in the order of the details, and where each stands."""
    name = details["segment"]
    found: list[tuple[Rows, pa.Array]] = []
    for kind in pc.unique(name).to_pylist():
        at = np.flatnonzero(pc.equal(name, kind).to_numpy(zero_copy_only=False))
        if kind in NO_PARTS:
            some = {column: values.take(pa.array(at)) for column, values in details.items()}
            found.append((at, _qualified(kind, some)))
        else:
            found.append(_of_parts(kind, details, at, places_of))
    every = np.concatenate([at for at, _ in found])
    order = np.argsort(every, kind="stable")
    return places_of[every[order]], pa.concat_arrays([text for _, text in found]).take(pa.array(order))


def _qualified(kind: str, d: Texts) -> pa.Array:
    qualifier = d["qualifier"]
    if kind == "AMT":
        return segments(kind, qualifier, d["amount_cents"])
    if kind == "QTY":
        return segments(kind, qualifier, d["quantity"])
    if kind == "DTP":
        return _dated(d)
    if kind == "DTM":
        return segments(kind, qualifier, d["on"])
    if kind == "PWK":
        control = pc.if_else(pc.is_valid(d["value"]), "AC", pa.scalar(None, pa.string()))
        return segments(kind, qualifier, d["code"], "", "", control, d["value"])
    if kind == "NM1":
        return _named(d)
    if kind in ("NTE", "K3"):
        # Their texts are not kept.
        return segments(kind, *([qualifier] if kind == "NTE" else []), _words(len(qualifier), "NOTE"))
    return segments(kind, qualifier, d["value"])


def _words(n: int, word: str) -> pa.Array:
    return pa.array([word]).take(pa.array(np.zeros(n, np.int8)))


def _dated(d: Texts) -> pa.Array:
    """A day, a period, or a time of day."""
    first, last, time = d["from_on"], d["to_on"], d["value"]
    is_day = pc.fill_null(pc.equal(first, last), False)
    has_day = pc.or_(pc.is_valid(first), pc.is_valid(last))
    period = pc.binary_join_element_wise(first, last, "-", null_handling="replace", null_replacement="")
    how = pc.if_else(is_day, "D8", pc.if_else(has_day, "RD8", pc.if_else(pc.is_valid(time), "TM", "")))
    return segments("DTP", d["qualifier"], how, pc.if_else(is_day, first, pc.if_else(has_day, period, time)))


def _named(d: Texts) -> pa.Array:
    """Whom a remit names; `how` says what number it is."""
    return segments("NM1", d["qualifier"], "2", "PARTY", "", "", "", "", d["how"], d["value"])


def _of_parts(kind: str, details: Texts, at: Rows, places_of: Rows) -> tuple[Rows, pa.Array]:
    """Segments of which each detail is an element: a run of rising elements is one segment. The first row of each."""
    element = np.array([int(q) for q in details["qualifier"].take(pa.array(at)).to_pylist()], np.int64)
    values = pc.coalesce(details["value"], details["amount_cents"], details["quantity"])
    values = values.take(pa.array(at)).to_pylist()
    is_new = starts_of(at - np.arange(at.size), places_of[at])
    is_new[1:] |= element[1:] <= element[:-1]
    rows, text = [], []
    for run in np.split(np.arange(at.size), np.flatnonzero(is_new)[1:]):
        elements = [""] * int(element[run[-1]])
        for k in run:
            elements[element[k] - 1] = values[k] or ""
        rows.append(at[run[0]])
        text.append(segment(kind, *elements))
    return np.array(rows, np.int64), pa.array(text, pa.string())


def grouped(
    name: str, first: pa.Array | None, is_new: Flags, items: pa.Array, most: int
) -> tuple[Rows, pa.Array]:
    """Items gathered into segments, as many as `most` in each; `first` goes before them. The row each begins with."""
    rank = rank_in_run(is_new)
    starts = np.flatnonzero(rank % most == 0)
    which = np.searchsorted(starts, np.arange(rank.size), side="right") - 1
    columns: list[pa.Array | str] = [first.take(pa.array(starts))] if first is not None else []
    for k in range(min(most, int(rank.max()) + 1) if rank.size else 0):
        rows = np.full(starts.size, -1, np.int64)
        here = rank % most == k
        rows[which[here]] = np.flatnonzero(here)
        columns.append(items.take(pa.array(rows, mask=rows < 0)))
    return starts, segments(name, *columns)


def is_there(column: pa.ChunkedArray) -> Flags:
    """Which rows of a table say something in a column."""
    return is_said(flat(column))
