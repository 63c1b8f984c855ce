"""`cleanclaim keys model`: a pair of keys that shows who made a model."""

from pathlib import Path
from typing import Annotated

import typer

from cleanclaim.output import as_json, say


def model(
    *,
    private: Annotated[
        Path,
        typer.Option(help="The new private key, which signs. Keep it where models are made, nowhere else."),
    ] = Path("model-key.pem"),
    public: Annotated[
        Path | None,
        typer.Option(
            help="The new public key, for all who load models; by default beside the private one, .pub."
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the files' places as JSON.")] = False,
) -> None:
    """Make a pair of keys (Ed25519): one signs models, the other tells whether it did.

    Files that are there are never replaced. Only you can read the private key's file.

    Then `train --sign model-key.pem`, and `serve --require-signature model-key.pub`.

    Example: cleanclaim keys model --json
    """
    from models.signature import make_keys  # loads what makes keys when they are asked for

    beside = public or private.with_suffix(".pub")
    name = make_keys(private, beside)
    if json:
        as_json({"private": str(private), "public": str(beside), "key": name})
        return
    say(f"Key {name}: {private} signs (keep it secret), {beside} checks.")
