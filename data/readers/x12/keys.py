"""What the placer compares, read once: each segment's code, its qualifier, and one more number that decides."""

import numpy as np

from data.readers.x12 import access, select
from data.readers.x12 import codes as c
from data.readers.x12.compiled import compiled, inlined
from data.readers.x12.tokenize import Bytes, Ints, Longs, Segments

CODE, QUALIFIER, EXTRA = range(3)
"""Rows of the keys. EXTRA is the level of an HL, the payer named by REF04, the guide named by ST03 or GS08."""


@inlined
def _packed(content: Bytes, begin: int, end: int) -> int:
    """Up to seven characters as one number (see `codes.pack`); 0 if absent, -1 if longer."""
    if end - begin > 7:
        return -1
    value = 0
    for i in range(begin, end):
        value |= int(content[i]) << (8 * (i - begin))
    return value


@compiled
def _guides(content: Bytes, begin: Longs, end: Longs, guides: Longs) -> None:
    """What a transaction is, told by the guide's number in a version like 005010X222A1: see codes.GUIDE_..."""
    for row in range(begin.size):
        for i in range(begin[row], end[row] - 3):
            if content[i] == 88:  # X
                number = 0
                for k in range(1, 4):
                    number = number * 10 + (int(content[i + k]) - 48)
                if number in (222, 98):
                    guides[row] = c.GUIDE_PROFESSIONAL
                elif number in (223, 96):
                    guides[row] = c.GUIDE_INSTITUTIONAL
                elif number in (224, 97):
                    guides[row] = c.GUIDE_DENTAL
                elif number in (214, 167):
                    guides[row] = c.GUIDE_CLAIM_STATUS


@compiled
def _keys(content: Bytes, first: Ints, starts: Ints, component: Bytes, keys: Longs) -> None:
    """Of each segment its qualifier; of an HL its level, of a REF the payer that it names."""
    for row in range(keys.shape[1]):
        code = keys[CODE, row]
        begin, end = access.part(content, first, starts, component, row, 1, 0)
        keys[QUALIFIER, row] = _packed(content, begin, end)
        if code in (c.HL, c.REF):
            begin, end = access.part(content, first, starts, component, row, 3 if code == c.HL else 4, 0)
            keys[EXTRA, row] = _packed(content, begin, end)


def keys_of(table: Segments) -> Longs:
    """[3, segments]: see CODE, QUALIFIER, EXTRA."""
    keys = np.zeros((3, table.code.size), np.int64)
    keys[CODE] = table.code
    _keys(table.content, table.first, table.starts, table.component, keys)
    for code, element in ((c.ST, 3), (c.GS, 8)):
        rows = np.flatnonzero(table.code == code).astype(np.int32)
        where = select.spans(table, rows, element)
        guides = np.zeros(rows.size, np.int64)
        _guides(table.content, where.begin, where.end, guides)
        keys[EXTRA, rows] = guides
    return keys
