"""What is new to us: codes, providers and combinations that were never or rarely seen before, told apart from usual ones.

Counted are lines answered (and, where it matters, sent) in the year before this claim went out, up to ten: beyond
that a line is as usual as any, and a count that only grows would be a calendar.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from data.few import Lines, value_of
from data.schema import LINE_TABLE, MODIFIERS
from features.build import Features, Values, places_of
from features.catalog import NAMES
from features.novel import CAP, SENT_ONLY, WATCHED, Watched

FEW = 5
"""Fewer answered lines than this teach next to nothing."""


@dataclass(frozen=True, slots=True)
class Novelty:
    """A code or a combination that is new to us, and what that means."""

    field: str
    value: str
    why: str


def novelties(lines: Lines, features: Features) -> list[tuple[Novelty, ...]]:
    """What is new about each line of a line table, the widest thing first; what a wider novelty explains isn't told.

    Single codes are told where they were rarely seen, combinations only where they never were.
    """
    told: list[list[tuple[Watched, Novelty]]] = [[] for _ in range(lines.num_rows)]
    here, counts, least = _watched(features)
    for place, row in zip(*(found.tolist() for found in np.nonzero((counts < least).T)), strict=True):
        watched = here[place]
        value = _value(lines, watched, row)
        if value and not _explained(watched, told[row]):
            why = _why(watched, int(counts[row, place]), _sent(watched, features, row))
            told[row].append((watched, Novelty(watched.field, value, why)))
    return [tuple(novelty for _, novelty in line) for line in told]


def _watched(features: Features) -> tuple[list[Watched], Values, Values]:
    """What is watched among these features, the lines seen before [n, watched], and how many are few.

    Without a past nothing is known, so nothing is told.
    """
    here, places, least = _places(features.names) if features.names is not NAMES else _EVERYTHING
    return here, features.values[:, places], least


def _places(names: tuple[str, ...]) -> tuple[list[Watched], list[int], Values]:
    place = places_of(names)
    here = [watched for watched in WATCHED if watched.column in place]
    least = np.array([1 if watched.is_combination else FEW for watched in here], dtype=np.float32)
    return here, [place[watched.column] for watched in here], least


_EVERYTHING = _places(NAMES)


def _sent(watched: Watched, features: Features, row: int) -> int:
    if not watched.sent or not features.has(watched.sent_column):
        return 0
    count = float(features.column(watched.sent_column)[row])
    return 0 if np.isnan(count) else int(count)


def _explained(watched: Watched, told: list[tuple[Watched, Novelty]]) -> bool:
    """Whether something wider is already told as new: a new payer isn't told again with each procedure."""
    return any(set(wider.fields) <= set(watched.fields) for wider, _ in told)


def _value(lines: Lines, watched: Watched, row: int) -> str:
    """The codes, parted by "and"; empty where one isn't given."""
    values = [
        _SPECIAL[name](lines, row) if name in _SPECIAL else _plain(lines, name, row)
        for name in watched.fields
    ]
    return " and ".join(values) if all(values) else ""


def _plain(lines: Lines, name: str, row: int) -> str:
    value = value_of(lines, name, row)
    return "" if value is None else str(value)


def _modifiers(lines: Lines, row: int) -> str:
    return " ".join(filter(None, (_plain(lines, name, row) for name in MODIFIERS))) or "none"


def _component(lines: Lines, row: int) -> str:
    given = {_plain(lines, name, row) for name in MODIFIERS}
    return "26" if "26" in given else "TC" if "TC" in given else "global"


def _diagnosis(lines: Lines, row: int) -> str:
    pointer = _plain(lines, "pointer_1", row) or "1"
    name = f"diagnosis_{pointer}"
    return _plain(lines, name, row)[:3] if name in LINE_TABLE.names else ""


_SPECIAL: Mapping[str, Callable[[Lines, int], str]] = {
    "modifiers": _modifiers,
    "component": _component,
    "diagnosis": _diagnosis,
}


def _why(watched: Watched, seen: int, sent: int) -> str:
    what = "earlier" if watched.key_set == SENT_ONLY else "answered"
    if seen:
        return (
            f"Only {seen} {what} claim line{'' if seen == 1 else 's'} had {watched.words} in the year before."
        )
    more = f"{CAP} or more" if sent >= CAP else str(sent)
    waiting = f" {more} were sent; the payer's answer is still out." if sent > 1 else ""
    return f"No {what} claim line had {watched.words} in the year before.{waiting}"
