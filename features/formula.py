"""What a feature or a check says of one line, as a formula over the line's fields: written once, run on one or millions.

A `Formula` is a number a line, a `Word` a value from the claim such as a code or an identifier. Both are only
descriptions; `features.program` turns many of them into one program and `features.machine` runs it.

Yes is 1, no is 0, unknown is NaN, and unknown is never taken for no: comparing with the unknown is unknown; `&`, `|`
and `~` follow Kleene (no & unknown = no, yes | unknown = yes, else unknown). `or_else` says what to take instead.
Dividing by zero is unknown.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import numpy as np


class Op(IntEnum):
    """What a step of a program does. The first ones fetch a line's fields, the others work on numbers."""

    CONSTANT = 0
    NUMBER = 1
    TRAIT = 2
    SAME = 3
    LATE = 4
    ADD = 5
    SUBTRACT = 6
    MULTIPLY = 7
    DIVIDE = 8
    LESS = 9
    AT_MOST = 10
    EQUAL = 11
    AND = 12
    OR = 13
    NOT = 14
    IF = 15
    OR_ELSE = 16
    KNOWN = 17
    LEAST = 18
    MOST = 19
    FLOOR = 20
    LOG = 21
    STEP = 22
    MONTH = 23
    WEEKDAY = 24
    DAY_OF_YEAR = 25
    STORE = 26
    PRESENT = 27


Trait = Callable[[str], float]
Derive = Callable[[str], str | None]
Given = "Formula | float | bool"


@dataclass(frozen=True, slots=True)
class Word:
    """A value from the claim or its context: a column of the line table, or what `derive` makes of it."""

    column: str
    derive: Derive | None = None

    @property
    def present(self) -> "Formula":
        """Whether it is given; never unknown."""
        return Formula(Op.PRESENT, (), (self,)) if self.derive is None else self.number(_always, missing=0.0)

    def is_in(self, *wanted: str) -> "Formula":
        """Whether it is one of these; no where it isn't given."""
        return self.number(_one_of(frozenset(wanted)), missing=0.0)

    def number(self, of: Trait, *, missing: float = np.nan) -> "Formula":
        """A number told of the value, asked once a distinct value: `of` must be pure, and the same function each time."""
        return Formula(Op.TRAIT, (), (self, of, missing))

    def words(self, derive: Derive) -> "Word":
        """Another word for each value (a code's modality, a diagnosis's category); None leaves it missing."""
        first = self.derive
        return Word(self.column, derive if first is None else _chain(first, derive))

    def same(self, other: "Word") -> "Formula":
        """Whether both are the same; unknown where either isn't given."""
        return Formula(Op.SAME, (), (self, other))

    def differs(self, other: "Word") -> "Formula":
        """Whether they are not the same; unknown where either isn't given."""
        return ~self.same(other)


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """A number a line, as an operation on other formulas; equal ones are worked out once (`features.program`)."""

    op: Op
    args: tuple["Formula", ...] = ()
    extra: tuple[object, ...] = ()

    def __add__(self, other: "Formula | float") -> "Formula":
        """The sum; unknown where either is."""
        return Formula(Op.ADD, (self, formula(other)))

    def __radd__(self, other: float) -> "Formula":
        return formula(other) + self

    def __sub__(self, other: "Formula | float") -> "Formula":
        return Formula(Op.SUBTRACT, (self, formula(other)))

    def __rsub__(self, other: float) -> "Formula":
        return formula(other) - self

    def __mul__(self, other: "Formula | float") -> "Formula":
        return Formula(Op.MULTIPLY, (self, formula(other)))

    def __rmul__(self, other: float) -> "Formula":
        return formula(other) * self

    def __truediv__(self, other: "Formula | float") -> "Formula":
        """The ratio; unknown where the other is 0."""
        return Formula(Op.DIVIDE, (self, formula(other)))

    def __lt__(self, other: "Formula | float") -> "Formula":
        return Formula(Op.LESS, (self, formula(other)))

    def __le__(self, other: "Formula | float") -> "Formula":
        return Formula(Op.AT_MOST, (self, formula(other)))

    def __gt__(self, other: "Formula | float") -> "Formula":
        return Formula(Op.LESS, (formula(other), self))

    def __ge__(self, other: "Formula | float") -> "Formula":
        return Formula(Op.AT_MOST, (formula(other), self))

    def equals(self, other: "Formula | float") -> "Formula":
        """Whether both numbers are equal (`==` compares formulas, not what they say)."""
        return Formula(Op.EQUAL, (self, formula(other)))

    def __and__(self, other: "Formula") -> "Formula":
        return Formula(Op.AND, (self, other))

    def __or__(self, other: "Formula") -> "Formula":
        return Formula(Op.OR, (self, other))

    def __invert__(self) -> "Formula":
        return Formula(Op.NOT, (self,))

    def __bool__(self) -> bool:
        """Refuse `and`, `or`, `not` and `if`, which would ask a formula for an answer it doesn't have yet."""
        raise TypeError("a formula has no answer of its own: use &, | and ~, or `where`")

    @property
    def known(self) -> "Formula":
        """Whether the number is known; never unknown."""
        return Formula(Op.KNOWN, (self,))

    def or_else(self, other: "Formula | float") -> "Formula":
        """The number, and where it is unknown the other one."""
        return Formula(Op.OR_ELSE, (self, formula(other)))

    @property
    def surely(self) -> "Formula":
        """Yes only where it is known to be so: unknown becomes no."""
        return self.or_else(0.0)

    def only_where(self, condition: "Formula") -> "Formula":
        """The number where the condition holds, unknown elsewhere."""
        return where(condition, self, np.nan)


