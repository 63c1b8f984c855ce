"""A Claim, or the claim inside an ExplanationOfBenefit, as one row of `CLAIMS` and a row of `LINES` for each item."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from data.readers.fhir.diagnoses import Diagnoses, diagnoses_of
from data.readers.fhir.information import information_of
from data.readers.fhir.party import (
    RELATIONSHIP,
    SEX,
    TAXONOMY,
    Insurance,
    Team,
    insurance_of,
    other_payer_id,
    payer_of,
    plan_type,
)
from data.readers.fhir.references import Scope, identifier_of, last
from data.readers.fhir.told import Information
from data.readers.fhir.values import (
    Json,
    Row,
    code_of,
    codes,
    element,
    elements,
    in_cents,
    is_of,
    meaning,
    number,
    preferred,
    quantity,
    systems_and_codes,
    text,
    whole,
)
from data.schema import DIAGNOSES, MODIFIERS, POINTERS

TRANSACTIONS = {
    "professional": "837P",
    "vision": "837P",
    "institutional": "837I",
    "oral": "837D",
    "pharmacy": "NCPDP",
}
PROCEDURE_CODES = ("/cpt", "hcpcs")
REVENUE = ("revenuecodes",)
PLACES = ("place-of-service", "serviceplace")
ACCIDENTS = {"MVA": "AA", "WPA": "EM"}
REPLACING = {"prior", "replaces"}
BENEFITS_TO = {"provider": "Y", "subscriber": "N", "beneficiary": "N"}
MAX_LINES = 32_000


@dataclass(frozen=True, slots=True)
class Claimed:
    """One claim as rows; keys are given when it takes its place in a file's tables."""

    claim: Row
    lines: tuple[Row, ...]
    reference: str
    """`Claim/id`, as answers refer to it."""


def read_claim(scope: Scope, claim_id: str, *, submitted_on: date | None) -> Claimed:
    """The rows of one claim; what a claim says for all its lines is written into each."""
    info = information_of(scope)
    insurance = insurance_of(scope)
    team = Team(scope)
    diagnoses = diagnoses_of(scope)
    claim: Row = {"claim_id": claim_id, "submitted_on": submitted_on, "version": "FHIR-R4"}
    claim |= parties(scope, insurance)
    claim |= _people(scope, team)
    claim |= _bill(scope, info, insurance)
    claim |= _papers(info)
    claim |= _days(scope, info)
    claim |= zip(DIAGNOSES, diagnoses.codes, strict=False)
    claim["n_diagnoses"] = len(diagnoses.codes)
    items = elements(scope.body.get("item"))
    if len(items) > MAX_LINES:
        scope.faults.found["item"] = f"has more than {MAX_LINES} entries: the others are not taken"
        items = items[:MAX_LINES]
    around = _Around(scope, team, diagnoses)
    lines = tuple(_line(item, n, claim, around) for item, n in zip(items, line_numbers(items), strict=True))
    _complete(claim, lines, scope)
    return Claimed(claim, lines, f"Claim/{text(scope.body.get('id'))}")


@dataclass(frozen=True, slots=True)
class _Around:
    """What an item refers to by number."""

    scope: Scope
    team: Team
    diagnoses: Diagnoses


def parties(scope: Scope, insurance: Insurance) -> Row:
    """Payer, plan, member: the same for a claim and its answer."""
    payer_id, payer_name = payer_of(scope, insurance.coverage)
    return {
        "payer_id": payer_id,
        "payer_name": payer_name,
        "plan_type": plan_type(scope, insurance.coverage),
        "member_id": scope.member_id(insurance.coverage),
    }


def _people(scope: Scope, team: Team) -> Row:
    provider = scope.body.get("provider")
    patient = scope.resolve(scope.body.get("patient"))
    rendering = team.first("rendering")
    born = text(patient.get("birthDate")) or ""
    referral = scope.body.get("referral")
    return {
        "billing_npi": scope.npi(provider),
        "billing_name": scope.organisation_name(provider),
        "billing_taxonomy": _taxonomy(scope.resolve(provider)),
        "birth_year": int(born[:4]) if born[:4].isdecimal() and len(born) >= 4 else None,
        "patient_sex": SEX.get(text(patient.get("gender")) or ""),
        "rendering_npi": None if rendering is None else rendering.npi,
        "rendering_taxonomy": None if rendering is None else rendering.taxonomy,
        "referring_npi": team.npi("referring") or scope.npi(scope.resolve(referral).get("requester")),
        "supervising_npi": team.npi("supervising"),
        "facility_npi": scope.npi(scope.body.get("facility")),
        "referral_number": next((text(i.get("value")) for i in scope.identifiers(referral)), None),
    }


