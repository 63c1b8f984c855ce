"""`cleanclaim explain`: one claim, readable in a terminal."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer

from cleanclaim.output import OUT, note, say


def explain(
    claim_id: Annotated[str, typer.Argument(help="The claim's own number (patient control number).")],
    inputs: Annotated[
        list[Path],
        typer.Argument(metavar="INPUT...", help="Where the claim is: 837 files or folders, JSON, NDJSON."),
    ],
    *,
    model: Annotated[Path, typer.Option(help="The model's folder.")],
    store: Annotated[
        Path | None, typer.Option(help="A claim store: newer answers than the model learnt from.")
    ] = None,
    context: Annotated[
        Path | None, typer.Option(help="Orders, reports, authorizations: CSV or Parquet.")
    ] = None,
    code_texts: Annotated[
        list[Path] | None,
        typer.Option(help="X12's own texts of reasons, from your licensed CSV or Excel file: shown too."),
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write the reviewer's page to this file too.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Tell one claim's risk: how likely, how sure, how much money, which reasons, why, and what isn't known.

    Example: cleanclaim explain 26407789 claims/ --model model --html claim.html
    """
    from data.public.code_texts import code_texts as texts_of  # what serves is loaded when it is asked for
    from serving.desk.print import print_claim
    from serving.desk.render import claim_page
    from serving.one_claim import explain_claim
    from serving.result import to_json

    texts = texts_of(code_texts or ())
    result = explain_claim(
        claim_id, inputs, model=model, store=store, context=context, today=datetime.now(UTC).date()
    )
    if json:
        OUT.file.write(
            orjson.dumps(orjson.loads(to_json(result)), option=orjson.OPT_INDENT_2).decode() + "\n"
        )
    else:
        print_claim(result, OUT, texts)
    if html is not None:
        html.write_text(claim_page(result, alone=True, texts=texts), "utf-8")
        (note if json else say)(f"Written to {html}.")
