"""Does a payer deny more than was foretold? A sequential test for each payer, reason family and kind of procedure.

Each answered claim is held against its chance: what the model foretold, weighed by how long the answer took
(`data.answering`: a slow kind of denial is rare among early answers, and not because it is dying out). A few more denials than
foretold are chance, and a model is never quite right, so a change is looked for against an expectation that is already
made larger (`Null`). A new rule adds a share of denials (`RISES`) among claims of a kind; how likely the answers are
under such a rise against none is multiplied up, day by day, over every day on which it may have begun (Shiryaev-Roberts;
Shin, Ramdas, Rinaldo 2023, "E-detectors"). Without any change the product of a pair is on average no more than the time
watched, in months. An alarm is raised where it reaches the number of pairs over the false alarms allowed a month: by
chance alone there are at most that many. Nothing is looked at twice: asked weekly or once at the end, it raises the same
alarms on the same days.

Lines of a claim fall together, so a claim counts once in each kind of procedure, and once in all of them together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.answering import Answering
from data.codes.procedures import modalities
from data.keys import Ints
from serving.monitor.events import Events, by_payer, events_of
from serving.monitor.lines import PAPERS, Texts, Watched

Floats = NDArray[np.float64]

RISES = (0.08, 0.3)
"""Shares of claims that a new rule may strike beyond those foretold."""
MONTH = 30.4375
OF_PAPERS = 0.5
"""Share of the false alarms allowed that families with `PAPERS` may use: payers' lists are what changes most."""
OF_LACKING = 0.5
"""Of the test's weight in such a family, what lines hold that lack the number it asks for."""
ALL = ""
"""The group of all procedures together."""
OF_ALL = 0.2
"""What it holds of the test's weight: what shows in everything needs little help to be seen."""


@dataclass(frozen=True, slots=True)
class Null:
    """What is still taken for no change: the chance foretold times `times`, and `more` beside it."""

    times: float = 1.5
    more: float = 0.003
    false_alarms_a_month: float = 0.1
    """Over all payers and families together, at most, by chance."""


@dataclass(frozen=True, slots=True)
class Raised:
    """More denials of a family at a payer than foretold, and since when."""

    payer_id: str
    family: str
    group: str
    """The kind of procedure it shows in; `ALL` where it shows in all together."""
    lacking: bool
    """It shows in lines that lack the number which the family asks for first (`PAPERS`), and those are counted."""
    raised_on: int
    since: int
    """The first day of submission of the claims that tell of it, by best guess. Days since 1970."""
    n_claims: int
    """Answered claims sent since then, by the day it was raised."""
    n_denied: int
    expected: float
    """Denials that were foretold among them."""
    by_chance: float
    """At most how likely any pair would have shown as much by chance in the time watched."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What answers are held against."""

    families: tuple[str, ...]
    chances: Floats
    """[n, 1 + families] Of no denial, then of a denial by each family."""
    kind: Ints
    """[n] The column that came true."""
    answering: Answering


def surprises(watched: Watched, expected: Expected, null: Null, *, since: int) -> list[Raised]:
    """Every alarm in the order of the days on which it was raised; `since` is the day the watch began."""
    answered = watched.answered
    told, foretold, kind = watched.where(answered), expected.chances[answered], expected.kind[answered]
    if not len(told):
        return []
    chance = expected.answering.expected(foretold, told.payer_id.tolist(), told.days_to_answer)
    payers, payer = np.unique(told.payer_id, return_inverse=True)
    # All kinds there are, not those that were seen: what comes later must not change what was raised before.
    groups = np.array(sorted(modalities()), dtype=np.str_)
    arrived = _first_days(payer, told.known_on, len(payers))
    found: list[Raised] = []
    for place, family in enumerate(expected.families):
        lacks = told.lacks[:, list(PAPERS).index(family)] if family in PAPERS else None
        events = events_of(told, payer, groups, chance[:, 1 + place], kind == 1 + place, lacks)
        for number, one in by_payer(events):
            named = (str(payers[number]), family, groups)
            found += _of_unit(one, null, since, named, arrived, _n_like_it(family, expected.families))
    return sorted(found, key=lambda one: (one.raised_on, one.payer_id, one.family, one.group))


