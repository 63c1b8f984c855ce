"""The denial model: every answer about a line comes from the same hazards, so no two answers can contradict."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from data.few import FewLines, Lines, texts_of
from features.build import Features, places_of
from features.catalog import NAMES
from features.state import FeatureState
from models.calibration import Calibrator, fit_calibrator
from models.certainty import Certainty, fit_certainty
from models.claim_level import ClaimChances, are_single
from models.combine import Floats, bounded, log_sum, shares, shares_of, split, total_log_odds
from models.conformal import code_sets
from models.crossed import newest, unseen_logits
from models.designs import grown, regrown
from models.hazards import Hazards, columns_of
from models.interval import Interval, fit_interval
from models.money import Allowed, expected_denied_cents, fit_allowed
from models.papers import Facts, Papers
from models.reach import known_lines
from models.reason import Reasons, fit_reasons, with_signs
from models.recency import recency
from models.sample import Sample
from models.settings import ModelSettings
from models.signs import Places

Payers = Sequence[str | None] | NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the model says of n lines.

    `1 - prod(1 - hazards) == probability` for every line, and `share` says which part of its risk each family is:
    the share of -log(1 - probability), and the probability that a denial carries a reason of that family.
    """

    families: tuple[str, ...]
    probability: Floats
    """[n], calibrated."""
    hazards: Floats
    """[n, families], calibrated."""
    share: Floats
    """[n, families]; a row sums to 1."""
    cumulative: Floats
    """[n], -log(1 - p) before calibration."""
    low: Floats
    high: Floats
    """[n], ends of the interval (`models.interval` and `models.reach` say what they promise)."""
    logits: Floats
    """[n, families], raw log-odds of the hazards."""
    signs: Places
    """[n, families], what is seen on the lines of each family's faults (`models.signs`)."""


@dataclass(frozen=True, slots=True)
class ReasonTable:
    """The likeliest reason codes of n lines, if they are denied."""

    codes: NDArray[np.object_]
    """[n, top], likeliest first; None where there are fewer."""
    families: NDArray[np.object_]
    """[n, top], each code's reason family."""
    probabilities: Floats
    """[n, top], P(code | denied)."""
    sets: list[tuple[str, ...]]
    """For each line the codes among which the payer's is nine times out of ten (`models.conformal`)."""


@dataclass(frozen=True, slots=True)
class Contributions:
    """What each feature adds to the log-odds of one family's hazard: base + values = raw score."""

    family: str
    base: float
    values: Floats
    """[n, features]"""


