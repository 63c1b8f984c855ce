"""`cleanclaim monitor`: does the served model still hold, and have payers changed?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleanclaim.output import as_json, note, say, table
from cleanclaim.settings import settings_file

if TYPE_CHECKING:
    from serving.monitor.flagged import Flag
    from serving.monitor.run import Monitored


def monitor(
    *,
    store: Annotated[Path, typer.Option(help="The claim store, with the newest claims and answers.")],
    model: Annotated[
        Path, typer.Option(help="The model's folder: watched on claims sent after its as-of day.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for alerts.json, monitor.json and monitor.html.")],
    database: Annotated[
        str | None,
        typer.Option(
            help="The database of scores (as of `serve`): which claims were flagged before they went out."
        ),
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(help="A TOML file with the table [monitor]; default: cleanclaim.toml here.")
    ] = None,
    fail_on_alert: Annotated[
        bool, typer.Option("--fail-on-alert", help="Exit with 1 where there is an alert: for schedulers.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Watch a model: payers that changed, figures foretold and realised, drift, what is new, and whether to retrain.

    Without --fail-on-alert an alert is no failure: exit 0, and it stands in alerts.json.

    Example: cleanclaim monitor --store store --model model --out monitor
    """
    from data.store import Store  # watching is loaded when it is asked for
    from models.bundle import load
    from serving.monitor.report import PAGE, write
    from serving.monitor.report import as_json as found_json
    from serving.monitor.run import monitor as watch
    from serving.monitor.settings import MonitorSettings

    kept, wanted, loaded = Store(store), MonitorSettings.load(settings_file(settings)), load(model)
    found = watch(loaded, kept, wanted, _first_answers(database))
    write(found, out)
    if loaded.facts.policy != kept.policy.title:
        note(
            f"The model was taught under the denial policy {loaded.facts.policy}, the store is labelled under"
            f" {kept.policy.title}: they don't mean the same by a denial."
        )
    if json:
        as_json(found_json(found) | {"out": str(out)})
    else:
        _tell(found)
        say(f"\nReport: {out / PAGE} (and alerts.json, monitor.json).")
    if fail_on_alert and found.alerts:
        raise typer.Exit(1)


def _first_answers(database: str | None) -> "dict[tuple[str, str], Flag] | None":
    if database is None:
        return None
    from serving.journal import Journal
    from serving.monitor.flagged import first_answers

    journal = Journal(database)
    try:
        return first_answers(journal)
    finally:
        journal.close()


def _tell(found: "Monitored") -> None:
    say(found.advice.reason)
    say(
        f"{found.n_lines:,} lines sent since {found.as_of}, {found.n_answered:,} answered by {found.today}."
        f" Model {found.model_version}."
    )
    for alert in found.alerts:
        say(f"- {alert.sentence}")
    rows = [
        (
            month.month,
            f"{month.n_lines:,}",
            f"{month.estimated.denial_rate:.1%}",
            f"{month.realised.denial_rate:.1%}" if month.is_ripe else "-",
            f"{month.estimated.auc:.3f}",
            f"{month.realised.auc:.3f}" if month.is_ripe else "-",
        )
        for month in found.months
    ]
    columns = ("month", "lines", "denied: foretold", "realised", "AUC: foretold", "realised")
    table(columns, rows, title="\nForetold and realised")
