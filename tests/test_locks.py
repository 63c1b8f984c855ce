"""The locks install the same everywhere, and the project file says why each dependency is there."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
LOCKS = ["bootstrap", "serve", "all", "dev"]
PINNED = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ]+)", re.MULTILINE)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
REQUIREMENTS = {"core": PROJECT["dependencies"], **EXTRAS}


def lock_text(lock: str) -> str:
    return (ROOT / "requirements" / f"{lock}.lock").read_text()


def pins(lock: str) -> dict[str, Version]:
    return {found["name"]: Version(found["version"]) for found in PINNED.finditer(lock_text(lock))}


@pytest.mark.parametrize("lock", LOCKS)
def test_no_address_is_recorded(lock: str) -> None:
    assert not re.search(
        r"://|^\s*--(?:extra-)?index|^\s*--find-links| @ |\bfile:", lock_text(lock), re.MULTILINE
    )


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_once_and_hashed(lock: str) -> None:
    names = [found["name"] for found in PINNED.finditer(lock_text(lock))]
    assert names
    assert len(names) == len(set(names))
    for block in re.split(r"\n(?=[a-z0-9])", lock_text(lock))[1:]:
        assert "--hash=sha256:" in block, block.splitlines()[0]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_lock_is_part_of_the_largest(lock: str) -> None:
    largest = pins("dev")
    assert {name: largest.get(name) for name in pins(lock)} == pins(lock)


@pytest.mark.parametrize(
    ("lock", "parts"),
    [
        ("serve", ["core", "serve"]),
        ("all", ["core", "serve", "train", "notebook"]),
        ("dev", list(REQUIREMENTS)),
    ],
)
def test_locks_satisfy_the_project_file(lock: str, parts: list[str]) -> None:
    pinned = pins(lock)
    for requirement in (Requirement(text) for part in parts for text in REQUIREMENTS[part]):
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), requirement


@pytest.mark.parametrize("name", ["mlflow", "mlflow-skinny", "pandas", "scikit-learn", "shap", "matplotlib"])
def test_nothing_of_training_is_installed_to_serve(name: str) -> None:
    assert name not in pins("serve")
    assert name in pins("all")


@pytest.mark.parametrize("lock", LOCKS)
def test_no_deep_learning_gigabytes(lock: str) -> None:
    assert not {"torch", "tensorflow", "jax"} & pins(lock).keys()


@pytest.mark.parametrize(
    ("part", "text"), [(part, text) for part in REQUIREMENTS for text in REQUIREMENTS[part]]
)
def test_every_dependency_has_its_reason_beside_it(part: str, text: str) -> None:
    lines = [line for line in (ROOT / "pyproject.toml").read_text().splitlines() if f'"{text}"' in line]
    assert lines
    for line in lines:
        reason = line.rpartition("#")[2]
        assert len(reason.split()) >= 3, f"{part}: {text} has no reason beside it"
