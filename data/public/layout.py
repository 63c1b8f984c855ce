"""From a grid to a table: which column is found under which title, and how its cells are read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from data.errors import UnreadableFile
from data.public.cells import Convert, column_of
from data.public.grid import Body, Grid


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a table, and where it stands in the file."""

    name: str
    convert: Convert
    signs: tuple[str, ...]
    """what its title has in it, in small letters and digits only; the first that any title has counts"""
    without: str = " "
    """what its title doesn't have in it"""
    known_by: Callable[[str], bool] | None = None
    """what a cell of this column must be for the row to be one of the table; such a column must be there"""


def table_of(
    grid: Grid,
    titles: Sequence[str],
    first: int,
    fields: Sequence[Field],
    schema: pa.Schema,
    **constants: object,
) -> tuple[pa.Table, int]:
    """The table below a header, and how many rows were none of it; `constants` fill columns that no cell tells.

    Columns without a field are not read. Raises `UnreadableFile` where a column is missing by which rows are known.
    """
    places = {field.name: column_of(titles, *field.signs, without=field.without) for field in fields}
    return table_at(grid, places, first, fields, schema, **constants)


def table_at(
    grid: Grid,
    places: Mapping[str, int | None],
    first: int,
    fields: Sequence[Field],
    schema: pa.Schema,
    **constants: object,
) -> tuple[pa.Table, int]:
    """The same where it is known in which column each field stands."""
    for field in fields:
        if field.known_by and places.get(field.name) is None:
            raise UnreadableFile(
                grid.source,
                field=field.name,
                found="no such column",
                wanted=f"a column titled {field.signs[0]}",
            )
    body = grid.body(first, only={at for at in places.values() if at is not None})
    width = len(body.columns)
    needed = max((places[field.name] or 0 for field in fields if field.known_by), default=0) + 1
    if len(body) and width < needed:
        raise UnreadableFile(grid.source, found=f"rows of {width} cells", wanted=f"{needed} at least")
    body = _rows_of(body, places, fields)
    by_name = {field.name: field for field in fields}
    columns = [
        body.values(places.get(name), by_name[name].convert, to, thing=name)
        if name in by_name
        else _constant(constants.get(name), to, len(body))
        for name, to in zip(schema.names, schema.types, strict=True)
    ]
    return pa.table(columns, schema=schema), body.n_skipped


def _rows_of(body: Body, places: Mapping[str, int | None], fields: Sequence[Field]) -> Body:
    """The rows whose cells are what rows of the table are known by."""
    for field in fields:
        at = places.get(field.name)
        if field.known_by and at is not None and len(body):
            body = body.where(body.values(at, field.known_by, pa.bool_(), thing=field.name), at)
    return body


def _constant(value: object, to: pa.DataType, n: int) -> pa.Array:
    if value is None:
        return pa.nulls(n, to)
    if pa.types.is_dictionary(to):
        return pa.DictionaryArray.from_arrays(
            pa.repeat(pa.scalar(0, to.index_type), n), pa.array([value], to.value_type)
        )
    return pa.repeat(pa.scalar(value, to), n)
