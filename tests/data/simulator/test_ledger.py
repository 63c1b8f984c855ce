"""Payments as wholes: what is adjusted of them adds up, and none is negative."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from data.simulator.files import in_payment_order, remits_between
from data.simulator.habits import PLAIN, Habits
from data.simulator.ledger import Ledger
from data.simulator.oddities import with_oddities


def settled(world, *, recovers):
    n = len(world.settings.payers)
    same = np.full(n, recovers)
    habits = Habits(np.full(n, PLAIN), ~same, np.zeros(n, np.bool_), same)
    plain = in_payment_order(world.remit_tables())
    odd = with_oddities(world.settings, habits, plain, seed=world.seed)
    return odd, Ledger(world.settings, habits, world.seed)


@pytest.fixture(scope="module", params=[False, True])
def tables(world, request):
    odd, ledger = settled(world, recovers=request.param)
    return ledger.settle(odd)


def payments(tables):
    """What each payment comes to."""
    paid = tables.remits.group_by("trace").aggregate([("paid_cents", "sum")])
    total = dict(zip(paid["trace"].to_pylist(), paid["paid_cents_sum"].to_pylist(), strict=True))
    for trace, cents in zip(
        *(tables.provider_adjustments[name].to_pylist() for name in ("trace", "amount_cents")), strict=True
    ):
        total[trace] -= cents
    return total


def test_no_payment_is_negative(tables):
    assert min(payments(tables).values()) >= 0


def test_interest_is_paid_on_top(tables):
    details, adjusted = tables.remit_details, tables.provider_adjustments
    owed = pc.sum(details.filter(pc.equal(details["qualifier"], "I"))["amount_cents"]).as_py()
    paid = pc.sum(adjusted.filter(pc.equal(adjusted["reason"], "L6"))["amount_cents"]).as_py()
    assert owed == -paid > 0


def test_what_is_carried_forward_is_taken_later_and_never_more(tables):
    adjusted = tables.provider_adjustments
    carried = adjusted.filter(pc.equal(adjusted["reason"], "FB")).to_pylist()
    open_ = {}
    for row in carried:
        open_[row["payer_id"]] = open_.get(row["payer_id"], 0) - row["amount_cents"]
        assert open_[row["payer_id"]] >= 0


def test_overpayments_are_taken_back_from_a_later_payment(world):
    odd, ledger = settled(world, recovers=True)
    adjusted = ledger.settle(odd).provider_adjustments
    rows = adjusted.filter(pc.equal(adjusted["reason"], "WO")).to_pylist()
    given = {row["reference"]: row for row in rows if row["amount_cents"] < 0}
    taken = [row for row in rows if row["amount_cents"] > 0]
    assert taken
    for row in taken:
        assert given[row["reference"]]["amount_cents"] == -row["amount_cents"]
        assert (row["known_on"] - given[row["reference"]]["known_on"]).days >= 20


def test_it_is_the_same_in_pieces(world):
    odd, ledger = settled(world, recovers=True)
    whole = ledger.settle(odd).provider_adjustments
    days = odd.remits["known_on"].to_pylist()
    cut = next(n for n in range(len(days) // 2, len(days)) if days[n] != days[n - 1])
    odd, ledger = settled(world, recovers=True)
    pieces = [ledger.settle(remits_between(odd, *at)) for at in ((0, cut), (cut, len(days)))]
    assert pa.concat_tables([piece.provider_adjustments for piece in pieces]) == whole
