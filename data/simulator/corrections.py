"""What happens after a first answer: denied claims are mended and sent again, and payers take answers back."""

from dataclasses import dataclass, replace

import numpy as np

from data.simulator.adjudicate import Verdicts, next_payment
from data.simulator.calendar import Calendar
from data.simulator.cast import FAR
from data.simulator.catalogue import Flags, Numbers
from data.simulator.causes import CAUSES
from data.simulator.claims import GOOD, NONE, REPLACEMENT, Claims
from data.simulator.draw import Streams, chance
from data.simulator.money import Money
from data.simulator.policies import Policies
from data.simulator.settings import WorldSettings

MENDABLE = ("authorization", "documentation", "missing_information", "coding", "coordination", "bundling")
"""Reason families that billers mend and send again."""


def draw_replacements(
    settings: WorldSettings,
    policies: Policies,
    claims: Claims,
    verdicts: Verdicts,
    calendar: Calendar,
    streams: Streams,
) -> Claims:
    """Corrections (frequency 7) of some denied claims, with most of their faults mended; weeks after the denial."""
    rng, rates = streams.stream("replacements"), settings.answers
    mendable = np.array([cause.family in MENDABLE for cause in CAUSES])
    worth = np.bincount(
        claims.lines.claim, weights=verdicts.denied & mendable[verdicts.told], minlength=len(claims)
    )
    rows = np.flatnonzero(
        (worth > 0) & (verdicts.known < calendar.end) & chance(rng, rates.replaced, len(claims))
    )
    again = claims.take(rows)
    n = len(rows)
    submitted = verdicts.known[rows] + rng.integers(*rates.replaced_after, n)
    visits = replace(again.visits, number=claims.visits.number.max() + 1 + np.arange(n), submitted=submitted)
    forms = replace(
        again.forms,
        frequency=np.full(n, REPLACEMENT),
        replaces=again.visits.number,
        names_original=~chance(rng, settings.faults.original_unnamed, n),
    )
    mended = _mend(rng, rates.repaired, policies, replace(again, visits=visits, forms=forms))
    return mended.take(np.flatnonzero(submitted < calendar.last))


def _mend(rng: np.random.Generator, rate: float, policies: Policies, claims: Claims) -> Claims:
    """The same claims with each fault mended at the given rate."""
    n, visits, forms, sights, lines = len(claims), claims.visits, claims.forms, claims.sights, claims.lines
    papers, form, coding = (chance(rng, rate, n) for _ in range(3))
    agreed = policies.component[visits.facility, visits.payer][lines.claim]
    coded = coding[lines.claim]
    return replace(
        claims,
        forms=replace(
            forms,
            auth=forms.auth | form,
            priced=forms.priced | (forms.secondary & form),
            attachment=forms.attachment | papers,
            referring_state=np.where(form, GOOD, forms.referring_state),
        ),
        sights=replace(
            sights,
            linked=sights.linked | papers,
            signed=np.where(papers & (sights.signed == NONE), visits.submitted - 1, sights.signed),
            auth_procedure=np.where(form, NONE, sights.auth_procedure),
            auth_to=np.where(form & (sights.auth_to < visits.service), NONE, sights.auth_to),
        ),
        lines=replace(lines, component=np.where(coded, agreed, lines.component)),
    )


@dataclass(frozen=True, slots=True)
class TakenBack:
    """First answers that are reversed, and what is told instead."""

    rows: Numbers
    """[k]: rows of the claims"""
    known: Numbers
    """[k]: when the reversal and the new answer come"""
    overturned: Flags
    """[k]: denied lines are paid now; otherwise the same is told, at another price"""


def draw_taken_back(
    settings: WorldSettings, claims: Claims, verdicts: Verdicts, calendar: Calendar, streams: Streams
) -> TakenBack:
    """Which first answers are taken back before the world ends: some by chance, most as they were contested."""
    rng, rates = streams.stream("taken back"), settings.answers
    n_denied, wrong = _denied(claims, verdicts)
    contested = (n_denied > 0) & chance(
        rng, np.where(wrong, rates.appealed_errors, rates.appealed), len(claims)
    )
    known = verdicts.known + rng.integers(14, 75, len(claims))
    known = np.where(verdicts.known == FAR, FAR, next_payment(known, claims.visits.payer))
    chosen = (contested | chance(rng, rates.reversed, len(claims))) & (known < calendar.end)
    rows = np.flatnonzero(chosen & (claims.visits.submitted < calendar.end))
    yields = np.array([payer.overturns for payer in settings.payers])[claims.visits.payer[rows]]
    return TakenBack(
        rows, known[rows], chance(rng, np.where(wrong[rows], yields, rates.overturned), len(rows))
    )


def _denied(claims: Claims, verdicts: Verdicts) -> tuple[Numbers, Flags]:
    """[claims]: how many lines are denied, and whether that is all the payer's own error."""
    error = np.array([cause.is_error for cause in CAUSES])[verdicts.told] & verdicts.denied
    n_denied, n_errors = (
        np.bincount(claims.lines.claim, weights=lines, minlength=len(claims))
        for lines in (verdicts.denied, error)
    )
    return n_denied.astype(np.int64), np.asarray((n_denied > 0) & (n_errors == n_denied))


def repriced(money: Money) -> Money:
    """Five percent more allowed, all of it for the payer to pay."""
    return replace(money, allowed=np.minimum(money.allowed + money.allowed // 20, money.charge))
