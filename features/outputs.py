"""The columns that history gives: counts, smoothed rates, how rates change, shares paid, days to answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from data.codes import FAMILIES
from features.kernel import CHANGE, COUNT, MEAN, MOST, RATE
from features.key_sets import (
    BY_NAME,
    FIRST_GUESS,
    GUESS_STRENGTH,
    KEY_SETS,
    LONG,
    MONTH,
    QUARTER,
    YEAR,
    KeySet,
)

PAID, CHARGED, WAITED, LATEST_PAID, FIRST_DENIED = (
    "paid_cents",
    "charge_cents",
    "days_to_answer",
    "lag_paid",
    "lag_denied",
)
"""What is tallied of answers. The least lag denied as filed too late is kept as the greatest negative one."""

SPAN = {LONG: "_ever", YEAR: "_year", QUARTER: "_recent", MONTH: "_month"}


@dataclass(frozen=True, slots=True)
class Output:
    """One column that history gives: something of one key set over one window."""

    name: str
    key_set: str
    kind: int
    of: str
    window: int
    parent: str | None = None
    """The column that a rate is shrunk toward, or whose change is told."""
    against: str | None = None
    """The column that a change is measured by."""
    per: str = ""
    prior: float = 0.0
    strength: float = 0.0


def answered_name(key_set: str) -> str:
    """The column with the number of answered lines of the last year (or ever, where the set keeps no year)."""
    return f"history_{key_set}_answered"


def rate_name(key_set: str, of: str, window: int, main: int) -> str:
    """The column with a smoothed denial rate; `of` is denied or a reason family."""
    return f"history_{key_set}_{of}_rate{'' if window == main else SPAN[window]}"


def wider_rate(one: KeySet, of: str) -> str | None:
    """The column that a rate is shrunk toward: the nearest wider key that keeps the same rate."""
    wider = wider_set(one, of)
    return None if wider is None else rate_name(wider.name, of, wider.windows[0], wider.windows[0])


def wider_set(one: KeySet, of: str) -> KeySet | None:
    """The nearest wider key that keeps the same rate."""
    parent = one.parent
    while parent is not None:
        wider = BY_NAME[parent]
        if of in wider.families or (of == "denied" and wider.has_denied):
            return wider
        parent = wider.parent
    return None


def prior_of(of: str) -> float:
    """The rate where nothing is known yet."""
    return FIRST_GUESS if of == "denied" else FIRST_GUESS / len(FAMILIES)


def _rates(one: KeySet, of: str) -> Iterator[Output]:
    """A rate over each window: a shorter one is shrunk toward the longer, the first (and ever) toward the wider key."""
    main, wider = one.windows[0], wider_rate(one, of)
    above = wider
    for window in one.windows:
        name = rate_name(one.name, of, window, main)
        toward = wider if window == LONG else above
        strength = one.strength if toward else GUESS_STRENGTH
        yield Output(name, one.name, RATE, of, window, toward, prior=prior_of(of), strength=strength)
        above = name
        if window == MONTH:
            long = rate_name(one.name, of, main, main)
            yield Output(f"change_{one.name}_{of}", one.name, CHANGE, of, MONTH, name, long)


def _tells(one: KeySet) -> Iterator[Output]:
    if "paid" in one.tells:
        yield Output(f"history_{one.name}_paid_to_charge", one.name, MEAN, PAID, YEAR, per=CHARGED)
    if "wait" in one.tells:
        yield Output(f"history_{one.name}_days_to_answer", one.name, MEAN, WAITED, YEAR)
    if "lag" in one.tells:
        yield Output(f"history_{one.name}_first_lag_denied", one.name, MOST, FIRST_DENIED, LONG)
        yield Output(f"history_{one.name}_latest_lag_paid", one.name, MOST, LATEST_PAID, LONG)


def _outputs(one: KeySet) -> Iterator[Output]:
    yield Output(answered_name(one.name), one.name, COUNT, "answered", one.windows[0])
    for of in (*(("denied",) if one.has_denied else ()), *one.families):
        yield from _rates(one, of)
    yield from _tells(one)


OUTPUTS: tuple[Output, ...] = tuple(output for one in KEY_SETS for output in _outputs(one))
