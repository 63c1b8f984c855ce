"""What was known before the claim was sent: how often lines like this one were denied, and for which reasons.

Only answers known strictly before the day of submission count. A rate is shrunk toward the rate of a wider key
(payer and procedure toward payer and modality, that toward payer, that toward all), so that few lines say little;
the number of answered lines stands beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from data.codes import FAMILIES
from features.bank import Bank, Days, Ledger
from features.columns import Floats, Hashes, Ints, Lines
from features.kernel import COUNT, RATE
from features.key_sets import (
    BY_NAME,
    FIRST_GUESS,
    GUESS_STRENGTH,
    KEY_SETS,
    LONG,
    QUARTER,
    WINDOWS,
    YEAR,
    KeySet,
)
from features.keys import key_hashes, member_table
from features.registry import EVERY, Feature, described


@dataclass(frozen=True, slots=True)
class Output:
    """One column that history gives: a count or a rate of one key set over one window."""

    name: str
    key_set: str
    kind: int
    of: str
    window: int
    parent: str | None
    prior: float
    strength: float


def answered_name(key_set: str) -> str:
    """The column with the number of answered lines of the last year (or ever, where the set keeps no year)."""
    return f"history_{key_set}_answered"


def rate_name(key_set: str, of: str, window: int, main: int) -> str:
    """The column with a smoothed denial rate; `of` is denied or a reason family."""
    span = "" if window == main else {LONG: "_ever", YEAR: "_year", QUARTER: "_recent"}[window]
    return f"history_{key_set}_{of}_rate{span}"


def _outputs(one: KeySet) -> Iterator[Output]:
    main = one.windows[0]
    yield Output(answered_name(one.name), one.name, COUNT, "answered", main, None, 0.0, 0.0)
    for of in (*(("denied",) if one.has_denied else ()), *one.families):
        above = wider_rate(one, of)
        for window in one.windows:
            name = rate_name(one.name, of, window, main)
            prior = FIRST_GUESS if of == "denied" else FIRST_GUESS / len(FAMILIES)
            yield Output(
                name, one.name, RATE, of, window, above, prior, one.strength if above else GUESS_STRENGTH
            )
            above = name


def wider_rate(one: KeySet, of: str) -> str | None:
    """The column that a rate is shrunk toward: the nearest wider key that keeps the same rate."""
    parent = one.parent
    while parent is not None:
        wider = BY_NAME[parent]
        if of in wider.families or (of == "denied" and wider.has_denied):
            return rate_name(wider.name, of, wider.windows[0], wider.windows[0])
        parent = wider.parent
    return None


OUTPUTS: tuple[Output, ...] = tuple(output for one in KEY_SETS for output in _outputs(one))


def counted_columns(one: KeySet) -> tuple[str, ...]:
    """What a ledger of this key set counts, in the order of its columns."""
    return ("answered", "denied", *one.families)


@cache
def _program() -> tuple[Ints, Floats, Ints]:
    names = [output.name for output in OUTPUTS]
    sets = [one.name for one in KEY_SETS]
    rows = [
        (
            sets.index(out.key_set),
            out.kind,
            counted_columns(BY_NAME[out.key_set]).index(out.of),
            WINDOWS.index(out.window),
            names.index(out.parent) if out.parent else -1,
        )
        for out in OUTPUTS
    ]
    rates = np.array([(out.prior, out.strength) for out in OUTPUTS])
    return np.array(rows, dtype=np.int64), rates, member_table([one.parts for one in KEY_SETS])


def line_keys(parts: Hashes) -> Hashes:
    """The key of each line in each key set, from the parts of `features.keys.PARTS` (parts, n). Shape (sets, n)."""
    return key_hashes(parts, _program()[2])


def learn(labelled: Lines, keys: Hashes, *, until: float) -> Bank:
    """The bank of all answers known by the day `until`; lines without a label tell nothing. `keys` has shape (sets, n)."""
    known, label = labelled.number("known_on"), labelled.number("label")
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero(~np.isnan(label) & (known <= until))
    rows = rows[np.argsort(known[rows], kind="stable")]
    days: Days = known[rows].astype(np.int32)
    denied = label[rows] > 0
    family = labelled.text("family")
    counts = {"answered": np.ones(len(rows), dtype=np.int64), "denied": denied.astype(np.int64)}
    counts |= {name: (denied & family.is_in(name)[rows]).astype(np.int64) for name in FAMILIES}
    keys = keys[:, rows]
    ledgers = [
        Ledger.of(keys[s], days, {name: counts[name] for name in counted_columns(one)})
        for s, one in enumerate(KEY_SETS)
    ]
    return Bank.of(ledgers)


def ask(bank: Bank, keys: Hashes, days: Floats) -> Floats:
    """The history columns of each line, in the order of `OUTPUTS`, as of its day. Shape (n, len(OUTPUTS))."""
    program, rates, _ = _program()
    return bank.ask(keys, days, np.array(WINDOWS, dtype=np.float64), program, rates)


def _meaning(out: Output) -> str:
    one = BY_NAME[out.key_set]
    span = {LONG: "ever since", YEAR: "in the last year", QUARTER: "in the last 90 days"}[out.window]
    if out.kind == COUNT:
        return f"How many lines of the same {one.words} were answered {span}."
    what = "denied" if out.of == "denied" else f"denied for {out.of.replace('_', ' ')}"
    return f"The smoothed share of lines of the same {one.words} that were {what} {span}."


def _families(out: Output) -> tuple[str, ...]:
    if out.kind == COUNT or out.of == "denied":
        one = BY_NAME[out.key_set]
        return EVERY if out.key_set in {"payer", "payer_procedure"} or not one.families else one.families
    return (out.of,)


def features() -> Sequence[Feature]:
    """The catalogue entries of the history columns, in the order of `OUTPUTS`."""
    return [
        described(
            out.name,
            _meaning(out),
            BY_NAME[out.key_set].concept,
            unit="lines" if out.kind == COUNT else "share",
            source="history",
            families=_families(out),
        )
        for out in OUTPUTS
    ]
