"""Published tables as DataFrames."""

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from cleanclaim.notebook.frames import frame
from data.public import read


def read_public(
    *paths: Path | str, kind: str | None = None, procedures: Collection[str] | None = None
) -> pd.DataFrame:
    """A published table, from its files as the publisher ships them (.zip, .txt, .csv, .xlsx, .html; folders).

    What the files are is told by what is in them: NCCI edits, MUE, add-on codes, fee schedule, coverage articles, RBCS,
    places of service, texts of reasons. Parts of one edition are joined. `kind` ("ncci_ptp", "mue", "add_on",
    "fee_schedule", "coverage", "rbcs", "places", "reason_texts") says what they must be; `procedures` narrows coverage
    articles, which are long otherwise.

    One row an edit, a limit, a code: [n rows] sorted by its codes; days from and to are both included, and an end that
    is not set is missing. Columns of few texts are categories. `.attrs` has kind, source, version, valid_from (None
    where the file doesn't say), n_skipped and left.

    Raises `UnreadableFile` for files of no known kind, of another or of several.
    """
    found = read(*paths, kind=kind, procedures=procedures)
    rows = frame(found.table)
    rows.attrs |= {
        "kind": found.kind.name,
        "source": found.source,
        "version": found.version,
        "valid_from": found.valid_from,
        "n_skipped": found.n_skipped,
        "left": found.left,
    }
    return rows
