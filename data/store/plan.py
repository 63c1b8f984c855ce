"""Which files are read together: batches of bounded size, the same for the same files, known ones among them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.readers.files import files_of

BATCH_BYTES = 32 << 20
"""A larger file is a batch of its own; it is read in pieces all the same."""
MOST_FILES = 2_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Files that are read, written and committed together."""

    paths: tuple[Path, ...]
    n_bytes: int


def batches(paths: Sequence[Path]) -> Iterator[Batch]:
    """All files of the paths in their order, folders sorted by name, in batches."""
    gathered: list[Path] = []
    total = 0
    for path in paths:
        for file in files_of(path):
            size = _size(file)
            if gathered and (total + size > BATCH_BYTES or len(gathered) >= MOST_FILES):
                yield Batch(tuple(gathered), total)
                gathered, total = [], 0
            gathered.append(file)
            total += size
    if gathered:
        yield Batch(tuple(gathered), total)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
