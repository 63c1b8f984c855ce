"""What each line's first adjudication said: the outcomes that a model learns from.

Only CARCs deny a line; the claim's status and the group code don't. The first adjudication is the label; later ones
(appeals, corrections) are kept apart.
"""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.balance import Amounts, Items, line_money
from data.codes import reason_family
from data.denial_policy import DenialPolicy
from data.first import in_time, no_first_from
from data.keys import Bools, Column, Ints, add, grouped, ints
from data.link import Links
from data.reason import CONTRACT, OBLIGATION, Places, Reasons, choose_reasons, first_remarks, with_remark
from data.reversal import find_reversals
from data.schema import CODE, KEY, OUTCOMES, ClaimTables, RemitTables

OUTCOME_NAMES = ("paid", "denied", "partly_denied", "zero_not_denied", "pended", "unreliable")
PAID, DENIED, PARTLY, ZERO, PENDED, UNRELIABLE = range(len(OUTCOME_NAMES))

NEVER = 2**30
UNDECIDED = {
    "5": "pended",
    "10": "received, not in process",
    "13": "suspended",
    "15": "suspended, sent back with material",
    "16": "suspended, sent to the field",
    "17": "suspended, review pending",
    "23": "another payer's, and passed on to it",
    "25": "a price foretold, nothing decided",
}
"""CLP02 by which no line is decided, whatever its CARCs say. 5 to 17 are of version 4010 (X12 RFI 457); 23 sends the
claim on to the payer who will decide; 25 answers what has not been done yet (005010X221 1.10.2.7, X12 RFI 1941)."""

QUARANTINED = pa.schema([("remit_key", KEY), ("claim_id", CODE), ("reason", CODE)])


@dataclass(frozen=True, slots=True)
class Adjudications:
    """All that remits said of lines (schema `OUTCOMES`), first things apart from later ones."""

    first: pa.Table = field(default_factory=OUTCOMES.empty_table)
    """One row an answered line, sorted by claim and line."""
    later: pa.Table = field(default_factory=OUTCOMES.empty_table)
    """What was said of the same lines afterwards, sorted by claim, line and day."""
    quarantined: pa.Table = field(default_factory=QUARANTINED.empty_table)
    """Reversals without what they reverse."""


def label(claims: ClaimTables, remits: RemitTables, links: Links, policy: DenialPolicy) -> pa.Table:
    """One row an answered line (`OUTCOMES`), by claim and line. The same for any order of the rows given."""
    return adjudicate(claims, remits, links, policy).first


def adjudicate(claims: ClaimTables, remits: RemitTables, links: Links, policy: DenialPolicy) -> Adjudications:
    """Net reversals, balance, decide each line's outcome under the policy, and tell first from later ones."""
    back = find_reversals(remits)
    quarantined = remits.remits.filter(pa.array(back.is_orphan)).select(["remit_key", "claim_id"])
    reason = pa.array(["reversal without its original"] * quarantined.num_rows, CODE)
    quarantined = quarantined.append_column("reason", reason).cast(QUARANTINED).sort_by("remit_key")
    items, amounts = line_money(claims, remits, links)
    stands = (items.line >= 0) & ~(back.is_reversal | back.never_stood)[items.remit]
    answers = _answers(items, stands, claims.lines)
    places = Places(items.remit, items.service, answers.of_item)
    table = _outcomes(remits, answers, places, _of_answers(amounts, answers), policy)
    order = in_time(table, remits.remits)
    ordered = table.take(pa.array(order))
    claim, line = ints(ordered["claim_key"]), ints(ordered["line"])
    is_first = (np.diff(claim, prepend=-1) != 0) | (np.diff(line, prepend=-1) != 0)
    is_first &= ints(ordered["known_on"], null=NEVER) < no_first_from(remits.remits, links, back, claim)
    return Adjudications(ordered.filter(pa.array(is_first)), ordered.filter(pa.array(~is_first)), quarantined)


@dataclass(frozen=True, slots=True)
class _Answers:
    """What one remit says of one line: several services of one line are summed."""

    of_item: Ints
    """answer of each item, -1 where the item has none"""
    remit: Ints
    claim: Ints
    line: Ints
    charge: Ints
    paid: Ints
    allowed: Ints
    has_allowed: Bools
    is_reliable: Bools


