"""Denial reasons: which family each belongs to, who works it, where it went wrong, and a few plain words for it.

The ids are X12's and CMS's; the words are our own, never their texts. A reason is a CARC, with its RARC where the
CARC says too little: `197`, `16/N40`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from data.codes.files import rows

OTHER = "other"


@dataclass(frozen=True, slots=True)
class Family:
    """Reasons that the same people work for the same cause."""

    name: str
    title: str
    owner: str
    stage: str
    nature: str
    """clinical or administrative"""
    correction: str
    """soft: correct and send again; hard: final unless appealed; empty: depends on the case"""


def _families() -> Mapping[str, Family]:
    read = (
        Family(row["family"], row["title"], row["owner"], row["stage"], row["nature"], row["correction"])
        for row in rows("families.csv")
    )
    return MappingProxyType({family.name: family for family in read})


FAMILY: Mapping[str, Family] = _families()
FAMILIES: tuple[str, ...] = tuple(FAMILY)
"""Names of the reason families, in the order they are shown."""


@cache
def _families_of_reasons() -> Mapping[str, str]:
    return {row["reason"]: row["family"] for row in rows("reasons.csv")}


@cache
def _words() -> Mapping[str, str]:
    return {row["code"]: row["words"] for row in rows("words.csv")}


def reason_family(reason: str) -> str:
    """The family of a reason (`197`, `16/N40`): of the pair if it is listed, else of its CARC, else `other`."""
    known = _families_of_reasons()
    return known.get(reason) or known.get(reason.partition("/")[0], OTHER)


def family_owner(family: str) -> str:
    """Who works denials of this family. Raises `KeyError` for a name that is none of `FAMILIES`."""
    return FAMILY[family].owner


def family_stage(family: str) -> str:
    """The step of the work that failed. Raises `KeyError` for a name that is none of `FAMILIES`."""
    return FAMILY[family].stage


def words(code: str) -> str:
    """Our own short words for a CARC, a RARC or a reason; of a pair both; empty for an id we have none for."""
    said = (_words().get(part, "") for part in code.split("/"))
    return ": ".join(text for text in said if text)
