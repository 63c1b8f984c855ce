"""What is installed is what lies in the folders: every module, every data file, and nothing else."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ["cleanclaim", "data", "features", "models", "training", "serving"]
SHIPPED = {".py", ".typed", ".csv", ".toml", ".json", ".html", ".css", ".js", ".svg", ".txt", ".mplstyle"}
MADE = {".pyc", ".nbi", ".nbc"}


def files_in_folders() -> Iterator[Path]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix not in MADE:
                yield path.relative_to(ROOT)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    """The wheel, built offline by the backend from the lock."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = out.glob("*.whl")
    return zipfile.Path(built)


def test_wheel_holds_the_folders_and_nothing_else(wheel: zipfile.Path) -> None:
    names = [name for name in wheel.root.namelist() if ".dist-info/" not in name and not name.endswith("/")]
    inside = {Path(name) for name in names}
    assert inside == set(files_in_folders())


def test_wheel_has_the_command_and_the_licence(wheel: zipfile.Path) -> None:
    (about,) = (entry for entry in wheel.iterdir() if entry.name.endswith(".dist-info"))
    assert "cleanclaim = cleanclaim.__main__:main" in (about / "entry_points.txt").read_text()
    assert "Apache License" in (about / "licenses" / "LICENSE").read_text()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_with_code_is_a_package(package: str) -> None:
    """Without its __init__.py a folder would be found by luck, and not by the type checker."""
    folders = {
        path.parent for path in files_in_folders() if path.suffix == ".py" and path.parts[0] == package
    }
    assert folders
    assert [folder for folder in folders if not (ROOT / folder / "__init__.py").exists()] == []


def test_only_known_kinds_of_files_are_shipped() -> None:
    assert {path for path in files_in_folders() if path.suffix not in SHIPPED} == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_says_it_is_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").exists()
