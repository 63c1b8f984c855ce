"""What became of every segment: used, or listed with a reason. Never its content: that could be a patient's."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.readers.x12 import codes as c
from data.readers.x12 import decode, envelopes, select
from data.readers.x12.placed import Placed
from data.readers.x12.tokenize import Longs
from data.readers.x12.view import Finding
from data.readers.x12.windows import TooLong, Window
from data.schema import REJECTS, SegmentCount

REASONS = (
    "nothing here reads this segment in this place",
    "used",
    "the same was already said: the first counts",
    "another payer's",
    "part of a rejected claim or remit",
    "another transaction: not read",
    "part of a line without a service",
    "the file ends inside this segment",
    "an address or a contact: not kept",
    "no segment known here",
)
ADDRESS, UNKNOWN = 8, 9
TOO_LONG = "too long for a segment or a claim: skipped up to the next claim, level or envelope"
NAMES = pa.array(c.NAMES)


def account(window: Window, source: str) -> tuple[pa.Table, SegmentCount]:
    """The window's unused segments, one row each, and the count of all."""
    placed = window.placed
    n_prefix = placed.n_prefix
    code, mark = placed.table.code[n_prefix:], placed.mark[n_prefix:]
    unused = np.flatnonzero(mark != c.USED)
    if window.is_cut and (not unused.size or unused[-1] != code.size - 1):
        unused = np.append(unused, code.size - 1)
    why, what = mark[unused].astype(np.int64), code[unused]
    why[(why == c.UNREAD) & np.isin(what, (c.N3, c.N4, c.PER))] = ADDRESS
    why[(why == c.UNREAD) & (what == 0)] = UNKNOWN
    if window.is_cut:
        why[-1] = c.CUT
    reasons = pa.array(REASONS)
    if (why == c.OTHER_TRANSACTION).any():
        why, reasons = _named(placed, unused + n_prefix, why)
    table = _rows(source, placed.offsets(unused + n_prefix), what, reasons.take(pa.array(why)))
    return table, SegmentCount(code.size, code.size - unused.size, unused.size)


def _named(placed: Placed, rows: Longs, why: Longs) -> tuple[Longs, pa.Array]:
    """The reasons with the transactions that are not read named by their numbers (ST01)."""
    st = np.flatnonzero(placed.table.code == c.ST)
    numbers = decode.texts(placed.table.content, select.spans(placed.table, st.astype(np.int32), 1))
    told = pc.replace_substring(numbers, "277", "277 that acknowledges no claims")
    words = pc.if_else(
        pc.match_substring_regex(numbers, "^[0-9]{3}$"),
        pc.binary_join_element_wise("a", pc.binary_join_element_wise(told, ": not read", ""), " "),
        REASONS[c.OTHER_TRANSACTION],
    ).fill_null(REASONS[c.OTHER_TRANSACTION])
    is_other = why == c.OTHER_TRANSACTION
    at = np.searchsorted(st, rows[is_other], side="right") - 1
    numbered = why.copy()
    numbered[is_other] = np.where(at >= 0, len(REASONS) + at, c.OTHER_TRANSACTION)
    return numbered, pa.concat_arrays([pa.array(REASONS), words.cast(pa.string())])


def rejects(window: Window, source: str, findings: Sequence[Finding]) -> pa.Table:
    """What the file says that could not be used, and where it breaks off, in the order of the window."""
    placed = window.placed
    cut = np.array([placed.table.code.size - 1] * window.is_cut, np.int32)
    found = [
        f
        for f in (
            *findings,
            *envelopes.findings(placed, is_last=window.is_last),
            Finding(cut, "the file ends inside this segment"),
        )
        if f.rows.size
    ]
    if not found:
        return REJECTS.empty_table()
    rows = np.concatenate([f.rows for f in found])
    reasons = np.repeat(np.arange(len(found)), [f.rows.size for f in found])
    order = np.argsort(rows, kind="stable")
    rows, reasons = rows[order], reasons[order]
    words = pa.array([f.reason for f in found], pa.string()).take(pa.array(reasons))
    return _rows(source, placed.offsets(rows), placed.table.code[rows], words)


def too_long(part: TooLong, source: str) -> pa.Table:
    """The row that tells of a part that was skipped."""
    code = np.array([part.code], np.int32)
    return _rows(source, np.array([part.offset]), code, pa.array([TOO_LONG]))


def _rows(source: str, offsets: Longs, code: npt.NDArray[np.int32], reasons: pa.Array) -> pa.Table:
    sources = pa.array([source], pa.string()).take(pa.array(np.zeros(offsets.size, np.int8)))
    return pa.Table.from_arrays(
        [sources, pa.array(offsets), NAMES.take(pa.array(code)), reasons], schema=REJECTS
    )
