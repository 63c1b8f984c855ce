import subprocess
import sys
from datetime import date

import numpy as np
import pytest

from features import warm
from features.build import build
from features.catalog import NAMES
from features.state import FeatureState
from tests.features.made_lines import labelled, lines, lines_of

TABLE = labelled(100)
STATE = FeatureState.fit(TABLE, as_of=date(2026, 1, 1))
BUILT = build(lines_of(TABLE), STATE)


def test_one_row_a_line_one_column_a_feature() -> None:
    assert BUILT.values.shape == (TABLE.num_rows, len(NAMES)) == (len(BUILT), len(BUILT.names))
    assert BUILT.values.dtype == np.float32
    assert BUILT.values.flags.c_contiguous
    assert not np.isinf(BUILT.values).any()


def test_select_takes_columns_in_the_order_asked_for() -> None:
    two = BUILT.select(["payer_id", "units"])
    assert two.names == ("payer_id", "units")
    assert two.categorical == ("payer_id",)
    np.testing.assert_array_equal(two.column("units"), BUILT.column("units"))


def test_an_unknown_column_is_an_error() -> None:
    with pytest.raises(KeyError, match="no_such"):
        BUILT.column("no_such")


def test_pandas_shows_words_for_categories() -> None:
    frame = BUILT.to_pandas()
    assert frame.shape == BUILT.values.shape
    shown = [None if value != value else value for value in frame["payer_id"].tolist()]
    assert shown == TABLE.column("payer_id").to_pylist()


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"payer_id": "never seen", "procedure": "ZZZZZ", "place_of_service": "??"},
        {"submitted_on": date(2020, 1, 1), "service_from": date(2030, 1, 1)},
        {"pointer_1": -1},
        {"pointer_1": 99, "diagnosis_1": "M5416"},
        {"birth_year": 3000, "procedure": "77067", "service_from": date(2025, 1, 1)},
        {"charge_cents": -5, "units": -1.0},
        {"diagnosis_1": "\N{SNOWMAN}", "modifier_1": "", "pointer_1": 1},
    ],
)
def test_odd_and_empty_lines_come_out(row: dict[str, object]) -> None:
    built = build(lines(row), STATE)
    assert built.values.shape == (1, len(NAMES))
    assert not np.isinf(built.values).any()


def test_a_value_that_was_never_seen_is_unknown() -> None:
    assert np.isnan(build(lines({"payer_id": "never seen"}), STATE).column("payer_id")[0])


def test_no_lines_at_all() -> None:
    assert build(lines_of(TABLE).slice(0, 0), STATE).values.shape == (0, len(NAMES))


def test_warm() -> None:
    warm()


def test_features_import_no_pandas() -> None:
    """Pyarrow loads pandas where it is installed; nothing here asks for it, so a server does without."""
    code = "import features.build, features.sentences, sys; sys.exit(int('pandas' in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
