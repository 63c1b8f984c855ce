"""One file's bytes to tables: 837P, 837I and 835 together, in whatever order, block by block."""

import hashlib
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from data.errors import UnreadableFile
from data.keys import MOST_IN_A_FILE, file_key
from data.readers import claim837, remit835
from data.readers.x12 import account, tokenize
from data.readers.x12.placed import place
from data.readers.x12.rules import compile_rules
from data.schema import ClaimTables, Reading, RemitTables, SegmentCount

BLOCK_BYTES = 16 << 20
"""Files go through in blocks of about this size that end at an SE, so that memory stays bounded."""

RULES = compile_rules(claim837.LAYOUT, remit835.LAYOUT)


@dataclass(slots=True)
class _Gathered:
    """The tables of the blocks so far."""

    claims: list[ClaimTables] = field(default_factory=list)
    remits: list[RemitTables] = field(default_factory=list)
    rejects: list[pa.Table] = field(default_factory=list)
    unused: list[pa.Table] = field(default_factory=list)
    segments: SegmentCount = field(default_factory=SegmentCount)
    n_claims: int = 0
    n_remits: int = 0


def read_x12(content: bytes, *, source: str, block_bytes: int = BLOCK_BYTES) -> Reading:
    """Everything that one file holds; `source` is how rejects call it.

    Claims and remits are told apart by transaction. Other transactions (277CA, 999, TA1) are listed as unused. A
    damaged part never takes the rest with it: what can't be used is in `rejects`, with its offset in bytes.

    Raises UnreadableFile if the content has no ISA, whole to its sixteenth element, or more claims or remits than one
    file may hold.
    """
    data = np.frombuffer(content, np.uint8)
    cursor = tokenize.start(data)
    if cursor is None:
        found = "no bytes" if not content else f"{len(content)} bytes without an ISA segment"
        raise UnreadableFile(source, found=found, wanted="X12: a file with a whole ISA segment")
    sha256 = hashlib.sha256(content).hexdigest()
    gathered = _Gathered()
    while (block := tokenize.next_block(data, cursor, block_bytes=block_bytes)) is not None:
        _read_block(block, gathered, source, sha256, is_last=cursor[tokenize.AT] >= data.size)
    if (most := max(gathered.n_claims, gathered.n_remits)) > MOST_IN_A_FILE:
        raise UnreadableFile(source, found=f"{most:,} claims", wanted=f"at most {MOST_IN_A_FILE:,}: split it")
    return _reading(gathered, source, sha256)


def _read_block(
    block: tokenize.Block, gathered: _Gathered, source: str, sha256: str, *, is_last: bool
) -> None:
    first_key = file_key(sha256)
    placed = place(block.segments, RULES)
    claims = claim837.read_claims(placed, file_key=first_key, first=gathered.n_claims)
    remits = remit835.read_remits(placed, file_key=first_key, first=gathered.n_remits)
    unused, segments = account.account(block, placed, source)
    findings = (*claims.findings, *remits.findings)
    gathered.rejects.append(account.rejects(block, placed, source, findings, is_last=is_last))
    gathered.claims.append(claims.tables)
    gathered.remits.append(remits.tables)
    gathered.unused.append(unused)
    gathered.segments += segments
    gathered.n_claims += claims.n_claims
    gathered.n_remits += remits.n_remits


def _reading(gathered: _Gathered, source: str, sha256: str) -> Reading:
    claims, remits = gathered.claims, gathered.remits
    return Reading(
        source,
        sha256,
        ClaimTables(_joined([t.claims for t in claims]), _joined([t.lines for t in claims])),
        RemitTables(
            _joined([t.remits for t in remits]),
            _joined([t.services for t in remits]),
            _joined([t.adjustments for t in remits]),
            _joined([t.remarks for t in remits]),
        ),
        _joined(gathered.rejects),
        _joined(gathered.unused),
        gathered.segments,
    )


def _joined(tables: list[pa.Table]) -> pa.Table:
    return tables[0] if len(tables) == 1 else pa.concat_tables(tables)
