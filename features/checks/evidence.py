"""What the record of a line's tripped checks says, as features: the worst of them for each reason family."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numba import njit

from data.codes import FAMILIES
from features.checks.catalog import CHECKS
from features.checks.ledger import DENIED, DENIED_FOR, before
from features.checks.record import STRENGTH, YEAR, EvidenceBank, Values
from features.checks.registry import SEVERITIES
from features.columns import Floats, Hashes, in_one_piece
from features.key_sets import FIRST_GUESS
from features.registry import Feature, described

N_FAMILIES = len(FAMILIES)
SEVERITY_COLUMNS = tuple(f"checks_tripped_{severity}" for severity in SEVERITIES)


def _outputs() -> tuple[str, ...]:
    predicted = {check.family for check in CHECKS}
    pairs = ((f"evidence_{f}_rate", f"evidence_{f}_support") for f in FAMILIES if f in predicted)
    return (*(name for pair in pairs for name in pair), "evidence_denied_rate", *SEVERITY_COLUMNS)


OUTPUTS: tuple[str, ...] = _outputs()
"""The columns of `recall`."""

_COLUMN = np.array(
    [OUTPUTS.index(f"evidence_{f}_rate") if f"evidence_{f}_rate" in OUTPUTS else -1 for f in FAMILIES]
)
_SEVERITY = np.array([SEVERITIES.index(check.severity) for check in CHECKS], dtype=np.int64)


def recall(bank: EvidenceBank | None, values: Values, payers: Hashes, submitted: Floats) -> Floats:
    """What was known of each line's tripped checks on its day, in the order of `OUTPUTS`. Shape (n, outputs).

    `values` (n, checks) is 1 where a line trips a check, `payers` are stable hashes of payer ids. Unknown (NaN) for a
    family none of whose checks is tripped; without a bank, nothing but the counts is known.
    """
    out = np.empty((len(submitted), len(OUTPUTS)))
    days = in_one_piece(submitted if bank else np.full(len(submitted), np.nan))
    table = in_one_piece(values.astype(np.float32, copy=False))
    _recall(table, in_one_piece(payers), days, (bank or _nothing()).index, _COLUMN, _SEVERITY, out)
    return out


@cache
def _nothing() -> EvidenceBank:
    return EvidenceBank.empty()


@njit(cache=True, nogil=True, error_model="numpy")
def _recall(values, payers, submitted, index, column, severity, out):  # type: ignore[no-untyped-def]
    """Fill `out`: per family the highest smoothed rate of the tripped checks and its support, then the counts."""
    named, starts, days, running, base_days, base, families = index
    n_checks = values.shape[1]
    width, tail = n_checks + 1, out.shape[1] - 4
    for i in range(submitted.shape[0]):
        out[i, :tail] = np.nan
        out[i, tail] = np.nan
        out[i, tail + 1 :] = 0.0
        day = submitted[i]
        place = np.searchsorted(named, payers[i])
        is_known = place < named.shape[0] and named[place] == payers[i] and place > 0
        base_high = before(base_days, 0, base_days.shape[0], day)
        base_low = before(base_days, 0, base_days.shape[0], day - YEAR)
        n_base = base[base_high, 0] - base[base_low, 0]
        for c in range(n_checks):
            if values[i, c] != 1:
                continue
            out[i, tail + 1 + severity[c]] += 1
            if day != day:
                continue
            high = before(days, starts[c], starts[c + 1], day)
            low = before(days, starts[c], starts[c + 1], day - YEAR)
            n_wide = running[high, 0] - running[low, 0]
            n_own, own_high, own_low = np.int64(0), np.int64(0), np.int64(0)
            if is_known:
                group = place * width + c
                own_high = before(days, starts[group], starts[group + 1], day)
                own_low = before(days, starts[group], starts[group + 1], day - YEAR)
                n_own = running[own_high, 0] - running[own_low, 0]
            for kind in (DENIED, DENIED_FOR):
                of_base = 1 if kind == DENIED else 2 + families[c]
                usual = FIRST_GUESS if kind == DENIED else FIRST_GUESS / N_FAMILIES
                if n_base > 0:
                    usual = (base[base_high, of_base] - base[base_low, of_base]) / n_base
                wide = running[high, kind] - running[low, kind]
                wider = (wide + STRENGTH * usual) / (n_wide + STRENGTH)
                own = running[own_high, kind] - running[own_low, kind]
                rate = (own + STRENGTH * wider) / (n_own + STRENGTH)
                at = tail if kind == DENIED else column[families[c]]
                if out[i, at] != out[i, at] or rate > out[i, at]:
                    out[i, at] = rate
                    if kind == DENIED_FOR:
                        out[i, at + 1] = n_own / (n_own + STRENGTH)


def features() -> Sequence[Feature]:
    """The catalogue entries of `OUTPUTS`."""
    return [_entry(name) for name in OUTPUTS]


def _entry(name: str) -> Feature:
    for family in FAMILIES:
        words, served = family.replace("_", " "), (family, "other")
        # One rate for checks of several concepts is no more than the payer's habit.
        concepts = {check.concept for check in CHECKS if check.family == family}
        concept = concepts.pop() if len(concepts) == 1 else "payer_habit"
        if name == f"evidence_{family}_rate":
            meaning = (
                f"Of the checks for {words} that the line trips: the highest smoothed share of such lines that this "
                "payer denied for it in the last year."
            )
            return described(name, meaning, concept, unit="share", source="evidence", families=served)
        if name == f"evidence_{family}_support":
            meaning = f"How much of that share for {words} is this payer's own record: 0 none, near 1 nearly all of it."
            return described(name, meaning, concept, unit="share", source="evidence", families=served)
    if name == "evidence_denied_rate":
        meaning = "The highest smoothed share of lines denied for any reason in the last year, of the checks that the line trips."
        return described(name, meaning, "payer_habit", unit="share", source="evidence")
    severity = name.removeprefix("checks_tripped_")
    meaning = f"How many checks of the kind `{severity}` the line trips."
    return described(name, meaning, "missing_field", unit="checks", source="evidence")
