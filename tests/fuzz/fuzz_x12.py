"""Coverage-guided fuzzing of the X12 reader. `make fuzz` runs it.

Compiled kernels tell nothing of what they cover. With --plain they are plain Python, instrumented as all the rest, and
slow; without, they run as they do in use, and only what is not compiled is instrumented.

    python tests/fuzz/fuzz_x12.py [--plain] FOLDER_FOR_NEW_INPUTS tests/fuzz/corpus/x12 -max_total_time=60
"""

import random
import re
import sys
from pathlib import Path

import atheris
from plain import without_compiling
from segments import damaged

ROOT = Path(__file__).parents[2]
KERNELS = re.compile(r"^@(compiled|inlined)", re.MULTILINE)
IS_PLAIN = "--plain" in sys.argv


def _compiled_modules() -> list[str]:
    """What numba compiles must not be instrumented."""
    sources = sorted((ROOT / "data").rglob("*.py"))
    return [
        ".".join(p.relative_to(ROOT).with_suffix("").parts) for p in sources if KERNELS.search(p.read_text())
    ]


if IS_PLAIN:
    sys.argv.remove("--plain")
    without_compiling()
with atheris.instrument_imports(include=["data"], exclude=[] if IS_PLAIN else _compiled_modules()):
    from invariants import check_reading, check_x12, read_whole


def check_once(content: bytes) -> None:
    """Read whole only: in windows, plain Python takes too long."""
    reading = read_whole(content)
    if reading is not None:
        check_reading(reading, content)


def check_either_way(content: bytes) -> None:
    """Read whole, and in windows of one of the sizes."""
    check_x12(content, windows=(1,) if len(content) % 2 else (700 + len(content) % 1500,))


def mutate(content: bytes, max_size: int, seed: int) -> bytes:
    """Segments damaged, or bytes as libFuzzer does it."""
    chance = random.Random(seed)
    if chance.random() < 0.3:
        return atheris.Mutate(content, max_size)
    return damaged(content, max_size, chance)


if __name__ == "__main__":
    atheris.Setup(sys.argv, check_once if IS_PLAIN else check_either_way, custom_mutator=mutate)
    atheris.Fuzz()
