"""One file's bytes to tables: Claim, ClaimResponse and ExplanationOfBenefit, alone, in a Bundle, or one a line."""

import hashlib
import re
from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from data.errors import UnreadableFile
from data.keys import file_key
from data.readers.fhir.claim import Claimed, own_claim_id, read_claim
from data.readers.fhir.columns import Rows, layout
from data.readers.fhir.information import information_of
from data.readers.fhir.kinds import READ
from data.readers.fhir.references import Index, Scope, tail
from data.readers.fhir.remit import Answered, answered_claim_id, read_answer
from data.readers.fhir.resources import Found, find
from data.readers.fhir.values import Row, element, text
from data.schema import (
    ADJUSTMENTS,
    CLAIMS,
    LINES,
    REJECTS,
    REMARKS,
    REMITS,
    SERVICES,
    ClaimTables,
    Reading,
    RemitTables,
    SegmentCount,
)

ANSWERS = (b"ClaimResponse", b"ExplanationOfBenefit")
LAYOUTS = {
    "claims": layout(CLAIMS),
    "lines": layout(LINES),
    "remits": layout(REMITS),
    "services": layout(SERVICES),
    "adjustments": layout(ADJUSTMENTS),
    "remarks": layout(REMARKS),
    "rejects": layout(REJECTS),
    "unused": layout(REJECTS),
}
HEAD = re.compile(rb'"resourceType"\s*:\s*"')

UNKNOWN = "?"
"""Stands for a resourceType that FHIR R4 doesn't know: its own words could be anything."""

NO_NAME = "no identifier and no id: nothing to call it by"
NO_CLAIM = "doesn't say which claim it answers"
NOT_SENT = "a {}: neither a claim that was sent nor an answer to one"
NOT_VALID = "marked {} by its sender"
NOT_ASKED = "an answer, not a claim to be sent"
NOT_DECIDED = "{}: not adjudicated, so no answer yet"
NOT_REFERRED = "nothing here refers to this resource"
NOT_READ = "nothing here reads this kind of resource"
SAID_TWICE = "its claim and its answer are in this file: the first counts"
UNCALLED = ("preauthorization", "predetermination")


