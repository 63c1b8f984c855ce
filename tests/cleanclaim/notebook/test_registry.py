"""The registry from a notebook: a model of last autumn, promoted through the gates."""

from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),
]  # MLflow's own, of its many dependencies
QUICK = {"models": {"trees": 25, "leaves": 7}}
LAX = {"gates": {"least_lines": 100, "least_denied": 10, "most_off": 0.1, "most_off_of_a_tenth": 0.5}}
STRICT = {"gates": {"least_lines": 1_000_000}}
"""More lines than the world has."""


def test_a_model_is_trained_registered_promoted_and_taken_back(world, tmp_path: Path) -> None:
    from cleanclaim import Registry, Store, train

    store = Store(world.store)
    train(store, "2024-08-31", QUICK, out=tmp_path / "model")
    registry = Registry(tmp_path)
    assert registry.versions[["version", "aliases"]].values.tolist() == [[1, "challenger"]]
    assert registry.versions["holdout_log_loss"].between(0, 1).all()
    assert registry.history.empty
    run_id = registry.versions["run_id"][0]
    told = registry.kept.tracking.client.list_artifacts
    assert [file.path for file in told(run_id, "plots")] == ["plots/holdout.svg"]
    assert {"model/bundle", "model/MLmodel", "model/input_example.json"} <= {
        f.path for f in told(run_id, "model")
    }
    refused = registry.promote(store=store, settings=STRICT)
    assert not refused.promoted
    assert list(refused.gates.columns) == ["gate", "passed", "found", "wanted"]
    assert "refused by" in repr(refused)
    done = registry.promote("challenger", store, settings=LAX)
    assert done.promoted, done.gates
    assert done.figures["better.gain_low"] > 0
    assert registry.load().score(world.upcoming[0])["denial_probability"].between(0, 1).all()
    assert registry.export("champion", tmp_path / "served").card
    assert registry.history["kind"].tolist() == ["gates"]
    assert repr(registry) == "<Registry cleanclaim: 1 versions, champion 1>"
    with pytest.raises(Exception, match="the first champion"):
        registry.rollback("no")
