"""Small policy books and lines for tests, and what a book says of lines, told slowly in plain Python."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa

from data.codes import place_kind
from data.policy import BY_NAME, PolicyBook
from features.book import BYPASSING, FACTS, BookInputs, book_facts, days_of
from features.book_index import BookIndex, diagnosis_number
from features.columns import Floats, stable_hash

ROWS = {
    "payer_id": 0, "plan_type": 1, "transaction": 4, "procedure": 8, "place_of_service": 9, "facility_npi": 10,
    "rendering_npi": 11, "modifier_1": 12, "modifier_2": 13, "modifier_3": 14, "modifier_4": 15,
}  # fmt: skip
LIST_OF = {
    "auth_required": "authorization", "attachment_required": "attachment", "excluded": "excluded",
    "days_between_limit": "frequency_limits", "filing_limit_days": "filing_limits",
    "appeal_limit_days": "filing_limits", "billing_agreed": "contracts", "rendering_enrolled": "enrollment",
    "unit_limit": "unit_limits", "addon_needs_primary": "add_on_codes", "fee_cents": "fee_schedule",
    "diagnosis_covered": "coverage", "diagnosis_first_covered": "coverage",
    "addon_primary_present": "add_on_codes", "ncci_denied": "ncci_pairs", "ncci_modifier_allowed": "ncci_pairs",
    "ncci_modifier_given": "ncci_pairs",
}  # fmt: skip
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class MadeLine:
    """A line as the book is asked about it."""

    payer_id: str | None = "P1"
    procedure: str | None = "70551"
    plan_type: str | None = None
    place_of_service: str | None = "11"
    facility_npi: str | None = None
    rendering_npi: str | None = None
    transaction: str | None = "837P"
    modifiers: Sequence[str] = ()
    diagnoses: Sequence[str | None] = ()
    claim: int = 0
    service_from: date | None = date(2026, 3, 10)
    submitted_on: date | None = date(2026, 3, 17)
    words: Mapping[str, str | None] = field(init=False)

    def __post_init__(self) -> None:
        words = {name: getattr(self, name) for name in ROWS if not name.startswith("modifier")}
        object.__setattr__(
            self, "words", words | {f"modifier_{n}": code for n, code in enumerate(self.modifiers, start=1)}
        )


DEFAULTS = {
    "required": True, "excluded": True, "covered": True, "modifier_indicator": 0, "primary": "*", "payer_id": "P1",
}  # fmt: skip


def made_book(**lists: Sequence[Mapping[str, object]]) -> PolicyBook:
    """A book of rows; what isn't given is empty, or what an empty cell stands for."""
    tables = {}
    for name, rows in lists.items():
        schema = BY_NAME[name].schema
        given = [{**DEFAULTS, **row} for row in rows]
        plain = pa.schema(
            [(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in schema]
        )
        tables[name] = pa.Table.from_pylist(given, schema=plain)
    return PolicyBook.of(tables)


def inputs(lines: Sequence[MadeLine]) -> BookInputs:
    words = np.zeros((16, len(lines)), dtype=np.uint64)
    diagnoses = np.zeros((4, len(lines)), dtype=np.int64)
    for at, line in enumerate(lines):
        for name, row in ROWS.items():
            word = line.words.get(name)
            words[row, at] = 0 if word is None else stable_hash(word)
        for row, code in enumerate(line.diagnoses):
            diagnoses[row, at] = 0 if code is None else diagnosis_number(code)
    service, sent = (
        np.array(
            [np.nan if (day := getattr(line, name)) is None else day.toordinal() - EPOCH for line in lines]
        )
        for name in ("service_from", "submitted_on")
    )
    claims = np.array([line.claim for line in lines], dtype=np.int64)
    return BookInputs(words, days_of(service, sent), diagnoses, claims)


def told(book: PolicyBook, *lines: MadeLine) -> list[dict[str, float]]:
    """What the book says of lines, by fact."""
    facts = book_facts(inputs(lines), BookIndex.of(book))
    return [dict(zip(FACTS, row, strict=True)) for row in facts.tolist()]


def slowly(book: PolicyBook, lines: Sequence[MadeLine]) -> Floats:
    """The same, line by line, as a person would look it up."""
    return np.array(
        [
            [
                _FACTS[name](_Slow(book, line, lines)) if LIST_OF[name] in book.tables else np.nan
                for name in FACTS
            ]
            for line in lines
        ]
    )


@dataclass(frozen=True)
class _Slow:
    book: PolicyBook
    line: MadeLine
    lines: Sequence[MadeLine]

    @property
    def payer(self) -> str:
        return self.line.payer_id or "nobody"

    @property
    def code(self) -> str:
        return self.line.procedure or "none"

    @property
    def days(self) -> dict[str, date | None]:
        return {"on": self.line.service_from, "known_by": self.line.submitted_on}

    @property
    def planned(self) -> dict[str, object]:
        return {"plan": self.line.plan_type, **self.days}

    @property
    def place(self) -> str | None:
        """Institutional claims have a type of bill there."""
        return None if self.line.transaction == "837I" else self.line.place_of_service

    @property
    def setting(self) -> str:
        return "hospital" if self.line.transaction == "837I" else "practitioner"

    def others(self) -> list[MadeLine]:
        return [
            one
            for one in self.lines
            if one is not self.line
            and one.claim == self.line.claim
            and one.service_from == self.line.service_from
        ]

    def placed(self, name, value):
        entry = getattr(self.book, name)(self.payer, self.code, place=self.place, **self.planned)
        return np.nan if entry is None else float(getattr(entry, value))

    def limit(self, name, value, *about):
        entry = getattr(self.book, name)(self.payer, *about, **self.planned)
        return np.nan if entry is None else float(getattr(entry, value))

    def billing(self):
        entry = self.book.contract(self.payer, self.line.facility_npi or "none", **self.planned)
        return np.nan if entry is None else {"global": 0.0, "26": 1.0, "TC": 2.0}[entry.billing]

    def enrolled(self):
        found = self.book.enrollments(self.payer, self.line.rendering_npi or "none")
        found = [one for one in found if one.was_known(self.line.submitted_on)]
        if not found:
            return np.nan
        return float(any(one.holds(self.line.service_from, self.line.submitted_on) for one in found))

    def units(self):
        entry = self.book.unit_limit(self.payer, self.code, setting=self.setting, **self.days)
        return np.nan if entry is None else float(entry.units)

    def has_list(self, name):
        """Whether any entry of a list that is whole was known, between the first day and the last of all."""
        rows = [
            row
            for row in self.book.table(name).to_pylist()
            if row["payer_id"] in (self.payer, "*") and row.get("setting") in (None, self.setting)
        ]
        for key in {(row["payer_id"], row.get("setting")) for row in rows}:
            mine = [row for row in rows if (row["payer_id"], row.get("setting")) == key]
            begins = min(row["valid_from"] or date.min for row in mine)
            ends = max(row["valid_to"] or date.max for row in mine)
            known = min(row["known_on"] or date.min for row in mine)
            on, by = self.line.service_from, self.line.submitted_on
            fits = (begins <= on <= ends) if on else (begins, ends) == (date.min, date.max)
            if fits and known <= (by or date.min):
                return True
        return False

    def is_add_on(self):
        if self.book.add_on(self.payer, self.code, **self.days):
            return 1.0
        return 0.0 if self.has_list("add_on_codes") else np.nan

    def primary(self):
        found = self.book.add_on(self.payer, self.code, **self.days)
        if not found or self.line.service_from is None:
            return np.nan
        if {one.primary for one in found} & {one.procedure for one in self.others()}:
            return 1.0
        return np.nan if any(one.primary == "*" for one in found) else 0.0

    def fee(self):
        modifier = next((code for code in ("26", "TC", "53") if code in self.line.modifiers), None)
        entry = self.book.fee(self.payer, self.code, modifier=modifier, **self.planned)
        if entry is None:
            return np.nan
        inside = self.line.transaction == "837I" or place_kind(self.place) == "facility"
        return float(
            entry.facility_cents if inside and entry.facility_cents is not None else entry.allowed_cents
        )

    def verdicts(self):
        lists = self.book.coverage(self.payer, self.code, **self.planned)
        return [self.verdict(lists, code) for code in self.line.diagnoses] if lists else []

    @staticmethod
    def verdict(lists, code):
        if code is None:
            return None
        for length in range(7, 0, -1):
            if length <= len(code):
                for one in lists:  # the one that counts first stands first
                    if code[:length] in one.diagnoses.split():
                        return float(one.covered)
        return 0.0 if any(one.covered for one in lists) else np.nan

    def covered(self):
        verdicts = [one for one in self.verdicts() if one is not None]
        if 1.0 in verdicts:
            return 1.0
        return 0.0 if verdicts and not np.isnan(verdicts).any() else np.nan

    def first_covered(self):
        verdicts = self.verdicts()
        return verdicts[0] if verdicts and verdicts[0] is not None else np.nan

    def pairs(self):
        """For each pair that bundles this line: the indicator, and whether a modifier is given."""
        if self.line.service_from is None:
            return []
        found = []
        for one in self.others():
            pair = self.book.ncci_pair(
                self.payer, one.procedure or "none", self.code, setting=self.setting, **self.days
            )
            if pair and pair.modifier_indicator != 9:
                given = any(code in BYPASSING for code in (*self.line.modifiers, *one.modifiers))
                found.append((float(pair.modifier_indicator), float(given)))
        return sorted(found)

    def ncci(self, at):
        pairs = self.pairs()
        if pairs:
            hardest = pairs[0]
            return (1.0, hardest[0], hardest[1])[at]
        return 0.0 if at == 0 and self.line.service_from and self.has_list("ncci_pairs") else np.nan


_FACTS = {
    "auth_required": lambda one: one.placed("authorization", "required"),
    "attachment_required": lambda one: one.placed("attachment", "required"),
    "excluded": lambda one: one.placed("excluded", "excluded"),
    "days_between_limit": lambda one: one.limit("frequency_limit", "days", one.code),
    "filing_limit_days": lambda one: one.limit("filing_limit", "days"),
    "appeal_limit_days": lambda one: one.limit("appeal_limit", "appeal_days"),
    "billing_agreed": _Slow.billing,
    "rendering_enrolled": _Slow.enrolled,
    "unit_limit": _Slow.units,
    "addon_needs_primary": _Slow.is_add_on,
    "fee_cents": _Slow.fee,
    "diagnosis_covered": _Slow.covered,
    "diagnosis_first_covered": _Slow.first_covered,
    "addon_primary_present": _Slow.primary,
    "ncci_denied": lambda one: one.ncci(0),
    "ncci_modifier_allowed": lambda one: one.ncci(1),
    "ncci_modifier_given": lambda one: one.ncci(2),
}
