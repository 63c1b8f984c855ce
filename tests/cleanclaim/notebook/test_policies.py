import pytest

from cleanclaim import Store, denial_policy
from data.denial_policy import DenialPolicy
from data.errors import InvalidPolicy


def test_a_switch_is_set_and_the_rest_stays(tmp_path) -> None:
    path = denial_policy(tmp_path / "ours.toml", name="ours", bundling=False)
    ours, shipped = DenialPolicy.load(path).record(), DenialPolicy.load().record()
    assert ours["name"] == "ours"
    assert ours["switches"] == {**shipped["switches"], "bundling": False}
    assert {k: v for k, v in ours.items() if k not in {"name", "switches"}} == {
        k: v for k, v in shipped.items() if k not in {"name", "switches"}
    }


def test_a_store_is_labelled_by_it(store, tmp_path) -> None:
    lax = denial_policy(tmp_path / "lax.toml", name="lax", bundling=False, coordination=False)
    fewer = Store(store.kept.path, policy=lax).lines()["label"].sum()
    assert 0 < fewer < store.lines()["label"].sum()


def test_an_unknown_switch_is_told(tmp_path) -> None:
    with pytest.raises(
        InvalidPolicy, match=r"bundles: found an unknown switch, wanted bundling \| duplicates"
    ):
        denial_policy(tmp_path / "x.toml", name="x", bundles=False)
    assert not (tmp_path / "x.toml").exists()
