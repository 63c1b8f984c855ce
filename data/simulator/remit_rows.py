"""Rows of remits, and of what hangs from them: which belongs to which, and back in order."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.keys import ints, row_of
from data.schema import RemitTables
from data.simulator.catalogue import Numbers

SERVICE_BITS = 10


def services_of(services: pa.Table, child: pa.Table) -> Numbers:
    """The row of the service that each row of a hanging table belongs to; -1 for the claim as a whole."""
    return row_of(_numbered(child), _numbered(services))


def remits_of(tables: RemitTables, child: pa.Table) -> Numbers:
    """The row of the remit that each row of a hanging table belongs to."""
    return row_of(ints(child["remit_key"]), ints(tables.remits["remit_key"]))


def with_column(table: pa.Table, name: str, values: "pa.Array | np.ndarray") -> pa.Table:
    """The table with other values in one column."""
    at = table.schema.get_field_index(name)
    column = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values)
    return table.set_column(at, table.schema.field(at), column.cast(table.schema.field(at).type))


def ordered(tables: RemitTables, child: pa.Table) -> pa.Table:
    """In the order of the remits and services, with positions counted anew where the table has them."""
    order = np.lexsort((ints(child["service"]), remits_of(tables, child)))
    child = child.take(pa.array(order))
    if "position" not in child.column_names:
        return child
    numbered = _numbered(child)
    rows = np.arange(len(numbered))
    first = (
        np.maximum.accumulate(np.where(np.diff(numbered, prepend=-1) != 0, rows, 0)) if len(rows) else rows
    )
    return with_column(child, "position", rows - first + 1)


def only(table: pa.Table, flags: np.ndarray) -> pa.Table:
    """Some of the rows."""
    return table.filter(pa.array(flags))


def numbers_in(column: pa.ChunkedArray, names: np.ndarray) -> Numbers:
    """The number of each text among the names, -1 where it is none of them."""
    found = pc.index_in(column, pa.array(names)).to_numpy().astype(np.float64)
    return np.asarray(np.nan_to_num(found, nan=-1.0), dtype=np.int64)


def _numbered(table: pa.Table) -> Numbers:
    return (ints(table["remit_key"]) << SERVICE_BITS) + ints(table["service"])
