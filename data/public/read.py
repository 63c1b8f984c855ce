"""Published files to tables: what a file is, is told by what is in it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from data.errors import UnreadableFile
from data.public import add_on, coverage, fee_schedule, mue, ncci, places, rbcs, reason_texts
from data.public.cells import in_order
from data.public.grid import Grid, grid_of
from data.public.members import FORMS, Member, members
from data.public.table import Kind, Part, PublicTable


@dataclass(frozen=True, slots=True)
class Loader:
    """How files of one kind are known and read."""

    kind: Kind
    fits: Callable[[Grid], bool]
    read: Callable[[Grid], Part]


LOADERS = (
    Loader(ncci.NCCI_PTP, ncci.fits, ncci.read),
    Loader(mue.MUE, mue.fits, mue.read),
    Loader(add_on.ADD_ON, add_on.fits, add_on.read),
    Loader(fee_schedule.FEE_SCHEDULE, fee_schedule.fits, fee_schedule.read),
    Loader(rbcs.RBCS, rbcs.fits, rbcs.read),
    Loader(places.PLACES, places.fits, places.read),
    Loader(reason_texts.REASON_TEXTS, reason_texts.fits, reason_texts.read),
)
KINDS = {kind.name: kind for kind in (*(loader.kind for loader in LOADERS), coverage.COVERAGE)}
"""All kinds that can be read, by name."""


def read(
    *paths: Path | str, kind: str | None = None, procedures: Collection[str] | None = None
) -> PublicTable:
    """The table that published files hold: files, folders or archives, as the publisher ships them.

    Files of one kind and one edition are joined (the four parts of a quarter's NCCI edits). `kind`, one of `KINDS`,
    says what they must be. `procedures` narrows coverage articles, which are otherwise very long.

    Raises `UnreadableFile` for files of no known kind, of another or of several, and for a cell that can't be read.
    """
    if kind is not None and kind not in KINDS:
        raise UnreadableFile(kind, found="no such kind of table", wanted=f"one of {', '.join(KINDS)}")
    given = ", ".join(str(path) for path in paths)
    found = _found([Path(path) for path in paths])
    name = _only_kind(given, {one.kind.name for one in found.known}, kind)
    if name == coverage.COVERAGE.name:
        return _coverage(given, found, procedures)
    return _joined(given, found)


@dataclass(frozen=True, slots=True)
class _Known:
    """A grid of which it is known what it is."""

    grid: Grid
    loader: Loader | None
    """None: a table of the coverage articles"""

    @property
    def kind(self) -> Kind:
        return self.loader.kind if self.loader else coverage.COVERAGE


@dataclass(frozen=True, slots=True)
class _Found:
    known: tuple[_Known, ...]
    left: tuple[str, ...]


def _found(paths: Sequence[Path]) -> _Found:
    """What can be read; of the same table in several forms the best."""
    forms: dict[str, list[Member]] = {}
    everything = members(paths)
    for member in everything:
        if member.ending in FORMS:
            forms.setdefault(member.stem, []).append(member)
    known: list[_Known] = []
    for same in forms.values():
        ranked = sorted(same, key=lambda one: FORMS.index(one.ending))
        known.extend(next(([one] for member in ranked if (one := _known(member))), []))
    if any(one.loader and not _is_second(one) for one in known):
        known = [one for one in known if not _is_second(one)]
    read_from = {one.grid.source for one in known}
    return _Found(tuple(known), tuple(m.name for m in everything if m.name not in read_from))


def _known(member: Member) -> _Known | None:
    grid = grid_of(member)
    if grid is None:
        return None
    loader = next((loader for loader in LOADERS if loader.fits(grid)), None)
    return _Known(grid, loader) if loader or coverage.role(grid) else None


def _is_second(one: _Known) -> bool:
    """Whether another file beside it holds the same and is meant to be read instead."""
    return one.kind is fee_schedule.FEE_SCHEDULE and fee_schedule.is_second_choice(one.grid)


def _only_kind(given: str, names: Collection[str], wanted: str | None) -> str:
    """The kind of all files; raises `UnreadableFile` unless there is one, and the one wanted."""
    if not names:
        known = ", ".join(f"{kind.title} ({name})" for name, kind in KINDS.items())
        raise UnreadableFile(given, found="no table of a known kind", wanted=wanted or f"one of: {known}")
    if wanted is not None and set(names) != {wanted}:
        raise UnreadableFile(given, found=" and ".join(sorted(names)), wanted=wanted)
    if len(names) > 1:
        raise UnreadableFile(given, found=" and ".join(sorted(names)), wanted="files of one kind")
    return next(iter(names))


def _joined(given: str, found: _Found) -> PublicTable:
    """The parts of one edition as one table."""
    kind = found.known[0].kind
    parts = [one.loader.read(one.grid) for one in found.known if one.loader]
    versions = sorted({part.version or "one without a name" for part in parts})
    if len(versions) > 1:
        raise UnreadableFile(given, found=f"editions {', '.join(versions)}", wanted="files of one edition")
    table = pa.concat_tables([part.table for part in parts]).unify_dictionaries()
    return PublicTable(
        kind,
        in_order(table, kind.keys).combine_chunks(),
        tuple(one.grid.source for one in found.known),
        parts[0].version,
        parts[0].valid_from,
        sum(part.n_skipped for part in parts),
        found.left,
    )


def _coverage(given: str, found: _Found, procedures: Collection[str] | None) -> PublicTable:
    grids: dict[str, Grid] = {}
    for one in found.known:
        role = coverage.role(one.grid) or ""
        if role in grids:
            raise UnreadableFile(
                given, found=f"two tables of {role}", wanted="one download of coverage articles"
            )
        grids[role] = one.grid
    part = coverage.read(grids, procedures)
    kind = coverage.COVERAGE
    sources = tuple(grid.source for grid in grids.values())
    return PublicTable(
        kind,
        in_order(part.table, kind.keys).combine_chunks(),
        sources,
        n_skipped=part.n_skipped,
        left=found.left,
    )
