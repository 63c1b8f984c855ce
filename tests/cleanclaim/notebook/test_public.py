"""Published tables in a notebook."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from cleanclaim import read_public
from data.errors import UnreadableFile
from tests.data.public.made_files import csv_text
from tests.data.public.test_mue import rows
from tests.data.public.test_ncci import ROWS, text


@pytest.fixture
def limits(tmp_path: Path) -> Path:
    path = tmp_path / "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv"
    path.write_bytes(csv_text(rows("Practitioner")).encode("cp1252"))
    return path


def test_a_published_table_is_a_frame_that_knows_its_origin(limits: Path) -> None:
    found = read_public(limits)
    assert list(found["procedure"]) == ["0042T", "72148", "J1100"]
    assert found["max_units"].dtype == pd.Int64Dtype()
    assert found["setting"].dtype == "category"
    assert found["valid_from"].dtype.kind == "M"
    assert found.attrs == {
        "kind": "mue",
        "source": str(limits),
        "version": "2024-07-01",
        "valid_from": date(2024, 7, 1),
        "n_skipped": 0,
        "left": (),
    }


def test_an_open_end_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "ccipra-v302r0-f1.txt"
    path.write_bytes(text(ROWS).encode("cp1252"))
    assert list(read_public(str(path))["valid_to"].isna()) == [False, True]


def test_another_kind_than_wanted_is_told(limits: Path) -> None:
    with pytest.raises(UnreadableFile, match="found mue, wanted fee_schedule"):
        read_public(limits, kind="fee_schedule")
