"""Compiled kernels as plain Python, so that a fuzzer sees what they cover, and an index past an array is an error."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numba
import numpy as np

P = ParamSpec("P")
R = TypeVar("R")


class Content(bytes):
    """A file's bytes: their elements are numbers of any size, as in compiled code, not of 8 bits."""

    @property
    def size(self) -> int:
        return len(self)


def _widened(value: object) -> object:
    if isinstance(value, np.ndarray) and value.dtype == np.uint8 and not value.flags.writeable:
        return Content(value.tobytes())
    if isinstance(value, tuple):
        parts = [_widened(part) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value


def _njit(**_options: object) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def plain(*args: P.args, **options: P.kwargs) -> R:
            return function(*map(_widened, args), **options)  # type: ignore[arg-type]

        return plain

    return decorate


def without_compiling() -> None:
    """From now on, numba hands functions back as they are."""
    numba.njit = _njit  # type: ignore[assignment]
