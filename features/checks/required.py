"""FORM, first part: what the guide of the professional claim (005010X222A1) requires, a check of its own for each field."""

from dataclasses import dataclass

from features.checks.forms import came_as_x12, professional
from features.checks.registry import Change, CheckShelf
from features.formula import Formula
from features.line import Line

SHELF = CheckShelf("form")
"""The checks of this file, and behind them those of `features.checks.form`."""


@dataclass(frozen=True, slots=True)
class Required:
    """A field that every claim (or line) must have."""

    id: str
    field: str
    segment: str
    """Where the guide has it."""
    reason: str
    sentence: str
    fix: str
    concept: str = "missing_field"
    severity: str = "block"
    is_of_claim: bool = True
    is_number: bool = False
    is_of_x12: bool = False
    """Only X12 has it: a claim that came as JSON, FHIR or a table isn't at fault without it."""
    is_of_837p: bool = False
    """Only the professional claim has it."""
    owner: str | None = None


REQUIRED: tuple[Required, ...] = (
    Required(
        "member_id_missing",
        field="member_id",
        segment="NM109 of 2010BA",
        reason="16/N382",
        sentence="The claim has no member number.",
        fix="Take the member number from the insurance card, and put it on the claim.",
        owner="front desk",
    ),
    Required(
        "payer_id_missing",
        field="payer_id",
        segment="NM109 of 2010BB",
        reason="16/N418",
        sentence="The claim does not say which payer it is for.",
        fix="Put the payer's id on the claim.",
    ),
    Required(
        "diagnosis_missing",
        field="diagnosis_1",
        segment="HI*ABK of 2300",
        reason="16/M76",
        sentence="The claim has no diagnosis.",
        fix="Add the diagnosis that the study was done for, as the record has it.",
        concept="diagnosis",
        owner="coder",
    ),
    Required(
        "pointer_missing",
        field="pointer_1",
        segment="SV107-1 of 2400",
        reason="16/M76",
        sentence="The line points at no diagnosis.",
        fix="Point the line at the diagnosis that the study was done for.",
        concept="diagnosis_pointer",
        is_of_claim=False,
        is_number=True,
        owner="coder",
        is_of_837p=True,
        is_of_x12=True,
    ),
    Required(
        "place_missing",
        field="place_of_service",
        segment="CLM05-1 of 2300, SV105 of 2400",
        reason="16/M77",
        sentence="The line has no place of service.",
        fix="Put the place of service on the claim.",
        concept="place",
        is_of_claim=False,
        owner="coder",
        is_of_837p=True,
    ),
    Required(
        "procedure_missing",
        field="procedure",
        segment="SV101-2 of 2400",
        reason="16/M51",
        sentence="The line has no procedure code.",
        fix="Put the code of the study that was done on the line.",
        concept="procedure",
        is_of_claim=False,
        owner="coder",
        is_of_837p=True,
    ),
    Required(
        "charge_missing",
        field="charge_cents",
        segment="SV102 of 2400",
        reason="16/M79",
        sentence="The line has no charge.",
        fix="Put the charge on the line.",
        concept="amount",
        is_of_claim=False,
        is_number=True,
    ),
    Required(
        "total_charge_missing",
        field="claim_charge_cents",
        segment="CLM02 of 2300",
        reason="16/M54",
        sentence="The claim has no total charge.",
        fix="Put the sum of the lines' charges on the claim.",
        concept="amount",
        is_number=True,
    ),
    Required(
        "service_date_missing",
        field="service_from",
        segment="DTP*472 of 2400",
        reason="16/M52",
        sentence="The line has no day of service.",
        fix="Put the day of service on the line.",
        is_of_claim=False,
        is_number=True,
    ),
    Required(
        "relationship_missing",
        field="relationship",
        segment="SBR02 of 2000B or PAT01 of 2000C",
        reason="16/MA89",
        sentence="The claim does not say how the patient is related to the insured.",
        fix="Ask the patient, and put the relationship on the claim.",
        owner="front desk",
        is_of_x12=True,
    ),
    Required(
        "sex_missing",
        field="patient_sex",
        segment="DMG03 of 2010BA or 2010CA",
        reason="16/MA39",
        sentence="The claim does not say the patient's sex.",
        fix="Complete the registration, and put it on the claim.",
        owner="front desk",
        is_of_x12=True,
    ),
    Required(
        "birth_date_missing",
        field="birth_year",
        segment="DMG02 of 2010BA or 2010CA",
        reason="16/N329",
        sentence="The claim has no date of birth of the patient.",
        fix="Complete the registration, and put it on the claim.",
        is_number=True,
        owner="front desk",
        is_of_x12=True,
    ),
    Required(
        "frequency_missing",
        field="frequency",
        segment="CLM05-3 of 2300",
        reason="16/MA130",
        sentence="The claim does not say whether it is the first one or a correction.",
        fix="Set the frequency: 1 for a first claim, 7 to replace one, 8 to void one.",
        concept="duplicate",
        is_of_x12=True,
    ),
    Required(
        "payer_sequence_missing",
        field="payer_sequence",
        segment="SBR01 of 2000B",
        reason="16/MA83",
        sentence="The claim does not say whether this payer comes first, second or third.",
        fix="Ask which coverage comes first, and put this payer's turn on the claim.",
        concept="other_payer",
        owner="front desk",
        is_of_x12=True,
    ),
    Required(
        "plan_type_missing",
        field="plan_type",
        segment="SBR09 of 2000B",
        reason="16/MA130",
        sentence="The claim does not say what kind of plan it is for.",
        fix="Put the kind of plan (the claim filing code) on the claim.",
        concept="plan",
        severity="warn",
        is_of_x12=True,
    ),
    Required(
        "assignment_missing",
        field="assignment",
        segment="CLM07 of 2300",
        reason="16/MA130",
        sentence="The claim does not say whether assignment is accepted.",
        fix="Set the assignment code on the claim.",
        is_of_x12=True,
    ),
)


def _rule(required: Required) -> str:
    told = f"Every {'claim' if required.is_of_claim else 'line'} must have it."
    if required.is_of_x12:
        told += " Unknown for claims that didn't come as X12."
    return f"{told} Unknown for institutional claims (837I)." if required.is_of_837p else told


def _put(required: Required) -> None:
    """A check that trips where the field is empty: never unknown, but for what only X12 has."""

    def check(line: Line) -> Formula:
        given = line.number(required.field).known if required.is_number else line.word(required.field).present
        missing = ~given & came_as_x12(line) if required.is_of_x12 else ~given
        return missing & professional(line) if required.is_of_837p else missing

    check.__name__ = required.id
    check.__doc__ = f"{_rule(required)} Source: 005010X222A1, {required.segment}."
    SHELF.check(
        required.concept,
        severity=required.severity,
        reason=required.reason,
        sentence=required.sentence,
        fix=required.fix,
        field=required.field,
        changes=[Change(required.field, is_obtained=True)],
        is_of_claim=required.is_of_claim,
        owner=required.owner,
    )(check)


for _required in REQUIRED:
    _put(_required)
