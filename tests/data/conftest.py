"""What the tests of data/ share: builders, the shipped policy with changes, the folder of public samples."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from data.denial_policy import DEFAULT, DenialPolicy
from tests.data.made import Made


@pytest.fixture(scope="session")
def made() -> type[Made]:
    return Made


@pytest.fixture(scope="session")
def samples() -> Path:
    folder = Path(__file__).parents[3] / "shared" / "samples"
    if not folder.is_dir():
        pytest.skip("the folder of public sample files is not here")
    return folder


@pytest.fixture(scope="session")
def policy_with() -> Callable[..., DenialPolicy]:
    """The shipped policy with some values changed: `policy_with(switches={"bundling": False})`."""
    shipped = tomllib.loads(DEFAULT.read_text())

    def changed(**sections: dict[str, object]) -> DenialPolicy:
        more = {name: {**shipped[name], **values} for name, values in sections.items()}
        return DenialPolicy.parse({**shipped, **more})

    return changed
