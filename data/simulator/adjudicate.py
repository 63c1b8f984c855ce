"""Payers decide: which causes strike, what is told, and when the answer comes."""

import typing
from dataclasses import dataclass, replace

import numpy as np

from data.simulator.calendar import Calendar
from data.simulator.cast import FAR
from data.simulator.catalogue import Flags, Floats, Names, Numbers
from data.simulator.causes import CAUSES, FAMILY_OF, all_hazards
from data.simulator.claims import NONE, Claims
from data.simulator.columns import join
from data.simulator.draw import Streams, chance
from data.simulator.facts import Scene, set_scene
from data.simulator.mending import without
from data.simulator.policies import FAMILIES, Policies, reasons_of
from data.simulator.settings import WorldSettings

BY_HAND = ("authorization", "medical_necessity", "documentation")
"""Families for which a person at the payer looks at records, which takes longer."""


TOP, NEVER = 3, 1e-300
TOGETHER = 50_000
"""Claims that are judged at once."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What payers decide, and how likely it was; one entry a line, but for `known` (a claim)."""

    p_denied: Floats
    family_hazard: Floats
    """[lines, families]"""
    family_told: Floats
    """[lines, families]: the chance that this family is the one that is reported; they sum to p_denied"""
    likeliest: Numbers
    """[lines, 3]: the codes likeliest to be reported, likeliest first, as their number among `codes_of`; else -1"""
    without: Floats
    """[lines, mends]: the chance of denial if one fact were mended, NaN where there is nothing to mend"""
    struck: Flags
    """[lines, families]"""
    told: Numbers
    """The number of the cause that is reported, -1 where nothing struck."""
    known: Numbers
    """[claims]: the day of the first answer, FAR where none ever comes."""

    @property
    def denied(self) -> Flags:
        """[lines]"""
        return np.asarray(self.told != NONE)


def adjudicate(
    settings: WorldSettings,
    policies: Policies,
    claims: Claims,
    streams: Streams,
    *,
    stage: str,
    past: Claims | None = None,
) -> Verdicts:
    """Draw the payers' first answers to these claims: originals all together, or all replacements with their `past`."""
    scene = set_scene(settings, policies, claims, past=past)
    draws = _Draws(streams, stage, len(claims.lines.claim))
    parts = [_judge(scene.take(rows), draws) for rows in _slices(len(claims))]
    judged = join(parts)
    rest = _after(streams, stage, (len(claims.lines.claim) + len(claims)) * len(CAUSES))
    known = _known(rest, settings, claims, judged.struck)
    return replace(judged, known=known)


def _slices(n: int) -> list[Numbers]:
    """Rows of claims that are judged at once: [lines, causes] of a whole world would be its largest tables."""
    return [np.arange(low, min(low + TOGETHER, n)) for low in range(0, max(n, 1), TOGETHER)]


def _after(streams: Streams, stage: str, n: int) -> np.random.Generator:
    """The stream of a stage after `n` draws between 0 and 1."""
    rng = streams.stream(stage)
    typing.cast(np.random.PCG64, rng.bit_generator).advance(n)
    return rng


class _Draws:
    """The draws of a stage, slice by slice: first those of all lines, then those of all claims."""

    def __init__(self, streams: Streams, stage: str, n_lines: int) -> None:
        self._of_lines = streams.stream(stage)
        self._of_claims = _after(streams, stage, n_lines * len(CAUSES))

    def strikes(self, claims: Claims, hazard: Floats) -> Flags:
        """[lines, causes]: causes of the whole claim strike all its lines at once."""
        by_line = self._of_lines.random(hazard.shape)
        by_claim = self._of_claims.random((len(claims), len(CAUSES)))[claims.lines.claim]
        whole = np.array([cause.whole_claim for cause in CAUSES])
        return np.where(whole, by_claim, by_line) < hazard


def _judge(scene: Scene, draws: _Draws) -> Verdicts:
    """Which causes strike these claims; when it is told is drawn for all claims together."""
    hazard = all_hazards(scene)
    struck = draws.strikes(scene.claims, hazard)
    order = scene.policies.order[scene.line_payer]
    family_hazard, family_struck = _by_family(hazard), _any_by_family(struck)
    family_told = _chance_told(family_hazard, order)
    return Verdicts(
        p_denied=1 - np.prod(1 - family_hazard, axis=1),
        family_hazard=family_hazard,
        family_told=family_told,
        likeliest=_likeliest(scene, _causes_told(hazard, family_hazard, family_told)),
        without=without(scene, hazard),
        struck=family_struck,
        told=_told(struck, family_struck, order),
        known=np.full(len(scene.claims), FAR),
    )


def _by_family(hazard: Floats) -> Floats:
    """[lines, families]: any cause of the family strikes."""
    spared = [np.prod(1 - hazard[:, n == FAMILY_OF], axis=1) for n in range(len(FAMILIES))]
    return 1 - np.stack(spared, axis=1)


