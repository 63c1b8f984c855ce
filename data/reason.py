"""Why a line was denied: the adjustment code with the largest denied amount, with its remark where it says too little."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data.balance import Amounts
from data.denial_policy import DenialPolicy
from data.keys import Bools, Column, Ints, add, grouped, ints, row_of
from data.reversal import CORRECTION
from data.schema import CODE, RemitTables

CONTRACT = "45"
OBLIGATION = "CO"


@dataclass(frozen=True, slots=True)
class Remarks:
    """The first remark of each answer that is no alert."""

    codes: tuple[str, ...]
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
    names, code = coded(remarks["rarc"])
    # One place more, for a remark that could not be read.
    informs = np.array([*(name in policy.alerts for name in names), True], bool)
    rows = np.flatnonzero(~informs[code])
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
    return Remarks(names, code_of)


class _Sums:
    """The believed adjustments of each answer summed by code."""

    def __init__(self, amounts: Amounts, code: Ints, n_codes: int) -> None:
        self._amounts, self._group = amounts, grouped(amounts.item, code)
        n = int(self._group.max(initial=-1)) + 1
        self.cents = add(self._group, amounts.cents, n)
        any_row = np.zeros(n, np.int64)
        any_row[self._group] = np.arange(len(code))
        self.answer, self.code = amounts.item[any_row], code[any_row]
        self.code[self.code < 0] = n_codes
        self.is_owed = self.cents > 0

    def largest(self, among: Bools, rank: Ints, place: Ints, n: int) -> tuple[Ints, Ints]:
        """Of each answer the code with the largest sum, ties by rank, then by place; and the row of its largest part."""
        rows = np.flatnonzero(among[self._group])
        group = self._group[rows]
        rows = rows[np.lexsort((place[rows], -self._amounts.cents[rows], group))]
        rows = rows[np.flatnonzero(np.diff(self._group[rows], prepend=-1))]
        group = self._group[rows]
        order = np.lexsort((place[rows], rank[group], -self.cents[group], self.answer[group]))
        lead = rows[order[np.flatnonzero(np.diff(self.answer[group][order], prepend=-1))]]
        code, row = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
        answer = self._amounts.item[lead]
        code[answer], row[answer] = self.code[self._group[lead]], self._amounts.row[lead]
        return code, row


@dataclass(frozen=True, slots=True)
class Reasons:
    """Of each answer: the amounts that deny it and that wait, and the code that says most of it."""

    denied: Ints
    pended: Ints
    unnamed: Ints
    """taken off without a code that says why"""
    corrected: Bools
    """older files' CAS*CR: it takes back what an earlier remit said, and says nothing of the line itself"""
    whole_contract: Bools
    """the contract's CO-45 takes the whole charge"""
    reason: Column
    """197, 16/N40; null where nothing is denied"""
    group_code: Column


def choose_reasons(
    remits: RemitTables, amounts: Amounts, charge: Ints, remarks: Remarks, policy: DenialPolicy
) -> Reasons:
    """Sum each answer's adjustments by code; the largest denied sum is the reason, ties by the policy's order."""
    n, adjustments = len(charge), remits.adjustments
    names, code_of = coded(adjustments["carc"])
    groups, group_of = coded(adjustments["group_code"])
    code, group = code_of[amounts.row], group_of[amounts.row]
    place = (ints(adjustments["service"]) << 32 | ints(adjustments["position"]))[amounts.row]
    sums = _Sums(amounts, code, len(names))
    neither = policy.non_denial | policy.pended
    # One place more, for an adjustment without a code: nobody knows what it says.
    denies = sums.is_owed & np.array([*(name not in neither for name in names), False])[sums.code]
    waits = sums.is_owed & np.array([*(name in policy.pended for name in names), False])[sums.code]
    ranks = {name: rank for rank, name in enumerate(policy.order)}
    rank = np.array([*(ranks.get(name, len(ranks)) for name in names), len(ranks)], np.int64)
    best, row = sums.largest(denies, rank[sums.code], place, n)
    contract = (group == _index(groups, OBLIGATION)) & (code == _index(names, CONTRACT))
    taken = add(amounts.item[contract], amounts.cents[contract], n)
    corrects = amounts.item[(group == _index(groups, CORRECTION)) & (amounts.cents != 0)]
    unnamed = sums.is_owed & (sums.code == len(names))
    return Reasons(
        denied=add(sums.answer[denies], sums.cents[denies], n),
        pended=add(sums.answer[waits], sums.cents[waits], n),
        unnamed=add(sums.answer[unnamed], sums.cents[unnamed], n),
        corrected=np.bincount(corrects, minlength=n) > 0,
        whole_contract=(charge > 0) & (taken >= charge),
        reason=_texts(names, best, remarks, policy.needs_remark),
        group_code=_named(groups, np.append(group_of, -1)[row]),
    )


def coded(column: Column) -> tuple[tuple[str, ...], Ints]:
    """A column of codes as the code lists write them, and of each row which one it is, -1 for none.

    Some payers fill codes up with noughts or blanks, or write them small: 045 is 45, b7 is B7.
    """
    encoded = column.combine_chunks().dictionary_encode()
    plain = [(name or "").strip().upper().lstrip("0") for name in encoded.dictionary.to_pylist()]
    names = tuple(dict.fromkeys(name for name in plain if name))
    at = {name: number for number, name in enumerate(names)}
    number = np.array([*(at.get(name, -1) for name in plain), -1], np.int64)
    return names, number[ints(pa.chunked_array([encoded.indices]), null=-1)]


def _index(names: Sequence[str], name: str) -> int:
    """Which of the names this is; no row has -2."""
    return names.index(name) if name in names else -2


def _named(names: Sequence[str], code: Ints) -> Column:
    return pa.chunked_array([pa.array(names, CODE).take(pa.array(code, mask=code < 0))])


def with_remark(code: str, remarks: Remarks) -> Column:
    """The same code for every answer, with its remark: `45/N130`; null where there is none."""
    return _named([f"{code}/{remark}" for remark in remarks.codes], remarks.code_of)


def _texts(names: Sequence[str], best: Ints, remarks: Remarks, needs_remark: Collection[str]) -> Column:
    """The reason in writing, made once for each pair that occurs."""
    width = len(remarks.codes) + 1
    pairs, at = np.unique(best * width + remarks.code_of + 1, return_inverse=True)
    remark = [None, *remarks.codes]
    texts: list[str | None] = []
    for carc, extra in zip(pairs // width, pairs % width, strict=True):
        if carc < 0:
            texts.append(None)
        else:
            said, more = names[carc], remark[extra]
            texts.append(f"{said}/{more}" if more and said in needs_remark else said)
    return pa.chunked_array([pa.array(texts, CODE).take(pa.array(at))])
