"""What a FHIR element says, whatever was put in its place: texts, codes, days and exact money, never an exception."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import TypeAlias, TypeVar

Json: TypeAlias = Mapping[str, object]
Value: TypeAlias = str | int | float | bool | date | None
Row: TypeAlias = dict[str, Value]
"""One row of a table, by the names of its columns."""

NOTHING: Json = {}
MAX_DIGITS = 15
"""Before the point: more is no amount of money, and would not fit into a whole number of cents."""
MAX_TEXT = 256
NUMERIC = (str, int)


def element(value: object) -> Json:
    """The value as an element with fields; an empty one where it is something else."""
    return value if isinstance(value, dict) else NOTHING


def elements(value: object) -> list[Json]:
    """The elements of a list; an element alone counts as a list of one, as some servers write it."""
    if value is None:
        return []
    if isinstance(value, list):
        return [item for item in value if isinstance(item, dict)]
    return [value] if isinstance(value, dict) else []


def text(value: object) -> str | None:
    """A trimmed text; numbers as they are written; None where nothing is said."""
    if isinstance(value, str):
        if not value.isascii():
            value = value.encode("utf-8", "replace").decode("utf-8")
        return value.strip()[:MAX_TEXT] or None
    if value is None:
        return None
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return str(value)[:MAX_TEXT]
    return None


def texts(value: object) -> list[str]:
    """The texts of a list, or of one text."""
    if value is None:
        return []
    found = map(text, value if isinstance(value, list) else [value])
    return [one for one in found if one is not None]


def number(value: object) -> Decimal | None:
    """An exact number, from a JSON number or a text that is one."""
    if isinstance(value, Decimal):
        found = value
    elif isinstance(value, NUMERIC) and not isinstance(value, bool):
        try:
            found = Decimal(value[:MAX_TEXT] if isinstance(value, str) else value)
        except InvalidOperation:
            return None
    else:
        return None
    return found if found.is_finite() and found.adjusted() < MAX_DIGITS else None


def quantity(value: object) -> float | None:
    """The value of a Quantity."""
    found = number(element(value).get("value"))
    return None if found is None else float(found)


def whole(value: object) -> int | None:
    """A positive whole number, as a sequence is."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31 else None


def wholes(value: object) -> list[int]:
    """The positive whole numbers of a list, or of one number."""
    if value is None:
        return []
    found = map(whole, value if isinstance(value, list) else [value])
    return [one for one in found if one is not None]


def in_cents(amount: Decimal) -> int:
    """Dollars to cents, exactly; parts of a cent are rounded half up."""
    return int((amount * 100).to_integral_value(ROUND_HALF_UP))


def systems_and_codes(concept: object) -> list[tuple[str, str]]:
    """System (in lower case, - and _ as one; empty where not said) and code of each coding of a concept or a coding."""
    if not isinstance(concept, dict):
        return []
    codings = concept.get("coding", concept)
    found = []
    for coding in codings if isinstance(codings, list) else (codings,):
        if not isinstance(coding, dict) or (code := coding.get("code")) is None:
            continue
        system = coding.get("system")
        system = system[:MAX_TEXT] if isinstance(system, str) else ""
        pair = _pair(system, code[:MAX_TEXT] if isinstance(code, str) else text(code))
        if pair is not None:
            found.append(pair)
    return found


@lru_cache(maxsize=8192)
def _pair(system: str, code: str | None) -> tuple[str, str] | None:
    """Codes come again and again: each is looked at once."""
    said = text(code)
    return None if said is None else (system.lower().replace("_", "-"), said)


@lru_cache(maxsize=4096)
def is_of(system: str, parts: tuple[str, ...]) -> bool:
    """Whether a system is one of those that contain one of these parts."""
    return any(part in system for part in parts)


def code_of(concept: object, *systems: str) -> str | None:
    """The first code whose system contains one of `systems`; without systems the first code."""
    for system, code in systems_and_codes(concept):
        if not systems or is_of(system, systems):
            return code
    return None


def preferred(concept: object, systems: tuple[str, ...]) -> str | None:
    """The first code whose system contains one of `systems`, else the first code."""
    pairs = systems_and_codes(concept)
    for system, code in pairs:
        if is_of(system, systems):
            return code
    return pairs[0][1] if pairs else None


def codes(concept: object) -> list[str]:
    """All codes of a concept in their order, whatever their systems."""
    return [code for _, code in systems_and_codes(concept)]


T = TypeVar("T")


def meaning(concept: object, meanings: Mapping[str, T]) -> T | None:
    """What the first code of a concept that is known there stands for."""
    for _, code in systems_and_codes(concept):
        if code in meanings:
            return meanings[code]
    return None


UNREADABLE = "can't be read"
FOREIGN = "is in another currency than USD, and not taken"


class Faults:
    """What one resource says that can't be used: the paths of fields and why, never their values."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def cents(self, holder: Json, name: str) -> int | None:
        """The money of a field in cents."""
        amount = self.dollars(holder, name)
        return None if amount is None else in_cents(amount)

    def dollars(self, holder: Json, name: str) -> Decimal | None:
        """The money of a field in dollars; another currency is not taken."""
        said = holder.get(name)
        if said is None:
            return None
        value = said
        if isinstance(said, dict):
            value = said.get("value")
            currency = said.get("currency")
            if currency is not None and value is not None and not is_dollar(currency):
                self.found.setdefault(name, FOREIGN)
                return None
        amount = number(value)
        if amount is None and value is not None:
            self.found.setdefault(name, UNREADABLE)
        return amount

    def day(self, holder: Json, name: str) -> date | None:
        """The day of a date or a dateTime field, as the clock stood where it was written."""
        said = holder.get(name)
        if said is None or (said := text(said)) is None:
            return None
        day = _day(said[:10])
        if day is None:
            self.found.setdefault(name, UNREADABLE)
        return day


@lru_cache(maxsize=4096)
def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said[4:5] == said[7:8] == "-" else None
    except ValueError:
        return None


def is_dollar(currency: object) -> bool:
    """Whether a currency is the dollar of the US; one that is no text says nothing."""
    said = text(currency)
    return said is None or said.upper() == "USD"
