"""What a person must be told of: what, where, since when, found against expected, and how sure.

payer_changed        a payer denies more of one family of reasons than it used to: its rules have changed
worse_than_foretold  a payer denies more of one family than the model foretells: the model is behind
lost_sharpness       denied and paid lines are told apart worse than the scores themselves promise
off_level            more (or fewer) lines are denied, all together, than was foretold
drifted              claims differ from those learnt from, in one concept
new                  a payer, procedure or facility that the model never saw
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import erfc, isnan, sqrt
from typing import Literal

import numpy as np

from data.keys import Ints
from features.concepts import CONCEPTS
from models.hazards import POOLED
from serving.monitor.drift import EVERYTHING, ConceptDrift
from serving.monitor.estimate import weighted_auc
from serving.monitor.lines import PAPERS, Floats, Watched, day_of
from serving.monitor.novel import New
from serving.monitor.settings import MonitorSettings
from serving.monitor.surprise import ALL, Raised

What = Literal["payer_changed", "worse_than_foretold", "lost_sharpness", "off_level", "drifted", "new"]
RARE = 1e-3
"""Figures of all lines are an alert where chance alone makes them less often than this."""
ALERTED = {"payer_id", "procedure", "facility_npi"}


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to be told; what doesn't apply is None."""

    what: What
    sentence: str
    concept: str | None = None
    payer_id: str | None = None
    family: str | None = None
    group: str | None = None
    since: date | None = None
    """By best guess, the day of submission it began."""
    raised_on: date | None = None
    """The day whose answers raised it."""
    found: float | None = None
    expected: float | None = None
    foretold: float | None = None
    """Of a payer that changed: denials that the model foretold among the same claims."""
    by_chance: float | None = None
    """At most how likely it is by chance alone; 1 less this is how sure we are."""


def of_payers(raised: Sequence[Raised], watched: Watched) -> list[Alert]:
    """Payers that deny more than they used to, and whether the model keeps up with it."""
    found = []
    for one in raised:
        foretold = foretold_of(one, watched)
        told = "" if isnan(foretold) else f"; the model foretold {foretold:.1f}"
        where = _where(one)
        sentence = (
            f"{one.payer_id} denied {one.n_denied} of {one.n_claims} claims{where} for {_words(one.family)},"
            f" sent since {day_of(one.since)}; it used to be {one.expected:.1f} of so many{told}."
        )
        found.append(_of(one, "payer_changed", sentence, foretold))
    return found


def of_model(raised: Sequence[Raised]) -> list[Alert]:
    """Payers that deny more than the model foretells."""
    found = []
    for one in raised:
        where = _where(one)
        sentence = (
            f"{one.payer_id} denied {one.n_denied} of {one.n_claims} claims{where} for {_words(one.family)},"
            f" sent since {day_of(one.since)}, where the model foretold {one.expected:.1f}."
        )
        found.append(_of(one, "worse_than_foretold", sentence, one.expected))
    return found


def _of(one: Raised, what: What, sentence: str, foretold: float) -> Alert:
    return Alert(
        what,
        sentence,
        payer_id=one.payer_id,
        family=one.family,
        group=one.group or None,
        since=day_of(one.since),
        raised_on=day_of(one.raised_on),
        found=float(one.n_denied),
        expected=one.expected,
        foretold=foretold,
        by_chance=one.by_chance,
    )


def foretold_of(one: Raised, watched: Watched) -> float:
    """Claims that the model expected to be denied for the same family among those that raised an alarm."""
    if one.family not in watched.hazards:
        return float("nan")
    same = watched.where(
        watched.answered
        & (watched.payer_id == one.payer_id)
        & (watched.sent_on >= one.since)
        & (watched.known_on <= one.raised_on)
        & ((watched.group == one.group) | (one.group == ALL))
        & (watched.lacks[:, list(PAPERS).index(one.family)] if one.lacking else True)
    )
    chance = same.foretold[:, 1 + watched.hazards.index(one.family)]
    _, claim = np.unique(same.claim_key, return_inverse=True)
    return float(-np.expm1(np.bincount(claim, np.log1p(-np.minimum(chance, 1 - 1e-9)))).sum())


def of_all_lines(
    ripe: Watched, foretold_auc: float, settings: MonitorSettings, *, weight: Floats
) -> list[Alert]:
    """What ripe lines say of the model as a whole: its level and its sharpness, against what it promised."""
    counted = weight > 0
    lines, w = ripe.where(counted), weight[counted]
    if not len(lines) or not 0 < lines.denied.sum() < len(lines):
        return []
    since, until = day_of(lines.sent_on.min()), day_of(lines.known_on.max())
    return [*_level(lines, w, since, until), *_sharpness(lines, w, foretold_auc, settings, since, until)]


