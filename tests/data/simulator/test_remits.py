import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from data.simulator.files import in_payment_order


@pytest.fixture(scope="module")
def parts(world):
    return world.remit_tables()


@pytest.fixture(scope="module")
def together(parts):
    return in_payment_order(parts)


def test_every_line_balances_to_the_cent(together):
    services, adjustments = together.services, together.adjustments
    key = services["remit_key"].to_numpy() * 16 + services["service"].to_numpy()
    assert (np.diff(key) > 0).all()
    taken = np.zeros(len(key), np.int64)
    at = np.searchsorted(key, adjustments["remit_key"].to_numpy() * 16 + adjustments["service"].to_numpy())
    np.add.at(taken, at, adjustments["amount_cents"].to_numpy())
    assert (services["charge_cents"].to_numpy() - taken == services["paid_cents"].to_numpy()).all()


def test_every_remit_is_the_sum_of_its_lines(together):
    sums = together.services.group_by("remit_key").aggregate([("charge_cents", "sum"), ("paid_cents", "sum")])
    sums = sums.sort_by("remit_key")
    remits = together.remits.sort_by("remit_key")
    assert sums["charge_cents_sum"].equals(remits["charge_cents"])
    assert sums["paid_cents_sum"].equals(remits["paid_cents"])
    patient = together.adjustments.filter(pc.equal(together.adjustments["group_code"], "PR"))
    assert pc.sum(patient["amount_cents"]) == pc.sum(remits["patient_cents"])


def test_nothing_is_paid_below_zero_or_above_the_charge(parts):
    for part in (parts[0], parts[2]):
        paid, charge = part.services["paid_cents"].to_numpy(), part.services["charge_cents"].to_numpy()
        assert (paid >= 0).all()
        assert (paid <= charge).all()


def test_a_reversal_negates_its_original_and_is_followed_by_the_new_answer(parts):
    first, undone, anew = (part.remits for part in parts)
    assert undone.num_rows == anew.num_rows > 0
    assert set(undone["status"].to_pylist()) == {"22"}
    original = first.filter(pc.is_in(first["claim_id"], undone["claim_id"])).sort_by("claim_id")
    negated = undone.sort_by("claim_id")
    assert original["payer_control"].equals(negated["payer_control"])
    for name in ("charge_cents", "paid_cents", "patient_cents"):
        assert pc.negate(original[name]).equals(negated[name])
    assert undone["known_on"].equals(anew["known_on"])
    assert not set(anew["payer_control"].to_pylist()) & set(first["payer_control"].to_pylist())


def test_a_denied_line_has_no_allowed_amount_and_a_reason(parts, world):
    services = parts[0].services
    truth = world.truth()
    control = pc.binary_join_element_wise(truth["claim_id"], truth["line"].cast(pa.string()), "L")
    denied = control.filter(truth["denied"])
    struck = pc.is_in(services["line_control"], denied)
    assert pc.equal(pc.is_null(services["allowed_cents"]), struck).to_pylist().count(False) == 0
    assert pc.sum(services.filter(struck)["paid_cents"]).as_py() == 0


def test_the_oddities_of_real_remits_are_there(large_world):
    first = large_world.remit_tables()[0]
    told = set(zip(*(first.adjustments[name].to_pylist() for name in ("group_code", "carc")), strict=True))
    for wanted in (
        ("CO", "45"),
        ("PR", "1"),
        ("PR", "2"),
        ("PR", "3"),
        ("OA", "23"),
        ("CO", "151"),
        ("CO", "197"),
    ):
        assert wanted in told
    assert set(first.remits["status"].to_pylist()) == {"1", "2", "4"}
    assert large_world.weak.any()
    paid_nothing = pc.and_(
        pc.equal(first.services["paid_cents"], 0), pc.is_valid(first.services["allowed_cents"])
    )
    assert pc.sum(paid_nothing).as_py() > 100


def test_nothing_is_told_after_the_end(together, world):
    days = together.remits["known_on"].cast(pa.int32()).to_numpy()
    assert days.max() < world.calendar.end
    assert (np.diff(days) >= 0).all()
