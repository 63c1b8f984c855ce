"""What was known before the claim was sent: how often lines like this one were denied, and for which reasons.

Only answers known strictly before the day of submission count. A rate is shrunk toward the rate of a wider key
(payer and procedure toward payer and modality, that toward payer, that toward all), so that few lines say little;
the number of answered lines stands beside it.
"""

from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np

from data.codes import FAMILIES
from features.bank import Bank
from features.columns import Floats, Hashes, Ints, Lines, Singles
from features.kernel import CHANGE, COUNT, LOWEST, MEAN, MOST
from features.key_sets import BY_NAME, KEY_SETS, LONG, MONTH, QUARTER, YEAR, KeySet
from features.keys import key_hashes, member_table
from features.ledger import LAST_DAY, Events, Layout, Ledger, Tally, masks_of
from features.outputs import (
    CHARGED,
    FIRST_DENIED,
    LATEST_PAID,
    PAID,
    WAITED,
    Output,
)
from features.outputs import OUTPUTS as OUTPUTS
from features.outputs import answered_name as answered_name
from features.outputs import rate_name as rate_name
from features.plan import Asked, Plan
from features.registry import EVERY, Feature, described
from features.shrinkage import USUAL, Shrinkage

TALLIES = {
    "paid": (Tally(PAID), Tally(CHARGED)),
    "wait": (Tally(WAITED),),
    "lag": (Tally(FIRST_DENIED, is_most=True), Tally(LATEST_PAID, is_most=True)),
}

WELL_KNOWN = 50
"""More answered lines than this say no more of how well a key is known: to trees they would tell how old the store is."""

NOT_DENIED, UNNAMED = 0, 1
"""Codes of answers: not denied, denied for no known family, then one a family."""
_DENIED = range(UNNAMED, UNNAMED + 1 + len(FAMILIES))


def layout_of(one: KeySet) -> Layout:
    """What is counted of answers by a key set."""
    families = [(_DENIED[1 + FAMILIES.index(name)],) for name in one.families]
    masks = masks_of([(NOT_DENIED, *_DENIED), tuple(_DENIED), *families], UNNAMED + 1 + len(FAMILIES))
    tallies = tuple(tally for told in one.tells for tally in TALLIES[told])
    return Layout(("answered", "denied", *one.families), masks, tallies)


LAYOUTS: tuple[Layout, ...] = tuple(map(layout_of, KEY_SETS))
"""What is counted of each of `KEY_SETS`."""


NAMES: tuple[str, ...] = tuple(output.name for output in OUTPUTS)
_BY_NAME = {output.name: output for output in OUTPUTS}


