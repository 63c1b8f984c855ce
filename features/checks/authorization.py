"""AUTH: is an authorization needed, is it there, and is it for what is billed?

What our records say of the authorization (its procedure, days, side, units, providers) is held against the claim. A
line that needs none by the payer's list passes; where the list says nothing, only advanced imaging is looked at:
one number often covers a claim on which plain studies, which need none, stand beside the one that was authorized.
"""

import numpy as np

from data.codes import procedure_info
from features import parts
from features.checks.registry import Change, CheckShelf
from features.formula import Formula, most, where
from features.line import Line

SHELF = CheckShelf("authorization")

LEFT = ("LT", "L", "LEFT")
RIGHT = ("RT", "R", "RIGHT")
BOTH = ("50", "B", "BI", "BILATERAL")
"""How records tell a side; on a claim it is LT, RT or 50."""

ADVANCED = ("CT", "MRI", "PET", "nuclear medicine")
"""What payers like to authorize first."""
OFTEN = 0.2
"""From this share of denials on a payer's habit is worth a word; rates are smoothed, so a few lines never reach it."""


def body_region(code: str) -> str | None:
    """The body region of a procedure; None for what is no imaging that we know."""
    region = procedure_info(code).body_region
    return None if region == "other" else region


def allows_left(side: str) -> float:
    """Whether an authorization of this side covers the left one; unknown for a word that names no side."""
    return _allows(side, LEFT, RIGHT)


def allows_right(side: str) -> float:
    """Whether an authorization of this side covers the right one; unknown for a word that names no side."""
    return _allows(side, RIGHT, LEFT)


def _allows(side: str, wanted: tuple[str, ...], other: tuple[str, ...]) -> float:
    said = side.strip().upper()
    return 1.0 if said in (*wanted, *BOTH) else 0.0 if said in other else np.nan


def _needed(line: Line) -> Formula:
    """Whether the line is one that an authorization is asked for: by the list, else yes for advanced imaging."""
    return line.book("auth_required").or_else(where(parts.modality.is_in(*ADVANCED), 1.0, np.nan))


@SHELF.check(
    "authorization",
    severity="block",
    reason="197",
    sentence="{procedure} needs an authorization at this payer, and no number is on the claim.",
    fix="Put the authorization number on the claim. If there is none yet, ask the payer for it.",
    changes=[Change("auth_number", is_obtained=True)],
)
def auth_absent(line: Line) -> Formula:
    """The payer's list asks for an authorization of this procedure in this place; the claim must carry its number.

    Source: the payer's authorization list; 005010X222A1, REF*G1 of 2300 (or 2400).
    """
    return line.book("auth_required") & ~line.word("auth_number").present


@SHELF.check(
    "authorization",
    severity="block",
    reason="197",
    sentence="Our records hold authorization {context_auth_number}, and the claim doesn't carry it.",
    fix="Put the authorization number from our records on the claim.",
    changes=[Change("auth_number", from_field="context_auth_number")],
)
def auth_left_off(line: Line) -> Formula:
    """A number that was obtained belongs on the claim, unless the payer's list says that none is needed.

    Unknown where neither the claim nor our records have a number. Source: 005010X222A1, REF*G1.
    """
    held = where(line.word("context_auth_number").present, 1.0, np.nan)
    return ~line.word("auth_number").present & held & line.book("auth_required").or_else(1.0)


@SHELF.check(
    "authorization",
    severity="warn",
    reason="15",
    sentence="The claim says authorization {auth_number}, and our records say {context_auth_number}.",
    fix="Find out which number is the right one, and put it on the claim.",
    changes=[Change("auth_number", from_field="context_auth_number")],
)
def auth_number_differs(line: Line) -> Formula:
    """The number on the claim must be the one that the payer gave. Source: CARC 15 (a number that doesn't apply)."""
    return line.word("auth_number").differs(line.word("context_auth_number"))


@SHELF.check(
    "authorization",
    severity="block",
    reason="284",
    sentence="The authorization is for {context_auth_procedure}, and {procedure} is billed.",
    fix="Ask the payer to change the authorization to the study that was done, then send the claim.",
    field="auth_procedure",
    changes=[Change("context_auth_procedure", from_field="procedure")],
)
def auth_other_procedure(line: Line) -> Formula:
    """The procedure billed must be the one authorized: the scanner's protocol often changes contrast or region.

    Source: CARC 284 (a valid number that is not for the services billed).
    """
    return _needed(line) & line.word("context_auth_procedure").differs(line.word("procedure"))


@SHELF.check(
    "authorization",
    severity="block",
    reason="284",
    sentence="The authorization is for another part of the body: {context_auth_procedure}, not {procedure}.",
    fix="Ask the payer for an authorization of the part that was imaged, then send the claim.",
    field="auth_procedure",
    changes=[Change("context_auth_procedure", from_field="procedure")],
)
def auth_other_body_part(line: Line) -> Formula:
    """What was authorized must be of the body part billed; graver than another protocol of the same part.

    Unknown where one of both is no imaging that we know. Source: CARC 284.
    """
    authorized = line.word("context_auth_procedure").words(body_region)
    return _needed(line) & authorized.differs(line.word("procedure").words(body_region))


