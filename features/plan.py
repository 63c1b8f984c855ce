"""What is asked of a bank, worked out once: which counts are looked up of each set, and how columns are made of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from features.columns import Floats, Ints
from features.kernel import (
    CHANGE,
    COUNT,
    MEAN,
    MEDIAN,
    MOST,
    OF_LAST,
    OF_STREAM,
    OF_TALLY,
    RANKED,
    RATE,
    SINCE,
)
from features.ledger import Layout

EVER = 0
"""The window of all that happened."""
OF_VALUES = frozenset({MEDIAN, RANKED})
"""Kinds that read the values that a set keeps of its events."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One column: what is asked of a set over the days before, `window` of them (0: ever)."""

    set: int
    kind: int
    of: str = ""
    """A stream or a tally; of a median or a rank what the set keeps."""
    window: int = EVER
    per: str = ""
    """What a mean divides by; the set's first stream where nothing is named."""
    parent: int = -1
    """The column that a rate is shrunk toward, or that a change divides."""
    against: int = -1
    """The column that a change divides by."""
    prior: float = 0.0
    """The rate to shrink toward where there is no parent."""
    strength: float = 0.0
    most: float = np.inf
    """Counts above this are told as this."""
    sign: float = 1.0
    """-1 tells a least value, which is kept as the greatest of the negative."""
    rank: int = 1
    """1 the greatest of the values kept, 2 the greatest below that one, and so on."""


Query = tuple[int, int, int]
"""What is looked up, of which stream or tally, over which window (a place in `windows`; 0 is up to now)."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Queries and columns in the order of their sets; see `features.kernel.search`."""

    windows: Ints
    queries: Ints
    query_ends: Ints
    most: int
    program: Ints
    program_ends: Ints
    numbers: Floats
    since: Floats
    """Days from which on other strengths hold, in order."""
    strengths: Floats
    """How many lines the wider rate is worth in each column. Shape (1 + days, columns)."""

    @classmethod
    def of(cls, asked: Sequence[Asked], layouts: Sequence[Layout]) -> "Plan":
        """Plan for these columns, which come in the order of their sets."""
        windows = (EVER, *sorted({one.window for one in asked} - {EVER}))
        queries: list[Query] = []
        query_ends, program_ends, rows, most = [], [], [], 0
        for place, layout in enumerate(layouts):
            mine = [one for one in asked if one.set == place]
            wanted = _queries(mine, layout, windows)
            rows += [_row(one, layout, wanted, windows) for one in mine]
            queries += wanted
            most = max(most, len(wanted))
            query_ends.append(len(queries))
            program_ends.append(len(rows))
        return cls(
            np.array(windows, dtype=np.int64),
            np.array(queries, dtype=np.int64).reshape(-1, 3),
            np.array(query_ends, dtype=np.int64),
            most,
            np.array(rows, dtype=np.int64).reshape(-1, 7),
            np.array(program_ends, dtype=np.int64),
            np.array([_number(one) for one in asked], dtype=np.float64),
            np.empty(0),
            np.array([[one.strength for one in asked]], dtype=np.float64),
        )

    def with_strengths(self, since: Floats, strengths: Floats) -> "Plan":
        """The same plan with strengths (1 + days, columns), the first before all days, the others each from its day on."""
        return replace(self, since=since, strengths=strengths)

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.program)


def _named(one: Asked, layout: Layout) -> Iterator[tuple[str, bool]]:
    """The streams and tallies that a column is made of; whether only their state up to now matters."""
    if one.kind == CHANGE:
        return
    is_now = one.kind in {SINCE, MOST} or one.window == EVER
    yield _counts(one) or layout.streams[0], is_now
    if one.kind in {RATE, MEAN, MOST}:
        yield one.per or layout.streams[0], is_now


def _counts(one: Asked) -> str:
    """The stream or tally that is looked up; of values that are kept nothing but how many there are."""
    return "" if one.kind in OF_VALUES else one.of


def _queries(mine: Sequence[Asked], layout: Layout, windows: tuple[int, ...]) -> list[Query]:
    """Every lookup once. What lies along the first stream comes right behind its own lookup at the same window."""
    wanted = {
        (name, window)
        for one in mine
        for name, is_now in _named(one, layout)
        for window in ({EVER} if is_now else {EVER, one.window})
    }
    tallies = {tally.name: place for place, tally in enumerate(layout.tallies)}
    queries: list[Query] = []
    for place, window in enumerate(windows):
        along = sorted(tallies[name] for name, of in wanted if of == window and name in tallies)
        asks_last = window == EVER and any(one.kind == SINCE for one in mine)
        if (layout.streams[0], window) in wanted or along or asks_last:
            queries.append((OF_STREAM, 0, place))
        if asks_last:
            queries.append((OF_LAST, 0, place))
        queries += [(OF_TALLY, tally, place) for tally in along]
    for stream, name in enumerate(layout.streams[1:], start=1):
        queries += [
            (OF_STREAM, stream, place) for place, window in enumerate(windows) if (name, window) in wanted
        ]
    return queries


def _row(one: Asked, layout: Layout, queries: list[Query], windows: tuple[int, ...]) -> tuple[int, ...]:
    """A column as the kernel reads it: kind, two differences of lookups (-1: nothing), parent, against."""
    if one.kind == CHANGE:
        return one.kind, -1, -1, -1, -1, one.parent, one.against
    if one.kind == SINCE:
        return one.kind, queries.index((OF_LAST, 0, 0)), -1, -1, -1, -1, -1
    is_now = one.kind == MOST or one.window == EVER
    ends = (0, None if is_now else windows.index(one.window))
    of = [
        -1 if end is None else queries.index(_query(_counts(one) or layout.streams[0], layout, end))
        for end in ends
    ]
    per = [
        -1 if end is None else queries.index(_query(one.per or layout.streams[0], layout, end))
        for end in ends
    ]
    if one.kind == COUNT:
        per = [-1, -1]
    if one.kind in OF_VALUES:
        per[1] = -1  # beside how many lie in the window, how many there are in all
    return one.kind, *of, *per, one.parent, one.against


def _query(name: str, layout: Layout, window: int) -> Query:
    if name in layout.streams:
        return OF_STREAM, layout.streams.index(name), window
    return OF_TALLY, [tally.name for tally in layout.tallies].index(name), window


def _number(one: Asked) -> float:
    """The most that a count is told as, the sign of a greatest value, the prior of a rate, the rank of a value."""
    if one.kind == COUNT:
        return one.most
    if one.kind == RANKED:
        return float(one.rank)
    return one.sign if one.kind == MOST else one.prior
