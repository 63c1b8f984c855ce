"""What a check says of one line, in words: its sentence and its fix, with the slots filled from the line.

A slot `{procedure}` is a field of the line table, a feature of the catalogue or a fact of the policy book. Dates are
told as 3 March 2025, cents as $1,234.50, shares as 83%, codes as they are; what isn't known as "an unknown ...".
`{name:days}`, `{name:share}`, `{name:dollars}`, `{name:date}` and `{name:number}` say which of these is meant.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from string import Formatter

import numpy as np

from data.schema import DIAGNOSES, LINE_TABLE, MODIFIERS, POINTERS
from features.checks.registry import Check

EPOCH = date(1970, 1, 1)
Value = str | int | float | bool | date | None

NEVER_TOLD = frozenset(
    {"member_id", "birth_year", "patient_sex", "relationship", "record_number", "billing_name", "payer_name"}
)
"""Fields of the patient, and names: no sentence may hold them."""

MADE = ("pointed_diagnosis", "modifiers", "diagnoses")
"""Slots that are made of several fields."""

FORMS = ("", "days", "share", "dollars", "date", "number")

FIELD_WORDS: Mapping[str, str] = {
    "procedure": "procedure",
    "payer_id": "payer",
    "pointed_diagnosis": "diagnosis",
    "charge_cents": "charge",
    "claim_charge_cents": "total charge",
    "service_from": "day of service",
    "service_to": "last day of service",
    "submitted_on": "day of submission",
    "place_of_service": "place of service",
    "original_control": "payer's number of the first claim",
    "rendering_npi": "rendering provider",
    "referring_npi": "referring provider",
    "ordering_npi": "ordering provider",
    "billing_npi": "billing provider",
    "context_auth_ordering_npi": "ordering provider",
    "context_auth_facility_npi": "facility",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One line as templates see it: its fields, and the numbers known of it (features and facts of the book)."""

    fields: Mapping[str, Value]
    numbers: Mapping[str, float]
    units: Mapping[str, str]
    """The unit of a number, where the catalogue names one."""

    def value(self, slot: str) -> Value:
        """What a slot stands for; None where it isn't known."""
        if slot == "modifiers":
            return " and ".join(_given(self.fields, MODIFIERS)) or "none"
        if slot == "diagnoses":
            return ", ".join(_given(self.fields, DIAGNOSES)) or None
        if slot == "pointed_diagnosis":
            pointer = self.fields.get(POINTERS[0]) or 1
            place = int(pointer) if isinstance(pointer, int | float) else 1
            return self.fields.get(DIAGNOSES[place - 1]) if 1 <= place <= len(DIAGNOSES) else None
        if slot in self.fields:
            return self.fields[slot]
        number = self.numbers.get(slot, float("nan"))
        return None if np.isnan(number) else number


def sentence_of(check: Check, told: Told) -> str:
    """What is wrong, beginning with its line: "Line 2: 72148 needs an authorization at this payer"."""
    said = filled(check.sentence, told)
    return said if check.is_of_claim else f"Line {told.fields.get('line')}: {_begun(said)}"


def fix_of(check: Check, told: Told) -> str:
    """What to do about it."""
    return filled(check.fix, told)


def filled(template: str, told: Told) -> str:
    """A template with its slots filled. Raises `KeyError` for a slot that names a field of the patient."""
    parts = _parts(template)
    said = []
    for n, (literal, slot, form) in enumerate(parts):
        said.append(literal)
        if slot:
            after = parts[n + 1][0] if n + 1 < len(parts) else ""
            said.append(_said(slot, form, told, has_unit=after.lstrip(" -").startswith("day")))
    text = "".join(said)
    return text[:1].upper() + text[1:]


@cache
def _parts(template: str) -> tuple[tuple[str, str, str], ...]:
    """Literal text, the slot behind it (empty: none) and its form."""
    return tuple((literal, slot or "", form or "") for literal, slot, form, _ in Formatter().parse(template))


def slots_of(template: str) -> Iterator[tuple[str, str]]:
    """Each slot of a template with its form."""
    return ((slot, form) for _, slot, form in _parts(template) if slot)


def fault_of_slot(slot: str, form: str, known: frozenset[str]) -> str:
    """What is wrong with a slot; empty for a good one. `known` are the names of features and facts."""
    if slot in NEVER_TOLD:
        return f"{slot}: of the patient, or a name"
    if form not in FORMS:
        return f"{slot}: no form {form}"
    if slot in MADE or slot in LINE_TABLE.names or slot in known:
        return ""
    return f"{slot}: no field, feature or fact"


def _said(slot: str, form: str, told: Told, *, has_unit: bool) -> str:
    if slot in NEVER_TOLD:
        raise KeyError(slot)
    value = told.value(slot)
    if value is None:
        words = field_words(slot)
        return (
            f"{'an' if words[0] in 'aeiou' else 'a'} {words} that is not given"
            if form
            else f"an unknown {words}"
        )
    return formatted(value, form or _form(slot, told.units), has_unit=has_unit)


def field_words(slot: str) -> str:
    """A field's name in words."""
    plain = slot.removeprefix("context_")
    for ending in ("_cents", "_on", "_npi", "_id", "_1"):
        plain = plain.removesuffix(ending)
    return FIELD_WORDS.get(slot, plain.replace("auth_", "authorization ").replace("_", " "))


def formatted(value: Value, form: str, *, has_unit: bool = False) -> str:
    """A value in words; `has_unit`: the text behind it says "days" already."""
    match value:
        case bool():
            return "yes" if value else "no"
        case date():
            return f"{value.day} {value:%B %Y}"
        case int() | float():
            return _number(float(value), form, has_unit=has_unit)
    return str(value)


def _number(value: float, form: str, *, has_unit: bool) -> str:
    if form == "dollars":
        return f"${value / 100:,.2f}"
    if form == "share":
        return f"{100 * value:.0f}%"
    if form == "date":
        return formatted(EPOCH + timedelta(days=int(value)), "")
    plain = f"{round(value):,}" if form == "days" or float(value).is_integer() else f"{value:,.1f}"
    return f"{plain} day{'' if plain == '1' else 's'}" if form == "days" and not has_unit else plain


def _form(slot: str, units: Mapping[str, str]) -> str:
    if slot.endswith("_cents"):
        return "dollars"
    if slot.endswith("_on"):
        return "date"
    unit = units.get(slot, "")
    if unit in {"days", "share"}:
        return unit
    return "days" if slot.endswith("_days") or slot.startswith("days_") else "number"


def _given(fields: Mapping[str, Value], names: tuple[str, ...]) -> list[str]:
    return [str(fields[name]) for name in names if fields.get(name) is not None]


def _begun(said: str) -> str:
    """A sentence behind "Line 2: ": a plain word at its beginning in small letters, codes and shorthand as they are."""
    first = said.partition(" ")[0]
    return said[:1].lower() + said[1:] if first[1:].islower() or first in {"A", "No"} else said
