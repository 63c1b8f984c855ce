"""Why payers deny: one hazard a cause, each an explicit function of facts that can be seen.

A hazard is the chance that its cause strikes a line, whatever the other causes do. Causes of the whole claim strike
all its lines in one draw. A line is denied when any cause strikes: p = 1 - product of (1 - hazard).
"""

from collections.abc import Callable

import numpy as np

from data.simulator.catalogue import Flags, Floats, catalogue
from data.simulator.claims import INACTIVE, INVALID, MISSING, NONE, REPLACEMENT, UNVERIFIED
from data.simulator.facts import Scene
from data.simulator.policies import FAMILIES

Hazard = Callable[[Scene], Floats]


def auth_missing(scene: Scene) -> Floats:
    """No authorisation number, where the payer's list and the place of service ask for one."""
    missing = scene.asked_first & ~scene.of_claim(scene.claims.forms.auth)
    return scene.on_lines(scene.settings.effects.auth_missing, missing)


def auth_expired(scene: Scene) -> Floats:
    """The authorisation ended before the service."""
    claims = scene.claims
    sights = claims.sights
    ended = (sights.auth_to != NONE) & (sights.auth_to < claims.visits.service)
    late = scene.asked_first & scene.of_claim(sights.seen & claims.forms.auth & ended)
    return scene.on_lines(scene.settings.effects.auth_expired, late)


def auth_other_procedure(scene: Scene) -> Floats:
    """Another procedure was authorised than the one billed."""
    sights, lines = scene.claims.sights, scene.claims.lines
    named = scene.of_claim(sights.seen & (sights.auth_procedure != NONE))
    other = scene.asked_first & named & (sights.auth_procedure[lines.claim] != lines.procedure)
    return scene.on_lines(scene.settings.effects.auth_other_procedure, other)


def off_coverage(scene: Scene) -> Floats:
    """The first diagnosis that the line points at is not on the payer's list; worse without an indication."""
    bare = scene.of_claim(scene.signed & ~scene.claims.sights.indication)
    return _off_coverage(scene, bare=bare)


def off_coverage_signed(scene: Scene) -> Floats:
    """The same if every report said why the study was made."""
    return _off_coverage(scene, bare=np.zeros(len(scene.in_pair), np.bool_))


def _off_coverage(scene: Scene, *, bare: Flags) -> Floats:
    lines, effects = scene.claims.lines, scene.settings.effects
    shown = catalogue()
    fits = shown.fits[shown.region[lines.procedure], lines.diagnosis]
    off = ~scene.policies.covers[scene.line_payer, lines.procedure, lines.diagnosis] & fits
    plain = scene.on_lines(effects.off_coverage, off & ~bare)
    worse = scene.on_lines(effects.off_coverage_no_indication, off & bare)
    return plain + worse + scene.on_lines(effects.diagnosis_elsewhere_necessity, ~fits)


def attachment_missing(scene: Scene) -> Floats:
    """No attachment where the payer wants one."""
    missing = scene.wants_papers & ~scene.of_claim(scene.claims.forms.attachment)
    return scene.on_lines(scene.settings.effects.attachment_missing, missing)


def report_unsigned(scene: Scene) -> Floats:
    """The report was not signed when the claim went out."""
    unsigned = scene.claims.sights.seen & ~scene.signed
    return scene.on_lines(scene.settings.effects.report_unsigned, scene.of_claim(unsigned))


def images_unlinked(scene: Scene) -> Floats:
    """The payer wants papers, and the images are not confirmed to be linked."""
    unlinked = scene.of_claim(scene.claims.sights.seen & ~scene.claims.sights.linked)
    return scene.on_lines(scene.settings.effects.images_unlinked, unlinked & scene.wants_papers)


def referring_missing(scene: Scene) -> Floats:
    """No referring provider."""
    missing = scene.claims.forms.referring_state == MISSING
    return scene.on_claims(scene.settings.effects.referring_missing, missing)


def referring_invalid(scene: Scene) -> Floats:
    """A referring number that fails its check digit."""
    invalid = scene.claims.forms.referring_state == INVALID
    return scene.on_claims(scene.settings.effects.referring_invalid, invalid)


def first_payer_unpriced(scene: Scene) -> Floats:
    """Sent as secondary without saying what the first payer paid."""
    unpriced = scene.claims.forms.secondary & ~scene.claims.forms.priced
    return scene.on_claims(scene.settings.effects.secondary_unpriced, unpriced)


def original_unnamed(scene: Scene) -> Floats:
    """A replacement that does not name the claim it replaces."""
    forms = scene.claims.forms
    unnamed = (forms.frequency == REPLACEMENT) & ~forms.names_original
    return scene.on_claims(scene.settings.effects.original_unnamed, unnamed)


