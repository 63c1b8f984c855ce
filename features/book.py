"""What the payers' policy book says of each line, as columns: the facts that checks and features are written about.

Unknown (NaN) where the book has no entry: it is always incomplete, so no entry is never a no. Two lists are whole by
their nature, NCCI's pairs and add-on codes: where the book has one for the payer, what isn't on it is a no.
Only what the office knew when the claim was sent counts (`known_on`), and what held on the day of service.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

from data.policy import PolicyBook
from features.book_index import STAR as STAR_WORD
from features.book_index import BookIndex, Kind, diagnosis_number, facility_places
from features.book_kernel import (
    ABSENT,
    COMPONENT,
    EVER,
    FIRST,
    INSIDE,
    MODIFIER,
    MOST,
    N_ROWS,
    NEVER_AFTER,
    NEVER_BEFORE,
    NONE,
    PLACE,
    PLAN,
    PRESENT,
    PROCEDURE,
    SETTING,
    TRANSACTION,
    by_line,
)
from features.book_kernel import (
    among as tell_among,
)
from features.columns import MISSING, Floats, Hashes, Ints, stable_hash
from features.formula import Word
from features.program import Group

__all__ = [
    "AMONG",
    "FACTS",
    "LINE_FACTS",
    "MEANINGS",
    "NUMBERS",
    "WORDS",
    "BookIndex",
    "among",
    "ask",
    "whole",
]

LINE_FACTS = (
    "auth_required",
    "attachment_required",
    "excluded",
    "days_between_limit",
    "filing_limit_days",
    "appeal_limit_days",
    "billing_agreed",
    "rendering_enrolled",
    "unit_limit",
    "addon_needs_primary",
    "fee_cents",
)
"""Told of a line by itself."""
AMONG = (
    "diagnosis_covered",
    "diagnosis_first_covered",
    "addon_primary_present",
    "ncci_denied",
    "ncci_modifier_allowed",
    "ncci_modifier_given",
)
"""Told of all the lines of a claim together."""
FACTS = (*LINE_FACTS, *AMONG)

MEANINGS: Mapping[str, str] = {
    "auth_required": "The payer wants to be asked before this procedure is done in this place.",
    "attachment_required": "The payer wants papers with the claim for this procedure.",
    "excluded": "The payer never pays this procedure.",
    "days_between_limit": "Days that must lie between two of this procedure for one patient.",
    "filing_limit_days": "Days from the service within which the payer wants the claim.",
    "appeal_limit_days": "Days from the payer's answer within which it can be appealed.",
    "billing_agreed": "What the facility may bill the payer: 0 all of it, 1 the reading (26), 2 the picture (TC).",
    "rendering_enrolled": "The rendering provider was enrolled with the payer on the day of service.",
    "unit_limit": "Units of the procedure that one patient may have on one day (MUE).",
    "addon_needs_primary": "The procedure is paid only beside a primary one (add-on code).",
    "fee_cents": "What the payer allows for one unit of it, in cents.",
    "diagnosis_covered": "A diagnosis that the line points at is on the payer's list for the procedure.",
    "diagnosis_first_covered": "The first diagnosis that the line points at is on the payer's list.",
    "addon_primary_present": "A primary procedure of this add-on code is on the claim for the same day.",
    "ncci_denied": "Another line of the day bundles this one (NCCI: second column of a pair in force; listed both ways, the later line).",
    "ncci_modifier_allowed": "A modifier may pay this line beside the one that bundles it.",
    "ncci_modifier_given": "This line, or the one that bundles it, carries such a modifier.",
}
"""Each fact in a biller's words; yes is 1, no is 0."""

