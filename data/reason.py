"""Why a line was denied: the adjustment code with the largest denied amount, with its remark where it says too little."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.balance import Amounts
from data.denial_policy import DenialPolicy
from data.keys import Bools, Column, Ints, add, grouped, ints, row_of, take_or_null
from data.schema import CODE, RemitTables

CONTRACT = "45"
OBLIGATION = "CO"
CORRECTION = "CR"
"""Group code of older files for taking back an earlier remit: its amounts say nothing about the line."""


@dataclass(frozen=True, slots=True)
class Remarks:
    """The first remark of each answer that is no alert."""

    codes: pa.Array
    code_of: Ints
    """index into `codes`; -1 where there is none"""


@dataclass(frozen=True, slots=True)
class Places:
    """Where each item stands in the remits, and which answer it belongs to (-1: none)."""

    remit: Ints
    service: Ints
    answer: Ints


def first_remarks(remits: RemitTables, items: Places, n: int, policy: DenialPolicy) -> Remarks:
    """The first remark that is no alert: of the line's own services, else of the claim as a whole."""
    remarks = remits.remarks
    encoded = remarks["rarc"].combine_chunks().dictionary_encode()
    code = ints(pa.chunked_array([encoded.indices]), null=-1)
    informs = np.array([name in policy.alerts for name in encoded.dictionary.to_pylist()], bool)
    rows = np.flatnonzero((code >= 0) & ~informs[code]) if len(code) else code
    remit = row_of(ints(remarks["remit_key"])[rows], ints(remits.remits["remit_key"]))
    service, position = ints(remarks["service"])[rows], ints(remarks["position"])[rows]
    order = np.lexsort((position, service, remit))
    remit, service, code = remit[order], service[order], code[rows][order]
    code_of = np.full(n, -1, np.int64)
    for number in (items.service, np.zeros(len(items.service), np.int64)):
        wanted = grouped(np.concatenate([items.remit, remit]), np.concatenate([number, service]))
        row = row_of(wanted[: len(number)], wanted[len(number) :])
        # Backwards, so that the first service of an answer has the last word.
        for_item = np.flatnonzero((row >= 0) & (items.answer >= 0))[::-1]
        for_item = for_item[code_of[items.answer[for_item]] < 0]
        code_of[items.answer[for_item]] = code[row[for_item]]
    return Remarks(encoded.dictionary, code_of)


class _Sums:
    """The believed adjustments of each answer summed by code; takings-back of older files left out."""

    def __init__(self, amounts: Amounts, code: Ints, n_codes: int, said: Bools) -> None:
        rows = np.flatnonzero(said)
        group = grouped(amounts.item[rows], code[rows])
        n = int(group.max(initial=-1)) + 1
        self.cents = add(group, amounts.cents[rows], n)
        # The row that stands for a sum is its largest part, the first of equal ones.
        order = np.lexsort((amounts.row[rows], -amounts.cents[rows], group))
        lead = rows[order[np.flatnonzero(np.diff(group[order], prepend=-1))]]
        self.answer, self.row = amounts.item[lead], amounts.row[lead]
        self.code = np.where(code[lead] < 0, n_codes, code[lead])
        self.is_owed = self.cents > 0

    def largest(self, among: Bools, rank: Ints, n: int) -> tuple[Ints, Ints]:
        """Of each answer the code with the largest sum, ties by rank, then by order; and the row that stands for it."""
        rows = np.flatnonzero(among)
        order = rows[np.lexsort((self.row[rows], rank[rows], -self.cents[rows], self.answer[rows]))]
        lead = order[np.flatnonzero(np.diff(self.answer[order], prepend=-1))]
        code, row = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
        code[self.answer[lead]], row[self.answer[lead]] = self.code[lead], self.row[lead]
        return code, row


@dataclass(frozen=True, slots=True)
class Reasons:
    """Of each answer: the amounts that deny it and that wait, and the code that says most of it."""

    denied: Ints
    pended: Ints
    whole_contract: Bools
    """the contract's CO-45 takes the whole charge"""
    reason: Column
    """197, 16/N40; null where nothing is denied"""
    group_code: Column


def choose_reasons(
    remits: RemitTables, amounts: Amounts, charge: Ints, remarks: Remarks, policy: DenialPolicy
) -> Reasons:
    """Sum each answer's adjustments by code; the largest denied sum is the reason, ties by the policy's order."""
    n = len(charge)
    codes = remits.adjustments["carc"].combine_chunks().dictionary_encode()
    names = codes.dictionary.to_pylist()
    code = ints(pa.chunked_array([codes.indices]), null=-1)[amounts.row]
    groups = remits.adjustments["group_code"]
    of_group = _equal(groups, CORRECTION), _equal(groups, OBLIGATION)
    sums = _Sums(amounts, code, len(names), ~of_group[0][amounts.row])
    neither = policy.non_denial | policy.pended
    # One place more, for an adjustment without a code: it explains an amount and denies nothing.
    denies = sums.is_owed & np.array([*(name not in neither for name in names), False])[sums.code]
    waits = sums.is_owed & np.array([*(name in policy.pended for name in names), False])[sums.code]
    place = {name: rank for rank, name in enumerate(policy.order)}
    rank = np.array([*(place.get(name, len(place)) for name in names), len(place)], np.int64)
    best, row = sums.largest(denies, rank[sums.code], n)
    contract = of_group[1][amounts.row] & np.array([*(name == CONTRACT for name in names), False])[code]
    taken = add(amounts.item[contract], amounts.cents[contract], n)
    return Reasons(
        denied=add(sums.answer[denies], sums.cents[denies], n),
        pended=add(sums.answer[waits], sums.cents[waits], n),
        whole_contract=(charge > 0) & (taken >= charge),
        reason=_texts(names, best, remarks, policy.needs_remark),
        group_code=pa.chunked_array([take_or_null(groups, row)]),
    )


def with_remark(code: str, remarks: Remarks) -> Column:
    """The same code for every answer, with its remark: `45/N130`; null where there is none."""
    said = pa.array([f"{code}/{remark}" for remark in remarks.codes.to_pylist()], CODE)
    return pa.chunked_array([said.take(pa.array(remarks.code_of, mask=remarks.code_of < 0))])


def _texts(names: Sequence[str], best: Ints, remarks: Remarks, needs_remark: Collection[str]) -> Column:
    """The reason in writing, made once for each pair that occurs."""
    width = len(remarks.codes) + 1
    pairs, at = np.unique(best * width + remarks.code_of + 1, return_inverse=True)
    remark = [None, *remarks.codes.to_pylist()]
    texts: list[str | None] = []
    for carc, extra in zip(pairs // width, pairs % width, strict=True):
        if carc < 0:
            texts.append(None)
        else:
            said, more = names[carc], remark[extra]
            texts.append(f"{said}/{more}" if more and said in needs_remark else said)
    return pa.chunked_array([pa.array(texts, CODE).take(pa.array(at))])


def _equal(column: Column, value: str) -> Bools:
    same: Bools = pc.fill_null(pc.equal(column, value), fill_value=False).to_numpy()
    return same
