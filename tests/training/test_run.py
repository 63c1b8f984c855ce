import sqlite3

import pytest

from training.run import Place, Record, TrackingFailed, open_tracking, opening


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # MLflow's own, of its many dependencies
def test_a_run_is_written_beside_the_model(tmp_path, capfd):
    model = tmp_path / "model"
    model.mkdir()
    (model / "manifest.json").write_text("{}")
    with opening(Place.beside(model)) as future:
        tracking = future.result()
    record = Record("m1", {"seed": "7"}, {"auc": 0.8}, model, {"label_policy": "default"})
    run_id = tracking.log(record, began=1_700_000_000_000, ended=1_700_000_001_000)
    with sqlite3.connect(tmp_path / "mlflow.db") as database:
        assert database.execute("select value from metrics where key = 'auc'").fetchall() == [(0.8,)]
        assert database.execute("select value from params where key = 'seed'").fetchall() == [("7",)]
        assert database.execute("select status from runs where run_uuid = ?", [run_id]).fetchall() == [
            ("FINISHED",)
        ]
    assert (tmp_path / "mlflow-files" / run_id / "artifacts" / "model" / "manifest.json").is_file()
    assert open_tracking(Place.beside(model)).experiment_id == tracking.experiment_id
    said = capfd.readouterr()
    assert said.out + said.err == ""
    with pytest.raises(TrackingFailed, match=r"run in MLflow: found .*, wanted a tracking place"):
        open_tracking(Place("carrier-pigeon://roof"))


def test_an_address_given_is_taken_as_it_is(tmp_path):
    assert Place.beside(tmp_path / "model", uri="https://runs.example") == Place("https://runs.example", None)
    local = Place.beside(tmp_path / "model", uri=f"sqlite:///{tmp_path / 'else' / 'runs.db'}")
    assert local.database == tmp_path / "else" / "runs.db"
    assert local.files == (tmp_path / "else" / "mlflow-files").as_uri(), "files lie beside their database"
