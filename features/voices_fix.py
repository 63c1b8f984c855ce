"""What is said of what can be put right on this claim today. One voice a concept, named like it."""

import numpy as np

from features.said import Said, days


def authorization(said: Said) -> str:
    """Says what stands behind: authorization number."""
    past = said.past("payer_procedure_auth", "authorization")
    if said.so("auth_left_off"):
        return f"our records hold an authorization number for {said.procedure}, but it is not on the claim.{past}"
    if said.so("auth_for_other_procedure"):
        return f"the authorization is for {said.field('context_auth_procedure')}, but {said.procedure} is billed.{past}"
    if said.of("days_since_auth_began") < 0:
        return (
            f"the service was {days(-said.of('days_since_auth_began'))} before the authorization began.{past}"
        )
    if said.of("days_since_auth_ended") > 0:
        return f"the authorization ended {days(said.of('days_since_auth_ended'))} before the service.{past}"
    if said.so("auth_number_differs"):
        return f"the authorization number on the claim is not the one in our records.{past}"
    for name, what in (
        ("orderer", "ordering doctor"),
        ("facility", "facility"),
        ("side", "side of the body"),
    ):
        if said.so(f"auth_for_other_{name}"):
            return f"the authorization is for another {what}.{past}"
    if not said.has("auth_number") and said.so("auth_required"):
        return f"this payer's list asks for an authorization of {said.procedure}, and none is on the claim.{past}"
    if not said.has("auth_number"):
        needed = "" if said.raises else ", and it seems that none is needed"
        return f"{said.procedure} at this payer: no authorization number on the claim{needed}.{past}"
    return (
        f"{said.procedure} has an authorization number{', yet the risk stays' if said.raises else ''}.{past}"
    )


def attachment(said: Said) -> str:
    """Says what stands behind: attachment."""
    past = said.past("payer_procedure_attachment", "documentation")
    if said.so("attachment_left_off"):
        return f"our records hold an attachment, but the claim does not announce it.{past}"
    if said.so("attachment_without_number"):
        return f"an attachment is announced without a number to find it by.{past}"
    if said.so("attachment_number_differs"):
        return f"the attachment number on the claim is not the one in our records.{past}"
    if said.raises and said.so("attachment_required") and not said.has("attachment_type"):
        return f"this payer's list asks for papers with {said.procedure}, and none come with the claim.{past}"
    if said.has("attachment_type"):
        return f"an attachment comes with the claim.{past}"
    return f"no attachment comes with {said.procedure}.{past}"


def modifier(said: Said) -> str:
    """Says what stands behind: modifier."""
    past = said.past("payer_procedure_modifiers", "coding")
    if said.so("side_missing"):
        return (
            f"{said.procedure} images a part with a left and a right side, and no modifier says which.{past}"
        )
    if said.so("component_against_contract"):
        return f"{_billed(said)} is billed, which is not what this facility agreed with the payer.{past}"
    if said.so("picture_in_facility"):
        return f"modifier TC bills the picture, but the place is a facility, which bills that itself.{past}"
    if said.so("global_in_facility"):
        return f"the place is a facility, but no modifier 26 says that only the reading is billed.{past}"
    if said.so("component_where_whole"):
        return f"modifier 26 or TC is on {said.procedure}, which is not billed in parts.{past}"
    if said.raises and said.so("side_on_unpaired"):
        return f"a modifier names a side, and what {said.procedure} images has none.{past}"
    given = [
        str(said.field(name))
        for name in ("modifier_1", "modifier_2", "modifier_3", "modifier_4")
        if said.has(name)
    ]
    fits = "seems not to fit" if said.raises else "fits"
    if not given:
        return f"{said.procedure} has no modifier, which {fits} at this payer.{past}"
    return f"{said.procedure} with modifier {' and '.join(given)} {fits} at this payer.{past}"


def _billed(said: Said) -> str:
    parts = ("only the reading", "only the picture", "the reading with the picture")
    return parts[int(np.nan_to_num(said.of("component"), nan=2.0))]


def diagnosis_pointer(said: Said) -> str:
    """Says what stands behind: diagnosis pointer."""
    if said.so("pointer_to_nothing"):
        return "it points at a diagnosis that the claim does not hold."
    pointers = said.of("n_pointers")
    if pointers == 0:
        return "it points at no diagnosis."
    what = "one diagnosis" if pointers == 1 else f"{pointers:.0f} diagnoses"
    return f"it points at {what}, which {'may not be enough' if said.raises else 'helps'}."


def units(said: Said) -> str:
    """Says what stands behind: units."""
    count = said.of("units")
    what = "unknown units" if np.isnan(count) else f"{count:g} unit{'' if count == 1 else 's'}"
    over = said.of("units_over_limit")
    if over > 0:
        return f"{what} of {said.procedure}, which is {over:g} more than the unit limit of a day."
    if not said.raises:
        return f"{what} of {said.procedure}, which is usual."
    return f"{what} of {said.procedure}, which {'is more than usual' if count > 1 else 'this payer may question'}."


def duplicate(said: Said) -> str:
    """Says what stands behind: sent before."""
    if said.of("sent_before") > 0:
        ago = days(said.of("days_since_sent_before"))
        if said.so("sent_before_as_original"):
            return f"the same service was already sent {ago} ago, and this claim is not marked as its replacement."
        return f"the same service was already sent {ago} ago, and this claim is marked as its replacement."
    if said.of("same_day_other_component") > 0:
        return f"{said.procedure} was already sent for the same day as another part of the work."
    if said.of("same_day_other_modifiers") > 0:
        return f"{said.procedure} was already sent for the same day with other modifiers."
    return "the same service was not sent before."


def replacement(said: Said) -> str:
    """Says what stands behind: replacement claim."""
    if said.so("replaces_nothing"):
        return "the claim replaces another one, but does not give the payer's number of it."
    if said.so("is_replacement"):
        return "the claim replaces an earlier one and names it."
    return "this is the first claim for the service."


def referring_provider(said: Said) -> str:
    """Says what stands behind: referring provider."""
    past = said.past("payer_referring", "missing_information")
    if said.so("no_referring_npi"):
        return f"no referring provider is named.{past}"
    if said.so("referring_npi_wrong"):
        return "the NPI of the referring provider fails its check digit."
    if said.so("refers_to_self"):
        return f"the rendering and the referring provider are the same.{past}"
    return f"the record of this referring provider at this payer {said.moves} the risk.{past}"


def missing_field(said: Said) -> str:
    """Says what stands behind: missing field."""
    past = said.past("payer_missing", "missing_information")
    if said.so("no_member_id"):
        return "no member number is on the claim."
    if said.so("billing_npi_wrong"):
        return "the NPI of the billing provider fails its check digit."
    count = said.of("n_missing_fields")
    if count > 0:
        what = "one field" if count == 1 else f"{count:.0f} fields"
        return f"{what} that payers often ask for {'is' if count == 1 else 'are'} empty.{past}"
    return f"no field that payers often ask for is empty.{past}"
