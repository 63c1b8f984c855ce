"""Files nobody here wrote, where they are at hand."""

from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[5] / "shared" / "samples" / "x12"


@pytest.fixture(scope="session")
def samples() -> Path:
    """A folder of public X12 files, beside the project's own; not part of it."""
    if not SAMPLES.is_dir():
        pytest.skip("the public sample files are not beside the project")
    return SAMPLES
