"""Where made files are written, and where the public tables in a derived form are."""

from pathlib import Path

import pytest

from tests.data.public.made_files import Write

REFERENCE = Path(__file__).parents[4] / "shared" / "reference"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file and gives its path; text in the encoding that these publishers use."""

    def written(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode("cp1252") if isinstance(content, str) else content)
        return path

    return written


@pytest.fixture
def reference() -> Path:
    """Public tables in a derived form, with real values."""
    if not REFERENCE.is_dir():
        pytest.skip("the folder ../shared/reference is not there")
    return REFERENCE
