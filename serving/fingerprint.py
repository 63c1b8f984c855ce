"""The name of an answer: the same claim, context, model and history always get the same one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import orjson
import pyarrow as pa

from data.schema import ClaimTables

NOT_CONTENT = ("claim_key", "offset")
"""Where a claim lay in its file says nothing about it."""


@dataclass(frozen=True, slots=True)
class MadeWith:
    """What an answer depends on beside the claim and its context."""

    model_version: str
    history_until: date


def score_ids(tables: ClaimTables, wide: pa.Table, claim: Sequence[int], made_with: MadeWith) -> list[str]:
    """One id a claim: 32 hexadecimal digits that tell nothing of what they were made from."""
    lines: list[list[object]] = [[] for _ in range(tables.claims.num_rows)]
    for place, row in zip(claim, _content(wide), strict=True):
        lines[place].append(row)
    heads = _content(tables.claims)
    return [_hash([made_with, head, own]) for head, own in zip(heads, lines, strict=True)]


def _content(table: pa.Table) -> list[list[object]]:
    """The values of each row, in the order of the schema."""
    names = [name for name in table.column_names if name not in NOT_CONTENT]
    columns = [table[name].to_pylist() for name in names]
    return [list(row) for row in zip(*columns, strict=True)]


def _hash(content: list[object]) -> str:
    return hashlib.sha256(orjson.dumps(content)).hexdigest()[:32]
