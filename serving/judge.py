"""What the model says of claims, in columns: every line, and every claim as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.claim import Value
from data.errors import InvalidClaim
from data.few import FEW, FewClaims, FewLines, Lines, rows_of, texts_of
from data.schema import ClaimTables
from data.wide import line_table
from features.build import Features, build
from models.claim_level import cumulative, mixed, total
from models.denial import DenialModel, Prediction
from serving.rows import ClaimRow, Claims

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Level:
    """Figures of n lines, or of n claims."""

    probability: Floats
    low: Floats
    high: Floats
    denied_cents: NDArray[np.int64]
    code_chance: Floats
    """[n, codes]: the probability of each reason, if it is denied."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Claims with what the model says of them."""

    heads: Claims
    """What each claim says of itself."""
    wide: Lines
    """One row a line, as `data.wide` gives it."""
    claim: NDArray[np.int64]
    """Which claim each line belongs to, as its place among the claims."""
    x: Features
    prediction: Prediction
    lines: Level
    claims: Level
    all_lines: Floats
    """[n_claims] How likely all lines of a claim are denied."""

    @property
    def n_claims(self) -> int:
        """How many claims there are."""
        return len(self.all_lines)


def judge(model: DenialModel, tables: ClaimTables, context: pa.Table | None, *, today: date) -> Judged:
    """Score claims; those that don't say when they were submitted go out `today`.

    Raises `InvalidClaim` for a claim without lines.
    """
    if 0 < tables.lines.num_rows <= FEW and (context is None or context.num_rows <= FEW):
        return judge_few(model, FewClaims.of_tables(tables, context, today=today))
    dated = with_submission(tables, today)
    claim = _places(dated)
    wide = line_table(dated, context)
    if 0 < wide.num_rows <= FEW:
        few = FewClaims(rows_of(dated.claims), FewLines.of_table(wide), claim.tolist())
        return judge_few(model, few)
    return _judged(model, dated.claims, wide, claim)


def judge_few(model: DenialModel, few: FewClaims) -> Judged:
    """Score a few claims that are there as values. Raises `InvalidClaim` for a claim without lines."""
    claim = np.array(few.claim, dtype=np.int64)
    _check(claim, [head["claim_id"] for head in few.claims])
    return _judged(model, cast("list[ClaimRow]", few.claims), few.lines, claim)


def _judged(model: DenialModel, heads: Claims, wide: Lines, claim: NDArray[np.int64]) -> Judged:
    x = build(wide, model.state)
    payers = texts_of(wide, "payer_id")
    prediction = model.predict(x, payers)
    lines = Level(
        prediction.probability,
        prediction.low,
        prediction.high,
        model.expected_denied_cents(prediction.probability, wide),
        model.code_chance(prediction, payers),
    )
    claims, all_lines = _claims(model, prediction, lines, claim, _payers(heads))
    return Judged(heads, wide, claim, x, prediction, lines, claims, all_lines)


def _payers(heads: Claims) -> Sequence[str | None]:
    payers: Sequence[str | None] = (
        [head["payer_id"] for head in heads] if isinstance(heads, list) else heads["payer_id"].to_pylist()
    )
    return payers


def with_submission(tables: ClaimTables, today: date) -> ClaimTables:
    """The same claims, with today's date where they don't say when they were submitted."""
    place = tables.claims.schema.get_field_index("submitted_on")
    sent = pc.fill_null(tables.claims["submitted_on"], pa.scalar(today, pa.date32()))
    return ClaimTables(tables.claims.set_column(place, tables.claims.schema.field(place), sent), tables.lines)


def _places(tables: ClaimTables) -> NDArray[np.int64]:
    """The claim of each line, as its place; every claim must have a line."""
    found = pc.index_in(tables.lines["claim_key"], value_set=tables.claims["claim_key"].combine_chunks())
    claim: NDArray[np.int64] = found.to_numpy().astype(np.int64)
    _check(claim, tables.claims["claim_id"])
    return claim


def _check(claim: NDArray[np.int64], ids: Sequence[Value] | pa.ChunkedArray) -> None:
    """Every claim must have a line."""
    if len(ids) == 1 and len(claim):
        return
    empty = np.flatnonzero(np.bincount(claim, minlength=len(ids)) == 0)
    if len(empty):
        found = ids[int(empty[0])]
        name = str(found.as_py() if isinstance(found, pa.Scalar) else found) if found else ""
        raise InvalidClaim(name or "a claim", field="lines", found="none", wanted="one line or more")


def _claims(
    model: DenialModel,
    prediction: Prediction,
    lines: Level,
    claim: NDArray[np.int64],
    payers: Sequence[str | None],
) -> tuple[Level, Floats]:
    """Figures of the claims from those of their lines, and the chances that all lines are denied."""
    n = len(payers)
    chances, low, high = model.claims_within(prediction, claim, payers)
    level = Level(
        chances.any_line,
        low,
        high,
        np.rint(total(lines.denied_cents.astype(np.float64), claim, n)).astype(np.int64),
        mixed(lines.code_chance, cumulative(lines.probability), claim, n),
    )
    return level, chances.all_lines
