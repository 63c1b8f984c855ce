"""The name of an answer: the same claim, context, model and history always get the same one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import orjson

from serving.rows import Row

NOT_CONTENT = ("claim_key", "offset")
"""Where a claim lay in its file says nothing about it."""


@dataclass(frozen=True, slots=True)
class MadeWith:
    """What an answer depends on beside the claim and its context."""

    model_version: str
    history_until: date
    book_version: str = ""
    """Of the payers' policy book; empty without one."""


def score_id(claim: Row, lines: Sequence[Row], made_with: MadeWith) -> str:
    """A claim's id, from its row and the rows of its lines: 32 hexadecimal digits that tell nothing of them."""
    content = [made_with, _content(claim), [_content(line) for line in lines]]
    return hashlib.sha256(orjson.dumps(content)).hexdigest()[:32]


def _content(row: Row) -> list[object]:
    """The values of a row, in the order of the schema."""
    return [value for name, value in row.items() if name not in NOT_CONTENT]
