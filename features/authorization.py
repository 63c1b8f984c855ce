"""The authorization: is there a number, and does what we know of it fit the line?"""

import numpy as np

from features import parts
from features.columns import Bools, Floats, Lines, differ, same
from features.registry import Shelf

SHELF = Shelf("authorization")
DESK = ("authorization", "missing_information", "medical_necessity", "benefit_limit", "other")


@SHELF.feature("authorization", unit="yes/no", families=DESK)
def no_auth_number(lines: Lines) -> Bools:
    """No authorization number is on the claim."""
    return ~lines.text("auth_number").present


@SHELF.feature("authorization", unit="yes/no", families=DESK)
def auth_left_off(lines: Lines) -> Bools:
    """Our records hold an authorization number, and the claim doesn't carry it."""
    return lines.text("context_auth_number").present & ~lines.text("auth_number").present


@SHELF.feature("authorization", unit="yes/no", families=DESK)
def auth_number_differs(lines: Lines) -> Bools:
    """The number on the claim is not the one in our records."""
    return differ(lines.text("context_auth_number"), lines.text("auth_number"))


@SHELF.feature("authorization", unit="yes/no", families=DESK)
def auth_for_other_procedure(lines: Lines) -> Floats:
    """The authorization is for another procedure than billed; unknown without our records."""
    return unless_unknown(
        lines,
        "context_auth_procedure",
        differ(lines.text("context_auth_procedure"), lines.text("procedure")),
    )


@SHELF.feature("authorization", unit="days", families=DESK)
def days_since_auth_began(lines: Lines) -> Floats:
    """Days from the first valid day of the authorization to the service; negative before it."""
    return lines.number("service_from") - lines.number("context_auth_valid_from")


@SHELF.feature("authorization", unit="days", families=DESK)
def days_since_auth_ended(lines: Lines) -> Floats:
    """Days from the last valid day of the authorization to the service; above 0 is too late."""
    return lines.number("service_from") - lines.number("context_auth_valid_to")


@SHELF.feature("authorization", unit="yes/no", families=DESK)
def auth_for_other_orderer(lines: Lines) -> Floats:
    """The authorization names another ordering provider; unknown without our records."""
    named = lines.text("context_auth_ordering_npi")
    other = differ(named, lines.text("referring_npi")) & ~same(named, lines.text("ordering_npi"))
    return unless_unknown(lines, "context_auth_ordering_npi", other)


@SHELF.feature("authorization", unit="yes/no", families=DESK)
def auth_for_other_facility(lines: Lines) -> Floats:
    """The authorization names another facility; unknown without our records."""
    return unless_unknown(
        lines,
        "context_auth_facility_npi",
        differ(lines.text("context_auth_facility_npi"), lines.text("facility_npi")),
    )


@SHELF.feature("authorization", unit="yes/no", families=DESK)
def auth_for_other_side(lines: Lines) -> Floats:
    """The authorization is for the other side of the body; unknown without our records."""
    side = lines.text("context_auth_laterality")
    other = (side.is_in("LT") & parts.has_modifier(lines, "RT")) | (
        side.is_in("RT") & parts.has_modifier(lines, "LT")
    )
    return unless_unknown(lines, "context_auth_laterality", other)


@SHELF.feature("authorization", unit="units", families=DESK)
def units_over_auth(lines: Lines) -> Floats:
    """Units billed beyond those authorized."""
    return lines.number("units") - lines.number("context_auth_units")


@SHELF.feature("authorization", unit="0-3", families=DESK)
def auth_state(lines: Lines) -> Floats:
    """How the line stands: 0 no number, 1 only in our records, 2 on the claim, 3 at odds with what was authorized."""
    return parts.auth_state(lines).codes.astype(np.float64)


@SHELF.feature("referral", unit="yes/no", families=DESK)
def no_referral_number(lines: Lines) -> Bools:
    """No referral number is on the claim."""
    return ~lines.text("referral_number").present


def unless_unknown(lines: Lines, field: str, found: Bools) -> Floats:
    """Yes or no where our records say something, unknown elsewhere."""
    return np.where(lines.text(field).present, found.astype(np.float64), np.nan)
