"""What was known before the claim was sent: how often lines like this one were denied, and for which reasons.

Only answers known strictly before the day of submission count. A rate is shrunk toward the rate of a wider key
(payer and procedure toward payer and modality, that toward payer, that toward all), so that few lines say little;
the number of answered lines stands beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from data.codes import FAMILIES
from features.bank import Bank, Days, Ledger
from features.columns import Floats, Hashes, Ints, Lines
from features.kernel import COUNT, RATE
from features.keys import PARTS, Secret, days_of, key_hashes, member_table, part_hashes
from features.registry import EVERY, Feature, described

LONG, YEAR, QUARTER = 0, 365, 90
WINDOWS = (LONG, YEAR, QUARTER)
"""Days back from the submission; 0 means ever since."""

FIRST_GUESS = 0.1
"""The share of lines denied where nothing is known yet: what radiology usually sees."""
GUESS_STRENGTH = 20.0

ALL = tuple(FAMILIES)
CLINICAL = ("medical_necessity", "not_covered", "benefit_limit")


@dataclass(frozen=True, slots=True)
class KeySet:
    """Lines that are alike in some parts, and which rates are kept of them."""

    name: str
    parts: tuple[str, ...]
    concept: str
    words: str
    """Completes "lines of the same ...": payer and procedure."""
    parent: str | None
    families: tuple[str, ...] = ()
    """Reason families that have a rate of their own."""
    windows: tuple[int, ...] = (YEAR,)
    strength: float = 15.0
    """How many lines the wider key's rate is worth."""
    has_denied: bool = True
    """Keeps the rate of denials for any reason too."""


