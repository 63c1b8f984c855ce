"""Parquet to a table of texts: days as 2026-03-17, numbers as they are written."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.errors import UnreadableFile
from data.keys import Column
from data.readers.tables.mapping import FileForm
from data.readers.tables.raw import RawTable

MAGIC = b"PAR1"


def read_parquet(content: bytes, form: FileForm, *, source: str) -> RawTable:
    """A Parquet file's rows as texts; columns of lists and the like are left out. Raises `UnreadableFile`."""
    try:
        table = pq.ParquetFile(io.BytesIO(content)).read()
    except (pa.ArrowException, OSError):
        raise UnreadableFile(source, found="a damaged Parquet file", wanted="a Parquet file") from None
    flat = [field.name for field in table.schema if not pa.types.is_nested(field.type)]
    columns = {name: _texts(table[name], form) for name in flat}
    numbers = np.arange(1, table.num_rows + 1)
    return RawTable(source, columns, numbers, numbers)


def _texts(column: Column, form: FileForm) -> Column:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_timestamp(column.type):
        column = pc.strftime(column, format="%Y-%m-%d")
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return pa.chunked_array([pa.nulls(len(column), pa.string())])
    trimmed = pc.utf8_trim_whitespace(column.cast(pa.string()))
    nothing = pc.is_in(trimmed, pa.array([*form.empty, "nan"], pa.string()))
    return pc.if_else(nothing, pa.scalar(None, pa.string()), trimmed)
