from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cleanclaim import build_features, cohort, feature_catalog, load_model, train
from data.errors import InvalidPolicy, NotEnoughData

SMALL = {"models": {"trees": 15, "leaves": 6, "min_positives": 60}}


def test_a_cohort_and_its_funnel(store) -> None:
    chosen = cohort(store, "2024-09-30")
    assert len(chosen.lines) == chosen.funnel["n_lines"].iloc[-1]
    assert chosen.funnel["n_lines"].is_monotonic_decreasing
    assert repr(chosen) == f"<Cohort: {len(chosen.lines):,} of {chosen.funnel['n_lines'][0]:,} lines>"
    assert chosen.lines["label"].notna().all()
    assert chosen.lines["known_on"].max() <= pd.Timestamp("2024-09-30")
    assert chosen.lines["weight"].between(1, 2).all()


def test_settings_tell_the_cohort(store) -> None:
    recent = cohort(store, "2024-09-30", settings={"cohort": {"months": 3}})
    assert recent.lines["submitted_on"].min() >= pd.Timestamp("2024-06-30")


def test_features_of_some_lines_are_those_of_all(store) -> None:
    """Other lines of a claim are looked up where only some are given; index and order are kept."""
    lines = store.lines()
    whole = build_features(lines, store=store)
    some = lines.sample(60, random_state=1)
    pd.testing.assert_frame_equal(build_features(some, store=store), whole.loc[some.index])


def test_features_of_a_cohort_and_of_new_claims(store, upcoming, world) -> None:
    chosen = cohort(store).lines.head(20)
    made = build_features(chosen, store=store)
    assert made.index.equals(chosen.index)
    assert {str(kind) for kind in made.dtypes} == {"float32", "category"}
    new = build_features(upcoming, store=store, context=world.context)
    assert len(new) == len(upcoming.lines)
    assert list(new.columns) == list(made.columns)
    catalog = feature_catalog()
    assert set(new.columns) <= set(catalog["name"])
    assert set(catalog["kind"]) == {"fix_now", "check", "context"}


@pytest.mark.slow
def test_training_is_what_the_command_does(store, upcoming, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    in_memory = train(store, "2024-10-15", SMALL)
    assert in_memory.version == ""
    assert in_memory.score(upcoming)["model_version"].isna().all()
    assert in_memory.card.startswith("# Denial model")
    assert 0.5 < in_memory.holdout["auc"] <= 1
    written = train(store, "2024-10-15", SMALL, out=tmp_path / "model")
    assert (tmp_path / "mlflow.db").is_file()
    saved = in_memory.save(tmp_path / "again")
    assert saved.version == written.version == load_model(tmp_path / "model").version != ""
    probabilities = [one.score(upcoming)["denial_probability"] for one in (in_memory, saved, written)]
    assert all(np.array_equal(one, probabilities[0]) for one in probabilities)


def test_settings_that_nobody_knows(store) -> None:
    with pytest.raises(InvalidPolicy, match="calibrate_share"):
        train(store, settings={"split": {"calibrate_shar": 0.3}})


def test_too_few_labels(store) -> None:
    with pytest.raises(NotEnoughData, match="labelled lines"):
        train(store, "2024-01-20")
