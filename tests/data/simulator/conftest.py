from pathlib import Path

import pytest

from data.simulator.world import World, draw_world

REFERENCE = Path(__file__).parents[3].parent / "shared" / "reference"


@pytest.fixture(scope="session")
def world() -> World:
    """Of some hundred claims: quick to draw, big enough for every kind of answer."""
    return draw_world(n_claims=3000, months=6, seed=11)


@pytest.fixture(scope="session")
def large_world() -> World:
    """More than 100,000 lines, in memory."""
    return draw_world(n_claims=60_000, months=24, seed=7)


@pytest.fixture(scope="session")
def reference() -> Path:
    if not REFERENCE.is_dir():
        pytest.skip("the public reference tables are not beside this repository")
    return REFERENCE