def _any_by_family(struck: Flags) -> Flags:
    return np.stack([struck[:, n == FAMILY_OF].any(axis=1) for n in range(len(FAMILIES))], axis=1)


def _chance_told(family_hazard: Floats, order: Numbers) -> Floats:
    """[lines, families]: it strikes, and none that the payer checks before it does."""
    in_turn = np.take_along_axis(family_hazard, order, axis=1)
    spared = np.cumprod(np.concatenate([np.ones((len(order), 1)), 1 - in_turn[:, :-1]], axis=1), axis=1)
    told = np.empty_like(family_hazard)
    np.put_along_axis(told, order, in_turn * spared, axis=1)
    return told


def _causes_told(hazard: Floats, family_hazard: Floats, family_told: Floats) -> Floats:
    """[lines, causes]: it strikes, none before it in its family does, and its family is the one that is reported."""
    told = np.empty_like(hazard)
    for n in range(len(FAMILIES)):
        own = n == FAMILY_OF
        spared = np.cumprod(1 - hazard[:, own], axis=1)
        first = hazard[:, own] * np.column_stack([np.ones(len(hazard)), spared[:, :-1]])
        told[:, own] = first * (family_told[:, n] / np.maximum(family_hazard[:, n], NEVER))[:, None]
    return told


def _likeliest(scene: Scene, causes_told: Floats) -> Numbers:
    """[lines, 3]: causes that a payer tells by one code count together."""
    codes, place = codes_of(scene.settings)
    rows, chance_of = np.arange(len(causes_told)), np.zeros((len(causes_told), len(codes)))
    for cause in range(len(CAUSES)):
        chance_of[rows, place[scene.line_payer, cause]] += causes_told[:, cause]
    best = np.argsort(-chance_of, axis=1, kind="stable")[:, :TOP]
    return np.where(np.take_along_axis(chance_of, best, axis=1) > 0, best, NONE)


def _told(struck: Flags, family_struck: Flags, order: Numbers) -> Numbers:
    """[lines]: the first cause of the first family in the payer's order."""
    in_turn = np.take_along_axis(family_struck, order, axis=1)
    family = order[np.arange(len(order)), in_turn.argmax(axis=1)]
    first = (struck & (family[:, None] == FAMILY_OF)).argmax(axis=1)
    return np.where(in_turn.any(axis=1), first, NONE)


def _known(rng: np.random.Generator, settings: WorldSettings, claims: Claims, struck: Flags) -> Numbers:
    """[claims]: submission, the payer's delay, review by a person, up to its next day of payment."""
    rates, payers, n = settings.answers, settings.payers, len(claims)
    payer = claims.visits.payer
    median = np.array([p.delay_median for p in payers])[payer]
    spread = np.array([p.delay_spread for p in payers])[payer]
    least = np.array([p.delay_min for p in payers])[payer]
    days = np.maximum(median * np.exp(spread * rng.normal(size=n)), least)
    by_hand = struck[:, [FAMILIES.index(family) for family in BY_HAND]].any(axis=1)
    reviewed = np.bincount(claims.lines.claim, weights=by_hand, minlength=n) > 0
    days = days + np.where(reviewed, rng.exponential(rates.review_days, n), 0.0)
    # A lost answer takes weeks to be found, and some take most of a year.
    shortest, more = rates.slow_days
    days = np.where(chance(rng, rates.slow, n), shortest + rng.exponential(more, n), days)
    known = next_payment(claims.visits.submitted + np.ceil(days).astype(np.int64), payer)
    return np.where(chance(rng, rates.never, n), FAR, known)


def next_payment(day: Numbers, payer: Numbers) -> Numbers:
    """Each payer pays on one day of the week, from Monday to Friday."""
    return day + (payer % 5 + 4 - day) % 7


def answered(claims: Claims, verdicts: Verdicts, calendar: Calendar) -> Flags:
    """[claims]: the first answer is there when the world ends."""
    return (verdicts.known < calendar.end) & (claims.visits.submitted < calendar.end)


def told_reasons(settings: WorldSettings) -> Names:
    """[payers, causes]: CARC or CARC/RARC that each payer writes for each cause."""
    own = [reasons_of(payer) for payer in settings.payers]
    return np.array([[words.get(cause.name, cause.reason) for cause in CAUSES] for words in own])


def codes_of(settings: WorldSettings) -> tuple[Names, Numbers]:
    """All codes that payers write, and [payers, causes] which of them each writes for each cause."""
    told = told_reasons(settings)
    codes, place = np.unique(told, return_inverse=True)
    return codes, place.reshape(told.shape)


def told_groups(groups: Names) -> Numbers:
    """[causes]: the group code, as its number among `groups`."""
    return np.array([groups.tolist().index(cause.group_code) for cause in CAUSES])
