"""What lines are made of in a biller's eyes: components, states and kinds that features and history keys share."""

from functools import cache
from itertools import product

import numpy as np

from data.codes import place_kind, procedure_info
from data.schema import DIAGNOSES, MODIFIERS, POINTERS
from features.columns import FEW, Bools, Codes, Floats, Hashes, Indices, Lines, chosen, differ

FILING_STEPS = (3, 7, 14, 30, 45, 60, 75, 90, 105, 120, 150, 180, 270, 365)
"""Days to submit, cut where payers usually cut."""

CHECK_STEPS = (0, 3, 14, 30)
"""Days between the eligibility check and the service, cut where checks go stale."""


def has_modifier(lines: Lines, *wanted: str) -> Bools:
    """Where any of the line's modifiers is one of these."""
    found = np.zeros(lines.n, dtype=np.bool_)
    for name in MODIFIERS:
        column = lines.text(name)
        if column.values:
            found |= column.is_in(*wanted)
    return found


def component(lines: Lines) -> Codes:
    """26 (the reading), TC (the picture) or global (both)."""

    def make(on: Lines) -> Codes:
        kinds = np.where(has_modifier(on, "26"), 0, np.where(has_modifier(on, "TC"), 1, 2))
        return Codes(kinds.astype(np.int32), ("26", "TC", "global"))

    return lines.derived("component", make)


def modality(lines: Lines) -> Codes:
    """The modality of the procedure: ct, mri, ultrasound, ..."""
    return lines.derived(
        "modality", lambda on: on.text("procedure").words(lambda code: procedure_info(code).modality)
    )


def body_region(lines: Lines) -> Codes:
    """The body region of the procedure."""
    return lines.derived(
        "body_region", lambda on: on.text("procedure").words(lambda code: procedure_info(code).body_region)
    )


def place(lines: Lines) -> Codes:
    """Facility (hospital and the like, which bills its own technical part) or non-facility."""
    return lines.derived("place", lambda on: on.text("place_of_service").words(place_kind))


def pointed_diagnosis(lines: Lines) -> Codes:
    """The first diagnosis that the line points at; the claim's first where the form has no pointers."""

    def make(on: Lines) -> Codes:
        first = on.number(POINTERS[0])
        pointer = np.where(np.isnan(first), 1.0, first).astype(np.int64) - 1
        highest = int(pointer.max(initial=-1)) + 1
        return chosen([on.text(name) for name in DIAGNOSES[:highest]], pointer)

    return lines.derived("pointed_diagnosis", make)


def diagnosis_category(lines: Lines) -> Codes:
    """The category of that diagnosis: its first three characters."""
    return lines.derived("diagnosis_category", lambda on: pointed_diagnosis(on).words(lambda code: code[:3]))


def auth_state(lines: Lines) -> Codes:
    """How the line stands with its authorization: no number anywhere, only in our records, on the claim, or at odds
    with what was authorized (other procedure, other day).
    """

    def make(on: Lines) -> Codes:
        on_claim, known = on.text("auth_number").present, on.text("context_auth_number").present
        state = np.where(on_claim, 2, np.where(known, 1, 0))
        state = np.where((state > 0) & auth_at_odds(on), 3, state)
        return Codes(state.astype(np.int32), ("absent", "in our records", "on the claim", "at odds"))

    return lines.derived("auth_state", make)


def auth_at_odds(lines: Lines) -> Bools:
    """Where the authorization in our records is for another procedure, or not for the day of service."""
    service = lines.number("service_from")
    with np.errstate(invalid="ignore"):
        outside = (service < lines.number("context_auth_valid_from")) | (
            service > lines.number("context_auth_valid_to")
        )
    at_odds: Bools = outside | differ(lines.text("context_auth_procedure"), lines.text("procedure"))
    return at_odds


def laterality_state(lines: Lines) -> Codes:
    """Whether a paired structure says its side: not paired, said, missing."""

    def make(on: Lines) -> Codes:
        paired = on.text("procedure").number(lambda code: float(procedure_info(code).paired), missing=0.0) > 0
        said = has_modifier(on, "LT", "RT", "50")
        return Codes(
            np.where(paired, np.where(said, 1, 2), 0).astype(np.int32), ("not paired", "said", "missing")
        )

    return lines.derived("laterality", make)


def days_to_submit(lines: Lines) -> Floats:
    """Days from the service to the submission."""
    return lines.number("submitted_on") - lines.number("service_from")


def service_day(lines: Lines) -> Hashes:
    """The day of service as a number; 0, which is no key, where it isn't known."""
    day = lines.number("service_from")
    return np.where(np.isnan(day), 0.0, day + 1_000_000.0).astype(np.uint64)


