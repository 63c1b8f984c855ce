"""Figures and codes in a biller's words: percent, dollars, points, names of payers and fields."""

from data.codes import FAMILY
from serving.result import ClaimResult, Risk

RISK_WORDS: dict[Risk, str] = {"high": "High risk", "medium": "Medium risk", "low": "Low risk"}

FIELD_WORDS = {
    "auth_number": "authorization number",
    "attachment_control": "attachment number",
    "modifier_1": "modifiers",
    "pointer_1": "diagnosis pointer",
    "diagnosis_1": "diagnosis",
    "frequency": "claim frequency",
    "original_control": "payer's number of the first claim",
    "referring_npi": "referring provider",
    "rendering_npi": "rendering provider",
    "ordering_npi": "ordering provider",
    "facility_npi": "facility",
    "billing_npi": "billing provider",
    "referral_number": "referral number",
    "eligibility_status": "eligibility",
    "other_payer_id": "other payer",
    "submitted_on": "submission date",
    "report_signed_on": "signed report",
    "image_link_confirmed": "image link",
    "payer_id": "payer",
    "plan_type": "plan type",
    "charge_cents": "charge",
    "service_from": "service date",
    "member_id": "member",
}


def percent(share: float) -> str:
    """`0.384` as 38%; never 0% or 100%, as no model is that sure."""
    if share < 0.01:
        return "under 1%"
    if share > 0.99:
        return "over 99%"
    return f"{round(share * 100)}%"


def dollars(cents: int) -> str:
    """`124000` as $1,240; cents only below ten dollars."""
    return f"${cents / 100:,.2f}" if 0 < abs(cents) < 1000 else f"${round(cents / 100):,}"


def points(value: float) -> str:
    """`12.3` as about 12 points."""
    whole = max(1, round(abs(value)))
    return f"about {whole} point{'' if whole == 1 else 's'}"


def field_words(field: str) -> str:
    """A field's name as a biller would say it."""
    return FIELD_WORDS.get(field, field.removeprefix("context_").replace("_npi", "").replace("_", " "))


def payer_words(result: ClaimResult) -> str:
    """The payer's name where the claim gives one, else its id."""
    return result.payer_name or result.payer_id or "payer not given"


def family_title(family: str) -> str:
    """A reason family as a heading; rare families are told together."""
    return FAMILY[family].title if family in FAMILY else "Rarer reasons"
