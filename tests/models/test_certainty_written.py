import json

import numpy as np
import pytest

from data.errors import BundleRefused
from models.bands import Bands
from models.calibration import Calibrator, Curve
from models.certainty import Certainty
from models.certainty_written import certainty_json, read_certainty
from models.claim_level import ClaimLevel
from models.conformal import SetLevels
from models.precision import fit_precision
from models.written import Reader, text_of

P = np.random.default_rng(1).random(2_000)
DENIED = (np.random.default_rng(2).random(2_000) < P).astype(np.int8)
WHOLE = Certainty(
    ClaimLevel((0.9, 0.1), Calibrator(Curve("platt", (1.1, -0.2)), {"A": 0.1})),
    SetLevels(0.05, {"authorization": 0.2}),
    fit_precision(P, DENIED, np.ones(2_000)),
    fit_precision(P, DENIED, np.ones(2_000), least=500),
    Bands(0.15, 0.4),
)


def reader(values: object) -> Reader:
    return Reader.of("certainty.json", text_of(values).encode())


@pytest.mark.parametrize("certainty", [WHOLE, Certainty()], ids=["fitted", "nothing learnt"])
def test_what_is_written_is_read(certainty: Certainty) -> None:
    assert read_certainty(reader(certainty_json(certainty)), n_families=2) == certainty


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("together",), [0.5]),
        (("together",), [0.5, 1.5]),
        (("claims", "method"), "other"),
        (("claims", "numbers"), [1.0]),
        (("levels", "everyone"), 1.1),
        (("levels", "families"), {"authorization": -0.1}),
        (("precision", "lines", "support"), [1]),
        (("precision", "lines", "support"), [-1] * 50),
        (("precision", "claims", "probability"), [2.0] * 50),
        (("bands", "high_from"), 0.1),
        (("bands", "medium_from"), 0.0),
        (("reach", "at"), [0.5, 0.4]),
        (("reach", "at"), []),
        (("reach", "down"), [1.0]),
        (("reach", "wider"), [1.0]),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, tuple) else "",
)
def test_other_values_are_refused(path: tuple[str, ...], value: object) -> None:
    values = json.loads(text_of(certainty_json(WHOLE)))
    within = values
    for key in path[:-1]:
        within = within[key]
    within[path[-1]] = value
    with pytest.raises(BundleRefused, match=r"certainty\.json"):
        read_certainty(reader(values), n_families=2)
