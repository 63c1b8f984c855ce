"""Which claims could be meant by what came back under their number."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.keys import Bools, Column, Ints, repeat_rows

MAX_PAIRS = 4_000_000
"""Candidate pairs looked at together: bounds memory where one claim number was used for everything."""


def claim_number(column: Column) -> Column:
    """The claim's number as it is compared: payers send it back in capitals, and some fill it up with blanks.

    All that links a claim to its answers goes by this number: what differs in it can be looked at apart.
    """
    return pc.utf8_upper(pc.utf8_trim_whitespace(column))


def candidates(answers: Ints, claims: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Blocks of pairs (row of the answer, row of a claim) with the same code, -1 matching nothing.

    All pairs of one answer are always in one block, in the order of the answers.
    """
    order = np.argsort(claims, kind="stable")
    codes = claims[order]
    first, end = np.searchsorted(codes, answers), np.searchsorted(codes, answers, side="right")
    count = np.where(answers >= 0, end - first, 0)
    block = np.cumsum(count) // MAX_PAIRS
    for number in np.unique(block[count > 0]):
        rows = np.flatnonzero((block == number) & (count > 0))
        of, place = repeat_rows(count[rows])
        yield rows[of], order[first[rows][of] + place]


def agrees(answer: Ints, claim: Ints) -> Bools:
    """Where the codes of a pair are the same, and known."""
    same: Bools = (claim >= 0) & (claim == answer)
    return same


def plain_name(column: Column) -> Column:
    """Names and ids in capitals without blanks and punctuation: "Good Clinic, Inc." is "GOODCLINICINC"."""
    encoded = column.combine_chunks().dictionary_encode()
    plain = pc.replace_substring_regex(pc.utf8_upper(encoded.dictionary), r"[^0-9A-Z]+", "")
    plain = pc.if_else(pc.equal(plain, ""), pa.scalar(None, pa.string()), plain)
    return pa.chunked_array([plain.take(encoded.indices)])
