"""Claims on their way in: from JSON, X12 or FHIR to the tables that are scored, and what had to be left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.claim import Claim, claim_tables
from data.claim_json import parse_claim, read_fields
from data.context import Context, context_table
from data.errors import InvalidClaim
from data.few import FewClaims
from data.readers.fhir import read_fhir
from data.readers.fhir.kinds import READ
from data.readers.x12 import read_x12
from data.schema import ClaimTables, Reading
from serving.problems import LONGEST_QUOTE, Fault, Problem, one_fault
from serving.schema import ScoreRequest

ContextRecord = Mapping[str, object]

LONGEST_LIST = 1000
"""Rejected parts that are told of one body; more than these are only counted."""


@dataclass(frozen=True, slots=True)
class Reject:
    """A part of a file that could not be scored: where it begins, in bytes, and why."""

    claim_id: str | None
    offset: int
    segment: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Intake:
    """Claims to score, their context, and what was left out."""

    tables: ClaimTables
    context: pa.Table | None = None
    rejects: tuple[Reject, ...] = ()


def claim_of(asked: ScoreRequest, *, today: date) -> Intake:
    """The claim of a request; raises the 422 problem with every fault of it."""
    claim = checked_claim(asked.claim, "claim.", today=today)
    return Intake(claim_tables([claim]), context_of(asked.context, claim.claim_id))


def few_of(asked: ScoreRequest, *, today: date) -> FewClaims:
    """The same as values."""
    claim = checked_claim(asked.claim, "claim.", today=today)
    return FewClaims.of([claim], contexts_of(asked.context, claim.claim_id), today=today)


def checked_claim(record: Mapping[str, object], where: str, *, today: date) -> Claim:
    """One claim given as JSON; raises the 422 problem with every fault, each field named after `where`."""
    claim, wrong = parse_claim(record, today=today)
    if claim is None:
        raise Problem(422, "Invalid claim", [_fault(where + (e.field or ""), e) for e in wrong])
    return claim


def context_of(given: ContextRecord | Sequence[ContextRecord] | None, claim_id: str) -> pa.Table | None:
    """The context of one claim, as one object or one a line; raises the 422 problem with every fault of it."""
    return None if given is None else context_table(contexts_of(given, claim_id))


def contexts_of(given: ContextRecord | Sequence[ContextRecord] | None, claim_id: str) -> list[Context]:
    """The same as values; none where none is given."""
    if given is None:
        return []
    records = [given] if isinstance(given, Mapping) else given
    values: list[Context] = []
    wrong: list[InvalidClaim] = []
    for n, record in enumerate(records):
        where = "context." if isinstance(given, Mapping) else f"context[{n}]."
        said, faulty = read_fields({"claim_id": claim_id, **record}, Context, claim_id, where, ())
        if not faulty and said["claim_id"] != claim_id:
            faulty = [
                InvalidClaim(claim_id, field=f"{where}claim_id", found="another claim", wanted=claim_id)
            ]
        wrong += faulty
        if not faulty:
            values.append(Context(**said))  # type: ignore[arg-type] # read_fields checked every type
    if wrong:
        raise Problem(422, "Invalid context", [_fault(e.field or "context", e) for e in wrong])
    return values


def claims_of_x12(body: bytes, *, most: int) -> Intake:
    """The claims of an 837 that can be scored, and the parts of it that can't.

    Raises `UnreadableFile` for a body that is no X12, the 422 problem for X12 without a single claim, and the 413
    problem for more than `most` of them.
    """
    reading = read_x12(body, source="body", details=False)
    return _of_reading(
        reading, reading.rejects, most=most, form="X12", wanted="an 837 with at least one claim"
    )


def claims_of_fhir(body: bytes, *, most: int) -> Intake:
    """The Claims of FHIR R4 (alone, in a Bundle, one a line) that can be scored, and what can't with its reason.

    Raises `UnreadableFile` for a body that is no FHIR, the 422 problem for FHIR without a single Claim, and the 413
    problem for more than `most` of them.
    """
    reading = read_fhir(body, source="body", answers=False)
    unused = reading.unused.filter(pc.is_in(reading.unused["segment"], value_set=pa.array(sorted(READ))))
    left = pa.concat_tables([reading.rejects, unused])
    return _of_reading(reading, left, most=most, form="FHIR", wanted="at least one Claim to be sent")


def _of_reading(reading: Reading, left: pa.Table, *, most: int, form: str, wanted: str) -> Intake:
    """What of a reading can be scored; `left` is what of it could not be used, as `REJECTS`."""
    rejects = _told(left)
    scorable, without = part_by_lines(reading.claims)
    rejects += without
    if not scorable.claims.num_rows:
        raise _no_claim(rejects, form, wanted)
    n = scorable.claims.num_rows
    if n > most:
        wanted = f"at most {most} at a time; `cleanclaim score` takes any number"
        raise one_fault(413, "Too many claims", field="body", found=f"{n} claims", wanted=wanted)
    return Intake(scorable, None, tuple(rejects))


def _told(left: pa.Table) -> list[Reject]:
    told = left.slice(0, LONGEST_LIST).to_pylist()
    rejects = [Reject(None, row["offset"], row["segment"], row["reason"]) for row in told]
    if left.num_rows > LONGEST_LIST:
        more = left.num_rows - LONGEST_LIST
        rejects.append(Reject(None, 0, None, f"{more} more parts could not be used"))
    return rejects


def part_by_lines(tables: ClaimTables) -> tuple[ClaimTables, list[Reject]]:
    """Claims that have a line, with their lines, and those that have none: there is nothing in them to deny."""
    has_line = np.isin(tables.claims["claim_key"].to_numpy(), tables.lines["claim_key"].to_numpy())
    if has_line.all():
        return tables, []
    empty = tables.claims.filter(pa.array(~has_line)).select(["claim_id", "offset"]).to_pylist()
    told = [Reject(row["claim_id"], row["offset"] or 0, "CLM", "a claim without a line") for row in empty]
    return ClaimTables(tables.claims.filter(pa.array(has_line)), tables.lines), told


def _no_claim(rejects: Sequence[Reject], form: str, wanted: str) -> Problem:
    if not rejects:
        return one_fault(422, "No claims", field="body", found=f"{form} without a claim", wanted=wanted)
    faults = [
        Fault(f"byte {r.offset}{', ' + r.segment if r.segment else ''}", r.reason, wanted)
        for r in rejects[:20]
    ]
    return Problem(422, "No claims", faults)


def _fault(path: str, error: InvalidClaim) -> Fault:
    """A claim's fault; the name of an unknown field may be anything, so it is cut short."""
    steps = [step[: 2 * LONGEST_QUOTE] for step in path.split(".")]
    return Fault(".".join(steps), str(error.found)[:200], str(error.wanted)[:400])
