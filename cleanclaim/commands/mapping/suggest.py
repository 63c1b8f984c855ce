"""`cleanclaim mapping suggest`: a first mapping of a table, to be looked through by a person."""

from pathlib import Path
from typing import Annotated

import typer


def suggest(
    *, file: Annotated[Path, typer.Argument(metavar="FILE", help="A table: CSV (any delimiter) or Parquet.")]
) -> None:
    """Guess from the names of a table's columns what they hold, and print it as a mapping (TOML).

    What is unsure is marked, and so is what is missing. Nothing of a row is printed but the payers' names.

    Example: cleanclaim mapping suggest export.csv > map.toml
    """
    from data.readers.tables.open import open_table
    from data.readers.tables.suggest import suggest as suggested

    typer.echo(suggested(open_table(file), file.name), nl=False)
