"""A simulated world on disk, to try everything on before there are files of one's own."""

from pathlib import Path

import pandas as pd

from cleanclaim.notebook.frames import frame


def simulate(
    n_claims: int = 60_000, months: int = 24, seed: int = 7, *, out: Path | str, preset: str | Path = "usual"
) -> pd.DataFrame:
    """Write a radiology world under `out`, and give its truth: one row a line.

    Written are `claims/*.837`, `statuses/*.277`, `remits/*.835`, `context.csv`, `policy/*.csv` (what the billing
    office knows of the payers' lists), `upcoming/*.837` (the week after, not answered yet) and `truth.parquet`. The truth holds `claim_id`, `line`, `p_denied` (the line's exact chance of denial, 0 to 1),
    `hazard_<family>`, what came of it, and when. `preset` names another kind of world (docs/simulator.md), or a TOML
    file of what is different from the usual one. The same arguments give the same bytes.

    Raises `CleanclaimError` where `out` holds files of something else.
    """
    from data.simulator import simulate as write  # the command line needs none of it

    return frame(write(n_claims=n_claims, months=months, seed=seed, out=Path(out), preset=preset))
