"""One file's bytes to tables: 837P, 837I, 835, 277CA, 999 together, in whatever order, window by window."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa

from data.errors import UnreadableFile
from data.keys import file_key
from data.readers import answers, claim837, remit835, status277
from data.readers.x12 import account
from data.readers.x12.charset import HEAD_BYTES, looks_like
from data.readers.x12.rules import compile_rules
from data.readers.x12.windows import MOST_BYTES, WINDOW_BYTES, Stream, Tail, TooLong, Window, windows
from data.schema import ClaimTables, Reading, RemitTables, SegmentCount, StatusTables

RULES = compile_rules(claim837.LAYOUT, remit835.LAYOUT, status277.LAYOUT, answers.LAYOUT)


@dataclass(slots=True)
class _File:
    """Which file is read, and how much of it has been."""

    source: str
    sha256: str
    details: bool
    n_claims: int = 0
    n_remits: int = 0
    n_pairs: int = 0
    """Of PLBs."""
    n_statuses: int = 0
    n_answers: int = 0


def read_x12(
    content: bytes,
    *,
    source: str,
    details: bool = True,
    window_bytes: int = WINDOW_BYTES,
    most_bytes: int = MOST_BYTES,
) -> Reading:
    """Everything that one file holds; `source` is how rejects call it.

    Claims, remits, statuses and acknowledgements are told apart by transaction; other transactions are listed as
    unused. A damaged part never takes the rest with it: what can't be used is in `rejects`, with its offset in bytes.
    Without `details` the long tables, which scoring does without, stay empty.

    Raises UnreadableFile if the content has no ISA, whole to its sixteenth element.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    stream = io.BytesIO(content)
    pieces = read_blocks(
        stream,
        source=source,
        sha256=sha256,
        details=details,
        window_bytes=window_bytes,
        most_bytes=most_bytes,
    )
    return joined(list(pieces))


def read_blocks(
    stream: Stream,
    *,
    source: str,
    sha256: str,
    details: bool = True,
    window_bytes: int = WINDOW_BYTES,
    most_bytes: int = MOST_BYTES,
) -> Iterator[Reading]:
    """What a file holds, in pieces that take bounded memory however long it is; the last has `is_last`.

    `sha256` is that of the whole content: keys are made of it. Whatever the size of the windows, the pieces joined
    are the same. Rejects come in the order in which they are noticed. A part of more than `most_bytes` in which no
    claim ends is skipped and listed.

    Raises UnreadableFile, before the first piece, if the content has no ISA.
    """
    file = _File(source, sha256, details)
    head = stream.read(HEAD_BYTES)
    tail = Tail(stream, head)
    is_x12 = False
    for part in windows(tail, RULES, window_bytes=window_bytes, most_bytes=most_bytes):
        is_x12 = True
        yield _skipped(part, file) if isinstance(part, TooLong) else _read(part, file)
    if not is_x12:
        found = _without_isa(head, tail.at)
        raise UnreadableFile(source, found=found, wanted="X12: a file with a whole ISA segment")


def _without_isa(head: bytes, n_bytes: int) -> str:
    """What to call so many bytes that begin like this."""
    if not n_bytes:
        return "no bytes"
    looks = looks_like(head)
    return f"{n_bytes} bytes without an ISA segment" + (f", which look like {looks}" if looks else "")


def _read(window: Window, file: _File) -> Reading:
    first_key = file_key(file.sha256)
    placed = window.placed
    claims = claim837.read_claims(placed, file_key=first_key, first=file.n_claims, details=file.details)
    remits = remit835.read_remits(
        placed, file_key=first_key, first=file.n_remits, first_pair=file.n_pairs, details=file.details
    )
    file.n_claims += claims.n_claims
    file.n_remits += remits.n_remits
    file.n_pairs += remits.n_pairs
    statuses = status277.read_statuses(placed, file_key=first_key, first=file.n_statuses)
    answered = answers.read_answers(placed, file_key=first_key, first=file.n_answers)
    file.n_statuses += statuses.n_statuses
    file.n_answers += answered.num_rows
    unused, segments = account.account(window, file.source)
    return Reading(
        file.source,
        file.sha256,
        claims.tables,
        remits.tables,
        account.rejects(window, file.source, (*claims.findings, *remits.findings, *statuses.findings)),
        unused,
        segments,
        StatusTables(statuses.statuses, answered),
        window.is_last,
    )


def _skipped(part: TooLong, file: _File) -> Reading:
    row = account.too_long(part, file.source)
    return Reading(
        file.source, file.sha256, rejects=row, unused=row, segments=SegmentCount(1, 0, 1), is_last=False
    )


def joined(pieces: list[Reading]) -> Reading:
    """The pieces of one file as one reading, its rejects in the order of the file."""
    if len(pieces) == 1:
        return pieces[0]
    last = pieces[-1]
    return Reading(
        last.source,
        last.sha256,
        ClaimTables(*_tables([piece.claims for piece in pieces])),
        RemitTables(*_tables([piece.remits for piece in pieces])),
        _in_order(pa.concat_tables([piece.rejects for piece in pieces])),
        pa.concat_tables([piece.unused for piece in pieces]),
        sum((piece.segments for piece in pieces), SegmentCount()),
        StatusTables(*_tables([piece.statuses for piece in pieces])),
    )


def _in_order(rejects: pa.Table) -> pa.Table:
    return rejects.take(np.argsort(rejects["offset"].to_numpy(), kind="stable"))


def _tables(held: list[ClaimTables] | list[RemitTables] | list[StatusTables]) -> Iterator[pa.Table]:
    """Each table of all of them, one after the other."""
    for field in fields(held[0]):
        yield pa.concat_tables([getattr(tables, field.name) for tables in held])
