"""The claim store, asked from a notebook."""

from dataclasses import asdict
from pathlib import Path

import pandas as pd

from cleanclaim.notebook.files import Claims, Remits, existing
from cleanclaim.notebook.frames import Day, day, frame
from data.denial_policy import DenialPolicy
from data.readers.tables import TableMapping
from data.store import Store as Kept


class Store:
    """Claims, payers' answers and context in a folder, linked and labelled.

    Nothing is made before the first `ingest`; asking a folder that is no store raises `StoreError`. `policy` is the
    TOML file that says what counts as a denial; without one, it is the policy that the store remembers from its
    ingest, the shipped one in the beginning.
    """

    def __init__(self, folder: Path | str, *, policy: Path | str | None = None) -> None:
        self.kept = Kept(folder, DenialPolicy.load(Path(policy)) if policy else None)

    def __repr__(self) -> str:
        """How it was made."""
        return f"Store({str(self.kept.path)!r})"

    def ingest(
        self,
        *paths: Path | str,
        context: Path | str | None = None,
        rejects: Path | str | None = None,
        mapping: Path | str | None = None,
        policy: Path | str | None = None,
    ) -> pd.DataFrame:
        """Take 837, 835 and FHIR files, tables and folders in; one row with what was new.

        Columns are counts (`files`, `claims`, `lines`, `remits`, `linked`, `ambiguous`, `rejected` ...) and `notes`.
        The same content twice is a no-op. `context` is a CSV or Parquet file; lists of what could not be used go to
        the folder `rejects`. `mapping` is the TOML file that says how tables (CSV, Parquet) are to be read. `policy` is a
        folder of lists, the payers' policy book: the store keeps it in place of the one it had. Raises
        `UnreadableFile` for a path that isn't there.
        """
        report = self.kept.ingest(
            existing(paths),
            context=existing((context,))[0] if context else None,
            rejects=Path(rejects) if rejects else None,
            mapping=TableMapping.load(Path(mapping)) if mapping else None,
            book=Path(policy) if policy else None,
        )
        return pd.DataFrame([asdict(report) | {"notes": " ".join(report.notes)}])

    def lines(self, as_of: Day | None = None) -> pd.DataFrame:
        """One row a line with all that was known when it was sent, and the outcome where it is known.

        With `as_of`, a day: only claims sent, and outcomes known, by then. `label` is 1 denied, 0 not, and NA where
        there is no answer: unknown, never paid.
        """
        return frame(self.kept.lines(day(as_of)))

    def claims(self) -> Claims:
        """All claims with their lines, as they were sent."""
        return Claims.of(self.kept.claims())

    def remits(self) -> Remits:
        """All answers with their services, adjustments and remarks."""
        return Remits.of(self.kept.remits())

    def sql(self, query: str) -> pd.DataFrame:
        """The answer to an SQL query (DuckDB) over the store's tables: claims, lines, remits, outcomes ..."""
        return self.kept.sql(query)

    def stats(self) -> pd.DataFrame:
        """One row: files, claims, lines, remits, answered and denied lines, first and last days, the denial policy."""
        stats = pd.DataFrame([asdict(self.kept.stats())])
        days = ["first_submission", "last_submission", "newest_remit"]
        return stats.assign(**{name: pd.to_datetime(stats[name]) for name in days})
