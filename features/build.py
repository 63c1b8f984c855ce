"""From a line table to its feature matrix: the one way, for training and for serving, for one line or a million."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data.few import Lines
from features import categories
from features.catalog import CATEGORICAL, COLUMNS, NAMES
from features.compiled import compiled
from features.recall import Recalled, by_chunks, recalled
from features.shrinkage import USUAL, Shrinkage
from features.state import FeatureState

if TYPE_CHECKING:
    import pandas as pd

Values = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Features:
    """One row a line, one column a feature. `values` has shape (n_lines, n_features), float32; NaN is unknown.

    Categorical columns hold places in `vocabularies`; NaN there is a value that was never seen, or none.
    """

    names: tuple[str, ...]
    values: Values
    categorical: tuple[str, ...] = ()
    vocabularies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shrinkage: Shrinkage = USUAL
    """How many lines wider rates were worth: what tells counts from rates (`features.evidence`)."""

    def __len__(self) -> int:
        """The number of lines."""
        return len(self.values)

    def column(self, name: str) -> Values:
        """One feature of all lines. Shape (n_lines,). Raises `KeyError` for a name that isn't there."""
        return self.values[:, places_of(self.names)[name]]

    def has(self, name: str) -> bool:
        """Whether a feature is there."""
        return name in places_of(self.names)

    def select(self, names: Sequence[str]) -> "Features":
        """The same lines with these features only, in this order."""
        place = places_of(self.names)
        kept = tuple(name for name in names if name in self.categorical)
        values = np.ascontiguousarray(self.values[:, [place[name] for name in names]])
        return Features(
            tuple(names),
            values,
            kept,
            {name: self.vocabularies[name] for name in kept if name in self.vocabularies},
            self.shrinkage,
        )

    def taken(self, rows: npt.NDArray[np.int64]) -> "Features":
        """Some of the lines, copied: row i is row `rows[i]` of these."""
        return replace(self, values=self.values[rows])

    def to_pandas(self) -> "pd.DataFrame":
        """A DataFrame for notebooks: categorical columns as categories of words, all others as floats."""
        pandas = import_module("pandas")  # by name: servers build features without it
        frame: pd.DataFrame = pandas.DataFrame(self.values, columns=list(self.names))
        for name in self.categorical:
            codes = np.nan_to_num(self.column(name), nan=-1.0).astype(np.int32)
            frame[name] = pandas.Categorical.from_codes(codes, list(self.vocabularies[name]))
        return frame


def places_of(names: tuple[str, ...]) -> Mapping[str, int]:
    """Where each feature stands among these."""
    return _PLACES if names is NAMES else _places(names)


@lru_cache(maxsize=32)
def _places(names: tuple[str, ...]) -> Mapping[str, int]:
    return {name: place for place, name in enumerate(names)}


_PLACES = _places(NAMES)
"""Of the whole catalogue: looking it up among others would mean to read all its names."""


def build(lines: Lines, state: FeatureState) -> Features:
    """Every feature of `CATALOG` for lines (schema `LINE_TABLE`), as of each line's own submission.

    A few lines may be given as values (`data.few`). Lines of one claim must come together: some features look at the
    claim's other lines.
    """
    values = np.empty((lines.num_rows, len(NAMES)), dtype=np.float32)
    on = recalled(lines, state.past).asked(compiled().features, values[:, COLUMNS["history"]])
    by_chunks(on, lambda some, first, last: _fill(some, state, values[first:last]))
    return Features(NAMES, values, CATEGORICAL, state.vocabularies, state.past.shrinkage)


PART = 250_000
"""Lines whose features take some 700 MB."""


def build_parts(lines: pa.Table, state: FeatureState, *, most: int = PART) -> Iterator[tuple[int, Features]]:
    """The same as `build`, some lines at a time and the place of the first of them, for tables of many millions.

    A claim's lines, which must stand one behind the other, are never parted: a part holds `most` lines, and what is
    left of its last claim. Equal to the rows of `build` to the bit.
    """
    keys, first, n = lines.column("claim_key").to_numpy(), 0, lines.num_rows
    ends = np.append(np.flatnonzero(keys[1:] != keys[:-1]) + 1, n)
    while first < n:
        last = int(ends[np.searchsorted(ends, min(first + most, n))])
        yield first, build(lines.slice(first, last - first), state)
        first = last


def _fill(on: Recalled, state: FeatureState, out: Values) -> None:
    """The columns in the order of the catalogue: formulas with the checks last among them, evidence, words.

    History, which stands between, is there already.
    """
    on.run(compiled().features, on.late(), out)
    tripped = out[:, COLUMNS["checks"]]
    out[:, COLUMNS["evidence"]] = state.evidence_of(tripped, on)
    out[:, COLUMNS["words"]] = categories.tell(on.encoded, state.vocabularies)
