"""The causes that payers strike for: each with its reason family, what is told, and where in the work it began."""

from dataclasses import dataclass

import numpy as np

from data.simulator import hazards
from data.simulator.catalogue import Floats
from data.simulator.facts import Scene
from data.simulator.hazards import Hazard
from data.simulator.policies import FAMILIES


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
    _line("auth_missing", "authorization", "197", hazards.auth_missing),
    _line("auth_expired", "authorization", "198", hazards.auth_expired),
    _line("auth_other_procedure", "authorization", "284", hazards.auth_other_procedure),
    _line("authorization_error", "authorization", "197", hazards.without_cause("authorization")),
    _line("off_coverage", "medical_necessity", "50", hazards.off_coverage),
    _line("necessity_error", "medical_necessity", "50", hazards.without_cause("medical_necessity")),
    _line("attachment", "documentation", "16/N40", hazards.attachment_missing),
    _line("images_unlinked", "documentation", "16/N40", hazards.images_unlinked),
    _line("report_unsigned", "documentation", "16/M127", hazards.report_unsigned),
    _line("documentation_error", "documentation", "252/N706", hazards.without_cause("documentation")),
    _claim("referring_missing", "missing_information", "16/N265", hazards.referring_missing),
    _claim("referring_invalid", "missing_information", "16/N286", hazards.referring_invalid),
    _claim("first_payer_unpriced", "missing_information", "16/MA04", hazards.first_payer_unpriced, "OA"),
    _claim("original_unnamed", "missing_information", "16/M47", hazards.original_unnamed),
    _line(
        "information_error", "missing_information", "16/N382", hazards.without_cause("missing_information")
    ),
    _claim("coverage_over", "eligibility", "27", hazards.coverage_over, "PR"),
    _line("eligibility_error", "eligibility", "27", hazards.without_cause("eligibility"), "PR"),
    _claim("other_payer_first", "coordination", "22", hazards.other_payer_first),
    _line("coordination_error", "coordination", "22", hazards.without_cause("coordination")),
    _line("modifier_wrong", "coding", "4", hazards.modifier_wrong),
    _line("side_missing", "coding", "4", hazards.side_missing),
    _line("diagnosis_elsewhere", "coding", "11", hazards.diagnosis_elsewhere),
    _line("coding_error", "coding", "4", hazards.without_cause("coding")),
    _line("bundled", "bundling", "97", hazards.bundled),
    _line("bundling_error", "bundling", "97", hazards.without_cause("bundling")),
    _claim("sent_before", "duplicate", "18", hazards.sent_before, "OA"),
    _line("duplicate_error", "duplicate", "18", hazards.without_cause("duplicate"), "OA"),
    _claim("past_limit", "timely_filing", "29", hazards.past_limit),
    _line("filing_error", "timely_filing", "29", hazards.without_cause("timely_filing")),
    _line("not_covered", "not_covered", "96/N130", hazards.excluded, "PR"),
    _line("not_covered_error", "not_covered", "96/N130", hazards.without_cause("not_covered"), "PR"),
    _claim("not_enrolled", "provider_enrollment", "B7", hazards.not_enrolled),
    _line("enrollment_error", "provider_enrollment", "B7", hazards.without_cause("provider_enrollment")),
    _line("too_soon", "benefit_limit", "119", hazards.too_soon, "PR"),
    _line("limit_error", "benefit_limit", "119", hazards.without_cause("benefit_limit"), "PR"),
)
"""Within a family the first cause that strikes is the one that is told."""

FAMILY_OF = np.array([FAMILIES.index(cause.family) for cause in CAUSES])


def all_hazards(scene: Scene) -> Floats:
    """[lines, causes]: the chance that each cause strikes each line."""
    columns = []
    for cause in CAUSES:
        hazard = cause.hazard(scene)
        columns.append(hazard[scene.claims.lines.claim] if cause.whole_claim else hazard)
    return np.stack(columns, axis=1).astype(np.float64)
