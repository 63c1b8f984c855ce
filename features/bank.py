"""What happened to each key by each day, kept so that any row finds its own past in a few steps.

A key is a few values hashed together (payer and procedure). For each set of keys there is a `Ledger`; a `Bank` lays
ledgers end to end, the shape that `features.kernel.search` reads, in memory and on disk.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from features.columns import Floats, Hashes, Indices, Ints, in_one_piece
from features.kernel import search
from features.ledger import LAST_DAY, Days, Layout, Ledger
from features.ledger_kernel import bucket
from features.plan import Plan
from features.sweep import Entries, Out, Part, Rows, fill, in_order
from features.sweep_kernel import days_of, entries_of, places

MAX_BITS = 24
MANY = 1 << 14
"""Rows from which on it is quicker to go through time than to search,"""
FEWER = 16
"""unless there are so many times fewer rows than days in a ledger."""
MOST_THREADS = 8

ARRAYS = ("keys", "starts", "days", "totals", "firsts", "tallies", "values")
"""The arrays of a ledger, one Arrow file each for all ledgers of a bank."""
DTYPES = {
    "keys": "<u8", "starts": "<i4", "days": "<u2", "totals": "<i4", "firsts": "<i4", "tallies": "<i8", "values": "<i4",
}  # fmt: skip
ROWS = 1 << 22
"""Values in one piece of a file."""


@dataclass(frozen=True, slots=True)
class Bank:
    """All ledgers of one kind end to end, with an index by the leading bits of the (evenly spread) keys.

    `sizes` (ledgers, arrays) says how long each array of each ledger is; `sets` is what the kernel reads of it.
    """

    layouts: tuple[Layout, ...]
    sizes: Ints
    keys: Hashes
    starts: Indices
    days: Days
    totals: Indices
    firsts: Indices
    tallies: Ints
    values: Indices
    buckets: Indices
    sets: Ints

    @classmethod
    def of(cls, ledgers: Sequence[Ledger]) -> "Bank":
        """Lay ledgers end to end."""
        sizes = np.array([[getattr(one, name).size for name in ARRAYS] for one in ledgers], dtype=np.int64)
        arrays = [np.concatenate([getattr(one, name).ravel() for one in ledgers]) for name in ARRAYS]
        return cls._laid(tuple(one.layout for one in ledgers), sizes, arrays)

    @classmethod
    def _laid(
        cls, layouts: tuple[Layout, ...], sizes: Ints, arrays: Sequence[npt.NDArray[np.generic]]
    ) -> "Bank":
        keys, starts, days, totals, firsts, tallies, values = arrays
        n_keys = sizes[:, 0]
        bits = np.array([min(max(int(n).bit_length() - 1, 1), MAX_BITS) for n in n_keys], dtype=np.int64)
        bucket_ends = np.concatenate(([0], np.cumsum((1 << bits) + 1)))
        at = np.concatenate((np.zeros((1, sizes.shape[1]), dtype=np.int64), np.cumsum(sizes, axis=0)))
        buckets = np.empty(bucket_ends[-1], dtype=np.int32)
        for s, width in enumerate(bits.tolist()):
            bucket(
                keys[at[s, 0] : at[s + 1, 0]],
                np.uint64(64 - width),
                buckets[bucket_ends[s] : bucket_ends[s + 1]],
            )
        widths = np.array([len(layout.streams) for layout in layouts], dtype=np.int64)
        n_tallies = np.array([len(layout.tallies) for layout in layouts], dtype=np.int64)
        total_at = np.where(sizes[:, 3] > 0, at[:-1, 3], -1)
        columns = (bits, bucket_ends[:-1], at[:-1, 0], at[:-1, 1], widths, at[:-1, 2], total_at, at[:-1, 4], at[:-1, 5], n_tallies, at[:-1, 6])  # fmt: skip
        sets = np.ascontiguousarray(np.stack(columns, axis=1).astype(np.int64))
        return cls(layouts, sizes, keys, starts, days, totals, firsts, tallies, values, buckets, sets)  # type: ignore[arg-type]

    def ledger(self, place: int) -> Ledger:
        """One of the ledgers, without a copy."""
        end = np.cumsum(self.sizes, axis=0)[place].tolist()
        keys, starts, days, totals, firsts, tallies, values = (
            getattr(self, name)[stop - size : stop]
            for name, stop, size in zip(ARRAYS, end, self.sizes[place].tolist(), strict=True)
        )
        layout = self.layouts[place]
        rows = int(firsts[-1]) if layout.tallies else 0
        tallies = tallies.reshape(rows, len(layout.tallies))
        return Ledger(layout, keys, starts, days, totals, firsts, tallies, values)

    def updated(self, new: Sequence[Ledger]) -> "Bank":
        """With newer events, one ledger a set: as if made of all events at once, without sorting the old ones."""
        return Bank.of([self.ledger(place).updated(more) for place, more in enumerate(new)])

    def ask(self, keys: Hashes, days: Floats, plan: Plan, out: Out | None = None) -> Out:
        """What the past of each row says, one column as planned: keys (sets, n), days (n,) since 1970.

        Fills and returns `out` where given, of whatever float type, else an array of shape (n, plan.width).
        """
        told = np.empty((len(days), plan.width)) if out is None else out
        keys, days = in_one_piece(keys), in_one_piece(days)
        if len(days) >= max(MANY, len(self.days) // (FEWER * max(len(self.layouts), 1))):
            self.sweep(keys, days, plan, told)
        else:
            self.search(keys, days, plan, told)
        return told

    def search(self, keys: Hashes, days: Floats, plan: Plan, out: Out) -> None:
        """What `ask` does for a few rows: look each up by itself.

        Always into an array without gaps: for one with gaps the whole search would be compiled once more.
        """
        told = out if out.flags.c_contiguous else np.empty_like(out, order="C")
        search(
            keys, days, 0, len(days),
            self.sets, self.buckets, self.keys, self.starts, self.days, self.totals, self.firsts, self.tallies, self.values,
            plan.windows, plan.queries, plan.query_ends, plan.most, plan.program, plan.program_ends, plan.numbers,
            plan.since, plan.strengths,
            told,
        )  # fmt: skip
        if told is not out:
            out[...] = told

    def sweep(self, keys: Hashes, days: Floats, plan: Plan, out: Out) -> None:
        """What `ask` does for many rows: go through time set by set.

        Always into an array with gaps, which the columns of a matrix are: compiled once, not for both.
        """
        told = np.empty((len(days), plan.width + 1), out.dtype)[:, :-1] if out.flags.c_contiguous else out
        rows = Rows.of(days)
        parts = [Part.of(plan, place) for place in range(len(self.layouts))]

        def work(place: int) -> None:
            ids = np.empty(len(days), dtype=np.int32)
            places(keys, place, self.sets, self.buckets, self.keys, ids)
            entries, kinds = self._entries(place), self.layouts[place].kinds
            fill(rows, ids, entries, kinds, plan.windows, parts[place], told)

        in_order(parts, work, _threads())
        if told is not out:
            out[...] = told

    def _entries(self, place: int) -> Entries:
        """The ledger of one set day by day."""
        n_keys, layout = int(self.sizes[place, 0]), self.layouts[place]
        begins = np.zeros(LAST_DAY + 2, dtype=np.int64)
        n = days_of(place, n_keys, self.sets, self.starts, self.days, begins)
        is_running = self.sizes[place, ARRAYS.index("totals")] > 0
        ledger = self.ledger(place)
        made = Entries(
            n_keys,
            begins,
            np.empty(n, dtype=np.int32),
            np.empty(n, dtype=np.int32),
            np.empty(n if is_running else 0, dtype=np.int32),
            np.empty((len(layout.tallies), n if layout.tallies else 0), dtype=np.int64),
            ledger.starts,
            ledger.values,
        )
        entries_of(
            place, n_keys, self.sets, self.starts, self.days, self.totals, self.firsts, self.tallies,
            layout.kinds, begins, made.ids, made.masks, made.counts, made.values,
        )  # fmt: skip
        return made

    def save(self, folder: Path, kind: str) -> None:
        """Write the arrays as one plain Arrow file each, and one that says which part of each is whose.

        Arrow files are as fast to read as the disk is; Parquet takes several times as long and saves little of keys.
        """
        sizes = {name: pa.array(self.sizes[:, place]) for place, name in enumerate(ARRAYS)}
        counted = pa.array([_counted(layout) for layout in self.layouts], pa.list_(pa.string()))
        pq.write_table(pa.table({"counted": counted, **sizes}), folder / f"{kind}_sizes.parquet")
        for name in ARRAYS:
            values = pa.table({name: pa.array(getattr(self, name))})
            with pa.ipc.new_file(folder / f"{kind}_{name}.arrow", values.schema) as file:
                file.write_table(values, max_chunksize=ROWS)

    @classmethod
    def load(cls, folder: Path, kind: str, layouts: Sequence[Layout]) -> "Bank":
        """Read what `save` wrote of a bank of these layouts. Raises `ValueError` where it isn't that."""
        said = pq.read_table(folder / f"{kind}_sizes.parquet", memory_map=False)
        if said.column("counted").to_pylist() != [_counted(layout) for layout in layouts]:
            raise ValueError(f"{kind}: other counts than are asked for")
        sizes = np.stack([said.column(name).to_numpy() for name in ARRAYS], axis=1).astype(np.int64)
        arrays = [_read(folder / f"{kind}_{name}.arrow", DTYPES[name]) for name in ARRAYS]
        _check(layouts, sizes, arrays)
        return cls._laid(tuple(layouts), sizes, arrays)

    @property
    def n_bytes(self) -> int:
        """How much memory it takes."""
        return sum(getattr(self, name).nbytes for name in (*ARRAYS, "buckets"))


