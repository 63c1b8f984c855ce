"""A few lines as plain values, column by column: what a claim on its way to an answer is, where a table would be slow.

The same columns as a line table (`data.schema.LINE_TABLE`), but for those that say nothing of any line: they aren't
there. Starting Arrow's machinery for two hundred columns takes longer than all that is worked out of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import TypeAlias, cast

import pyarrow as pa

from data.claim import Claim, Value, claim_row, line_row
from data.context import Context
from data.errors import StoreError
from data.schema import CLAIMS, CONTEXT, LINE_TABLE, ClaimTables
from data.wide import CONTEXT_FIELDS, DATED_BY, OF_CLAIM, OF_LINE

FEW = 32
"""Up to so many rows of a table are taken value by value."""

_OF_CLAIM = (*zip(OF_CLAIM[:-1], OF_CLAIM[:-1], strict=True), (OF_CLAIM[-1], "claim_charge_cents"))
_TOLD = tuple(f"context_{name}" for name in CONTEXT_FIELDS)
DATED = frozenset(f"context_{name}" for name in CONTEXT_FIELDS if CONTEXT.field(name).type == pa.date32())
"""The days in our records."""
_FLOATS = frozenset(f.name for f in LINE_TABLE if pa.types.is_floating(f.type))
_NAMES = tuple(LINE_TABLE.names)
_KNOWN, _OWN = frozenset(_NAMES), frozenset(OF_LINE)
_NO_HEAD: dict[str, Value] = dict.fromkeys(CLAIMS.names)
_SAID = attrgetter(*CONTEXT_FIELDS)


@dataclass(frozen=True, slots=True)
class FewLines:
    """Some lines of a line table; `columns` holds `n` values for each column that says anything of any line."""

    n: int
    columns: dict[str, list[Value]]

    @property
    def num_rows(self) -> int:
        """As a table calls it."""
        return self.n

    def value(self, name: str, row: int) -> Value:
        """A field of a line; None where nothing is said."""
        column = self.columns.get(name)
        return None if column is None else column[row]

    def values(self, name: str) -> list[Value]:
        """A field of all lines."""
        return self.columns.get(name) or [None] * self.n

    def take(self, rows: Sequence[int]) -> "FewLines":
        """Some of the lines, in that order, one as often as it is asked for."""
        return FewLines(
            len(rows), {name: [column[row] for row in rows] for name, column in self.columns.items()}
        )

    def to_table(self) -> pa.Table:
        """The same as a line table."""
        arrays = [pa.array(self.values(field.name), field.type) for field in LINE_TABLE]
        return pa.table(arrays, schema=LINE_TABLE)

    @classmethod
    def of_table(cls, table: pa.Table) -> "FewLines":
        """The lines of a line table."""
        batches = table.to_batches()
        batch = batches[0] if len(batches) == 1 else table.combine_chunks().to_batches()[0]
        n = batch.num_rows
        columns = {
            name: column.to_pylist()
            for name, column in zip(batch.schema.names, batch.columns, strict=True)
            if column.null_count != n
        }
        return cls(n, columns)

    @classmethod
    def of_rows(cls, rows: Sequence[Mapping[str, Value]]) -> "FewLines":
        """Lines given one by one, as rows of a line table; what a row doesn't hold isn't known."""
        if len(rows) == 1:
            said = rows[0].items()
            return cls(1, {name: [value] for name, value in said if value is not None and name in _KNOWN})
        names = {name: None for row in rows for name, value in row.items() if value is not None}
        return cls(len(rows), {name: [row.get(name) for row in rows] for name in names if name in _KNOWN})


Lines: TypeAlias = FewLines | pa.Table
"""Lines with all that is known of them: a few as values, or any number as a line table."""


def value_of(lines: Lines, name: str, row: int) -> Value:
    """A field of one line; None where nothing is said."""
    if isinstance(lines, FewLines):
        return lines.value(name, row)
    value: Value = lines.column(name)[row].as_py()
    return value


def carries(lines: Lines, name: str) -> bool:
    """Whether a field can be asked for: a table may lack a column, values lack none."""
    return isinstance(lines, FewLines) or name in lines.column_names


def values_of(lines: Lines, name: str) -> list[Value]:
    """A field of all lines."""
    if isinstance(lines, FewLines):
        return lines.values(name)
    column = lines.column(name)
    values: list[Value] = [None] * len(column) if column.null_count == len(column) else column.to_pylist()
    return values


def texts_of(lines: Lines, name: str) -> list[str | None]:
    """A field of all lines that is a word."""
    return cast("list[str | None]", values_of(lines, name))


def rows_of(lines: Lines) -> list[dict[str, Value]]:
    """The lines one by one, with every column of the schema in its order."""
    if isinstance(lines, FewLines):
        nothing, said, names = [None] * lines.n, lines.columns.get, _NAMES
        columns = [said(name, nothing) for name in names]
    else:
        names = lines.column_names
        columns = [values_of(lines, name) for name in names]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


@dataclass(frozen=True, slots=True)
class FewClaims:
    """A few claims: what each says of itself, its lines, and which claim each line is of."""

    claims: list[dict[str, Value]]
    """With every column of `data.schema.CLAIMS`, in its order."""
    lines: FewLines
    claim: list[int]

    @classmethod
    def of(cls, claims: Sequence[Claim], context: Sequence[Context] = (), *, today: date) -> "FewClaims":
        """Claims with their context, as `claim_tables` and `line_table` tell them; sent `today` where they don't say."""
        heads = [claim_row(claim, key) for key, claim in enumerate(claims, start=1)]
        lines = [
            (place, line_row(line, claim, place + 1))
            for place, claim in enumerate(claims)
            for line in claim.lines
        ]
        return cls._of([_NO_HEAD | head for head in heads], lines, context, today)

    @classmethod
    def of_tables(cls, tables: ClaimTables, context: pa.Table | None, *, today: date) -> "FewClaims":
        """The same of tables, as `line_table` tells them; raises `StoreError` for a line without its claim."""
        heads = rows_of(tables.claims)
        places = {head["claim_key"]: place for place, head in reversed([*enumerate(heads)])}
        lines = [(places.get(line["claim_key"], -1), line) for line in rows_of(tables.lines)]
        lost = sum(place < 0 for place, _ in lines)
        if lost:
            raise StoreError("lines", found=f"{lost} of no claim", wanted="a claim for each line")
        said = [] if context is None else [Context(**row) for row in context.to_pylist()]
        return cls._of(heads, lines, said, today)

    @classmethod
    def _of(
        cls,
        heads: list[dict[str, Value]],
        lines: Sequence[tuple[int, Mapping[str, Value]]],
        context: Sequence[Context],
        today: date,
    ) -> "FewClaims":
        """What claims say, their lines each with its claim's place, and what is said beside them."""
        above: list[dict[str, Value]] = []
        for head in heads:
            head["submitted_on"] = head["submitted_on"] or today
            above.append({there: value for here, there in _OF_CLAIM if (value := head[here]) is not None})
        rows: list[dict[str, Value]] = []
        for place, own in lines:
            head = heads[place]
            said = [one for one in context if one.claim_id == head["claim_id"]]
            row: dict[str, Value] = {
                name: value for name, value in own.items() if value is not None and name in _OWN
            }
            row |= above[place]
            row |= known_by(_beside(said, own["line"]), head["submitted_on"])
            rows.append(_as_floats(row))
        return cls(heads, FewLines.of_rows(rows), [place for place, _ in lines])


