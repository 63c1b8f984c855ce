from pathlib import Path

import pandas as pd
import pytest

from cleanclaim import Store
from data.errors import StoreError, UnreadableFile


def test_ingest_says_what_was_new_and_twice_is_a_no_op(world, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    remit = sorted((world.files / "remits").iterdir())[3]
    first = store.ingest(world.files / "claims", remit, context=world.context)
    again = store.ingest(world.files / "claims", remit)
    assert first["claims"][0] == len(store.claims().claims) == store.stats()["claims"][0]
    assert first["remits"][0] == len(store.remits().remits) > 0
    assert again["claims"][0] == 0


def test_lines_know_only_what_was_known(store, kinds) -> None:
    lines, then = store.lines(), store.lines(as_of="2024-06-30")
    columns = ("claim_id", "line", "label", "known_on", "family", "charge_cents")
    assert kinds(lines, columns) == ["str", "Int64", "Int64", "datetime64[ms]", "str", "Int64"]
    assert then["submitted_on"].max() <= pd.Timestamp("2024-06-30")
    assert then["known_on"].max() <= pd.Timestamp("2024-06-30")
    assert then["label"].isna().mean() > lines["label"].isna().mean()
    assert set(lines["label"].dropna()) == {0, 1}


def test_sql_and_stats_agree(store) -> None:
    counted = store.sql("select count(*) as n, sum(label) as denied from outcomes")
    stats = store.stats()
    assert counted["n"][0] == stats["answered_lines"][0]
    assert counted["denied"][0] == stats["denied_lines"][0]
    assert stats["newest_remit"].dtype.kind == "M"


@pytest.mark.parametrize("ask", ["lines", "claims", "remits", "stats"])
def test_no_store_is_said_and_none_is_made(ask: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store"):
        getattr(Store(tmp_path / "nowhere"), ask)()
    assert not any(tmp_path.iterdir())


def test_paths_that_lead_nowhere(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="nothing"):
        Store(tmp_path / "store").ingest(tmp_path / "nothing")
    assert not any(tmp_path.iterdir())
