"""What the claim form doesn't carry (order, study, report, authorisation, eligibility): values, and files of them."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from difflib import get_close_matches
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from data.claim import raise_all
from data.claim_json import read_fields
from data.errors import UnreadableFile
from data.keys import Column
from data.schema import CONTEXT

YES = {"true", "yes", "y", "1"}
NO = {"false", "no", "n", "0"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What was known beside one claim, or beside one line of it; None is "not known"."""

    claim_id: str
    line: int | None = None
    accession_order: str | None = None
    accession_study: str | None = None
    study_complete: bool | None = None
    report_signed_on: date | None = None
    report_has_indication: bool | None = None
    image_link_confirmed: bool | None = None
    attachment_control: str | None = None
    auth_number: str | None = None
    auth_procedure: str | None = None
    auth_valid_from: date | None = None
    auth_valid_to: date | None = None
    auth_ordering_npi: str | None = None
    auth_facility_npi: str | None = None
    auth_laterality: str | None = None
    auth_units: float | None = None
    eligibility_status: str | None = None
    eligibility_checked_on: date | None = None
    coverage_ends_on: date | None = None
    other_payer_primary: bool | None = None
    ordered_on: date | None = None
    scheduled_on: date | None = None

    @staticmethod
    def from_json(record: Mapping[str, object], *, claim_id: str) -> "Context":
        """The context of a JSON object beside the claim named; strict as a claim is. Raises `InvalidClaim`."""
        values, found = read_fields({"claim_id": claim_id, **record}, Context, claim_id, "context.", ())
        raise_all(found)
        return Context(**values)  # type: ignore[arg-type] # read_fields checked every type


def context_table(rows: Sequence[Context]) -> pa.Table:
    """Context values as columns (`CONTEXT`), in the order given; of two for one claim and line the later one counts."""
    columns = {f.name: [getattr(row, f.name) for row in rows] for f in fields(Context)}
    return pa.table(columns, schema=CONTEXT)


def read_context(path: Path) -> pa.Table:
    """A CSV or Parquet file of context, as `CONTEXT`; columns may be missing, but for claim_id.

    Dates as 2026-03-17; yes and no as true/false, yes/no or 1/0; empty is "not known". Raises `UnreadableFile`
    naming column and row, never the value.
    """
    if not path.is_file():
        raise UnreadableFile(str(path), found="no such file", wanted="a CSV or Parquet file of context")
    try:
        with path.open("rb") as file:
            is_parquet = file.read(4) == b"PAR1"
        table = pq.read_table(path) if is_parquet else _read_csv(path)
    except (pa.ArrowInvalid, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(
            path.name, found="a damaged file", wanted="a CSV or Parquet file of context"
        ) from error
    _check_names(table.column_names, path.name)
    columns = [_column(table, field, path.name) for field in CONTEXT]
    return pa.table(columns, schema=CONTEXT)


def _read_csv(path: Path) -> pa.Table:
    with path.open(encoding="utf-8-sig", newline="") as file:
        names = next(csv.reader(file), [])
    types = {name.strip(): pa.string() for name in names}
    options = pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=True, null_values=[""])
    return pyarrow.csv.read_csv(path, convert_options=options)


def _check_names(names: Sequence[str], thing: str) -> None:
    if "claim_id" not in names:
        raise UnreadableFile(thing, found="no column claim_id", wanted="a column claim_id")
    for name in names:
        if name not in CONTEXT.names:
            near = get_close_matches(name, CONTEXT.names, n=1, cutoff=0.5)
            wanted = near[0] if near else "one of " + ", ".join(CONTEXT.names)
            raise UnreadableFile(thing, field=name, found="no such column", wanted=wanted)


def _column(table: pa.Table, field: pa.Field, thing: str) -> Column:
    if field.name not in table.column_names:
        return pa.chunked_array([pa.nulls(table.num_rows, field.type)])
    column = table[field.name]
    if not pa.types.is_string(column.type):
        return _cast(column, field, thing)
    column = pc.utf8_trim_whitespace(column)
    column = pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
    return (
        _yes_no(column, field.name, thing) if pa.types.is_boolean(field.type) else _cast(column, field, thing)
    )


def _yes_no(column: Column, name: str, thing: str) -> Column:
    lower = pc.utf8_lower(column)
    yes, no = (pc.is_in(lower, pa.array(sorted(words))) for words in (YES, NO))
    _refuse(pc.invert(pc.or_(pc.or_(yes, no), pc.is_null(lower))), name, thing, "true or false")
    return pc.if_else(pc.is_null(lower), pa.scalar(None, pa.bool_()), yes)


def _cast(column: Column, field: pa.Field, thing: str) -> Column:
    try:
        return column.cast(field.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        wanted = "a date as 2026-03-17" if pa.types.is_date(field.type) else str(field.type)
        bad = [not _castable(value, field.type) for value in column]
        _refuse(pa.array(bad), field.name, thing, wanted)
        raise


def _castable(value: pa.Scalar, kind: pa.DataType) -> bool:
    try:
        value.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return True


def _refuse(bad: Column, name: str, thing: str, wanted: str) -> None:
    row = pc.index(bad, pa.scalar(value=True)).as_py()
    if row >= 0:
        raise UnreadableFile(
            thing, field=f"{name} in row {row + 1}", found="another kind of value", wanted=wanted
        )
