"""The small simulated world that the laws of features hold in, made once."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.laws.small_world import SmallWorld


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> "SmallWorld":
    """450 claims of nine months, as tables. Read only."""
    # Imported here: tests that need no world don't wait for what makes one.
    from tests.laws.small_world import make

    return make(tmp_path_factory.mktemp("small"))
