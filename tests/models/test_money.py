import numpy as np
import pytest

from models.money import Allowed, expected_denied_cents, fit_allowed


def test_ratios_are_those_of_paid_lines_shrunk_upwards() -> None:
    payer = np.array(["A"] * 200 + ["B"] * 200, dtype=object)
    procedure = np.array((["72148"] * 100 + ["70450"] * 100) * 2, dtype=object)
    charge = np.full(400, 10_000.0)
    allowed = charge * np.where(payer == "A", 0.5, 0.2)
    fitted = fit_allowed(payer, procedure, charge, allowed)
    assert fitted.everyone == pytest.approx(0.35)
    known = fitted.ratio(["A", "B", "A", "C"], ["72148", "72148", "99213", "72148"])
    assert known == pytest.approx([0.5, 0.2, 0.5, 0.35], abs=0.02)


def test_denied_lines_and_lines_without_an_amount_are_left_out() -> None:
    allowed = np.array([np.nan, 0.0, 8_000.0])
    fitted = fit_allowed(
        np.array(["A"] * 3, object), np.array(["72148"] * 3, object), np.full(3, 10_000.0), allowed
    )
    assert fitted.everyone == pytest.approx(0.8)


def test_without_a_single_amount_the_charge_counts_in_full() -> None:
    nothing = fit_allowed(
        np.array(["A"], object), np.array([None], object), np.array([100.0]), np.array([np.nan])
    )
    assert nothing == Allowed()
    assert nothing.ratio(["A"], [None])[0] == 1.0


def test_expected_cents_are_whole() -> None:
    cents = expected_denied_cents(np.array([0.5, 0.333]), np.array([10_000, 1_001]), np.array([0.6, 1.0]))
    assert cents.tolist() == [3_000, 333]
    assert cents.dtype == np.int64
