"""One feature's formula by itself: what it says of a line when the book or the past say this or that."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from features.catalog import FORMULAS, NAMES
from features.encode import Encoder
from features.formula import Formula
from features.machine import run
from features.program import Compiler


def formula_of(name: str) -> Formula:
    return FORMULAS[NAMES.index(name)]


def says(formula: Formula, lines: pa.Table, late: Mapping[str, float] | None = None) -> float:
    """What a formula says of the first line; `late` are inputs like `book:excluded`, all others unknown."""
    compiler = Compiler()
    program = compiler.compile([formula])
    encoded = Encoder(compiler.needs).encode(lines)
    inputs = [f"{group}:{name}" for group, name in compiler.needs.late]
    assert set(late or {}) <= set(inputs), "told of something that the formula doesn't ask"
    told = np.tile([(late or {}).get(name, np.nan) for name in inputs], (encoded.n, 1)).reshape(encoded.n, -1)
    out = np.empty((encoded.n, 1), dtype=np.float64)
    run(
        program.steps, program.constants, encoded.numbers, encoded.codes, encoded.traits, encoded.trait_at,
        encoded.widths, encoded.hashes(), told, program.n_registers, out,
    )  # fmt: skip
    return float(out[0, 0])
