"""What the placer compares, read once: each segment's code, its qualifier, and one more number that decides."""

import numpy as np

from data.readers.x12 import codes as c
from data.readers.x12 import select
from data.readers.x12.compiled import compiled
from data.readers.x12.tokenize import Bytes, Longs, Segments

CODE, QUALIFIER, EXTRA = range(3)
"""Rows of the keys. EXTRA is the level of an HL, the payer named by REF04, the guide named by ST03 or GS08."""


@compiled
def _guides(content: Bytes, begin: Longs, end: Longs, guides: Longs) -> None:
    """Professional, institutional, dental, or a claim's acknowledgement, told by the guide's number in a version like 005010X222A1."""
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


def keys_of(table: Segments) -> Longs:
    """[3, segments]: see CODE, QUALIFIER, EXTRA."""
    n = table.code.size
    keys = np.zeros((3, n), np.int64)
    keys[CODE] = table.code
    every = np.arange(n, dtype=np.int32)
    keys[QUALIFIER] = select.packs(table.content, select.spans(table, every, 1, 0))
    for code, element in ((c.HL, 3), (c.REF, 4)):
        rows = every[table.code == code]
        keys[EXTRA, rows] = select.packs(table.content, select.spans(table, rows, element, 0))
    for code, element in ((c.ST, 3), (c.GS, 8)):
        rows = every[table.code == code]
        where = select.spans(table, rows, element)
        guides = np.zeros(rows.size, np.int64)
        _guides(table.content, where.begin, where.end, guides)
        keys[EXTRA, rows] = guides
    return keys