@cache
def needed(names: Sequence[str]) -> tuple[str, ...]:
    """These columns and those that they are made of (wider rates), in the order of `OUTPUTS`."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += [other for other in (_BY_NAME[name].parent, _BY_NAME[name].against) if other]
    return tuple(name for name in NAMES if name in found)


@cache
def plan(names: tuple[str, ...] = NAMES) -> Plan:
    """The plan of some of `OUTPUTS`, with the usual strengths: with each those that it is made of."""
    sets = [one.name for one in KEY_SETS]
    asked = [
        Asked(
            sets.index(out.key_set),
            out.kind,
            out.of,
            out.window,
            out.per,
            names.index(out.parent) if out.parent else -1,
            names.index(out.against) if out.against else -1,
            out.prior,
            out.strength,
            sign=-1.0 if out.of == FIRST_DENIED else 1.0,
        )
        for out in map(_BY_NAME.__getitem__, names)
    ]
    return Plan.of(asked, LAYOUTS)


@lru_cache(maxsize=64)
def shrunk_plan(names: tuple[str, ...], shrinkage: Shrinkage) -> Plan:
    """The plan of these outputs with the strengths of a state."""
    places = [NAMES.index(name) for name in names]
    strengths = np.array(shrinkage.strengths, dtype=np.float64)[:, places]
    return plan(names).with_strengths(
        np.array(shrinkage.since, dtype=np.float64), np.ascontiguousarray(strengths)
    )


@cache
def _members() -> Ints:
    return member_table([one.parts for one in KEY_SETS])


def line_keys(parts: Hashes) -> Hashes:
    """The key of each line in each key set, from the parts of `features.keys.PARTS` (parts, n). Shape (sets, n)."""
    return key_hashes(parts, _members())


def learn(labelled: Lines, keys: Hashes, *, until: float, after: float = -1.0) -> Bank:
    """The bank of all answers known after one day (1970 at the earliest) and by the end of another.

    Lines without a label tell nothing. `keys` has shape (sets, n).
    """
    return Bank.of(learn_ledgers(labelled, keys, until=until, after=after))


def learn_ledgers(labelled: Lines, keys: Hashes, *, until: float, after: float = -1.0) -> Sequence[Ledger]:
    """The ledgers of that bank, as `Bank.updated` takes them."""
    known, label = labelled.number("known_on"), labelled.number("label")
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero(~np.isnan(label) & (known > after) & (known <= min(until, LAST_DAY)))
    rows = rows[np.argsort(known[rows], kind="stable")]
    events = _events(labelled, rows)
    return [Ledger.of(keys[place, rows], events, layout) for place, layout in enumerate(LAYOUTS)]


def _events(labelled: Lines, rows: Ints) -> Events:
    """The answers of some rows, which come in the order of the days on which they became known."""
    known, sent = labelled.number("known_on")[rows], labelled.number("submitted_on")[rows]
    family = labelled.text("family").number(lambda name: FAMILIES.index(name) + 1.0, missing=0.0)[rows]
    is_denied = labelled.number("label")[rows] > 0
    codes = np.where(is_denied, UNNAMED + family, NOT_DENIED).astype(np.uint8)
    lag = sent - labelled.number("service_from")[rows]
    is_late = codes == _DENIED[1 + FAMILIES.index("timely_filing")]
    cents = [_whole(labelled.number(name)[rows], missing=0) for name in (PAID, CHARGED)]
    return Events(
        known.astype(np.uint16),
        codes,
        (
            (PAID, cents[0]),
            (CHARGED, cents[1]),
            (WAITED, _whole(known - sent, missing=0)),
            (FIRST_DENIED, np.where(is_late, _whole(-lag, missing=LOWEST), LOWEST)),
            (LATEST_PAID, np.where(is_denied, LOWEST, _whole(lag, missing=LOWEST))),
        ),
    )


def _whole(values: Floats, *, missing: int) -> Ints:
    return np.where(np.isnan(values), missing, np.nan_to_num(values).astype(np.int64))


def ask(
    bank: Bank,
    keys: Hashes,
    days: Floats,
    out: Singles | None = None,
    names: tuple[str, ...] = NAMES,
    shrinkage: Shrinkage = USUAL,
) -> Singles:
    """These history columns of each line as of its day, all of `OUTPUTS` where none are named. Shape (n, columns).

    `shrinkage` says how many lines wider rates are worth. Fills and returns `out` where given. Beside each name those must stand that it is made of (`needed`).
    """
    told = np.empty((len(days), len(names)), dtype=np.float32) if out is None else out
    bank.ask(keys, days, shrunk_plan(names, shrinkage), told)
    return told


_SPANS = {
    LONG: "ever since",
    YEAR: "in the last year",
    QUARTER: "in the last 90 days",
    MONTH: "in the last 30 days",
}


def _meaning(out: Output) -> str:
    words, span = BY_NAME[out.key_set].words, _SPANS[out.window]
    what = "denied" if out.of == "denied" else f"denied for {out.of.replace('_', ' ')}"
    if out.kind == COUNT:
        return f"How many lines of the same {words} were answered {span}."
    if out.kind == CHANGE:
        return f"The share of lines of the same {words} that were {what} {span}, as a multiple of that of the year."
    if out.of == FIRST_DENIED:
        return (
            f"The fewest days to file after which a line of the same {words} was denied as too late, {span}."
        )
    if out.of == LATEST_PAID:
        return f"The most days to file after which a line of the same {words} was still paid, {span}."
    if out.of == PAID:
        return (
            f"What was paid for answered lines of the same {words} {span}, as a share of what they charged."
        )
    if out.of == WAITED:
        return f"How many days lines of the same {words} waited for their answer on average {span}."
    return f"The smoothed share of lines of the same {words} that were {what} {span}."


def _unit(out: Output) -> str:
    if out.kind == COUNT:
        return f"lines; trees see up to {WELL_KNOWN}"
    if out.kind == CHANGE:
        return "ratio"
    return "days" if out.kind == MOST or (out.kind == MEAN and out.of == WAITED) else "share"


def _families(out: Output) -> tuple[str, ...]:
    one = BY_NAME[out.key_set]
    if not one.parts:
        return ()  # the rates of all lines together tell the day, not the line: others shrink toward them
    if out.of in {FIRST_DENIED, LATEST_PAID}:
        return ("timely_filing",)
    if out.of in FAMILIES:
        return (out.of,)
    return EVERY if out.key_set in {"payer", "payer_procedure"} or not one.families else one.families


def features() -> Sequence[Feature]:
    """The catalogue entries of the history columns, in the order of `OUTPUTS`."""
    return [
        described(
            out.name,
            _meaning(out),
            "filing_time" if out.of in {FIRST_DENIED, LATEST_PAID} else BY_NAME[out.key_set].concept,
            unit=_unit(out),
            source="history",
            families=_families(out),
            most=WELL_KNOWN if out.kind == COUNT else None,
        )
        for out in OUTPUTS
    ]