def stepped(values: Floats, steps: tuple[int, ...], unknown: str = "unknown") -> Codes:
    """Days as steps, with a word for the unknown."""
    step = np.searchsorted(np.array(steps, dtype=np.float64), values)
    codes = np.where(np.isnan(values), len(steps) + 1, step).astype(np.int32)
    return Codes(codes, _step_words(steps, unknown))


@cache
def _step_words(steps: tuple[int, ...], unknown: str) -> tuple[str, ...]:
    return (*(f"to {step}" for step in steps), "beyond", unknown)


def combined(*flags: Bools | Floats) -> Codes:
    """Several yes/no/unknown answers as one word of 0, 1 and ?."""
    state: Indices = np.zeros(len(flags[0]), dtype=np.int32)
    for flag in flags:
        digit = flag if flag.dtype == np.bool_ else np.where(np.isnan(flag), 2, flag)
        state = state * 3 + digit.astype(np.int32)
    return Codes(state, _answers(len(flags)))


@cache
def _answers(width: int) -> tuple[str, ...]:
    """All words of that many answers, each 0, 1 or ?, in the order that counting to base three gives."""
    return tuple(map("".join, product("01?", repeat=width)))


def missing_fields(lines: Lines) -> Codes:
    """Which of the fields that payers ask for are missing from the claim."""
    wanted = ("referring_npi", "rendering_npi", "facility_npi", "referral_number", POINTERS_FIELD)
    flags = [~lines.text(name).present for name in wanted[:-1]]
    return combined(*flags, np.isnan(lines.number(POINTERS[0])))


POINTERS_FIELD = POINTERS[0]


def documents(lines: Lines) -> Codes:
    """How far the papers were when the claim was sent: report signed, study complete, images linked."""
    unknown = (
        np.isnan(lines.number("context_study_complete")) & ~lines.text("context_accession_study").present
    )
    signed = np.where(np.isnan(lines.number("context_report_signed_on")), np.where(unknown, np.nan, 0.0), 1.0)
    return combined(
        signed,
        lines.number("context_study_complete"),
        lines.number("context_image_link_confirmed"),
        lines.number("context_report_has_indication"),
    )


def modifier_set(lines: Lines) -> Hashes:
    """One hash for the line's modifiers, in whatever order they stand."""
    total = np.ones(lines.n, dtype=np.uint64)  # 0 would mean: no key
    for name in MODIFIERS:
        total += lines.text(name).hashes(missing=0)
    return total


def companions(lines: Lines) -> Hashes:
    """One hash for the other procedures of the same claim, whatever their order; the same for none."""
    own, claim = lines.text("procedure").hashes(), lines.claims()
    total = np.zeros(int(claim.max(initial=-1)) + 1, dtype=np.uint64)
    np.add.at(total, claim, own)
    return total[claim] - own + np.uint64(1)


def beside(lines: Lines) -> Codes:
    """The claim's other procedure whose code is nearest, of the same modality: the one a payer would pair it with.

    Of two that are as near, the lower code. Missing where the claim has no other procedure of that modality.
    """
    return lines.derived("beside", _beside)


def _beside(lines: Lines) -> Codes:
    procedure, kind, claim = lines.text("procedure"), modality(lines).codes, lines.claims()
    number = procedure.number(lambda code: float(code) if code.isdigit() else np.nan)
    order = np.lexsort((number, kind, claim))
    nearest = np.full(lines.n, -1, dtype=np.int64)
    gap = np.full(lines.n, np.inf)
    # Lower neighbours first, so that they win a tie.
    for step in (*range(-REACH, 0), *range(1, REACH + 1)):
        here, there = (order[:-step], order[step:]) if step > 0 else (order[-step:], order[:step])
        apart = np.abs(number[here] - number[there])
        together = (claim[here] == claim[there]) & (kind[here] == kind[there])
        better = together & (apart > 0) & (apart < gap[here])
        nearest[here[better]], gap[here[better]] = there[better], apart[better]
    codes = np.where(nearest >= 0, procedure.codes[nearest], -1).astype(procedure.codes.dtype)
    return Codes(codes, procedure.values)


REACH = 3
"""Places in the order of codes within which the nearest other code is looked for: equal codes may lie between."""


def others_alike(lines: Lines, what: Hashes) -> Floats:
    """How many other lines of the same claim have the same hash."""
    if lines.n <= FEW:
        claim = lines.claims()
        alike_by_two = (what[:, None] == what) & (claim[:, None] == claim)
        found: Floats = alike_by_two.sum(axis=1) - 1.0
        return found
    alike = np.unique(what, return_inverse=True)[1].astype(np.int64) + lines.claims() * (lines.n + 1)
    _, group, count = np.unique(alike, return_inverse=True, return_counts=True)
    others: Floats = count[group].astype(np.float64) - 1.0
    return others
