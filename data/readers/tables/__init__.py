"""Tables of practice-management systems (CSV, Parquet), read by a mapping of their columns."""

from data.readers.tables.mapping import TableMapping
from data.readers.tables.read import is_second, looks_like_table, read_table, table_key

__all__ = ["TableMapping", "is_second", "looks_like_table", "read_table", "table_key"]
