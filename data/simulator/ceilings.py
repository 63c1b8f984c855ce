"""How well a line's denial can be foretold from the claim alone, when nothing of what stands beside it is known.

The hazards are functions of facts, and the facts beside the claim come about independently of each other, given the
claim and how careful its facility is. So the chance of denial is their hazards' mean over all that could stand
beside this claim, worked out state by state, without drawing. What answers to earlier claims of the same member tell
(a coverage that is over) is left out of it, and corrections are taken as if their faults had been mended by chance.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from data.simulator.care import BOOSTS, care_of, upset_chances
from data.simulator.cast import Cast
from data.simulator.catalogue import Floats, catalogue
from data.simulator.causes import CAUSES
from data.simulator.claims import ACTIVE, INACTIVE, NONE, REPLACEMENT, UNVERIFIED, Claims, Sights
from data.simulator.facts import Scene, set_scene
from data.simulator.forms import form_chances, likelihood
from data.simulator.policies import Policies
from data.simulator.settings import WorldSettings
from data.simulator.sights import KNOWN_AHEAD, MISREAD, WRITTEN_DOWN

ANOTHER = 1 << 20
"""A procedure that is none: what was authorised is not what is billed."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing beside the claim that can be one way or another, and the causes whose hazards hang on it."""

    causes: tuple[str, ...]
    states: Sequence[Sights]
    chances: Sequence[Floats]
    """[claims] for each state; they sum to 1"""


def p_from_claims(
    settings: WorldSettings, cast: Cast, policies: Policies, claims: Claims, *, past: Claims | None = None
) -> Floats:
    """[lines]: the chance of denial given what is on the claims, the past and the payers' lists, and nothing beside."""
    scene = set_scene(settings, policies, claims, past=past)
    of, good = claims.lines.claim, _good(claims)
    usual = care_of(settings, cast, claims.visits)
    touched = {cause for fact in _facts(settings, cast, claims, good, usual) for cause in fact.causes}
    unseen = _with(scene, replace(good, seen=np.zeros(len(claims), np.bool_)))
    blind = _spared(unseen, tuple(touched))
    weights = _weights(settings, policies, claims, usual)
    spared = np.zeros(len(of))
    for weight, boost in zip(weights, BOOSTS, strict=True):
        if weight.any():
            care = usual * boost(settings)
            dark = np.minimum(settings.faults.no_context * care[:, 7], 1.0)[of]
            seen = reduce(np.multiply, _means(scene, _facts(settings, cast, claims, good, care)))
            spared += weight[of] * (dark * blind + (1 - dark) * seen)
    rest = tuple(cause.name for cause in CAUSES if cause.name not in touched)
    return np.asarray(1 - spared * _spared(_with(scene, good), rest))


def _with(scene: Scene, sights: Sights) -> Scene:
    return replace(scene, claims=replace(scene.claims, sights=sights))


def _spared(scene: Scene, causes: tuple[str, ...]) -> Floats:
    """[lines]: the chance that none of these causes strikes."""
    spared = np.ones(len(scene.claims.lines.claim))
    for cause in CAUSES:
        if cause.name in causes:
            hazard = cause.hazard(scene)
            spared *= 1 - (hazard[scene.claims.lines.claim] if cause.whole_claim else hazard)
    return spared


def _means(scene: Scene, facts: Iterator[Fact]) -> Iterator[Floats]:
    """[lines] for each fact: the mean, over its states, of the chance that its causes don't strike."""
    of = scene.claims.lines.claim
    for fact in facts:
        yield sum(
            (
                chance[of] * _spared(_with(scene, sights), fact.causes)
                for chance, sights in zip(fact.chances, fact.states, strict=True)
            ),
            np.zeros(len(of)),
        )


def _weights(settings: WorldSettings, policies: Policies, claims: Claims, usual: Floats) -> Floats:
    """[upsets, claims]: what went wrong upstream, judged by what is missing on the claim."""
    prior = upset_chances(settings)
    if prior[0] == 1:
        return np.repeat(prior[:, None], len(claims), axis=1)
    told = [
        prior[n]
        * likelihood(
            form_chances(settings, policies, claims.visits, claims.lines, usual * boost(settings)),
            claims.forms,
        )
        for n, boost in enumerate(BOOSTS)
    ]
    return np.asarray(told / np.sum(told, axis=0))


