"""The one door to numba: compiled functions that keep their Python types."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile to machine code at the first call, keep the code on disk, run without the interpreter's lock.

    The functions here make no arrays, and their callers hold those that they get: counting references is left out
    (`_nrt`), which makes them four times faster. numba notices changes in the function's own file only: after changing a compiled function that another file
    calls, remove the `__pycache__` folders.
    """
    # `_nrt` is numba's own name, unknown to its stubs.
    decorate = numba.njit(cache=True, nogil=True, _nrt=False)  # type: ignore[call-overload]
    return cast("Callable[P, R]", decorate(function))


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """For small functions inside compiled ones: written once, compiled as part of each that calls it.

    A call that hands over several arrays costs more than what such a function does.
    """
    decorate = numba.njit(inline="always", _nrt=False)  # type: ignore[call-overload]
    return cast("Callable[P, R]", decorate(function))