def looks_like_fhir(head: bytes) -> bool:
    """Whether a file that begins like this is FHIR in JSON; 4,096 bytes are enough for most."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return start in (b"{", b"[") and HEAD.search(head) is not None


def read_fhir(content: bytes, *, source: str, answers: bool = True) -> Reading:
    """Everything that one file of FHIR R4 or R4B (JSON, Bundle or one resource a line) holds.

    `source` is how rejects call the file; `segments` counts resources, `offset` is where a resource begins. A resource
    that can't be used is listed: in `rejects` with the reason where it is damaged or lacks what it must have (segment:
    its resourceType), in `unused` where it is well but says nothing of a claim. A used resource with a part that can't
    be read has a row for that part in `rejects` (segment: `Claim.total`). `answers=False`: only Claims that are to be
    sent are wanted; a ClaimResponse or an ExplanationOfBenefit is listed in `unused`.

    Raises UnreadableFile if the content holds no FHIR at all.
    """
    if HEAD.search(content) is None:
        found = f"{len(content)} bytes without a resourceType" if content else "no bytes"
        raise UnreadableFile(source, found=found, wanted="FHIR R4 as JSON")
    sha256 = hashlib.sha256(content).hexdigest()
    has_answers = answers and any(kind in content for kind in ANSWERS)
    reader = _Reader(source, file_key(sha256), wants_answers=answers, has_answers=has_answers)
    for batch in find(content):
        reader.take(batch)
    return reader.reading(sha256)


class _Reader:
    """Takes the resources of one file in, batch by batch, and keeps count of what became of each."""

    def __init__(self, source: str, file_key: int, *, wants_answers: bool, has_answers: bool) -> None:
        self._source, self._file_key = source, file_key
        self._wants_answers, self._has_answers = wants_answers, has_answers
        self._rows = Rows(LAYOUTS)
        self._index = Index()
        self._claimed: dict[str, Claimed] = {}
        self._answers: set[str] = set()
        self._waiting: list[tuple[int, str]] = []
        self._n_claims = self._n_remits = self._n_total = self._n_listed = 0

    def take(self, batch: Sequence[Found]) -> None:
        """Reads a batch: what others refer to first, then claims, then answers."""
        self._n_total += len(batch)
        for found in batch:
            if found.fault is not None:
                self._list("rejects", found, found.fault)
            elif found.kind not in READ:
                self._index.add(found)
                self._waiting.append((found.offset, found.kind))
        self._claims_and_answers([found for found in batch if found.fault is None and found.kind in READ])

    def _claims_and_answers(self, batch: Sequence[Found]) -> None:
        claims = [found for found in batch if found.kind == "Claim"]
        for found in batch:
            if found.kind == "ClaimResponse":
                self._answers.add(_name(found))
        for found in claims:
            self._claim(found)
        for found in batch:
            if found.kind == "Claim":
                continue
            if self._wants_answers:
                self._answer(found)
            else:
                self._list("unused", found, NOT_ASKED)

    def reading(self, sha256: str) -> Reading:
        """All tables, once every batch is taken in."""
        supporting = {offset for offset, _ in self._index.resources.values()}
        for offset, kind in self._waiting:
            if offset not in self._index.used:
                reason = NOT_REFERRED if offset in supporting else NOT_READ
                self._list("unused", Found(offset, kind, {}), reason)
        tables = self._rows.whole()
        return Reading(
            self._source,
            sha256,
            ClaimTables(tables["claims"], tables["lines"]),
            RemitTables(tables["remits"], tables["services"], tables["adjustments"], tables["remarks"]),
            _by_offset(tables["rejects"]),
            _by_offset(tables["unused"]),
            SegmentCount(self._n_total, self._n_total - self._n_listed, self._n_listed),
        )

    def _claim(self, found: Found) -> None:
        scope = Scope(found, self._index)
        claim_id = own_claim_id(scope)
        if (reason := _not_usable(found)) is not None:
            self._list("unused", found, reason)
        elif claim_id is None:
            self._list("rejects", found, NO_NAME)
        else:
            self._add_claim(
                found, read_claim(scope, claim_id, submitted_on=scope.faults.day(found.body, "created"))
            )
            self._say_faults(found, scope)

    def _answer(self, found: Found) -> None:
        """A ClaimResponse, or an ExplanationOfBenefit, which holds the claim as well."""
        scope = Scope(found, self._index)
        claimed = self._claimed.get(_referred(found, "request") or _referred(found, "claim") or "")
        is_both = found.kind == "ExplanationOfBenefit"
        claim_id = answered_claim_id(scope, claimed) or (own_claim_id(scope) if is_both else None)
        is_told = is_both and _referred(found, "claimResponse") in self._answers
        undecided = _undecided(found)
        if (reason := _not_usable(found)) is not None:
            self._list("unused", found, reason)
        elif claimed is not None and is_told:
            self._list("unused", found, SAID_TWICE)
        elif undecided is not None and (claimed is not None or not is_both):
            self._list("unused", found, undecided)
        elif claim_id is None:
            self._list("rejects", found, NO_NAME if is_both else NO_CLAIM)
        else:
            is_own = is_both and claimed is None
            if is_own:
                claimed = read_claim(scope, claim_id, submitted_on=_submitted_on(scope))
                self._add_claim(found, claimed)
            if undecided is not None:
                self._rows.add("unused", [self._row(found, undecided, part="outcome")])
            elif not is_told:
                self._add_remit(found, read_answer(scope, claim_id, claimed, is_own=is_own))
            self._say_faults(found, scope)

    def _add_claim(self, found: Found, claimed: Claimed) -> None:
        key = self._file_key + self._n_claims
        self._n_claims += 1
        claimed.claim.update(claim_key=key, offset=found.offset)
        for line in claimed.lines:
            line.update(claim_key=key, offset=found.offset)
        self._rows.add("claims", [claimed.claim])
        self._rows.add("lines", claimed.lines)
        if found.kind == "Claim" and self._has_answers:
            for name in (_name(found), found.full_url):
                if name is not None:
                    self._claimed.setdefault(name, claimed)

    def _add_remit(self, found: Found, answer: Answered) -> None:
        key = self._file_key + self._n_remits
        self._n_remits += 1
        answer.remit.update(remit_key=key, offset=found.offset)
        for rows in (answer.services, answer.adjustments, answer.remarks):
            for row in rows:
                row["remit_key"] = key
        self._rows.add("remits", [answer.remit])
        self._rows.add("services", answer.services)
        self._rows.add("adjustments", answer.adjustments)
        self._rows.add("remarks", answer.remarks)

    def _say_faults(self, found: Found, scope: Scope) -> None:
        for path, why in scope.faults.found.items():
            self._rows.add("rejects", [self._row(found, f"{path} {why}", part=path)])

    def _list(self, table: str, found: Found, reason: str) -> None:
        self._n_listed += 1
        self._rows.add(table, [self._row(found, reason)])

    def _row(self, found: Found, reason: str, *, part: str | None = None) -> Row:
        kind = found.kind or UNKNOWN
        segment = kind if part is None else f"{kind}.{part}"
        return {"source": self._source, "offset": found.offset, "segment": segment, "reason": reason}


def _by_offset(table: pa.Table) -> pa.Table:
    """All rows, in the order of the file."""
    return table.sort_by("offset") if table.num_rows > 1 else table


def _name(found: Found) -> str:
    return f"{found.kind}/{text(found.body.get('id'))}"


def _referred(found: Found, field_name: str) -> str | None:
    address = text(element(found.body.get(field_name)).get("reference"))
    if address is None:
        return None
    return address if address.startswith("urn:") else tail(address)


def _not_usable(found: Found) -> str | None:
    """Why a well-formed resource is no claim that was sent, or no decision on one."""
    body = found.body
    if text(body.get("use")) in UNCALLED:
        return NOT_SENT.format(text(body.get("use")))
    if text(body.get("status")) in ("draft", "entered-in-error"):
        return NOT_VALID.format(text(body.get("status")))
    return None


def _undecided(found: Found) -> str | None:
    """Why an answer holds no decision: the payer has not got to it, or could not process the claim at all."""
    outcome = text(found.body.get("outcome"))
    return NOT_DECIDED.format(outcome) if outcome in ("queued", "error") else None


def _submitted_on(scope: Scope) -> date | None:
    """When the claim in an ExplanationOfBenefit was sent: when the payer got it, else when the answer was made."""
    return information_of(scope).received_on or scope.faults.day(scope.body, "created")