def _n_like_it(family: str, families: tuple[str, ...]) -> float:
    """Among how many families a payer's share of the false alarms is parted, as seen by this one."""
    n_papers = sum(name in PAPERS for name in families)
    if n_papers in {0, len(families)}:
        return float(len(families))
    return n_papers / OF_PAPERS if family in PAPERS else (len(families) - n_papers) / (1 - OF_PAPERS)


def _first_days(payer: Ints, known_on: Ints, n: int) -> Ints:
    """The days of payers' first answers, in order: how many are watched by a day."""
    first = np.full(n, 2**30)
    np.minimum.at(first, payer, known_on)
    return np.sort(first)


def _of_unit(
    events: Events, null: Null, since: int, named: tuple[str, str, Texts], arrived: Ints, n_like_it: float
) -> list[Raised]:
    """The alarms of one payer and family."""
    payer_id, family, groups = named
    days, step = np.unique(events.day, return_inverse=True)
    n_streams = 1 + 2 * len(groups)
    rows = _log_ratios(events, step, len(days), n_streams, null)
    weight = _weights(len(groups), has_papers=family in PAPERS)
    months = np.diff(days, prepend=min(since, int(days[0]))) / MONTH
    held, found = np.zeros((n_streams, len(RISES))), []
    for n, day in enumerate(days.tolist()):
        held = (held + weight * months[n]) * np.exp(np.minimum(rows[n], 200.0))
        n_pairs = n_like_it * int(np.searchsorted(arrived, day, side="right"))
        if held.sum() >= n_pairs / null.false_alarms_a_month:
            lead = int(held.sum(axis=1).argmax())
            luck = min(1.0, n_pairs * max(day - since, 1) / MONTH / float(held.sum()))
            place = (lead - 1) % len(groups)
            group = str(groups[place]) if lead else ALL
            raised = (payer_id, family, group, lead > len(groups), day, luck)
            found.append(_told(events.where((events.stream == lead) & (events.day <= day)), null, raised))
            if lead == 0:
                break
            done = [0, 1 + place, 1 + place + len(groups)]
            held[done], weight[done] = 0.0, 0.0
    return found


def _weights(n_groups: int, *, has_papers: bool) -> Floats:
    """[streams, 1] What each stream holds of the test, for each rise; they sum to 1 over streams and rises."""
    lacking = OF_LACKING if has_papers else 0.0
    parts = ([OF_ALL], [(1 - OF_ALL - lacking) / n_groups] * n_groups, [lacking / n_groups] * n_groups)
    return np.concatenate(parts)[:, None] / len(RISES)


def _log_ratios(events: Events, step: Ints, n_steps: int, n_streams: int, null: Null) -> Floats:
    """[steps, streams, rises] How much likelier the answers of a day are under a rise than under none, as logs."""
    cell = step * n_streams + events.stream
    sums = [np.bincount(cell, one, n_steps * n_streams).astype(np.float64) for one in _ratios(events, null)]
    return np.stack(sums, axis=1).reshape(n_steps, n_streams, len(RISES))


def _ratios(events: Events, null: Null) -> list[Floats]:
    usual = np.clip(events.expected * null.times + null.more, 1e-6, 1 - 1e-6)
    return [np.where(events.denied, np.log1p(rise * (1 - usual) / usual), np.log1p(-rise)) for rise in RISES]


def _told(events: Events, null: Null, raised: tuple[str, str, str, bool, int, float]) -> Raised:
    """The alarm with its likeliest first day of submission, and what was answered since."""
    order = np.argsort(-events.sent_on, kind="stable")
    best_day, best = int(events.sent_on.min()), -np.inf
    for ratio in _ratios(events, null):
        back = np.cumsum(ratio[order])
        last_of_day = np.append(np.diff(events.sent_on[order]) != 0, True)
        place = int(np.where(last_of_day, back, -np.inf).argmax())
        if back[place] > best:
            best, best_day = float(back[place]), int(events.sent_on[order][place])
    later = events.where(events.sent_on >= best_day)
    payer_id, family, group, lacking, day, luck = raised
    n_denied, expected = int(later.denied.sum()), float(later.expected.sum())
    return Raised(payer_id, family, group, lacking, day, best_day, len(later.day), n_denied, expected, luck)
