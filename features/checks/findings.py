"""What the checks found on claims: which are tripped and which could not be asked, in words, with the record behind it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import numpy.typing as npt

from data.few import Lines, value_of
from data.schema import LINE_TABLE
from features import book
from features.build import Features
from features.catalog import CATALOG
from features.checks.catalog import CHECKS
from features.checks.registry import SEVERITIES, Check
from features.checks.severity import CheckEvidence, evidence_of, severity_shown
from features.checks.telling import EPOCH, Told, Value, fix_of, sentence_of, slots_of
from features.compiled import AT
from features.recall import recalled
from features.state import FeatureState

TRIPPED, PASSED, UNKNOWN = "tripped", "passed", "unknown"
PLACE: Mapping[str, int] = {check.id: place for place, check in enumerate(CHECKS)}
COLUMNS: tuple[str, ...] = tuple(check.column for check in CHECKS)
"""The checks' own features, in the order of `CHECKS`."""
_OF_CLAIM = np.array([check.is_of_claim for check in CHECKS])

Verdicts = npt.NDArray[np.float32]
"""[lines, checks]: 1 tripped, 0 passed, NaN unknown."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says of one line, or of the claim (line 0)."""

    check: str
    claim_id: str | None
    line: int
    state: str
    """tripped, unknown or passed."""
    severity: str
    """block, warn or info, as an experienced biller would say."""
    severity_shown: str
    """The same as this payer's record of such lines says; the biller's where fewer than 20 were answered."""
    field: str
    sentence: str
    """What is wrong; of an unknown or passed check the rule that it holds."""
    fix: str
    owner: str
    stage: str
    reason: str
    family: str
    needs_record_support: bool
    evidence: CheckEvidence | None = None


@dataclass(frozen=True, slots=True)
class LineChecks:
    """All checks of one line, or of the claim as a whole: what is tripped in full, the others by their ids."""

    line: int
    tripped: tuple[Finding, ...]
    """The gravest first."""
    unknown: tuple[str, ...]
    passed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimChecks:
    """All checks of one claim."""

    claim_id: str | None
    claim: LineChecks
    lines: tuple[LineChecks, ...]

    @property
    def tripped(self) -> tuple[Finding, ...]:
        """Everything that is wrong, of the claim first, then line by line."""
        return (*self.claim.tripped, *(found for line in self.lines for found in line.tripped))


def verdicts(features: Features) -> Verdicts:
    """What each check says of each line. Shape (lines, checks)."""
    first = features.names.index(COLUMNS[0])
    if features.names[first : first + len(COLUMNS)] == COLUMNS:
        return features.values[:, first : first + len(COLUMNS)]
    return features.select(COLUMNS).values


def of_claims(said: Verdicts, claim: npt.NDArray[np.int64], n_claims: int) -> Verdicts:
    """What each check says of each claim: tripped by any line, else unknown if of any, else passed."""
    worst = np.full((n_claims, said.shape[1]), -1.0, dtype=np.float32)
    np.maximum.at(worst, claim, np.where(np.isnan(said), np.float32(0.5), said))
    return np.where(worst == 0.5, np.float32(np.nan), worst)


def tripped_ids(said: Verdicts, *, of_claim: bool = False) -> list[str | None]:
    """The ids of the tripped checks of each row, parted by blanks: those of lines, or those of claims; None: nothing."""
    found: list[list[str]] = [[] for _ in range(len(said))]
    which = _OF_CLAIM if of_claim else ~_OF_CLAIM
    for row, check in zip(*(place.tolist() for place in np.nonzero((said == 1) & which)), strict=True):
        found[row].append(CHECKS[check].id)
    return [" ".join(ids) or None for ids in found]


def examined(
    lines: Lines, features: Features, state: FeatureState, claim: npt.NDArray[np.int64], n_claims: int
) -> list[ClaimChecks]:
    """The checks of claims whose lines are `lines` (schema `LINE_TABLE`), built to `features` with `state`.

    `claim` says for each line which claim it is of, as a number from 0.
    """
    said = verdicts(features)
    teller = _Teller(lines, features, state)
    of_line: list[list[LineChecks]] = [[] for _ in range(n_claims)]
    first_row: dict[int, int] = {}
    for row, place in enumerate(claim.tolist()):
        first_row.setdefault(place, row)
        number = teller.value("line", row)
        line = int(number) if isinstance(number, int) else 0
        of_line[place].append(_line_checks(said[row], ~_OF_CLAIM, teller, line, row))
    whole = of_claims(said, claim, n_claims)
    tells = _first_tripped(said, claim)
    return [
        ClaimChecks(
            teller.claim_id(row),
            _line_checks(whole[place], _OF_CLAIM, teller, 0, row, tells.get(place)),
            tuple(of_line[place]),
        )
        for place, row in sorted(first_row.items())
    ]


def _first_tripped(said: Verdicts, claim: npt.NDArray[np.int64]) -> dict[int, dict[int, int]]:
    """For each claim and check of the claim that is tripped, the first line that trips it: it tells of it."""
    rows, checks = np.nonzero((said == 1) & _OF_CLAIM)
    found: dict[int, dict[int, int]] = {}
    for row, check in zip(rows.tolist(), checks.tolist(), strict=True):
        found.setdefault(int(claim[row]), {}).setdefault(check, row)
    return found


