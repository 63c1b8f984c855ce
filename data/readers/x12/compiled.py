"""The one door to numba: compiled functions that keep their Python types."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile to machine code at the first call, keep the code on disk, run without the interpreter's lock.

    numba notices changes in the function's own file only: after changing a compiled function that another file
    calls, remove the `__pycache__` folders.
    """
    return cast("Callable[P, R]", numba.njit(cache=True, nogil=True)(function))


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """For small functions inside compiled ones: written once, compiled as part of each that calls it.

    A call that hands over several arrays costs more than what such a function does.
    """
    return cast("Callable[P, R]", numba.njit(inline="always")(function))
