"""Which claims are left unreviewed follows from their number alone."""

import numpy as np
import pytest

from data.errors import InvalidPolicy
from serving.set_aside import is_set_aside, lot_of
from serving.settings import Settings


def test_lots_are_spread_evenly() -> None:
    lots = np.array([lot_of(f"claim-{n}") for n in range(4000)])
    assert ((lots >= 0) & (lots < 1)).all()
    counts, _ = np.histogram(lots, bins=10, range=(0, 1))
    assert counts.min() > 330
    assert counts.max() < 470


def test_a_claim_draws_the_same_lot_everywhere() -> None:
    assert lot_of("26407789") == lot_of("26407789") == 0.12538565039557015


@pytest.mark.parametrize(("share", "is_so"), [(0.0, False), (1.0, True)], ids=["none", "all"])
def test_none_and_all(share: float, is_so: bool) -> None:
    assert is_set_aside("26407789", share) is is_so


@pytest.mark.parametrize("share", [-0.1, 0.6])
def test_a_share_out_of_range_is_refused(share: float) -> None:
    with pytest.raises(InvalidPolicy, match=r"unreviewed_share: found .*, wanted between 0 and 0\.5"):
        Settings(unreviewed_share=share)
