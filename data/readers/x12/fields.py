"""Which columns a table has and where each of its values stands: declared as a table, turned into arrays for compiled code."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from data.readers.x12.tokenize import Ints, Longs

# What a value is.
TEXT, CENTS, NUMBER, DAY, LAST_DAY, YEAR, COUNT = range(7)
WANTED = ("text", "an amount", "a number", "a date", "a date", "a year", "a whole number")

# How an element is found.
PLAIN = 0
NPI = 1
"""An element of an NM1: only where NM108 says that it is an NPI, or says nothing."""
OTHER_ID = 3
"""An element of an NM1: only where NM108 says that it is neither an NPI nor a tax or social security number."""
SHIFTED = 2
"""So many elements after the one that the row names."""

# Columns of `Fields.steps`.
STEP_SLOT, STEP_ELEMENT, STEP_COMPONENT, STEP_HOW = range(4)


class At(NamedTuple):
    """A place of a value: the slot of its segment, its element, its component (from 0; -1: all of it)."""

    slot: str
    element: int
    component: int = -1
    how: int = PLAIN


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its values stand in the first of these places that has one."""

    name: str
    kind: int
    places: tuple[At, ...]
    told_at: str = ""
    """The slot that is named where a value can't be read; nothing is told where it is empty."""
    most: int = 0
    """The largest whole number that makes sense; the smallest is 1."""
    without: str = ""
    """A character that is left out of a text."""
    wanted: str = ""
    """What is told to be wanted where a value can't be read."""


def text(name: str, *places: At, without: str = "") -> Field:
    """A column of text."""
    return Field(name, TEXT, places, without=without)


def value(
    kind: int, name: str, *places: At, told_at: str | None = None, most: int = 0, wanted: str = ""
) -> Field:
    """A column of amounts, dates or numbers; what can't be read is told at its first slot, or at `told_at`."""
    where = places[0].slot if told_at is None else told_at
    return Field(name, kind, places, where, most, wanted=wanted or WANTED[kind])


@dataclass(frozen=True, slots=True)
class Fields:
    """The columns of one table as arrays: `steps[first[k]]` to `steps[first[k + 1] - 1]` are the places of column `k`."""

    fields: tuple[Field, ...]
    slots: tuple[str, ...] = field(init=False)
    """The segments wanted of each row, by the names of their slots."""
    steps: Ints = field(init=False)
    first: Ints = field(init=False)
    kind: Ints = field(init=False)
    into: Ints = field(init=False)
    """Of each column its number among the texts, or among the others."""
    most: Longs = field(init=False)
    skip: Ints = field(init=False)
    """Of each text the byte that is left out, -1 for none."""

    def __post_init__(self) -> None:
        places = [place for f in self.fields for place in f.places]
        slots = tuple(dict.fromkeys(place.slot for place in places))
        steps = [(slots.index(at.slot), at.element, at.component, at.how) for at in places]
        is_text = np.array([f.kind == TEXT for f in self.fields])
        skips = [ord(f.without) if f.without else -1 for f in self.fields if f.kind == TEXT]
        arrays: dict[str, object] = {
            "slots": slots,
            "steps": np.array(steps, np.int32).reshape(-1, 4),
            "first": np.cumsum([0, *(len(f.places) for f in self.fields)]).astype(np.int32),
            "kind": np.array([f.kind for f in self.fields], np.int32),
            "into": np.where(is_text, np.cumsum(is_text), np.cumsum(~is_text)).astype(np.int32) - 1,
            "most": np.array([f.most for f in self.fields], np.int64),
            "skip": np.array(skips, np.int32),
        }
        for name, made in arrays.items():
            object.__setattr__(self, name, made)

    @property
    def texts(self) -> tuple[Field, ...]:
        """The columns of text, in order."""
        return tuple(f for f in self.fields if f.kind == TEXT)

    @property
    def values(self) -> tuple[Field, ...]:
        """The other columns, in order."""
        return tuple(f for f in self.fields if f.kind != TEXT)
