"""The names that notebooks import: all there, all documented, none loaded before it is asked for."""

import inspect
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cleanclaim

GUIDE = Path(__file__).parents[2] / "docs" / "data-scientists.md"


@pytest.mark.parametrize("name", cleanclaim.__all__)
def test_every_name_is_there_and_documented(name: str) -> None:
    found = getattr(cleanclaim, name)
    assert found.__name__ == name
    assert inspect.getdoc(found)
    assert name in dir(cleanclaim)
    if inspect.isclass(found):
        assert [
            k for k, v in vars(found).items() if k[0] != "_" and callable(v) and not inspect.getdoc(v)
        ] == []


def test_names_are_the_ones_that_type_checkers_see() -> None:
    source = inspect.getsource(cleanclaim)
    typed = {
        name.strip()
        for names in re.findall(r"    from cleanclaim\.\S+ import (.+)", source)
        for name in names.split(",")
    }
    assert typed == set(cleanclaim.__all__)


def test_other_names_are_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = cleanclaim.nonsense


def test_nothing_is_loaded_before_it_is_asked_for() -> None:
    listed = (
        "import sys, cleanclaim; dir(cleanclaim); "
        "print([m for m in ('numpy', 'pandas', 'pyarrow', 'lightgbm', 'numba') if m in sys.modules]); "
        "cleanclaim.train; print(cleanclaim.train is cleanclaim.train)"
    )
    done = subprocess.run(
        [sys.executable, "-c", listed], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.split("\n")[:2] == ["[]", "True"]


def test_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("cleanclaim.notebook")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(cleanclaim, "Store", raising=False)
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"Store needs pandas: pip install 'cleanclaim\[train\]'"):
        _ = cleanclaim.Store


@pytest.mark.slow
def test_the_guide_works_as_it_is_written(world, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("claims", "remits", "upcoming"):
        shutil.copytree(world.files / name, tmp_path / name)
    shutil.copy(world.context, tmp_path / "context.csv")
    monkeypatch.chdir(tmp_path)
    (snippet,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {}
    exec(snippet, names)
    assert len(names["scores"]) > 0
    assert len(names["why"]) > 0
    assert (tmp_path / "model" / "manifest.json").is_file()
