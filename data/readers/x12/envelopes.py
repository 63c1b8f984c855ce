"""Whether envelopes end as they say: interchanges (ISA to IEA), groups (GS to GE), transactions (ST to SE).

Nothing here ever costs a claim: what is wrong is told.
"""

import numpy as np

from data.readers.x12 import codes as c
from data.readers.x12 import decode, select
from data.readers.x12.place import (
    BEGUN,
    COUNT,
    ENDS,
    EVENT,
    GS_ROW,
    ISA_ROW,
    NO_GE,
    NO_IEA,
    NO_SE,
    NOTICED,
    ST_ROW,
)
from data.readers.x12.placed import Placed
from data.readers.x12.tokenize import Ints, Longs
from data.readers.x12.view import Finding

WITHOUT_END = {
    NO_SE: "a transaction without its end (SE)",
    NO_GE: "a group without its end (GE)",
    NO_IEA: "an interchange without its end (IEA)",
}
OPEN = ((NO_SE, ST_ROW), (NO_GE, GS_ROW), (NO_IEA, ISA_ROW))
HOLDS = {c.SE: "segments", c.GE: "transactions", c.IEA: "groups"}
BEGINNINGS = {c.SE: ("ST", 2), c.GE: ("GS", 6), c.IEA: ("ISA", 13)}
"""What an end belongs to, and the element there that holds the control number."""


def findings(placed: Placed, *, is_last: bool) -> list[Finding]:
    """Envelopes without an end, ends without an envelope, wrong counts and control numbers."""
    events = placed.places.event
    found = []
    for what, reason in WITHOUT_END.items():
        found.append(Finding(events[BEGUN, events[EVENT] == what].astype(np.int32), reason))
    if is_last:
        for what, at in OPEN:
            open_rows = placed.state[at : at + 1]
            found.append(Finding(open_rows[open_rows >= 0].astype(np.int32), WITHOUT_END[what]))
    ends = events[:, events[EVENT] == ENDS]
    codes = placed.table.code[ends[NOTICED]]
    for code in HOLDS:
        found += _ends(placed, code, ends[:, codes == code])
    return found


def _ends(placed: Placed, code: int, ends: Longs) -> list[Finding]:
    rows, begun = ends[NOTICED].astype(np.int32), ends[BEGUN].astype(np.int32)
    name, (beginning, element) = c.NAMES[code], BEGINNINGS[code]
    said = decode.counts(placed.table.content, select.spans(placed.table, rows, 1), least=0, most=1 << 40)
    has_begun = begun >= 0
    wrong = has_begun & (ends[COUNT] >= 0) & (~said.valid | (said.values != ends[COUNT]))
    other = has_begun & ~_same(placed, rows, 2, begun, element)
    return [
        Finding(rows[~has_begun], f"{name} without its {beginning}"),
        *_miscounted(rows[wrong], ends[COUNT][wrong], said.values[wrong], said.valid[wrong], code),
        Finding(rows[other], f"the control number of {name} is not that of its {beginning}"),
    ]


def _miscounted(rows: Ints, counted: Longs, said: Longs, is_read: Longs, code: int) -> list[Finding]:
    """One finding each: the reason tells both numbers."""
    name, things = c.NAMES[code], HOLDS[code]
    return [
        Finding(
            rows[i : i + 1],
            f"{name} says {said[i] if is_read[i] else 'no number of'} {things}, there are {n}",
        )
        for i, n in enumerate(counted.tolist())
    ]


def _same(placed: Placed, rows: Ints, element: int, others: Ints, other: int) -> Longs:
    """Whether two elements say the same number, whatever zeros it begins with."""
    table = placed.table
    one = decode.texts(table.content, select.spans(table, rows, element))
    two = decode.texts(table.content, select.spans(table, others, other))
    pairs = zip(one.to_pylist(), two.to_pylist(), strict=True)
    return np.array([(a or "").lstrip("0") == (b or "").lstrip("0") for a, b in pairs], np.bool_)
