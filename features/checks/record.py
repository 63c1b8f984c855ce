"""What became of lines that tripped a check: tripped 412 times at this payer in a year, 83% denied.

Only answers known strictly before a day count for it. A share is shrunk toward the check's share at all payers, and
that toward the share of all lines, so that few lines say little.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from data.codes import FAMILIES
from features.checks.catalog import CHECKS
from features.checks.ledger import EVERY_PAYER, Days, Rows, rows_of, told
from features.checks.registry import Check
from features.columns import MISSING, Floats, Hashes, Ints, stable_hash
from features.key_sets import FIRST_GUESS

YEAR = 365
STRENGTH = 15.0
"""How many lines the wider rate is worth."""
EVERY_LINE = "*"
"""Stands in a saved ledger where a row is about all lines of a payer."""
COUNTED = ("answered", "denied", "denied_for")

Values = npt.NDArray[np.float32] | Floats
Index = tuple[Hashes, Ints, Days, Ints, Days, Ints, Ints]
"""Payers, where each payer's and check's rows begin, days and running counts; the same of all lines; families."""


@dataclass(frozen=True, slots=True)
class Fared:
    """Answered lines that tripped a check at a payer before a day, and how many of them were denied."""

    answered: int
    denied: int
    smoothed: float
    """Share denied, shrunk toward the check's share at all payers."""
    usual: float
    """Share of all lines of this payer that were denied, shrunk toward that of all payers."""


