"""Walks once over the placed segments of chosen claims or remits and sorts them into the tables of repeating things.

What a segment goes into is told by its id and its loop (`Sorting`), whatever a one-to-one column took from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from data.readers.x12 import access
from data.readers.x12 import codes as c
from data.readers.x12.compiled import compiled, inlined
from data.readers.x12.select import Flags
from data.readers.x12.tokenize import Bytes, Ints, Longs
from data.readers.x12.view import View

# What a segment goes into: DETAIL is a row of its own, PARTS a row an element, SPECIALTY the PRV of the provider before.
NOTHING, DETAIL, PARTS, PROVIDER, SPECIALTY, PAYER, PAYER_NAME, PAYER_SERVICE, ADJUSTED = range(9)

# The tables, and what belongs to one of their rows: the first such segment counts.
DETAILS, PROVIDERS, PAYERS, SERVICES, ADJUSTMENTS = range(5)
SPECIALTY_OF, NAME_OF, PAID_OF, KNOWN_OF, SERVICE_KNOWN_OF = range(5)

AMT, DTP = c.code("AMT"), c.code("DTP")
Q_PR, Q_D, Q_573 = c.pack("PR"), c.pack("D"), c.pack("573")


class Sorting(NamedTuple):
    """What goes where, as arrays."""

    into: Ints
    """[codes, loops]: DETAIL, ..."""
    told: Longs
    """[n, 2]: a segment's code and a qualifier: of `only` those are kept, of all others those are not."""
    only: Bytes
    """[codes]"""


class Rule(NamedTuple):
    """Segments of some loops that go into one table."""

    into: int
    segments: str
    loops: tuple[int, ...]


def sorting(rules: Sequence[Rule], *, only: Mapping[str, str], never: Mapping[str, str]) -> Sorting:
    """Rules as arrays; `only` and `never` name qualifiers by segment: what else names persons stays out."""
    into = np.zeros((c.N_CODES, c.N_LOOPS), np.int32)
    for rule in rules:
        for name in rule.segments.split():
            into[c.code(name), list(rule.loops)] = rule.into
    told = [(c.code(name), c.pack(q)) for name, some in {**only, **never}.items() for q in some.split()]
    is_only = np.zeros(c.N_CODES, np.uint8)
    is_only[[c.code(name) for name in only]] = 1
    return Sorting(into, np.array(told, np.int64).reshape(-1, 2), is_only)


@dataclass(frozen=True, slots=True)
class Collected:
    """The segments of each table, in the order of the file."""

    segments: Ints
    """[tables, n]"""
    others: Ints
    """[tables, n]: which other payer's they are, 0 for the destination payer's"""
    extras: Ints
    """[what belongs to a row, n]: segments, -1 is none"""
    n: Longs
    fresh: Flags
    """Of each segment that was taken: no one-to-one column had read it."""

    def rows(self, table: int) -> Ints:
        """The segments of a table."""
        return self.segments[table, : self.n[table]]

    def other(self, table: int) -> Ints:
        """Which other payer each row of a table is of."""
        return self.others[table, : self.n[table]]

    def belonging(self, table: int, what: int) -> Ints:
        """The segment that belongs to each row of a table."""
        return self.extras[what, : self.n[table]]


@inlined
def _qualifier(content: Bytes, first: Ints, starts: Ints, row: int) -> int:
    """The first element as one number (see `codes.pack`); -1 if it is longer than seven characters."""
    begin, end = access.span(content, first, starts, row, 1)
    packed = 0 if end - begin <= 7 else -1
    if packed == 0:
        for i in range(begin, end):
            packed |= int(content[i]) << (8 * (i - begin))
    return packed


@compiled
def _is_told(told: Longs, code: int, qualifier: int) -> bool:
    for k in range(told.shape[0]):  # noqa: SIM110  (numba compiles no generators)
        if told[k, 0] == code and told[k, 1] == qualifier:
            return True
    return False


@inlined
def _belong(extras: Ints, what: int, at: int, row: int) -> None:
    if at >= 0 and extras[what, at] < 0:
        extras[what, at] = row


@compiled
def _file(
    segments: Ints, others: Ints, extras: Ints, n: Longs, goes: int, row: int, other: int, provider: int
) -> None:
    """Write one segment into its table."""
    if goes == SPECIALTY:
        _belong(extras, SPECIALTY_OF, provider, row)
    elif goes == PAYER_NAME:
        _belong(extras, NAME_OF, n[PAYERS] - 1, row)
    else:
        table = DETAILS
        if goes == PROVIDER:
            table = PROVIDERS
            extras[SPECIALTY_OF, n[table]] = -1
        elif goes == PAYER:
            table = PAYERS
            extras[NAME_OF, n[table]] = extras[PAID_OF, n[table]] = extras[KNOWN_OF, n[table]] = -1
        elif goes == PAYER_SERVICE:
            table = SERVICES
            extras[SERVICE_KNOWN_OF, n[table]] = -1
        elif goes == ADJUSTED:
            table = ADJUSTMENTS
        segments[table, n[table]], others[table, n[table]] = row, other
        n[table] += 1


