"""What a payer decided on an item or a whole claim: paid, allowed, and why not the rest, as an 835 would say it.

FHIR says amounts by category, and often names the reason without an amount (CARIN's `denialreason`). An 835 gives
every reason its amount, so that charge less adjustments is what was paid. From the one to the other:

- a CARC with an amount of its own keeps it;
- deductible, coinsurance and copay are by definition PR-1, PR-2 and PR-3, a discount CO-45, another payer's part OA-23;
- CARCs without an amount get the non-covered amount, else what is left unexplained of the charge;
- charge above the allowed amount is CO-45; where something was paid, before anything else is called unexplained;
- a non-covered amount without any reason is CARC 96, which says just that;
- Medicare's line processing indicator stands in where no CARC is given at all.

What is still unexplained stays so: labels of such a line are unreliable, and say so.
"""

import re
from dataclasses import dataclass, field

from data.readers.fhir.values import Faults, Json, elements, is_of, meaning, number, systems_and_codes, text

GROUPS = ("adjustment-group-code", "adjustmentgroupcode", "ansi-grp-cd", "cagc")
CARCS = ("adjustment-reason-code", "adjustmentreasoncode", "ansi-rsn-cd", "carc")
RARCS = ("remark-code", "remarkcode", "rarc")
PROCESSING = ("prcsg-ind-cd",)

SAID_BY_CATEGORY = {
    "deductible": ("PR", "1"),
    "coinsurance": ("PR", "2"),
    "copay": ("PR", "3"),
    "discount": ("CO", "45"),
    "priorpayerpaid": ("OA", "23"),
}
NO_ADJUSTMENT = {
    "submitted",
    "eligible",
    "benefit",
    "paidtoprovider",
    "paidtopatient",
    "paidbypatient",
    "memberliability",
    "eligpercent",
    "tax",
    "drugcost",
    "unallocdeduct",
}
"""Categories whose amount is not what a reason took from the charge."""

WEIGHED = {name: name for name in (*NO_ADJUSTMENT, *SAID_BY_CATEGORY, "noncovered")}
"""Categories whose amounts count."""

CONTRACT = "45"
INDICATORS = {
    "B": "119",
    "C": "96",
    "D": "A1",
    "I": "16",
    "L": "B7",
    "M": "18",
    "N": "50",
    "O": "A1",
    "P": "A1",
    "Z": "97",
    **dict.fromkeys("QSTUVXY", "22"),
}
"""Medicare's line processing indicators that deny, to the CARC that says the same."""

NOTE = re.compile(r"((?:MA?|N)\d{1,3})(?:$|\s*[-:])")
"""A processNote that is, or begins with, a RARC."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One reason and what it took from the charge, in cents."""

    group_code: str | None
    carc: str
    amount_cents: int


@dataclass(slots=True)
class Adjudication:
    """What was decided, in cents; None is not said."""

    submitted_cents: int | None = None
    allowed_cents: int | None = None
    paid_cents: int | None = None
    patient_cents: int | None = None
    adjustments: list[Adjustment] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    is_said: bool = False
    """Whether anything was decided here."""


@dataclass(slots=True)
class _Read:
    """Amounts by category, and reasons that still lack an amount."""

    amounts: dict[str, int] = field(default_factory=dict)
    adjustments: list[Adjustment] = field(default_factory=list)
    open_carcs: dict[str, str | None] = field(default_factory=dict)
    remarks: dict[str, None] = field(default_factory=dict)
    group_code: str | None = None
    indicator: str | None = None
    is_said: bool = False
    is_reasoned: bool = False
    """Whether any CARC is given."""


def adjudicate(
    entries: list[Json], extensions: list[Json], charge: int | None, faults: Faults
) -> Adjudication:
    """The decision that a list of adjudications (or totals) makes on a charge."""
    if not entries and not extensions:
        return Adjudication()
    read = _Read()
    for entry in entries:
        _take(entry, read, faults)
    for extension in extensions:
        _indicate(extension.get("valueCoding"), read)
    if charge is None:
        charge = read.amounts.get("submitted")
    if read.indicator in INDICATORS and not read.is_reasoned:
        read.open_carcs[INDICATORS[read.indicator]] = None
        read.is_said = read.is_reasoned = True
    paid = _paid(read)
    _explain(read, charge, paid)
    return Adjudication(
        submitted_cents=read.amounts.get("submitted"),
        allowed_cents=read.amounts.get("eligible"),
        paid_cents=paid,
        patient_cents=_patient(read),
        adjustments=read.adjustments,
        remarks=list(read.remarks),
        is_said=read.is_said,
    )


