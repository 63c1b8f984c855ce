"""The record of a line's checks as features: the worst check of each family, shrunk, from before the submission."""

import numpy as np
import pytest

from data.codes import FAMILIES
from features.checks.catalog import CHECKS
from features.checks.evidence import OUTPUTS, features, recall
from features.checks.record import STRENGTH, YEAR, EvidenceBank
from features.checks.registry import SEVERITIES
from features.columns import stable_hash
from features.key_sets import FIRST_GUESS

PAYERS = np.array([stable_hash(payer) for payer in ("P1", "P2", "P3")], dtype=np.uint64)
N = len(CHECKS)
DAY = 20000.0


def made(n, seed):
    """Lines with some tripped checks, answered on some day; P3 answers none of them."""
    rng = np.random.default_rng(seed)
    values = rng.choice([0.0, 1.0, np.nan], (n, N), p=[0.8, 0.1, 0.1])
    days = rng.integers(int(DAY) - 500, int(DAY) + 20, n).astype(np.float64)
    denied = (rng.random(n) < 0.4).astype(np.float64)
    family = np.where(denied == 1, rng.integers(-1, len(FAMILIES), n), -1)
    return values, PAYERS[rng.integers(0, 2, n)], days, denied, family


@pytest.fixture(scope="module")
def known():
    """Answers of two payers, and what was learnt of them."""
    events = made(3000, 1)
    return events, EvidenceBank.learn(*events)


def column(told, name):
    return told[:, OUTPUTS.index(name)]


def rate(events, check, payer, day):
    """Smoothed share denied for the check's family, counted by hand; and the payer's own answered lines."""
    values, payers, days, denied, family = events
    of = FAMILIES.index(CHECKS[check].family)
    then = (days < day) & (days >= day - YEAR)
    alike = (denied == 1) & (family == of)
    tripped = then & (values[:, check] == 1)
    own = tripped & (payers == payer)
    base = (alike & then).sum() / then.sum() if then.any() else FIRST_GUESS / len(FAMILIES)
    wider = ((alike & tripped).sum() + STRENGTH * base) / (tripped.sum() + STRENGTH)
    return ((alike & own).sum() + STRENGTH * wider) / (own.sum() + STRENGTH), own.sum()


def test_the_worst_tripped_check_of_each_family_is_told(known):
    events, bank = known
    values, payers, days, _, _ = made(200, 2)
    told = recall(bank, values, payers, days)
    for row in range(0, 200, 20):
        for family in {check.family for check in CHECKS}:
            tripped = [c for c in range(N) if values[row, c] == 1 and CHECKS[c].family == family]
            found = column(told, f"evidence_{family}_rate")[row]
            if not tripped:
                assert np.isnan(found)
                continue
            rates = [rate(events, c, payers[row], days[row]) for c in tripped]
            best, own = max(rates, key=lambda one: one[0])
            assert found == pytest.approx(best)
            assert column(told, f"evidence_{family}_support")[row] == pytest.approx(own / (own + STRENGTH))


def test_tripped_checks_are_counted_by_severity(known):
    values = np.zeros((1, N))
    values[0, [0, 1, N - 1]] = 1.0
    told = recall(known[1], values, PAYERS[:1], np.array([DAY]))
    for severity in SEVERITIES:
        wanted = sum(CHECKS[c].severity == severity for c in (0, 1, N - 1))
        assert column(told, f"checks_tripped_{severity}")[0] == wanted


@pytest.mark.parametrize("since", [0, 1, 300, 600])
def test_what_is_known_later_changes_nothing(known, since):
    events, bank = known
    values, payers, days, denied, family = events
    day = np.full(len(days), DAY - since)
    poisoned = EvidenceBank.learn(
        values, payers, days, np.where(days >= DAY - since, 1 - denied, denied), family
    )
    np.testing.assert_array_equal(recall(bank, values, payers, day), recall(poisoned, values, payers, day))


def test_one_line_alone_equals_its_row(known):
    _, bank = known
    values, payers, days, _, _ = made(50, 3)
    told = recall(bank, values, payers, days)
    for row in range(50):
        one = slice(row, row + 1)
        np.testing.assert_array_equal(recall(bank, values[one], payers[one], days[one]), told[one])


def test_without_a_past_or_a_day_nothing_is_claimed(known):
    values = np.ones((1, N))
    nothing = recall(EvidenceBank.empty(), values, PAYERS[:1], np.array([DAY]))
    family = CHECKS[0].family
    assert column(nothing, f"evidence_{family}_rate")[0] == pytest.approx(FIRST_GUESS / len(FAMILIES))
    assert column(nothing, f"evidence_{family}_support")[0] == 0.0
    assert column(nothing, "evidence_denied_rate")[0] == pytest.approx(FIRST_GUESS)
    undated = recall(known[1], values, PAYERS[:1], np.array([np.nan]))
    assert np.isnan(undated[0, : OUTPUTS.index("evidence_denied_rate") + 1]).all()


def test_a_payer_never_heard_of_gets_the_others_share_without_support(known):
    values = np.zeros((1, N))
    values[0, 0] = 1.0
    told = recall(known[1], values, PAYERS[2:], np.array([DAY]))
    family = CHECKS[0].family
    assert column(told, f"evidence_{family}_rate")[0] > 0
    assert column(told, f"evidence_{family}_support")[0] == 0


def test_each_column_has_its_entry():
    assert tuple(feature.name for feature in features()) == OUTPUTS
    assert all(feature.meaning.endswith(".") for feature in features())


def test_no_bank_at_all_still_counts_what_is_tripped():
    values = np.ones((2, N))
    told = recall(None, values, PAYERS[:2], np.array([DAY, DAY]))
    assert np.isnan(column(told, "evidence_denied_rate")).all()
    assert sum(column(told, f"checks_tripped_{severity}")[0] for severity in SEVERITIES) == N
