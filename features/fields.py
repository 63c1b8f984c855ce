"""The fields of a line table as numbers and words: one way for a few rows, value by value, one for many, by columns.

Both say the same. With a few rows, starting Arrow's or numpy's machinery for each column would take longest.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.schema import DIAGNOSES, LINE_TABLE, POINTERS
from features import alike
from features.columns import Codes, Floats, Indices, Ints, chosen

FEW = 32
"""Up to so many rows are taken value by value."""

DAY = pa.date32()
DAYS = frozenset(name for name in LINE_TABLE.names if LINE_TABLE.field(name).type == DAY)
EPOCH = date(1970, 1, 1).toordinal()
NAN = float("nan")


class FewRows:
    """The fields of a few rows."""

    def __init__(self, table: pa.Table) -> None:
        batches = table.to_batches()
        self.batch = batches[0] if len(batches) == 1 else table.combine_chunks().to_batches()[0]
        self.n = table.num_rows
        self.places = {name: place for place, name in enumerate(table.schema.names)}
        self.said: dict[str, tuple[list[int], tuple[str, ...]]] = {}
        self.nothing: tuple[list[int], tuple[str, ...]] = ([-1] * self.n, ())

    def values(self, name: str) -> list[object] | None:
        """The values of a column; None where none is given."""
        column = self.batch.column(self.places[name])
        return None if column.null_count == self.n else column.to_pylist()

    def row(self, name: str) -> list[float]:
        """The numbers of a column; days since 1970."""
        values = self.values(name)
        if values is None:
            return [NAN] * self.n
        if name in DAYS:
            return [NAN if value is None else value.toordinal() - EPOCH for value in values]  # type: ignore[attr-defined]
        return [NAN if value is None else value for value in values]  # type: ignore[misc]

    def number(self, name: str) -> Floats:
        """The numbers of a column; NaN where not given."""
        return np.array(self.row(name), dtype=np.float64)

    def numbers(self, names: Iterable[str]) -> Floats:
        """The numbers of several columns. Shape (columns, n)."""
        return np.array([self.row(name) for name in names], dtype=np.float64).reshape(-1, self.n)

    def word(self, name: str) -> Codes:
        """The words of a column, or those chosen from several."""
        codes, values = self._said(name)
        return Codes(np.array(codes, dtype=np.int32), values)

    def words(self, names: Iterable[str]) -> tuple[Indices, tuple[tuple[str, ...], ...]]:
        """The words of several columns: places [columns, n] among the values of each, -1 where not given."""
        said = [self._said(name) for name in names]
        codes = np.array([one[0] for one in said], dtype=np.int32).reshape(len(said), self.n)
        return codes, tuple([one[1] for one in said])

    def _said(self, name: str) -> tuple[list[int], tuple[str, ...]]:
        if name in self.said:
            return self.said[name]
        if name in SYNTHETIC:
            made = SYNTHETIC[name](self)
            said = (made.codes.tolist(), made.values)
        elif (given := self.values(name)) is None:
            return self.nothing
        else:
            index: dict[str, int] = {}
            codes = [-1 if value is None else index.setdefault(value, len(index)) for value in given]  # type: ignore[arg-type]
            said = (codes, tuple(index))
        self.said[name] = said
        return said

    def claims(self) -> Ints:
        """Which claim each line belongs to, as numbers from 0."""
        index: dict[object, int] = {}
        values = self.values("claim_key") or [None] * self.n
        return np.array([index.setdefault(value, len(index)) for value in values], dtype=np.int64)


class ManyRows:
    """The fields of many rows, through Arrow's dictionaries."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self.n = table.num_rows
        self.said: dict[str, Codes] = {}

    def number(self, name: str) -> Floats:
        """The numbers of a column; NaN where not given."""
        column = self.table.column(name)
        if column.null_count == len(column):
            return np.full(self.n, np.nan)
        if column.type == DAY:  # days since 1970 as they lie in memory: a cast would take five times as long
            column = pa.chunked_array([chunk.view(pa.int32()) for chunk in column.chunks], pa.int32())
        if column.type == pa.bool_():
            column = column.cast(pa.int8())
        return np.asarray(column.to_numpy(), dtype=np.float64)

    def numbers(self, names: Sequence[str]) -> Floats:
        """The numbers of several columns. Shape (columns, n)."""
        out = np.empty((len(names), self.n))
        for row, name in enumerate(names):
            out[row] = self.number(name)
        return out

    def word(self, name: str) -> Codes:
        """The words of a column, or those chosen from several."""
        if name not in self.said:
            self.said[name] = SYNTHETIC[name](self) if name in SYNTHETIC else self._read(name)
        return self.said[name]

    def words(self, names: Iterable[str]) -> tuple[Indices, tuple[tuple[str, ...], ...]]:
        """The words of several columns: places [columns, n] among the values of each, -1 where not given."""
        said = [self.word(name) for name in names]
        return np.array([word.codes for word in said]).reshape(len(said), self.n), tuple(
            word.values for word in said
        )

    def _read(self, name: str) -> Codes:
        array = self.table.column(name).combine_chunks()
        if not pa.types.is_dictionary(array.type):
            array = pc.dictionary_encode(array)
        if isinstance(array, pa.ChunkedArray):
            array = array.unify_dictionaries().combine_chunks()
        indices = array.indices if array.null_count == 0 else pc.fill_null(array.indices, -1)
        codes = indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
        return Codes(codes, tuple(array.dictionary.to_pylist()))

    def claims(self) -> Ints:
        """Which claim each line belongs to, as numbers from 0."""
        keys = self.table.column("claim_key").to_numpy()
        return np.unique(keys, return_inverse=True)[1].astype(np.int64)


Rows = FewRows | ManyRows


def rows_of(table: pa.Table) -> Rows:
    """The fields of a line table, in the way that fits its length."""
    return FewRows(table) if 0 < table.num_rows <= FEW else ManyRows(table)


def _pointed_diagnosis(rows: Rows) -> Codes:
    """The first diagnosis that the line points at; the claim's first where the form has no pointers."""
    first = rows.number(POINTERS[0])
    return _pointed(rows, np.where(np.isnan(first), 1.0, first))


def _further_diagnosis(pointer: str) -> Callable[[Rows], Codes]:
    """Another diagnosis that the line points at."""

    def chosen_by(rows: Rows) -> Codes:
        place = rows.number(pointer)
        return _pointed(rows, np.where(np.isnan(place), 0.0, place))

    return chosen_by


def _pointed(rows: Rows, pointer: Floats) -> Codes:
    place = pointer.astype(np.int64) - 1
    highest = min(int(place.max(initial=-1)) + 1, len(DIAGNOSES))
    if highest <= 0:
        return Codes(_none(rows.n), ())
    return chosen([rows.word(name) for name in DIAGNOSES[:highest]], place)


def _none(n: int) -> Indices:
    return np.full(n, -1, dtype=np.int32)


def _beside(rows: Rows) -> Codes:
    """The claim's other procedure whose code is nearest, of the same modality."""
    if rows.n == 1:
        return Codes(_none(1), ())
    procedure = rows.word("procedure")
    return Codes(alike.beside(procedure, rows.claims()), procedure.values)


SYNTHETIC: Mapping[str, Callable[[Rows], Codes]] = {
    "pointed_diagnosis": _pointed_diagnosis,
    **{f"pointed_diagnosis_{n}": _further_diagnosis(name) for n, name in enumerate(POINTERS[1:], start=2)},
    "beside": _beside,
}
"""Words that no column holds: chosen from several of them."""
