"""`cleanclaim serve`: the API and the reviewer's pages."""

from pathlib import Path
from typing import Annotated

import typer

from cleanclaim.output import as_json, say
from cleanclaim.settings import settings_file


def serve(
    *,
    model: Annotated[Path, typer.Option(help="The model's folder.")],
    store: Annotated[
        Path | None, typer.Option(help="A claim store: newer answers than the model learnt from.")
    ] = None,
    database: Annotated[
        str, typer.Option(help="Where scores are kept for the reviewer's pages, as an SQLAlchemy address.")
    ] = "sqlite:///scores.db",
    host: Annotated[str, typer.Option(help="This machine only, as there are no API keys yet.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 takes any free port.", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Processes that answer side by side.", min=1, max=64)] = 1,
    code_texts: Annotated[
        list[Path] | None,
        typer.Option(
            help="X12's own texts of reasons, from your licensed CSV or Excel file: shown on the pages too."
        ),
    ] = None,
    require_signature: Annotated[
        Path | None,
        typer.Option(help="A public key: serve no model that it didn't sign (`cleanclaim keys model`)."),
    ] = None,
    settings: Annotated[
        Path | None,
        typer.Option(
            help="A TOML file; of its [monitor], `unreviewed_share` of the claims stay off the reviewer's list."
            " Default: cleanclaim.toml here."
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the address as JSON.")] = False,
) -> None:
    """Serve the API under /v1 and the reviewer's pages under /review/ until stopped with Ctrl-C.

    Scores are kept in scores.db in the current folder unless --database names another place.

    Example: cleanclaim serve --model model --store store --port 8000
    """
    from serving.address import check_loopback

    check_loopback(host)
    from serving.monitor.settings import MonitorSettings  # what serves is loaded when it is asked for
    from serving.run import serve as run
    from serving.settings import Settings

    share = MonitorSettings.load(settings_file(settings)).unreviewed_share

    def tell(address: str) -> None:
        if json:
            as_json({"address": address, "pages": f"{address}/review/"})
            return
        say(f"Serving at {address}")
        say(f"  Reviewer's pages: {address}/review/")
        say(f"  Score a claim:    POST {address}/v1/score")
        if share:
            say(f"  Left unreviewed:  {share:.0%} of the claims, on purpose ([monitor] unreviewed_share)")
        say("  Only this machine can reach it: there are no API keys yet. Ctrl-C stops it.")

    run(
        model=model,
        store=store,
        database=database,
        host=host,
        port=port,
        workers=workers,
        tell=tell,
        own_texts=code_texts or (),
        signed_by=require_signature,
        settings=Settings(unreviewed_share=share),
    )
