"""How commands speak: sentences and tables for people, JSON for machines, progress on a terminal only."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from data.errors import CleanclaimError

OUT = Console(highlight=False)
ERR = Console(stderr=True, highlight=False)


def say(text: str) -> None:
    """A sentence to the person at the terminal."""
    OUT.print(text, markup=False, soft_wrap=True)


def note(text: str) -> None:
    """A remark that must not end up in a piped result: it goes to stderr."""
    ERR.print(text, markup=False, soft_wrap=True)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, title: str | None = None) -> None:
    """A table of figures: text to the left, numbers to the right."""
    drawn = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for n, name in enumerate(columns):
        numeric = all(isinstance(row[n], int | float) or _is_figure(row[n]) for row in rows)
        drawn.add_column(name, justify="right" if numeric and rows else "left")
    for row in rows:
        drawn.add_row(*("" if cell is None else str(cell) for cell in row))
    OUT.print(drawn)


def as_json(value: Mapping[str, object] | Sequence[object]) -> None:
    """The same figures for a machine: one JSON document on stdout."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
    OUT.file.write(orjson.dumps(value, option=options).decode() + "\n")


def failure(error: CleanclaimError) -> None:
    """A failure as thing, found, wanted, on stderr."""
    where = f"{error.thing}, {error.field}" if error.field else error.thing
    ERR.print(f"cleanclaim: {where}", markup=False, soft_wrap=True, style="bold red")
    ERR.print(f"  found:  {error.found}", markup=False, soft_wrap=True)
    ERR.print(f"  wanted: {error.wanted}", markup=False, soft_wrap=True)


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Progress]:
    """A progress bar while the block runs, on a terminal only; advance it with `bar.advance(bar.task_ids[0])`."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=ERR, transient=True, disable=not ERR.is_terminal) as bar:
        bar.add_task(label, total=total)
        yield bar


def _is_figure(cell: object) -> bool:
    text = str(cell).strip().rstrip("%").lstrip("$+-").replace(",", "").replace(".", "", 1)
    return cell is None or text.isdigit() or text in {"", "-"}
