"""Scores as a table: for each claim one row of its own (`line` = 0), then one row a line."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.few import FewLines
from data.schema import CENTS, CLAIMS, CODE
from features.checks.findings import of_claims, tripped_ids, verdicts
from models.denial import DenialModel
from serving.judge import Judged, Level
from serving.risk import risks_of
from serving.rows import Claims

TOP = 3

SCORES = pa.schema(
    [
        ("claim_id", CODE),
        ("line", pa.int32()),  # 0: the claim as a whole
        ("payer_id", CODE),
        ("procedure", CODE),  # null for the claim as a whole
        ("denial_probability", pa.float64()),
        ("probability_low", pa.float64()),
        ("probability_high", pa.float64()),
        ("risk", CODE),  # low, medium, high
        *(
            column
            for n in range(1, TOP + 1)
            for column in ((f"reason_{n}", CODE), (f"reason_{n}_probability", pa.float64()))
        ),
        ("reason_set", CODE),  # the reasons that hold the payer's nine times out of ten, parted by spaces
        ("expected_denied_cents", CENTS),
        ("top_factors", CODE),  # sentences, parted by " | "; null unless asked for
        ("checks", CODE),  # ids of the checks that it trips, parted by blanks; null where there are none
        ("model_version", CODE),
        (
            "novelty",
            CODE,
        ),  # codes that the model never learnt from, as field=value; null where there are none
        ("fixes", CODE),  # proven fixes, parted by " | "; null unless asked for, or where there are none
    ]
)
"""One row a line (`line` = its number in the claim) and one a claim (`line` = 0). Money in cents."""


def score_table(
    judged: Judged,
    model: DenialModel,
    *,
    novelty: Sequence[str | None],
    factors: Sequence[str | None],
    fixes: Sequence[str | None],
) -> pa.Table:
    """The table (schema `SCORES`); `novelty`, `factors` and `fixes` hold one text a claim, then one a line."""
    claims, wide = _as_table(judged.heads, CLAIMS), judged.wide
    wide = wide.to_table() if isinstance(wide, FewLines) else wide
    n_claims, n_lines = claims.num_rows, wide.num_rows
    said = verdicts(judged.x)
    both = _stacked(judged.claims, judged.lines)
    codes, chance = model.codes.best(both.code_chance, TOP)
    columns = {
        "claim_id": _texts(claims["claim_id"], wide["claim_id"]),
        "line": np.concatenate([np.zeros(n_claims, np.int32), wide["line"].to_numpy()]),
        "payer_id": _texts(claims["payer_id"], wide["payer_id"]),
        "procedure": [None] * n_claims + wide["procedure"].to_pylist(),
        "denial_probability": both.probability,
        "probability_low": both.low,
        "probability_high": both.high,
        "risk": risks_of(both.probability, model.certainty.bands),
        **{f"reason_{n + 1}": codes[:, n] for n in range(TOP)},
        **{f"reason_{n + 1}_probability": chance[:, n] for n in range(TOP)},
        "reason_set": [" ".join(codes) for codes in model.code_sets(both.code_chance)],
        "expected_denied_cents": both.denied_cents,
        "top_factors": list(factors),
        "checks": [*tripped_ids(of_claims(said, judged.claim, n_claims), of_claim=True), *tripped_ids(said)],
        "model_version": [model.version] * (n_claims + n_lines),
        "novelty": list(novelty),
        "fixes": list(fixes),
    }
    table = pa.table([pa.array(columns[f.name], f.type) for f in SCORES], schema=SCORES)
    return table.take(pa.array(_order(judged.claim, n_claims)))


def _as_table(claims: Claims, schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist(claims, schema=schema) if isinstance(claims, list) else claims


def _stacked(claims: Level, lines: Level) -> Level:
    parts = (np.concatenate([getattr(claims, f), getattr(lines, f)]) for f in Level.__slots__)
    return Level(*parts)


def _texts(claims: pa.ChunkedArray, lines: pa.ChunkedArray) -> pa.ChunkedArray:
    return pa.chunked_array([*claims.chunks, *lines.chunks], CODE).combine_chunks()


def _order(claim: NDArray[np.int64], n_claims: int) -> NDArray[np.int64]:
    """Each claim before its lines, both in the order they were given."""
    return np.argsort(np.concatenate([np.arange(n_claims), claim]), kind="stable")
