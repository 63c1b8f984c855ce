"""What each scorer says of the same labelled lines: the model, the baselines, and the simulated world's own truth."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data.errors import NotEnoughData, UnreadableFile
from features.build import Features, build
from features.state import FeatureState
from models.claim_level import ClaimLevel, cumulative
from models.denial import DenialModel
from models.together import Answered, fit_together
from training.cohort import Cohort, texts
from training.scores import Scores

TOP = 3
HAZARD = "hazard_"
REASON = "reason_"
LIKELIEST = "likeliest"
ALONE = "p_denied_837"
NEXT_TO_NOTHING = 1e-9
"""Weight of all payers beside one payer's own counts, for families that it never gave."""


def features_of(labelled: pa.Table, chosen: Cohort, state: FeatureState) -> Features:
    """Features [n] of a cohort's lines; `labelled` is the table that the cohort was taken from.

    Built from whole claims, as production does: some features look at a claim's other lines.
    """
    keys = pc.unique(chosen.lines["claim_key"])
    whole = np.asarray(
        pc.is_in(labelled["claim_key"], value_set=keys).to_numpy(zero_copy_only=False), dtype=bool
    )
    x = build(labelled.filter(pa.array(whole)), state)
    place = np.cumsum(whole) - 1
    return replace(x, values=x.values[place[chosen.rows]])


def model_scores(model: DenialModel, x: Features, lines: pa.Table) -> Scores:
    """The model's probability, hazards, reasons and claims; `lines` is the labelled table that `x` speaks of."""
    payer_ids = np.array(lines["payer_id"].to_pylist(), dtype=object)
    _, first, claim = np.unique(lines["claim_key"].to_numpy(), return_index=True, return_inverse=True)
    prediction = model.predict(x, payer_ids)
    reasons = model.reasons(prediction, payer_ids, top=TOP)
    return Scores(
        probability=prediction.probability,
        hazards=prediction.hazards,
        shares=prediction.share,
        hazard_families=prediction.families,
        reasons=_words(reasons.codes),
        claim_probability=model.claims(prediction, claim, payer_ids[first]).any_line[claim],
    )


def read_truth(path: Path) -> pa.Table:
    """A simulated world's truth.parquet; `UnreadableFile` where it isn't one."""
    try:
        truth = pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise UnreadableFile(
            path.name, found=type(error).__name__, wanted="a readable Parquet file"
        ) from None
    wanted = ("claim_id", "line", "p_denied", LIKELIEST)
    missing = [name for name in wanted if name not in truth.column_names]
    if missing or not any(name.startswith(HAZARD) for name in truth.column_names):
        raise UnreadableFile(
            path.name, found=f"columns {truth.column_names}", wanted=f"{wanted} and {HAZARD}<family>"
        )
    return truth


def truth_scores(truth: pa.Table, lines: pa.Table) -> Scores:
    """The exact probabilities of a simulated world for labelled lines: the ceiling.

    `truth` has one row a line (`claim_id`, `line`, `p_denied`, `hazard_<family>` ...). Raises `NotEnoughData` where a
    line isn't in it.
    """
    at = _rows_of(truth, lines)
    families = tuple(name.removeprefix(HAZARD) for name in truth.column_names if name.startswith(HAZARD))
    shares = _matrix(truth, [REASON + family for family in families])[at]
    hazards = _matrix(truth, [HAZARD + family for family in families])[at]
    probability = np.asarray(truth["p_denied"].to_numpy(), dtype=np.float64)[at]
    return Scores(
        probability=probability,
        hazards=hazards,
        shares=shares,
        hazard_families=families,
        reasons=_likeliest(truth, at),
        claim_probability=_of_claims(probability, hazards, families, lines),
    )


def _of_claims(
    probability: NDArray[np.float64], hazards: NDArray[np.float64], families: tuple[str, ...], lines: pa.Table
) -> NDArray[np.float64]:
    """[n] The chance of each line's claim: how lines fall together is learnt from the very lines judged.

    The truth tells each line's chance and not which causes strike a whole claim, but a dozen shares are all it takes.
    """
    risk = cumulative(np.minimum(hazards, 1 - NEXT_TO_NOTHING))
    share = risk / np.maximum(risk.sum(axis=1, keepdims=True), NEXT_TO_NOTHING)
    _, first, claim = np.unique(lines["claim_key"].to_numpy(), return_index=True, return_inverse=True)
    place = {family: n for n, family in enumerate(families)}
    denied = lines["label"].to_numpy().astype(np.int8)
    fell_to = np.array([place.get(str(family), -1) for family in texts(lines["family"])], dtype=np.int64)
    payers, n = np.array(lines["payer_id"].to_pylist(), dtype=object), len(denied)
    answered = Answered(
        probability,
        share,
        denied,
        np.where(denied == 1, fell_to, -1),
        claim,
        payers,
        np.ones(n),
        np.zeros(n, np.int64),
    )
    level = ClaimLevel(fit_together(answered))
    return level.chances(probability, share, claim, payers[first]).any_line[claim]


def claim_alone_scores(truth: pa.Table, lines: pa.Table) -> Scores | None:
    """The exact chances of labelled lines given the claims alone: the ceiling of who sees nothing beside them.

    None where the truth doesn't tell them (`p_denied_837`) for every line.
    """
    if ALONE not in truth.column_names:
        return None
    chances = truth[ALONE].take(pa.array(_rows_of(truth, lines)))
    return (
        None if chances.null_count else Scores(probability=np.asarray(chances.to_numpy(), dtype=np.float64))
    )


def _likeliest(truth: pa.Table, at: NDArray[np.int64]) -> NDArray[np.str_]:
    """[n, 3] The codes likeliest to be reported: by the true chance of every cause, and as each payer spells it."""
    told = texts(truth[LIKELIEST].take(pa.array(at)))
    return np.array([(row.split("+") + [""] * TOP)[:TOP] for row in told.tolist()], dtype=np.str_)


def _matrix(truth: pa.Table, names: list[str]) -> NDArray[np.float64]:
    return np.column_stack([np.asarray(truth[name].to_numpy(), dtype=np.float64) for name in names])


def _words(codes: NDArray[np.object_]) -> NDArray[np.str_]:
    return np.array([["" if code is None else code for code in row] for row in codes.tolist()], dtype=np.str_)


def _rows_of(truth: pa.Table, lines: pa.Table) -> NDArray[np.int64]:
    """[n] Where each line stands in the truth."""
    keys = pa.array(_keys(truth))
    at = pc.index_in(pa.array(_keys(lines)), value_set=keys)
    if at.null_count:
        raise NotEnoughData(
            "truth",
            found=f"{at.null_count:,} of {len(at):,} lines not in it",
            wanted="a row for every line judged",
        )
    return np.asarray(at.to_numpy(), dtype=np.int64)


def _keys(table: pa.Table) -> NDArray[np.str_]:
    return np.char.add(np.char.add(texts(table["claim_id"]), "\t"), table["line"].to_numpy().astype(np.str_))
