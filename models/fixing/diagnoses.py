"""Diagnoses: another one of the claim's own, or one that the payer's list covers; only if the record supports it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from data.codes.diagnoses import diagnosis_info
from data.codes.procedures import UNKNOWN, procedure_info
from data.policy import PolicyBook
from data.schema import DIAGNOSES, MAX_POINTERS, POINTERS
from models.fixing.candidate import LEAST_DROP, MOST_OF_RISK, Candidates, Edit, Seen, Value

MOST = 3
"""Codes of a coverage list that are tried."""
WRONG = (
    "diagnosis_not_covered",
    "covered_diagnosis_not_first",
    "diagnosis_usually_refused",
    "diagnosis_elsewhere",
)


@dataclass(frozen=True, slots=True)
class Least:
    """What another diagnosis must bring for it to be told."""

    drop: float
    share: float = 0.0


SURE, GUESSED = Least(LEAST_DROP), Least(2 * LEAST_DROP, MOST_OF_RISK)
"""Where a check speaks against the diagnosis, and where only the line's risk does."""


def diagnoses(seen: Seen) -> Candidates:
    """Another first diagnosis of the line, where the one it has is doubted."""
    doubted = seen.trips(*WRONG)
    if not (doubted or "diagnosis_not_covered" in seen.unknown):
        return
    least = SURE if doubted else GUESSED
    given = [seen.text(name) for name in DIAGNOSES]
    first = _first(seen)
    for place, code in enumerate(given, start=1):
        if code is not None and place != first:
            said = f"the line points first at diagnosis {code}, which is on the claim"
            edits = _pointing(seen, place)
            yield seen.candidate(
                "diagnosis_of_claim",
                "medical_necessity",
                edits,
                said,
                needs_record_support=True,
                least_drop=least.drop,
                least_share=least.share,
            )
    if not seen.trips("covered_diagnosis_not_first"):
        yield from _of_list(seen, given, first, least)


def _of_list(seen: Seen, given: list[str | None], first: int, least: Least) -> Candidates:
    """Diagnoses of the payer's coverage list, the nearest to the present one first."""
    free = next((place for place, code in enumerate(given, start=1) if code is None), 0)
    if not free:
        return
    present = (given[first - 1] if 1 <= first <= len(given) else None) or ""
    covered = covered_codes(
        seen.book,
        seen.text("payer_id") or "",
        seen.text("procedure") or "",
        seen.text("plan_type"),
        seen.day("service_from"),
    )
    new = [code for code in covered if code not in given]
    new.sort(key=lambda code: (code[:3] != present[:3], code[:1] != present[:1]))
    for code in new[:MOST]:
        edits = (Edit(f"diagnosis_{free}", code), *_pointing(seen, free))
        by = "this payer covers" if seen.trips("diagnosis_not_covered") else "payers cover for this study"
        said = f"the record supports diagnosis {code}, which {by}, and the line points first at it"
        yield seen.candidate(
            "diagnosis_covered",
            "medical_necessity",
            edits,
            said,
            needs_record_support=True,
            least_drop=least.drop,
            least_share=least.share,
        )


def _first(seen: Seen) -> int:
    """The place of the diagnosis that the line points at first."""
    pointer = seen["pointer_1"]
    return int(pointer) if isinstance(pointer, int | float) else 1


def _pointing(seen: Seen, place: int) -> tuple[Edit, ...]:
    """Edits that point the line first at this place, and then where it pointed before."""
    before = [seen[name] for name in POINTERS if seen[name] is not None]
    wanted: list[Value] = [place, *(pointer for pointer in before if pointer != place)][:MAX_POINTERS]
    wanted += [None] * (MAX_POINTERS - len(wanted))
    return tuple(
        Edit(name, value, seen.line)
        for name, value in zip(POINTERS, wanted, strict=True)
        if seen[name] != value
    )


class _Shelf:
    """A policy book that can be remembered by: two are the same if they are one."""

    def __init__(self, book: PolicyBook) -> None:
        self.book = book

    def __hash__(self) -> int:
        return id(self.book)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shelf) and other.book is self.book


def covered_codes(
    book: PolicyBook, payer_id: str, procedure: str, plan: str | None, on: date | None
) -> tuple[str, ...]:
    """Codes that may be billed, of the payer's coverage list for a procedure; of other payers' where it has none.

    Whether this payer pays for one of those, scoring again tells by what it paid before.
    """
    return _covered(_Shelf(book), payer_id, procedure, plan, on)


@lru_cache(maxsize=4096)
def _covered(
    shelf: _Shelf, payer_id: str, procedure: str, plan: str | None, on: date | None
) -> tuple[str, ...]:
    own = shelf.book.coverage(payer_id, procedure, plan=plan, on=on)
    return _codes(one.diagnoses for one in own if one.covered) if own else _others(shelf, procedure)


def _codes(lists: Iterable[str]) -> tuple[str, ...]:
    """The codes that may be billed of these lists, each once."""
    codes = dict.fromkeys(code for one in lists for code in one.split())
    return tuple(code for code in codes if diagnosis_info(code).releases)


@lru_cache(maxsize=1024)
def _others(shelf: _Shelf, procedure: str) -> tuple[str, ...]:
    """What any payer covers for a procedure; where none tells, for studies of the same part of the body.

    A diagnosis that is covered for an MRI of the spine is at least one of the spine.
    """
    table = shelf.book.table("coverage")
    named = table["procedure"].cast(pa.string())
    listed = pc.unique(named).to_pylist()
    chosen = [procedure] if procedure in listed else _same_part(procedure, listed)
    kept = pc.and_(pc.is_in(named, value_set=pa.array(chosen, pa.string())), table["covered"])
    return _codes(table["diagnoses"].cast(pa.string()).filter(kept).unique().to_pylist())


def _same_part(procedure: str, others: list[str]) -> list[str]:
    """Those of the other procedures that look at the same part of the body."""
    part = procedure_info(procedure).body_region
    return [
        code for code in others if part != UNKNOWN.body_region and procedure_info(code).body_region == part
    ]