@compiled
def _note_other(extras: Ints, n: Longs, code: int, qualifier: int, row: int, is_payer: int) -> None:
    """What another payer paid, and when it said so, belong to the payer or to its service as well."""
    if code == AMT and qualifier == Q_D and is_payer:
        _belong(extras, PAID_OF, n[PAYERS] - 1, row)
    elif code == DTP and qualifier == Q_573 and is_payer:
        _belong(extras, KNOWN_OF, n[PAYERS] - 1, row)
    elif code == DTP and qualifier == Q_573:
        _belong(extras, SERVICE_KNOWN_OF, n[SERVICES] - 1, row)


@compiled
def _collect(
    table: tuple[Bytes, Ints, Ints, Ints],
    placed: tuple[Ints, Ints, Ints, Ints],
    wanted: tuple[Flags, Flags],
    rules: tuple[Ints, Longs, Bytes],
    found: tuple[Ints, Ints, Ints, Longs],
    fresh: Flags,
    keep: int,
) -> None:
    """Sort the segments into tables (where `keep`), and mark what is taken as used."""
    content, code, first, starts = table
    owner, line, loop, mark = placed
    in_owner, in_line = wanted
    into, told, only = rules
    segments, others, extras, n = found
    n_payers, n_services, provider, owner_now, line_now = 0, 0, -1, -1, -1
    for row in range(code.size):
        goes = into[code[row], loop[row]]
        if owner[row] < 0 or not in_owner[owner[row]] or (line[row] >= 0 and not in_line[line[row]]):
            continue
        if owner[row] != owner_now or line[row] != line_now:
            n_payers = n_payers if owner[row] == owner_now else 0
            owner_now, line_now, n_services, provider = owner[row], line[row], 0, -1
        is_payer = c.OTHER_PAYER <= loop[row] <= c.OTHER_PAYER_NAME
        is_other = is_payer or loop[row] == c.LINE_ADJUDICATION
        # A number that names another payer itself (REF04) stands among those of this one.
        if (
            goes == NOTHING
            or (mark[row] == c.OTHERS and not is_other)
            or (goes == SPECIALTY and provider < 0)
        ):
            continue
        qualifier = _qualifier(content, first, starts, row)
        if goes == PROVIDER and is_payer and qualifier == Q_PR:
            goes = PAYER_NAME
        elif _is_told(told, code[row], qualifier) != (only[code[row]] == 1):
            provider = -1 if goes == PROVIDER else provider
            continue
        fresh[row] = mark[row] != c.USED
        mark[row] = c.USED
        n_payers += goes == PAYER
        n_services += goes == PAYER_SERVICE
        if goes == PROVIDER:
            provider = n[PROVIDERS]
        if keep:
            other = n_payers if is_payer else (n_services if is_other else 0)
            _file(segments, others, extras, n, goes, row, other, provider)
            if is_other:
                _note_other(extras, n, code[row], qualifier, row, int(is_payer))


def collect(view: View, rules: Sorting, *, keep: bool) -> Collected:
    """The segments of the view's owners and lines, sorted into tables; where not `keep`, only marked as used."""
    table, placed = view.table, view.placed
    in_owner = np.zeros(placed.kind.size, np.bool_)
    in_line = np.zeros(placed.places.line_owner.size, np.bool_)
    in_owner[view.owners], in_line[view.lines] = True, True
    n = table.code.size
    # Memory that nothing is written to costs nothing.
    room = n if keep else 0
    segments, others, extras = (np.empty((5, room), np.int32) for _ in range(3))
    n_rows, fresh = np.zeros(5, np.int64), np.empty(n, np.bool_)
    _collect(
        (table.content, table.code, table.first, table.starts),
        (placed.owner, placed.line, placed.loop, placed.mark),
        (in_owner, in_line),
        rules,
        (segments, others, extras, n_rows),
        fresh,
        int(keep),
    )
    return Collected(segments, others, extras, n_rows, fresh)


@compiled
def _number(keys: Longs, numbers: Ints) -> None:
    count = 0
    for i in range(keys.size):
        count = count + 1 if i and keys[i] == keys[i - 1] else 1
        numbers[i] = count


def numbered(*keys: Ints) -> Ints:
    """1, 2, ... within each run of equal keys; up to three of them, each below two million."""
    joined = np.zeros(keys[0].size, np.int64)
    for key in keys:
        joined = (joined << 21) + key
    numbers = np.empty(joined.size, np.int32)
    _number(joined, numbers)
    return numbers
