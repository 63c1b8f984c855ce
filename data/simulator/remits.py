"""Answers as the tables of an 835: remits, services, adjustments and remarks, all to the cent."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data.schema import ADJUSTMENTS, REMARKS, REMITS, SERVICES, RemitTables
from data.simulator.adjudicate import told_groups, told_reasons
from data.simulator.cast import Cast
from data.simulator.catalogue import Flags, Names, Numbers
from data.simulator.claims import Claims
from data.simulator.columns import within
from data.simulator.draw import labels, scramble
from data.simulator.money import Money
from data.simulator.settings import WorldSettings
from data.simulator.tables import (
    BILLING_NAME,
    Columns,
    claim_ids,
    days,
    line_controls,
    modifiers,
    procedures,
    same,
    table,
    texts,
)

REVERSAL = "22"
STATUS = np.array(["1", "2", "4", REVERSAL])
"""Processed as primary, as secondary, denied, reversed."""
COMMERCIAL = "12"
"""CLP06 has no CI, as SBR09 has for commercial plans."""
GROUPS = np.array(["CO", "OA", "PR"])
CO, OA, PR = range(3)
REMARK_OF_WEAK = "N130"
"""Beside a contract write-off over the whole charge, where the reason has no remark of its own."""


@dataclass(frozen=True, slots=True)
class Answers:
    """One answer a claim, with what it says of each line."""

    claims: Claims
    money: Money
    told: Numbers
    """[lines]: the cause that is reported, -1 where the line is paid"""
    weak: Flags
    """[lines]: told as a contract write-off over the whole charge, with a remark"""
    known: Numbers
    """[claims]"""
    control: Numbers
    """[claims]: the payer's number of this answer"""


def payer_controls(numbers: Numbers, *, seed: int) -> pa.Array:
    """The payer's own claim numbers."""
    return labels("", scramble(numbers, salt=seed + 2, bits=40), 13)


def remit_tables(
    settings: WorldSettings, cast: Cast, answers: Answers, *, seed: int, reversal: bool = False
) -> RemitTables:
    """The answers as tables; a reversal repeats them with negated amounts."""
    sign = -1 if reversal else 1
    lines = answers.claims.lines
    claim = lines.claim
    key = answers.control[claim] * 2 + (0 if reversal else 1)
    amounts = _amounts(settings, answers)
    denied = answers.told >= 0
    paid = np.where(denied, 0, answers.money.paid)
    services = table(
        SERVICES,
        {
            "remit_key": key,
            "service": lines.number,
            "line_control": line_controls(answers.claims, seed=seed),
            "procedure": procedures(lines),
            **modifiers(lines),
            "charge_cents": sign * lines.charge,
            "paid_cents": sign * paid,
            "units": np.ones(len(claim)),
            "service_on": days(answers.claims.visits.service[claim]),
            "allowed_cents": pa.array(sign * answers.money.allowed, mask=denied),
        },
    )
    return RemitTables(
        remits=_remits(settings, cast, answers, paid * sign, amounts, sign=sign, seed=seed),
        services=services,
        adjustments=_adjustments(key, lines.number, amounts, sign),
        remarks=_remarks(settings, answers, key),
    )


@dataclass(frozen=True, slots=True)
class Amounts:
    """Adjustments of all lines, one entry an adjustment, in the order in which they are written."""

    line: Numbers
    group: Numbers
    """A number among `GROUPS`."""
    carc: Numbers
    """A number among `carcs`."""
    cents: Numbers
    carcs: Names


def _amounts(settings: WorldSettings, answers: Answers) -> Amounts:
    """What was taken off each line, by whom it is owed and why."""
    money, told = answers.money, answers.told
    payer = answers.claims.visits.payer[answers.claims.lines.claim]
    denied, n = told >= 0, len(told)
    own = np.char.partition(told_reasons(settings), "/")[..., 0]
    carcs = np.concatenate([np.array(["45", "23", "1", "2", "3", "151"]), own.ravel()])
    reason = 6 + payer * own.shape[1] + told
    group = told_groups(GROUPS)[told]
    splits = np.array([p.splits_denials for p in settings.payers])[payer] & denied & ~answers.weak
    strict = denied & ~answers.weak
    contract = np.where(denied, np.where(answers.weak, money.charge, money.contract * splits), money.contract)
    parts: list[tuple[int | Numbers, int | Numbers, Numbers]] = [
        (CO, 0, contract),
        (OA, 1, np.where(denied, 0, money.prior)),
        (PR, 2, np.where(denied, 0, money.deductible)),
        (PR, 3, np.where(denied, 0, money.coinsurance)),
        (PR, 4, np.where(denied, 0, money.copay)),
        (CO, 5, np.where(denied, 0, money.cut)),
        (group, reason, np.where(strict, money.charge - contract, 0)),
    ]
    line = np.tile(np.arange(n), len(parts))
    cents = np.concatenate([amount for _, _, amount in parts])
    groups = np.concatenate([np.broadcast_to(g, n) for g, _, _ in parts])
    carc = np.concatenate([np.broadcast_to(c, n) for _, c, _ in parts])
    order = np.argsort(line, kind="stable")
    order = order[cents[order] != 0]
    return Amounts(line[order], groups[order], carc[order], cents[order], carcs)