@dataclass(frozen=True)
class EvidenceBank:
    """Every row as running counts, so that any line finds what was known of its checks in a few steps."""

    checks: tuple[str, ...]
    families: Ints
    """Place of each check's family in `data.codes.FAMILIES`."""
    rows: Rows
    base_days: Days
    base_counts: Ints
    """(days, 2 + families): all lines answered, denied, and denied for each family, on each day."""

    @classmethod
    def learn(
        cls,
        values: Values,
        payers: Hashes,
        days: Floats,
        denied: Floats,
        family: Ints,
        *,
        checks: Sequence[Check] = CHECKS,
    ) -> "EvidenceBank":
        """What labelled lines tell: `values` (n, checks) is 1 where a line tripped a check, as of its submission.

        `payers` are stable hashes of payer ids, `days` when the answer became known (NaN: not yet), `denied` the
        label (NaN: none), `family` the place of the denial's family in FAMILIES (-1: none).
        """
        is_told = ~np.isnan(days) & ~np.isnan(denied)
        told = np.flatnonzero(is_told)
        known_on = np.where(is_told, days, 0.0).astype(np.int32)
        is_denied = np.where(is_told, denied, 0.0).astype(np.int64)
        of_check = _families(checks)
        tripped = np.require(values, np.float32, ["C", "W"])
        rows = rows_of(tripped, told, payers, known_on, is_denied, family.astype(np.int64), of_check)
        day, label, of = known_on[told], is_denied[told], family[told]
        base_days, place = np.unique(day, return_inverse=True)
        alike = [label >= 0, label == 1, *((label == 1) & (of == one) for one in range(len(FAMILIES)))]
        base = np.stack([np.bincount(place[those], minlength=len(base_days)) for those in alike], axis=1)
        return cls(tuple(check.id for check in checks), of_check, rows, base_days, base)

    @classmethod
    def empty(cls, checks: Sequence[Check] = CHECKS) -> "EvidenceBank":
        """Nothing known yet."""
        none = np.empty(0)
        hashes, numbers = none.astype(np.uint64), none.astype(np.int64)
        return cls.learn(np.empty((0, len(checks))), hashes, none, none, numbers, checks=checks)

    def updated(
        self,
        values: Values,
        payers: Hashes,
        days: Floats,
        denied: Floats,
        family: Ints,
        *,
        checks: Sequence[Check] = CHECKS,
    ) -> "EvidenceBank":
        """The same with newer answers, given as to `learn`: equal to learning from all at once."""
        new = EvidenceBank.learn(values, payers, days, denied, family, checks=checks)
        base_days, place = np.unique(np.concatenate((self.base_days, new.base_days)), return_inverse=True)
        base = np.zeros((len(base_days), self.base_counts.shape[1]), np.int64)
        np.add.at(base, place, np.concatenate((self.base_counts, new.base_counts)))
        return EvidenceBank(self.checks, self.families, self.rows.and_also(new.rows), base_days, base)

    @cached_property
    def index(self) -> Index:
        """Payers, where each payer's and check's rows begin, and running counts: what the compiled search reads."""
        width = len(self.checks) + 1
        rows = self.rows
        payers = np.union1d(rows.payers, np.array([EVERY_PAYER]))
        group = np.searchsorted(payers, rows.payers) * width + rows.checks
        starts = np.searchsorted(group, np.arange(len(payers) * width + 1)).astype(np.int64)
        running = np.concatenate((np.zeros((1, 3), np.int64), np.cumsum(rows.counts, axis=0)))
        base = np.concatenate(
            (np.zeros((1, self.base_counts.shape[1]), np.int64), np.cumsum(self.base_counts, axis=0))
        )
        return payers, starts, rows.days, running, self.base_days, base, self.families

    def tell(self, payer_id: str | None, check_id: str, day: float, *, within: int | None = YEAR) -> Fared:
        """How lines that tripped a check at a payer fared by a day (since 1970); `within` days before it, or ever.

        Raises `KeyError` for a check that isn't one of these.
        """
        if check_id not in self.checks:
            raise KeyError(check_id)
        payer = np.uint64(MISSING if payer_id is None else stable_hash(payer_id))
        since = -np.inf if within is None else day - within
        own, own_denied, wide, wide_denied, all_own, all_own_denied, every, every_denied = told(
            self.index, payer, self.checks.index(check_id), len(self.checks), since, float(day)
        )
        base = every_denied / every if every else FIRST_GUESS
        wider = _shrunk(wide_denied, wide, base)
        return Fared(
            int(own),
            int(own_denied),
            _shrunk(own_denied, own, wider),
            _shrunk(all_own_denied, all_own, base),
        )

    def save(self, folder: Path) -> None:
        """Write evidence.parquet and evidence_base.parquet into a folder."""
        names = pa.array([*self.checks, EVERY_LINE])
        columns = {
            "payer": pa.array(self.rows.payers),
            "check": pa.DictionaryArray.from_arrays(pa.array(self.rows.checks.astype(np.int32)), names),
            "day": pa.array(self.rows.days),
            **{name: pa.array(self.rows.counts[:, i]) for i, name in enumerate(COUNTED)},
        }
        pq.write_table(pa.table(columns), folder / "evidence.parquet", compression="zstd")
        base = {name: pa.array(self.base_counts[:, i]) for i, name in enumerate((*COUNTED[:2], *FAMILIES))}
        days = {"day": pa.array(self.base_days)}
        pq.write_table(pa.table(days | base), folder / "evidence_base.parquet", compression="zstd")

    @classmethod
    def load(cls, folder: Path, checks: Sequence[Check] = CHECKS) -> "EvidenceBank":
        """Read what `save` wrote; rows about a check that is no longer there are left out.

        Raises `OSError`, `KeyError`, `ValueError` or `ArrowException` for files that aren't that.
        """
        with pq.ParquetFile(folder / "evidence.parquet") as file:
            table = file.read()
        ids = tuple(check.id for check in checks)
        place = {name: n for n, name in enumerate((*ids, EVERY_LINE))}
        encoded = table["check"].combine_chunks().dictionary_encode()
        now = np.array([place.get(name, -1) for name in encoded.dictionary.to_pylist()], np.int64)
        check = now[encoded.indices.to_numpy(zero_copy_only=False)] if len(encoded) else now[:0]
        kept = check >= 0
        counts = np.stack([table[name].to_numpy()[kept] for name in COUNTED], axis=1).astype(np.int64)
        payers, days = table["payer"].to_numpy()[kept], table["day"].to_numpy()[kept]
        rows = Rows(payers.astype(np.uint64), check[kept], days.astype(np.int32), counts).in_order()
        with pq.ParquetFile(folder / "evidence_base.parquet") as file:
            table = file.read()
        base = np.stack([table[name].to_numpy() for name in (*COUNTED[:2], *FAMILIES)], axis=1)
        base_days = table["day"].to_numpy().astype(np.int32)
        if (np.diff(base_days) <= 0).any():
            raise ValueError("evidence_base.parquet: days out of order")
        return cls(ids, _families(checks), rows, base_days, base.astype(np.int64))


def _families(checks: Sequence[Check]) -> Ints:
    return np.array([FAMILIES.index(check.family) for check in checks], dtype=np.int64)


def _shrunk(n: float, total: float, toward: float) -> float:
    return float((n + STRENGTH * toward) / (total + STRENGTH))
