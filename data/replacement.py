"""Which claim a replacement (frequency 7) or void (8) stands for: the payer's own number (REF*F8) says it.

A replacement is a claim of its own, with its own answer. Its original is the claim whose answer came back under that
number (CLP07), whatever number the provider gave to either.
"""

import numpy as np
import pyarrow as pa

from data.candidates import agrees, candidates, plain_name
from data.keys import Ints, codes_of, grouped, ints, row_of
from data.schema import CODE, KEY

REPLACEMENTS = pa.schema([("claim_key", KEY), ("original_key", KEY), ("frequency", CODE)])
REPLACING = ("claim_key", "payer_id", "payer_name", "submitted_on", "frequency", "original_control")
ANSWERING = ("remit_key", "payer_id", "payer_name", "payer_control")
STAND_FOR_ANOTHER = ("6", "7", "8")
"""Corrected, replacing, voiding (CLM05-3)."""
NEVER = 2**30


def replacements(claims: pa.Table, remits: pa.Table, linked: pa.Table) -> pa.Table:
    """Each replacement or void with its original (`REPLACEMENTS`), sorted by `claim_key`.

    `claims` has REPLACING, `remits` ANSWERING, `linked` says which claim a remit answers. A claim whose number
    no answer of its payer bears, or answers of several claims, has no row; nor has one sent before its original.
    """
    chosen = claims.filter(_stands_for_another(claims))
    original = row_of(ints(remits["remit_key"]), ints(linked["remit_key"]))
    answered = remits.filter(pa.array(original >= 0))
    original_key = ints(linked["claim_key"])[original[original >= 0]]
    pairs = [_fitting(chosen, answered, *pair) for pair in _pairs(chosen, answered)]
    claim, remit = (np.concatenate([part[i] for part in pairs] or [np.zeros(0, np.int64)]) for i in (0, 1))
    key = original_key[remit]
    sent = _sent(claims)
    fits = (key != ints(chosen["claim_key"])[claim]) & (
        sent[row_of(key, ints(claims["claim_key"]))] <= _sent(chosen)[claim]
    )
    claim, key = _alone(claim[fits], key[fits])
    columns = [
        chosen["claim_key"].take(pa.array(claim)),
        pa.array(key),
        chosen["frequency"].take(pa.array(claim)),
    ]
    return pa.table(columns, schema=REPLACEMENTS).sort_by("claim_key")


def _stands_for_another(claims: pa.Table) -> pa.ChunkedArray:
    frequency = claims["frequency"].combine_chunks().dictionary_encode()
    named = np.array([code in STAND_FOR_ANOTHER for code in [*frequency.dictionary.to_pylist(), None]])
    says = named[ints(pa.chunked_array([frequency.indices]), null=-1)]
    return pa.chunked_array([pa.array(says & ints(claims["original_control"].is_valid()).astype(bool))])


def _sent(claims: pa.Table) -> Ints:
    return ints(claims["submitted_on"], null=NEVER)


def _pairs(claims: pa.Table, remits: pa.Table) -> list[tuple[Ints, Ints]]:
    """Rows of claims and of answers under the same payer's number."""
    ours, theirs = codes_of(plain_name(claims["original_control"]), plain_name(remits["payer_control"]))
    return list(candidates(ours, theirs))


def _fitting(claims: pa.Table, remits: pa.Table, claim: Ints, remit: Ints) -> tuple[Ints, Ints]:
    """Of these pairs those of one payer: by id, by name where a side has no id."""
    ids = codes_of(claims["payer_id"], remits["payer_id"])
    names = codes_of(plain_name(claims["payer_name"]), plain_name(remits["payer_name"]))
    lacks_id = (ids[0][claim] < 0) | (ids[1][remit] < 0)
    same = agrees(ids[1][remit], ids[0][claim]) | (lacks_id & agrees(names[1][remit], names[0][claim]))
    return claim[same], remit[same]


def _alone(claim: Ints, original: Ints) -> tuple[Ints, Ints]:
    """Claims for which all their pairs name one original."""
    if not len(claim):
        return claim, original
    _, first = np.unique(grouped(claim, original), return_index=True)
    claim, original = claim[first], original[first]
    n_originals = np.bincount(claim)[claim]
    return claim[n_originals == 1], original[n_originals == 1]
