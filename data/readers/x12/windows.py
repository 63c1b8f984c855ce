"""A stream in windows of bounded size, cut so that every claim and remit is whole in one of them.

Each window begins with the segments that still hold from before (envelope, payer, subscriber, ...), then goes on with
the next bytes of the stream. Where no cut is found, it grows, until it is longer than any claim: that part is skipped.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from data.readers.x12.carry import memory_of
from data.readers.x12.place import N_GROUPS, N_SEGMENTS, N_TRANSACTIONS, NEXT_ROW, UNKNOWN_COUNT
from data.readers.x12.placed import Memory, Placed, no_memory, place
from data.readers.x12.rules import Rules
from data.readers.x12.tokenize import (
    ELEMENT,
    MAX_ISA,
    TERMINATOR,
    Longs,
    Tokens,
    delimiters_at,
    next_isa,
    no_delimiters,
    tokenize,
)

WINDOW_BYTES = 4 << 20
"""A file goes through in windows of about this size."""
MOST_BYTES = 64 << 20
"""No claim is longer than that. What is will not be read."""
LANDMARKS = rb"ISA|GS|ST|SE|GE|IEA|HL|CLM|CLP"
"""Where reading goes on after something that was too long."""
MOST_BLANKS = 64
BLOCK = 64
"""Fewer new bytes a window are not worth it."""


class Stream(Protocol):
    """What bytes come from, such as an open file."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes, none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Window:
    """Segments in their places, as many as are whole in one part of a file."""

    placed: Placed
    is_cut: bool
    """The file ends inside the last segment."""
    is_last: bool


@dataclass(frozen=True, slots=True)
class TooLong:
    """A part of a file without any end of a claim (or segment) within `MOST_BYTES`: not read."""

    offset: int
    code: int
    """What it begins with, as in `codes.NAMES`."""


@dataclass(slots=True)
class Tail:
    """What of a stream was not used yet."""

    stream: Stream
    rest: bytes = b""
    at: int = 0
    """Where in the file the rest begins."""
    is_end: bool = False
    """The rest is all that is left."""

    def fill(self, n_bytes: int) -> None:
        """Hold so many bytes, if the stream has them."""
        pieces, missing = [self.rest], n_bytes - len(self.rest)
        while missing > 0 and not self.is_end:
            pieces.append(self.stream.read(missing))
            missing -= len(pieces[-1])
            self.is_end = not pieces[-1]
        self.rest = b"".join(pieces) if self.rest else b"".join(pieces[1:])

    def drop(self, n_bytes: int) -> None:
        """These were used."""
        self.rest = self.rest[n_bytes:]
        self.at += n_bytes


def windows(
    tail: Tail, rules: Rules, *, window_bytes: int = WINDOW_BYTES, most_bytes: int = MOST_BYTES
) -> Iterator[Window | TooLong]:
    """All of a file from its first ISA on; nothing if it has none. The last that comes is a Window with `is_last`."""
    if not _find_isa(tail, window_bytes):
        return
    memory, delimiters, is_last = no_memory(rules), no_delimiters(), False
    while not is_last:
        window, tokens = _next(tail, rules, memory, delimiters, window_bytes, most_bytes)
        if window is None:
            yield TooLong(tail.at, _first_code(tokens, memory))
            _skip(tail, delimiters, window_bytes)
            memory = _without_counts(memory)
            continue
        is_last = window.is_last
        yield window
        n_prefix, row = window.placed.n_prefix, int(window.placed.state[NEXT_ROW])
        delimiters = delimiters_at(window.placed.table, n_prefix, row, delimiters)
        memory = memory_of(window.placed)


def _find_isa(tail: Tail, window_bytes: int) -> bool:
    """Move on to the first ISA; whether there is one."""
    while True:
        tail.fill(max(window_bytes, 2 * MAX_ISA))
        content = np.frombuffer(tail.rest, np.uint8)
        at = next_isa(content, 0)
        if at < content.size or tail.is_end:
            tail.drop(at)
            return bool(at < content.size)
        tail.drop(content.size - MAX_ISA)


def _next(
    tail: Tail, rules: Rules, memory: Memory, delimiters: Longs, window_bytes: int, most_bytes: int
) -> tuple[Window | None, Tokens]:
    """The next window, its bytes taken from the tail; none if it would have to be longer than allowed."""
    size = min(max(window_bytes, MAX_ISA + BLOCK), most_bytes)
    n_before = memory.prefix.content.size
    while True:
        tail.fill(size)
        rest = np.frombuffer(tail.rest, np.uint8)
        content = np.concatenate([memory.prefix.content, rest]) if n_before else rest
        # As a file's bytes are: code is compiled anew for what can be written to.
        content.setflags(write=False)
        tokens = tokenize(content, memory.prefix, delimiters, is_end=tail.is_end)
        is_end = tail.is_end or (size >= most_bytes and _ends_in_nothing(tokens, memory, most_bytes // 2))
        placed = place(tokens.segments, rules, memory, shift=tail.at - n_before, is_end=is_end)
        row, table = int(placed.state[NEXT_ROW]), tokens.segments
        end = int(table.starts[table.first[row]]) if row < table.code.size else tokens.end
        if end > n_before or tail.is_end:
            tail.drop(end - n_before)
            return Window(placed, tokens.is_cut, tail.is_end), tokens
        if size >= most_bytes:
            return None, tokens
        size = min(2 * size, most_bytes)


def _ends_in_nothing(tokens: Tokens, memory: Memory, n_bytes: int) -> bool:
    """Whether so much of a window stands after its last whole segment: what came before is cut off from it."""
    table = tokens.segments
    return table.code.size > memory.offsets.size and table.content.size - int(table.starts[-1]) > n_bytes


def _first_code(tokens: Tokens, memory: Memory) -> int:
    """The code of the first segment that is no repetition; 0 if not even that one is whole."""
    code = tokens.segments.code[memory.offsets.size :]
    return int(code[0]) if code.size else 0


def _skip(tail: Tail, delimiters: Longs, window_bytes: int) -> None:
    """Drop bytes up to the next segment that begins an envelope, a level, a claim or a remit."""
    terminator, separator = (re.escape(bytes([int(delimiters[at])])) for at in (TERMINATOR, ELEMENT))
    pattern = re.compile(
        b"%b[\\x00-\\x20]{0,%d}(?=(?:%b)%b)" % (terminator, MOST_BLANKS, LANDMARKS, separator)
    )
    keep = MOST_BLANKS + 8
    while True:
        found = pattern.search(tail.rest)
        if found is not None:
            tail.drop(found.end())
            return
        tail.drop(max(0, len(tail.rest) - keep))
        if tail.is_end:
            tail.drop(len(tail.rest))
            return
        tail.fill(max(window_bytes, 2 * keep))


def _without_counts(memory: Memory) -> Memory:
    """Part of the envelopes was not read: how much they hold is not known."""
    state = memory.state.copy()
    state[[N_SEGMENTS, N_TRANSACTIONS, N_GROUPS]] = UNKNOWN_COUNT
    return replace(memory, state=state)
