"""Coverage-guided fuzzing of the FHIR reader. `make fuzz` runs it.

python tests/fuzz/fuzz_fhir.py FOLDER_FOR_NEW_INPUTS tests/fuzz/corpus/fhir -max_total_time=60
"""

import random
import sys

import atheris
from resources import damaged

with atheris.instrument_imports(include=["data.readers.fhir"]):
    from invariants import check_fhir


def mutate(content: bytes, max_size: int, seed: int) -> bytes:
    """Values of the JSON damaged, or bytes as libFuzzer does it."""
    chance = random.Random(seed)
    changed = damaged(content, max_size, chance) if chance.random() < 0.7 else None
    return atheris.Mutate(content, max_size) if changed is None else changed


if __name__ == "__main__":
    atheris.Setup(sys.argv, check_fhir, custom_mutator=mutate)
    atheris.Fuzz()
