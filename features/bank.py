"""What happened to each key by each day, kept so that any row finds its own past in a few steps.

A key is a few values hashed together (payer and procedure). For each set of keys there is a `Ledger`: one row a key
and day, sorted, with what was counted that day. A `Bank` lays ledgers end to end as running counts, the shape that
`features.kernel.search` reads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from features.columns import Floats, Hashes, Ints
from features.kernel import search

Days = npt.NDArray[np.int32]

MAX_BITS = 24


@dataclass(frozen=True, slots=True)
class Ledger:
    """One set of keys: keys (n,) and days (n,) sorted together, counts (n, c) of each key and day."""

    keys: Hashes
    days: Days
    counts: Ints
    columns: tuple[str, ...]

    @classmethod
    def of(cls, keys: Hashes, days: Days, counted: Mapping[str, Ints]) -> "Ledger":
        """Sum what was counted in each event by key and day. `days` must be in order; events without key are left."""
        order = np.argsort(keys, kind="stable")
        order = order[np.searchsorted(keys, 1, sorter=order) :]  # 0 is no key
        key, day = keys[order], days[order]
        first = np.flatnonzero(np.concatenate(([True], (key[1:] != key[:-1]) | (day[1:] != day[:-1]))))
        first = first[: len(key)]
        sums = [np.add.reduceat(of[order], first) if len(first) else of[:0] for of in counted.values()]
        return cls(key[first], day[first], np.stack(sums, axis=1), tuple(counted))

    def save(self, path: Path) -> None:
        """Write it as one Parquet file."""
        columns = {name: pa.array(self.counts[:, i]) for i, name in enumerate(self.columns)}
        pq.write_table(
            pa.table({"key": pa.array(self.keys), "day": pa.array(self.days), **columns}),
            path,
            compression="zstd",
            use_dictionary=list(self.columns),
        )

    @classmethod
    def load(cls, path: Path) -> "Ledger":
        """Read what `save` wrote."""
        with pq.ParquetFile(path) as file:
            table = file.read()
        columns = tuple(table.column_names[2:])
        counts = [table.column(name).to_numpy() for name in columns]
        return cls(
            table.column("key").to_numpy(), table.column("day").to_numpy(), np.stack(counts, axis=1), columns
        )


@dataclass(frozen=True, slots=True)
class Bank:
    """All ledgers of one kind end to end, with an index by the leading bits of the (evenly spread) keys."""

    ledgers: tuple[Ledger, ...]
    index: tuple[Ints, Ints, npt.NDArray[np.int32], Ints, Hashes, Ints]
    events: tuple[Ints, Ints, Ints, Days, Ints]

    @classmethod
    def of(cls, ledgers: Sequence[Ledger]) -> "Bank":
        """Lay ledgers end to end."""
        firsts = [
            np.flatnonzero(np.concatenate(([True], one.keys[1:] != one.keys[:-1])))[: len(one.keys)]
            for one in ledgers
        ]
        keys = [one.keys[first] for one, first in zip(ledgers, firsts, strict=True)]
        starts = [np.append(first, len(one.keys)) for one, first in zip(ledgers, firsts, strict=True)]
        bits = [min(max(len(key).bit_length(), 1), MAX_BITS) for key in keys]
        buckets = [_buckets(key, width) for key, width in zip(keys, bits, strict=True)]
        index = (
            np.array(bits, dtype=np.int64),
            _offsets(buckets),
            np.concatenate(buckets),
            _offsets(keys),
            np.concatenate(keys),
            np.concatenate(starts).astype(np.int64),
        )
        running = [_running(one, first).ravel() for one, first in zip(ledgers, firsts, strict=True)]
        events = (
            _offsets([one.days for one in ledgers]),
            _offsets(running),
            np.array([one.counts.shape[1] for one in ledgers], dtype=np.int64),
            np.concatenate([one.days for one in ledgers]),
            np.concatenate(running),
        )
        return cls(tuple(ledgers), index, events)

    def ask(self, keys: Hashes, days: Floats, windows: Floats, program: Ints, rates: Floats) -> Floats:
        """What each row's past says, one column an instruction of the program. Shape (n, len(program))."""
        out = np.empty((len(days), len(program)))
        days = np.require(
            days, requirements=["C", "W"]
        )  # one compiled version, not one more for read-only arrays
        search(keys, days, self.index, self.events, windows, program, rates, out)
        return out


def _buckets(keys: Hashes, bits: int) -> npt.NDArray[np.int32]:
    """Where each run of leading bits begins among the sorted keys, and where the last one ends."""
    leading = (keys >> np.uint64(64 - bits)).astype(np.int64)
    counts = np.bincount(leading, minlength=1 << bits)
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int32)


def _offsets(arrays: Sequence[npt.NDArray[np.generic]]) -> Ints:
    return np.concatenate(([0], np.cumsum([len(array) for array in arrays])[:-1])).astype(np.int64)


def _running(ledger: Ledger, first: Ints) -> Ints:
    """Counts summed up from the first day of each key, exactly."""
    totals = np.cumsum(ledger.counts, axis=0)
    if len(first) == 0:
        return totals
    lengths = np.diff(np.append(first, len(ledger.keys)))
    before = np.concatenate((np.zeros((1, totals.shape[1]), dtype=np.int64), totals))[first]
    return totals - np.repeat(before, lengths, axis=0)
