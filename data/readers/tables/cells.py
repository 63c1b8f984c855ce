"""A mapping's cells, filled: columns of theirs as columns of ours, with what could not be read of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.keys import Bools, Column, Ints
from data.readers.tables import values
from data.readers.tables.fields import LISTS
from data.readers.tables.mapping import Cell, Cells, FileForm
from data.readers.tables.raw import Faults, RawTable, where
from data.schema import CODE

BREAKS = ",;|:/ ^~"
"""What may stand between several codes in one column, where a mapping doesn't say."""


@dataclass(frozen=True, slots=True)
class Filled:
    """Our columns, as far as a mapping fills them, one value a row of theirs."""

    raw: RawTable
    cells: Cells
    form: FileForm
    faults: Faults

    def has(self, name: str) -> bool:
        """Whether the mapping says anything of our column."""
        return name in self.cells

    def column(self, name: str, kind: pa.DataType) -> pa.Array:
        """One of our columns; null where nothing is said, or where it can't be read (told among the faults)."""
        if name not in self.cells:
            return pa.nulls(self.raw.n_rows, kind)
        return self.read(self.cells[name], self.texts(self.cells[name]), name, kind)

    def columns(self, plural: str, kinds: Sequence[pa.DataType]) -> list[pa.Array]:
        """The columns of a list, filled in turn: the n-th code of a row is in the n-th of them."""
        names = LISTS[plural]
        if plural not in self.cells:
            return [self.column(name, kind) for name, kind in zip(names, kinds, strict=True)]
        cell = self.cells[plural]
        places = self._places(cell, plural, len(names))
        return [
            self.read(cell, text, name, kind) for text, name, kind in zip(places, names, kinds, strict=True)
        ]

    def texts(self, cell: Cell) -> Column:
        """What a cell says, before it is read."""
        if cell.constant is not None:
            return pa.chunked_array([pa.repeat(pa.scalar(cell.constant), self.raw.n_rows)])
        return self.raw.columns[cell.columns[0]]

    def read(self, cell: Cell, texts: Column, name: str, kind: pa.DataType) -> pa.Array:
        """A column of texts as a column of ours, in our words where the mapping has them."""
        parse, wanted = values.parser(name, kind, cell, self.form)
        refused = np.zeros(len(texts), bool)
        if cell.values:
            texts, refused = self._ours(cell, texts)
        column, wrong = values.decoded(texts, parse, kind)
        if wrong.any():
            self._tell(cell, texts, where(wrong), wanted)
        if refused.any():
            self._tell(cell, texts, where(refused), "a word that the mapping's values hold")
            column = pc.if_else(pa.array(refused), pa.scalar(None, kind), column)
        return column

    def _tell(self, cell: Cell, texts: Column, rows: Ints, wanted: str) -> None:
        """One fault a row, by kinds of text: what was there is not said."""
        named = ", ".join(cell.columns) or "the constant"
        kinds = np.array([values.found(text) for text in texts.take(pa.array(rows)).to_pylist()])
        for kind in np.unique(kinds):
            self.faults.add(self.raw, rows[kinds == kind], f"{named}: found {kind}, wanted {wanted}")

    def _ours(self, cell: Cell, texts: Column) -> tuple[Column, Bools]:
        """Their words as ours; which of them are refused."""
        known = texts.combine_chunks().dictionary_encode()
        words = [str(word) for word in known.dictionary.to_pylist()]
        is_known = [word.casefold() in cell.values for word in words]
        ours = [
            cell.values[word.casefold()] or None if is_so else None if cell.others == "empty" else word
            for word, is_so in zip(words, is_known, strict=True)
        ]
        renamed = pa.chunked_array([pa.array(ours, CODE).take(known.indices)])
        if cell.others != "refuse" or all(is_known):
            return renamed, np.zeros(len(texts), bool)
        unknown = pa.array([not one for one in is_known], pa.bool_()).take(known.indices)
        return renamed, pc.fill_null(unknown, fill_value=False).to_numpy(zero_copy_only=False)

    def _places(self, cell: Cell, plural: str, most: int) -> list[Column]:
        """Row by row the codes of all columns of a list, as `most` columns without gaps between them."""
        pieces = [self.split(self.raw.columns[name], cell, plural) for name in cell.columns]
        pieces = pieces or [self.split(self.texts(cell), cell, plural)]
        flat = [column for several in pieces for column in several]
        filled, is_over = _pushed_together(flat, most)
        if is_over.any():
            named = ", ".join(cell.columns)
            self.faults.add(self.raw, where(is_over), f"{named}: found more than {most} codes, wanted {most}")
        return filled

    def split(self, texts: Column, cell: Cell, plural: str) -> list[Column]:
        """One column of texts as columns of one code each."""
        known = texts.combine_chunks().dictionary_encode()
        parts = [codes(str(text), cell.split, plural) for text in known.dictionary.to_pylist()]
        widest = max((len(one) for one in parts), default=1) or 1
        return [
            pa.chunked_array(
                [pa.array([one[k] if k < len(one) else None for one in parts], CODE).take(known.indices)]
            )
            for k in range(widest)
        ]


def codes(text: str, split: str | None, plural: str) -> list[str]:
    """The codes in a text: "26,LT" and "26LT" are two modifiers, "M54.5; R07.9" two diagnoses, "AB" two pointers."""
    if split is not None:
        parts = text.split(split)
    else:
        parts = re.split(f"[{re.escape(BREAKS)}]", text)
    parts = [part.strip() for part in parts if part.strip()]
    if len(parts) == 1 and split is None:
        return _packed(parts[0], plural)
    return parts


def _packed(text: str, plural: str) -> list[str]:
    """Codes written without anything between them."""
    if plural == "modifiers" and len(text) in (4, 6, 8):
        return [text[k : k + 2] for k in range(0, len(text), 2)]
    if plural == "pointers" and not (text.isdigit() and 10 <= int(text) <= 12):
        return list(text)
    return [text]


def _pushed_together(columns: Sequence[Column], most: int) -> tuple[list[Column], Bools]:
    """The values of each row moved to the first columns; which rows held more than `most`."""
    n = len(columns[0])
    present = np.stack([column.is_valid().to_numpy() for column in columns]).astype(bool)
    place = np.cumsum(present, axis=0) - 1
    filled: npt.NDArray[np.object_] = np.full((most, n), None, object)
    for k, column in enumerate(columns):
        rows = np.flatnonzero(present[k] & (place[k] < most))
        filled[place[k][rows], rows] = column.take(pa.array(rows)).to_numpy()
    return [pa.chunked_array([pa.array(one, CODE)]) for one in filled], present.sum(axis=0) > most
