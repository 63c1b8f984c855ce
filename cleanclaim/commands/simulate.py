"""`cleanclaim simulate`: a radiology world on disk, with known truth."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleanclaim.output import as_json, progress, say, table

if TYPE_CHECKING:
    from data.simulator.calibration import Figure


def simulate(
    *,
    out: Annotated[Path, typer.Option(help="Folder to write to: a new one, or an older world's.")],
    claims: Annotated[int, typer.Option(min=1, help="Claims first sent; corrections come on top.")] = 60_000,
    months: Annotated[int, typer.Option(min=1, max=240, help="Months that the world lasts.")] = 24,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same files, byte for byte.")] = 7,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write claims (837) and remits (835) of a made-up radiology group, with each line's true chance of denial.

    Nobody in it exists. What payers want is hidden, and shows only in their answers.

    Example: cleanclaim simulate --claims 60000 --months 24 --seed 7 --out world
    """
    from data.simulator.calibration import calibration
    from data.simulator.world import simulate as write

    with progress("writing weeks", None) as bar:
        truth = write(
            n_claims=claims,
            months=months,
            seed=seed,
            out=out,
            step=lambda done, total: bar.update(bar.task_ids[0], completed=done, total=total),
        )
    figures = calibration(truth)
    written = {name: len(list((out / name).iterdir())) for name in ("claims", "remits", "upcoming")}
    n_claims = len(truth["claim_id"].unique())
    if json:
        as_json(
            {
                "out": str(out),
                "claims": n_claims,
                "lines": truth.num_rows,
                "files": written,
                "figures": [
                    {"name": f.name, "value": f.value, "low": f.low, "high": f.high, "fits": f.fits}
                    for f in figures
                ],
            }
        )
        return
    say(f"{n_claims:,} claims with {truth.num_rows:,} lines in {out}:")
    say(f"  {written['claims']} weeks of claims, {written['remits']} of remits, and next week's claims.")
    table(
        ["figure", "here", "usual", ""],
        [_row(figure) for figure in figures],
        title="A made-up world beside real ones",
    )


def _row(figure: "Figure") -> list[str]:
    shares = figure.high <= 1 and not figure.name.startswith("ceiling")
    show = "{:.1%}".format if shares else "{:.3f}".format
    usual = f"{show(figure.low)} to {show(figure.high)}" if figure.high > figure.low else ""
    return [figure.name, show(figure.value), usual, "" if figure.fits else "outside"]
