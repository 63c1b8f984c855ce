"""Reversals: a payer takes a remit back by sending it again with its amounts negated.

CLP02 is 22 then (005010X221 1.10.2.8). Files of version 4010 write the adjustments under the group code CR besides
(004010X091 2.2.8, X12 RFI 213), and some write that alone: negative amounts under CR are a reversal too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.candidates import claim_number
from data.keys import Bools, Column, Ints, codes_of, grouped, ints, rank_in, row_of
from data.schema import RemitTables

REVERSAL = "22"
CORRECTION = "CR"
NEVER = 2**30


@dataclass(frozen=True, slots=True)
class Reversals:
    """One flag a remit, in the order of the remits given."""

    is_reversal: Bools
    is_orphan: Bools
    """A reversal of something never seen: to be looked at by a person."""
    never_stood: Bools
    """A remit taken back on the day it came: the pair is nothing, the next remit is the first adjudication."""


def find_reversals(tables: RemitTables) -> Reversals:
    """Pair each reversal with the remit that it takes back.

    The pair agrees in claim number, payer, payee, charge and payment, and where one is found so in the payer's control
    number and in all amounts; the n-th reversal takes back the n-th such remit. A remit that stood for a day or more
    was an adjudication: what is known on one day must not depend on what a payer does later.
    """
    remits, is_reversal = tables.remits, _takes_back(tables)
    original_of = np.full(remits.num_rows, -1, np.int64)
    if is_reversal.any():
        (number,) = codes_of(claim_number(remits["claim_id"]))
        near = np.flatnonzero(np.isin(number, number[is_reversal]))
        mine, theirs = _taken_back(remits.take(pa.array(near)), tables, number[near], is_reversal[near])
        original_of[near[mine]] = near[theirs]
    known = ints(remits["known_on"], null=NEVER)
    paired = np.flatnonzero(original_of >= 0)
    never_stood = np.zeros(remits.num_rows, bool)
    never_stood[original_of[paired[known[paired] == known[original_of[paired]]]]] = True
    return Reversals(is_reversal, is_reversal & (original_of < 0), never_stood)


def _taken_back(remits: pa.Table, tables: RemitTables, number: Ints, is_reversal: Bools) -> tuple[Ints, Ints]:
    """Rows of reversals, and of what each takes back."""
    known, keys = ints(remits["known_on"], null=NEVER), ints(remits["remit_key"])
    loose, content = _key(remits, number), _content(tables, keys)
    # Of equal ones the n-th takes back the n-th: by day, then by what they say, whatever files they came in.
    order = np.lexsort((keys, content.with_remarks, content.amounts, is_reversal, known))
    original_of, is_taken = np.full(len(keys), -1, np.int64), np.zeros(len(keys), bool)
    same_control = grouped(loose, codes_of(remits["payer_control"])[0])
    for key in (grouped(same_control, content.amounts), same_control, grouped(loose, content.amounts), loose):
        rows = order[~(is_taken | (original_of >= 0))[order]]
        rows = rows[np.argsort(key[rows], kind="stable")]
        mine, theirs = in_pairs(key[rows], is_reversal[rows])
        original_of[rows[mine]] = rows[theirs]
        is_taken[rows[theirs]] = True
    paired = np.flatnonzero(original_of >= 0)
    return paired, original_of[paired]


def in_pairs(key: Ints, is_reversal: Bools) -> tuple[Ints, Ints]:
    """Of rows by key and time: reversals, and what each takes back; the first given is the first taken back.

    A reversal with nothing left to take back at its time has no pair.
    """
    group = grouped(key)
    step = np.where(is_reversal, -1, 1)
    count = np.cumsum(step)
    starts = np.diff(group, prepend=-1) != 0
    left = count - (count - step)[starts][group]
    # Groups are let down further and further, so that the lowest count so far is that of the own group.
    depth = group * (len(key) + 2)
    lowest = np.minimum.accumulate(left - depth) + depth
    before = np.where(starts, 0, np.minimum(0, np.concatenate([[0], lowest[:-1]])))
    mine = np.flatnonzero(is_reversal & (left >= before))
    theirs = np.flatnonzero(~is_reversal)
    both = grouped(
        np.concatenate([group[mine], group[theirs]]),
        np.concatenate([rank_in(group[mine]), rank_in(group[theirs])]),
    )
    row = row_of(both[: len(mine)], both[len(mine) :])
    return mine, theirs[row]


@dataclass(frozen=True, slots=True)
class _Content:
    """What a remit says as one number: equal for equal content, whatever file and place it stands in."""

    amounts: Ints
    with_remarks: Ints


def _content(tables: RemitTables, keys: Ints) -> _Content:
    """Of these remits; signs and group codes apart, which a reversal changes."""
    sums = np.zeros((2, len(keys)), np.int64)
    parts = (
        (0, tables.services, ("procedure", "submitted_procedure"), ("service", "charge_cents", "paid_cents")),
        (0, tables.adjustments, ("carc",), ("service", "amount_cents")),
        (1, tables.remarks, ("rarc",), ("service", "position")),
    )
    for place, table, texts, numbers in parts:
        row = row_of(ints(table["remit_key"]), keys)
        own = table.filter(pa.array(row >= 0))
        values = [_stable(own[name]) for name in texts] + [np.abs(ints(own[name])) for name in numbers]
        np.add.at(sums[place], row[row >= 0], _mixed(values))
    return _Content(sums[0], sums[1])


def _stable(column: Column) -> Ints:
    """A number for each text, the same in every run."""
    encoded = column.combine_chunks().dictionary_encode()
    number = np.array([*(crc32(text.encode()) for text in encoded.dictionary.to_pylist()), 1], np.int64)
    return number[ints(pa.chunked_array([encoded.indices]), null=-1)]


def _mixed(values: Sequence[Ints]) -> Ints:
    """One number of several, row by row; it overflows on purpose."""
    mixed = np.zeros(len(values[0]), np.int64)
    for value in values:
        mixed = (mixed ^ value) * np.int64(0x2545F4914F6CDD1D)
        mixed ^= mixed >> 29
    return mixed


def _takes_back(tables: RemitTables) -> Bools:
    remits, adjustments = tables.remits, tables.adjustments
    said: Bools = pc.fill_null(pc.equal(remits["status"], REVERSAL), fill_value=False).to_numpy()
    negative = (ints(remits["charge_cents"]) < 0) | (ints(remits["paid_cents"]) < 0)
    if not (negative & ~said).any():
        return said
    of = adjustments.filter(pc.equal(adjustments["group_code"], CORRECTION))["remit_key"]
    return said | (negative & np.isin(ints(remits["remit_key"]), ints(of)))


def _key(remits: pa.Table, number: Ints) -> Ints:
    (payer,) = codes_of(pc.coalesce(remits["payer_id"], remits["payer_name"]))
    (payee,) = codes_of(pc.coalesce(remits["payee_npi"], remits["payee_name"]))
    charge, paid = (np.abs(ints(remits[name])) for name in ("charge_cents", "paid_cents"))
    return grouped(number, payer, payee, charge, paid)
