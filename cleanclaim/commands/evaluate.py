"""`cleanclaim evaluate`: how good a model is, beside baselines and, on a simulated world, the ceiling."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleanclaim.output import as_json, note, say, table
from cleanclaim.settings import settings_file

if TYPE_CHECKING:
    import pyarrow as pa

    from data.store import Store
    from training.report import Report
    from training.settings import Settings
    from training.tables import Table


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
    champion: Annotated[
        Path | None, typer.Option(help="With --model: the model in use, compared with it part by part.")
    ] = None,
    capacity: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            max=100,
            help="Percent of the lines that people have time to look at; default: the settings', 10.",
        ),
    ] = None,
    truth: Annotated[
        Path | None, typer.Option(help="truth.parquet of a simulated world: shows the ceiling.")
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(help="A TOML file as for `cleanclaim train`; default: cleanclaim.toml.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Judge a model, or the habit of retraining, by ripe answers to claims that it could not know.

    Example: cleanclaim evaluate --store store --model model --out report
    """
    if (model is None) == (backtest is None):
        raise typer.BadParameter("give either --model or --backtest", param_hint="--model")
    if champion is not None and model is None:
        raise typer.BadParameter("a champion is compared with --model", param_hint="--champion")
    from data.store import Store  # judging is loaded when it is asked for
    from training.report import as_json as figures_of
    from training.scored import read_truth
    from training.settings import Settings

    kept, known = Store(store), read_truth(truth) if truth else None
    told = Settings.load(settings_file(settings))
    share = capacity / 100 if capacity is not None else told.evaluate.capacity
    if model:
        report = _of_model(kept, model, known, champion, share)
    else:
        report = _of_backtest(kept, backtest or 1, known, told, share)
    report.write(out)
    if json:
        as_json(figures_of(report) | {"out": str(out)})
    else:
        _tell(report, out)


def _of_model(
    store: "Store", folder: Path, truth: "pa.Table | None", champion: Path | None, capacity: float
) -> "Report":
    from models.bundle import load
    from training.cohort import labelled_lines
    from training.judge import judge
    from training.report import Report

    model, other = load(folder), load(champion) if champion else None
    newest = store.newest_remit_on()
    judged = judge(model, labelled_lines(store), newest, truth=truth, champion=other, capacity=capacity)
    if model.facts.policy != store.policy.title:
        note(
            f"The model was taught under the denial policy {model.facts.policy}, the store is labelled under"
            f" {store.policy.title}: they don't mean the same by a denial."
        )
    facts = {
        "model": model.version,
        "learnt from": f"{model.facts.n_lines:,} lines, answers known by {model.facts.as_of}",
        **({"champion": f"{other.version}, answers known by {other.facts.as_of}"} if other else {}),
        "denial policy of the model": model.facts.policy,
        "denial policy of the store": store.policy.title,
        "answers in the store until": str(newest),
    }
    funnel, title = judged.cohort.funnel, "How well denials are foretold"
    return Report(title, judged.evaluation, facts, funnel, judged.causes)


def _of_backtest(
    store: "Store", k: int, truth: "pa.Table | None", settings: "Settings", capacity: float
) -> "Report":
    from training.backtest import backtest
    from training.report import Report

    judged = backtest(store, k, settings, truth=truth, capacity=capacity, tell=note)
    facts = {
        "models": f"{k}, made a month apart, each used until the next",
        "denial policy": store.policy.title,
        "answers in the store until": str(store.newest_remit_on()),
    }
    funnel, title = judged.cohort.funnel, "How well retrained models foretold denials"
    return Report(title, judged.evaluation, facts, funnel, judged.causes)


def _tell(report: "Report", out: Path) -> None:
    from training.fairness import finding
    from training.report import summary
    from training.tables import (
        behind_table,
        bounds_table,
        cut_table,
        differences_table,
        drift_table,
        figures_table,
        origins_table,
        reasons_table,
        worked_table,
    )

    found = report.evaluation
    say(summary(found))
    _draw(figures_table(found, level="line"), "\nBy line")
    _draw(figures_table(found, level="claim"), "\nBy claim")
    _draw(bounds_table(found), "\nBetween which values these figures lie, 95 times of 100")
    _draw(behind_table(found), "\nHow far the others lie behind (below zero: ahead)")
    if found.differences:
        _draw(differences_table(found.differences), "\nLog-loss against the champion's")
    if found.reasons:
        _draw(reasons_table(found), "\nThe payer's reason, among the denied lines")
    _draw(worked_table(found), "\nWhat reviewing the riskiest lines catches")
    if report.is_backtest:
        _draw(
            origins_table(found),
            "\nEach model, on the claims until the next one was made; log-loss of fewer retrains",
        )
        _draw(drift_table(found), "\nHow every figure moves")
    for cut in ("payer", "codes"):
        shown = cut_table(found, cut)
        if len(shown.rows) > 1:
            _draw(shown, f"\nBy {cut}")
    say(f"\nBy age and sex: {finding(found.fairness)}")
    say(f"Report: {out / 'report.html'} (and report.json).")


def _draw(shown: "Table", title: str) -> None:
    table(shown.columns, shown.rows, title=title)
