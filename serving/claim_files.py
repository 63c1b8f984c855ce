"""Files of claims to score: 837s and FHIR (also in folders, .zip, .gz), one claim in JSON, or many in NDJSON.

What can't be scored is told with its place and reason, and never takes the rest with it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import orjson
import pyarrow as pa
from pydantic import ValidationError

from data.claim import Claim, claim_tables
from data.errors import UnreadableFile
from data.readers.fhir import looks_like_fhir
from data.readers.fhir.kinds import READ
from data.readers.files import read_files
from data.schema import ClaimTables, Reading
from serving.intake import checked_claim, context_of, part_by_lines
from serving.problems import Problem, from_validation, one_fault
from serving.schema import ScoreRequest


@dataclass(frozen=True, slots=True)
class Left:
    """Something in a file that could not be scored, and why."""

    source: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one file holds: claims to score, their own context, and what was left out."""

    source: str
    tables: ClaimTables
    context: pa.Table | None = None
    left: tuple[Left, ...] = ()


def read_claim_files(paths: Sequence[Path], *, today: date) -> Iterator[Batch]:
    """Batches in the order of the paths; a file that holds the same bytes as an earlier one is skipped and told."""
    seen: dict[str, str] = {}
    for path in paths:
        if path.is_file() and _is_json(path):
            yield _json_batch(path, today)
            continue
        for reading in read_files([path], details=False):
            yield _batch(reading, seen)


def _batch(reading: Reading | UnreadableFile, seen: dict[str, str]) -> Batch:
    if isinstance(reading, UnreadableFile):
        unreadable = Left(reading.thing, "", f"found {reading.found}, wanted {reading.wanted}")
        return Batch(reading.thing, ClaimTables(), left=(unreadable,))
    if reading.sha256 in seen:
        again = Left(reading.source, "", f"the same file as {seen[reading.sha256]}")
        return Batch(reading.source, ClaimTables(), left=(again,))
    seen[reading.sha256] = reading.source
    tables, empty = part_by_lines(reading.claims)
    left = [Left(reading.source, f"claim {one.claim_id}", one.reason) for one in empty]
    rejects = reading.rejects.to_pylist()
    rejects += [row for row in reading.unused.to_pylist() if row["segment"] in READ]
    left += [Left(row["source"] or reading.source, f"byte {row['offset']}", row["reason"]) for row in rejects]
    return Batch(reading.source, tables, left=tuple(left))


def _is_json(path: Path) -> bool:
    """X12 begins with ISA, archives with their own marks; JSON with a brace or a bracket, and FHIR names itself."""
    with path.open("rb") as file:
        head = file.read(4096)
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["} and not looks_like_fhir(head)


def _json_batch(path: Path, today: date) -> Batch:
    claims: list[Claim] = []
    contexts: list[pa.Table] = []
    left: list[Left] = []
    for place, record in _records(path.read_bytes().removeprefix(b"\xef\xbb\xbf")):
        try:
            claim, context = _claim(record, today)
        except Problem as problem:
            left += [
                Left(path.name, place, f"{f.field}: found {f.found}, wanted {f.wanted}")
                for f in problem.faults
            ]
        else:
            claims.append(claim)
            contexts += [context] if context is not None else []
    together = pa.concat_tables(contexts) if contexts else None
    return Batch(path.name, claim_tables(claims), together, tuple(left))


def _records(content: bytes) -> Iterator[tuple[str, object]]:
    """Each claim of a file with its place: one object, a list of them, or one a line."""
    try:
        whole = orjson.loads(content)
    except orjson.JSONDecodeError:
        yield from _ndjson(content)
        return
    records = whole if isinstance(whole, list) else [whole]
    yield from ((f"claim {n}", record) for n, record in enumerate(records, start=1))


def _ndjson(content: bytes) -> Iterator[tuple[str, object]]:
    for n, line in enumerate(content.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield f"line {n}", orjson.loads(line)
        except orjson.JSONDecodeError as error:
            yield f"line {n}, column {error.colno}", None


def _claim(record: object, today: date) -> tuple[Claim, pa.Table | None]:
    """The claim of a record, bare or as `{claim, context}`; raises the problem that says why it can't be read."""
    if not isinstance(record, dict):
        raise one_fault(
            422, "Invalid claim", field="claim", found="no object", wanted="an object with its fields"
        )
    if "claim" not in record:
        return checked_claim(record, "", today=today), None
    try:
        asked = ScoreRequest.model_validate(record)
    except ValidationError as error:
        raise from_validation(error) from None
    claim = checked_claim(asked.claim, "claim.", today=today)
    return claim, context_of(asked.context, claim.claim_id)
