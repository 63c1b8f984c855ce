"""The authorization: is one needed, is there a number, and does what we know of it fit the line?"""

from features import parts
from features.formula import Formula
from features.line import Line
from features.registry import Shelf

SHELF = Shelf("authorization")
DESK = ("authorization", "missing_information", "medical_necessity", "benefit_limit", "other")


@SHELF.feature("authorization", unit="yes/no", families=DESK)
def no_auth_number(line: Line) -> Formula:
    """No authorization number is on the claim."""
    return ~parts.auth_given


@SHELF.feature("authorization", unit="yes/no", families=DESK)
def auth_required(line: Line) -> Formula:
    """The payer's list asks for an authorization of this procedure; unknown where the book says nothing."""
    return line.book("auth_required")


@SHELF.feature("authorization", unit="yes/no", families=DESK)
def auth_left_off(line: Line) -> Formula:
    """Our records hold an authorization number, and the claim doesn't carry it."""
    return parts.auth_known & ~parts.auth_given


@SHELF.feature("authorization", unit="yes/no", families=DESK)
def auth_number_differs(line: Line) -> Formula:
    """The number on the claim is not the one in our records; unknown where there aren't two."""
    return line.word("context_auth_number").differs(line.word("auth_number"))


@SHELF.feature("authorization", unit="yes/no", families=DESK)
def auth_for_other_procedure(line: Line) -> Formula:
    """The authorization is for another procedure than billed; unknown without our records."""
    return line.word("context_auth_procedure").differs(parts.procedure)


@SHELF.feature("authorization", unit="days", families=DESK)
def days_since_auth_began(line: Line) -> Formula:
    """Days from the first valid day of the authorization to the service; negative before it."""
    return line.number("service_from") - line.number("context_auth_valid_from")


@SHELF.feature("authorization", unit="days", families=DESK)
def days_since_auth_ended(line: Line) -> Formula:
    """Days from the last valid day of the authorization to the service; above 0 is too late."""
    return line.number("service_from") - line.number("context_auth_valid_to")


@SHELF.feature("authorization", unit="yes/no", families=DESK)
def auth_for_other_orderer(line: Line) -> Formula:
    """The authorization names another ordering provider; unknown without our records."""
    named = line.word("context_auth_ordering_npi")
    return named.differs(line.word("referring_npi")) & ~named.same(line.word("ordering_npi")).surely


@SHELF.feature("authorization", unit="yes/no", families=DESK)
def auth_for_other_facility(line: Line) -> Formula:
    """The authorization names another facility; unknown without our records."""
    return line.word("context_auth_facility_npi").differs(line.word("facility_npi"))


@SHELF.feature("authorization", unit="yes/no", families=DESK)
def auth_for_other_side(line: Line) -> Formula:
    """The authorization is for the other side of the body; unknown without our records."""
    authorized = line.word("context_auth_laterality")
    other = (authorized.is_in("LT") & parts.has_modifier("RT")) | (
        authorized.is_in("RT") & parts.has_modifier("LT")
    )
    return other.only_where(authorized.present)


@SHELF.feature("authorization", unit="units", families=DESK)
def units_over_auth(line: Line) -> Formula:
    """Units billed beyond those authorized."""
    return line.number("units") - line.number("context_auth_units")


@SHELF.feature("authorization", unit="0-3", families=DESK)
def auth_state(line: Line) -> Formula:
    """How the line stands: 0 no number, 1 only in our records, 2 on the claim, 3 at odds with what was authorized."""
    return parts.auth_state


@SHELF.feature("referral", unit="yes/no", families=DESK)
def no_referral_number(line: Line) -> Formula:
    """No referral number is on the claim."""
    return ~line.word("referral_number").present
