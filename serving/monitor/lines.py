"""The lines that a served model is watched by: sent after its day, scored as they were when they went out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.answering import Answering
from data.codes import FAMILIES
from data.codes.procedures import procedure_info
from data.keys import Bools, Ints, ints
from data.rejection import TURNED_AWAY_ON
from features.build import build
from features.state import FeatureState
from models.denial import DenialModel
from models.hazards import POOLED

Texts = NDArray[np.str_]
Floats = NDArray[np.float64]
EPOCH = date(1970, 1, 1)
NEVER = 2**30
OTHER = "other"
PAPERS = {"authorization": "auth_number", "documentation": "attachment_control"}
"""The number on the claim whose lack a reason family speaks of first: new lists of payers strike lines without it."""
OLD_DAYS = 90
"""Answers to claims this old on the model's day tell how long each kind of answer takes."""
TOGETHER = 50_000
"""Lines whose features are built at once."""


@dataclass(frozen=True, slots=True)
class Watched:
    """n lines with what is known of their first answer, and what the model said of each; every array has n entries."""

    hazards: tuple[str, ...]
    """The model's: the last axis of `share`."""
    claim_key: Ints
    claim_id: Texts
    billing_npi: Texts
    line: Ints
    payer_id: Texts
    procedure: Texts
    group: Texts
    """The procedure's modality: `CT`, `MRI`, ...; `other` where we don't know the code."""
    lacks: Bools
    """[n, `PAPERS`] The line doesn't carry the number that a family asks for first."""
    sent_on: Ints
    """Days since 1970, as all days here."""
    known_on: Ints
    """`NEVER` where no final, balanced answer is known."""
    denied: NDArray[np.int8]
    """1 denied, 0 not; -1 where that isn't known."""
    kind: Ints
    """0 where it isn't denied, else 1 + the place of the reason's family in `data.codes.FAMILIES`."""
    hazard: Ints
    """0 where it isn't denied, else 1 + the place in `hazards` of that family's hazard."""
    probability: Floats
    """What the model said; NaN where it wasn't asked."""
    share: Floats
    """[n, hazards]"""
    charge_cents: Ints

    def __len__(self) -> int:
        """Number of lines."""
        return len(self.line)

    @property
    def answered(self) -> Bools:
        """[n] A label is known."""
        return self.denied >= 0

    @property
    def days_to_answer(self) -> Ints:
        """[n] From submission; of no meaning where there is no answer."""
        return self.known_on - self.sent_on

    @property
    def foretold(self) -> Floats:
        """[n, 1 + hazards] The model's chances of no denial, then of a denial by each hazard; a row sums to 1."""
        return np.column_stack([1 - self.probability, self.probability[:, None] * self.share])

    def where(self, chosen: Bools) -> "Watched":
        """The chosen lines alone."""
        changed = {name: getattr(self, name)[chosen] for name in Watched.__slots__ if name != "hazards"}
        return replace(self, **changed)


def told_lines(labelled: pa.Table, hazards: tuple[str, ...]) -> Watched:
    """The eligible lines of a labelled table with their answers; the model, whose `hazards` these are, isn't asked."""
    label = ints(labelled["label"], null=-1).astype(np.int8)
    names = [name or OTHER for name in labelled["family"].to_pylist()]
    kinds = {name: 1 + place for place, name in enumerate(FAMILIES)}
    # Families that have no hazard of their own share one.
    shared = hazards.index(POOLED) if POOLED in hazards else len(hazards) - 1
    of = {name: 1 + (hazards.index(name) if name in hazards else shared) for name in set(names)}
    procedure, n = _texts(labelled["procedure"]), labelled.num_rows
    every = Watched(
        hazards=hazards,
        claim_key=ints(labelled["claim_key"]),
        claim_id=_texts(labelled["claim_id"]),
        billing_npi=_texts(labelled["billing_npi"]),
        line=ints(labelled["line"]),
        payer_id=_texts(labelled["payer_id"]),
        procedure=procedure,
        group=_groups(procedure),
        lacks=np.column_stack([_missing(labelled[name]) for name in PAPERS.values()]),
        sent_on=ints(labelled["submitted_on"], null=NEVER),
        known_on=np.where(label >= 0, ints(labelled["known_on"], null=NEVER), NEVER),
        denied=label,
        kind=np.where(label == 1, np.array([kinds.get(name, kinds[OTHER]) for name in names], np.int64), 0),
        hazard=np.where(label == 1, np.array([of[name] for name in names], np.int64), 0),
        probability=np.full(n, np.nan),
        share=np.full((n, len(hazards)), np.nan),
        charge_cents=ints(labelled["charge_cents"]),
    )
    return every.where(eligible(labelled))