def _taxonomy(provider: Json) -> str | None:
    specialties = (code_of(one, TAXONOMY) for one in elements(provider.get("specialty")))
    return next((code for code in specialties if code), None)


def _bill(scope: Scope, info: Information, insurance: Insurance) -> Row:
    body = scope.body
    kind = codes(body.get("type"))
    accident = element(body.get("accident"))
    cause = next((ACCIDENTS.get(code, "OA") for code in codes(accident.get("type"))), None)
    original = _original(scope)
    place, frequency = _bill_type(info, body)
    if frequency is None:
        frequency = "8" if body.get("status") == "cancelled" and body.get("resourceType") == "Claim" else None
    return {
        "transaction": meaning(body.get("type"), TRANSACTIONS),
        "payer_sequence": insurance.payer_sequence,
        "relationship": meaning(scope.resolve(insurance.coverage).get("relationship"), RELATIONSHIP),
        "place_of_service": place if "institutional" in kind else None,
        "frequency": frequency or ("7" if original else "1"),
        "original_control": original,
        "benefits_assigned": _benefits(body),
        "related_cause": cause,
        "accident_on": scope.faults.day(accident, "date"),
        "auth_number": insurance.auth_number,
        "n_other_payers": len(insurance.others),
        "other_payer_id": other_payer_id(scope, insurance.others),
    }


def _benefits(body: Json) -> str | None:
    return meaning(element(body.get("payee")).get("type"), BENEFITS_TO)


def _bill_type(info: Information, body: Json) -> tuple[str | None, str | None]:
    """Place and frequency of a type of bill (0831: place 83, frequency 1), as CLM05 has them."""
    said = info.bill_type or code_of(body.get("subType"), "billtype", "typeofbill") or ""
    said = said[1:] if len(said) == 4 and said[0] == "0" else said
    if len(said) == 3:
        return said[:2], said[2]
    return None, info.frequency


def _original(scope: Scope) -> str | None:
    """The number of the claim that this one replaces."""
    for related in elements(scope.body.get("related")):
        if REPLACING.isdisjoint(codes(related.get("relationship"))):
            continue
        claim = related.get("claim")
        said = next((text(i.get("value")) for i in elements(element(claim).get("identifier"))), None)
        said = said or text(element(related.get("reference")).get("value"))
        address = text(element(claim).get("reference"))
        return said or (last(address) if address else None)
    return None


def _papers(info: Information) -> Row:
    row: Row = {"has_note": info.has_note, "record_number": info.record_number}
    if info.attachments:
        first = info.attachments[0]
        identifier = element(element(first.get("valueReference")).get("identifier"))
        row["attachment_type"] = code_of(first.get("code"))
        row["attachment_control"] = text(first.get("valueString")) or text(identifier.get("value"))
    return row


def _days(scope: Scope, info: Information) -> Row:
    period = element(scope.body.get("billablePeriod"))
    start = scope.faults.day(period, "start")
    return {
        "service_from": start,
        "service_to": scope.faults.day(period, "end") or start,
        "admitted_on": info.admitted_on,
    }


def line_numbers(items: list[Json]) -> list[int]:
    """The items' sequences; their order where one is missing or repeated."""
    said = [whole(item.get("sequence")) for item in items]
    given = [n for n in said if n is not None]
    return given if len(set(given)) == len(items) else list(range(1, len(items) + 1))


def _line(item: Json, n: int, claim: Row, around: _Around) -> Row:
    place = item.get("locationCodeableConcept")
    units = quantity(item.get("quantity"))
    start, end = service_days(item, around.scope)
    row = service_of(item)
    row |= {
        "line": n,
        "line_control": str(n),
        "revenue_code": preferred(item.get("revenue"), REVENUE),
        "charge_cents": charge_of(item, around.scope),
        "units": units,
        "unit_code": None if units is None else _unit(item),
        "place_of_service": preferred(place, PLACES) or claim["place_of_service"],
        "service_from": start or claim["service_from"] or end,
        "service_to": end or start or claim["service_to"],
        "rendering_npi": around.team.npi("rendering", item),
        "referring_npi": around.team.npi("referring", item) or claim["referring_npi"],
        "ordering_npi": around.team.npi("ordering", item),
        "auth_number": claim["auth_number"],
        "attachment_type": claim.get("attachment_type"),
        "attachment_control": claim.get("attachment_control"),
    }
    row |= zip(POINTERS, around.diagnoses.pointers(item), strict=False)
    return row


