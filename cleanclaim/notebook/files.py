"""Claims and remits as DataFrames, straight from their files."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cleanclaim.notebook.frames import frame, table
from data.errors import UnreadableFile
from data.readers.files import read_files
from data.readers.tables import TableMapping
from data.schema import CLAIMS, LINES, REJECTS, ClaimTables, Reading, RemitTables


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Claims:
    """Claims and their lines, joined by `claim_key`.

    Choose among them by filtering `claims`: lines whose claim is gone are left out wherever the pair is used.
    """

    claims: pd.DataFrame
    """One row a claim: `claim_key`, `claim_id`, `submitted_on`, `payer_id`, `charge_cents`, `diagnosis_1` ..."""
    lines: pd.DataFrame
    """One row a line: `claim_key`, `line`, `procedure`, `modifier_1`, `units`, `charge_cents` ..."""
    rejects: pd.DataFrame = field(default_factory=lambda: frame(REJECTS.empty_table()))
    """One row a part of a file that could not be used: `source`, `offset` in bytes, `segment`, `reason`."""

    @classmethod
    def of(cls, tables: ClaimTables, rejects: pa.Table | None = None) -> "Claims":
        """Tables as DataFrames."""
        return cls(frame(tables.claims), frame(tables.lines), frame(rejects or REJECTS.empty_table()))

    def __repr__(self) -> str:
        """How many, in a line."""
        return f"<Claims: {len(self.claims):,} claims with {len(self.lines):,} lines; {len(self.rejects):,} rejects>"

    def where(self, chosen: "pd.Series[bool]") -> "Claims":
        """The chosen claims with their lines; `chosen` is [n claims], such as `c.claims.payer_id == "60054"`."""
        claims = self.claims[chosen]
        lines = self.lines[self.lines["claim_key"].isin(claims["claim_key"])]
        return Claims(claims, lines, self.rejects)

    def tables(self) -> ClaimTables:
        """The same as Arrow tables; raises `InvalidClaim` where a column is missing or holds something else."""
        claims = table(self.claims, CLAIMS, thing="claims")
        lines = table(self.lines, LINES, thing="lines")
        return ClaimTables(claims, lines.filter(pc.is_in(lines["claim_key"], claims["claim_key"])))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Remits:
    """Payers' answers, joined by `remit_key` and `service` (0: the claim as a whole)."""

    remits: pd.DataFrame
    """One row an answered claim: `claim_id`, `status`, `charge_cents`, `paid_cents`, `payer_id`, `known_on` ..."""
    services: pd.DataFrame
    """One row a service: `procedure`, `charge_cents`, `paid_cents`, `allowed_cents` ..."""
    adjustments: pd.DataFrame
    """One row an adjustment: `group_code`, `carc`, `amount_cents`."""
    remarks: pd.DataFrame
    """One row a remark: `rarc`."""
    rejects: pd.DataFrame = field(default_factory=lambda: frame(REJECTS.empty_table()))
    """One row a part of a file that could not be used."""

    @classmethod
    def of(cls, tables: RemitTables, rejects: pa.Table | None = None) -> "Remits":
        """Tables as DataFrames."""
        return cls(
            frame(tables.remits),
            frame(tables.services),
            frame(tables.adjustments),
            frame(tables.remarks),
            frame(rejects or REJECTS.empty_table()),
        )

    def __repr__(self) -> str:
        """How many, in a line."""
        return f"<Remits: {len(self.remits):,} remits with {len(self.services):,} services; {len(self.rejects):,} rejects>"


def read_claims(*paths: Path | str, mapping: Path | str | None = None) -> Claims:
    """Claims of 837 and FHIR files and tables: files, folders (all below them), .zip, .gz, told apart by content.

    Tables (CSV, Parquet) need a `mapping`: the TOML file that says which of their columns is which. The same content twice counts once. What can't be read is in `.rejects` and never stops the rest; a path that
    isn't there raises `UnreadableFile`.
    """
    readings, rejects = _read(paths, mapping)
    claims = [reading.claims.claims for reading in readings]
    lines = [reading.claims.lines for reading in readings]
    none = ClaimTables()
    together = ClaimTables(pa.concat_tables([none.claims, *claims]), pa.concat_tables([none.lines, *lines]))
    return Claims.of(together, rejects)


def read_remits(*paths: Path | str, mapping: Path | str | None = None) -> Remits:
    """Answers of 835 and FHIR files and of tables of postings, as `read_claims` reads claims."""
    readings, rejects = _read(paths, mapping)
    tables = [RemitTables(), *(reading.remits for reading in readings)]
    names = ("remits", "services", "adjustments", "remarks")
    parts = (pa.concat_tables([getattr(one, name) for one in tables]) for name in names)
    return Remits.of(RemitTables(*parts), rejects)


def existing(paths: tuple[Path | str, ...]) -> list[Path]:
    """The paths; raises `UnreadableFile` for the first that isn't there."""
    found = [Path(path) for path in paths]
    for path in found:
        if not path.exists():
            raise UnreadableFile(str(path), found="no such file or folder", wanted="files to read")
    return found


def _read(paths: tuple[Path | str, ...], mapping: Path | str | None) -> tuple[list[Reading], pa.Table]:
    """Readings, each content once, and what could not be used."""
    readings: dict[str, Reading] = {}
    unreadable: list[UnreadableFile] = []
    columns = TableMapping.load(Path(mapping)) if mapping else None
    for one in read_files(existing(paths), mapping=columns):
        if isinstance(one, UnreadableFile):
            unreadable.append(one)
        else:
            readings.setdefault(one.sha256, one)
    whole = pa.Table.from_pylist(list(_told(unreadable)), REJECTS)
    return list(readings.values()), pa.concat_tables([whole, *(one.rejects for one in readings.values())])


def _told(unreadable: list[UnreadableFile]) -> Iterator[dict[str, str]]:
    for error in unreadable:
        yield {"source": error.thing, "reason": f"found {error.found}, wanted {error.wanted}"}
