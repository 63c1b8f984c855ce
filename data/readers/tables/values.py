"""What a cell's text says: amounts, days, numbers, yes or no. One text, one value; None where it says none.

A column's distinct texts are read once each, however long the column is.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from data.keys import Bools, Column
from data.readers.tables.dates import read_date
from data.readers.tables.mapping import Cell, FileForm

Value: TypeAlias = str | int | float | bool | date
Parse: TypeAlias = Callable[[str], Value | None]

AMOUNT = re.compile(
    r"(?P<open>\()?(?P<sign>[+-])?(?:USD)?\$?(?P<sign2>[+-])? ?(?P<number>\d[\d,]*\.?\d*|\.\d+)"
    r"(?P<exponent>[eE][+-]?\d{1,2})?(?P<after>-|CR)?(?P<close>\))?",
    re.ASCII,
)
THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?|[^,]*", re.ASCII)
MOST = 10**15
"""Beyond this it is no amount and no count."""
YES = {"true", "yes", "y", "1", "t", "x"}
NO = {"false", "no", "n", "0", "f"}
LETTERS = "ABCDEFGHIJKL"
YEAR = re.compile(r"(?:18|19|20)\d\d", re.ASCII)


def parser(name: str, kind: pa.DataType, cell: Cell, form: FileForm) -> tuple[Parse, str]:
    """How to read the column `name` of ours, and what is wanted of its texts."""
    formats = cell.dates or form.dates
    if name == "birth_year":
        whole = [one for one in formats if "YYYY" in one]  # of two digits nobody knows the century
        return lambda text: _birth_year(text, whole), "a year or " + _told(whole)
    if pa.types.is_date(kind):
        return lambda text: read_date(text, formats), _told(formats)
    if name.endswith("_cents"):
        scale = 100 if form.money == "dollars" else 1
        sign = -1 if cell.negate else 1
        return lambda text: _cents(text, form.decimal, scale, sign), "an amount, as 1,234.50"
    if name.startswith("pointer"):
        return _pointer, "a diagnosis number from 1 to 12, or its letter"
    if pa.types.is_boolean(kind):
        return _yes_no, "yes or no"
    if pa.types.is_floating(kind):
        return lambda text: _number(text, form.decimal), "a number"
    if pa.types.is_integer(kind):
        most = int(np.iinfo(kind.to_pandas_dtype()).max)
        return lambda text: _count(text, most), f"a whole number from 0 to {most}"
    if name.startswith("diagnos"):
        return _diagnosis, "a code"
    return as_it_is, "text"


def as_it_is(text: str) -> str:
    """A code or a name: whatever is written."""
    return text


def decoded(column: Column, parse: Parse, kind: pa.DataType) -> tuple[pa.Array, Bools]:
    """A column of texts as values of a type, and which of its texts could not be read."""
    if parse is as_it_is:
        return column.combine_chunks(), np.zeros(len(column), bool)
    texts = column.combine_chunks().dictionary_encode()
    read = pa.array([parse(text) for text in texts.dictionary.to_pylist()], kind)
    values = read.take(texts.indices)
    wrong: Bools = (texts.indices.is_valid().to_numpy(False) & values.is_null().to_numpy(False)).astype(bool)
    return values, wrong


def found(text: str) -> str:
    """What kind of text it is, for a person: never the text itself."""
    if text.isdigit():
        return f"{len(text)} digits"
    if re.fullmatch(r"[\d.,$()+\s-]+", text):
        return "digits and signs"
    return "letters" if text.isalpha() else "text"


def number(text: str, decimal: str = ".") -> Decimal | None:
    """The number that people wrote: 1,234.50, $12, (12.00), 12-, 1.5e3; None where it is none."""
    plain = text.replace(".", "").replace(",", ".") if decimal == "," else text
    match = AMOUNT.fullmatch(plain)
    if not match or bool(match["open"]) != bool(match["close"]) or not THOUSANDS.fullmatch(match["number"]):
        return None
    signs = [match["open"], match["after"], *(s for s in (match["sign"], match["sign2"]) if s == "-")]
    if len([sign for sign in signs if sign]) > 1:
        return None
    size = Decimal(match["number"].replace(",", "") + (match["exponent"] or ""))
    return -size if any(signs) else size


def _told(formats: Sequence[str]) -> str:
    return "a date as " + " or ".join(formats)


def _cents(text: str, decimal: str, scale: int, sign: int) -> int | None:
    """Whole cents; a computed 12.499999999 is 12.50, and 12.345 is no amount."""
    size = number(text, decimal)
    if size is None or abs(size) >= MOST:
        return None
    cents = size * scale
    whole = round(cents)
    return sign * whole if abs(cents - whole) < Decimal("0.0001") else None


def _number(text: str, decimal: str) -> float | None:
    size = number(text, decimal)
    return float(size) if size is not None and abs(size) < MOST else None


def _count(text: str, most: int) -> int | None:
    size = number(text)
    return int(size) if size is not None and size == int(size) and 0 <= size <= most else None


def _pointer(text: str) -> int | None:
    if text.upper() in LETTERS:
        return LETTERS.index(text.upper()) + 1
    size = _count(text, len(LETTERS))
    return size or None


def _yes_no(text: str) -> bool | None:
    return True if text.lower() in YES else False if text.lower() in NO else None


def _birth_year(text: str, formats: Sequence[str]) -> int | None:
    """A year, or the year of a date: nothing else of it is kept."""
    if YEAR.fullmatch(text):
        return int(text)
    day = read_date(text, formats)
    return day.year if day else None


def _diagnosis(text: str) -> str | None:
    return text.replace(".", "").upper() or None
