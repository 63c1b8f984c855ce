"""What the claim form doesn't carry (order, study, report, authorisation, eligibility): values, and files of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pyarrow as pa

from data.claim import raise_all
from data.claim_json import read_fields
from data.errors import UnreadableFile
from data.readers.tables.cells import Filled
from data.readers.tables.mapping import Cell, FileForm
from data.readers.tables.raw import Faults, where
from data.readers.tables.read import read_raw
from data.schema import CONTEXT, REJECTS


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


@dataclass(frozen=True, slots=True)
class ContextFile:
    """What a file of context says."""

    table: pa.Table
    """`CONTEXT`, in the order of its rows."""
    rejects: pa.Table
    """`REJECTS`: rows and cells that can't be read."""


def read_context(path: Path) -> pa.Table:
    """A CSV or Parquet file of context, as `CONTEXT`; as `read_context_file`, for those who don't ask what was left out."""
    return read_context_file(path).table


def read_context_file(path: Path) -> ContextFile:
    """A CSV (any usual delimiter) or Parquet file of context; columns may be missing, but for claim_id.

    Dates as 2026-03-17, 03/17/2026 or 20260317; yes and no as true/false, yes/no or 1/0; empty is "not known". A cell
    that can't be read is "not known" too, and listed; a row without a claim_id, or whose line can't be read, is left
    out and listed. Raises `UnreadableFile` for a file that isn't one of context; never tells a value.
    """
    if not path.is_file():
        raise UnreadableFile(str(path), found="no such file", wanted="a CSV or Parquet file of context")
    raw = read_raw(path.read_bytes(), FileForm(), source=path.name)
    _check_names(tuple(raw.columns), path.name)
    faults = Faults()
    faults.add_lost(raw)
    cells = {name: Cell((name,)) for name in raw.columns}
    filled = Filled(raw, cells, FileForm(), faults)
    table = pa.table([filled.column(field.name, field.type) for field in CONTEXT], schema=CONTEXT)
    nameless = table["claim_id"].is_null().to_numpy().astype(bool)
    faults.lose(raw, where(nameless), "claim_id: found nothing, wanted a claim_id")
    misread = np.zeros(raw.n_rows, bool)
    if filled.has("line"):
        # Without its line, what is said of one line would hold for the whole claim.
        misread = (table["line"].is_null().to_numpy() & raw.columns["line"].is_valid().to_numpy()).astype(
            bool
        )
    kept = table.filter(pa.array(~nameless & ~misread))
    return ContextFile(kept, faults.table() if faults.found else REJECTS.empty_table())


def _check_names(names: Sequence[str], thing: str) -> None:
    if "claim_id" not in names:
        raise UnreadableFile(thing, found="no column claim_id", wanted="a column claim_id")
    for name in names:
        if name not in CONTEXT.names:
            near = get_close_matches(name, CONTEXT.names, n=1, cutoff=0.5)
            wanted = near[0] if near else "one of " + ", ".join(CONTEXT.names)
            raise UnreadableFile(thing, field=name, found="no such column", wanted=wanted)
