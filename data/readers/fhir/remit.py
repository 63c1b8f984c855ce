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
from data.readers.fhir.references import Scope, identifier_of, last
from data.readers.fhir.told import Information
from data.readers.fhir.values import Json, Row, codes, element, elements, number, text, whole, wholes
from data.schema import MODIFIERS

STATUS = {"P": "1", "S": "2", "T": "3"}
DENIED, COST_AVOIDED = frozenset("0D"), frozenset("EFGHJKQTUVXY")
"""Medicare's carrier payment denial codes: denied, and denied because another payer is to pay first."""
CONTROL = ("clm-cntl-num", "/icn", "/dcn", "/ccn")
AS_CLAIMED = ("procedure", *MODIFIERS, "charge_cents", "service_from")
NO_ROW: Row = {}


@dataclass(slots=True)
class Answered:
    """One remit as rows; keys are given when it takes its place in a file's tables."""

    remit: Row
    services: list[Row] = field(default_factory=list)
    adjustments: list[Row] = field(default_factory=list)
    remarks: list[Row] = field(default_factory=list)


def read_answer(scope: Scope, claim_id: str, claimed: Claimed | None, *, is_own: bool = False) -> Answered:
    """The rows of one answer; `claimed` is the claim it answers, where the file holds it.

    `is_own`: the claim was read from this same resource, an ExplanationOfBenefit; nothing needs reading twice.
    """
    answer = Answered({"claim_id": claim_id})
    notes = note_remarks(elements(scope.body.get("processNote")))
    at = _At(scope, notes, {line["line"]: line for line in claimed.lines} if claimed else {}, is_own)
    items = elements(scope.body.get("item"))
    numbers = line_numbers(items) if items and "sequence" in items[0] else _item_numbers(items)
    for item, n in zip(items, numbers, strict=True):
        _service(answer, item, n, at)
    added = elements(scope.body.get("addItem"))
    for item in added:
        _added(answer, item, at)
    noted = {n for item in (*items, *added) for n in wholes(item.get("noteNumber"))} if notes else ()
    whole_notes = [rarc for n, rarcs in notes.items() if n not in noted for rarc in rarcs]
    header = _header(answer, scope, claimed, whole_notes)
    _head(answer, scope, claimed, header, is_own=is_own)
    return answer


@dataclass(frozen=True, slots=True)
class _At:
    """Where an item stands: its answer, the answer's notes, and the lines of the claim it answers by number."""

    scope: Scope
    notes: Mapping[int | None, list[str]]
    asked: Mapping[object, Row]
    is_own: bool


def _item_numbers(items: list[Json]) -> list[int]:
    """The sequences of the claim's items that these answer; their order where not said."""
    return [whole(item.get("itemSequence")) or n for n, item in enumerate(items, start=1)]


def _service(answer: Answered, item: Json, n: int, at: _At) -> None:
    """One item as a service; what it doesn't repeat of the claim's line is taken from there."""
    asked = at.asked.get(n, NO_ROW)
    if at.is_own and asked:
        row: Row = {name: asked.get(name) for name in AS_CLAIMED}
    else:
        row = service_of(item)
        if row["procedure"] is None:
            row |= {name: asked.get(name) for name in ("procedure", *MODIFIERS)}
        charge = charge_of(item, at.scope)
        row["charge_cents"] = asked.get("charge_cents") if charge is None else charge
        row["service_from"] = service_days(item, at.scope)[0] or asked.get("service_from")
    row["line_control"] = str(n)
    _decide(answer, item, row, at)


def _added(answer: Answered, item: Json, at: _At) -> None:
    """A service that the payer put in the place of a line, or beside all of them."""
    of = next(iter(wholes(item.get("itemSequence"))), None)
    asked = at.asked.get(of, NO_ROW)
    row = service_of(item)
    if row["procedure"] is None:
        row |= {name: asked.get(name) for name in ("procedure", *MODIFIERS)}
    else:
        row["submitted_procedure"] = asked.get("procedure")
    row["charge_cents"] = charge_of(item, at.scope)
    row["service_from"] = service_days(item, at.scope)[0] or asked.get("service_from")
    row["line_control"] = None if of is None else str(of)
    _decide(answer, item, row, at)