def _take(entry: Json, read: _Read, faults: Faults) -> None:
    name = meaning(entry.get("category"), WEIGHED)
    amount = faults.cents(entry, "amount")
    carcs = _reasons(entry, read) if "reason" in entry or "extension" in entry else []
    if carcs:
        read.is_reasoned = read.is_said = True
    elif amount is not None:
        read.is_said = True
    if amount is not None and name is not None:
        summed = name in SAID_BY_CATEGORY or name == "noncovered"
        read.amounts[name] = (read.amounts.get(name, 0) if summed else 0) + amount
    group = read.group_code
    if carcs and amount is not None and name not in NO_ADJUSTMENT:
        read.adjustments.append(Adjustment(group, carcs[0], amount))
        if name == "noncovered":
            read.amounts["noncovered"] -= amount
    elif carcs:
        for carc in carcs:
            read.open_carcs.setdefault(carc, group)
    elif amount and name in SAID_BY_CATEGORY:
        read.adjustments.append(Adjustment(*SAID_BY_CATEGORY[name], amount))


def _reasons(entry: Json, read: _Read) -> list[str]:
    """CARCs of an entry; its group, remarks and indicator are noted."""
    pairs = systems_and_codes(entry.get("reason"))
    for extension in elements(entry.get("extension")):
        pairs += systems_and_codes(extension.get("valueCodeableConcept"))
        pairs += systems_and_codes(extension.get("valueCoding"))
    carcs: dict[str, None] = {}
    for system, code in pairs:
        if is_of(system, GROUPS):
            _group(code, read)
        elif is_of(system, CARCS):
            carcs[code] = None
        elif is_of(system, RARCS):
            read.remarks[code] = None
        elif is_of(system, PROCESSING):
            read.indicator = code
    return list(carcs)


def _group(code: str, read: _Read) -> None:
    """A group holds for what follows, and for reasons before it that have none."""
    read.group_code = code
    read.open_carcs = {carc: code if group is None else group for carc, group in read.open_carcs.items()}


def _indicate(coding: object, read: _Read) -> None:
    for system, code in systems_and_codes(coding):
        if is_of(system, PROCESSING):
            read.indicator = code


def _paid(read: _Read) -> int | None:
    """Benefit; else what provider and patient were paid; nothing where a decision names no payment."""
    if "benefit" in read.amounts:
        return read.amounts["benefit"]
    parts = [read.amounts[name] for name in ("paidtoprovider", "paidtopatient") if name in read.amounts]
    return sum(parts) if parts else 0 if read.is_said else None


def _patient(read: _Read) -> int | None:
    if "memberliability" in read.amounts:
        return read.amounts["memberliability"]
    parts = [read.amounts[name] for name in ("deductible", "coinsurance", "copay") if name in read.amounts]
    return sum(parts) if parts else None


def _explain(read: _Read, charge: int | None, paid: int | None) -> None:
    """Gives the reasons without an amount what is left of the charge."""
    rest = None
    if charge is not None and paid is not None:
        rest = max(charge - paid - sum(a.amount_cents for a in read.adjustments), 0)
    allowed = read.amounts.get("eligible")
    over = max(charge - allowed, 0) if charge is not None and allowed is not None else 0
    noncovered = max(read.amounts.get("noncovered", 0), 0)
    if noncovered and not read.is_reasoned:
        read.open_carcs["96"] = read.group_code
    if rest is not None and (paid or CONTRACT in read.open_carcs or not read.open_carcs):
        rest -= _contract(read, min(over, rest - min(noncovered, rest)))
    worded = [carc for carc in read.open_carcs if carc != CONTRACT] or list(read.open_carcs)
    for carc, group in read.open_carcs.items():
        takes = carc == worded[0]
        amount = (noncovered or rest or 0) if takes else 0
        read.adjustments.append(Adjustment(group, carc, amount))
        rest = max((rest or 0) - amount, 0)


def _contract(read: _Read, amount: int) -> int:
    """CO-45 for what is above the allowed amount."""
    if amount <= 0:
        return 0
    group = read.open_carcs.pop(CONTRACT, None) or "CO"
    read.adjustments.append(Adjustment(group, CONTRACT, amount))
    return amount


def note_remarks(notes: list[Json]) -> dict[int | None, list[str]]:
    """RARCs of processNotes by their number; only where the note is coded or begins with the code."""
    found: dict[int | None, list[str]] = {}
    for note in notes:
        said = NOTE.match(text(note.get("text")) or "")
        remarks = [said.group(1)] if said else []
        for extension in elements(note.get("extension")):
            for name in ("valueCodeableConcept", "valueCoding"):
                pairs = systems_and_codes(extension.get(name))
                remarks += [code for system, code in pairs if is_of(system, RARCS)]
        key = number(note.get("number"))
        found.setdefault(None if key is None else int(key), []).extend(remarks)
    return found
