"""The models' door to numba: compiled functions that keep their Python types."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

P = ParamSpec("P")
R = TypeVar("R")
Floats = NDArray[np.float64]

_SLICE = 256
"""Rows that a thread takes at a time; fewer are not worth a second thread."""


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile to machine code at the first call, keep the code on disk, run without the interpreter's lock.

    The functions here make no arrays and their callers hold those that they get, so references are not counted
    (`_nrt`). Nothing is reordered: sums have the bits that their written order gives. numba notices changes in the
    function's own file only: after changing a compiled function that another file calls, remove `__pycache__`.
    """
    # `_nrt` is numba's own name, unknown to its stubs.
    decorate = numba.njit(cache=True, nogil=True, error_model="numpy", _nrt=False)  # type: ignore[call-overload]
    return cast("Callable[P, R]", decorate(function))


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """For small functions inside compiled ones of the same file: compiled as part of each that calls it."""
    decorate = numba.njit(inline="always", error_model="numpy", _nrt=False)  # type: ignore[call-overload]
    return cast("Callable[P, R]", decorate(function))


def _lowest_bit(typing_context, bits):  # type: ignore[no-untyped-def]  # noqa: ARG001 - the shape that numba calls
    """The place of the lowest bit that is set in a word of 64 bits, as one instruction."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]  # noqa: ARG001
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), generate


lowest_bit = cast("Callable[[np.uint64], int]", intrinsic(_lowest_bit))


def in_slices(fill: Callable[[Floats, Floats], None], values: Floats, out: Floats, threads: int) -> None:
    """Fill out[n, ...] from values[n, ...], slices of rows on several threads; `fill` runs without the lock."""
    if threads == 1 or len(values) <= _SLICE:
        fill(values, out)
        return
    slices = [slice(at, at + _SLICE) for at in range(0, len(values), _SLICE)]
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda rows: fill(values[rows], out[rows]), slices))
