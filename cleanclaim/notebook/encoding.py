"""A frame's columns as the numbers that trees are grown on: words as places in what was seen, missing as NaN."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.build import Features, Values

_PLAIN = re.compile(r"[A-Za-z0-9_.:-]{1,200}", re.ASCII)
"""Names that a model's file can hold."""


@dataclass(frozen=True)
class Encoder:
    """What the columns of a frame hold: which are words, and which words."""

    names: tuple[str, ...]
    """Inside the trees; a column without a plain name of its own is called by its place."""
    vocabularies: Mapping[str, tuple[object, ...]]
    """By name, the words of columns that hold words; a place in it is the number the trees see."""

    @classmethod
    def of(cls, X: pd.DataFrame | NDArray[np.float64]) -> "Encoder":
        """Learn a frame's columns; an array's are all numbers."""
        if not isinstance(X, pd.DataFrame):
            return cls(tuple(f"x{i}" for i in range(X.shape[1])), {})
        names = _names([str(name) for name in X.columns])
        words = {name: _seen(X.iloc[:, i]) for i, name in enumerate(names) if _is_words(X.iloc[:, i])}
        return cls(names, words)

    def features(self, X: pd.DataFrame | NDArray[np.float64]) -> Features:
        """The same columns as features; a word never seen before is unknown."""
        if not isinstance(X, pd.DataFrame):
            # An estimator may be handed wider numbers than `build` gives: trees take both.
            return Features(self.names, cast("Values", X))
        values = np.empty(X.shape, dtype=np.result_type(np.float32, *_wide(X)))
        for i, name in enumerate(self.names):
            values[:, i] = self._column(name, X.iloc[:, i])
        return Features(
            self.names,
            values,
            tuple(self.vocabularies),
            {name: tuple(map(str, seen)) for name, seen in self.vocabularies.items()},
        )

    def _column(self, name: str, column: pd.Series) -> NDArray[np.float64]:
        if name in self.vocabularies:
            codes = pd.Index(self.vocabularies[name]).get_indexer(pd.Index(column.astype(object)))
            return np.where(codes < 0, np.nan, codes)
        if _is_words(column):
            raise ValueError(f"column {name}: found words, wanted numbers as in fit")
        found = column.to_numpy(dtype=np.float64, na_value=np.nan)
        if np.isinf(found).any():
            raise ValueError(f"column {name}: found infinity, wanted finite numbers or NaN")
        return found


def _is_words(column: pd.Series) -> bool:
    kind = column.dtype
    return isinstance(kind, pd.CategoricalDtype) or not (
        pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_bool_dtype(kind)
    )


def _seen(column: pd.Series) -> tuple[object, ...]:
    """A category's own order, else the words sorted."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return tuple(column.cat.categories)
    return tuple(sorted(column.dropna().unique(), key=str))


def _wide(X: pd.DataFrame) -> list[type[np.float64]]:
    """A frame of float32 stays that narrow (a million lines of it are two gigabytes less); others need float64."""
    return [np.float64 for kind in X.dtypes if kind == np.float64 or pd.api.types.is_integer_dtype(kind)][:1]


def _names(given: list[str]) -> tuple[str, ...]:
    plain = len(set(given)) == len(given) and all(_PLAIN.fullmatch(name) for name in given)
    return tuple(given) if plain else tuple(f"x{i}" for i in range(len(given)))
