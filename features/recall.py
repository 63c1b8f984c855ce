"""Lines with all that is known beside them: their states, the claim's other lines, the past, the policy book."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from data.few import Lines
from features import book, history, keys, sequence
from features.bank import Bank
from features.book import BookIndex
from features.columns import Floats, Hashes, Ints, Singles
from features.compiled import AT, N_LATE, compiled
from features.encode import Encoded
from features.keys import Secret
from features.machine import run
from features.program import Program
from features.shrinkage import USUAL, Shrinkage

Values = npt.NDArray[np.float32] | Floats

CHUNK = 1024
"""Lines that are worked on together, by one of the threads."""
THREADS = 2


@dataclass(frozen=True, slots=True)
class Past:
    """What is known beside the lines. No past at all is unknown, which is not the same as an empty one."""

    secret: Secret
    sent: Bank | None = None
    answers: Bank | None = None
    book: BookIndex | None = None
    shrinkage: Shrinkage = USUAL
    """How many lines wider rates are worth."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a bank tells of lines: `places` are the late inputs that stand in these `columns` of `values` [n, any]."""

    places: Ints
    columns: Ints
    values: Singles


@dataclass(frozen=True, slots=True)
class Recalled:
    """Encoded lines with their history parts [parts, n] and what the claim's other lines tell [n, asked]."""

    encoded: Encoded
    parts: Hashes
    beside: Floats
    among: Floats
    """What the book says of lines beside each other [n, facts]; of a few lines all that it says (`book.FACTS`);
    without a book no column."""
    past: Past
    told: tuple[Told, ...] = ()
    """What was asked of the banks already, for all lines at once."""

    @property
    def days(self) -> Floats:
        """The day each line was sent, as days since 1970; NaN where unknown."""
        return self.encoded.number("submitted_on")

    def rows(self, first: int, last: int) -> "Recalled":
        """Some of the lines, as views of the same arrays."""
        return Recalled(
            self.encoded.rows(first, last),
            self.parts[:, first:last],
            self.beside[first:last],
            self.among[first:last],
            self.past,
            tuple(Told(one.places, one.columns, one.values[first:last]) for one in self.told),
        )

    def asked(self, program: Program, out: Singles | None = None) -> "Recalled":
        """With what the banks tell of all lines at once: what a program reads, and all of history into `out` if given.

        `out` has shape (n, len(history.OUTPUTS)) and is filled with NaN where there are no answers.
        """
        told = (*self._sent(), *self._answered(program, out))
        return Recalled(self.encoded, self.parts, self.beside, self.among, self.past, told)

    def _sent(self) -> Sequence[Told]:
        if self.past.sent is None:
            return ()
        values = sequence.ask(self.past.sent, sequence.line_keys(self.parts), self.days)
        return (Told(_SENT + AT["sent"].start, _SENT, values),)

    def _answered(self, program: Program, out: Singles | None) -> Sequence[Told]:
        if self.past.answers is None:
            if out is not None:
                out.fill(np.nan)
            return ()
        names, columns, places = _history(program.all_read, of_all=out is not None)
        values = np.empty((self.encoded.n, len(names)), dtype=np.float32) if out is None else out
        history.ask(
            self.past.answers, history.line_keys(self.parts), self.days, values, names, self.past.shrinkage
        )
        return (Told(places, columns, values),)

    def late(self) -> Floats:
        """The late inputs, in the order of `features.compiled.GROUPS`; unknown where nothing is known or wasn't asked.

        Shape (n, inputs).
        """
        out = np.full((self.encoded.n, N_LATE), np.nan)
        for one in self.told:
            out[:, one.places] = one.values[:, one.columns]
        if self.past.book is not None:
            is_whole = self.among.shape[1] == len(book.FACTS)
            out[:, AT["book"]] = self.among if is_whole else self._book(self.past.book)
        out[:, AT["alike"]] = self.beside
        return out

    def _book(self, index: BookIndex) -> Floats:
        return np.concatenate((book.ask(index, self.encoded), self.among), axis=1)

    def run(self, program: Program, late: Floats, out: Values) -> None:
        """Fill `out` [n, columns] by a program."""
        _run(program, self.encoded, late, out)


_SENT = np.arange(len(sequence.ASKED))


@cache
def _history(read: frozenset[str], *, of_all: bool) -> tuple[tuple[str, ...], Ints, Ints]:
    """The history columns to ask for, and of those that are read the places among them and among the late inputs."""
    wanted = tuple(name for name in history.NAMES if f"past:{name}" in read)
    names = history.NAMES if of_all else history.needed(wanted)
    columns = np.array([names.index(name) for name in wanted], dtype=np.int64)
    places = AT["past"].start + np.array([history.NAMES.index(name) for name in wanted], dtype=np.int64)
    return names, columns, places


def _run(program: Program, on: Encoded, late: Floats, out: Values) -> None:
    run(
        program.steps, program.constants, on.numbers, on.codes, on.traits, on.trait_at, on.widths,
        on.hashes(), late, program.n_registers, out,
    )  # fmt: skip


def _among(index: BookIndex, encoded: Encoded) -> Floats:
    """Of many lines only what must be asked of all at once, so that the rest never takes memory for all."""
    return book.among(index, encoded) if encoded.n > CHUNK else book.whole(index, encoded)


def recalled(lines: Lines, past: Past) -> Recalled:
    """Lines (schema `LINE_TABLE`), all lines of a claim together, beside what is known."""
    encoded = compiled().encoder.encode(lines)
    states = np.empty((encoded.n, compiled().parts.n_columns))
    _run(compiled().parts, encoded, np.empty((encoded.n, 0)), states)
    parts = keys.part_hashes(encoded, states, past.secret)
    among = np.empty((encoded.n, 0)) if past.book is None else _among(past.book, encoded)
    return Recalled(encoded, parts, keys.neighbours(parts, encoded.claims, states), among, past)


def by_chunks(lines: Recalled, work: Callable[[Recalled, int, int], None]) -> None:
    """Do some work on the lines chunk by chunk, on both cores where there is much of it; each chunk by itself."""
    n = lines.encoded.n
    spans = [(first, min(first + CHUNK, n)) for first in range(0, n, CHUNK)]
    if len(spans) < 2:
        for first, last in spans:
            work(lines, first, last)
        return
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda span: work(lines.rows(*span), *span), spans))


def columns_of(program: Program, lines: Recalled) -> npt.NDArray[np.float32]:
    """Only the columns of one program: the checks, for instance. Shape (n_lines, columns)."""
    values = np.empty((lines.encoded.n, program.n_columns), dtype=np.float32)
    by_chunks(lines.asked(program), lambda on, first, last: on.run(program, on.late(), values[first:last]))
    return values
