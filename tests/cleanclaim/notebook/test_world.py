from pathlib import Path

import pytest

from cleanclaim import read_claims, simulate


def test_a_world_and_its_truth(tmp_path: Path, kinds) -> None:
    truth = simulate(n_claims=300, months=2, seed=3, out=tmp_path / "world")
    assert truth["p_denied"].between(0, 1).all()
    columns = ("claim_id", "line", "submitted_on", "denied")
    assert kinds(truth, columns) == ["str", "Int64", "datetime64[ms]", "boolean"]
    sent = read_claims(tmp_path / "world" / "claims", tmp_path / "world" / "upcoming")
    assert len(sent.lines) == len(truth)


def test_wants_a_place() -> None:
    with pytest.raises(TypeError, match="out"):
        simulate(n_claims=300)
