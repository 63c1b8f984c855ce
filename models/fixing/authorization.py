"""Authorizations: the number in our records put on the claim, or a valid one obtained from the payer."""

from datetime import timedelta

from models.fixing.candidate import Candidates, Edit, Seen

STAND_IN = "OBTAINED"
"""Stands for a number that nobody has yet."""
DAYS = 30
"""How long an authorization usually holds on each side of the service."""
FAULTY = (
    "auth_other_procedure",
    "auth_other_body_part",
    "auth_expired",
    "auth_not_yet_valid",
    "auth_other_side",
    "auth_units_exceeded",
)
SELDOM_WRONG = 0.45
"""Where the payer's list is silent: below it such an authorization was often not what the payer wanted."""


def authorizations(seen: Seen) -> Candidates:
    """An authorization where there is none, or where the one we have is not for this service."""
    number, held = seen.text("auth_number"), seen.text("context_auth_number")
    if seen.trips(*FAULTY):
        yield seen.candidate("auth_valid", "authorization", _obtained(seen), _for_this(seen))
    elif number is None and held is not None:
        said = f"the authorization number in our records, {held}, is added"
        yield seen.candidate("auth_held", "authorization", [Edit("auth_number", held)], said)
    elif number is None and seen.trips("auth_absent"):
        said = "an authorization is obtained and its number added"
        yield seen.candidate("auth_obtained", "authorization", _obtained(seen), said)
    elif number is None and "auth_absent" in seen.unknown:
        said = f"this payer wants {seen.text('procedure')} authorized, and a number is obtained and added"
        yield seen.candidate(
            "auth_asked_for", "authorization", _obtained(seen), said, least_drop=SELDOM_WRONG
        )
    if seen.trips("auth_number_differs") and held is not None:
        said = f"the authorization number is corrected to {held}, as our records have it"
        yield seen.candidate("auth_as_held", "authorization", [Edit("auth_number", held)], said)
    if seen.trips("auth_other_orderer"):
        orderer = seen.text("context_auth_ordering_npi")
        edits = [Edit("referring_npi", orderer)]
        said = "the referring provider is corrected to the one whom the authorization names"
        yield seen.candidate("auth_orderer", "authorization", edits, said, needs_record_support=True)


def _for_this(seen: Seen) -> str:
    return f"a valid authorization for {seen.text('procedure')} on this day is obtained and its number added"


def _obtained(seen: Seen) -> tuple[Edit, ...]:
    """A number that agrees with the line in everything."""
    service = seen.day("service_from") or seen.day("submitted_on")
    sent = seen.day("submitted_on") or service
    since = None if service is None or sent is None else min(service, sent)
    until = None if service is None else service + timedelta(days=DAYS)
    beside = seen.context(
        auth_number=STAND_IN,
        auth_procedure=seen["procedure"],
        auth_valid_from=since,
        auth_valid_to=until,
        auth_ordering_npi=seen["ordering_npi"] or seen["referring_npi"],
        auth_facility_npi=seen["facility_npi"] or seen["billing_npi"],
        auth_laterality=None,
        auth_units=seen["units"],
    )
    return (Edit("auth_number", STAND_IN, is_obtained=True), *beside)
