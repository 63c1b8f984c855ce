"""From lines to their claim: whether any line is denied, whether all are; one rule for judging models and serving them.

Lines of one claim often fall together: a coverage that has ended strikes every line at once, a missing side only its
own. So a part of each family's risk (`together`, learnt from how lines of one claim fell) strikes the whole claim by
one event, which takes every line whose risk of it is large enough; the rest strikes each line on its own. With L the
cumulated risk -log(1 - p) of a line, A its part of the claim's one event and B = L - A its own:

    no line denied     exp(-(max A + sum B))
    all lines denied   the one event takes the k riskiest lines, the others fall each on its own, summed over k

A claim of one line is that line. Claims of more lines have a calibrator of their own, for what the rule leaves wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.calibration import Calibrator
from models.combine import Floats, log_odds_of

Places = NDArray[np.int64]
_FEW = 64
"""Lines up to which their sums are made line by line."""
_NEAR = 1e-12
"""No probability is nearer to 0 or 1 than this where its log-odds are taken."""


@dataclass(frozen=True, slots=True)
class ClaimChances:
    """[n_claims] How likely any line of a claim is denied, and how likely all of them are."""

    any_line: Floats
    all_lines: Floats

    @property
    def partly(self) -> Floats:
        """[n_claims] Some lines denied, but not all."""
        return self.any_line - self.all_lines


@dataclass(frozen=True, slots=True)
class ClaimLevel:
    """How lines of one claim fall together."""

    together: tuple[float, ...] = ()
    """For each hazard, in their order, the share of its risk that strikes a claim at once; empty: none."""
    calibrator: Calibrator = field(default_factory=Calibrator)
    """For claims of two lines and more."""

    def chances(
        self,
        probability: Floats,
        share: Floats,
        claim: Places,
        payer_ids: Sequence[str | None] | NDArray[np.object_],
    ) -> ClaimChances:
        """Chances [n_claims] from lines' calibrated `probability` [n] and families' `share` [n, families].

        `claim` [n] says which claim each line belongs to; `payer_ids` has one entry a claim. Neither chance leaves the
        bounds that the lines set: any line is at least as likely as the likeliest, all at most as the least likely.
        """
        n = len(payer_ids)
        raw = fall(cumulative(probability), self.wide(share), claim, n)
        most, least = np.zeros(n), np.ones(n)
        np.maximum.at(most, claim, probability)
        np.minimum.at(least, claim, probability)
        several = np.bincount(claim, minlength=n) > 1
        odds = log_odds_of(np.clip(raw.any_line, _NEAR, 1 - _NEAR))
        highest = np.minimum(total(probability, claim, n), 1.0)
        any_line = np.clip(self.calibrator.apply(odds, payer_ids), most, highest)
        ratio = np.divide(raw.all_lines, raw.any_line, out=np.zeros(n), where=raw.any_line > 0)
        any_line = np.where(several, any_line, most)
        # A claim without lines is denied in no part.
        return ClaimChances(any_line, np.where(several, np.minimum(any_line * ratio, least), most))

    def wide(self, share: Floats) -> Floats:
        """[n] The part of each line's risk that strikes its claim at once."""
        out = np.zeros(len(share))
        # Family by family: the same order for one line as for a million, so the same bits.
        for f, part in enumerate(self.together):
            out = out + share[:, f] * part
        return out


def are_single(claim: Places, n_claims: int) -> bool:
    """Whether every claim has one line, in the order of the claims."""
    return len(claim) == n_claims and bool((claim == np.arange(n_claims)).all())


def fall(risk: Floats, wide: Floats, claim: Places, n_claims: int) -> ClaimChances:
    """The rule above, before calibration: `risk` [n] is cumulated, `wide` [n] its part of the claim's one event."""
    joint, own = risk * wide, risk * (1 - wide)
    largest = np.zeros(n_claims)
    np.maximum.at(largest, claim, joint)
    any_line = -np.expm1(-(largest + total(own, claim, n_claims)))
    return ClaimChances(np.asarray(any_line), _all_lines(joint, own, claim, n_claims))


def _all_lines(joint: Floats, own: Floats, claim: Places, n_claims: int) -> Floats:
    """All lines of each claim: those the one event doesn't take must fall each on its own."""
    order = np.lexsort((-joint, claim))
    counts = np.bincount(claim, minlength=n_claims)
    first = np.cumsum(counts) - counts
    alone, missed = -np.expm1(-own[order]), np.exp(-joint[order])
    out, others, spared = np.zeros(n_claims), np.ones(n_claims), np.ones(n_claims)
    for rank in range(int(counts.max(initial=0)) - 1, -1, -1):
        has = np.flatnonzero(counts > rank)
        at = first[has] + rank
        # The event takes this line and all riskier ones, but none of those after it.
        out[has] += (spared[has] - missed[at]) * others[has]
        others[has] *= alone[at]
        spared[has] = missed[at]
    return np.where(counts > 0, out + spared * others, 0.0)


def any_line(probability: Floats, claim: Places, n_claims: int) -> Floats:
    """[n_claims] Any line denied, had lines nothing to do with each other; a claim without lines gets 0."""
    return np.asarray(-np.expm1(-total(cumulative(probability), claim, n_claims)))


def cumulative(probability: Floats) -> Floats:
    """-log(1 - p) [n]: what adds up over independent lines, and over families within a line."""
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log1p(-probability))


def total(values: Floats, claim: Places, n_claims: int) -> Floats:
    """Sums [n_claims] over each claim's lines, added in their order: alone or in a batch, the same bits."""
    return np.asarray(np.bincount(claim, weights=values, minlength=n_claims), dtype=np.float64)


def mixed(shares: Floats, weight: Floats, claim: Places, n_claims: int) -> Floats:
    """Lines' shares [n, k] as their claim's [n_claims, k], each line weighing `weight` [n] (its `cumulative`)."""
    weighed = shares * weight[:, None]
    if len(claim) == n_claims == 1:
        own = weight[0]  # nothing is added to the one line
        return weighed / own if own > 0 else np.zeros_like(weighed)
    summed = np.zeros((n_claims, shares.shape[1]))
    if len(claim) <= _FEW:
        for line, of in enumerate(claim.tolist()):  # in the order in which `total` adds
            summed[of] += weighed[line]
    else:
        for k in range(shares.shape[1]):
            summed[:, k] = total(weighed[:, k], claim, n_claims)
    whole = total(weight, claim, n_claims)[:, None]
    return np.divide(summed, whole, out=np.zeros_like(summed), where=whole > 0)
