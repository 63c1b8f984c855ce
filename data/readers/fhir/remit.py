"""A ClaimResponse, or the answer inside an ExplanationOfBenefit, as the rows of one remit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from data.readers.fhir.adjudication import Adjudication, adjudicate, note_remarks
from data.readers.fhir.claim import (
    Claimed,
    charge_of,
    line_numbers,
    parties,
    service_days,
    service_of,
    total_of,
)
from data.readers.fhir.information import decided_on, information_of
from data.readers.fhir.party import Team, insurance_of
from data.readers.fhir.references import Scope, identifier_of, tail
from data.readers.fhir.told import Information
from data.readers.fhir.values import Json, Row, codes, element, elements, number, text, whole, wholes
from data.schema import MODIFIERS

STATUS = {"P": "1", "S": "2", "T": "3"}
DENIED, COST_AVOIDED = frozenset("0D"), frozenset("EFGHJKQTUVXY")
"""Medicare's carrier payment denial codes: denied, and denied because another payer is to pay first."""
CONTROL = ("clm-cntl-num", "/icn", "/dcn", "/ccn")
AS_CLAIMED = ("procedure", "procedure_qualifier", *MODIFIERS, "charge_cents", "service_from")


@dataclass(slots=True)
class Answered:
    """One remit as rows; keys are given when it takes its place in a file's tables."""

    remit: Row
    services: list[Row] = field(default_factory=list)
    adjustments: list[Row] = field(default_factory=list)
    remarks: list[Row] = field(default_factory=list)


def read_answer(scope: Scope, claim_id: str, claimed: Claimed | None) -> Answered:
    """The rows of one answer; `claimed` is the claim it answers, where the file holds it."""
    answer = Answered({"claim_id": claim_id})
    notes = note_remarks(elements(scope.body.get("processNote")))
    asked = {line["line"]: line for line in claimed.lines} if claimed else {}
    items = elements(scope.body.get("item"))
    numbers = line_numbers(items) if items and "sequence" in items[0] else _item_numbers(items)
    for item, n in zip(items, numbers, strict=True):
        _service(answer, item, n, asked.get(n, {}), _At(scope, notes), is_added=False)
    for item in elements(scope.body.get("addItem")):
        of = next(iter(wholes(item.get("itemSequence"))), None)
        _service(answer, item, of, asked.get(of or 0, {}), _At(scope, notes), is_added=True)
    noted = {
        n for item in (*items, *elements(scope.body.get("addItem"))) for n in wholes(item.get("noteNumber"))
    }
    whole_notes = [rarc for n, rarcs in notes.items() if n not in noted for rarc in rarcs]
    info = information_of(scope)
    header = _header(answer, scope, claimed, info, whole_notes)
    _head(answer, scope, claimed, info, header)
    return answer


@dataclass(frozen=True, slots=True)
class _At:
    """Where an item stands: its answer and the answer's notes."""

    scope: Scope
    notes: Mapping[int | None, list[str]]


def _item_numbers(items: list[Json]) -> list[int]:
    """The sequences of the claim's items that these answer; their order where not said."""
    return [whole(item.get("itemSequence")) or n for n, item in enumerate(items, start=1)]


