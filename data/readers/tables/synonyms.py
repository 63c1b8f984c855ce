"""How practice systems call what our columns hold: names in plain words, as `plain` makes them of a column's name."""

import re
from collections.abc import Mapping

SHORT: Mapping[str, str] = {
    "acct": "account",
    "act": "account",
    "adj": "adjustment",
    "allow": "allowed",
    "amt": "amount",
    "auth": "authorization",
    "chg": "charge",
    "chrg": "charge",
    "charges": "charge",
    "chk": "check",
    "cd": "code",
    "ctrl": "control",
    "diag": "diagnosis",
    "dx": "diagnosis",
    "icd": "diagnosis",
    "icd10": "diagnosis",
    "dob": "birth date",
    "dos": "service date",
    "dt": "date",
    "fac": "facility",
    "freq": "frequency",
    "grp": "group",
    "ins": "insurance",
    "mod": "modifier",
    "mods": "modifiers",
    "nbr": "number",
    "no": "number",
    "num": "number",
    "orig": "original",
    "pat": "patient",
    "pt": "patient",
    "pmt": "payment",
    "pos": "place of service",
    "prov": "provider",
    "proc": "procedure",
    "procs": "procedure",
    "ptr": "pointer",
    "qty": "quantity",
    "ref": "referring",
    "rend": "rendering",
    "seq": "sequence",
    "svc": "service",
    "subs": "subscriber",
    "tx": "transaction",
    "txn": "transaction",
}
"""Short forms that are spelt out before names are compared."""

