"""The HI segments of a claim: its diagnoses by rank, and all its codes one by one."""

import numpy as np
import pyarrow as pa

from data.readers.x12 import access, decode, select
from data.readers.x12 import codes as c
from data.readers.x12.collect import numbered
from data.readers.x12.compiled import compiled
from data.readers.x12.fields import CENTS, DAY, LAST_DAY, NUMBER, SHIFTED, At, Fields, text, value
from data.readers.x12.gather import texts
from data.readers.x12.reader import Columns, Reader
from data.readers.x12.tokenize import Bytes, Ints, Longs
from data.readers.x12.view import Finding
from data.schema import CLAIM_CODES, DIAGNOSES, MAX_DIAGNOSES

MAX_CODES = 12
"""An HI holds so many."""
Q_ABK, Q_BK, Q_ABF, Q_BF = (c.pack(q) for q in ("ABK", "BK", "ABF", "BF"))

FIELDS = Fields(
    (
        text("qualifier", At("HI", 0, 0, SHIFTED)),
        # ICD-9 procedures are written with and without a point too.
        text("code", At("HI", 0, 1, SHIFTED), without="."),
        value(DAY, "from_on", At("HI", 0, 3, SHIFTED)),
        value(LAST_DAY, "to_on", At("HI", 0, 3, SHIFTED)),
        value(CENTS, "amount_cents", At("HI", 0, 4, SHIFTED)),
        value(NUMBER, "quantity", At("HI", 0, 5, SHIFTED)),
        text("present_on_admission", At("HI", 0, 8, SHIFTED)),
    )
)


@compiled
def _part(
    content: Bytes, first: Ints, starts: Ints, component: Bytes, row: int, element: int, k: int
) -> tuple[int, int]:
    """`access.part` as a function of its own: compiled once for all who call it here."""
    return access.part(content, first, starts, component, row, element, k)


@compiled
def _kind(content: Bytes, first: Ints, starts: Ints, component: Bytes, row: int, element: int) -> int:
    """0 a principal diagnosis, 1 another one, -1 none."""
    begin, end = _part(content, first, starts, component, row, element, 0)
    packed = 0
    if end - begin <= 3:
        for i in range(begin, end):
            packed |= int(content[i]) << (8 * (i - begin))
    if packed in (Q_ABK, Q_BK):
        return 0
    return 1 if packed in (Q_ABF, Q_BF) else -1


@compiled
def _rank(
    table: tuple[Bytes, Ints, Ints, Bytes],
    rows: Ints,
    owner: Ints,
    spans: tuple[Longs, Ints],
    n_found: Ints,
    without_code: Bytes,
) -> None:
    """Where the diagnoses of each claim stand: the principal ones first, then the others, in the order of the file."""
    content, first, starts, component = table
    begin, length = spans
    at = 0
    while at < rows.size:
        end = at
        while end < rows.size and owner[end] == owner[at]:
            end += 1
        for wanted in range(2):
            for i in range(at, end):
                n_elements = min(MAX_CODES, first[rows[i] + 1] - first[rows[i]] - 2)
                for element in range(1, n_elements + 1):
                    if _kind(content, first, starts, component, rows[i], element) == wanted:
                        a, b = _part(content, first, starts, component, rows[i], element, 1)
                        k = n_found[owner[at]]
                        if b > a and k < MAX_DIAGNOSES:
                            begin[owner[at], k], length[owner[at], k] = a, b - a
                        n_found[owner[at]] += b > a
                        without_code[i] |= b <= a
        at = end


def diagnoses(reader: Reader) -> Columns:
    """The columns `diagnosis_1`, ..., and `n_diagnoses`; more than there are columns are only counted."""
    view, n = reader.view, reader.view.owners.size
    rows, owner = view.many("HI", c.KIND_CLAIMS)
    begin, length = np.zeros((n, MAX_DIAGNOSES), np.int64), np.zeros((n, MAX_DIAGNOSES), np.int32)
    n_found, without_code = np.zeros(n, np.int32), np.zeros(rows.size, np.uint8)
    content, _, first, starts, component = view.table
    _rank((content, first, starts, component), rows, owner, (begin, length), n_found, without_code)
    if without_code.any():
        reader.findings.append(Finding(rows[without_code > 0], "a diagnosis without its code"))
    many = n_found > MAX_DIAGNOSES
    reader.note(view.rows("CLM"), many, f"more than {MAX_DIAGNOSES} diagnoses: the others are only counted")
    columns = texts(content, begin, length, np.full(MAX_DIAGNOSES, ord("."), np.int32))
    return {
        **dict(zip(DIAGNOSES, columns, strict=True)),
        "n_diagnoses": decode.column(n_found, np.ones(n, np.bool_), pa.int16()),
    }


def claim_codes(reader: Reader) -> pa.Table:
    """One row a code."""
    rows, owner = reader.view.many("HI", c.KIND_CLAIMS)
    entry, element = select.explode(reader.view.table, rows, range(1, MAX_CODES + 1))
    rows, owner = rows[entry], owner[entry]
    columns = reader.gather(FIELDS, {"HI": rows}, element).columns(CLAIM_CODES)
    columns |= {"claim_key": pa.array(reader.keys[owner]), "position": pa.array(numbered(owner))}
    return pa.Table.from_arrays([columns[name] for name in CLAIM_CODES.names], schema=CLAIM_CODES)