def _line_checks(
    verdict: Verdicts,
    which: npt.NDArray[np.bool_],
    teller: "_Teller",
    line: int,
    row: int,
    tells: Mapping[int, int] | None = None,
) -> LineChecks:
    """The checks `which` of one line or claim, told of by `row`, or by what `tells` says for a check."""
    tripped = [
        teller.finding(CHECKS[c], tells[c] if tells else row, line)
        for c in np.flatnonzero(which & (verdict == 1)).tolist()
    ]
    tripped.sort(key=lambda found: (SEVERITIES.index(found.severity_shown), PLACE[found.check]))
    unknown, passed = np.flatnonzero(which & np.isnan(verdict)), np.flatnonzero(which & (verdict == 0))
    return LineChecks(
        line,
        tuple(tripped),
        tuple(CHECKS[c].id for c in unknown),
        tuple(CHECKS[c].id for c in passed),
    )


def not_asked(check_id: str, claim_id: str | None, line: int, state: str) -> Finding:
    """A check that could not be asked, or that passed, as a finding: its rule instead of a fault."""
    check = CHECKS[PLACE[check_id]]
    return _finding(check, claim_id, line, state, check.rule, "", check.severity)


def _finding(
    check: Check,
    claim_id: str | None,
    line: int,
    state: str,
    sentence: str,
    fix: str,
    shown: str,
    evidence: CheckEvidence | None = None,
) -> Finding:
    return Finding(
        check=check.id,
        claim_id=claim_id,
        line=line,
        state=state,
        severity=check.severity,
        severity_shown=shown,
        field=check.field,
        sentence=sentence,
        fix=fix,
        owner=check.owner,
        stage=check.stage,
        reason=check.reason,
        family=check.family,
        needs_record_support=check.needs_record_support,
        evidence=evidence,
    )


class _Teller:
    """Makes sentences of lines; fetches what they need when it is needed, as most lines trip nothing."""

    def __init__(self, lines: Lines, features: Features, state: FeatureState) -> None:
        self.lines, self.features, self.state = lines, features, state
        self._facts: npt.NDArray[np.float64] | None = None

    def value(self, name: str, row: int) -> Value:
        """A field of a line."""
        return value_of(self.lines, name, row)

    def claim_id(self, row: int) -> str | None:
        """The claim's own number."""
        value = self.value("claim_id", row)
        return None if value is None else str(value)

    def finding(self, check: Check, row: int, line: int) -> Finding:
        """A tripped check in words."""
        told = self._told(check, row)
        evidence = self._evidence(check, row)
        shown = severity_shown(check, evidence)
        return _finding(
            check, self.claim_id(row), line, TRIPPED, sentence_of(check, told), fix_of(check, told), shown, evidence
        )  # fmt: skip

    def _evidence(self, check: Check, row: int) -> CheckEvidence | None:
        sent, payer = self.value("submitted_on", row), self.value("payer_id", row)
        if self.state.evidence is None or not isinstance(sent, date):
            return None
        payer_id = None if payer is None else str(payer)
        return evidence_of(self.state.evidence, payer_id, check, float((sent - EPOCH).days))

    def _told(self, check: Check, row: int) -> Told:
        fields: dict[str, Value] = {"line": self.value("line", row)}
        numbers: dict[str, float] = {}
        for slot in _slots(check):
            for name in _fields_of(slot):
                fields[name] = self.value(name, row)
            if slot in self.features.names:
                numbers[slot] = float(self.features.column(slot)[row])
            elif slot in book.FACTS:
                numbers[slot] = self._fact(slot, row)
        units = {name: CATALOG[name].unit for name in numbers if name in CATALOG}
        return Told(fields, numbers, units)

    def _fact(self, name: str, row: int) -> float:
        if self._facts is None:
            self._facts = recalled(self.lines, self.state.past).late()[:, AT["book"]]
        return float(self._facts[row, book.FACTS.index(name)])


@cache
def _slots(check: Check) -> tuple[str, ...]:
    """The slots of a check's sentence and fix."""
    return tuple(dict.fromkeys(slot for text in (check.sentence, check.fix) for slot, _ in slots_of(text)))


@cache
def _fields_of(slot: str) -> tuple[str, ...]:
    """The fields of the line table that a slot is made of."""
    made = {"modifiers": "modifier_", "diagnoses": "diagnosis_", "pointed_diagnosis": "diagnosis_"}
    if slot in made:
        names = [name for name in LINE_TABLE.names if name.startswith(made[slot])]
        return (*names, "pointer_1")
    return (slot,) if slot in LINE_TABLE.names else ()


def listed(found: ClaimChecks, states: Sequence[str]) -> Iterator[Finding]:
    """The findings of a claim in these states: of the claim first, then line by line; tripped ones the gravest first."""
    for line in (found.claim, *found.lines):
        if TRIPPED in states:
            yield from line.tripped
        for state, ids in ((UNKNOWN, line.unknown), (PASSED, line.passed)):
            if state in states:
                yield from (not_asked(check, found.claim_id, line.line, state) for check in ids)
