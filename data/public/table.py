"""What a published file turns into: one table, and where it came from."""

from dataclasses import dataclass
from datetime import date

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of published file."""

    name: str
    """the short name: ncci_ptp, mue, add_on, fee_schedule, coverage, rbcs, places, reason_texts"""
    title: str
    page: str
    """where the publisher offers it, and says how it is laid out"""
    schema: pa.Schema
    """its columns; days are date32, an end that is not set is null, days from and to are both included"""
    keys: tuple[str, ...]
    """the columns that rows are sorted by"""


@dataclass(frozen=True, slots=True)
class Part:
    """One file, read."""

    table: pa.Table
    version: str | None = None
    """as the publisher names the edition: v302r0, 2024 July Release"""
    valid_from: date | None = None
    n_skipped: int = 0


@dataclass(frozen=True, slots=True)
class PublicTable:
    """A published table with its origin."""

    kind: Kind
    table: pa.Table
    """the columns of `kind.schema`, sorted by `kind.keys`"""
    sources: tuple[str, ...]
    """the files that were read; archive.zip!member for a member of an archive"""
    version: str | None = None
    valid_from: date | None = None
    """the first day of the edition, where the file or its name says it"""
    n_skipped: int = 0
    """rows that are no rows of the table: ragged ones, and footnotes among the codes"""
    left: tuple[str, ...] = ()
    """files beside them that were not read: other tables, documents, the same table in another form"""

    @property
    def source(self) -> str:
        """The files that were read, as one text."""
        return ", ".join(self.sources)