def _decide(answer: Answered, item: Json, row: Row, at: _At) -> None:
    """Takes a service in with what was decided on it."""
    charge = row["charge_cents"]
    charge = charge if isinstance(charge, int) else None
    decided = adjudicate(_entries(item), elements(item.get("extension")), charge, at.scope.faults)
    row["service"] = service = len(answer.services) + 1
    row["service_on"] = row.pop("service_from")
    row["charge_cents"] = decided.submitted_cents if charge is None else charge
    row["paid_cents"] = decided.paid_cents
    row["units"] = _units(item)
    row["allowed_cents"] = decided.allowed_cents
    answer.services.append(row)
    rarcs = [r for n in wholes(item.get("noteNumber")) for r in at.notes.get(n, [])] if at.notes else []
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
        value = number(entry.get("value"))
        if value is not None and "allowedunits" in codes(entry.get("category")):
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
    if not (decided.remarks or rarcs):
        return
    for position, rarc in enumerate(dict.fromkeys([*decided.remarks, *rarcs]), start=1):
        answer.remarks.append({"service": service, "position": position, "rarc": rarc})


def _header(answer: Answered, scope: Scope, claimed: Claimed | None, rarcs: list[str]) -> Adjudication:
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
    if by_line and decided.adjustments:
        said = {carc for entry in entries for carc in codes(entry.get("reason"))}
        decided.adjustments = [a for a in decided.adjustments if a.carc in said]
    _say(answer, 0, decided, rarcs)
    if information_of(scope).denial_code in COST_AVOIDED and not answer.adjustments:
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
    answer: Answered, scope: Scope, claimed: Claimed | None, header: Adjudication, *, is_own: bool
) -> None:
    """The remit itself; what it doesn't repeat of its claim is taken from there."""
    body, faults, info = scope.body, scope.faults, information_of(scope)
    payment = element(body.get("payment"))
    period = element(body.get("billablePeriod"))
    days = [d for s in answer.services if isinstance(d := s["service_on"], date)]
    start = faults.day(period, "start")
    remit = answer.remit
    remit |= {} if is_own else _parties(scope)
    remit |= {
        "charge_cents": _charge(scope, answer, claimed),
        "paid_cents": _paid(scope, answer, header),
        "patient_cents": _patient(scope, answer, header),
        "payer_control": _control(body),
        "frequency": info.frequency,
        "service_from": start or min(days, default=None),
        "service_to": faults.day(period, "end") or start or max(days, default=None),
        "received_on": info.received_on,
        "known_on": faults.day(payment, "date") or faults.day(body, "created") or decided_on(scope),
        "trace": text(element(payment.get("identifier")).get("value")),
    }
    for name, of_claim in FROM_CLAIM.items() if claimed else ():
        if remit.get(name) is None:
            remit[name] = claimed.claim.get(of_claim) if claimed else None
    sequence = claimed.claim["payer_sequence"] if claimed and is_own else insurance_of(scope).payer_sequence
    remit["status"] = _status(scope, info, text(sequence))


def _parties(scope: Scope) -> Row:
    """Who answers whom."""
    payee = scope.body.get("requestor") or scope.body.get("provider")
    return parties(scope, insurance_of(scope)) | {
        "payee_npi": scope.npi(payee),
        "payee_name": scope.organisation_name(payee),
        "rendering_npi": Team(scope).npi("rendering"),
    }


FROM_CLAIM = {
    **{name: name for name in ("payer_id", "payer_name", "plan_type", "member_id", "rendering_npi")},
    "payee_npi": "billing_npi",
    "payee_name": "billing_name",
    "service_from": "service_from",
    "service_to": "service_to",
}
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
    return identifier_of(scope.body, "uc") or (last(address) if address else None)
