"""`cleanclaim ingest`: from files to a store."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleanclaim.output import as_json, note, progress, say, table

if TYPE_CHECKING:
    from data.store import IngestReport

FIGURES = (
    ("files", "read and new to the store"),
    ("claims", "taken in"),
    ("lines", "of those claims"),
    ("remits", "taken in: what payers answered"),
    ("adjustments", "of those remits"),
    ("linked", "remits matched to their claim"),
    ("ambiguous", "remits that fit several claims, or none well enough"),
    ("unreliable", "remits whose amounts don't add up; never learnt from"),
    ("quarantined", "reversals without what they reverse"),
    ("statuses", "taken in: what a 277CA says of a claim"),
    ("turned_away", "claims turned away by a 277CA before anybody adjudicated them"),
    ("rejected", "files, or parts of files, that could not be read or contradict themselves"),
)


def ingest(
    *,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH...", help="837, 835 and FHIR files, tables; folders of them, .zip or .gz."
        ),
    ] = None,
    store: Annotated[Path, typer.Option(help="The store's folder; made where there is none.")],
    context: Annotated[
        Path | None, typer.Option(help="CSV or Parquet: what the claim form doesn't carry, by claim_id.")
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder of lists: what the payers want. The store keeps it in place of the one it had.",
        ),
    ] = None,
    rejects: Annotated[
        Path | None, typer.Option(help="Folder for lists of what could not be read or needs a person.")
    ] = None,
    denial_policy: Annotated[
        Path | None,
        typer.Option(
            help="TOML file: what counts as a denial. The store keeps it; without, what it kept holds."
        ),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(help="TOML file: how tables (CSV, Parquet) are to be read; see `cleanclaim mapping`."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes that read side by side; without, one a core where it pays."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Read claims (837) and payers' answers (835) into a store, match them and label each line.

    The same file twice is a no-op, and so is a run that was killed and is started again. A damaged part never takes
    the rest with it: it is counted, and listed in the folder given with --rejects.

    Tables of a practice system (CSV, Parquet) need --mapping: which of their columns is which. `cleanclaim mapping suggest
    export.csv` writes a first one. X12 and FHIR files beside them are read as ever.

    With --policy, the store keeps what the payers want (`cleanclaim policy show` tells how it is written), in place of
    what it kept before; then files to read may be left out.

    With --denial-policy, all answers in the store are labelled anew under that policy, and it stays with the store.

    Example: cleanclaim ingest claims/ remits/ --store store --context context.csv --policy policy/
    """
    if not (paths or policy):
        raise typer.BadParameter("give files to read, or a policy book", param_hint="PATH...")
    from data.denial_policy import DenialPolicy  # reading is loaded when it is asked for
    from data.readers.tables import TableMapping
    from data.store import Store

    columns = TableMapping.load(mapping) if mapping else None
    denials = DenialPolicy.load(denial_policy) if denial_policy else None
    with progress("Reading", None) as bar:
        report = Store(store, denials).ingest(
            paths or [],
            context=context,
            rejects=rejects,
            progress=lambda _: bar.advance(bar.task_ids[0]),
            workers=workers,
            mapping=columns,
            book=policy,
        )
    if json:
        as_json(asdict(report))
    else:
        _tell(report, rejects)
    if not (report.files or report.skipped or report.policy_entries) and report.rejected:
        note(
            "Nothing at all could be read."
            + ("" if rejects else " With --rejects DIR the reasons are listed.")
        )
        raise typer.Exit(1)


def _tell(report: "IngestReport", rejects: Path | None) -> None:
    values = {field.name: getattr(report, field.name) for field in fields(report)}
    table(("", "", ""), [(name, f"{values[name]:,}", meaning) for name, meaning in FIGURES])
    if report.why_rejected:
        say("Most often, what was rejected is:")
        table(("parts", "why"), [(f"{count:,}", reason) for reason, count in report.why_rejected])
    if report.policy_entries:
        say(f"The store keeps a policy book of {report.policy_entries:,} entries.")
    say(f"Denials as the denial policy {report.policy} has it.")
    if report.skipped:
        say(f"{report.skipped:,} files were in the store already.")
    _say_all(report.notes)
    if rejects and (report.rejected or report.ambiguous or report.quarantined or report.turned_away):
        say(f"Lists of what needs a person are in {rejects}.")


def _say_all(sentences: Sequence[str]) -> None:
    for sentence in sentences:
        say(sentence)
