"""What a cell of the policy book says: a code, days, yes or no. One text, one value; None where it says none."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from data.readers.tables.dates import DATES, read_date
from data.readers.tables.values import NO, YES

Value = str | int | bool | date
NAMES = pa.dictionary(pa.int32(), pa.string())
"""A column of words, as places among its distinct ones."""

CODE = re.compile(r"[0-9A-Z]{5}")
DIAGNOSIS = re.compile(r"[A-Z0-9]{1,7}")
PLACE = re.compile(r"[0-9A-Z]{2}")
BREAKS = re.compile(r"[\s,;|]+")
"""What may stand between several codes in one cell."""
MOST = 10**9


@dataclass(frozen=True, slots=True)
class Cell:
    """How cells of one kind are read, kept, and what is wanted of them."""

    type: pa.DataType
    parse: Callable[[str], Value | None]
    wanted: str


def _text(text: str) -> str | None:
    return " ".join(text.split()) or None


def _words(text: str) -> str | None:
    return " ".join(part for part in BREAKS.split(text.upper()) if part) or None


def _each(pattern: re.Pattern[str], text: str) -> str | None:
    """Several codes, all of one form."""
    parts = [part for part in BREAKS.split(text.upper()) if part]
    return " ".join(parts) if parts and all(map(pattern.fullmatch, parts)) else None


def _places(text: str) -> str | None:
    """Places of service; the zero that a spreadsheet took from the front of one is put back."""
    return _each(PLACE, " ".join(p.zfill(2) if p.isdigit() else p for p in BREAKS.split(text) if p))


def _procedure(text: str) -> str | None:
    code = text.upper()
    code = code.zfill(5) if code.isdigit() else code
    return code if CODE.fullmatch(code) else None


def _yes_no(text: str) -> bool | None:
    return True if text.lower() in YES else False if text.lower() in NO else None


def _number(text: str) -> int | None:
    """A whole number, as 90 or 90.0 (spreadsheets like to write it so)."""
    found = re.fullmatch(r"(\d{1,10})(\.0*)?", text)
    return int(found[1]) if found and int(found[1]) <= MOST else None


def _count(text: str) -> int | None:
    return _number(text) or None


def _one_of(*allowed: int) -> Callable[[str], int | None]:
    return lambda text: found if (found := _number(text)) in allowed else None


def _npi(text: str) -> str | None:
    found = text.removesuffix(".0")
    return found if len(found) == 10 and found.isdigit() and found.isascii() else None


def _billing(text: str) -> str | None:
    return {"GLOBAL": "global", "26": "26", "26.0": "26", "TC": "TC"}.get(text.upper())


def _setting(text: str) -> str | None:
    return text.lower() if text.lower() in ("practitioner", "hospital") else None


WORD = Cell(NAMES, _text, "a payer's id, or *")
TEXT = Cell(NAMES, _text, "a text")
WORDS = Cell(NAMES, _words, "codes with blanks between them")
PLACES = Cell(NAMES, _places, "places of service with blanks between them: 11 22")
PROCEDURE = Cell(NAMES, _procedure, "a procedure of five letters and digits")
PROCEDURE_OR_ANY = Cell(
    NAMES, lambda t: t if t == "*" else _procedure(t), "a procedure of five letters and digits, or *"
)
DIAGNOSES = Cell(
    NAMES,
    lambda text: _each(DIAGNOSIS, text.replace(".", "")),
    "ICD-10 codes or their beginnings (7 letters and digits at most) with blanks between them",
)
NPI = Cell(NAMES, _npi, "an NPI of ten digits")
MODIFIER = Cell(NAMES, lambda text: _each(PLACE, text), "a modifier of two letters or digits")
BILLING = Cell(NAMES, _billing, "global, 26 or TC")
SETTING = Cell(NAMES, _setting, "practitioner or hospital")
YES_NO = Cell(pa.bool_(), _yes_no, "yes or no")
DAY = Cell(pa.date32(), lambda text: read_date(text, DATES), "a day as " + " or ".join(DATES))
COUNT = Cell(pa.int32(), _count, "a whole number above 0")
COUNT_OR_NONE = Cell(pa.int32(), _number, "a whole number")
CENTS = Cell(pa.int64(), _number, "whole cents")
INDICATOR = Cell(pa.int8(), _one_of(0, 1, 9), "0, 1 or 9")
ADJUDICATION = Cell(pa.int8(), _one_of(1, 2, 3), "1, 2 or 3")
