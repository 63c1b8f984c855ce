"""The payers' policy book: what they want, as far as the office knows it.

It is always incomplete: where it has no entry, nothing is known, which is never a no.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.errors import InvalidPolicy
from data.keys import Column
from data.policy import entries
from data.policy.lists import BY_NAME, LISTS
from data.policy.lookup import Asked, E, about, holding
from data.policy.read import BookReading, canonical, read_lists

if TYPE_CHECKING:
    import pandas as pd

NOTHING = -(1 << 62)
"""Stands for an empty cell in the hash."""
VERSION_LENGTH = 16


@dataclass(frozen=True)
class PolicyBook:
    """The lists of a book, as Arrow tables by their names. Two books are the same if their versions are."""

    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    """Of the columns of `data.policy.LISTS`; a list without entries is left out."""

    @staticmethod
    def empty() -> "PolicyBook":
        """A book that says nothing."""
        return PolicyBook()

    @staticmethod
    def load(folder: Path | str) -> "PolicyBook":
        """The book in a folder, one CSV or Parquet file a list; rows that can't be read are left out.

        Raises `InvalidPolicy`. `PolicyBook.read` also tells which rows were left out, and why.
        """
        return PolicyBook.read(folder)[0]

    @staticmethod
    def read(folder: Path | str) -> "tuple[PolicyBook, BookReading]":
        """The book in a folder, and what was refused of it. Raises `InvalidPolicy`."""
        reading = read_lists(Path(folder))
        return PolicyBook(reading.tables), reading

    @staticmethod
    def of(tables: Mapping[str, pa.Table]) -> "PolicyBook":
        """A book of tables that have the lists' columns. Raises `InvalidPolicy` where one hasn't."""
        for name, table in tables.items():
            wanted = BY_NAME[name].schema.names if name in BY_NAME else None
            if wanted is None or table.schema.names != wanted:
                raise InvalidPolicy(
                    name, found=", ".join(table.schema.names), wanted=", ".join(wanted or BY_NAME)
                )
        kept = {one.name: canonical(tables[one.name], one) for one in LISTS if one.name in tables}
        return PolicyBook({name: table for name, table in kept.items() if table.num_rows})

    def save(self, folder: Path | str) -> None:
        """One Parquet file a list; the same book gives the same bytes."""
        into = Path(folder)
        into.mkdir(parents=True, exist_ok=True)
        for one in LISTS:
            if one.name in self.tables:
                pq.write_table(self.tables[one.name], into / f"{one.name}.parquet", compression="zstd")

    @cached_property
    def version(self) -> str:
        """A hash of all that the book says, in the order in which it says it."""
        told = sha256()
        for one in LISTS:
            if one.name in self.tables:
                told.update(f"{one.name} {self.tables[one.name].num_rows}".encode())
                for column in self.tables[one.name].columns:
                    _hash_column(told.update, column)
        return told.hexdigest()[:VERSION_LENGTH]

    @property
    def n_entries(self) -> int:
        """Entries of all lists together."""
        return sum(table.num_rows for table in self.tables.values())

    def table(self, name: str) -> pa.Table:
        """One list, empty where the book has none of it. Raises `InvalidPolicy` for another name."""
        if name not in BY_NAME:
            raise InvalidPolicy("a list of the policy book", found=name, wanted=", ".join(BY_NAME))
        return self.tables[name] if name in self.tables else BY_NAME[name].schema.empty_table()

    def frame(self, name: str) -> "pd.DataFrame":
        """One list as a DataFrame."""
        frame: pd.DataFrame = self.table(name).to_pandas(date_as_object=False)
        return frame

    def authorization(
        self, payer_id: str, procedure: str, *, place: str | None = None, plan: str | None = None,
        on: date | None = None, known_by: date = date.max,
    ) -> entries.Authorization | None:  # fmt: skip
        """Whether the payer wants to be asked before; None where the book doesn't say."""
        asked = _placed(payer_id, procedure, place, plan, on, known_by)
        return _first(holding(self.table("authorization"), entries.Authorization, asked))

    def attachment(
        self, payer_id: str, procedure: str, *, place: str | None = None, plan: str | None = None,
        on: date | None = None, known_by: date = date.max,
    ) -> entries.Attachment | None:  # fmt: skip
        """Whether the payer wants papers with the claim; None where the book doesn't say."""
        asked = _placed(payer_id, procedure, place, plan, on, known_by)
        return _first(holding(self.table("attachment"), entries.Attachment, asked))

    def excluded(
        self, payer_id: str, procedure: str, *, place: str | None = None, plan: str | None = None,
        on: date | None = None, known_by: date = date.max,
    ) -> entries.Exclusion | None:  # fmt: skip
        """Whether the payer never pays the procedure; None where the book doesn't say."""
        asked = _placed(payer_id, procedure, place, plan, on, known_by)
        return _first(holding(self.table("excluded"), entries.Exclusion, asked))

    def coverage(
        self, payer_id: str, procedure: str, *, plan: str | None = None, on: date | None = None,
        known_by: date = date.max,
    ) -> tuple[entries.Coverage, ...]:  # fmt: skip
        """The lists of diagnoses that hold together for a procedure; none where the book doesn't say."""
        asked = Asked(payer_id=payer_id, keys={"procedure": procedure}, plan=plan, on=on, known_by=known_by)
        return tuple(holding(self.table("coverage"), entries.Coverage, asked))

    def frequency_limit(
        self, payer_id: str, procedure: str, *, plan: str | None = None, on: date | None = None,
        known_by: date = date.max,
    ) -> entries.FrequencyLimit | None:  # fmt: skip
        """Days that must lie between two such services; None where the book doesn't say."""
        asked = Asked(payer_id=payer_id, keys={"procedure": procedure}, plan=plan, on=on, known_by=known_by)
        return _first(holding(self.table("frequency_limits"), entries.FrequencyLimit, asked))

    def filing_limit(
        self, payer_id: str, *, plan: str | None = None, on: date | None = None, known_by: date = date.max
    ) -> entries.FilingLimit | None:
        """Days to file a claim; None where the book doesn't say."""
        return self._limit("days", payer_id, plan, on, known_by)

    def appeal_limit(
        self, payer_id: str, *, plan: str | None = None, on: date | None = None, known_by: date = date.max
    ) -> entries.FilingLimit | None:
        """Days to appeal; None where the book doesn't say."""
        return self._limit("appeal_days", payer_id, plan, on, known_by)

    def _limit(
        self, name: str, payer_id: str, plan: str | None, on: date | None, known_by: date
    ) -> entries.FilingLimit | None:
        table = self.table("filing_limits")
        said = table.filter(pc.is_valid(table[name]))
        asked = Asked(payer_id=payer_id, keys={}, plan=plan, on=on, known_by=known_by)
        return _first(holding(said, entries.FilingLimit, asked))

    def contract(
        self, payer_id: str, facility_npi: str, *, plan: str | None = None, on: date | None = None,
        known_by: date = date.max,
    ) -> entries.Contract | None:  # fmt: skip
        """What the facility may bill the payer; None where the book doesn't say."""
        asked = Asked(
            payer_id=payer_id, keys={"facility_npi": facility_npi}, plan=plan, on=on, known_by=known_by
        )
        return _first(holding(self.table("contracts"), entries.Contract, asked))

    def enrollments(self, payer_id: str, rendering_npi: str) -> tuple[entries.Enrollment, ...]:
        """All that is known of a rendering provider's enrolment with the payer, the newest first."""
        asked = Asked(payer_id=payer_id, keys={"rendering_npi": rendering_npi})
        return tuple(one for _, one in about(self.table("enrollment"), entries.Enrollment, asked))

    def ncci_pair(
        self, payer_id: str, column_1: str, column_2: str, *, setting: str = "practitioner",
        on: date | None = None, known_by: date = date.max,
    ) -> entries.NcciPair | None:  # fmt: skip
        """The pair's edit; None where no edit of it is in the book."""
        keys = {"column_1": column_1, "column_2": column_2}
        asked = Asked(payer_id=payer_id, keys=keys, place=("setting", setting), on=on, known_by=known_by)
        return _first(holding(self.table("ncci_pairs"), entries.NcciPair, asked))

    def unit_limit(
        self, payer_id: str, procedure: str, *, setting: str = "practitioner", on: date | None = None,
        known_by: date = date.max,
    ) -> entries.UnitLimit | None:  # fmt: skip
        """Units that one patient may have on one day; None where the book doesn't say."""
        asked = Asked(
            payer_id=payer_id, keys={"procedure": procedure}, place=("setting", setting), on=on, known_by=known_by
        )  # fmt: skip
        return _first(holding(self.table("unit_limits"), entries.UnitLimit, asked))

    def add_on(
        self, payer_id: str, add_on: str, *, on: date | None = None, known_by: date = date.max
    ) -> tuple[entries.AddOn, ...]:
        """The primary procedures that an add-on code may stand beside; none where the book has no such code."""
        asked = Asked(payer_id=payer_id, keys={"add_on": add_on}, on=on, known_by=known_by)
        found = about(self.table("add_on_codes"), entries.AddOn, asked)
        return tuple(one for _, one in found if one.holds(on, known_by))

    def fee(
        self, payer_id: str, procedure: str, *, modifier: str | None = None, plan: str | None = None,
        on: date | None = None, known_by: date = date.max,
    ) -> entries.Fee | None:  # fmt: skip
        """What the payer allows for one unit, of the component that the modifier says; None where the book doesn't say."""
        keys = {"procedure": procedure, "modifier": modifier}
        asked = Asked(payer_id=payer_id, keys=keys, plan=plan, on=on, known_by=known_by)
        return _first(holding(self.table("fee_schedule"), entries.Fee, asked))


def _placed(
    payer_id: str, procedure: str, place: str | None, plan: str | None, on: date | None, known_by: date
) -> Asked:
    return Asked(
        payer_id=payer_id,
        keys={"procedure": procedure},
        plan=plan,
        place=("place_of_service", place),
        on=on,
        known_by=known_by,
    )


def _first(found: Sequence[E]) -> E | None:
    return found[0] if found else None


def _hash_column(update: Callable[[bytes], None], column: Column) -> None:
    """The values of a column, whatever chunks or numbers its words stand in."""
    if pa.types.is_dictionary(column.type):
        whole = column.combine_chunks()
        update("\n".join(map(str, whole.dictionary.to_pylist())).encode())
        update(pc.fill_null(whole.indices, -1).to_numpy(zero_copy_only=False).astype("<i4").tobytes())
        return
    plain = column.cast(pa.int32()) if pa.types.is_date32(column.type) else column
    numbers = pc.fill_null(plain.cast(pa.int64()), NOTHING).to_numpy()
    update(numbers.astype("<i8").tobytes())
