"""Statuses written as a 277CA are read again as they were."""

from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import InvalidClaim
from data.readers.x12 import read_x12
from data.schema import STATUSES
from data.writers.status277 import write_statuses

CODE = st.text("ABCXYZ0189", min_size=1, max_size=8)
DAY = st.dates(date(1990, 1, 1), date(2060, 1, 1))
KEYS = ("status_key", "offset")
OF_CLAIM = (
    "claim_id",
    "payer_control",
    "clearinghouse_control",
    "source_id",
    "source_role",
    "billing_npi",
    "member_id",
    "known_on",
)


def maybe(values):
    return st.none() | values


@st.composite
def told(draw):
    """What one STC says."""
    return {
        "category": draw(st.sampled_from(["A1", "A2", "A3", "A7"])),
        "status": draw(st.sampled_from(["19", "20", "21", "562"])),
        "entity": draw(maybe(st.sampled_from(["PR", "82", "IL"]))),
        "action": draw(maybe(st.sampled_from(["WQ", "U"]))),
        "status_on": draw(maybe(DAY)),
        "charge_cents": draw(maybe(st.integers(0, 10**9))),
    }


@st.composite
def served(draw):
    first = draw(DAY)
    return {"service_from": first, "service_to": first + timedelta(draw(st.sampled_from([0, 0, 4])))}


@st.composite
def one_claim(draw, key):
    claim = {
        "status_key": key,
        "claim_id": draw(CODE),
        "payer_control": draw(maybe(CODE)),
        "clearinghouse_control": draw(maybe(CODE)),
        "source_id": draw(CODE),
        "source_role": draw(st.sampled_from(["PR", "AY"])),
        "billing_npi": draw(CODE),
        "member_id": draw(maybe(CODE)),
        "known_on": draw(st.sampled_from([date(2025, 1, 3), date(2025, 1, 4)])),
    }
    dates = draw(served())
    rows = [{**claim, **dates, **draw(told())} for _ in range(draw(st.integers(1, 2)))]
    for number in range(draw(st.integers(0, 3))):
        line = {"line_control": f"L{number}", "procedure": draw(CODE), **draw(served())}
        rows += [{**claim, **line, **draw(told())} for _ in range(draw(st.integers(1, 2)))]
    return [{**dict.fromkeys(STATUSES.names), **row, "position": n} for n, row in enumerate(rows, 1)]


@st.composite
def tables(draw):
    rows = [row for key in range(draw(st.integers(0, 4))) for row in draw(one_claim(key))]
    return pa.Table.from_pylist(rows, STATUSES)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables(), st.integers(1, 10**9 - 1))
def test_what_is_written_is_read(statuses, control):
    reading = read_x12(write_statuses(statuses, control=control), source="written")
    assert reading.rejects.num_rows == 0
    assert reading.statuses.statuses.drop_columns(KEYS).to_pylist() == statuses.drop_columns(KEYS).to_pylist()
    keys = reading.statuses.statuses["status_key"].to_pylist()
    assert len(set(keys)) == len(set(statuses["status_key"].to_pylist()))


def one(**changes):
    row = {
        "status_key": 1,
        "position": 1,
        "claim_id": "C1",
        "category": "A2",
        "status": "20",
        "known_on": date(2025, 1, 3),
    }
    return pa.Table.from_pylist([{**dict.fromkeys(STATUSES.names), **row, **changes}], STATUSES)


@pytest.mark.parametrize("name", ["claim_id", "known_on"])
def test_what_is_needed(name):
    with pytest.raises(InvalidClaim, match=name):
        write_statuses(one(**{name: None}), control=1)


def test_a_delimiter_is_refused():
    with pytest.raises(InvalidClaim, match="payer_control"):
        write_statuses(one(payer_control="A*B"), control=1)


def test_a_status_of_little_is_read_again():
    reading = read_x12(write_statuses(one(), control=1), source="written")
    (row,) = reading.statuses.statuses.to_pylist()
    assert (row["claim_id"], row["category"], row["status"]) == ("C1", "A2", "20")
    assert row["source_role"] == "PR"


def test_counts_and_levels_are_right():
    rows = [one(status_key=n, claim_id=f"C{n}", billing_npi=f"{n // 2}").to_pylist()[0] for n in range(5)]
    text = write_statuses(pa.Table.from_pylist(rows, STATUSES), control=1).decode()
    segments = [segment.strip() for segment in text.split("~")]
    levels = [segment.split("*")[1:] for segment in segments if segment.startswith("HL")]
    assert [level[0] for level in levels] == [str(n) for n in range(1, len(levels) + 1)]
    parents = [level[1] for level in levels if level[2] == "PT"]
    providers = [level[0] for level in levels if level[2] == "19"]
    assert sorted(set(parents), key=int) == providers
    end = next(segment for segment in segments if segment.startswith("SE*"))
    assert int(end.split("*")[1]) == segments.index(end) - 1
