"""Whether the model errs alike for young and old, women and men - though it knows neither.

Age and sex are no features (the age and sex edits of payers apart, which a claim can fail). Errors may still differ
between groups, by what is billed for them. So they are looked at: from the birth year and sex that the claims bear.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from training.cohort import texts
from training.cuts import NOT_SAID, Values
from training.intervals import Draws, Interval, reach_of_all
from training.metrics import Vector, auc
from training.thresholds import CAPACITY

ALL, AGE, SEX = "all", "age", "sex"
BANDS = ((0, "0-17"), (18, "18-44"), (45, "45-64"), (65, "65-79"), (80, "80 and over"))
"""From which age on each band is."""
SEXES = {"F": "women", "M": "men"}
LEAST = 100
"""Error rates of fewer lines than this are chance, and are left out."""
TOLERATED = 0.01
"""Probabilities of a group may be off by a point before it is said to stand out."""


@dataclass(frozen=True, slots=True)
class Group:
    """How the model errs on the lines of one group; an alarm is a line among the riskiest that people look at."""

    trait: str
    """all, age or sex"""
    group: str
    n: int
    n_denied: int
    denial_rate: float
    auc: float
    off: Interval
    """Mean probability less the share denied."""
    false_alarms: Interval
    """Share of the undenied lines that raised an alarm."""
    missed: Interval
    """Share of the denied lines that raised none."""
    stands_out: bool
    """Whether its probabilities are clearly off, though many groups are looked at, by more than a point."""


def fairness(
    probability: Vector,
    lines: pa.Table,
    *,
    capacity: float = CAPACITY,
    weight: Vector | None = None,
    seed: int = 0,
) -> tuple[Group, ...]:
    """Error rates of labelled lines [n] by age band and sex, all lines first; alarms are the riskiest `capacity`."""
    denied = np.asarray(lines["label"].to_numpy(), dtype=np.int8)
    w = np.ones(len(denied)) if weight is None else weight
    alarm = probability >= _threshold(probability, w, capacity)
    groups = [
        (trait, name, inside)
        for trait, name, inside in _groups(lines)
        if trait == ALL or inside.sum() >= LEAST
    ]
    values, counted = [], []
    for _, _, inside in groups:
        values += [probability - denied, alarm, ~alarm]
        counted += [w * inside, w * (inside & (denied == 0)), w * (inside & (denied == 1))]
    v, c = np.column_stack(values).astype(np.float64), np.column_stack(counted)
    draws = Draws.of(np.asarray(lines["claim_key"].to_numpy(), dtype=np.int64), seed=seed)
    drawn, total = draws.means(v, c), c.sum(axis=0)
    at = np.divide((v * c).sum(axis=0), total, out=np.full(len(total), np.nan), where=total > 0)
    reach = reach_of_all(drawn[:, ::3], at[::3])
    told = [Interval.of(float(at[k]), drawn[:, k]) for k in range(len(at))]
    return tuple(
        Group(
            trait,
            name,
            n=int(inside.sum()),
            n_denied=int(denied[inside].sum()),
            denial_rate=float(np.average(denied[inside], weights=w[inside]))
            if inside.any()
            else float("nan"),
            auc=auc(denied[inside], probability[inside], w[inside]),
            off=told[3 * k],
            false_alarms=told[3 * k + 1],
            missed=told[3 * k + 2],
            stands_out=bool(abs(at[3 * k]) - reach[k] > TOLERATED),
        )
        for k, (trait, name, inside) in enumerate(groups)
    )


def finding(groups: tuple[Group, ...]) -> str:
    """What the table of groups says, in a sentence or two."""
    apart = [f"{g.group} ({g.off.at * 100:+.1f} points)" for g in groups if g.trait != ALL and g.stands_out]
    rates = [g.false_alarms.at for g in groups if g.trait != ALL and np.isfinite(g.false_alarms.at)]
    if not rates:
        return "Too few lines tell age or sex."
    told = (
        "Probabilities are clearly off for " + ", ".join(apart)
        if apart
        else "No group's probabilities are clearly off by more than a point"
    )
    return f"{told}. False alarms run from {min(rates):.1%} to {max(rates):.1%} of a group's undenied lines."


def age_band(birth_year: NDArray[np.float64], service_year: NDArray[np.float64]) -> Values:
    """[n] The band of the age reached in the year of service; years may be NaN."""
    age = service_year - birth_year
    place = np.searchsorted([first for first, _ in BANDS], age, side="right") - 1
    names = np.array([name for _, name in BANDS])[np.clip(place, 0, len(BANDS) - 1)]
    return np.where(np.isfinite(age), names, NOT_SAID)


def _groups(lines: pa.Table) -> Iterator[tuple[str, str, NDArray[np.bool_]]]:
    yield ALL, "all lines", np.ones(lines.num_rows, bool)
    born = _numbers(lines["birth_year"])
    served = _numbers(pc.year(pc.coalesce(lines["service_from"], lines["submitted_on"])))
    ages = age_band(born, served)
    for name in (*(name for _, name in BANDS), NOT_SAID):
        yield AGE, name if name != NOT_SAID else f"age {NOT_SAID}", ages == name
    sex = texts(lines["patient_sex"])
    for code, name in SEXES.items():
        yield SEX, name, sex == code
    yield SEX, f"sex {NOT_SAID}", ~np.isin(sex, list(SEXES))


def _numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)


def _threshold(probability: Vector, weight: Vector, capacity: float) -> float:
    """The probability that the riskiest `capacity` of the lines' weight reach."""
    order = np.argsort(-probability, kind="stable")
    done = np.cumsum(weight[order])
    place = int(np.searchsorted(done, capacity * done[-1])) if len(done) else 0
    return float(probability[order[min(place, len(order) - 1)]]) if len(order) else 1.0
