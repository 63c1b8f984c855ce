"""SQL over a store's Parquet files, scanned where they lie."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


def answer(query: str, sources: Mapping[str, Sequence[Path] | pa.Table]) -> "pd.DataFrame":
    """The answer to a query over tables, each given as its Parquet files or as rows.

    Raises `FileNotFoundError` where a file has gone in the meantime.
    """
    import duckdb  # asked for by people, not by what scores claims

    with duckdb.connect() as connection:
        try:
            _show(connection, sources)
            return connection.execute(query).df()
        except duckdb.IOException:
            _find_all(sources)
            raise


def _show(connection: "duckdb.DuckDBPyConnection", sources: Mapping[str, Sequence[Path] | pa.Table]) -> None:
    for name, source in sources.items():
        if isinstance(source, pa.Table):
            connection.register(name, source)
        else:
            # Months are folders for our own use: no column is to be made of them.
            files = connection.read_parquet([str(path) for path in source], hive_partitioning=False)
            files.create_view(name)


def _find_all(sources: Mapping[str, Sequence[Path] | pa.Table]) -> None:
    for source in sources.values():
        for path in () if isinstance(source, pa.Table) else source:
            path.stat()
