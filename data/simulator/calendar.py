"""The days of a world, counted since 1970: when it starts, ends, and when its last claim goes out."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data.errors import InvalidPolicy

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """First day, first day after the end, and first day after the upcoming week."""

    start: int
    end: int
    last: int

    @classmethod
    def of(cls, start: date, *, months: int) -> "Calendar":
        """A world of whole months. Raises InvalidPolicy on less than one."""
        if months < 1:
            raise InvalidPolicy("world", field="months", found=months, wanted="1 or more")
        month = start.month - 1 + months
        end = date(start.year + month // 12, month % 12 + 1, 1)
        return cls((start - EPOCH).days, (end - EPOCH).days, (end - EPOCH).days + 7)


def day(number: int) -> date:
    """The date of a day's number."""
    return EPOCH + timedelta(days=number)


def weeks(days: np.ndarray) -> np.ndarray:
    """The number of each day's week, from Monday to Sunday (1970-01-01 was a Thursday)."""
    return (days + 3) // 7


def first_day(week: int) -> int:
    """The Monday of a week."""
    return week * 7 - 3


def week_name(week: int) -> str:
    """A week as 2024-W07."""
    year, number, _ = day(first_day(week)).isocalendar()
    return f"{year}-W{number:02d}"
