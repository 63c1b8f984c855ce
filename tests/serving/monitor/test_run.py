import json
from datetime import date

import numpy as np
import pytest

from data.errors import NotEnoughData
from data.store import Store
from models.bundle import load
from models.denial import DenialModel
from serving.monitor.report import write
from serving.monitor.run import Monitored, monitor, raised
from serving.monitor.settings import MonitorSettings
from serving.monitor.surprise import Null

AS_OF = date(2024, 8, 31)


@pytest.fixture(scope="module")
def store(world) -> Store:
    return Store(world.store)


@pytest.fixture(scope="module")
def model(earlier_model) -> DenialModel:
    """What could have been learnt by the end of August."""
    return load(earlier_model)


@pytest.fixture(scope="module")
def found(model, store) -> Monitored:
    return monitor(model, store, MonitorSettings())


CHANGED = "2024-10"


def test_months_are_foretold_and_the_ripe_ones_realised(found):
    assert [month.month for month in found.months] == ["2024-09", "2024-10", "2024-11", "2024-12"]
    assert found.months[0].is_ripe
    ripe = [month for month in found.months if month.is_ripe]
    for month in ripe:
        more = month.realised.denial_rate - month.estimated.denial_rate
        # That month a payer's attachment list grew and a newcomer was enrolled nowhere: no model of August knows it.
        low, high = (0.0, 0.1) if month.month == CHANGED else (-0.06, 0.06)
        assert low < more < high
        assert abs(month.estimated.auc - month.realised.auc) < 0.12
    assert sum(month.n_lines for month in found.months) == found.n_lines


def test_every_alert_says_what_where_and_since_when(found):
    for alert in found.alerts:
        assert alert.sentence.endswith(".")
        assert alert.since is None or alert.since >= AS_OF
        assert alert.by_chance is None or 0 <= alert.by_chance <= 1


def test_it_is_written_as_json_and_as_a_page_that_needs_nothing_from_outside(found, tmp_path, store):
    write(found, tmp_path)
    alerts = json.loads((tmp_path / "alerts.json").read_text())
    assert alerts["advice"]["reason"] == found.advice.reason
    assert len(alerts["alerts"]) == len(found.alerts)
    everything = json.loads((tmp_path / "monitor.json").read_text())
    assert len(everything["months"]) == 4
    assert [row["name"] for row in everything["money_by_month"]] == [one.month for one in found.months]
    assert all(0 < row["net_collection"] <= 1.1 for row in everything["money_by_payer"])
    page = (tmp_path / "monitor.html").read_text()
    assert "http" not in page.replace("http-equiv", "")
    assert "<script" not in page
    assert "Money by payer" in page


def test_no_value_of_a_patient_is_told(found, tmp_path, store):
    write(found, tmp_path)
    members = {value for value in store.claims().claims["member_id"].to_pylist() if value}
    for path in tmp_path.iterdir():
        text = path.read_text()
        assert not [member for member in members if member in text]


def test_the_same_store_gives_the_same_answer(found, model, store, tmp_path):
    again = monitor(model, store, MonitorSettings())
    write(found, tmp_path / "a")
    write(again, tmp_path / "b")
    for name in ("alerts.json", "monitor.json", "monitor.html"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize(
    ("n_past", "n_changed"), [(0, 0), (400, 0), (2000, 1)], ids=["none", "little", "enough"]
)
def test_without_a_past_there_is_no_habit_to_depart_from(lines, n_past, n_changed):
    past = lines(n_past, sent_on=np.full(n_past, 90))
    watched = lines(200, probability=np.full(200, 0.5), denied=(np.arange(200) % 3 == 0))
    changed, behind = raised(past, watched, 100, Null())
    assert (len(changed), len(behind)) == (n_changed, 0)


def test_a_model_of_today_has_nothing_to_be_watched_by(world, store):
    with pytest.raises(NotEnoughData, match="no claim sent after"):
        monitor(load(world.model), store, MonitorSettings())
