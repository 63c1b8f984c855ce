"""CMS's synthetic carrier claims as a DataFrame of labelled lines."""

from pathlib import Path

import pandas as pd

from cleanclaim.notebook.frames import frame
from data.public.synpuf import ANSWERED_AFTER_DAYS
from data.public.synpuf import read_synpuf as read


def read_synpuf(
    path: Path | str, *, n_claims: int | None = 100_000, answered_after_days: int = ANSWERED_AFTER_DAYS
) -> pd.DataFrame:
    """The first `n_claims` carrier claims of a DE-SynPUF file (.zip or .csv as CMS ships it), one row a line.

    Columns are those of `Store.lines()`: `label` is 1 denied, 0 not, NA where the first answer isn't told; `family` and
    `reason` say why. The outcome is the line's processing indicator. The file has no submission date, no payment date
    and no charge: the last day of service, that day and `answered_after_days` days, and the procedure's mean allowed
    amount (in cents) stand in. All claims (None) are some 5 million lines: about 10 GB as a DataFrame.

    Raises `UnreadableFile` for any other file.
    """
    return frame(read(Path(path), n_claims=n_claims, answered_after_days=answered_after_days))