CLAIMS: Mapping[str, tuple[str, ...]] = {
    "claim_id": (
        "claim id", "claim number", "patient control number", "patient account number", "account number", "encounter",
        "claim", "account", "encounter number", "encounter id", "invoice number", "visit number", "patient account",
        "account id", "ticket number", "clm id", "voucher",
    ),
    "submitted_on": (
        "submitted date", "submission date", "billed date", "bill date", "date billed", "claim date", "date submitted",
        "billed on", "submitted on", "submitted", "claim submission date", "first billed date", "sent date", "date sent",
        "sent", "transmission date", "billed", "first bill date",
    ),
    "payer_id": ("payer id", "insurance id", "payor id", "carrier id", "payer number", "payer code", "insurance code",
        "carrier code", "electronic payer id", "edi payer id", "plan id", "payer", "payor", "insurance", "carrier"),
    "payer_name": ("payer", "payor", "payer name", "payor name", "insurance", "insurance name", "carrier",
        "carrier name", "insurance company", "primary insurance", "primary payer", "insurance plan", "plan name"),
    "plan_type": ("plan type", "claim filing indicator", "filing indicator", "insurance type"),
    "payer_sequence": ("payer sequence", "payer responsibility", "insurance level", "coverage level"),
    "billing_npi": ("billing npi", "billing provider npi", "group npi", "practice npi", "pay to npi", "npi billing"),
    "billing_name": ("billing provider", "billing provider name", "practice", "practice name"),
    "billing_taxonomy": ("billing taxonomy", "taxonomy", "taxonomy code"),
    "member_id": ("member id", "member number", "subscriber id", "subscriber number", "policy number", "policy id",
        "insured id", "insurance id number", "policy", "insured id number"),
    "birth_year": ("birth date", "date of birth", "birth year", "year of birth", "patient birth date", "birthdate",
        "patient date of birth"),
    "patient_sex": ("sex", "gender", "patient sex", "patient gender"),
    "relationship": ("relationship", "relationship to insured", "patient relationship"),
    "frequency": ("frequency", "frequency code", "claim frequency", "claim frequency code", "resubmission code",
        "claim type frequency"),
    "auth_number": ("authorization", "authorization number", "prior authorization", "prior authorization number",
        "precert number", "preauthorization number", "precertification number", "pre authorization", "authorization id"),
    "referral_number": ("referral number", "referral"),
    "original_control": ("original claim number", "original reference number", "original control number", "payer claim number",
        "original claim id"),
    "referring_npi": ("referring npi", "referring provider npi", "referring physician npi"),
    "rendering_taxonomy": ("rendering taxonomy",),
    "facility_npi": ("facility npi", "service facility npi", "location npi"),
    "admitted_on": ("admission date", "admit date", "date admitted"),
    "accident_on": ("accident date", "injury date", "date of injury"),
    "diagnoses": ("diagnosis", "diagnosis code", "diagnosis codes", "diagnoses", "principal diagnosis",
        "primary diagnosis", "diagnosis list"),
}  # fmt: skip
LINES: Mapping[str, tuple[str, ...]] = {
    "line": ("line", "line number", "service line", "line item", "charge line", "line sequence", "sequence number"),
    "line_control": ("line control", "line control number", "charge id", "line id", "charge number", "line item control number"),
    "procedure": ("procedure", "procedure code", "cpt", "cpt code", "hcpcs", "hcpcs code", "cpt hcpcs", "service code",
        "cpt4", "charge code cpt", "cpt procedure code"),
    "modifiers": ("modifier", "modifiers", "modifier code", "procedure modifier", "cpt modifier", "modifier codes"),
    "pointers": ("diagnosis pointer", "pointer", "pointers", "diagnosis pointers", "diagnosis reference"),
    "units": ("units", "quantity", "service units", "unit", "days or units", "units billed", "number of units"),
    "charge_cents": ("charge", "charge amount", "billed amount", "amount billed", "total charge", "line charge", "fee",
        "gross charge", "amount", "billed", "billed charge", "amount charged"),
    "revenue_code": ("revenue code", "rev code", "revenue"),
    "place_of_service": ("place of service", "place of service code", "service place"),
    "service_from": ("service date", "date of service", "from date", "service from date", "service date from",
        "from service date", "service from", "begin date", "service start date", "date of service from"),
    "service_to": ("to date", "service to date", "service date to", "thru date", "through date", "service to", "end date",
        "service date thru", "service end date", "date of service to"),
    "rendering_npi": ("rendering npi", "rendering provider npi", "provider npi", "performing npi",
        "performing provider npi", "servicing npi", "attending npi", "physician npi", "npi"),
    "ordering_npi": ("ordering npi", "ordering provider npi", "ordering physician npi"),
}  # fmt: skip
REMITS: Mapping[str, tuple[str, ...]] = {
    **{
        name: CLAIMS[name]
        for name in ("claim_id", "payer_id", "payer_name", "plan_type", "member_id", "frequency")
    },
    "known_on": ("payment date", "paid date", "date paid", "posted date", "posting date", "post date", "remit date",
        "check date", "remittance date", "era date", "eob date", "date posted", "posted", "deposit date", "payment post date"),
    "status": ("claim status", "claim status code", "remit status", "status"),
    "payer_control": ("payer claim control number", "payer control number", "icn", "payer claim number", "internal control number",
        "dcn", "payer icn"),
    "trace": ("check number", "eft number", "trace number", "check eft number", "check", "payment number", "trace"),
    "payee_npi": ("payee npi", "billing npi", "billing provider npi", "group npi"),
    "patient_cents": ("patient responsibility", "patient responsibility amount", "patient amount"),
}  # fmt: skip
SERVICES: Mapping[str, tuple[str, ...]] = {
    **{name: LINES[name] for name in ("line_control", "procedure", "modifiers", "units", "charge_cents")},
    "paid_cents": ("paid", "paid amount", "amount paid", "payment", "payment amount", "insurance payment",
        "insurance paid", "payer paid", "line paid", "insurance paid amount"),
    "allowed_cents": ("allowed", "allowed amount", "amount allowed", "contract allowed"),
    "service_on": LINES["service_from"],
}  # fmt: skip
ADJUSTMENTS: Mapping[str, tuple[str, ...]] = {
    "group_code": ("group code", "adjustment group", "adjustment group code", "carc group", "cas group", "claim adjustment group code"),
    "carc": ("carc", "adjustment reason", "adjustment reason code", "reason code", "denial code", "adjustment code",
        "claim adjustment reason code", "code", "reason", "carc code", "denial reason", "denial reason code", "cas code", "cas reason code"),
    "amount_cents": ("adjustment amount", "adjustment", "carc amount", "adjusted amount", "denied amount", "cas amount",
        "amount adjusted", "write off amount"),
}  # fmt: skip
REMARKS: Mapping[str, tuple[str, ...]] = {
    "rarc": (
        "rarc",
        "remark",
        "remark code",
        "remark codes",
        "remittance advice remark code",
        "rarc code",
        "remarks",
    ),
}
NAMES: Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "claims": {"claims": CLAIMS, "lines": LINES},
    "remits": {"remits": REMITS, "services": SERVICES, "adjustments": ADJUSTMENTS, "remarks": REMARKS},
}
"""Kind of a table -> section -> our column -> what it is called."""

KNOWN = frozenset(
    name
    for sections in NAMES.values()
    for columns in sections.values()
    for names in columns.values()
    for name in names
)
"""Every name that is known: a file's first line that holds some of them is a header."""


def plain(name: str) -> tuple[str, int]:
    """A column's name in plain words, and the number at its end (0 where there is none): "Adj_Cd2" is "adjustment code", 2."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    words = re.sub(r"[^a-z0-9]+", " ", spaced.replace("#", " number ").lower()).split()
    match = re.fullmatch(r"([a-z]*?)(\d{1,2})", words[-1]) if words else None
    number = 0
    if match and words[-1] not in {*SHORT, "cpt4"}:
        number, words = int(match[2]), [*words[:-1], *([match[1]] if match[1] else [])]
    return " ".join(SHORT.get(word, word) for word in words), number
