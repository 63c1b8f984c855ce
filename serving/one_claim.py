"""One claim found among files and explained: what `cleanclaim explain` does."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from data.context import read_context
from data.errors import UnreadableFile
from data.schema import ClaimTables
from serving.batch import together
from serving.claim_files import Batch, read_claim_files
from serving.result import ClaimResult
from serving.scorer import Scorer

MOST_NAMED = 5


def explain_claim(
    claim_id: str,
    paths: Sequence[Path],
    *,
    model: Path,
    store: Path | None,
    context: Path | None,
    today: date,
) -> ClaimResult:
    """The answer about the first claim of that number; raises `UnreadableFile` where no file holds it."""
    scorer = Scorer.load(model, store)
    known = read_context(context) if context else None
    others: list[str] = []
    for batch in read_claim_files(paths, today=today):
        found = of_id(batch, claim_id)
        if found is not None:
            beside = together(known, batch.context)
            return scorer.explain(found, beside, today=today, with_fixes=True)[0]
        others += batch.tables.claims["claim_id"].slice(0, MOST_NAMED).to_pylist()
    such = ", ".join(str(other) for other in others[:MOST_NAMED])
    wanted = f"a claim that is there, such as {such}" if such else "a file with claims"
    raise UnreadableFile(f"claim {claim_id}", found="no such claim in the input", wanted=wanted)


def of_id(batch: Batch, claim_id: str) -> ClaimTables | None:
    """The first claim of that number in a batch, with its lines; None where there is none."""
    claims, lines = batch.tables.claims, batch.tables.lines
    place = pc.index(claims["claim_id"], claim_id.strip()).as_py()
    if place < 0:
        return None
    own = claims.slice(place, 1)
    key = own["claim_key"][0]
    return ClaimTables(own, lines.filter(pc.equal(lines["claim_key"], pa.scalar(key.as_py(), pa.int64()))))