@dataclass(frozen=True)
class DenialModel:
    """Hazards, calibration, reasons, money, and the features' fitted state."""

    hazards: Hazards
    calibrator: Calibrator
    interval: Interval
    allowed: Allowed
    codes: Reasons
    state: FeatureState
    certainty: Certainty = field(default_factory=Certainty)
    facts: Facts = field(default_factory=Facts)
    papers: Papers = field(default_factory=Papers)

    @property
    def families(self) -> tuple[str, ...]:
        """The hazards, in the order of every [n, families] array."""
        return self.hazards.families

    @property
    def version(self) -> str:
        """Twelve characters that stand for this very model; empty before it is saved."""
        return self.facts.version

    def with_papers(self, **papers: object) -> "DenialModel":
        """The same model with other papers: golden claims, card, evaluation."""
        return replace(self, papers=replace(self.papers, **papers))  # type: ignore[arg-type]  # replace checks names

    def predict(self, x: Features, payer_ids: Payers) -> Prediction:
        """Probability, its split into families and its interval for each line of `x`."""
        logits = self.logits(x)
        summed = log_sum(logits)
        total, share = bounded(summed), shares_of(logits, summed)
        probability = self.calibrator.apply(total, payer_ids)
        low, high = self._ends(x, probability)
        return Prediction(
            families=self.families,
            probability=probability,
            hazards=split(probability, share),
            share=share,
            cumulative=np.logaddexp(0.0, total),
            low=low,
            high=high,
            logits=logits,
            signs=self._signs(x),
        )

    def _signs(self, x: Features) -> Places:
        return self.codes.signs.of(x.values, self._sign_columns, len(self.families))

    @cached_property
    def _sign_columns(self) -> Places:
        return self.codes.signs.columns(places_of(self.hazards.features))

    def _ends(self, x: Features, probability: Floats) -> tuple[Floats, Floats]:
        """The wider of what is unsure about lines scored alike, and of what is unsure about this very line."""
        low, high = self.interval.of(probability)
        lower, higher = self.certainty.reach.of(probability, known_lines(x))
        return np.minimum(low, lower), np.maximum(high, higher)

    def logits(self, x: Features) -> Floats:
        """Raw log-odds of each family's hazard [n, families]; raises ValueError where features aren't the model's."""
        if not self._is_for(x.names):
            raise ValueError("these features are not the ones that the model was fitted on")
        return self.hazards.logits(x.values)

    def _is_for(self, names: tuple[str, ...]) -> bool:
        """Whether these are the model's features; the whole catalogue is compared once."""
        return self._is_whole if names is NAMES else names == self.hazards.features

    @cached_property
    def _is_whole(self) -> bool:
        return self.hazards.features == NAMES

    def reasons(self, prediction: Prediction, payer_ids: Payers, top: int = 3) -> ReasonTable:
        """The `top` likeliest codes of each line, and the set that holds the payer's nine times out of ten."""
        return self.ranked(self.code_chance(prediction, payer_ids), top)

    def ranked(self, code_chance: Floats, top: int = 3) -> ReasonTable:
        """The same from P(code | denied) [n, codes], where that is known already."""
        codes, chance = self.codes.best(code_chance, top)
        named = self.codes.family_by_code
        family = np.array([named.get(code) for code in codes.ravel().tolist()], dtype=object).reshape(
            codes.shape
        )
        return ReasonTable(codes, family, chance, self.code_sets(code_chance))

    def code_chance(self, prediction: Prediction, payer_ids: Payers) -> Floats:
        """P(code | denied) [n, codes] of each line, in the order of `codes.codes`."""
        return self.codes.probabilities(prediction.share, payer_ids, prediction.signs)

    def code_sets(self, code_chance: Floats) -> list[tuple[str, ...]]:
        """For each row of P(code | denied) [n, codes] the codes among which the payer's is nine times out of ten."""
        return code_sets(code_chance, self.codes.codes, self._levels)

    @cached_property
    def _levels(self) -> Floats:
        return self.certainty.sets.of(self.codes.family_by_code, self.codes.codes)

    def claims(self, prediction: Prediction, claim: NDArray[np.int64], payer_ids: Payers) -> ClaimChances:
        """Chances that any line, and that all lines of a claim are denied; `claim` [n] is each line's claim.

        `payer_ids` has one entry a claim.
        """
        return self.certainty.claim_level.chances(prediction.probability, prediction.share, claim, payer_ids)

    def claim_interval(
        self, prediction: Prediction, claim: NDArray[np.int64], payer_ids: Payers
    ) -> tuple[Floats, Floats]:
        """Ends [n_claims] of each claim's interval: its chance if all lines were at their lower, or upper, ends."""
        _, low, high = self.claims_within(prediction, claim, payer_ids)
        return low, high

    def claims_within(
        self, prediction: Prediction, claim: NDArray[np.int64], payer_ids: Payers
    ) -> tuple[ClaimChances, Floats, Floats]:
        """What `claims` and `claim_interval` say, worked out at once."""
        n, payers = len(payer_ids), list(payer_ids)
        if are_single(claim, n):
            # A claim of one line is that line.
            alone = prediction.probability
            low, high = np.minimum(prediction.low, alone), np.maximum(prediction.high, alone)
            return ClaimChances(alone, alone), low, high
        three = self.certainty.claim_level.chances(
            np.concatenate((prediction.probability, prediction.low, prediction.high)),
            np.concatenate((prediction.share,) * 3),
            np.concatenate((claim, claim + n, claim + 2 * n)),
            payers * 3,
        )
        middle, low, high = three.any_line[:n], three.any_line[n : 2 * n], three.any_line[2 * n :]
        chances = ClaimChances(middle, three.all_lines[:n])
        return chances, np.minimum(low, middle), np.maximum(high, middle)

    def contributions(self, x: Features, family: str) -> Contributions:
        """What each feature adds to one family's log-odds, exactly (path-dependent TreeSHAP)."""
        base, values = self.hazards.contributions(x.values, family)
        return Contributions(family, base, values)

    def expected_denied_cents(self, probability: Floats, lines: Lines) -> NDArray[np.int64]:
        """Cents at risk for each line of a line table: probability x charge x the share a payer would allow."""
        ratio = self.allowed.ratio(texts_of(lines, "payer_id"), texts_of(lines, "procedure"))
        if isinstance(lines, FewLines):
            charge = np.array([cents or 0 for cents in lines.values("charge_cents")], dtype=np.int64)
        else:
            charge = lines.column("charge_cents").fill_null(0).to_numpy()
        return expected_denied_cents(probability, charge, ratio)


