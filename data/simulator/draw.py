"""Draws from seeded streams, one stream a stage: deepening one stage leaves the draws of the others as they are."""

import zlib
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.simulator.catalogue import Flags, Floats, Numbers


@dataclass(frozen=True, slots=True)
class Streams:
    """Where a world's randomness comes from."""

    seed: int

    def stream(self, stage: str) -> np.random.Generator:
        """The random stream of one stage, always the same for a seed."""
        return np.random.default_rng([self.seed, zlib.crc32(stage.encode())])


def pick(rng: np.random.Generator, weights: Floats, n: int) -> Numbers:
    """`n` numbers of things, drawn in proportion to their weights."""
    return np.minimum(np.searchsorted(np.cumsum(weights) / weights.sum(), rng.random(n)), len(weights) - 1)


def pick_by_row(rng: np.random.Generator, weights: Floats, row: Numbers) -> Numbers:
    """For each `row` of a weight matrix one column, drawn in proportion to that row's weights."""
    shares = np.cumsum(weights, axis=1)
    shares = shares / np.maximum(shares[:, -1:], 1e-300)
    shares[:, -1] = 1.0
    stacked = (shares + np.arange(len(weights))[:, None]).ravel()
    found = np.searchsorted(stacked, row + rng.random(len(row)), side="right") - row * weights.shape[1]
    return np.asarray(np.clip(found, 0, weights.shape[1] - 1))


def chance(rng: np.random.Generator, rate: Floats | float, n: int) -> Flags:
    """True at the given rate, for each of `n`."""
    return np.asarray(rng.random(n) < rate)


def scramble(numbers: Numbers, *, salt: int, bits: int) -> Numbers:
    """A one-to-one shuffle of the numbers below 2**bits: an id that says nothing of its order."""
    mask = np.uint64((1 << bits) - 1)
    half = np.uint64(bits // 2)
    mixed = (numbers.astype(np.uint64) + np.uint64(salt * 7919 + 12345)) & mask
    for factor in (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35):
        mixed = (mixed * np.uint64(factor)) & mask
        mixed ^= mixed >> half
    return mixed.astype(np.int64)


def labels(prefix: str, numbers: Numbers, digits: int) -> pa.Array:
    """`prefix` and the number with leading zeros."""
    padded = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), digits, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), padded, "")


def npi(numbers: Numbers) -> NDArray[np.str_]:
    """Well-formed NPIs (ten digits, the last a Luhn check digit over 80840 and the first nine)."""
    nine = 100_000_000 + numbers % 100_000_000
    total = np.full(len(nine), 24)
    for place in range(9):
        digit = nine // 10**place % 10
        doubled = digit * 2
        total += np.where(place % 2 == 0, doubled // 10 + doubled % 10, digit)
    return np.asarray((nine * 10 + (10 - total % 10) % 10).astype("U10"))
