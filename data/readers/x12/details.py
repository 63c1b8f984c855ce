"""Segments of a claim or remit as rows of details: what qualifies each, its number, amount, quantity or dates.

A segment that a qualifier begins is one row. Of others (`PARTS`) each element that says something is a row.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.readers.x12 import codes as c
from data.readers.x12 import select
from data.readers.x12.collect import DETAILS, Collected
from data.readers.x12.fields import CENTS, DAY, LAST_DAY, NUMBER, SHIFTED, At, Fields, text, value
from data.readers.x12.reader import Columns, Reader
from data.readers.x12.select import Flags
from data.readers.x12.tokenize import Ints

VALUE, AMOUNT, QUANTITY = range(3)

PARTS: dict[str, tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]] = {
    # Their elements that are values, amounts, quantities.
    "CL1": ((1, 2, 3), (), ()),
    "CN1": ((1, 4), (2,), (3, 5)),
    "OI": ((3, 6), (), ()),
    "SV5": ((6,), (4, 5), (3,)),
    "LIN": ((3,), (), ()),
    "CTP": ((), (), (4,)),
    "MIA": ((5, 20, 21, 22, 23), (2, 4, *range(6, 15), *range(16, 20), 24), (1, 3, 15)),
    "MOA": ((3, 4, 5, 6, 7), (2, 8, 9), (1,)),
}
NUMBERS = pa.array([f"{n:02d}" for n in range(100)])
NAMES = pa.array(c.NAMES)

DATED = ("DTP", "DTM")
QUALIFIED = ("REF", "DTP", "DTM", "AMT", "QTY", "PWK", "NTE", "NM1")

FIELDS = Fields(
    (
        text("qualifier", At("qualified", 1, 0)),
        text("code", At("PWK", 2)),
        text("value", At("REF", 2), At("NM1", 9), At("PWK", 6), At("TM", 3), At("part 0", 0, -1, SHIFTED)),
        value(CENTS, "amount_cents", At("AMT", 2), At("part 1", 0, -1, SHIFTED), told_at=""),
        value(NUMBER, "quantity", At("QTY", 2), At("part 2", 0, -1, SHIFTED), told_at=""),
        value(DAY, "from_on", At("DTP", 3), At("DTM", 2), told_at=""),
        value(LAST_DAY, "to_on", At("DTP", 3), told_at=""),
    )
)
"""`TM` is a DTP that says a time of day: it has a value and no date."""


@dataclass(frozen=True, slots=True)
class Details:
    """The rows of details in the order of the file, and their columns."""

    rows: Ints
    other: Ints
    columns: Columns


def details(reader: Reader, collected: Collected, *, remarks: bool) -> Details:
    """All details; the remark codes of MIA and MOA among them where `remarks`."""
    table = reader.view.table
    rows, other, element, kind = _exploded(reader, collected, remarks=remarks)
    code = table.code[rows]
    segments = {name: np.where(code == c.code(name), rows, -1) for name in QUALIFIED}
    is_time = _is_time(reader, rows, segments["DTP"])
    segments["TM"] = np.where(is_time, rows, -1)
    segments["DTP"] = np.where(is_time, -1, segments["DTP"])
    segments["qualified"] = np.where(np.isin(code, [c.code(name) for name in QUALIFIED]), rows, -1)
    for k in (VALUE, AMOUNT, QUANTITY):
        segments[f"part {k}"] = np.where(kind == k, rows, -1)
    found = reader.gather(FIELDS, segments, element)
    for f in FIELDS.values:
        if f.name in found.wrong:
            # What a one-to-one column has read is told there.
            wrong = found.value[f.name].wrong & collected.fresh[rows]
            reader.note(rows, wrong, f"{f.name} is not {f.wanted}")
    qualifier = found.text["qualifier"]
    if (kind >= 0).any():
        qualifier = pc.coalesce(qualifier, NUMBERS.take(pa.array(element, mask=kind < 0)))
    kinds = {
        "amount_cents": pa.int64(),
        "quantity": pa.float64(),
        "from_on": pa.date32(),
        "to_on": pa.date32(),
    }
    numbers = {name: found.value[name].column(kind_of) for name, kind_of in kinds.items()}
    columns = {**found.text, **numbers, "qualifier": qualifier, "segment": NAMES.take(pa.array(code))}
    return Details(rows, other, columns)


def _is_time(reader: Reader, rows: Ints, dates: Ints) -> Flags:
    some = np.flatnonzero(dates >= 0)
    is_time = np.zeros(rows.size, np.bool_)
    spans = select.spans(reader.view.table, rows[some], 2)
    is_time[some] = select.packs(reader.content, spans) == c.pack("TM")
    return is_time


def _exploded(reader: Reader, collected: Collected, *, remarks: bool) -> tuple[Ints, Ints, Ints, Ints]:
    """Segments, the other payers they are of, elements and kinds; a segment of parts once for each of its parts."""
    table = reader.view.table
    rows, other = collected.rows(DETAILS), collected.other(DETAILS)
    code = table.code[rows]
    is_part = np.isin(code, [c.code(name) for name in PARTS])
    whole = np.flatnonzero(~is_part)
    none = np.full(whole.size, -1, np.int32)
    pieces: list[tuple[Ints, Ints, Ints]] = [(whole.astype(np.int32), np.zeros_like(none), none)]
    for name in PARTS if is_part.any() else ():
        at = np.flatnonzero(code == c.code(name)).astype(np.int32)
        for kind, elements in enumerate(PARTS[name]):
            if at.size and elements and (remarks or kind != VALUE):
                entry, element = select.explode(table, rows[at], elements)
                pieces.append((at[entry], element, np.full(entry.size, kind, np.int32)))
    if len(pieces) == 1:
        return rows, other, pieces[0][1], pieces[0][2]
    entries, elements_of, kinds = (np.concatenate(part) for part in zip(*pieces, strict=True))
    order = np.lexsort((elements_of, entries))
    entries = entries[order]
    return rows[entries], other[entries], elements_of[order], kinds[order]
