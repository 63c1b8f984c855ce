"""The fields of a line table as numbers and words: one way for a few rows, value by value, one for many, by columns.

Both say the same. With a few rows, starting Arrow's or numpy's machinery for each column would take longest.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.claim import Value
from data.few import FEW, FewLines, Lines
from data.schema import DIAGNOSES, LINE_TABLE, POINTERS
from features import alike
from features.columns import Codes, Floats, Indices, Ints, chosen

DAY = pa.date32()
DAYS = frozenset(name for name in LINE_TABLE.names if LINE_TABLE.field(name).type == DAY)
EPOCH = date(1970, 1, 1).toordinal()
NAN = float("nan")


class FewRows:
    """The fields of a few rows, value by value."""

    def __init__(self, lines: FewLines) -> None:
        self.lines, self.n = lines, lines.n

    def given(self, name: str) -> list[Value] | None:
        """The values of a column, or those chosen from several; None where none is given."""
        chosen_by = BY_VALUE.get(name)
        return self.lines.columns.get(name) if chosen_by is None else chosen_by(self)

    def all_given(self, names: Iterable[str]) -> tuple[list[Value] | None, ...]:
        """The same of several columns."""
        columns, chosen_by = self.lines.columns, BY_VALUE
        return tuple(
            [columns.get(name) if name not in chosen_by else chosen_by[name](self) for name in names]
        )

    def row(self, name: str) -> list[float]:
        """The numbers of a column; days since 1970, NaN where not given."""
        values = self.lines.columns.get(name)
        if values is None:
            return [NAN] * self.n
        if name in DAYS:
            return [NAN if value is None else value.toordinal() - EPOCH for value in values]  # type: ignore[union-attr]
        return [NAN if value is None else value for value in values]  # type: ignore[misc]

    def number(self, name: str) -> Floats:
        """The numbers of a column; NaN where not given."""
        return np.array(self.row(name), dtype=np.float64)

    def numbers(self, names: Iterable[str]) -> Floats:
        """The numbers of several columns. Shape (columns, n)."""
        columns, nothing, told = self.lines.columns, [NAN] * self.n, list[Value]()
        for name in names:
            values = columns.get(name)
            if values is None:
                told += nothing
            elif name in DAYS:
                told += self.row(name)
            else:
                told += [NAN if value is None else value for value in values]
        return np.array(told, dtype=np.float64).reshape(-1, self.n)

    def word(self, name: str) -> Codes:
        """The words of a column, or those chosen from several."""
        index: dict[str, int] = {}
        codes = [
            -1 if value is None else index.setdefault(value, len(index))  # type: ignore[arg-type]
            for value in self.given(name) or [None] * self.n
        ]
        return Codes(np.array(codes, dtype=np.int32), tuple(index))

    def claims(self) -> Ints:
        """Which claim each line belongs to, as numbers from 0."""
        index: dict[object, int] = {}
        return np.array(
            [index.setdefault(value, len(index)) for value in self.lines.values("claim_key")], dtype=np.int64
        )


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


def rows_of(lines: Lines) -> Rows:
    """The fields of lines, in the way that fits their number."""
    if isinstance(lines, FewLines):
        return FewRows(lines)
    return FewRows(FewLines.of_table(lines)) if 0 < lines.num_rows <= FEW else ManyRows(lines)


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


def _pointed_by(pointer: str, missing: int) -> Callable[[FewRows], list[Value]]:
    """What `_pointed_diagnosis` and `_further_diagnosis` choose, value by value; `missing` is taken for no pointer."""

    def chosen_by(rows: FewRows) -> list[Value]:
        columns = rows.lines.columns
        places = columns.get(pointer) or [missing] * rows.n
        found: list[Value] = []
        for row, place in enumerate(places):
            diagnosis = columns.get(f"diagnosis_{missing if place is None else place}")
            found.append(None if diagnosis is None else diagnosis[row])
        return found

    return chosen_by


def _beside_by_value(rows: FewRows) -> list[Value]:
    if rows.n == 1:
        return [None]
    told = _beside(rows)
    return [None if code < 0 else told.values[code] for code in told.codes.tolist()]


BY_VALUE: Mapping[str, Callable[[FewRows], list[Value]]] = {
    "pointed_diagnosis": _pointed_by(POINTERS[0], 1),
    **{f"pointed_diagnosis_{n}": _pointed_by(name, 0) for n, name in enumerate(POINTERS[1:], start=2)},
    "beside": _beside_by_value,
}
"""The same words, chosen value by value."""