def _threads() -> int:
    mine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(mine, MOST_THREADS)


def _counted(layout: Layout) -> list[str]:
    kept = [f"each {layout.keeps}"] if layout.keeps else []
    return [*layout.streams, *(tally.name for tally in layout.tallies), *kept]


def _read(path: Path, dtype: str) -> npt.NDArray[np.generic]:
    """The one column of a file, copied piece by piece into one array: what is kept doesn't hang on the file."""
    with pa.memory_map(str(path)) as source:
        file = pa.ipc.open_file(source)
        pieces = [file.get_batch(place).column(0) for place in range(file.num_record_batches)]
        out = np.empty(sum(map(len, pieces)), dtype=dtype)
        at = 0
        for piece in pieces:
            if piece.type != pa.from_numpy_dtype(np.dtype(dtype)):
                raise ValueError(f"{path.stem}: {piece.type} where {dtype} is wanted")
            piece.validate()
            out[at : at + len(piece)] = piece.to_numpy()
            at += len(piece)
    return out


def _check(layouts: Sequence[Layout], sizes: Ints, arrays: Sequence[npt.NDArray[np.generic]]) -> None:
    """The compiled search trusts what it is given: nothing may point beyond its array."""
    if np.any(sizes < 0) or sizes.sum(axis=0).tolist() != [len(array) for array in arrays]:
        raise ValueError("arrays of other lengths than are told")
    bank_at = np.concatenate((np.zeros((1, sizes.shape[1]), dtype=np.int64), np.cumsum(sizes, axis=0)))
    for s, layout in enumerate(layouts):
        n_keys, n_starts, n_days, n_totals, n_firsts, n_tallies, n_values = sizes[s].tolist()
        starts = arrays[1][bank_at[s, 1] : bank_at[s + 1, 1]]
        firsts = arrays[4][bank_at[s, 4] : bank_at[s + 1, 4]]
        sound = (
            n_starts == n_keys * len(layout.streams) + 1 and n_totals in {0, n_days} and _runs(starts, n_days)
        )
        if layout.keeps:
            sound = sound and n_totals == 0 and n_values == n_days
        if layout.tallies:
            width = len(layout.tallies)
            of_first = np.diff(starts)[:: len(layout.streams)]
            sound = sound and n_firsts == n_keys + 1 and _runs(firsts, n_tallies // width)
            sound = sound and n_tallies % width == 0 and np.array_equal(np.diff(firsts), of_first)
        if not sound:
            raise ValueError("places beyond their arrays")


def _runs(starts: npt.NDArray[np.generic], end: int) -> bool:
    return bool(starts[0] == 0 and starts[-1] == end and np.all(starts[1:] >= starts[:-1]))  # type: ignore[operator]
