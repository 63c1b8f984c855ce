"""Which claim and line each row of a long table belongs to."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data.errors import InvalidClaim
from data.writers.body import LINE_BITS
from data.writers.segments import Flags, Rows


def numbers_of(column: pa.ChunkedArray) -> Rows:
    """A column of whole numbers without nulls."""
    numbers: Rows = column.to_numpy().astype(np.int64)
    return numbers


def starts_of(*keys: npt.NDArray[np.generic]) -> Flags:
    """Where a run of rows with equal keys begins."""
    is_new = np.ones(keys[0].size, np.bool_)
    if keys[0].size:
        is_new[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    return is_new


def rank_in_run(is_new: Flags) -> Rows:
    """0, 1, ... within each run."""
    every = np.arange(is_new.size)
    rank: Rows = every - np.maximum.accumulate(np.where(is_new, every, 0)) if every.size else every
    return rank


class Index:
    """Owners (claims or remits) by key, and their lines (or services) by number."""

    def __init__(self, owners: pa.ChunkedArray, lines: pa.Table) -> None:
        """`lines` has two columns: the owner's key and the line's number."""
        keys = numbers_of(owners)
        self.n = keys.size
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]
        self.owner_of_line = self.owner(lines.column(0))
        by_owner = np.argsort(self.owner_of_line, kind="stable")
        self.place_of_line = np.empty_like(by_owner)
        self.place_of_line[by_owner] = rank_in_run(starts_of(self.owner_of_line[by_owner])) + 1
        numbered = (self.owner_of_line << LINE_BITS) + numbers_of(lines.column(1))
        self._lines = np.argsort(numbered, kind="stable")
        self._numbered = numbered[self._lines]

    def owner(self, keys: pa.ChunkedArray) -> Rows:
        """The row of each key's owner. Raises InvalidClaim for a key that no owner has."""
        wanted = numbers_of(keys)
        return self._found(self._keys, self._order, wanted)

    def line(self, owner: Rows, numbers: pa.ChunkedArray) -> Rows:
        """The row of each line, -1 for number 0 (its owner as a whole). Raises InvalidClaim for a line that is none."""
        wanted = numbers_of(numbers)
        rows = np.full(wanted.size, -1, np.int64)
        some = np.flatnonzero(wanted > 0)
        rows[some] = self._found(
            self._numbered, self._lines, (owner[some].astype(np.int64) << LINE_BITS) + wanted[some]
        )
        return rows

    def place(self, line: Rows) -> Rows:
        """1, 2, ... within its owner for each line's row, 0 for -1."""
        if not self.place_of_line.size:
            return np.zeros(line.size, np.int64)
        place: Rows = np.where(line < 0, 0, self.place_of_line[line])
        return place

    @staticmethod
    def _found(have: Rows, rows: Rows, wanted: Rows) -> Rows:
        at = np.searchsorted(have, wanted)
        at = np.minimum(at, max(have.size - 1, 0))
        if wanted.size and (not have.size or (have[at] != wanted).any()):
            raise InvalidClaim(
                "a row", field="key", found="no claim (remit) or line", wanted="one that is there"
            )
        return rows[at]
