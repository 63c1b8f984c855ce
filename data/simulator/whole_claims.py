"""What payers say of a claim as a whole instead of its lines, or again: only where it leaves no doubt.

It leaves none where all lines have the same adjustments (whatever their amounts) and remarks: shared out over the
lines again, they say the same of each.
"""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.keys import add, codes_of, grouped, ints
from data.schema import RemitTables
from data.simulator.catalogue import Flags, Numbers
from data.simulator.remit_rows import only, ordered, remits_of, services_of, with_column

MIXED = 0x2545F4914F6CDD1D


def leaves_no_doubt(tables: RemitTables) -> Flags:
    """[remits]: one service, or all with the same codes."""
    services, n = tables.services, tables.remits.num_rows
    says = np.zeros(services.num_rows, np.int64)
    for child, names in ((tables.adjustments, ("group_code", "carc")), (tables.remarks, ("rarc",))):
        code = grouped(*(codes_of(child[name])[0] for name in names))
        np.add.at(says, services_of(services, child), (code + 1) * MIXED ^ (code << 20) + len(names))
    remit = remits_of(tables, services)
    first = says[np.searchsorted(remit, np.arange(n))]
    differs = add(remit, (says != first[remit]).astype(np.int64), n)
    return np.asarray(differs == 0)


def is_denied(tables: RemitTables) -> Flags:
    """[remits]: no service has an allowed amount."""
    allowed = pc.is_valid(tables.services["allowed_cents"]).to_numpy().astype(np.int64)
    return np.asarray(add(remits_of(tables, tables.services), allowed, tables.remits.num_rows) == 0)


def told_as_a_whole(tables: RemitTables, moves: Flags, drops: Flags) -> RemitTables:
    """Adjustments and remarks of some remits told for the claim; of some of these, without any service."""
    remit = remits_of(tables, tables.adjustments)
    kept = only(tables.adjustments, ~moves[remit])
    adjustments = pa.concat_tables([kept, _summed(tables, moves)])
    remarks = tables.remarks
    of_remark = remits_of(tables, remarks)
    number = np.where(moves[of_remark], 0, ints(remarks["service"]))
    codes = codes_of(remarks["rarc"])[0]
    once = _first_of(grouped(of_remark, number, codes)) | (number > 0)
    remarks = only(with_column(remarks, "service", number), once)
    return replace(
        tables,
        services=only(tables.services, ~drops[remits_of(tables, tables.services)]),
        adjustments=ordered(tables, adjustments),
        remarks=ordered(tables, remarks),
    )


def told_twice(tables: RemitTables, repeats: Flags) -> RemitTables:
    """The lines' adjustments of some remits, repeated as sums for the claim."""
    more = pa.concat_tables([tables.adjustments, _summed(tables, repeats)])
    return replace(tables, adjustments=ordered(tables, more))


def _summed(tables: RemitTables, some: Flags) -> pa.Table:
    """The adjustments of some remits, summed by code, for the claim as a whole."""
    table = tables.adjustments
    table = only(table, some[remits_of(tables, table)])
    if not table.num_rows:
        return table
    group = grouped(remits_of(tables, table), *(codes_of(table[name])[0] for name in ("group_code", "carc")))
    cents = add(group, ints(table["amount_cents"]), int(group.max()) + 1)
    first = _first_of(group)
    table = with_column(only(table, first), "amount_cents", cents[group[first]])
    table = only(table, ints(table["amount_cents"]) != 0)
    return with_column(table, "service", np.zeros(table.num_rows, np.int64))


def _first_of(group: Numbers) -> Flags:
    """The first row of each group."""
    first = np.zeros(len(group), np.bool_)
    first[np.unique(group, return_index=True)[1]] = True
    return first