def scored(model: DenialModel, labelled: pa.Table, state: FeatureState) -> Watched:
    """The same with what the model says of each line, with the past that was known when its claim went out."""
    payers = labelled["payer_id"].to_pylist()
    probability, share = np.empty(labelled.num_rows), np.empty((labelled.num_rows, len(model.families)))
    for first, last in _whole_claims(ints(labelled["claim_key"])):
        said = model.predict(build(labelled.slice(first, last - first), state), payers[first:last])
        probability[first:last], share[first:last] = said.probability, said.share
    chosen = eligible(labelled)
    return replace(told_lines(labelled, model.families), probability=probability[chosen], share=share[chosen])


def eligible(labelled: pa.Table) -> Bools:
    """[n] First submissions with a charge that were not turned away: the same lines that a model learns from."""
    frequency = pc.fill_null(pc.equal(labelled["frequency"], "1"), True)
    charged = pc.fill_null(pc.greater(labelled["charge_cents"], 0), False)
    chosen = np.asarray(frequency.to_numpy(zero_copy_only=False) & charged.to_numpy(zero_copy_only=False))
    if TURNED_AWAY_ON in labelled.column_names:
        chosen &= ints(labelled[TURNED_AWAY_ON], null=NEVER) == NEVER
    return chosen


def answering(past: Watched, day: int) -> Answering:
    """How long each kind of answer took, as it was known on the model's day; kinds are 0 and `data.codes.FAMILIES`."""
    old = past.where(past.answered & (past.sent_on <= day - OLD_DAYS) & (past.known_on <= day))
    return Answering.measure(old.payer_id.tolist(), old.days_to_answer, old.kind, 1 + len(FAMILIES))


def by_hazard(answering: Answering, model_hazards: Sequence[str]) -> Answering:
    """The same for the model's hazards: one that several families share comes as answers usually do."""
    place = {name: 1 + number for number, name in enumerate(FAMILIES)}
    usual = np.ones(answering.odds.shape[1])
    rows = [answering.odds[place[name]] if name in place else usual for name in model_hazards]
    return Answering(answering.cuts, np.stack([answering.odds[0], *rows]))


def _whole_claims(keys: Ints) -> list[tuple[int, int]]:
    """Stretches of about `TOGETHER` rows that cut no claim in two; a claim's lines stand together."""
    ends = [*np.flatnonzero(np.diff(keys) != 0).tolist(), len(keys) - 1] if len(keys) else []
    parts, first = [], 0
    for end in ends:
        if end + 1 - first >= TOGETHER or end == len(keys) - 1:
            parts.append((first, end + 1))
            first = end + 1
    return parts


def _groups(procedure: Texts) -> Texts:
    codes, which = np.unique(procedure, return_inverse=True)
    return np.array([procedure_info(code).modality for code in codes.tolist()], dtype=np.str_)[which]


def _missing(column: pa.ChunkedArray) -> Bools:
    return np.asarray(column.is_null().to_numpy(zero_copy_only=False), dtype=np.bool_)


def _texts(column: pa.ChunkedArray) -> Texts:
    return np.asarray(column.fill_null("").to_numpy(zero_copy_only=False), dtype=np.str_)


def day_of(number: int) -> date:
    """The date of a day counted since 1970."""
    return EPOCH + timedelta(days=int(number))
