import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from data.errors import BundleRefused
from data.rejection import TURNED_AWAY_ON
from data.schema import LABELLED
from features.bank import ARRAYS
from features.build import build
from features.state import FeatureState
from tests.features.made_lines import labelled, lines_of, same_bits

TABLE = labelled(150)
AS_OF = date(2025, 6, 30)


@pytest.fixture(scope="module")
def state() -> FeatureState:
    return FeatureState.fit(TABLE, as_of=AS_OF)


def test_a_saved_state_gives_the_same_features_to_the_bit(state: FeatureState, tmp_path: Path) -> None:
    state.save(tmp_path)
    back = FeatureState.load(tmp_path)
    assert back.as_of == AS_OF
    assert same_bits(build(lines_of(TABLE), back).values, build(lines_of(TABLE), state).values)


def test_the_same_table_gives_the_same_files(state: FeatureState, tmp_path: Path) -> None:
    state.save(tmp_path / "one")
    FeatureState.fit(TABLE, as_of=AS_OF).save(tmp_path / "two")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
        assert path.suffix in {".json", ".parquet", ".arrow"}


def test_no_member_id_in_a_saved_state(tmp_path: Path) -> None:
    place = TABLE.schema.get_field_index("member_id")
    named = TABLE.set_column(
        place, "member_id", [[f"MEMBER-{name}" for name in TABLE.column("member_id").to_pylist()]]
    )
    FeatureState.fit(named, as_of=AS_OF).save(tmp_path)
    assert not any(b"MEMBER" in path.read_bytes() for path in tmp_path.iterdir())


def test_member_hashes_depend_on_the_secret() -> None:
    one = FeatureState.fit(TABLE, as_of=AS_OF, secret=b"a" * 32).past.secret
    other = FeatureState.fit(TABLE, as_of=AS_OF, secret=b"b" * 32).past.secret
    assert one.hash("M1") != other.hash("M1")


def test_a_newer_history_keeps_the_vocabulary(state: FeatureState) -> None:
    newer = state.with_history(TABLE)
    assert newer.vocabularies == state.vocabularies
    assert newer.as_of > state.as_of


def with_some_turned_away() -> pa.Table:
    sent = pc.cast(TABLE.column("submitted_on"), pa.int32())
    is_away = pc.equal(pc.bit_wise_and(TABLE.column("claim_key"), 3), 1)
    away = pc.if_else(is_away, pc.add(sent, pa.scalar(4, pa.int32())), pa.scalar(None, pa.int32()))
    return TABLE.append_column(TURNED_AWAY_ON, pc.cast(away, pa.date32()))


@pytest.mark.parametrize("days", [1, 30, 200])
def test_a_state_grown_by_new_answers_is_the_state_made_of_all(days: int) -> None:
    table = with_some_turned_away()
    old = FeatureState.fit(table, as_of=AS_OF, secret=b"s" * 32)
    whole = old.with_history(table, as_of=AS_OF + timedelta(days=days))
    grown = old.updated(table, as_of=AS_OF + timedelta(days=days))
    assert grown.as_of == whole.as_of
    for bank in ("answers", "sent"):
        for name in (*ARRAYS, "sizes"):
            one, other = (getattr(getattr(state.past, bank), name) for state in (grown, whole))
            np.testing.assert_array_equal(one, other, err_msg=f"{bank} {name}")
    assert same_bits(build(lines_of(TABLE), grown).values, build(lines_of(TABLE), whole).values)


def test_an_update_takes_claims_with_something_new_only(state: FeatureState) -> None:
    late = TABLE.filter(pc.greater(TABLE.column("known_on"), AS_OF))
    claims = TABLE.filter(pc.is_in(TABLE.column("claim_key"), late.column("claim_key").combine_chunks()))
    assert claims.num_rows < TABLE.num_rows
    both = [state.updated(table, as_of=date(2025, 9, 1)) for table in (claims, TABLE)]
    built = [build(lines_of(TABLE), one).column("history_all_answered") for one in both]
    assert same_bits(*built)


def test_a_state_is_not_taken_back(state: FeatureState) -> None:
    with pytest.raises(ValueError, match="2025-06-30"):
        state.updated(TABLE, as_of=date(2025, 6, 29))


def test_nothing_sent_yet() -> None:
    state = FeatureState.fit(LABELLED.empty_table(), as_of=AS_OF)
    built = build(lines_of(TABLE), state)
    assert built.column("history_all_answered").max() == 0


@pytest.mark.parametrize("damage", ["gone", "empty", "format", "cut", "a file less", "vocabulary"])
def test_a_damaged_state_is_refused(damage: str, state: FeatureState, tmp_path: Path) -> None:
    state.save(tmp_path)
    file = tmp_path / "state.json"
    said = json.loads(file.read_text())
    if damage == "gone":
        file.unlink()
    elif damage == "empty":
        file.write_text("")
    elif damage == "format":
        file.write_text(json.dumps({**said, "format": 99}))
    elif damage == "vocabulary":
        file.write_text(json.dumps({**said, "vocabularies": {}}))
    elif damage == "cut":
        whole = tmp_path / "answers_days.arrow"
        whole.write_bytes(whole.read_bytes()[:-20])
    else:
        (tmp_path / "sent_keys.arrow").unlink()
    with pytest.raises(BundleRefused):
        FeatureState.load(tmp_path)
