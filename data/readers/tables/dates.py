"""Dates as people's exports write them, by a format such as MM/DD/YYYY."""

import re
from collections.abc import Sequence
from datetime import date
from functools import cache

DATES = ("YYYY-MM-DD", "MM/DD/YYYY", "YYYYMMDD")
"""Read where a mapping says nothing: no two of them can be mixed up."""

TOKENS = {
    "YYYY": r"(?P<year>\d{4})",
    "YY": r"(?P<year>\d{2})",
    "MMM": r"(?P<name>[A-Za-z]{3})",
    "MM": r"(?P<month>\d{1,2})",
    "DD": r"(?P<day>\d{1,2})",
}
TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?(?:Z|[+-]\d{2}:?\d{2})?)?"
"""A time of day may follow; it is left out."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
PIVOT = 69
"""Of two digits: 69 and above are 19.., as POSIX has it."""


def is_format(text: str) -> bool:
    """Whether it names year, month and day, each once."""
    parts = sorted(part[0] for part in re.findall("|".join(TOKENS), text))
    return parts == ["D", "M", "Y"] and not re.search(r"[A-Za-z0-9]", re.sub("|".join(TOKENS), "", text))


def read_date(text: str, formats: Sequence[str]) -> date | None:
    """The day that a text says in one of the formats; None where it is none."""
    for one in formats:
        match = _pattern(one).fullmatch(text)
        if match and (day := _day(match.groupdict())):
            return day
    return None


@cache
def _pattern(text: str) -> re.Pattern[str]:
    parts = re.split(f"({'|'.join(TOKENS)})", text)
    pattern = "".join(TOKENS.get(part, re.escape(part)) for part in parts)
    if text == "".join(part for part in parts if part in TOKENS):
        pattern = pattern.replace(r"\d{1,2}", r"\d{2}")  # nothing between them: each has its full width
    return re.compile(pattern + TIME, re.ASCII)


def _day(found: dict[str, str]) -> date | None:
    year = int(found["year"])
    if len(found["year"]) == 2:
        year += 1900 if year >= PIVOT else 2000
    if "name" in found:
        name = found["name"].lower()
        month = MONTHS.index(name) + 1 if name in MONTHS else 0
    else:
        month = int(found["month"])
    try:
        return date(year, month, int(found["day"]))
    except ValueError:
        return None
