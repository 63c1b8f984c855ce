"""Coverage articles themselves: their names, days, and the contractors that go by them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from data.errors import UnreadableFile
from data.public.cells import day, plain
from data.public.grid import Grid

Key = tuple[str, str]
"""An article's number and version."""

STARTS = ("articlereveffdate", "articleeffdate")
"""Titles of the day it begins, the newest first: of this revision, of the article."""
ENDS = ("dateretired", "articleenddate")


@dataclass(frozen=True, slots=True)
class Article:
    """One article."""

    name: str
    """as it is cited: A52369"""
    valid_from: date | None
    valid_to: date | None
    contractors: str | None
    """numbers of the contractors that go by it, with spaces between; their names where they have no number"""


def articles_of(grids: Mapping[str, Grid]) -> dict[Key, Article]:
    """All articles of a download, by number and version."""
    grid = grids["articles"]
    served = _contractors(grids.get("served"), grids.get("contractors"))
    columns = columns_of(grid, "articleid", "articleversion", "displayid", *STARTS, *ENDS)
    return {
        (number, version): Article(
            shown or f"A{number}", _first(grid, starts), _first(grid, ends), served.get((number, version))
        )
        for number, version, shown, *days in zip(*columns, strict=True)
        for starts, ends in ((days[: len(STARTS)], days[len(STARTS) :]),)
    }


def columns_of(grid: Grid, *titles: str) -> tuple[list[str], ...]:
    """Columns by their whole titles; one that isn't there is all empty."""
    there = [plain(title) for title in grid.head[0]]
    places = [there.index(title) if title in there else None for title in titles]
    body = grid.body(1, only={at for at in places if at is not None})
    columns = (
        body.values(at, str, pa.string(), thing=title) for at, title in zip(places, titles, strict=True)
    )
    return tuple([text or "" for text in column.to_pylist()] for column in columns)


def _first(grid: Grid, texts: list[str]) -> date | None:
    for text in texts:
        try:
            found = day(text.strip())
        except ValueError as error:
            raise UnreadableFile(
                grid.source, field="a day of an article", found=repr(text[:60]), wanted=str(error)
            ) from None
        if found:
            return found
    return None


def _contractors(served: Grid | None, contractors: Grid | None) -> dict[Key, str]:
    """For each article, who goes by it."""
    if served is None:
        return {}
    called: dict[str, str] = {}
    if contractors is not None:
        for number, known_as, name in zip(
            *columns_of(contractors, "contractorid", "contractornumber", "contractorbusname"), strict=True
        ):
            called[number] = known_as or name
    found: dict[Key, set[str]] = {}
    for article, version, contractor in zip(
        *columns_of(served, "articleid", "articleversion", "contractorid"), strict=True
    ):
        found.setdefault((article, version), set()).add(called.get(contractor, contractor))
    return {key: " ".join(sorted(names)) for key, names in found.items()}
