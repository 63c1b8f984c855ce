from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import NotEnoughData
from training.split import Split, split

START = date(2024, 1, 1)


def lines_of(sent: list[int], delay: list[int | None]) -> pa.Table:
    known = [None if d is None else START + timedelta(days=s + d) for s, d in zip(sent, delay, strict=True)]
    return pa.table(
        {
            "submitted_on": pa.array([START + timedelta(days=s) for s in sent], pa.date32()),
            "known_on": pa.array(known, pa.date32()),
        }
    )


@given(
    st.lists(st.tuples(st.integers(0, 700), st.integers(0, 90)), min_size=5, max_size=300), st.integers(0, 60)
)
def test_slices_lie_apart_in_time(rows, gap):
    lines = lines_of([0, 700, *(s for s, _ in rows)], [3, 3, *(d for _, d in rows)])
    until = START + timedelta(days=730)
    try:
        cut = split(lines, until=until, gap_days=gap, calibrate_share=0.2)
    except NotEnoughData:
        return
    assert cut.gap_days == gap
    fits, calibrates, judges = cut.fits(lines), cut.calibrates(lines), cut.judges(lines)
    assert not (fits & calibrates).any()
    assert not (judges & ~calibrates).any()
    sent, known = lines["submitted_on"].to_numpy(), lines["known_on"].to_numpy()
    if fits.any() and calibrates.any():
        assert sent[fits].max() + np.timedelta64(gap, "D") < sent[calibrates].min()
        # Nothing that was learnt from became known after the first calibration claim was sent.
        assert known[fits].max() < sent[calibrates].min()
    assert (known[calibrates] <= np.datetime64(until)).all()


def test_the_newest_share_calibrates():
    lines = lines_of(list(range(1000)), [10] * 1000)
    cut = split(lines, until=START + timedelta(days=1100), gap_days=14, calibrate_share=0.2)
    assert cut.calibrates(lines).sum() == pytest.approx(200, abs=2)
    assert cut.judges(lines).sum() == pytest.approx(80, abs=2)
    assert cut.fits(lines).sum() == pytest.approx(800 - 14, abs=12)


def test_unanswered_lines_are_in_no_slice():
    lines = lines_of(list(range(100)), [None] * 100)
    cut = Split(START + timedelta(30), START + timedelta(45), START + timedelta(60), START + timedelta(900))
    assert not cut.fits(lines).any()
    assert not cut.calibrates(lines).any()


@pytest.mark.parametrize(("sent", "gap"), [([], 3), ([5, 5, 5], 3), ([1, 2, 3, 4, 5], 30)])
def test_too_little_time_is_told(sent, gap):
    with pytest.raises(NotEnoughData, match="time split"):
        split(lines_of(sent, [1] * len(sent)), until=START + timedelta(60), gap_days=gap, calibrate_share=0.2)


def test_days_out_of_order_make_no_split():
    with pytest.raises(NotEnoughData):
        Split(START, START, START, START)
