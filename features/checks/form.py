"""FORM, second part: what the form says and can't be so, by the guide of the professional claim (005010X222A1)."""

import re

import numpy as np

from data.codes import place_kind
from features.checks.forms import came_as_x12, professional
from features.checks.registry import Change
from features.checks.required import SHELF as SHELF
from features.formula import Formula, where
from features.line import Line

MOST_LINES = 50
"""Lines that a professional claim may hold."""
PROCEDURE = re.compile(r"[0-9A-Z][0-9]{3}[0-9A-Z]")


def is_misshapen(procedure: str) -> float:
    """Whether it can't be a CPT or HCPCS code: five characters, the middle ones digits."""
    return float(PROCEDURE.fullmatch(procedure) is None)


def is_unknown_place(place: str) -> float:
    """Whether CMS's list has no such place of service."""
    return float(place_kind(place) == "unknown")


@SHELF.check(
    "missing_field",
    severity="block",
    reason="16/MA81",
    sentence="The claim does not say that the provider's signature is on file.",
    fix="Have the provider sign, and set the signature on the claim to Y.",
    field="provider_signature",
    changes=[Change("provider_signature", value="Y")],
    is_of_claim=True,
)
def signature_missing(line: Line) -> Formula:
    """The provider's signature must be on file: Y.

    Unknown on institutional claims, and where it isn't given on a claim that didn't come as X12.
    Source: 005010X222A1, CLM06 of 2300.
    """
    given = line.word("provider_signature")
    return ~given.is_in("Y") & (given.present | came_as_x12(line)) & professional(line)


@SHELF.check(
    "missing_field",
    severity="block",
    reason="16/MA75",
    sentence="The claim does not say that the patient allowed the release of information.",
    fix="Get the patient's consent, and set the release on the claim to Y.",
    field="release",
    changes=[Change("release", value="Y")],
    is_of_claim=True,
    owner="front desk",
)
def release_missing(line: Line) -> Formula:
    """The patient's consent must be on file: Y, or I where the law asks for none.

    Unknown where it isn't given on a claim that didn't come as X12. Source: 005010X222A1, CLM09 of 2300.
    """
    given = line.word("release")
    return ~given.is_in("Y", "I") & (given.present | came_as_x12(line))


@SHELF.check(
    "missing_field",
    severity="warn",
    reason="16/MA130",
    sentence="The claim does not say that the patient lets the payer pay the provider.",
    fix="Get the patient's assignment of benefits, and set it on the claim to Y.",
    field="benefits_assigned",
    changes=[Change("benefits_assigned", value="Y")],
    is_of_claim=True,
    owner="front desk",
)
def benefits_not_assigned(line: Line) -> Formula:
    """Without Y (or W: not applicable) the payer may pay the patient.

    Unknown where it isn't given on a claim that didn't come as X12. Source: 005010X222A1, CLM08 of 2300.
    """
    given = line.word("benefits_assigned")
    return ~given.is_in("Y", "W") & (given.present | came_as_x12(line))


@SHELF.check(
    "place",
    severity="block",
    reason="16/M77",
    sentence="There is no place of service {place_of_service}.",
    fix="Correct the place of service.",
    changes=[Change("place_of_service", is_obtained=True)],
    owner="coder",
)
def place_unknown(line: Line) -> Formula:
    """A place must be one of CMS's list; unknown without one, and on institutional claims.

    Source: CMS, place of service codes; 005010X222A1, CLM05-1 and SV105.
    """
    return line.word("place_of_service").number(is_unknown_place) & professional(line)


@SHELF.check(
    "procedure",
    severity="block",
    reason="16/M51",
    sentence="{procedure} cannot be a procedure code.",
    fix="Correct the code: five characters, as in the code list of that year.",
    changes=[Change("procedure", is_obtained=True)],
    owner="coder",
)
def procedure_malformed(line: Line) -> Formula:
    """CPT and HCPCS codes have five characters; unknown without one. Source: 005010X222A1, SV101-2 with SV101-1 HC."""
    qualifier = line.word("procedure_qualifier")
    other_list = qualifier.present & ~qualifier.is_in("HC")
    return line.word("procedure").number(is_misshapen).only_where(~other_list)


