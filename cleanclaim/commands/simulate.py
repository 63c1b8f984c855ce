"""`cleanclaim simulate`: a radiology world on disk, with known truth."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleanclaim.output import as_json, progress, say, table

if TYPE_CHECKING:
    import pyarrow as pa

    from data.simulator.calibration import Figure


def simulate(
    *,
    out: Annotated[Path, typer.Option(help="Folder to write to: a new one, or an older world's.")],
    claims: Annotated[int, typer.Option(min=1, help="Claims first sent; corrections come on top.")] = 60_000,
    months: Annotated[int, typer.Option(min=1, max=240, help="Months that the world lasts.")] = 24,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same files, byte for byte.")] = 7,
    preset: Annotated[
        str,
        typer.Option(
            help="Another kind of world (easy, hard, ...: docs/simulator.md), or a TOML file of what is different."
        ),
    ] = "usual",
    corrupt: Annotated[
        float,
        typer.Option(
            min=0, max=1, help="Share of the files to damage as it happens; corrupted.csv says how."
        ),
    ] = 0.0,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Write claims (837) and remits (835) of a made-up radiology group, with each line's true chance of denial.

    Nobody in it exists. What payers want is hidden, and shows only in their answers.

    Example: cleanclaim simulate --claims 60000 --months 24 --seed 7 --out world
    """
    from data.simulator.calibration import calibration
    from data.simulator.presets import load_settings
    from data.simulator.world import simulate as write

    settings = load_settings(preset)
    with progress("writing weeks", None) as bar:
        truth = write(
            n_claims=claims,
            months=months,
            seed=seed,
            out=out,
            settings=settings,
            corrupt=corrupt,
            step=lambda done, total: bar.update(bar.task_ids[0], completed=done, total=total),
        )
    report = Report(
        str(out), truth, {name: _n_files(out / name) for name in ("claims", "statuses", "remits", "upcoming")}
    )
    figures = calibration(truth, settings)
    if json:
        as_json(report.document(figures))
        return
    report.tell(figures)


@dataclass(frozen=True, slots=True)
class Report:
    """What was written, for people and for machines."""

    out: str
    truth: "pa.Table"
    files: dict[str, int]

    @property
    def n_claims(self) -> int:
        """Claims written, corrections and the upcoming week among them."""
        return len(self.truth["claim_id"].unique())

    def document(self, figures: Sequence["Figure"]) -> dict[str, object]:
        """For machines."""
        shown = [
            {"name": f.name, "value": f.value, "low": f.low, "high": f.high, "fits": f.fits} for f in figures
        ]
        counts = {"claims": self.n_claims, "lines": self.truth.num_rows, "files": self.files}
        return {"out": self.out, **counts, "figures": shown}

    def tell(self, figures: Sequence["Figure"]) -> None:
        """For people."""
        say(f"{self.n_claims:,} claims with {self.truth.num_rows:,} lines in {self.out}:")
        say(
            f"  {self.files['claims']} weeks of claims, {self.files['statuses']} of statuses, "
            f"{self.files['remits']} of remits, and next week's claims."
        )
        rows = [_row(figure) for figure in figures]
        table(["figure", "here", "usual", ""], rows, title="A made-up world beside real ones")


def _n_files(folder: Path) -> int:
    return len(list(folder.iterdir()))


def _row(figure: "Figure") -> list[str]:
    shares = figure.high <= 1 and not figure.name.startswith("ceiling")
    show = "{:.1%}".format if shares else "{:.3f}".format
    usual = f"{show(figure.low)} to {show(figure.high)}" if figure.high > figure.low else ""
    return [figure.name, show(figure.value), usual, "" if figure.fits else "outside"]
