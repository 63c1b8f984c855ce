"""What is allowed, owed and paid."""

import numpy as np


def test_what_is_paid_and_owed_is_what_is_charged(large_world):
    money = large_world.money
    parts = (money.prior, money.deductible, money.coinsurance, money.copay, money.cut, money.paid)
    assert (sum(parts) + money.contract == money.charge).all()
    assert all((part >= 0).all() for part in (*parts, money.contract))


def test_deductibles_start_again_in_january(large_world):
    lines, visits = large_world.claims.lines, large_world.claims.visits
    month = visits.service.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    kinds = np.array([payer.kind for payer in large_world.settings.payers])[visits.payer]
    owes = (large_world.money.deductible > 0) & (kinds == "commercial")[lines.claim]
    share = [owes[month[lines.claim] == n].mean() for n in range(12)]
    assert share[0] > 1.5 * share[5] > 2 * share[11]


def test_medicaid_has_no_deductible(large_world):
    kinds = np.array([payer.kind for payer in large_world.settings.payers])[large_world.claims.visits.payer]
    medicaid = (kinds == "medicaid")[large_world.claims.lines.claim]
    assert not large_world.money.deductible[medicaid].any()