def coverage_over(scene: Scene) -> Floats:
    """Not covered on the service date, as far as registration knows; more where it knows nothing."""
    sights, effects = scene.claims.sights, scene.settings.effects
    inactive = sights.eligibility == INACTIVE
    over = (sights.coverage_ends != NONE) & (sights.coverage_ends < scene.claims.visits.service)
    effect = np.where(sights.eligibility == UNVERIFIED, effects.unverified, 0.0)
    effect = np.where(over, effects.coverage_over, effect)
    effect = np.where(inactive, effects.coverage_inactive, effect)
    return np.where(sights.seen, effect, effects.no_context)


def other_payer_first(scene: Scene) -> Floats:
    """Another payer is primary, and this one was billed first."""
    forms, sights, effects = scene.claims.forms, scene.claims.sights, scene.settings.effects
    wrong = sights.seen & sights.other_primary & ~forms.secondary
    unknown = np.where(sights.seen, 0.0, effects.no_context) + np.where(
        forms.secondary, effects.second_payer, 0.0
    )
    return scene.on_claims(effects.other_primary, wrong) + np.where(wrong, 0.0, unknown)


def modifier_wrong(scene: Scene) -> Floats:
    """Whole, professional or technical part, against the contract of this facility with this payer."""
    visits, lines = scene.claims.visits, scene.claims.lines
    agreed = scene.policies.component[visits.facility[lines.claim], scene.line_payer]
    return scene.on_lines(scene.settings.effects.modifier_wrong, lines.component != agreed)


def side_missing(scene: Scene) -> Floats:
    """No side on what comes in pairs."""
    lines = scene.claims.lines
    bare = catalogue().paired[lines.procedure] & (lines.side == 0)
    return scene.on_lines(scene.settings.effects.side_missing, bare)


def diagnosis_elsewhere(scene: Scene) -> Floats:
    """A diagnosis of another part of the body."""
    lines, shown = scene.claims.lines, catalogue()
    elsewhere = ~shown.fits[shown.region[lines.procedure], lines.diagnosis]
    return scene.on_lines(scene.settings.effects.diagnosis_elsewhere, elsewhere)


def bundled(scene: Scene) -> Floats:
    """Part of another line; modifier 59 helps at payers that honour it."""
    return pair_struck(scene, marked=scene.marked("59"))


def pair_struck(scene: Scene, *, marked: Flags) -> Floats:
    """The hazard of lines that belong to another one, if these [lines] carry modifier 59."""
    effects = scene.settings.effects
    honoured = np.where(
        scene.policies.honours_59[scene.line_payer], effects.bundled_marked, effects.bundled_marked_ignored
    )
    effect = np.where(marked, honoured, effects.bundled)
    return np.where(scene.in_pair, effect, 0.0)


def sent_before(scene: Scene) -> Floats:
    """Every line was on an earlier claim; modifier 76 says that the study was repeated."""
    effects = scene.settings.effects
    twice = scene.all_lines(scene.sent_before)
    repeated = scene.all_lines(scene.marked("76"))
    single = (scene.claims.n_lines == 1) & scene.all_lines(
        catalogue().modality[scene.claims.lines.procedure] == "x-ray"
    )
    effect = np.where(single, effects.repeat_unmarked, effects.resent)
    return np.where(twice, np.where(repeated, effects.repeat_marked, effect), 0.0)


def past_limit(scene: Scene) -> Floats:
    """Sent after the payer's filing limit: a soft step, as payers count the days differently."""
    visits, effects = scene.claims.visits, scene.settings.effects
    days = visits.submitted - visits.service
    over = (days - scene.policies.filing_limit[visits.payer]) / effects.limit_softness_days
    late = effects.past_limit / (1 + np.exp(-np.clip(over, -40, 40)))
    # A correction is timely when its original was.
    return np.where(scene.claims.forms.frequency == REPLACEMENT, 0.0, late)


def excluded(scene: Scene) -> Floats:
    """A procedure that the payer never pays, or whose new code it does not know yet."""
    lines = scene.claims.lines
    known = scene.policies.knows_from[scene.line_payer, lines.procedure]
    never = scene.policies.excludes[scene.line_payer, lines.procedure]
    never |= scene.claims.visits.service[lines.claim] < known
    return scene.on_lines(scene.settings.effects.not_covered, never)


def not_enrolled(scene: Scene) -> Floats:
    """The rendering radiologist was not yet enrolled with the payer."""
    visits = scene.claims.visits
    early = visits.service < scene.policies.enrolled_from[visits.rendering, visits.payer]
    return scene.on_claims(scene.settings.effects.not_enrolled, early)


def too_soon(scene: Scene) -> Floats:
    """A study of the same kind was claimed before, and the payer pays for the next one only later."""
    return scene.on_lines(scene.settings.effects.too_soon, scene.too_soon)


def without_cause(family: str) -> Hazard:
    """What a payer strikes for without a cause that shows."""
    number = FAMILIES.index(family)

    def hazard(scene: Scene) -> Floats:
        rate: float = getattr(scene.settings.base, family)
        errors = scene.policies.errors[:, number]
        return np.asarray(rate * errors[scene.line_payer])

    return hazard