def _level(lines: Watched, weight: Floats, since: date, until: date) -> list[Alert]:
    gap = weight * (lines.denied - lines.probability)
    _, claim = np.unique(lines.claim_key, return_inverse=True)
    deviation = sqrt(float((np.bincount(claim, gap) ** 2).sum()))  # lines of a claim fall together
    luck = erfc(abs(float(gap.sum())) / max(deviation, 1e-9) / sqrt(2))
    rate = float(np.average(lines.denied, weights=weight))
    said = float(np.average(lines.probability, weights=weight))
    if luck >= RARE or abs(rate - said) < 0.1 * said:
        return []
    sentence = f"{rate:.1%} of all lines were denied, {said:.1%} were foretold."
    return [
        Alert("off_level", sentence, since=since, raised_on=until, found=rate, expected=said, by_chance=luck)
    ]


def _sharpness(
    lines: Watched, weight: Floats, foretold: float, settings: MonitorSettings, since: date, until: date
) -> list[Alert]:
    y = lines.denied.astype(np.float64)
    auc = weighted_auc(lines.probability, weight * y, weight * (1 - y))
    lost = foretold - auc
    deviation = auc_deviation(auc, lines.denied, lines.claim_key)
    luck = 0.5 * erfc(lost / deviation / sqrt(2))
    if isnan(lost) or lost < settings.lost_auc or luck >= RARE:
        return []
    sentence = f"The AUC of all lines is {auc:.3f}; the scores promised {foretold:.3f}."
    return [
        Alert(
            "lost_sharpness",
            sentence,
            since=since,
            raised_on=until,
            found=auc,
            expected=foretold,
            by_chance=luck,
        )
    ]


def auc_deviation(auc: float, denied: "np.ndarray[tuple[int], np.dtype[np.int8]]", claim: Ints) -> float:
    """The standard deviation of an AUC (Hanley and McNeil 1982), counting claims, as their lines go together."""
    n_up = max(len(np.unique(claim[denied == 1])), 1)
    n_down = max(len(np.unique(claim[denied == 0])), 1)
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = auc * (1 - auc) + (n_up - 1) * (q1 - auc**2) + (n_down - 1) * (q2 - auc**2)
    return sqrt(max(spread, 1e-12) / (n_up * n_down))


def of_drift(
    found: Sequence[ConceptDrift], settings: MonitorSettings, *, since: date, until: date
) -> list[Alert]:
    """Concepts in which new claims differ from those learnt from."""
    alerts = []
    for one in found:
        told_apart = one.auc >= settings.auc and one.by_chance < RARE / len(found)
        if one.concept == EVERYTHING or not (told_apart or one.psi >= settings.psi):
            continue
        words = CONCEPTS[one.concept].words
        sentence = f"New claims differ in {words}: PSI {one.psi:.2f} in {one.feature}, told apart with AUC {one.auc:.2f}."
        alerts.append(
            Alert(
                "drifted",
                sentence,
                concept=one.concept,
                since=since,
                raised_on=until,
                found=one.psi,
                expected=0.0,
                by_chance=one.by_chance if told_apart else None,
            )
        )
    return alerts


def of_new(found: Sequence[New], settings: MonitorSettings) -> list[Alert]:
    """New payers, procedures and facilities with enough lines to matter."""
    return [
        Alert(
            "new",
            f"{_field(one.field)} {one.value} is new since {one.first_on}: {one.n_lines} lines,"
            f" {one.n_denied} of {one.n_answered} answered ones denied.",
            concept=one.field,
            payer_id=one.value if one.field == "payer_id" else None,
            since=one.first_on,
            found=float(one.n_lines),
            expected=0.0,
        )
        for one in found
        if one.field in ALERTED and one.n_lines >= settings.least_lines
    ]


def _where(one: Raised) -> str:
    """The claims it shows in."""
    of = f" for {one.group}" if one.group != ALL else ""
    return f"{of} without {_LACKING[one.family]}" if one.lacking else of


_LACKING = {"authorization": "an authorization number", "documentation": "an attachment number"}


def _words(family: str) -> str:
    return "rarer reasons" if family == POOLED else family.replace("_", " ")


def _field(name: str) -> str:
    return {"payer_id": "Payer", "procedure": "Procedure", "facility_npi": "Facility"}[name]
