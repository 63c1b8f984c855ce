"""Law: what is worked out over many lines is the same to the bit on one core and on several.

A matrix product is split among cores, and then adds up in another order. Nothing that ends in a model's folder may be
made that way; sizes here are those at which products are split.
"""

import os
import subprocess
import sys

import pytest

COUNT = """
import hashlib
import numpy as np
from models.calibration import fit_calibrator
from training.intervals import Draws
from training.metrics import figures

rng, n = np.random.default_rng(1), 120_000
odds = rng.normal(-2, 1.5, n)
denied = (rng.random(n) < 1 / (1 + np.exp(-0.7 * odds))).astype(np.int8)
weight, probability = 1 + rng.random(n), 1 / (1 + np.exp(-odds))
payers = rng.choice(np.array(["P1", "P2", "P3"], dtype=object), n)
digest = hashlib.sha256()
calibrator = fit_calibrator(odds, denied, weight, payers, np.arange(n) // 400, payer_strength=100.0)
digest.update(calibrator.apply(odds, payers).tobytes())
digest.update(repr(figures(denied, probability, weight)).encode())
values = rng.random((n, 12)) * 1000.0 ** rng.integers(-1, 3, 12)
digest.update(Draws.of(rng.integers(0, n // 2, n), draws=32).means(values, np.tile(weight[:, None], 12)).tobytes())
print(digest.hexdigest())
"""


def counted(cores: int) -> str:
    threads = {f"{name}_NUM_THREADS": str(cores) for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")}
    return subprocess.run(
        [sys.executable, "-c", COUNT],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | threads,
        timeout=300,
    ).stdout


@pytest.mark.slow
def test_the_same_to_the_bit_on_one_core_and_on_several() -> None:
    assert counted(1) == counted(2) == counted(3)
