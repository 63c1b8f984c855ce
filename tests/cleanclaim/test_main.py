"""The front door: every command says how it is used, fails with thing, found, wanted, and never with a traceback."""

import subprocess
import sys

import pytest

from cleanclaim.__main__ import COMMANDS, GROUPS

NAMES = [command.__name__ for command in COMMANDS]
PAIRS = [f"{name} {command.__name__}" for name, group in GROUPS.items() for command in group.commands]


def cleanclaim(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cleanclaim", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_version() -> None:
    assert cleanclaim("--version").stdout.strip() == "0.1.0"


def test_help_lists_every_command() -> None:
    text = cleanclaim("--help").stdout
    assert all(name in text for name in [*NAMES, *GROUPS])


@pytest.mark.parametrize("name", [*NAMES, *PAIRS])
def test_every_command_has_help_with_an_example(name: str) -> None:
    done = cleanclaim(*name.split(), "--help")
    assert done.returncode == 0
    assert f"cleanclaim {name} " in done.stdout.split("Example", 1)[-1]


def test_help_imports_nothing_heavy() -> None:
    listed = (
        "import sys, cleanclaim.__main__; "
        "print([m for m in ('lightgbm', 'mlflow', 'pandas', 'sklearn', 'fastapi', 'numba') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", listed], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "arguments", [("nonsense",), ("ingest",), ("train", "--nonsense"), ("score", "x.837")]
)
def test_wrong_use_exits_2(arguments: tuple[str, ...]) -> None:
    done = cleanclaim(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("train", "--store", "no/such/store", "--out", "m"), "no/such/store"),
        (("evaluate", "--store", "no/such/store", "--model", "no/such/model", "--out", "r"), "no/such/model"),
        (("ingest", "no/such/file.837", "--store", "s"), "no/such/file.837"),
        (("score", "no/such/file.837", "--model", "no/such/model", "--out", "o.csv"), "no/such/model"),
        (("explain", "C1", "no/such/file.837", "--model", "no/such/model"), "no/such/model"),
        (("serve", "--model", "no/such/model"), "no/such/model"),
        (("store", "stats", "no/such/store"), "no/such/store"),
        (("store", "check", "no/such/store"), "no/such/store"),
        (("policy", "check", "no/such/policy.toml"), "no/such/policy.toml"),
        (("policy", "show", "--store", "no/such/store"), "no/such/store"),
        (("ingest", "x", "--store", "s", "--denial-policy", "no/such/policy.toml"), "no/such/policy.toml"),
    ],
)
def test_failures_exit_1_and_say_thing_found_wanted(
    arguments: tuple[str, ...], named: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("nothing")
    done = subprocess.run(
        [sys.executable, "-m", "cleanclaim", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=folder,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert named in done.stderr
    assert "found:" in done.stderr
    assert "wanted:" in done.stderr
    assert not any(folder.iterdir()), "nothing half-written"