@SHELF.check(
    "authorization",
    severity="block",
    reason="198",
    sentence="The authorization ended on {context_auth_valid_to}, and the service was on {service_from}.",
    fix="Ask the payer to extend the authorization to the day of service.",
    field="auth_valid_to",
    changes=[Change("context_auth_valid_to", from_field="service_to")],
)
def auth_expired(line: Line) -> Formula:
    """The authorization must hold on the last day of service. Source: CARC 198 (authorization exceeded)."""
    last = line.number("service_to").or_else(line.number("service_from"))
    return _needed(line) & (last > line.number("context_auth_valid_to"))


@SHELF.check(
    "authorization",
    severity="block",
    reason="197",
    sentence="The authorization starts on {context_auth_valid_from}, and the service was on {service_from}.",
    fix="Ask the payer whether it allows an authorization after the service, and have its first day moved.",
    field="auth_valid_from",
    changes=[Change("context_auth_valid_from", from_field="service_from")],
)
def auth_not_yet_valid(line: Line) -> Formula:
    """The authorization must hold on the first day of service. Source: CARC 197 (none at the time of service)."""
    return _needed(line) & (line.number("service_from") < line.number("context_auth_valid_from"))


@SHELF.check(
    "authorization",
    severity="warn",
    reason="15",
    sentence="The authorization names {context_auth_ordering_npi} as the one who ordered; the claim names another.",
    fix="Correct the ordering provider on the claim, or have the payer correct the authorization.",
    field="auth_ordering_npi",
    changes=[Change("referring_npi", from_field="context_auth_ordering_npi")],
)
def auth_other_orderer(line: Line) -> Formula:
    """The one who ordered (or referred) on the claim must be the one whom the authorization names.

    Unknown where the claim names neither. Source: 005010X222A1, NM1*DN of 2310A and NM1*DK of 2420E; CARC 15.
    """
    named = line.word("context_auth_ordering_npi")
    referring, ordering = line.word("referring_npi"), line.word("ordering_npi")
    fits = named.same(referring).surely | named.same(ordering).surely
    return (~fits).only_where(named.present & (referring.present | ordering.present))


@SHELF.check(
    "authorization",
    severity="warn",
    reason="15",
    sentence="The authorization is for facility {context_auth_facility_npi}; the claim has another one.",
    fix="Correct the facility on the claim, or have the payer correct the authorization.",
    field="auth_facility_npi",
    changes=[Change("facility_npi", from_field="context_auth_facility_npi")],
)
def auth_other_facility(line: Line) -> Formula:
    """The place where the study was done must be the one authorized.

    A claim names it only where it isn't the billing provider's own. Source: 005010X222A1, 2310C; CARC 15.
    """
    named, facility = line.word("context_auth_facility_npi"), line.word("facility_npi")
    return where(facility.present, named.differs(facility), named.differs(line.word("billing_npi")))


@SHELF.check(
    "authorization",
    severity="block",
    reason="15",
    sentence="The authorization is for side {context_auth_laterality}, and another side is billed.",
    fix="Look up in the report which side was imaged, and correct the modifier or the authorization.",
    field="auth_laterality",
    changes=[Change("context_auth_laterality", is_obtained=True)],
)
def auth_other_side(line: Line) -> Formula:
    """The side billed (LT, RT, or both by 50) must be authorized; unknown where the claim tells no side.

    Source: HCPCS modifiers LT and RT, CPT modifier 50; CARC 15.
    """
    authorized = line.word("context_auth_laterality")
    bills_left, bills_right = parts.has_modifier("LT", "50"), parts.has_modifier("RT", "50")
    beyond_left = bills_left & ~authorized.number(allows_left)
    beyond_right = bills_right & ~authorized.number(allows_right)
    return (beyond_left | beyond_right).only_where(bills_left | bills_right)


@SHELF.check(
    "authorization",
    severity="warn",
    reason="198",
    sentence="{units} units are billed, and {context_auth_units} are authorized.",
    fix="Correct the units, or ask the payer for an authorization of all of them.",
    field="auth_units",
    changes=[Change("units", from_field="context_auth_units")],
    needs_record_support=True,
)
def auth_units_exceeded(line: Line) -> Formula:
    """No more units may be billed than are authorized. Source: CARC 198 (authorization exceeded)."""
    return _needed(line) & (line.number("units") > line.number("context_auth_units"))


@SHELF.check(
    "authorization",
    severity="info",
    reason="197",
    sentence="This payer often denied studies like {procedure} without an authorization; no number is on the claim.",
    fix="Look up at the payer whether this study needs an authorization.",
    changes=[Change("auth_number", is_obtained=True)],
)
def auth_usually_asked(line: Line) -> Formula:
    """Our list says nothing, but of such lines without a number this payer denied two in ten or more for it.

    Such lines: of the same procedure, or of the same modality in the same kind of place. Unknown without a past, and
    left to `auth_absent` where the list says whether one is needed. Source: this payer's own answers.
    """
    of_procedure = line.past("history_payer_procedure_auth_authorization_rate")
    of_modality = line.past("history_payer_modality_auth_authorization_rate")
    silent = where(line.book("auth_required").known, np.nan, 1.0)
    return ~line.word("auth_number").present & (most(of_procedure, of_modality) >= OFTEN) & silent