def fit_denial(
    learn: Sample,
    calibrate: Sample,
    state: FeatureState,
    settings: ModelSettings,
    *,
    facts: Facts | None = None,
) -> DenialModel:
    """A model whose hazards learn from `learn`; the newer `calibrate` says how many trees, and calibrates them.

    Reasons and money are counted over both. Raises `NotEnoughData` where there are no denials to learn from.
    """
    both = learn.followed_by(calibrate)
    later = np.arange(len(both)) >= len(learn)
    hazards = grown(both, settings, later=later)
    logits = hazards.logits(calibrate.x.values) if len(calibrate) else np.zeros((0, len(hazards.families)))
    bare = DenialModel(
        hazards=hazards,
        calibrator=Calibrator(),
        interval=Interval(),
        allowed=fit_allowed(both.payer_ids, both.procedures, both.charge_cents, both.allowed_cents),
        codes=_codes(hazards, both, settings),
        state=state,
        facts=facts or Facts(),
    )
    model = _calibrated(bare, learn, calibrate, logits, settings)
    scores = model.calibrator.apply(total_log_odds(logits), calibrate.payer_ids)
    return replace(model, papers=Papers.of(learn, scores, calibrate))


def refit_denial(first: DenialModel, lines: Sample, settings: ModelSettings) -> DenialModel:
    """The model grown again on all these lines, as many trees as before; calibrated on the newest of them.

    What calibrates it is said by trees that have not seen those lines (`models.crossed`).
    """
    hazards = regrown(first.hazards, lines, settings)
    allowed = fit_allowed(lines.payer_ids, lines.procedures, lines.charge_cents, lines.allowed_cents)
    model = replace(first, hazards=hazards, allowed=allowed, codes=_codes(hazards, lines, settings))
    held = newest(lines.day)
    if not held.any():
        return model
    logits = unseen_logits(first.hazards, lines, held, settings)
    return _calibrated(model, lines.rows(~held), lines.rows(held), logits, settings)


def _calibrated(
    model: DenialModel, others: Sample, held: Sample, logits: Floats, settings: ModelSettings
) -> DenialModel:
    """The model with all that held-out lines say, by their `logits` [n, families]; `others` are the lines beside."""
    total = total_log_odds(logits)
    strength = settings.payer_strength
    recent = recency(held.day, held.denied)
    calibrator = fit_calibrator(
        total, held.denied, held.weight, held.payer_ids, held.day, payer_strength=strength, recent=recent
    )
    probability = calibrator.apply(total, held.payer_ids)
    interval = fit_interval(probability, held.denied, held.weight, groups=settings.interval_groups)
    certainty = model.certainty
    if len(held):
        # Codes counted on the very lines that they are tried on would look too sure.
        codes = _codes(model.hazards, others if others.denied.any() else held, settings)
        certainty = fit_certainty(
            held, probability, shares(logits), model.hazards, codes, payer_strength=strength, recent=recent
        )
    return replace(model, calibrator=calibrator, interval=interval, certainty=certainty)


def _codes(hazards: Hazards, lines: Sample, settings: ModelSettings) -> Reasons:
    """Counts of codes over all denied lines of a family that the hazards know, and what is seen on those lines."""
    known = [*hazards.families, *hazards.pooled]
    struck = lines.rows((lines.denied == 1) & np.isin(lines.family.astype(str), known))
    hazard = np.array([hazards.family_of(str(name)) for name in struck.family], dtype=object)
    counted = (hazard, struck.reason, struck.payer_ids, struck.weight)
    bare = fit_reasons(hazards.families, *counted, strength=settings.reason_strength)
    asked = settings.asked(struck.whole.names)
    columns = {name: columns_of(name, asked, hazards.pooled) for name in hazards.families}
    return with_signs(bare, struck.whole, struck.at, *counted, columns)