def _service(
    answer: Answered, item: Json, of: int | None, asked: Mapping[str, object], at: _At, *, is_added: bool
) -> None:
    """One item as a service; what it doesn't repeat of the claim's line is taken from there."""
    service = len(answer.services) + 1
    charge = charge_of(item, at.scope)
    if charge is None and not is_added and isinstance(known := asked.get("charge_cents"), int):
        charge = known
    decided = adjudicate(_entries(item), elements(item.get("extension")), charge, at.scope.faults)
    row: Row = {"service": service, "line_control": None if of is None else str(of), **service_of(item)}
    if row["procedure"] is None:
        row |= {name: _text(asked.get(name)) for name in ("procedure", *MODIFIERS)}
    elif is_added:
        row["submitted_procedure"] = _text(asked.get("procedure"))
    on = service_days(item, at.scope)[0] or asked.get("service_from")
    row |= {
        "charge_cents": charge if charge is not None else decided.submitted_cents,
        "paid_cents": decided.paid_cents,
        "units": _units(item),
        "service_on": on if isinstance(on, date) else None,
        "allowed_cents": decided.allowed_cents,
    }
    answer.services.append(row)
    rarcs = [r for n in wholes(item.get("noteNumber")) for r in at.notes.get(n, [])]
    _say(answer, service, decided, rarcs)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _entries(item: Json) -> list[Json]:
    """The item's adjudications; its details' where the item itself has none."""
    own = elements(item.get("adjudication"))
    return own or [a for detail in elements(item.get("detail")) for a in elements(detail.get("adjudication"))]


def _units(item: Json) -> float:
    """Allowed units, else the item's own; 1 where neither is said, as in an 835."""
    for entry in elements(item.get("adjudication")):
        value = number(entry.get("value")) if "allowedunits" in codes(entry.get("category")) else None
        if value is not None:
            return float(value)
    value = number(element(item.get("quantity")).get("value"))
    return 1.0 if value is None else float(value)


def _say(answer: Answered, service: int, decided: Adjudication, rarcs: list[str]) -> None:
    for position, one in enumerate(decided.adjustments, start=1):
        answer.adjustments.append(
            {
                "service": service,
                "position": position,
                "group_code": one.group_code,
                "carc": one.carc,
                "amount_cents": one.amount_cents,
            }
        )
    for position, rarc in enumerate(dict.fromkeys([*decided.remarks, *rarcs]), start=1):
        answer.remarks.append({"service": service, "position": position, "rarc": rarc})


def _header(
    answer: Answered, scope: Scope, claimed: Claimed | None, info: Information, rarcs: list[str]
) -> Adjudication:
    """What is decided on the claim as a whole; totals count only where no service is decided."""
    entries = elements(scope.body.get("adjudication"))
    by_line = any(s["paid_cents"] is not None for s in answer.services)
    charge = _charge(scope, answer, claimed)
    if by_line and charge is not None:
        taken = sum(a["amount_cents"] for a in answer.adjustments if isinstance(a["amount_cents"], int))
        paid = sum(s["paid_cents"] for s in answer.services if isinstance(s["paid_cents"], int))
        charge = max(charge - taken - paid, 0)
    if not by_line:
        entries = [*entries, *elements(scope.body.get("total"))]
    decided = adjudicate(entries, [], charge, scope.faults)
    if by_line:
        said = {carc for entry in entries for carc in codes(entry.get("reason"))}
        decided.adjustments = [a for a in decided.adjustments if a.carc in said]
    _say(answer, 0, decided, rarcs)
    if info.denial_code in COST_AVOIDED and not answer.adjustments:
        _say(answer, 0, adjudicate([COORDINATION], [], charge, scope.faults), [])
    return decided


COORDINATION: Json = {
    "reason": {"coding": [{"system": "https://x12.org/codes/claim-adjustment-reason-codes", "code": "22"}]}
}
"""Another payer pays first: what a cost-avoiding denial code says."""


def _charge(scope: Scope, answer: Answered, claimed: Claimed | None) -> int | None:
    """What was billed: the total as submitted, else the claim's, else the sum over the services."""
    total = total_of(scope, "submitted")
    if total is None and claimed is not None and isinstance(known := claimed.claim["charge_cents"], int):
        total = known
    charges = [c for s in answer.services if isinstance(c := s["charge_cents"], int)]
    return total if total is not None else sum(charges) if charges else None