def formula(value: "Formula | float") -> Formula:
    """A plain number as a formula; formulas as they are."""
    return value if isinstance(value, Formula) else Formula(Op.CONSTANT, (), (float(value),))


def where(condition: Formula, yes: "Formula | float", no: "Formula | float") -> Formula:
    """One of two numbers; unknown where the condition is."""
    return Formula(Op.IF, (condition, formula(yes), formula(no)))


def least(first: Formula, *others: "Formula | float") -> Formula:
    """The smallest of those that are known; unknown where none is."""
    for other in others:
        first = Formula(Op.LEAST, (first, formula(other)))
    return first


def most(first: Formula, *others: "Formula | float") -> Formula:
    """The largest of those that are known; unknown where none is."""
    for other in others:
        first = Formula(Op.MOST, (first, formula(other)))
    return first


def any_of(parts: Iterable[Formula]) -> Formula:
    """Whether one of them holds."""
    first, *others = parts
    for other in others:
        first = first | other
    return first


def count_of(parts: Iterable[Formula]) -> Formula:
    """How many of them are known to hold."""
    first, *others = (part.surely for part in parts)
    for other in others:
        first = first + other
    return first


def floor(value: Formula) -> Formula:
    """The whole number below."""
    return Formula(Op.FLOOR, (value,))


def log(value: Formula) -> Formula:
    """The natural logarithm; unknown for what isn't above 0."""
    return Formula(Op.LOG, (value,))


def step(value: Formula, steps: Sequence[float]) -> Formula:
    """How many of these (rising) steps the number lies above; unknown where it is."""
    return Formula(Op.STEP, (value,), tuple(map(float, steps)))


def month(day: Formula) -> Formula:
    """The month, 1 to 12, of a day counted from 1970."""
    return Formula(Op.MONTH, (day,))


def weekday(day: Formula) -> Formula:
    """The weekday, 0 is Monday, of a day counted from 1970."""
    return Formula(Op.WEEKDAY, (day,))


def day_of_year(day: Formula) -> Formula:
    """Days since the first of January of the same year."""
    return Formula(Op.DAY_OF_YEAR, (day,))


def _always(_: str) -> float:
    return 1.0


@cache
def _one_of(wanted: frozenset[str]) -> Trait:
    return lambda value: float(value in wanted)


@cache
def _chain(first: Derive, second: Derive) -> Derive:
    def both(value: str) -> str | None:
        between = first(value)
        return None if between is None else second(between)

    return both
