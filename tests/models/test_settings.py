import pytest

from data.errors import InvalidPolicy
from models.settings import FEWEST, ModelSettings


def test_a_toml_table_sets_what_it_names_and_leaves_the_rest() -> None:
    settings = ModelSettings.from_mapping({"trees": 50, "learning_rate": 1, "seed": 0})
    assert (settings.trees, settings.learning_rate, settings.seed) == (50, 1, 0)
    assert settings.leaves == ModelSettings().leaves


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        ({"tress": 5}, "tress", "trees"),
        ({"learning_rat": 0.1}, "learning_rat", "learning_rate"),
        ({"monotone": {}}, "monotone", "one of"),
        ({"trees": 2.5}, "trees", "a whole number"),
        ({"trees": True}, "trees", "a whole number"),
        ({"column_share": "all"}, "column_share", "a number"),
        ({"trees": 0}, "trees", "at least 1"),
        ({"learning_rate": 1.5}, "learning_rate", "between 1e-06 and 1"),
        ({"leaf_penalty": -1.0}, "leaf_penalty", "at least 0"),
        ({"leaves": 1}, "leaves", "between 2 and 1024"),
        ({"design": "guess"}, "design", "hazards | multiclass"),
        ({"design": 3}, "design", "a word"),
    ],
)
def test_what_cannot_be_is_refused_by_name(given: dict[str, object], field: str, says: str) -> None:
    with pytest.raises(InvalidPolicy) as refused:
        ModelSettings.from_mapping(given)
    assert refused.value.field == field
    assert says in str(refused.value.wanted)


def test_features_are_left_out_by_name_and_by_pattern() -> None:
    settings = ModelSettings(leave_out="history_* units")
    assert settings.asked(("history_payer_answered", "units", "charge_cents")) == ("charge_cents",)
    assert ModelSettings().asked(("units",)) == ("units",)
    assert settings.asked(("units",)) == ()


@pytest.mark.parametrize(
    ("n_denied", "least"), [(0, FEWEST), (600, FEWEST), (1_000, 25), (3_999, 99), (4_000, 100), (10**6, 100)]
)
def test_a_small_store_asks_for_fewer_denials_of_a_family(n_denied: int, least: int) -> None:
    assert ModelSettings().least_of(n_denied) == least


def test_who_asks_for_less_gets_it() -> None:
    assert ModelSettings(min_positives=5).least_of(10**6) == 5