def _head(
    answer: Answered, scope: Scope, claimed: Claimed | None, info: Information, header: Adjudication
) -> None:
    body, faults = scope.body, scope.faults
    payment = element(body.get("payment"))
    insurance = insurance_of(scope)
    of_claim = claimed.claim if claimed else {}
    row = parties(scope, insurance)
    payee = body.get("requestor") or body.get("provider")
    period = element(body.get("billablePeriod"))
    days = [d for s in answer.services if isinstance(d := s["service_on"], date)]
    start = faults.day(period, "start")
    identifier = element(payment.get("identifier"))
    row |= {
        "status": _status(scope, info, insurance.payer_sequence),
        "charge_cents": _charge(scope, answer, claimed),
        "paid_cents": _paid(scope, answer, header),
        "patient_cents": _patient(scope, answer, header),
        "payer_control": _control(body),
        "frequency": info.frequency,
        "payee_npi": scope.npi(payee),
        "payee_name": scope.organisation_name(payee),
        "rendering_npi": Team(scope).npi("rendering"),
        "service_from": start or min(days, default=None),
        "service_to": faults.day(period, "end") or start or max(days, default=None),
        "received_on": info.received_on,
        "known_on": faults.day(payment, "date") or faults.day(body, "created") or decided_on(scope),
        "trace": text(identifier.get("value")),
    }
    aside = {"payee_npi": "billing_npi", "payee_name": "billing_name"}
    for name, value in row.items():
        answer.remit[name] = (
            of_claim.get(aside.get(name, name)) if value is None and name in FROM_CLAIM else value
        )


FROM_CLAIM = frozenset(
    {
        *("payer_id", "payer_name", "plan_type", "member_id", "payee_npi", "payee_name", "rendering_npi"),
        *("service_from", "service_to"),
    }
)
"""What an answer that doesn't repeat it takes from the claim it answers."""


def _status(scope: Scope, info: Information, payer_sequence: str | None) -> str:
    """As CLP02: 4 where Medicare's denial code says so, else processed as primary, secondary or tertiary."""
    if info.denial_code is not None and info.denial_code in DENIED | COST_AVOIDED:
        return "4"
    precedence = whole(scope.body.get("precedence"))
    return str(precedence) if precedence in (2, 3) else STATUS.get(payer_sequence or "P", "1")


def _paid(scope: Scope, answer: Answered, header: Adjudication) -> int | None:
    """The total benefit, else the sum over the services, else the payment."""
    said = total_of(scope, "benefit", "paidtoprovider")
    if said is not None:
        return said
    parts = [p for s in answer.services if isinstance(p := s["paid_cents"], int)]
    if parts:
        return sum(parts)
    payment = scope.faults.cents(element(scope.body.get("payment")), "amount")
    return header.paid_cents if payment is None else payment


def _patient(scope: Scope, answer: Answered, header: Adjudication) -> int | None:
    said = total_of(scope, "memberliability")
    if said is not None:
        return said
    total = adjudicate(elements(scope.body.get("total")), [], None, scope.faults).patient_cents
    if total is not None or header.patient_cents is not None:
        return total if total is not None else header.patient_cents
    owed = [a["amount_cents"] for a in answer.adjustments if a["group_code"] == "PR"]
    return sum(o for o in owed if isinstance(o, int)) if owed else None


def _control(body: Json) -> str | None:
    """The payer's own number of the claim."""
    for identifier in elements(body.get("identifier")):
        if (text(identifier.get("system")) or "").lower().replace("_", "-").endswith(CONTROL):
            return text(identifier.get("value"))
    return identifier_of(body, "uc") or identifier_of(body)


def answered_claim_id(scope: Scope, claimed: Claimed | None) -> str | None:
    """The number of the claim that this answers, as its sender called it as far as the file says so."""
    claim = scope.body.get("request") or scope.body.get("claim")
    account = information_of(scope).account_number
    if account is not None:
        return account
    named = next((text(i.get("value")) for i in elements(element(claim).get("identifier"))), None)
    if named is not None:
        return named
    if claimed is not None:
        return _text(claimed.claim["claim_id"])
    address = text(element(claim).get("reference"))
    return identifier_of(scope.body, "uc") or (tail(address).split("/")[-1] if address else None)
