"""What changed with an ingest: remits linked now and not before, claims turned away now and not before, and so on."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.keys import Ints, ints
from data.store.manifest import Derived
from data.store.parts import month_of, read_part

BY_REMIT = ("linked", "ambiguous", "unmatched", "quarantined")
UNRELIABLE = ("outcomes", "later")


def changes(folder: Path, before: Derived | None, after: Derived | None) -> dict[str, int]:
    """How many remits (claims, where they were turned away) are in each state that were not before.

    Only parts that changed are read: what stands in the others is what it was.
    """
    counts = {}
    for name in (*BY_REMIT, "unreliable", "turned_away"):
        then, now = (_parts(derived, _tables(name)) for derived in (before, after))
        months = {month_of(path) for path in then ^ now}
        old, new = (_keys(folder, name, _of(paths, months)) for paths in (then, now))
        counts[name] = len(np.setdiff1d(new, old))
    return counts


def _tables(state: str) -> tuple[str, ...]:
    return {"unreliable": UNRELIABLE, "turned_away": ("rejections",)}.get(state, (state,))


def _parts(derived: Derived | None, tables: Sequence[str]) -> set[str]:
    return {path for name in tables for path in derived.parts.get(name, ())} if derived else set()


def _of(paths: set[str], months: set[str]) -> list[str]:
    return sorted(path for path in paths if month_of(path) in months)


def _keys(folder: Path, state: str, paths: Sequence[str]) -> Ints:
    found = [ints(table.column(0)) for table in _rows(folder, state, paths)]
    return np.concatenate([np.zeros(0, np.int64), *found])


def _rows(folder: Path, state: str, paths: Sequence[str]) -> Iterator[pa.Table]:
    """The key column of the rows in that state."""
    for path in paths:
        if state == "unreliable":
            table = read_part(folder, path, ["remit_key", "outcome"])
            yield table.filter(pc.equal(table["outcome"], "unreliable"))
        elif state == "turned_away":
            table = read_part(folder, path, ["claim_key", "line", "is_rejected"])
            yield table.filter(pc.and_(table["is_rejected"], pc.equal(table["line"], 0)))
        else:
            yield read_part(folder, path, ["remit_key"])