def _sets() -> Iterator[KeySet]:
    recent = (YEAR, QUARTER)
    yield KeySet("all", (), "calendar", "kind at all", None, ALL)
    yield KeySet("payer", ("payer",), "payer_habit", "payer", "all", ALL, recent)
    yield KeySet(
        "procedure",
        ("procedure",),
        "procedure",
        "procedure",
        "all",
        (*CLINICAL, "authorization", "coding", "bundling"),
    )
    yield KeySet(
        "payer_plan",
        ("payer", "plan"),
        "plan",
        "payer and plan",
        "payer",
        (*CLINICAL, "authorization", "eligibility", "coordination"),
    )
    yield KeySet(
        "payer_modality",
        ("payer", "modality"),
        "payer_habit",
        "payer and modality",
        "payer",
        (*CLINICAL, "authorization", "documentation", "coding"),
        recent,
    )
    yield KeySet(
        "payer_procedure",
        ("payer", "procedure"),
        "payer_habit",
        "payer and procedure",
        "payer_modality",
        (*CLINICAL, "authorization", "documentation", "coding", "bundling"),
        recent,
    )
    yield KeySet(
        "payer_modality_auth",
        ("payer", "modality", "place", "auth"),
        "authorization",
        "payer, modality and state of authorization",
        "payer_modality",
        ("authorization",),
        recent,
        has_denied=False,
    )
    yield KeySet(
        "payer_procedure_auth",
        ("payer", "procedure", "auth"),
        "authorization",
        "payer, procedure and state of authorization",
        "payer_modality_auth",
        ("authorization",),
        recent,
    )
    yield KeySet(
        "payer_plan_procedure_auth",
        ("payer", "plan", "procedure", "auth"),
        "authorization",
        "payer, plan, procedure and state of authorization",
        "payer_procedure_auth",
        ("authorization",),
        has_denied=False,
    )
    yield KeySet("diagnosis", ("diagnosis",), "diagnosis", "diagnosis", "all", ("medical_necessity",))
    yield KeySet(
        "procedure_diagnosis",
        ("procedure", "diagnosis"),
        "diagnosis",
        "procedure and diagnosis",
        "procedure",
        ("medical_necessity", "not_covered"),
    )
    yield KeySet(
        "payer_modality_diagnosis",
        ("payer", "modality", "diagnosis"),
        "diagnosis",
        "payer, modality and diagnosis",
        "payer_modality",
        ("medical_necessity", "not_covered"),
        has_denied=False,
    )
    yield KeySet(
        "payer_procedure_diagnosis",
        ("payer", "procedure", "diagnosis"),
        "diagnosis",
        "payer, procedure and diagnosis",
        "payer_modality_diagnosis",
        ("medical_necessity", "not_covered"),
    )
    yield KeySet(
        "payer_procedure_diagnosis_code",
        ("payer", "procedure", "diagnosis_code"),
        "diagnosis",
        "payer, procedure and full diagnosis",
        "payer_procedure_diagnosis",
        ("medical_necessity",),
        has_denied=False,
    )
    yield KeySet(
        "payer_place_component",
        ("payer", "place", "component"),
        "modifier",
        "payer, kind of place and component",
        "payer",
        ("coding", "bundling"),
    )
    yield KeySet(
        "payer_facility_component",
        ("payer", "facility", "component"),
        "modifier",
        "payer, facility and component",
        "payer_place_component",
        ("coding", "bundling"),
    )
    yield KeySet(
        "payer_laterality",
        ("payer", "laterality"),
        "modifier",
        "payer and side told or not",
        "payer",
        ("coding", "missing_information"),
        has_denied=False,
    )
    yield KeySet(
        "payer_procedure_modifiers",
        ("payer", "procedure", "modifiers"),
        "modifier",
        "payer, procedure and modifiers",
        "payer_procedure",
        ("coding", "bundling", "duplicate"),
    )
    yield KeySet(
        "procedure_companions",
        ("procedure", "companions"),
        "same_claim",
        "procedure beside the same others",
        "procedure",
        ("bundling",),
        has_denied=False,
    )
    yield KeySet(
        "payer_procedure_companions",
        ("payer", "procedure", "companions", "modifiers"),
        "same_claim",
        "payer and procedure beside the same others",
        "procedure_companions",
        ("bundling",),
        has_denied=False,
    )
    yield KeySet(
        "payer_documents",
        ("payer", "documents"),
        "report",
        "payer and state of the papers",
        "payer",
        ("documentation",),
    )
    yield KeySet(
        "payer_modality_documents",
        ("payer", "modality", "documents"),
        "report",
        "payer, modality and state of the papers",
        "payer_documents",
        ("documentation",),
        has_denied=False,
    )
    yield KeySet(
        "payer_procedure_attachment",
        ("payer", "procedure", "attachment"),
        "attachment",
        "payer, procedure and attachment or none",
        "payer_procedure",
        ("documentation", "missing_information"),
    )
    yield KeySet(
        "payer_missing",
        ("payer", "missing"),
        "missing_field",
        "payer and missing fields",
        "payer",
        ("missing_information",),
    )
    yield KeySet(
        "rendering",
        ("rendering",),
        "rendering_provider",
        "rendering provider",
        "all",
        ("provider_enrollment", "documentation"),
    )
    yield KeySet(
        "payer_rendering",
        ("payer", "rendering"),
        "rendering_provider",
        "payer and rendering provider",
        "payer",
        ("provider_enrollment",),
        recent,
    )
    yield KeySet(
        "payer_referring",
        ("payer", "referring"),
        "referring_provider",
        "payer and referring provider",
        "payer",
        ("authorization", "medical_necessity", "missing_information"),
    )
    yield KeySet(
        "facility", ("facility",), "facility", "facility", "all", ("coding", "authorization", "documentation")
    )
    yield KeySet(
        "facility_procedure",
        ("facility", "procedure"),
        "facility",
        "facility and procedure",
        "facility",
        ("coding", "documentation"),
    )
    yield KeySet(
        "payer_filing",
        ("payer", "filing_step"),
        "filing_time",
        "payer and time to file",
        "payer",
        ("timely_filing",),
        (LONG, YEAR),
        8.0,
    )
    yield KeySet(
        "payer_eligibility",
        ("payer", "eligibility"),
        "eligibility",
        "payer and state of eligibility",
        "payer",
        ("eligibility",),
    )
    yield KeySet(
        "payer_coordination",
        ("payer", "coordination"),
        "other_payer",
        "payer and other payers",
        "payer",
        ("coordination",),
    )
    yield KeySet(
        "member",
        ("member",),
        "patient_history",
        "patient",
        "all",
        ("eligibility", "coordination", "not_covered", "benefit_limit"),
        (LONG,),
        4.0,
    )


KEY_SETS: tuple[KeySet, ...] = tuple(_sets())
BY_NAME: Mapping[str, KeySet] = {one.name: one for one in KEY_SETS}


@dataclass(frozen=True, slots=True)
class Output:
    """One column that history gives: a count or a rate of one key set over one window."""

    name: str
    key_set: str
    kind: int
    of: str
    window: int
    parent: str | None
    prior: float
    strength: float


def answered_name(key_set: str) -> str:
    """The column with the number of answered lines of the last year (or ever, where the set keeps no year)."""
    return f"history_{key_set}_answered"


def rate_name(key_set: str, of: str, window: int, main: int) -> str:
    """The column with a smoothed denial rate; `of` is denied or a reason family."""
    span = "" if window == main else {LONG: "_ever", YEAR: "_year", QUARTER: "_recent"}[window]
    return f"history_{key_set}_{of}_rate{span}"


