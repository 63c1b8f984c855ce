"""`cleanclaim evaluate`: how good a model is, beside baselines and, on a simulated world, the ceiling."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleanclaim.output import as_json, note, say, table
from cleanclaim.settings import settings_file

if TYPE_CHECKING:
    import pyarrow as pa

    from data.store import Store
    from training.report import Report, Table


def evaluate(
    *,
    store: Annotated[Path, typer.Option(help="The claim store, with the answers to judge by.")],
    out: Annotated[Path, typer.Option(help="Folder for report.html and report.json.")],
    model: Annotated[
        Path | None, typer.Option(help="The model's folder: judged on claims sent after its as-of day.")
    ] = None,
    backtest: Annotated[
        int | None,
        typer.Option(min=1, max=60, help="Retrain this many times, a month apart, and judge each."),
    ] = None,
    truth: Annotated[
        Path | None, typer.Option(help="truth.parquet of a simulated world: shows the ceiling.")
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(help="With --backtest: a TOML file as for `cleanclaim train`.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Judge a model, or the habit of retraining, by ripe answers to claims that it could not know.

    Example: cleanclaim evaluate --store store --model model --out report
    """
    if (model is None) == (backtest is None):
        raise typer.BadParameter("give either --model or --backtest", param_hint="--model")
    from data.store import Store  # judging is loaded when it is asked for
    from training.report import as_json as figures_of
    from training.scored import read_truth

    kept, known = Store(store), read_truth(truth) if truth else None
    report = _of_model(kept, model, known) if model else _of_backtest(kept, backtest or 1, known, settings)
    report.write(out)
    if json:
        as_json(figures_of(report) | {"out": str(out)})
    else:
        _tell(report, out)


def _of_model(store: "Store", folder: Path, truth: "pa.Table | None") -> "Report":
    from models.bundle import load
    from training.cohort import labelled_lines
    from training.judge import judge
    from training.report import Report

    model = load(folder)
    newest = store.newest_remit_on()
    judged = judge(model, labelled_lines(store), newest, truth=truth)
    if model.facts.policy != store.policy.title:
        note(
            f"The model was taught under the denial policy {model.facts.policy}, the store is labelled under"
            f" {store.policy.title}: they don't mean the same by a denial."
        )
    facts = {
        "model": model.version,
        "learnt from": f"{model.facts.n_lines:,} lines, answers known by {model.facts.as_of}",
        "denial policy of the model": model.facts.policy,
        "denial policy of the store": store.policy.title,
        "answers in the store until": str(newest),
    }
    return Report("How well denials are foretold", judged.evaluation, facts, judged.cohort.funnel)


def _of_backtest(store: "Store", k: int, truth: "pa.Table | None", settings: Path | None) -> "Report":
    from training.backtest import backtest
    from training.report import Report
    from training.settings import Settings

    judged = backtest(store, k, Settings.load(settings_file(settings)), truth=truth, tell=note)
    facts = {
        "models": f"{k}, made a month apart, each used until the next",
        "denial policy": store.policy.title,
        "answers in the store until": str(store.newest_remit_on()),
    }
    return Report(
        "How well retrained models foretold denials", judged.evaluation, facts, judged.cohort.funnel
    )


def _tell(report: "Report", out: Path) -> None:
    from training.report import cut_table, figures_table, reasons_table, summary

    found = report.evaluation
    say(summary(found))
    _draw(figures_table(found, level="line"), "\nBy line")
    _draw(figures_table(found, level="claim"), "\nBy claim")
    if found.reasons:
        _draw(reasons_table(found), "\nThe payer's reason, among the denied lines")
    for cut in ("origin", "payer"):
        shown = cut_table(found, cut)
        if shown.rows:
            _draw(shown, f"\nBy {cut}")
    say(f"\nReport: {out / 'report.html'} (and report.json).")


def _draw(shown: "Table", title: str) -> None:
    table(shown.columns, shown.rows, title=title)
