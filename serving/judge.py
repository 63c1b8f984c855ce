"""What the model says of claims, in columns: every line, and every claim as a whole."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.errors import InvalidClaim
from data.schema import ClaimTables
from data.wide import line_table
from features.build import Features, build
from models.claim_level import cumulative, mixed, total
from models.denial import DenialModel, Prediction

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

    tables: ClaimTables
    wide: pa.Table
    """One row a line, as `data.wide` gives it."""
    claim: NDArray[np.int64]
    """Which claim each line belongs to, as its place in `tables.claims`."""
    x: Features
    prediction: Prediction
    lines: Level
    claims: Level
    all_lines: Floats
    """[n_claims] How likely all lines of a claim are denied."""


def judge(model: DenialModel, tables: ClaimTables, context: pa.Table | None, *, today: date) -> Judged:
    """Score claims; those that don't say when they were submitted go out `today`.

    Raises `InvalidClaim` for a claim without lines.
    """
    dated = with_submission(tables, today)
    claim = _places(dated)
    wide = line_table(dated, context)
    x = build(wide, model.state)
    payers = wide["payer_id"].to_pylist()
    prediction = model.predict(x, payers)
    lines = Level(
        prediction.probability,
        prediction.low,
        prediction.high,
        model.expected_denied_cents(prediction.probability, wide),
        model.codes.probabilities(prediction.share, payers),
    )
    claims, all_lines = _claims(model, prediction, lines, claim, dated.claims)
    return Judged(dated, wide, claim, x, prediction, lines, claims, all_lines)


def with_submission(tables: ClaimTables, today: date) -> ClaimTables:
    """The same claims, with today's date where they don't say when they were submitted."""
    place = tables.claims.schema.get_field_index("submitted_on")
    sent = pc.fill_null(tables.claims["submitted_on"], pa.scalar(today, pa.date32()))
    return ClaimTables(tables.claims.set_column(place, tables.claims.schema.field(place), sent), tables.lines)


def _places(tables: ClaimTables) -> NDArray[np.int64]:
    """The claim of each line, as its place; every claim must have a line."""
    found = pc.index_in(tables.lines["claim_key"], value_set=tables.claims["claim_key"].combine_chunks())
    claim: NDArray[np.int64] = found.to_numpy().astype(np.int64)
    empty = np.flatnonzero(np.bincount(claim, minlength=tables.claims.num_rows) == 0)
    if len(empty):
        name = tables.claims["claim_id"][int(empty[0])].as_py() or "a claim"
        raise InvalidClaim(name, field="lines", found="none", wanted="one line or more")
    return claim


def _claims(
    model: DenialModel, prediction: Prediction, lines: Level, claim: NDArray[np.int64], claims: pa.Table
) -> tuple[Level, Floats]:
    """Figures of the claims from those of their lines, and the chances that all lines are denied."""
    payers, n = claims["payer_id"].to_pylist(), claims.num_rows
    chances = model.claims(prediction, claim, payers)
    low, high = model.claim_interval(prediction, claim, payers)
    level = Level(
        chances.any_line,
        low,
        high,
        np.rint(total(lines.denied_cents.astype(np.float64), claim, n)).astype(np.int64),
        mixed(lines.code_chance, cumulative(lines.probability), claim, n),
    )
    return level, chances.all_lines
