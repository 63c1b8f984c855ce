"""`cleanclaim mapping check`: a table's first rows as they would be read, and what can't be."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleanclaim.output import as_json, say, table

if TYPE_CHECKING:
    from data.readers.tables import TableMapping
    from data.schema import Reading

FIRST = 3
MOST_FAULTS = 20
HIDDEN = {"member_id", "birth_year"}
"""Patients' values: only that they are there is shown."""


def check(
    *,
    mapping: Annotated[Path, typer.Argument(metavar="MAPPING", help="A mapping (TOML).")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The table: CSV or Parquet.")],
    json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Read a table by a mapping, without keeping anything: its first rows as read, and what is wrong with the others.

    Exit 0: it can be given to `cleanclaim ingest --mapping`. Exit 1: it can't, or not one row can be read.

    Example: cleanclaim mapping check map.toml export.csv
    """
    from data.readers.tables import TableMapping
    from data.readers.tables.open import content_of
    from data.readers.tables.read import read_table

    rules = TableMapping.load(mapping)
    reading = read_table(content_of(file), source=str(file), mapping=rules, folder=file.parent)
    faults = _faults(reading)
    figures = _figures(reading)
    if json:
        told = [{"fault": what, "rows": n} for what, n in faults]
        unused = reading.unused["reason"].to_pylist()
        as_json({"kind": rules.kind, **figures, "faults": told, "unused": unused})
    else:
        _tell(reading, rules, figures, faults)
    if not sum(figures.values()):
        raise typer.Exit(1)


def _figures(reading: "Reading") -> dict[str, int]:
    claims, remits = reading.claims, reading.remits
    tables = {
        "claims": claims.claims,
        "lines": claims.lines,
        "remits": remits.remits,
        "services": remits.services,
        "adjustments": remits.adjustments,
        "remarks": remits.remarks,
    }
    return {name: one.num_rows for name, one in tables.items()}


def _faults(reading: "Reading") -> list[tuple[str, int]]:
    """What is wrong, the most frequent first; the rows' own numbers are in the list of rejects."""
    reasons = (str(reason) for reason in reading.rejects["reason"].to_pylist())
    return Counter(reason.split(": ", 1)[-1] for reason in reasons).most_common()


def _tell(
    reading: "Reading",
    mapping: "TableMapping",
    figures: Mapping[str, int],
    faults: Sequence[tuple[str, int]],
) -> None:
    say(f"{reading.source}, read by {mapping.name}: " + _counted(figures) + ".")
    rows = _first(reading, mapping)
    if rows:
        say("\nIts first rows, as they are read:")
        table(("", *(str(n) for n in range(1, len(rows[0])))), rows)
    if faults:
        say(f"\nWhat can't be read ({reading.rejects.num_rows:,} times):")
        _say_faults(reading, faults)
    if reading.unused.num_rows:
        say("\nColumns of theirs that are not used:")
        for reason in reading.unused["reason"].to_pylist():
            say(f"  {reason}")


def _say_faults(reading: "Reading", faults: Sequence[tuple[str, int]]) -> None:
    reasons = [str(one) for one in reading.rejects["reason"].to_pylist()]
    for what, n in faults[:MOST_FAULTS]:
        first = next(one.split(":")[0] for one in reasons if one.endswith(what))
        say(f"  {n:,} x {what} (first: {first})")
    if len(faults) > MOST_FAULTS:
        say(f"  and {len(faults) - MOST_FAULTS:,} other kinds of fault")


def _counted(figures: Mapping[str, int]) -> str:
    return ", ".join(f"{n:,} {name}" for name, n in figures.items() if n) or "nothing"


def _first(reading: "Reading", mapping: "TableMapping") -> list[tuple[str, ...]]:
    """Our columns that say something, with what the first rows say; patients' values are hidden."""
    from data.readers.tables.fields import KINDS

    claims = mapping.kind == "claims"
    key = "claim_key" if claims else "remit_key"
    whole = reading.claims.claims if claims else reading.remits.remits
    pieces = reading.claims.lines if claims else reading.remits.services
    pieces = pieces.slice(0, FIRST)
    keys = whole[key].to_pylist()
    at = [keys.index(one) for one in pieces[key].to_pylist()]
    rows = []
    first, second = KINDS[mapping.kind]
    for section, one, index in ((first, whole, at), (second, pieces, list(range(pieces.num_rows)))):
        for name in one.column_names:
            values = one[name].take(index).to_pylist() if index else []
            if name in {key, "offset"} or all(value is None for value in values):
                continue
            rows.append((f"{section}.{name}", *(_shown(name, value) for value in values)))
    return rows


def _shown(name: str, value: object) -> str:
    if value is None:
        return ""
    if name in HIDDEN:
        return "(there)"
    return f"{value / 100:,.2f}" if name.endswith("_cents") and isinstance(value, int) else str(value)