BYPASSING = (
    *("E1", "E2", "E3", "E4", "FA", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9"),
    *("TA", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "LT", "RT", "LC", "LD", "RC", "LM", "RI"),
    *("24", "25", "57", "58", "78", "79", "27", "59", "91", "XE", "XP", "XS", "XU"),
)
"""Modifiers that let a pair pass whose indicator is 1 (NCCI Policy Manual, chapter I, E: "NCCI PTP-associated
modifiers"). Since July 2019 59 and X{EPSU} count on either line of the pair, as the others do (CMS, change request 11168).
"""

_ROWS: Mapping[str, int] = {
    "payer_id": 0,
    "plan_type": PLAN,
    "transaction": TRANSACTION,
    "procedure": PROCEDURE,
    "place_of_service": PLACE,
    "facility_npi": 10,
    "rendering_npi": 11,
    **{f"modifier_{n}": MODIFIER + n - 1 for n in range(1, 5)},
}
FACILITY, RENDERING = _ROWS["facility_npi"], _ROWS["rendering_npi"]
DIAGNOSES = ("pointed_diagnosis", *(f"pointed_diagnosis_{n}" for n in range(2, 5)))

_ASKED, _ASKED_ROWS = Group(tuple(map(Word, _ROWS))), np.array(list(_ROWS.values()), dtype=np.int64)
WORDS = (*_ASKED.words, *map(Word, DIAGNOSES))
"""The words that must be encoded."""
NUMBERS = ("service_from", "submitted_on")
"""The numbers that must be encoded."""


class Fields(Protocol):
    """Encoded lines, as far as the book asks them (`features.encode.Encoded`)."""

    @property
    def n(self) -> int: ...
    @property
    def claims(self) -> Ints: ...
    def hashes_of(self, group: Group) -> Hashes: ...
    def number(self, name: str) -> Floats: ...
    def told(self, name: str, of: Callable[[str], float], *, missing: float) -> Floats: ...


@dataclass(frozen=True, slots=True)
class BookInputs:
    """What the book is asked about, n lines at once."""

    words: Hashes
    """Stable hashes by the rows of `features.book_kernel`, 0 where not given; rows 2 to 7 are filled later. (16, n)"""
    days: Ints
    """Days since 1970: of service twice (`NEVER_BEFORE` and `NEVER_AFTER` where not known), of submission. (3, n)"""
    diagnoses: Ints
    """The diagnoses pointed at, as `diagnosis_number` has them; 0 where there is none. (4, n)"""
    claims: Ints
    """A number for each claim. (n,)"""


def _queries(
    *asked: tuple[str, Kind, int, int, int], facts: tuple[str, ...], how: Mapping[Kind, int]
) -> Ints:
    rows = [(int(kind), how.get(kind, FIRST), *rows, facts.index(fact)) for fact, kind, *rows in asked]
    return np.array(rows, dtype=np.int64)


LINE_QUERIES = _queries(
    ("auth_required", Kind.AUTHORIZATION, PLACE, PROCEDURE, NONE),
    ("attachment_required", Kind.ATTACHMENT, PLACE, PROCEDURE, NONE),
    ("excluded", Kind.EXCLUDED, PLACE, PROCEDURE, NONE),
    ("days_between_limit", Kind.FREQUENCY, NONE, PROCEDURE, NONE),
    ("filing_limit_days", Kind.FILING, NONE, NONE, NONE),
    ("appeal_limit_days", Kind.APPEAL, NONE, NONE, NONE),
    ("billing_agreed", Kind.CONTRACT, NONE, FACILITY, NONE),
    ("rendering_enrolled", Kind.ENROLLMENT, NONE, RENDERING, NONE),
    ("unit_limit", Kind.UNITS, SETTING, PROCEDURE, NONE),
    ("addon_needs_primary", Kind.ADD_ON_LIST, NONE, NONE, NONE),
    ("addon_needs_primary", Kind.ADD_ON, NONE, PROCEDURE, NONE),
    ("fee_cents", Kind.FEE, INSIDE, PROCEDURE, COMPONENT),
    facts=LINE_FACTS,
    how={Kind.ENROLLMENT: EVER, Kind.ADD_ON_LIST: ABSENT, Kind.ADD_ON: PRESENT},
)
AMONG_QUERIES = _queries(
    ("addon_primary_present", Kind.ADD_ON, NONE, PROCEDURE, NONE),
    ("ncci_denied", Kind.PAIR_LIST, SETTING, NONE, NONE),
    facts=AMONG,
    how={Kind.ADD_ON: MOST, Kind.PAIR_LIST: ABSENT},
)
AMONG_KINDS = np.array([Kind.COVERAGE, Kind.DIAGNOSIS, Kind.PAIR, Kind.PRIMARY], dtype=np.int64)


def _hashes(*words: str) -> Hashes:
    return np.array([stable_hash(word) for word in words], dtype=np.uint64)


MARKS = (
    np.array([STAR_WORD], dtype=np.uint64),
    _hashes("26", "TC", "53"),
    _hashes("practitioner", "hospital", "837I"),
    facility_places(),
    _hashes(*BYPASSING),
)


def book_facts(inputs: BookInputs, index: BookIndex) -> Floats:
    """All facts of some lines, by the order of `FACTS`; lines of whole claims. Shape (n, facts)."""
    return np.concatenate((line_facts(inputs.words, inputs.days, index), among_facts(inputs, index)), axis=1)


def line_facts(words: Hashes, days: Ints, index: BookIndex) -> Floats:
    """The facts of `LINE_FACTS`. Shape (n, facts)."""
    out = np.empty((words.shape[1], len(LINE_FACTS)))
    by_line(index.arrays, LINE_QUERIES, MARKS, words, days, out)
    return out


def among_facts(inputs: BookInputs, index: BookIndex) -> Floats:
    """The facts of `AMONG`. Shape (n, facts)."""
    out = np.empty((inputs.words.shape[1], len(AMONG)))
    tell_among(
        index.arrays, AMONG_QUERIES, AMONG_KINDS, index.lengths, MARKS,
        inputs.claims, inputs.words, inputs.days, inputs.diagnoses, out,
    )  # fmt: skip
    return out


def ask(index: BookIndex, encoded: Fields) -> Floats:
    """What the book says of each line by itself (`LINE_FACTS`). Shape (n, facts)."""
    return line_facts(_words(encoded), _days(encoded), index)


def among(index: BookIndex, encoded: Fields) -> Floats:
    """What the book says of lines beside each other (`AMONG`); all lines of a claim must be there. Shape (n, facts)."""
    return among_facts(inputs_of(encoded), index)


def whole(index: BookIndex, encoded: Fields) -> Floats:
    """All that the book says of lines, by themselves and beside each other (`FACTS`). Shape (n, facts)."""
    return book_facts(inputs_of(encoded), index)


def warm() -> None:
    """Compile the lookups, so that the first claim that is asked of a book is as fast as any other."""
    nothing = np.zeros(0)
    words, none = np.zeros((N_ROWS, 0), dtype=np.uint64), np.zeros((len(DIAGNOSES), 0), dtype=np.int64)
    inputs = BookInputs(words, days_of(nothing, nothing), none, np.zeros(0, dtype=np.int64))
    book_facts(inputs, BookIndex.of(PolicyBook.empty()))


def inputs_of(encoded: Fields) -> BookInputs:
    """What the book asks of encoded lines."""
    diagnoses = np.array([encoded.told(name, _diagnosis, missing=0) for name in DIAGNOSES]).astype(np.int64)
    return BookInputs(_words(encoded), _days(encoded), diagnoses, encoded.claims)


_diagnosis = lru_cache(maxsize=1 << 17)(diagnosis_number)


def _words(encoded: Fields) -> Hashes:
    words = np.zeros((N_ROWS, encoded.n), dtype=np.uint64)
    hashes = encoded.hashes_of(_ASKED)
    hashes[hashes == MISSING] = 0
    words[_ASKED_ROWS] = hashes
    return words


def _days(encoded: Fields) -> Ints:
    service, sent = encoded.number(NUMBERS[0]), encoded.number(NUMBERS[1])
    return days_of(service, sent)


def days_of(service: npt.NDArray[np.float64], sent: npt.NDArray[np.float64]) -> Ints:
    """Days of service and submission (since 1970, NaN where not known) as the lookups take them. Shape (3, n)."""
    out = np.empty((3, len(service)), dtype=np.int64)
    out[0], out[1], out[2] = NEVER_BEFORE, NEVER_AFTER, NEVER_BEFORE
    known, is_sent = service == service, sent == sent  # NaN isn't
    np.copyto(out[:2], service, casting="unsafe", where=known)
    np.copyto(out[2], sent, casting="unsafe", where=is_sent)
    return out
