"""Why payers deny: one hazard a cause, each an explicit function of facts that can be seen.

A hazard is the chance that its cause strikes a line, whatever the other causes do. Causes of the whole claim strike
all its lines in one draw. A line is denied when any cause strikes: p = 1 - product of (1 - hazard).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from data.simulator.catalogue import Flags, Floats, catalogue
from data.simulator.claims import INACTIVE, INVALID, MISSING, NONE, REPLACEMENT, UNVERIFIED
from data.simulator.facts import Scene
from data.simulator.policies import FAMILIES

Hazard = Callable[[Scene], Floats]


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that payers strike for."""

    name: str
    family: str
    whole_claim: bool
    reason: str
    """Where payers agree: CARC, or CARC/RARC."""
    group_code: str
    hazard: Hazard
    stage: str
    """The step of the provider's work that failed; for errors of the payer, its own."""

    @property
    def is_error(self) -> bool:
        """The payer strikes without a cause that shows."""
        return self.name.endswith("_error")


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


def _without_cause(family: str) -> Hazard:
    """What a payer strikes for without a cause that shows."""
    number = FAMILIES.index(family)

    def hazard(scene: Scene) -> Floats:
        rate: float = getattr(scene.settings.base, family)
        errors = scene.policies.errors[:, number]
        return np.asarray(rate * errors[scene.line_payer])

    return hazard


REGISTRATION = "registration & eligibility"
AUTHORIZATION = "prior authorization"
ORDER = "order & worklist"
ARCHIVE = "acquisition & archive"
REPORT = "interpretation & signed report"
CHARGES = "charge capture"
SUBMISSION = "submission & adjudication"
STAGES = (REGISTRATION, AUTHORIZATION, ORDER, ARCHIVE, REPORT, CHARGES, SUBMISSION)
"""Steps of the work, in order; what fails early shows at the end only."""
STAGE_OF = {
    "authorization": AUTHORIZATION,
    "medical_necessity": ORDER,
    "documentation": SUBMISSION,
    "missing_information": SUBMISSION,
    "eligibility": REGISTRATION,
    "coordination": REGISTRATION,
    "coding": CHARGES,
    "bundling": CHARGES,
    "duplicate": SUBMISSION,
    "timely_filing": SUBMISSION,
    "not_covered": REGISTRATION,
    "provider_enrollment": SUBMISSION,
    "benefit_limit": REGISTRATION,
}
STAGE_OF_CAUSE = {
    "images_unlinked": ARCHIVE,
    "report_unsigned": REPORT,
    "referring_missing": ORDER,
    "referring_invalid": ORDER,
    "first_payer_unpriced": REGISTRATION,
}
"""Where a cause begins at another step than the rest of its family."""


def _line(name: str, family: str, reason: str, hazard: Hazard, group_code: str = "CO") -> Cause:
    return Cause(name, family, False, reason, group_code, hazard, _stage(name, family))


def _claim(name: str, family: str, reason: str, hazard: Hazard, group_code: str = "CO") -> Cause:
    return Cause(name, family, True, reason, group_code, hazard, _stage(name, family))


def _stage(name: str, family: str) -> str:
    return SUBMISSION if name.endswith("_error") else STAGE_OF_CAUSE.get(name, STAGE_OF[family])


CAUSES: tuple[Cause, ...] = (
    _line("auth_missing", "authorization", "197", auth_missing),
    _line("auth_expired", "authorization", "198", auth_expired),
    _line("auth_other_procedure", "authorization", "284", auth_other_procedure),
    _line("authorization_error", "authorization", "197", _without_cause("authorization")),
    _line("off_coverage", "medical_necessity", "50", off_coverage),
    _line("necessity_error", "medical_necessity", "50", _without_cause("medical_necessity")),
    _line("attachment", "documentation", "16/N40", attachment_missing),
    _line("images_unlinked", "documentation", "16/N40", images_unlinked),
    _line("report_unsigned", "documentation", "16/M127", report_unsigned),
    _line("documentation_error", "documentation", "252/N706", _without_cause("documentation")),
    _claim("referring_missing", "missing_information", "16/N265", referring_missing),
    _claim("referring_invalid", "missing_information", "16/N286", referring_invalid),
    _claim("first_payer_unpriced", "missing_information", "16/MA04", first_payer_unpriced, "OA"),
    _claim("original_unnamed", "missing_information", "16/M47", original_unnamed),
    _line("information_error", "missing_information", "16/N382", _without_cause("missing_information")),
    _claim("coverage_over", "eligibility", "27", coverage_over, "PR"),
    _line("eligibility_error", "eligibility", "27", _without_cause("eligibility"), "PR"),
    _claim("other_payer_first", "coordination", "22", other_payer_first),
    _line("coordination_error", "coordination", "22", _without_cause("coordination")),
    _line("modifier_wrong", "coding", "4", modifier_wrong),
    _line("side_missing", "coding", "4", side_missing),
    _line("diagnosis_elsewhere", "coding", "11", diagnosis_elsewhere),
    _line("coding_error", "coding", "4", _without_cause("coding")),
    _line("bundled", "bundling", "97", bundled),
    _line("bundling_error", "bundling", "97", _without_cause("bundling")),
    _claim("sent_before", "duplicate", "18", sent_before, "OA"),
    _line("duplicate_error", "duplicate", "18", _without_cause("duplicate"), "OA"),
    _claim("past_limit", "timely_filing", "29", past_limit),
    _line("filing_error", "timely_filing", "29", _without_cause("timely_filing")),
    _line("not_covered", "not_covered", "96/N130", excluded, "PR"),
    _line("not_covered_error", "not_covered", "96/N130", _without_cause("not_covered"), "PR"),
    _claim("not_enrolled", "provider_enrollment", "B7", not_enrolled),
    _line("enrollment_error", "provider_enrollment", "B7", _without_cause("provider_enrollment")),
    _line("too_soon", "benefit_limit", "119", too_soon, "PR"),
    _line("limit_error", "benefit_limit", "119", _without_cause("benefit_limit"), "PR"),
)
"""Within a family the first cause that strikes is the one that is told."""

FAMILY_OF = np.array([FAMILIES.index(cause.family) for cause in CAUSES])


def hazards(scene: Scene) -> Floats:
    """[lines, causes]: the chance that each cause strikes each line."""
    columns = []
    for cause in CAUSES:
        hazard = cause.hazard(scene)
        columns.append(hazard[scene.claims.lines.claim] if cause.whole_claim else hazard)
    return np.stack(columns, axis=1).astype(np.float64)
