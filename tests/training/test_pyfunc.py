import json
from pathlib import Path

import numpy as np
import pytest

from data.errors import BundleRefused, InvalidClaim
from models.bundle import load
from models.denial import DenialModel
from training.pyfunc import BUNDLE, LineScorer, example, line_table, write


@pytest.fixture(scope="module")
def model(world) -> DenialModel:
    return load(world.model)


@pytest.fixture(scope="module")
def folder(world, model: DenialModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("pyfunc") / "model"
    write(world.model, model, place)
    return place


def test_a_frame_of_lines_is_scored_as_its_table_is(model: DenialModel) -> None:
    golden = model.papers.golden
    scores = LineScorer(model).predict(golden.to_pandas(date_as_object=False))
    saved = json.loads(json.dumps(scores["denial_probability"].tolist()))
    from features.build import build

    x = build(golden, model.state)
    assert saved == model.predict(x, golden["payer_id"].to_pylist()).probability.tolist()
    assert len(scores) == golden.num_rows
    assert scores["denial_probability"].between(scores["probability_low"], scores["probability_high"]).all()


def test_columns_that_are_missing_are_unknown(model: DenialModel) -> None:
    lines = example(model)
    assert line_table(lines[["claim_key", "claim_id", "line", "payer_id", "charge_cents"]]).num_rows == len(
        lines
    )


def test_what_does_not_fit_is_named(model: DenialModel) -> None:
    lines = example(model)
    with pytest.raises(InvalidClaim, match="payer_id"):
        line_table(lines.drop(columns="payer_id"))
    with pytest.raises(InvalidClaim, match="charge_cents"):
        line_table(lines.assign(charge_cents="x"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # MLflow's own, of its many dependencies
def test_mlflow_loads_it_and_answers_alike(folder: Path, model: DenialModel) -> None:
    import mlflow.pyfunc

    loaded = mlflow.pyfunc.load_model(str(folder))
    lines = example(model)
    found = loaded.predict(lines)
    assert np.array_equal(found["denial_probability"], LineScorer(model).predict(lines)["denial_probability"])
    assert loaded.metadata.signature.outputs.input_names() == list(found.columns)
    shown = loaded.input_example
    assert list(shown["claim_id"]) == list(lines["claim_id"])
    assert not [path for path in folder.rglob("*") if path.suffix in {".pkl", ".pickle", ".joblib"}]


def test_a_damaged_bundle_is_refused_there_too(folder: Path, tmp_path: Path) -> None:
    from shutil import copytree

    from training.pyfunc import _load_pyfunc

    copytree(folder / BUNDLE, tmp_path / BUNDLE)
    (tmp_path / BUNDLE / "card.md").write_text("another")
    with pytest.raises(BundleRefused, match=r"card\.md"):
        _load_pyfunc(str(tmp_path / BUNDLE))