def _answers(items: Items, stands: Bools, lines: pa.Table) -> _Answers:
    rows = np.flatnonzero(stands)
    group = grouped(items.remit[rows], items.claim[rows], items.line[rows])
    n = int(group.max(initial=-1)) + 1
    any_row = np.zeros(n, np.int64)
    any_row[group[::-1]] = rows[::-1]
    of_item = np.full(len(stands), -1, np.int64)
    of_item[rows] = group
    charge, paid, allowed = (
        add(group, cents[rows], n) for cents in (items.charge, items.paid, items.allowed)
    )
    has_allowed = add(group, items.has_allowed[rows].astype(np.int64), n) > 0
    reliable = add(group, (~items.is_reliable[rows]).astype(np.int64), n) == 0
    remit, claim, line = (part[any_row] for part in (items.remit, items.claim, items.line))
    reliable &= (charge > 0) | ((charge == 0) & ~_are_charged(lines, claim, line, charge == 0))
    return _Answers(of_item, remit, claim, line, charge, paid, allowed, has_allowed, reliable)


def _are_charged(lines: pa.Table, claim: Ints, line: Ints, asked: Bools) -> Bools:
    """Of the rows asked for, those whose line was sent with a charge: an answer to a charge of nothing isn't its own."""
    said = np.zeros(len(claim), bool)
    if asked.any():
        charged = lines.filter(pc.greater(lines["charge_cents"], 0))
        keys = grouped(
            np.concatenate([claim[asked], ints(charged["claim_key"])]),
            np.concatenate([line[asked], ints(charged["line"])]),
        )
        said[asked] = np.isin(keys[: asked.sum()], keys[asked.sum() :])
    return said


def _of_answers(amounts: Amounts, answers: _Answers) -> Amounts:
    """The amounts by answer instead of by item."""
    answer = answers.of_item[amounts.item]
    keep = answer >= 0
    return Amounts(answer[keep], amounts.row[keep], amounts.cents[keep])


def _decided(answers: _Answers, reasons: Reasons, weak: Bools, undecided: Bools) -> Ints:
    """What each answer says, as a number among `OUTCOME_NAMES`: the first of these that holds."""
    is_zero = (answers.paid == 0) & (answers.charge > 0)
    denies = (reasons.denied > 0) | weak
    unexplained = is_zero & ~denies & (reasons.unnamed > 0)
    chosen: Ints = np.select(
        [
            ~answers.is_reliable | (answers.paid < 0) | reasons.corrected | unexplained,
            undecided,
            is_zero & denies,
            (answers.paid > 0) & denies,
            reasons.pended > 0,
            answers.paid > 0,
        ],
        [UNRELIABLE, PENDED, DENIED, PARTLY, PENDED, PAID],
        ZERO,
    )
    return chosen


def _outcomes(
    remits: RemitTables, answers: _Answers, places: Places, amounts: Amounts, policy: DenialPolicy
) -> pa.Table:
    remarks = first_remarks(remits, places, len(answers.remit), policy)
    reasons = choose_reasons(remits, amounts, answers.charge, remarks, policy)
    is_zero = (answers.paid == 0) & (answers.charge > 0)
    weak = (
        is_zero
        & (reasons.denied == 0)
        & reasons.whole_contract
        & ~(answers.has_allowed & (answers.allowed > 0))
    )
    weak &= policy.weak_denials & (remarks.code_of >= 0)
    undecided = pc.is_in(remits.remits["status"], pa.array(UNDECIDED)).to_numpy()[answers.remit]
    outcome = _decided(answers, reasons, weak, undecided)
    is_one = (outcome == DENIED) | ((outcome == PARTLY) & policy.partly_denied_is_denied)
    has_label = (outcome != PENDED) & (outcome != UNRELIABLE)
    counts = np.isin(outcome, [DENIED, PARTLY])
    reason = pc.if_else(pa.array(weak), with_remark(CONTRACT, remarks), reasons.reason)
    reason = pc.if_else(pa.array(is_one), reason, pa.scalar(None, CODE))
    group_code = pc.if_else(pa.array(weak), OBLIGATION, reasons.group_code)
    of_remit = remits.remits.select(["remit_key", "known_on"]).take(pa.array(answers.remit))
    columns = {
        "claim_key": answers.claim,
        "line": answers.line.astype(np.int32),
        "remit_key": of_remit["remit_key"],
        "outcome": pa.array(OUTCOME_NAMES).take(pa.array(outcome)),
        "label": pa.array(is_one.astype(np.int8), mask=~has_label),
        "reason": reason,
        "family": _families(reason),
        "group_code": pc.if_else(pa.array(is_one), group_code, pa.scalar(None, CODE)),
        "is_weak": weak & (outcome == DENIED),
        "denied_cents": np.where(counts, np.where(weak, answers.charge, reasons.denied), 0),
        "paid_cents": answers.paid,
        "allowed_cents": pa.array(answers.allowed, mask=~answers.has_allowed),
        "known_on": of_remit["known_on"],
    }
    return pa.table(columns, schema=OUTCOMES)


def _families(reason: Column) -> pa.Array:
    encoded = reason.combine_chunks().dictionary_encode()
    families = pa.array([reason_family(code) for code in encoded.dictionary.to_pylist()], CODE)
    return families.take(encoded.indices)