def _adjustments(key: Numbers, service: Numbers, amounts: Amounts, sign: int) -> pa.Table:
    counts = np.bincount(amounts.line, minlength=len(key))
    columns: Columns = {
        "remit_key": key[amounts.line],
        "service": service[amounts.line],
        "position": within(counts) + 1,
        "group_code": texts(GROUPS, amounts.group),
        "carc": texts(amounts.carcs, amounts.carc),
        "amount_cents": sign * amounts.cents,
        "quantity": None,
    }
    return table(ADJUSTMENTS, columns)


def _remarks(settings: WorldSettings, answers: Answers, key: Numbers) -> pa.Table:
    """One remark where the reason has one; weak denials always have."""
    lines = answers.claims.lines
    payer = answers.claims.visits.payer[lines.claim]
    own = np.char.partition(told_reasons(settings), "/")[..., 2]
    names = np.concatenate([own.ravel(), [REMARK_OF_WEAK]])
    rarc = payer * own.shape[1] + answers.told
    rarc = np.where(answers.weak & (names[rarc] == ""), own.size, rarc)
    rows = np.flatnonzero((answers.told >= 0) & (names[rarc] != ""))
    columns: Columns = {
        "remit_key": key[rows],
        "service": lines.number[rows],
        "position": np.ones(len(rows), np.int64),
        "rarc": texts(names, rarc[rows]),
    }
    return table(REMARKS, columns)


def _remits(
    settings: WorldSettings,
    cast: Cast,
    answers: Answers,
    paid: Numbers,
    amounts: Amounts,
    *,
    sign: int,
    seed: int,
) -> pa.Table:
    claims, payers = answers.claims, settings.payers
    visits, claim, n = claims.visits, claims.lines.claim, len(claims)
    owed = (amounts.group == PR) * amounts.cents * sign
    named = {f: np.array([str(getattr(p, f)) for p in payers]) for f in ("payer_id", "name", "plan_type")}
    columns: Columns = {
        "remit_key": answers.control * 2 + (0 if sign < 0 else 1),
        "offset": np.zeros(n, np.int64),
        "claim_id": claim_ids(visits.number, seed=seed),
        "status": texts(STATUS, np.full(n, 3) if sign < 0 else _status(settings, answers)),
        "charge_cents": _sum(sign * claims.lines.charge, claim, n),
        "paid_cents": _sum(paid, claim, n),
        "patient_cents": _sum(owed, claim[amounts.line], n),
        "plan_type": texts(
            np.where(named["plan_type"] == "CI", COMMERCIAL, named["plan_type"]), visits.payer
        ),
        "payer_control": payer_controls(answers.control, seed=seed),
        "frequency": pa.array(claims.forms.frequency).cast(pa.string()),
        "payer_id": texts(named["payer_id"], visits.payer),
        "payer_name": texts(named["name"], visits.payer),
        "payee_npi": texts(cast.billing_npi, np.zeros(n, np.int64)),
        "payee_name": same(BILLING_NAME, n),
        "member_id": texts(cast.members.member_id, visits.member),
        "rendering_npi": texts(cast.radiologist_npi, visits.rendering),
        "service_from": days(visits.service),
        "service_to": days(visits.service),
        "received_on": days(visits.submitted + 1),
        "known_on": days(answers.known),
        "trace": labels("T", visits.payer * 100_000 + answers.known, 8),
    }
    return table(REMITS, columns)


def _sum(cents: Numbers, claim: Numbers, n: int) -> Numbers:
    """[claims]: exact, as cents stay far below 2**53."""
    return np.bincount(claim, weights=cents, minlength=n).astype(np.int64)


def _status(settings: WorldSettings, answers: Answers) -> Numbers:
    """Numbers among `STATUS`: 1 or 2 for processed; 4 where all is denied, at payers that say so."""
    claims = answers.claims
    all_denied = (
        np.bincount(claims.lines.claim, weights=answers.told >= 0, minlength=len(claims)) == claims.n_lines
    )
    says = np.array([p.says_denied for p in settings.payers])[claims.visits.payer]
    return np.where(all_denied & says, 2, claims.forms.secondary.astype(np.int64))