def service_of(item: Json) -> Row:
    """Procedure, its qualifier and modifiers: HCPCS and CPT before other systems."""
    said = [pair for pair in systems_and_codes(item.get("productOrService")) if "data-absent" not in pair[0]]
    standard = next((code for system, code in said if is_of(system, PROCEDURE_CODES)), None)
    code = standard or (said[0][1] if said else None)
    drug = code is not None and said[0][0].endswith("/ndc")
    row: Row = {"procedure": code, "procedure_qualifier": "HC" if standard else "N4" if drug else None}
    row |= zip(MODIFIERS, _modifiers(item), strict=False)
    return row


def _modifiers(item: Json) -> list[str]:
    """One of each concept; several codings of one system are several modifiers, as CMS writes them."""
    found: dict[str, None] = {}
    for concept in elements(item.get("modifier")):
        pairs = systems_and_codes(concept)
        for system, code in pairs:
            if system == pairs[0][0]:
                found[code] = None
    return list(found)


def _unit(item: Json) -> str:
    said = element(item.get("quantity"))
    return "MJ" if (text(said.get("code")) or text(said.get("unit"))) in {"min", "MJ"} else "UN"


def charge_of(item: Json, scope: Scope) -> int | None:
    """What was billed for an item: net, else as submitted, else price by quantity, else the sum of its details."""
    net = scope.faults.cents(item, "net")
    if net is not None:
        return net
    for adjudication in elements(item.get("adjudication")):
        if "submitted" in codes(adjudication.get("category")):
            return scope.faults.cents(adjudication, "amount")
    price = scope.faults.dollars(item, "unitPrice")
    if price is not None:
        many = number(element(item.get("quantity")).get("value"))
        factor = number(item.get("factor"))
        return in_cents(
            price * (Decimal(1) if many is None else many) * (Decimal(1) if factor is None else factor)
        )
    details = [scope.faults.cents(detail, "net") for detail in elements(item.get("detail"))]
    return sum(d for d in details if d is not None) if any(d is not None for d in details) else None


def service_days(item: Json, scope: Scope) -> tuple[date | None, date | None]:
    """First and last day of an item."""
    on = scope.faults.day(item, "servicedDate")
    if on is not None:
        return on, on
    period = element(item.get("servicedPeriod"))
    return scope.faults.day(period, "start"), scope.faults.day(period, "end")


def _complete(claim: Row, lines: tuple[Row, ...], scope: Scope) -> None:
    """What the claim leaves to its lines: total, place and days."""
    total = scope.body.get("total")
    charge = (
        scope.faults.cents(scope.body, "total") if isinstance(total, dict) else total_of(scope, "submitted")
    )
    charges = [c for line in lines if isinstance(c := line["charge_cents"], int)]
    claim["charge_cents"] = charge if charge is not None else sum(charges) if charges else None
    claim["n_lines"] = len(lines)
    if claim["place_of_service"] is None and lines:
        claim["place_of_service"] = lines[0]["place_of_service"]
    starts = [day for line in lines if isinstance(day := line["service_from"], date)]
    ends = [day for line in lines if isinstance(day := line["service_to"], date)]
    claim["service_from"] = claim["service_from"] or min(starts, default=None)
    claim["service_to"] = claim["service_to"] or max(ends, default=None)


def total_of(scope: Scope, *categories: str) -> int | None:
    """The first total of the first of these categories that has one."""
    totals = elements(scope.body.get("total"))
    for category in categories:
        for total in totals:
            if category in codes(total.get("category")):
                return scope.faults.cents(total, "amount")
    return None


def own_claim_id(scope: Scope) -> str | None:
    """What a Claim is called: its account number, its first identifier, else its place on the server."""
    return information_of(scope).account_number or identifier_of(scope.body) or text(scope.body.get("id"))
