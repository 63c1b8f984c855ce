"""What became of every segment: used, or listed with a reason. Never its content: that could be a patient's."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data.readers.x12 import codes as c
from data.readers.x12.place import BREAK_NO_IEA, BREAK_NO_SE
from data.readers.x12.placed import Placed
from data.readers.x12.tokenize import Block, Longs
from data.readers.x12.view import Finding
from data.schema import REJECTS, SegmentCount

REASONS = (
    "nothing here reads this segment in this place",
    "used",
    "the same was already said: the first counts",
    "another payer's",
    "part of a rejected claim or remit",
    "an acknowledgement, status answer or other transaction: not read",
    "part of a line without a service",
    "the file ends inside this segment",
    "an address or a contact: not kept",
    "no segment known here",
)
ADDRESS, UNKNOWN = 8, 9
NAMES = pa.array(c.NAMES)

Reasons = npt.NDArray[np.int64]


def account(block: Block, placed: Placed, source: str) -> tuple[pa.Table, SegmentCount]:
    """The block's unused segments, one row each, and the count of all."""
    code = block.segments.code[block.n_prefix :]
    mark = placed.mark[block.n_prefix :].astype(np.int64)
    mark[(mark == c.UNREAD) & np.isin(code, (c.N3, c.N4, c.PER))] = ADDRESS
    mark[(mark == c.UNREAD) & (code == 0)] = UNKNOWN
    if block.is_cut:
        mark[-1] = c.CUT
    unused = np.flatnonzero(mark != c.USED)
    offsets = block.segments.starts[block.segments.first[:-1]][block.n_prefix :]
    table = _rows(source, offsets[unused], code[unused], pa.array(REASONS).take(pa.array(mark[unused])))
    return table, SegmentCount(code.size, code.size - unused.size, unused.size)


def rejects(
    block: Block, placed: Placed, source: str, findings: Sequence[Finding], *, is_last: bool
) -> pa.Table:
    """What the file says that could not be used, and where it breaks off, in the order of the file."""
    found = [f for f in (*findings, *_breaks(block, placed, is_last=is_last)) if f.rows.size]
    if not found:
        return REJECTS.empty_table()
    rows = np.concatenate([f.rows for f in found])
    reasons = np.repeat(np.arange(len(found)), [f.rows.size for f in found])
    order = np.argsort(rows, kind="stable")
    rows, reasons = rows[order], reasons[order]
    offsets = block.segments.starts[block.segments.first[rows]]
    words = pa.array([f.reason for f in found], pa.string()).take(pa.array(reasons))
    return _rows(source, offsets, block.segments.code[rows], words)


def _breaks(block: Block, placed: Placed, *, is_last: bool) -> list[Finding]:
    broken = placed.broken
    without_se = np.flatnonzero(broken == BREAK_NO_SE).tolist()
    without_iea = np.flatnonzero(broken == BREAK_NO_IEA).tolist()
    if is_last:
        without_se += [placed.open_st] * (placed.open_st >= 0)
        without_iea += [placed.open_isa] * (placed.open_isa >= 0)
    cut = [block.segments.code.size - 1] * block.is_cut
    return [
        Finding(np.array(without_iea, np.int32), "an interchange without its end (IEA)"),
        Finding(np.array(without_se, np.int32), "a transaction without its end (SE)"),
        Finding(np.array(cut, np.int32), "the file ends inside this segment"),
    ]


def _rows(source: str, offsets: Longs, code: npt.NDArray[np.int32], reasons: pa.Array) -> pa.Table:
    sources = pa.array([source], pa.string()).take(pa.array(np.zeros(offsets.size, np.int8)))
    return pa.Table.from_arrays(
        [sources, pa.array(offsets), NAMES.take(pa.array(code)), reasons], schema=REJECTS
    )
