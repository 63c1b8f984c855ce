from pathlib import Path

import pytest

from cleanclaim.settings import settings_file


def test_the_file_given_comes_first(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("cleanclaim.toml").write_text("")
    assert settings_file(tmp_path / "mine.toml") == tmp_path / "mine.toml"
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("is_there", [True, False])
def test_else_the_one_of_the_working_directory_and_stderr_says_so(tmp_path, monkeypatch, capsys, is_there):
    monkeypatch.chdir(tmp_path)
    if is_there:
        Path("cleanclaim.toml").write_text("[cohort]\nmonths = 3\n")
    assert (settings_file(None) == Path("cleanclaim.toml")) == is_there
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (f"Settings of {tmp_path / 'cleanclaim.toml'}.\n" if is_there else "")
