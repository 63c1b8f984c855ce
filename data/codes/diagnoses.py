"""Diagnosis codes: which may be billed and when, and what their titles say of them. Ids and our own marks, no texts.

`diagnoses.csv` is made by `data.codes.make_diagnoses` from three releases of ICD-10-CM (CDC, National Center for Health
Statistics; a work of the United States government). `diagnosis_limits.csv` has ages and sexes after the age and sex
edits of the Medicare Code Editor.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from data.codes.files import FOLDER, rows

RELEASED: Mapping[str, tuple[date, date]] = {
    "1": (date(2021, 1, 1), date(2021, 9, 30)),
    "2": (date(2025, 4, 1), date(2025, 9, 30)),
    "3": (date(2026, 4, 1), date(2026, 9, 30)),
}
"""The releases that were read, each with the days that it was in force."""


@dataclass(frozen=True, slots=True)
class DiagnosisInfo:
    """What the releases say of a code."""

    releases: str = ""
    """The releases in which it may be billed, of `RELEASED`: `123`, `23`; empty: in none."""
    is_header: bool = False
    """Only longer codes may be billed."""
    side: str = ""
    """left or right, where the code is of one side of the body"""
    is_unspecified: bool = False
    is_manifestation: bool = False
    """It shows another illness, which must stand before it."""

    @property
    def is_listed(self) -> bool:
        """Whether a release has it at all."""
        return bool(self.releases) or self.is_header


@dataclass(frozen=True, slots=True)
class DiagnosisLimit:
    """Whom a diagnosis can be of: a sex (F, M), an age in years; empty: anybody."""

    sex: str = ""
    youngest: int | None = None
    oldest: int | None = None


NO_LIMIT = DiagnosisLimit()


@cache
def _lines() -> tuple[Mapping[str, Sequence[str]], Sequence[str]]:
    """The lines of the table by their stem, taken apart only when asked for (30 ms, not 150), and all stems in order."""
    found: dict[str, list[str]] = {}
    with (FOLDER / "diagnoses.csv").open(encoding="utf-8") as file:
        next(file)
        for line in file:
            stem, _, said = line.rstrip("\n").partition(",")
            found.setdefault(stem, []).append(said)
    return found, tuple(found)


@lru_cache(maxsize=1 << 16)
def diagnosis_info(code: str) -> DiagnosisInfo:
    """What is known of a diagnosis (without its point); nothing of a code that no release has."""
    found, stems = _lines()
    end = code[-1:]
    for line in found.get(code[:-1], ()):
        releases, last, left, right, unspecified, manifestation = line.split(",")
        if end in last:
            side = "left" if end in left else "right" if end in right else ""
            return DiagnosisInfo(releases, False, side, end in unspecified, end in manifestation)
    at = bisect_left(stems, code)
    return DiagnosisInfo(is_header=len(code) >= 3 and at < len(stems) and stems[at].startswith(code))


@cache
def _limits() -> Mapping[str, DiagnosisLimit]:
    return {
        row["prefix"]: DiagnosisLimit(row["sex"], _years(row["youngest"]), _years(row["oldest"]))
        for row in rows("diagnosis_limits.csv")
    }


def _years(said: str) -> int | None:
    return int(said) if said else None


@lru_cache(maxsize=1 << 16)
def diagnosis_limit(code: str) -> DiagnosisLimit:
    """Whom a diagnosis can be of, by the longest prefix that the table has."""
    known = _limits()
    return next((known[code[:n]] for n in range(len(code), 0, -1) if code[:n] in known), NO_LIMIT)
