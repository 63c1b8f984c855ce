"""What a published file is, told in a terminal and to a machine."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cleanclaim.__main__ import app
from data.errors import UnreadableFile
from tests.data.public.test_ncci import ROWS, text


def run(*arguments: object) -> Result:
    done = CliRunner().invoke(app, ["public", "show", *map(str, arguments)])
    if isinstance(done.exception, UnreadableFile):
        raise done.exception
    return done


@pytest.fixture
def edits(tmp_path: Path) -> Path:
    path = tmp_path / "ccipra-v302r0-f1.txt"
    path.write_bytes(text(ROWS).encode("cp1252"))
    return path


def test_show_tells_the_table_its_edition_and_first_rows(edits: Path) -> None:
    done = run(edits)
    assert done.exit_code == 0, done.output
    for told in ("NCCI procedure-to-procedure edits", "v302r0", "2024-07-01", "Row 2", "70553", "2023-12-31"):
        assert told in done.output


def test_show_as_json(edits: Path) -> None:
    told = json.loads(run(edits, "--json", "--rows", "1").stdout)
    assert (told["kind"], told["n_rows"], told["edition"]) == ("ncci_ptp", 2, "v302r0")
    assert [row["column_1"] for row in told["rows"]] == ["70450"]


def test_another_kind_than_wanted_is_told(edits: Path) -> None:
    with pytest.raises(UnreadableFile, match="found ncci_ptp, wanted mue"):
        run(edits, "--kind", "mue")