def _outputs(one: KeySet) -> Iterator[Output]:
    main = one.windows[0]
    yield Output(answered_name(one.name), one.name, COUNT, "answered", main, None, 0.0, 0.0)
    for of in (*(("denied",) if one.has_denied else ()), *one.families):
        above = wider_rate(one, of)
        for window in one.windows:
            name = rate_name(one.name, of, window, main)
            prior = FIRST_GUESS if of == "denied" else FIRST_GUESS / len(FAMILIES)
            yield Output(
                name, one.name, RATE, of, window, above, prior, one.strength if above else GUESS_STRENGTH
            )
            above = name


def wider_rate(one: KeySet, of: str) -> str | None:
    """The column that a rate is shrunk toward: the nearest wider key that keeps the same rate."""
    parent = one.parent
    while parent is not None:
        wider = BY_NAME[parent]
        if of in wider.families or (of == "denied" and wider.has_denied):
            return rate_name(wider.name, of, wider.windows[0], wider.windows[0])
        parent = wider.parent
    return None


OUTPUTS: tuple[Output, ...] = tuple(output for one in KEY_SETS for output in _outputs(one))
PART_NAMES: tuple[str, ...] = tuple(name for name in PARTS if any(name in one.parts for one in KEY_SETS))


def counted_columns(one: KeySet) -> tuple[str, ...]:
    """What a ledger of this key set counts, in the order of its columns."""
    return ("answered", "denied", *one.families)


@cache
def _program() -> tuple[Ints, Floats, Ints]:
    names = [output.name for output in OUTPUTS]
    sets = [one.name for one in KEY_SETS]
    rows = [
        (
            sets.index(out.key_set),
            out.kind,
            counted_columns(BY_NAME[out.key_set]).index(out.of),
            WINDOWS.index(out.window),
            names.index(out.parent) if out.parent else -1,
        )
        for out in OUTPUTS
    ]
    rates = np.array([(out.prior, out.strength) for out in OUTPUTS])
    return np.array(rows, dtype=np.int64), rates, member_table([one.parts for one in KEY_SETS], PART_NAMES)


def line_keys(lines: Lines, secret: Secret) -> Hashes:
    """The key of each line in each key set. Shape (sets, n)."""
    return key_hashes(part_hashes(lines, PART_NAMES, secret), _program()[2])


def learn(labelled: Lines, secret: Secret, *, until: float) -> Bank:
    """The bank of all answers known by the day `until`; lines without a label tell nothing."""
    known, label = labelled.number("known_on"), labelled.number("label")
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero(~np.isnan(label) & (known <= until))
    rows = rows[np.argsort(known[rows], kind="stable")]
    days: Days = known[rows].astype(np.int32)
    denied = label[rows] > 0
    family = labelled.text("family")
    counts = {"answered": np.ones(len(rows), dtype=np.int64), "denied": denied.astype(np.int64)}
    counts |= {name: (denied & family.is_in(name)[rows]).astype(np.int64) for name in FAMILIES}
    keys = line_keys(labelled, secret)[
        :, rows
    ]  # of all lines: a claim's unanswered lines are part of its keys
    ledgers = [
        Ledger.of(keys[s], days, {name: counts[name] for name in counted_columns(one)})
        for s, one in enumerate(KEY_SETS)
    ]
    return Bank.of(ledgers)


def recall(lines: Lines, bank: Bank, secret: Secret) -> Floats:
    """The history columns of each line, in the order of `OUTPUTS`. Shape (n, len(OUTPUTS))."""
    program, rates, _ = _program()
    return bank.ask(
        line_keys(lines, secret), days_of(lines), np.array(WINDOWS, dtype=np.float64), program, rates
    )


def _meaning(out: Output) -> str:
    one = BY_NAME[out.key_set]
    span = {LONG: "ever since", YEAR: "in the last year", QUARTER: "in the last 90 days"}[out.window]
    if out.kind == COUNT:
        return f"How many lines of the same {one.words} were answered {span}."
    what = "denied" if out.of == "denied" else f"denied for {out.of.replace('_', ' ')}"
    return f"The smoothed share of lines of the same {one.words} that were {what} {span}."


def _families(out: Output) -> tuple[str, ...]:
    if out.kind == COUNT or out.of == "denied":
        one = BY_NAME[out.key_set]
        return EVERY if out.key_set in {"payer", "payer_procedure"} or not one.families else one.families
    return (out.of,)


def features() -> Sequence[Feature]:
    """The catalogue entries of the history columns, in the order of `OUTPUTS`."""
    return [
        described(
            out.name,
            _meaning(out),
            BY_NAME[out.key_set].concept,
            unit="lines" if out.kind == COUNT else "share",
            source="history",
            families=_families(out),
        )
        for out in OUTPUTS
    ]
