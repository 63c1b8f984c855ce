"""999, 997, TA1 in, acknowledgements out: was a file taken in at all?

One row an interchange (TA1), a group (AK9), a transaction of it (AK2 to IK5 or AK5), and one each status that a 277CA
tells of a whole batch of claims instead of one (STC of 2200B or 2200C; `verdict` and `fault` are its category and
status, `control` the number of the batch).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data.readers.x12 import codes as c
from data.readers.x12 import decode, select
from data.readers.x12.placed import Placed
from data.readers.x12.rules import ENVELOPE, LINE, OWN, Layout, Slot
from data.readers.x12.select import Spans
from data.readers.x12.tokenize import Ints
from data.readers.x12.view import View
from data.schema import ACKNOWLEDGEMENTS

EITHER = (c.ANSWER, c.ANSWER_PART)

LAYOUT = Layout(
    (
        *ENVELOPE,
        Slot("AK1", OWN, "AK1", (c.ANSWER,)),
        Slot("AK9", OWN, "AK9", EITHER),
        Slot("AK2", LINE, "AK2", (c.ANSWER_PART,)),
        Slot("IK5", LINE, "IK5", (c.ANSWER_PART,)),
        Slot("AK5", LINE, "AK5", (c.ANSWER_PART,)),
    )
)

ABOVE_CLAIMS = (c.STATUS_SOURCE, c.STATUS_RECEIVER, c.STATUS_PROVIDER)
TEXTS = ("kind", "control", "transaction", "transaction_control", "verdict", "fault")
NONE = np.empty(0, np.int32)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Acknowledgements of one kind: the segment that each stands for, where its texts lie, its day."""

    at: Ints
    texts: tuple[Spans, ...]
    """In the order of `TEXTS`."""
    known: Spans


def read_answers(placed: Placed, *, file_key: int, first: int) -> pa.Table:
    """The acknowledgements of a window, in the order of the file; `first` is the number of those before it."""
    found = [rows for rows in (_batches(placed), _interchanges(placed), *_groups(placed)) if rows.at.size]
    if not found:
        return ACKNOWLEDGEMENTS.empty_table()
    at = np.concatenate([rows.at for rows in found])
    order = np.argsort(at, kind="stable")
    content = placed.table.content
    texts = [_together([rows.texts[k] for rows in found]).take(order) for k in range(len(TEXTS))]
    days = decode.days(content, _together([rows.known for rows in found]).take(order))
    columns = {
        **{name: decode.texts(content, spans) for name, spans in zip(TEXTS, texts, strict=True)},
        "acknowledgement_key": pa.array(file_key + first + np.arange(at.size)),
        "offset": pa.array(placed.offsets(at[order])),
        "known_on": days.column(pa.date32()),
    }
    return pa.Table.from_arrays([columns[name] for name in ACKNOWLEDGEMENTS.names], schema=ACKNOWLEDGEMENTS)


def _together(spans: list[Spans]) -> Spans:
    return Spans(np.concatenate([s.begin for s in spans]), np.concatenate([s.end for s in spans]))


def _nothing(n: int) -> Spans:
    return Spans(np.zeros(n, np.int64), np.zeros(n, np.int64))


def _groups(placed: Placed) -> tuple[_Rows, _Rows]:
    """Groups, and transactions of groups."""
    view = View(placed, LAYOUT, placed.owners(c.KIND_ANSWERS), placed.lines(c.KIND_ANSWERS))
    known = view.of("GS", 4).or_else(view.of("ISA", 9))
    kind, control = view.of("ST", 1), view.of("AK1", 2)
    has = np.flatnonzero(view.has("AK9"))
    none = _nothing(has.size)
    groups = _Rows(
        view.rows("AK9")[has],
        (
            kind.take(has),
            control.take(has),
            none,
            none,
            view.of("AK9", 1).take(has),
            view.of("AK9", 5).take(has),
        ),
        known.take(has),
    )
    owner = view.owner_of_line
    verdict, fault = (view.of("IK5", e).or_else(view.of("AK5", e)) for e in (1, 2))
    parts = (kind.take(owner), control.take(owner), view.of("AK2", 1), view.of("AK2", 2), verdict, fault)
    return groups, _Rows(view.rows("AK2"), parts, known.take(owner))


def _interchanges(placed: Placed) -> _Rows:
    """Each TA1."""
    table = placed.table
    at = _own_rows(placed, c.TA1)
    placed.mark[at] = c.USED
    isa = _last_after(placed, at, c.ISA, c.IEA)
    texts = (
        select.spans(table, at, 0),
        select.spans(table, at, 1),
        _nothing(at.size),
        _nothing(at.size),
        select.spans(table, at, 4),
        select.spans(table, at, 5),
    )
    return _Rows(at, texts, select.spans(table, isa, 9))


def _batches(placed: Placed) -> _Rows:
    """Each status of a batch of claims."""
    table = placed.table
    at = _own_rows(placed, c.STC)
    at = at[np.isin(placed.loop[at], ABOVE_CLAIMS)]
    placed.mark[at] = c.USED
    batch = _last_after(placed, at, c.TRN, c.HL)
    batch = np.where((batch >= 0) & (placed.loop[batch] == placed.loop[at]), batch, -1).astype(np.int32)
    sent = select.spans(table, _last_after(placed, at, c.BHT, c.ST), 4)
    kind = select.spans(table, _last_after(placed, at, c.ST, c.SE), 1)
    texts = (
        kind,
        select.spans(table, batch, 2),
        _nothing(at.size),
        _nothing(at.size),
        select.spans(table, at, 1, 0),
        select.spans(table, at, 1, 1),
    )
    return _Rows(at, texts, sent.or_else(select.spans(table, at, 2)))


def _own_rows(placed: Placed, code: int) -> Ints:
    """The window's own segments of an id, not those that it repeats."""
    rows = np.flatnonzero(placed.table.code[placed.n_prefix :] == code) + placed.n_prefix
    return rows.astype(np.int32)


def _last_after(placed: Placed, rows: Ints, code: int, end: int) -> Ints:
    """Of each segment the last one of an id before it, if none that ends what it said comes after that; -1 is none.

    Segments that the window repeats are among them; what has no place of its own, or says again what was said, isn't.
    """
    if not rows.size:
        return NONE
    table = placed.table
    holds = placed.mark == c.USED
    holds[: placed.n_prefix] = True
    found = np.flatnonzero(((table.code == code) & holds) | (table.code == end))
    at = np.append(found, -1).astype(np.int32)
    last = at[np.searchsorted(at[:-1], rows) - 1]
    said: Ints = np.where((last >= 0) & (table.code[last] == code), last, -1).astype(np.int32)
    return said
