"""What a line is made of in a biller's eyes: components, states and kinds that features, checks and history keys share.

Words are kept as words; states are numbered, so that a history can be kept for each.
"""

from data.codes import body_parts, place_kind
from data.schema import MODIFIERS, POINTERS
from features import codes
from features.formula import Formula, Word, any_of, step, where
from features.line import LINE

FILING_STEPS = (3, 7, 14, 30, 45, 60, 75, 90, 105, 120, 150, 180, 270, 365)
"""Days to submit, cut where payers usually cut."""

CHECK_STEPS = (0, 3, 14, 30)
"""Days between the eligibility check and the service, cut where checks go stale."""

READING, PICTURE, WHOLE = 0.0, 1.0, 2.0
"""The numbers of a component: 26, TC, global."""

NO_NUMBER, IN_RECORDS, ON_CLAIM, AT_ODDS = 0.0, 1.0, 2.0, 3.0
NOT_PAIRED, SIDE_SAID, SIDE_MISSING = 0.0, 1.0, 2.0
ACTIVE, INACTIVE, UNVERIFIED, OTHER_STATUS, NO_STATUS = 0.0, 1.0, 2.0, 3.0, 4.0


procedure = LINE.word("procedure")
modality = procedure.words(codes.modality_of)
body_region = procedure.words(codes.region_of)
study_place = procedure.words(body_parts.study_place)
"""Where the study is made, finer than the region: the level of the spine, the joint, the vessels."""
place = LINE.word("place_of_service").words(place_kind)
"""Facility (hospital and the like, which bills its own technical part), non-facility or unknown."""

LUNG_SCREENING = ("71271", "G0297")
BREAST_SCREENING, BREAST_SLICES = ("77067", "G0202"), "77063"
screening = where(
    procedure.is_in(*LUNG_SCREENING),
    1.0,
    where(procedure.is_in(*BREAST_SCREENING), 2.0, where(procedure.is_in(BREAST_SLICES), 3.0, 0.0)),
)
"""Which screening it is: 1 lung, 2 breast, 3 the slices added to it, 0 none.

Studies made on a schedule: no other study of the same part is one of them, nor do they stand for another.
"""

pointed_diagnosis = LINE.word("pointed_diagnosis")
"""The first diagnosis that the line points at; the claim's first where the form has no pointers."""
diagnosis_category = pointed_diagnosis.words(codes.category_of)

beside = LINE.word("beside")
"""The claim's other procedure whose code is nearest, of the same modality: the one a payer would pair it with."""


def one_of(word: Word, *wanted: str) -> Formula:
    """Whether a value is one of these; unknown where it isn't given."""
    return word.is_in(*wanted).only_where(word.present)


def has_modifier(*wanted: str) -> Formula:
    """Whether any of the line's modifiers is one of these; never unknown."""
    return any_of(LINE.word(name).is_in(*wanted) for name in MODIFIERS)


in_facility = place.is_in("facility").only_where(place.is_in("facility", "non-facility"))
"""Whether the service was in a facility; unknown for no place, or one that we don't know."""

component = where(has_modifier("26"), READING, where(has_modifier("TC"), PICTURE, WHOLE))
"""26 (the reading), TC (the picture) or global (both)."""

billing = where(component.equals(WHOLE), 0.0, component + 1.0)
"""The component in the numbers of a contract in the policy book: 0 global, 1 reading, 2 picture."""

says_side = has_modifier("LT", "RT", "50")
side = where(has_modifier("LT"), 1.0, where(has_modifier("RT"), 2.0, 0.0))
"""1 left, 2 right, 0 none told (or both)."""

laterality_state = where(
    procedure.number(codes.is_paired, missing=0.0), where(says_side, SIDE_SAID, SIDE_MISSING), NOT_PAIRED
)
"""Whether a paired structure says its side."""

service_day = LINE.number("service_from")
days_to_submit = LINE.number("submitted_on") - service_day

auth_given = LINE.word("auth_number").present
auth_known = LINE.word("context_auth_number").present
auth_at_odds = (
    (service_day < LINE.number("context_auth_valid_from"))
    | (service_day > LINE.number("context_auth_valid_to"))
    | LINE.word("context_auth_procedure").differs(procedure)
)
"""The authorization in our records is for another procedure, or not for the day of service."""

auth_state = where(
    (auth_given | auth_known) & auth_at_odds.surely,
    AT_ODDS,
    where(auth_given, ON_CLAIM, where(auth_known, IN_RECORDS, NO_NUMBER)),
)
"""How the line stands with its authorization: no number anywhere, only in our records, on the claim, or at odds with
what was authorized (other procedure, other day)."""


def stepped(value: Formula, steps: tuple[int, ...]) -> Formula:
    """Which of the steps a number of days falls into, from 0; one more than the last for the unknown."""
    return step(value, steps).or_else(len(steps) + 1.0)


def combined(*flags: Formula) -> Formula:
    """Several answers as one number that tells them all: no, yes and unknown are the digits 0, 1 and 2."""
    first, *others = (flag.or_else(2.0) for flag in flags)
    for other in others:
        first = first * 3.0 + other
    return first


def _status(word: str) -> float:
    return {"active": ACTIVE, "inactive": INACTIVE, "unverified": UNVERIFIED}.get(word, OTHER_STATUS)


filing_step = stepped(days_to_submit, FILING_STEPS)
"""Days to submit, in steps that payers usually cut at."""

missing_fields = combined(
    ~LINE.word("referring_npi").present,
    ~LINE.word("rendering_npi").present,
    ~LINE.word("facility_npi").present,
    ~LINE.word("referral_number").present,
    ~LINE.number(POINTERS[0]).known,
)
"""Which of the fields that payers ask for are missing from the claim."""

in_records = (
    LINE.word("context_accession_study").present
    | LINE.word("context_accession_order").present
    | LINE.number("context_study_complete").known
)
"""Our records say something of the study; never unknown."""

report_signed = LINE.number("context_report_signed_on").known
_signed = where(
    report_signed
    | LINE.number("context_study_complete").known
    | LINE.word("context_accession_study").present,
    report_signed,
    float("nan"),
)
documents = combined(
    _signed,
    LINE.number("context_study_complete"),
    LINE.number("context_image_link_confirmed"),
    LINE.number("context_report_has_indication"),
)
"""How far the papers were when the claim was sent: report signed, study complete, images linked, indication told."""

attachment = combined(LINE.word("attachment_type").present, LINE.word("attachment_control").present)
"""Whether an attachment is announced, and by a number."""

coordination = combined(
    (LINE.number("n_other_payers") > 0).surely,
    LINE.word("payer_sequence").is_in("P"),
    LINE.number("context_other_payer_primary"),
    LINE.word("related_cause").present,
)
"""Who else may have to pay: other payers on the claim, this payer's turn, what the front desk noted, an accident."""

eligibility_status = LINE.word("context_eligibility_status").number(_status, missing=NO_STATUS)
coverage_ended = LINE.number("context_coverage_ends_on") < service_day
eligibility = (
    eligibility_status * (len(CHECK_STEPS) + 2.0)
    + stepped(service_day - LINE.number("context_eligibility_checked_on"), CHECK_STEPS)
) * 2.0 + coverage_ended.surely
"""What the eligibility check said, how old it was on the day of service, and whether coverage had ended by then."""
