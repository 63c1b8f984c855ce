"""Files of claims scored to a file, and to the journal where asked: what `cleanclaim score` does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.context import read_context_file
from data.errors import UnreadableFile
from data.schema import ClaimTables
from serving.claim_files import Batch, Left, read_claim_files
from serving.export import write_scores, writer
from serving.journal import Journal
from serving.scorer import Scorer

CLAIMS_AT_ONCE = 2000
"""Claims explained together: their contributions take some ten kilobytes a line."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of scoring files."""

    n_claims: int
    n_lines: int
    n_high: int
    expected_denied_cents: int
    charge_cents: int
    left: tuple[Left, ...]
    unread_context: tuple[str, ...] = ()
    """Rows and cells of the file of context that can't be read: where, and why."""

    def figures(self) -> dict[str, int]:
        """The same for machines."""
        return {
            "claims": self.n_claims,
            "lines": self.n_lines,
            "high_risk_claims": self.n_high,
            "expected_denied_cents": self.expected_denied_cents,
            "charge_cents": self.charge_cents,
            "not_scored": len(self.left),
        }

    def sentence(self, out: Path) -> str:
        """The same for people."""
        at_risk, charged = round(self.expected_denied_cents / 100), round(self.charge_cents / 100)
        return (
            f"{self.n_claims:,} claims with {self.n_lines:,} lines scored: {self.n_high:,} at high risk, "
            f"${at_risk:,} expected to be denied of ${charged:,} charged. Written to {out}."
        )


def score_files(
    paths: Sequence[Path],
    *,
    model: Path,
    store: Path | None,
    context: Path | None,
    out: Path,
    with_factors: bool,
    with_fixes: bool,
    database: str | None,
    at: datetime,
    signed_by: Path | None = None,
) -> Summary:
    """Score every claim of the files; raises `UnreadableFile` where there is not one in all of them.

    With `signed_by`, a file with a public key, only a model that this key signed is used.
    """
    writer(out)  # a wrong ending is told before the work, not after it
    scorer = Scorer.load(model, store, signed_by=signed_by)
    journal = Journal(database) if database else None
    beside = read_context_file(context) if context else None
    known = beside.table if beside else None
    tables: list[pa.Table] = []
    left: list[Left] = []
    charge_cents = 0
    for batch in read_claim_files(paths, today=at.date()):
        left += batch.left
        for part in parts(batch):
            told = together(known, batch.context)
            charge_cents += pc.sum(part.lines["charge_cents"]).as_py() or 0
            if journal is None:
                tables.append(
                    scorer.score(
                        part, told, today=at.date(), with_factors=with_factors, with_fixes=with_fixes
                    )
                )
                continue
            scores, results = scorer.score_and_explain(part, told, today=at.date())
            tables.append(scores)
            journal.keep(results, at=at)
    if not tables:
        raise _nothing(left)
    scores = pa.concat_tables(tables)
    write_scores(scores, out)
    unread = tuple(str(reason) for reason in beside.rejects["reason"].to_pylist()) if beside else ()
    return replace(_summary(scores, charge_cents, left), unread_context=unread)


def parts(batch: Batch) -> list[ClaimTables]:
    """The claims of a batch in parts small enough to be explained at once."""
    claims = batch.tables.claims
    cuts = range(0, claims.num_rows, CLAIMS_AT_ONCE)
    return [_part(batch.tables, claims.slice(start, CLAIMS_AT_ONCE)) for start in cuts]


def together(known: pa.Table | None, own: pa.Table | None) -> pa.Table | None:
    """The context of the file of contexts and of the claims' own file; the latter wins, as it comes later."""
    given = [table for table in (known, own) if table is not None]
    return pa.concat_tables(given) if given else None


def _part(tables: ClaimTables, claims: pa.Table) -> ClaimTables:
    own = np.isin(tables.lines["claim_key"].to_numpy(), claims["claim_key"].to_numpy())
    return ClaimTables(claims, tables.lines.filter(pa.array(own)))


def _nothing(left: Sequence[Left]) -> UnreadableFile:
    if not left:
        return UnreadableFile("input", found="no claim in any file", wanted="an 837, or claims in JSON")
    told = "; ".join(f"{one.source}: {one.reason}" for one in left[:3])
    return UnreadableFile(
        "input", found=f"nothing that can be scored ({told})", wanted="an 837, or claims in JSON"
    )


def _summary(scores: pa.Table, charge_cents: int, left: Sequence[Left]) -> Summary:
    is_claim = pc.equal(scores["line"], 0)
    claims = scores.filter(is_claim)
    return Summary(
        n_claims=claims.num_rows,
        n_lines=scores.num_rows - claims.num_rows,
        n_high=pc.sum(pc.equal(claims["risk"], "high")).as_py() or 0,
        expected_denied_cents=pc.sum(claims["expected_denied_cents"]).as_py() or 0,
        charge_cents=charge_cents,
        left=tuple(left),
    )
