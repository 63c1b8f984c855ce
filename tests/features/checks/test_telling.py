"""Sentences of checks: slots filled as a biller reads them, and never anything of the patient."""

from datetime import date

import pytest

from features import book
from features.catalog import CATALOG
from features.checks.catalog import CHECKS
from features.checks.telling import NEVER_TOLD, Told, fault_of_slot, filled, fix_of, sentence_of, slots_of

KNOWN = frozenset((*CATALOG, *book.FACTS))
FIELDS = {
    "line": 2,
    "procedure": "72148",
    "service_from": date(2025, 3, 3),
    "charge_cents": 123_450,
    "units": 2.0,
    "payer_id": None,
    "modifier_1": "26",
    "modifier_2": "RT",
    "diagnosis_1": "M5416",
    "diagnosis_2": "R109",
    "pointer_1": 2,
    "context_study_complete": False,
}
NUMBERS = {
    "filing_limit_days": 90.0,
    "days_to_submit": 1.0,
    "share_seen": 0.8345,
    "fee_cents": 20_000.0,
    "unit_limit": 4.0,
    "rate": float("nan"),
    "ended": 20_150.0,
}
TOLD = Told(FIELDS, NUMBERS, {"days_to_submit": "days", "share_seen": "share"})


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{procedure} is billed.", "72148 is billed."),
        ("The service was on {service_from}.", "The service was on 3 March 2025."),
        ("{charge_cents} is charged, {fee_cents} is usual.", "$1,234.50 is charged, $200.00 is usual."),
        ("{units} units, {unit_limit} at most.", "2 units, 4 at most."),
        ("Within {filing_limit_days}.", "Within 90 days."),
        ("Within {filing_limit_days} days.", "Within 90 days."),
        ("After {days_to_submit}.", "After 1 day."),
        ("{share_seen} of them, or {share_seen:number}.", "83% of them, or 0.8."),
        ("It ended on {ended:date}.", "It ended on 3 March 2025."),
        ("{modifiers} on {pointed_diagnosis} of {diagnoses}.", "26 and RT on R109 of M5416, R109."),
        ("{payer_id} is the payer.", "An unknown payer is the payer."),
        ("Its {referring_npi}.", "Its an unknown referring provider."),
        ("The share is {rate}.", "The share is an unknown rate."),
        ("Complete: {context_study_complete}.", "Complete: no."),
    ],
)
def test_slots(template, said):
    assert filled(template, TOLD) == said


def test_no_modifier_is_told_so():
    assert filled("Modifiers: {modifiers}.", Told({}, {}, {})) == "Modifiers: none."


@pytest.mark.parametrize("field", sorted(NEVER_TOLD))
def test_what_is_the_patients_is_refused(field):
    assert fault_of_slot(field, "", KNOWN)
    with pytest.raises(KeyError):
        filled(f"{{{field}}} is told.", Told({field: "secret"}, {}, {}))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_slot_of_every_check_is_known(check):
    slots = [pair for text in (check.sentence, check.fix) for pair in slots_of(text)]
    assert [fault for slot, form in slots if (fault := fault_of_slot(slot, form, KNOWN))] == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_reads_well_of_an_empty_line(check):
    empty = Told({"line": 1}, {}, {})
    said, fix = sentence_of(check, empty), fix_of(check, empty)
    assert said.startswith("Line 1: ") or check.is_of_claim
    assert said.endswith((".", "?")), said
    assert fix.endswith((".", "?")), fix
    assert "{" not in said + fix
    assert "nan" not in (said + fix).lower()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_is_told_plainly(check):
    """No column names, and no sentence longer than a breath."""
    said = sentence_of(check, TOLD)
    assert "_" not in said, said
    assert len(said.split()) <= 30, said