@SHELF.check(
    "units",
    severity="block",
    reason="16/M53",
    sentence="The line has no units, or none above zero.",
    fix="Put the number of units on the line.",
    changes=[Change("units", value="1")],
    owner="coder",
)
def units_missing(line: Line) -> Formula:
    """A line needs a quantity above 0. Source: 005010X222A1, SV104 of 2400."""
    return ~(line.number("units") > 0).surely


@SHELF.check(
    "amount",
    severity="warn",
    reason="16/M79",
    sentence="{procedure} is charged at zero.",
    fix="Put the charge on the line, or take the line off.",
    changes=[Change("charge_cents", is_obtained=True)],
)
def charge_zero(line: Line) -> Formula:
    """A charge of 0 is allowed, and paid with nothing; unknown without a charge. Source: 005010X222A1, SV102 of 2400."""
    return line.number("charge_cents") <= 0


@SHELF.check(
    "amount",
    severity="block",
    reason="16/M54",
    sentence="The charges of the lines do not add up to the total of {claim_charge_cents}.",
    fix="Correct the total charge or the lines.",
    field="claim_charge_cents",
    changes=[Change("claim_charge_cents", is_obtained=True)],
    is_of_claim=True,
)
def total_not_the_sum(line: Line) -> Formula:
    """The total charge must be the sum of the lines' charges; unknown without a total, or a charge on this line.

    Source: 005010X222A1, CLM02 of 2300 (must balance to the sum of SV102).
    """
    differs = ~line.alike("claim_total_cents").equals(line.number("claim_charge_cents"))
    return differs.only_where(line.number("charge_cents").known)


@SHELF.check(
    "other_payer",
    severity="block",
    reason="16/MA04",
    sentence="This payer comes after another one, and the claim does not say what that one paid.",
    fix="Take what the first payer paid from its remittance, and put it on the claim.",
    field="other_payer_paid_cents",
    changes=[Change("other_payer_paid_cents", is_obtained=True)],
    is_of_claim=True,
    owner="front desk",
)
def first_payment_missing(line: Line) -> Formula:
    """A second or third payer needs what the one before it paid; unknown without this payer's turn.

    Source: 005010X222A1, AMT*D of 2320, SVD of 2430; SBR01 of 2000B.
    """
    sequence = line.word("payer_sequence")
    unpriced = ~sequence.is_in("P") & ~line.number("other_payer_paid_cents").known
    return unpriced.only_where(sequence.present)


@SHELF.check(
    "other_payer",
    severity="block",
    reason="16/MA92",
    sentence="This payer comes after another one, and the claim does not name that one.",
    fix="Put the other payer on the claim.",
    field="n_other_payers",
    changes=[Change("other_payer_id", is_obtained=True)],
    is_of_claim=True,
    owner="front desk",
)
def first_payer_missing(line: Line) -> Formula:
    """A second or third payer needs to know the ones before it; unknown without this payer's turn.

    Source: 005010X222A1, 2320 with 2330B; SBR01 of 2000B.
    """
    sequence = line.word("payer_sequence")
    unnamed = ~sequence.is_in("P") & ~(line.number("n_other_payers") > 0).surely
    return unnamed.only_where(sequence.present)


@SHELF.check(
    "same_claim",
    severity="block",
    reason="16/MA130",
    sentence="The claim holds {n_lines} lines, and a form has room for 50.",
    fix="Split the claim in two.",
    field="n_lines",
    changes=[Change("n_lines", value="50")],
    is_of_claim=True,
)
def too_many_lines(line: Line) -> Formula:
    """A professional claim may hold 50 lines; unknown for other forms. Source: 005010X222A1, LX of 2400."""
    professional = where(line.word("transaction").is_in("837P"), 1.0, np.nan)
    return (line.number("n_lines") > MOST_LINES) & professional