def _as_floats(row: dict[str, Value]) -> dict[str, Value]:
    """Numbers that a table would hold as floats, as floats: an answer's name is made of them."""
    for name in _FLOATS:
        value = row.get(name)
        if value is not None:
            row[name] = float(value)  # type: ignore[arg-type]  # a number, by the schema
    return row


def _beside(said: Sequence[Context], line: Value) -> dict[str, Value]:
    """What the context says of a line: the last of its own rows, and where that is silent the last of its claim's."""
    found: dict[str, Value] = {}
    for asked in (None, line) if said else ():
        one = next((one for one in reversed(said) if one.line == asked), None)
        if one is not None:
            found |= {name: value for name, value in zip(_TOLD, _SAID(one), strict=True) if value is not None}
    return found


def known_by(said: dict[str, Value], submitted_on: Value) -> dict[str, Value]:
    """What our records say of one line as it could be known on the day of submission (`data.wide.known_by`)."""
    late = [name for name in said if name in DATED and is_after(said[name], submitted_on)]
    if not late:
        return said
    hidden = hidden_by(late)
    return {name: value for name, value in said.items() if name not in hidden}


def is_after(day: Value, submitted_on: Value) -> bool:
    """Whether a day comes after that of submission, as far as both are known."""
    return isinstance(day, date) and isinstance(submitted_on, date) and day > submitted_on


def hidden_by(late: Sequence[str]) -> set[str]:
    """What wasn't known where these days of a line's records (`context_...`) came after submission."""
    return {
        *late,
        *(f"context_{told}" for name in late for told in DATED_BY.get(name[len("context_") :], ())),
    }
