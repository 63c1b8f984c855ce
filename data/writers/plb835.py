"""The adjustments of payments as wholes (PLB), each in the transaction of its payment."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import InvalidClaim
from data.schema import RemitTables
from data.writers.body import LINE_BITS, Body, places
from data.writers.details import grouped
from data.writers.index import Index, starts_of
from data.writers.segments import Rows, Texts, composite, flat, texts

PAYMENT = ("payer_id", "payee_npi", "known_on", "trace")
MAX_PAIRS = 6


@dataclass(frozen=True, slots=True)
class Plb:
    """Adjustments, and the last remit of the transaction that each belongs to."""

    table: Texts
    remit: Rows
    total: Rows
    """Of each transaction, in cents."""

    def add(self, body: Body, index: Index) -> None:
        """Write them behind the last remit of their transaction: runs of one provider and year, six in each at most."""
        if not self.remit.size or not index.n:
            return
        t = self.table
        head = pc.binary_join_element_wise(
            t["provider_id"], t["fiscal_on"], "*", null_handling="replace", null_replacement=""
        )
        pair = pc.binary_join_element_wise(
            composite(t["reason"], t["reference"]),
            t["amount_cents"],
            "*",
            null_handling="replace",
            null_replacement="",
        )
        kind = head.dictionary_encode().indices.to_numpy()
        starts, text = grouped("PLB", head, starts_of(self.remit, kind), pair, MAX_PAIRS)
        body.put(places(self.remit[starts], (1 << LINE_BITS) - 1), text)


def matched(tables: RemitTables, opens: Rows) -> Plb:
    """Each adjustment in the first transaction of its payment. Raises InvalidClaim where there is none."""
    table = tables.provider_adjustments
    ids = flat(table["adjustment_key"])
    columns = texts(table.drop_columns(["adjustment_key", *PAYMENT]), ids)
    total = np.zeros(opens.size, np.int64)
    if not table.num_rows:
        return Plb(columns, np.empty(0, np.int64), total)
    heads = tables.remits.select(PAYMENT).take(pa.array(opens)).to_pylist()
    first = {tuple(head.values()): n for n, head in reversed(list(enumerate(heads)))}
    which = [first.get(tuple(row.values()), -1) for row in table.select(PAYMENT).to_pylist()]
    if min(which) < 0:
        thing = f"provider adjustment {which.index(-1) + 1}"
        raise InvalidClaim(
            thing, field="payment", found="no remit of it", wanted="one with its payer and trace"
        )
    of = np.array(which, np.int64)
    np.add.at(total, of, pc.fill_null(flat(table["amount_cents"]), 0).to_numpy())
    order = np.argsort(of, kind="stable")
    last = np.append(opens[1:], tables.remits.num_rows) - 1
    return Plb(
        {name: column.take(pa.array(order)) for name, column in columns.items()}, last[of[order]], total
    )