def _good(claims: Claims) -> Sights:
    """Everything is seen, and as it should be."""
    n, visits, lines = len(claims), claims.visits, claims.lines
    advanced = catalogue().advanced[lines.procedure]
    named = np.full(n, NONE)
    named[lines.claim[advanced]] = lines.procedure[advanced]
    one = claims.forms.auth & (np.bincount(lines.claim, weights=advanced, minlength=n) == 1)
    yes = np.ones(n, np.bool_)
    return replace(
        claims.sights,
        seen=yes,
        eligibility=np.full(n, ACTIVE),
        coverage_ends=np.full(n, NONE),
        other_primary=claims.forms.secondary,
        signed=np.minimum(visits.service, visits.submitted),
        indication=yes,
        linked=yes,
        auth_procedure=np.where(one, named, NONE),
        auth_to=np.where(claims.forms.auth, visits.service, NONE),
    )


def _facts(settings: WorldSettings, cast: Cast, claims: Claims, good: Sights, care: Floats) -> Iterator[Fact]:
    """All that may stand beside these claims."""
    rates, n = settings.faults, len(claims)
    left = np.where(claims.forms.frequency == REPLACEMENT, 1 - settings.answers.repaired, 1.0)
    late = replace(good, auth_to=np.where(claims.forms.auth, claims.visits.service - 1, NONE))
    yield _fault("auth_expired", good, late, rates.auth_expired * left)
    other = replace(good, auth_procedure=np.where(good.auth_procedure == NONE, NONE, ANOTHER))
    yield _fault("auth_other_procedure", good, other, rates.auth_other_procedure * left * _has_kin(good))
    unlinked = replace(good, linked=np.zeros(n, np.bool_))
    yield _fault("images_unlinked", good, unlinked, rates.images_unlinked * care[:, 5] * left)
    first = replace(good, other_primary=np.ones(n, np.bool_))
    yield _fault("other_payer_first", good, first, rates.other_primary * care[:, 6])
    yield _report(settings, good, care, left)
    yield _registration(settings, cast, claims, good, care)


def _fault(cause: str, good: Sights, bad: Sights, rate: Floats) -> Fact:
    rate = np.minimum(rate, 1.0)
    return Fact((cause,), (good, bad), (1 - rate, rate))


def _has_kin(good: Sights) -> Floats:
    """[claims]: there is another procedure of the same kind to be mistaken for."""
    group = catalogue().group
    alone = np.bincount(group)[group] == 1
    return np.asarray(1.0 - alone[np.maximum(good.auth_procedure, 0)])


def _report(settings: WorldSettings, good: Sights, care: Floats, left: Floats) -> Fact:
    """Signed with its indication, signed without one, or not signed."""
    unsigned = np.minimum(settings.faults.report_unsigned * care[:, 5], 1.0) * left
    bare = np.minimum(settings.faults.indication_missing * care[:, 5], 1.0)
    n = len(unsigned)
    states = (
        good,
        replace(good, indication=np.zeros(n, np.bool_)),
        replace(good, signed=np.full(n, NONE)),
    )
    chances = ((1 - unsigned) * (1 - bare), (1 - unsigned) * bare, unsigned)
    return Fact(("off_coverage", "report_unsigned"), states, chances)


def _registration(settings: WorldSettings, cast: Cast, claims: Claims, good: Sights, care: Floats) -> Fact:
    """Covered, found not to be covered, known to have ended, or not looked up."""
    rates, service = settings.faults, claims.visits.service
    ends = np.sort(cast.members.coverage_ends)
    # A member of whom nothing is known but the day of service.
    ended = np.searchsorted(ends, service) - np.searchsorted(ends, service - KNOWN_AHEAD, side="right")
    over = ended / len(ends)
    inactive = 1 - (1 - over * rates.coverage_noticed) * (1 - MISREAD)
    known = over * (1 - rates.coverage_noticed) * (1 - MISREAD) * WRITTEN_DOWN
    unverified = (1 - inactive - known) * np.minimum(rates.unverified * care[:, 6], 1.0)
    n = len(claims)
    states = (
        good,
        replace(good, eligibility=np.full(n, INACTIVE)),
        replace(good, coverage_ends=service - 1),
        replace(good, eligibility=np.full(n, UNVERIFIED)),
    )
    return Fact(("coverage_over",), states, (1 - inactive - known - unverified, inactive, known, unverified))
