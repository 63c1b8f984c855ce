"""The claim store: all that was ever ingested, as Parquet files that one manifest lists."""

from data.store.report import IngestReport
from data.store.store import Store, StoreStats

__all__ = ["IngestReport", "Store", "StoreStats"]
