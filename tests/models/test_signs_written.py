import json

import pytest

from data.errors import BundleRefused
from models.reason import Reasons
from models.signs import Question, Signs
from models.signs_written import read_signs, signs_json
from models.written import Reader, text_of

KNOWN = Reasons(("a", "b"), ("1", "2", "3"), (0, 0, 1), (0.5, 0.5, 1.0), {})
SIGNS = Signs(
    (
        Question("check", 0.5, 1, 2, (1.0, 1.0, 1.0)),
        Question("", 0.0, 1, 1, (0.1, 1.8, 1.0)),
        Question("days", 3.5, 3, 4, (1.0, 1.0, 1.0)),
        Question("", 0.0, 3, 3, (2.0, 0.5, 1.0)),
        Question("", 0.0, 4, 4, (0.5, 2.0, 1.0)),
    ),
    ((0, 0),),
)
FEATURES = ("check", "days", "more")


def reader(signs: object) -> Reader:
    return Reader.of("reasons.json", text_of({"signs": signs}).encode())


@pytest.mark.parametrize("signs", [SIGNS, Signs()], ids=["some", "none"])
def test_signs_come_back_as_they_were(signs: Signs) -> None:
    assert read_signs(reader(signs_json(signs)), KNOWN, FEATURES) == signs


def test_a_model_of_before_has_none() -> None:
    assert read_signs(Reader.of("reasons.json", text_of({}).encode()), KNOWN, FEATURES) == Signs()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("cuts", [0.5]),
        ("features", ["check", "", "unheard of", "", ""]),
        ("no", [0, 1, 3, 3, 4]),
        ("no", [1, 0, 3, 3, 4]),
        ("yes", [9, 1, 4, 3, 4]),
        ("yes", [-1, 1, 4, 3, 4]),
        ("lifts", {"1": [1.0, 1.0, 1.0]}),
        ("lifts", {"1": [1.0], "3": [1.0], "4": [1.0]}),
        ("lifts", {"1": [0.0, 1.0, 1.0], "3": [1.0, 1.0, 1.0], "4": [1.0, 1.0, 1.0]}),
        ("families", [2]),
        ("families", [0, 0]),
        ("roots", [5]),
        ("roots", []),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused(key: str, value: object) -> None:
    damaged = json.loads(text_of(signs_json(SIGNS))) | {key: value}
    with pytest.raises(BundleRefused):
        read_signs(reader(damaged), KNOWN, FEATURES)


def test_a_way_that_is_too_long_is_refused() -> None:
    n = 20
    names = [name for _ in range(n) for name in ("check", "")] + [""]
    follow = [place for step in range(n) for place in (2 * step + 2, 2 * step + 1)] + [2 * n]
    no = [place for step in range(n) for place in (2 * step + 1, 2 * step + 1)] + [2 * n]
    signs = {
        "features": names,
        "cuts": [0.5] * len(names),
        "no": no,
        "yes": follow,
        "lifts": {str(place): [1.0, 1.0, 1.0] for place, name in enumerate(names) if not name},
        "families": [0],
        "roots": [0],
    }
    with pytest.raises(BundleRefused):
        read_signs(reader(signs), KNOWN, FEATURES)
