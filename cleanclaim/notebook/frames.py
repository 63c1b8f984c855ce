"""Between Arrow tables and DataFrames. A column's type follows from its table alone, never from what is in it.

Days are datetime64, codes are strings, money is whole cents. Whole numbers and yes/no are pandas' nullable Int64 and
boolean, so that "not known" stays apart from 0 and from no.
"""

from datetime import date, datetime

import pandas as pd
import pyarrow as pa

from data.errors import InvalidClaim

Day = date | datetime | pd.Timestamp | str
"""A day: a date, a timestamp, or text like "2025-09-30"."""

WHOLE = (pa.int8(), pa.int16(), pa.int32(), pa.int64())


def frame(table: pa.Table) -> pd.DataFrame:
    """A table as a DataFrame with the same columns; its index counts rows from 0."""
    found: pd.DataFrame = table.to_pandas(date_as_object=False, types_mapper=_nullable)
    return found


def table(rows: pd.DataFrame, schema: pa.Schema, *, thing: str) -> pa.Table:
    """A DataFrame as a table of a schema; other columns are left out.

    Raises `InvalidClaim` naming the first column that is missing, or that holds something else.
    """
    columns = [_column(rows, field, thing) for field in schema]
    return pa.table(columns, schema=schema)


def day(given: Day | None) -> date | None:
    """A day as a date; raises `ValueError` for text that isn't one."""
    if given is None:
        return None
    return pd.Timestamp(given).date()


def _column(rows: pd.DataFrame, field: pa.Field, thing: str) -> pa.Array:
    if field.name not in rows.columns:
        raise InvalidClaim(thing, field=field.name, found="no such column", wanted=str(field.type))
    try:
        return pa.array(rows[field.name], field.type, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        # What was found may be a patient's: its type is told, not its value.
        found = str(rows[field.name].dtype)
        raise InvalidClaim(thing, field=field.name, found=found, wanted=str(field.type)) from None


def _nullable(kind: pa.DataType) -> pd.api.extensions.ExtensionDtype | None:
    if kind in WHOLE:
        return pd.Int64Dtype()
    return pd.BooleanDtype() if pa.types.is_boolean(kind) else None
