"""Lines with all that is known beside them: their states, the claim's other lines, the past, the policy book."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from features import book, history, keys, sequence
from features.bank import Bank
from features.book import BookIndex
from features.columns import Floats, Hashes
from features.compiled import AT, N_LATE, compiled
from features.encode import Encoded
from features.keys import Secret
from features.machine import run
from features.program import Program

Values = npt.NDArray[np.float32] | Floats

CHUNK = 4096
"""Lines that are worked on together, by one of the threads."""
THREADS = 2


@dataclass(frozen=True, slots=True)
class Past:
    """What is known beside the lines. No past at all is unknown, which is not the same as an empty one."""

    secret: Secret
    sent: Bank | None = None
    answers: Bank | None = None
    book: BookIndex | None = None


@dataclass(frozen=True, slots=True)
class Recalled:
    """Encoded lines with their history parts [parts, n] and what the claim's other lines tell [n, asked]."""

    encoded: Encoded
    parts: Hashes
    beside: Floats
    among: Floats
    """What the book says of lines beside each other [n, facts]; without a book no column."""
    past: Past

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
        )

    def late(self) -> Floats:
        """The late inputs, in the order of `features.compiled.GROUPS`; unknown where nothing is known. Shape (n, inputs)."""
        out = np.full((self.encoded.n, N_LATE), np.nan)
        past, days = self.past, self.days
        if past.sent is not None:
            out[:, AT["sent"]] = sequence.ask(past.sent, sequence.line_keys(self.parts), days)
        if past.answers is not None:
            out[:, AT["past"]] = history.ask(past.answers, history.line_keys(self.parts), days)
        if past.book is not None:
            out[:, AT["book"]] = np.concatenate((book.ask(past.book, self.encoded), self.among), axis=1)
        out[:, AT["alike"]] = self.beside
        return out

    def run(self, program: Program, late: Floats, out: Values) -> None:
        """Fill `out` [n, columns] by a program."""
        _run(program, self.encoded, late, out)


def _run(program: Program, on: Encoded, late: Floats, out: Values) -> None:
    run(
        program.steps, program.constants, on.numbers, on.codes, on.traits, on.trait_at, on.widths,
        on.hashes(), late, program.n_registers, out,
    )  # fmt: skip


def recalled(lines: pa.Table, past: Past) -> Recalled:
    """Lines of a line table (schema `LINE_TABLE`), all lines of a claim together, beside what is known."""
    encoded = compiled().encoder.encode(lines)
    states = np.empty((encoded.n, compiled().parts.n_columns))
    _run(compiled().parts, encoded, np.empty((encoded.n, 0)), states)
    parts = keys.part_hashes(encoded, states, past.secret)
    among = np.empty((encoded.n, 0)) if past.book is None else book.among(past.book, encoded)
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
    by_chunks(lines, lambda on, first, last: on.run(program, on.late(), values[first:last]))
    return values
