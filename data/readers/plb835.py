"""The adjustments of payments as wholes (PLB of an 835): no claim's, yet money that is not where the claims say.

A PLB names its provider; the payer, payee, day and trace are those of its transaction.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data.keys import MOST_IN_A_FILE
from data.readers.x12 import codes as c
from data.readers.x12 import select
from data.readers.x12.fields import CENTS, DAY, SHIFTED, At, Fields, text, value
from data.readers.x12.gather import gather
from data.readers.x12.placed import Placed
from data.readers.x12.tokenize import Ints
from data.readers.x12.view import Finding
from data.schema import PROVIDER_ADJUSTMENTS

PAIR_FIRSTS = (3, 5, 7, 9, 11, 13)
"""Where the up to six pairs of a PLB begin: reason, amount."""

FIELDS = Fields(
    (
        text("payer_id", At("payer", 4), At("payer number", 2)),
        text("payee_npi", At("payee", 4)),
        text("provider_id", At("PLB", 1)),
        value(DAY, "fiscal_on", At("PLB", 2)),
        text("reason", At("PLB", 0, 0, SHIFTED)),
        text("reference", At("PLB", 0, 1, SHIFTED)),
        value(CENTS, "amount_cents", At("PLB", 1, -1, SHIFTED)),
        value(DAY, "known_on", At("BPR", 16), At("produced", 2), told_at=""),
        text("trace", At("TRN", 2)),
    )
)

# Of each slot: the segment, its loop, its qualifier.
SAID = {
    "BPR": ("BPR", c.REMIT_HEADER, ""),
    "TRN": ("TRN", c.REMIT_HEADER, ""),
    "produced": ("DTM", c.REMIT_HEADER, "405"),
    "payer": ("N1", c.REMIT_PAYER, "PR"),
    "payer number": ("REF", c.REMIT_PAYER, "2U"),
    "payee": ("N1", c.REMIT_PAYEE, "PE"),
}


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of the PLBs of a window, what could not be read of them, and how many there were."""

    table: pa.Table
    findings: tuple[Finding, ...]
    n: int


def provider_adjustments(placed: Placed, *, file_key: int, first: int, keep: bool) -> Pairs:
    """One row a pair; `first` is the number of pairs in the file before. Where not `keep`, they are only counted."""
    table = placed.table
    is_plb = (table.code == c.PLB) & (placed.loop == c.REMIT_TRAILER)
    rows = np.flatnonzero(is_plb).astype(np.int32)
    if not rows.size:
        return Pairs(PROVIDER_ADJUSTMENTS.empty_table(), (), 0)
    placed.mark[rows] = c.USED
    entry, element = select.explode(table, rows, PAIR_FIRSTS, 2)
    n, fits = entry.size, first + np.arange(entry.size) < MOST_IN_A_FILE
    rows, element = rows[entry][fits], element[fits]
    if not keep or not rows.size:
        return Pairs(PROVIDER_ADJUSTMENTS.empty_table(), (), n)
    found = gather(table, FIELDS, {"PLB": rows, **_payments(placed, rows)}, element)
    findings = [
        Finding(rows[found.value[f.name].wrong], f"{f.name} is not {f.wanted}")
        for f in FIELDS.values
        if f.told_at and f.name in found.wrong
    ]
    findings.append(Finding(rows[found.missing("amount_cents")], "amount_cents is missing"))
    keys = np.int64(file_key) + first + np.arange(rows.size)
    columns = found.columns(PROVIDER_ADJUSTMENTS) | {"adjustment_key": pa.array(keys)}
    whole = pa.Table.from_arrays(
        [columns[name] for name in PROVIDER_ADJUSTMENTS.names], schema=PROVIDER_ADJUSTMENTS
    )
    return Pairs(whole, tuple(findings), n)


def _payments(placed: Placed, rows: Ints) -> dict[str, Ints]:
    """Of each PLB the segments that its transaction says once: the first of each after the last envelope before it."""
    table = placed.table
    # An SE ends what its transaction says, as everywhere: what comes behind it has none.
    opens = np.flatnonzero((table.code >= c.ISA) & (table.code <= c.IEA))
    at = np.searchsorted(opens, rows) - 1
    begin = np.where(at < 0, 0, opens[at]) if opens.size else np.zeros(rows.size, np.int64)
    found: dict[str, Ints] = {}
    for slot, (name, loop, qualifier) in SAID.items():
        some = np.flatnonzero((table.code == c.code(name)) & (placed.loop == loop)).astype(np.int32)
        if qualifier:
            spans = select.spans(table, some, 1, 0)
            some = some[select.packs(table.content, spans) == c.pack(qualifier)]
        if slot == "payee":
            some = _by_npi(placed, some)
        which = np.searchsorted(some, begin)
        padded = np.append(some, np.int32(-1))
        row = padded[np.minimum(which, some.size)]
        found[slot] = np.where((row >= 0) & (row < rows), row, -1).astype(np.int32)
    return found


def _by_npi(placed: Placed, rows: Ints) -> Ints:
    """Payees named by their NPI (N103 says XX)."""
    spans = select.spans(placed.table, rows, 3)
    by_npi: Ints = rows[select.packs(placed.table.content, spans) == c.pack("XX")]
    return by_npi
