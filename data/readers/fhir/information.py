"""What supportingInfo says of a claim: bill type, admission, receipt, attachments, account and record numbers."""

from datetime import date

from data.readers.fhir.references import Scope
from data.readers.fhir.told import Information
from data.readers.fhir.values import Json, code_of, codes, element, elements, text

BILL_TYPE = ("typeofbill", "billtype")
FREQUENCY = ("freq-cd",)
DENIAL = ("pmt-dnl-cd",)
NOTES = {"info", "other", "exception"}


def information_of(scope: Scope) -> Information:
    """Everything of supportingInfo that a claim or an answer has a place for; read once a resource."""
    if scope.information is None:
        scope.information = _read(scope)
    return scope.information


def _read(scope: Scope) -> Information:
    found = Information()
    for info in elements(scope.body.get("supportingInfo")):
        categories = set(codes(info.get("category")))
        _numbers(info, categories, found)
        _days(info, categories, found, scope)
        if "attachment" in categories:
            found.attachments.append(info)
        elif len(categories) == 1 and categories & NOTES and text(info.get("valueString")):
            found.has_note = True
        found.denial_code = found.denial_code or code_of(info.get("code"), *DENIAL)
    _medicare(scope, found)
    return found


def _numbers(info: Json, categories: set[str], found: Information) -> None:
    if "patientaccountnumber" in categories:
        found.account_number = text(info.get("valueString"))
    if "medicalrecordnumber" in categories:
        found.record_number = text(info.get("valueString"))
    found.bill_type = found.bill_type or code_of(info.get("code"), *BILL_TYPE)
    frequency = code_of(info.get("code"), *FREQUENCY)
    if frequency is not None and len(frequency) == 1:
        found.frequency = found.frequency or frequency


def _days(info: Json, categories: set[str], found: Information, scope: Scope) -> None:
    if "clmrecvddate" in categories:
        found.received_on = scope.faults.day(info, "timingDate")
    if categories & {"admissionperiod", "hospitalized"}:
        found.admitted_on = scope.faults.day(element(info.get("timingPeriod")), "start")


def _medicare(scope: Scope, found: Information) -> None:
    """CMS writes some of it as extensions of the resource."""
    for extension in elements(scope.body.get("extension")):
        url = (text(extension.get("url")) or "").lower().replace("_", "-")
        if url.endswith(DENIAL):
            found.denial_code = found.denial_code or code_of(extension.get("valueCoding"))
        if url.endswith(("claim-receipt-date", "recd-dt-cymd")):
            found.received_on = found.received_on or scope.faults.day(extension, "valueDate")


def decided_on(scope: Scope) -> date | None:
    """The day of the newest status, which CMS writes as an extension."""
    for extension in elements(scope.body.get("extension")):
        if (text(extension.get("url")) or "").endswith(("/status-date", "/curr-tran-dt-cymd")):
            return scope.faults.day(extension, "valueDate")
    return None
