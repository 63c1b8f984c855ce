"""Candidates made on their claims: for each a new claim, with its lines and with what our records hold beside it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.claim import INHERITED
from data.few import DATED, FewClaims, FewLines, hidden_by, is_after
from data.schema import CLAIMS, CONTEXT, DIAGNOSES, LINES, ClaimTables
from data.wide import CONTEXT_FIELDS, OF_CLAIM, OF_LINE
from models.fixing.candidate import Candidate, Edit, Value

Ints = NDArray[np.int64]
BESIDE = "context_"
COLUMNS_BESIDE = tuple(BESIDE + name for name in CONTEXT_FIELDS)


@dataclass(frozen=True, slots=True)
class Trial:
    """Claims with their candidates made, in the order of the candidates. Their ids count them: they name no patient."""

    tables: ClaimTables
    context: pa.Table
    line: Ints
    """[lines]: which line of the claims as they are each of its lines was."""


def trial(
    candidates: Sequence[Candidate], heads: pa.Table, wide: pa.Table, claim: NDArray[np.int64]
) -> Trial:
    """The claims that the candidates make of `heads`, whose line table is `wide`, with line `n` of claim `claim[n]`."""
    of = np.array([candidate.claim for candidate in candidates], dtype=np.int64)
    rows = _rows_by_claim(claim, heads.num_rows)
    own = [_kept(rows[one.claim], one, wide) for one in candidates]
    line = np.concatenate(own) if own else np.zeros(0, np.int64)
    number = np.repeat(np.arange(len(own)), [len(one) for one in own])
    claims, lines = _Columns(heads, of), _Columns(wide.select(OF_LINE), line)
    beside = _Columns(wide.select(("line", *COLUMNS_BESIDE)), line)
    last = np.cumsum([len(one) for one in own])
    for at, candidate in enumerate(candidates):
        at_lines = np.arange(last[at] - len(own[at]), last[at])
        _make(candidate, at, at_lines, _Three(claims, lines, beside))
    names = pa.array([f"{n + 1}" for n in range(len(own))])
    claims.whole("claim_id", names)
    claims.whole("claim_key", pa.array(np.arange(1, len(own) + 1)))
    lines.whole("claim_key", pa.array(number + 1))
    lines.whole("offset", pa.nulls(len(line), pa.int64()))
    return Trial(
        ClaimTables(claims.table(CLAIMS), lines.table(LINES)),
        _context(beside, names.take(pa.array(number))),
        line,
    )


@dataclass(frozen=True, slots=True)
class FewTrial:
    """The same of a few claims, as values."""

    few: FewClaims
    line: Ints


def few_trial(candidates: Sequence[Candidate], few: FewClaims) -> FewTrial:
    """The claims that the candidates make of a few claims."""
    rows = _rows_by_claim(np.array(few.claim, dtype=np.int64), len(few.claims))
    numbers = few.lines.values("line")
    own = [
        [row for row in rows[one.claim].tolist() if one.drops is None or numbers[row] != one.drops]
        for one in candidates
    ]
    line = [row for one in own for row in one]
    claim = [at for at, one in enumerate(own) for _ in one]
    lines = _Values(few.lines.take(line))
    heads = [few.claims[one.claim].copy() for one in candidates]
    on = _Three(_Heads(heads), lines, lines)
    last = 0
    for at, candidate in enumerate(candidates):
        first, last = last, last + len(own[at])
        _make(candidate, at, np.arange(first, last), on)
        _told_by_claim(heads[at], lines, range(first, last), key=at + 1)
    _hide_late(lines)
    return FewTrial(FewClaims(heads, lines.said(), claim), np.array(line, dtype=np.int64))


def _told_by_claim(head: dict[str, Value], lines: "_Values", rows: Iterable[int], *, key: int) -> None:
    """Write what a claim says of itself beside each of its lines."""
    head["claim_id"], head["claim_key"] = f"{key}", key
    for name in OF_CLAIM:
        beside = "claim_charge_cents" if name == "charge_cents" else name
        if head[name] is not None or lines.is_there(beside):
            _write(lines, beside, rows, head[name])
    _write(lines, "claim_key", rows, key)


def _hide_late(lines: "_Values") -> None:
    """What our records hold of a day after submission is not known."""
    sent = lines.values("submitted_on")
    dated = [name for name in DATED if lines.is_there(name)]
    for row in range(lines.n):
        late = [name for name in dated if is_after(lines.values(name)[row], sent[row])]
        for name in hidden_by(late) if late else ():
            if lines.is_there(name):
                lines.values(name)[row] = None


class _Values:
    """Rows of a few lines, of which some columns are written anew."""

    def __init__(self, lines: FewLines) -> None:
        self._lines, self.n = lines, lines.n

    def is_there(self, name: str) -> bool:
        """Whether the column says anything of any line."""
        return name in self._lines.columns

    def values(self, name: str) -> list[Value]:
        """A column's values, to be written into."""
        return self._lines.columns.setdefault(name, [None] * self.n)

    def said(self) -> FewLines:
        """All lines, with the columns that say anything."""
        columns = self._lines.columns
        return FewLines(
            self.n, {name: own for name, own in columns.items() if any(one is not None for one in own)}
        )


class _Heads:
    """What each claim says of itself, column by column."""

    def __init__(self, heads: list[dict[str, Value]]) -> None:
        self._heads = heads

    def values(self, name: str) -> "_Head":
        """A field of all claims, to be written into."""
        return _Head(self._heads, name)


@dataclass(frozen=True, slots=True)
class _Head:
    heads: list[dict[str, Value]]
    name: str

    def __getitem__(self, at: int) -> Value:
        return self.heads[at][self.name]

    def __setitem__(self, at: int, value: Value) -> None:
        self.heads[at][self.name] = value


def _rows_by_claim(claim: Ints, n_claims: int) -> list[Ints]:
    order = np.argsort(claim, kind="stable")
    return np.split(order, np.cumsum(np.bincount(claim, minlength=n_claims))[:-1])


def _kept(rows: Ints, candidate: Candidate, wide: pa.Table) -> Ints:
    """The claim's lines without the one that is taken off."""
    if candidate.drops is None:
        return rows
    return np.array([row for row in rows.tolist() if wide["line"][row].as_py() != candidate.drops], np.int64)


class _Columns:
    """Rows of a table, of which some columns are written anew."""

    def __init__(self, table: pa.Table, rows: Ints) -> None:
        self._table, self._rows = table.take(pa.array(rows)), rows
        self._written: dict[str, list[Value]] = {}
        self._whole: dict[str, pa.Array] = {}

    def values(self, name: str) -> list[Value]:
        """A column's values, to be written into."""
        if name not in self._written:
            self._written[name] = self._table.column(name).to_pylist()
        return self._written[name]

    def whole(self, name: str, values: pa.Array) -> None:
        """A column in the place of the one that was there."""
        self._whole[name] = values

    def column(self, field: pa.Field, name: str = "") -> pa.Array | pa.ChunkedArray:
        """A column as it is now; `name` where the table has it under another one."""
        name = name or field.name
        if name in self._whole:
            return self._whole[name]
        if name in self._written:
            return pa.array(self._written[name], field.type)
        return self._table.column(name)

    def table(self, schema: pa.Schema) -> pa.Table:
        """All columns."""
        return pa.table([self.column(field) for field in schema], schema=schema)


class _Field(Protocol):
    """One field of all claims or lines."""

    def __getitem__(self, at: int, /) -> Value: ...
    def __setitem__(self, at: int, value: Value, /) -> None: ...


class _Written(Protocol):
    """Claims or lines whose fields are written anew."""

    def values(self, name: str) -> _Field: ...


@dataclass(frozen=True, slots=True)
class _Three:
    """Claims, lines and what stands beside each line."""

    claims: _Written
    lines: _Written
    beside: _Written


def _make(candidate: Candidate, at: int, lines: Ints, on: _Three) -> None:
    """Write the edits of the candidate into claim `at` with its `lines`."""
    for edit in candidate.edits:
        if edit.field.startswith(BESIDE):
            _write(on.beside, edit.field, _named(on, lines, edit.line), edit.value)
        elif edit.line:
            _write(on.lines, edit.field, _named(on, lines, edit.line), edit.value)
        else:
            _write_claim(edit, at, lines, on)
    if candidate.drops is not None:
        _drop(at, lines, on)


def _named(on: _Three, lines: Ints, line: int) -> Iterable[int]:
    """The lines of that number; all for 0."""
    if not line:
        every: list[int] = lines.tolist()
        return every
    numbers = on.lines.values("line")
    return [n for n in lines.tolist() if numbers[n] == line]


def _write(columns: _Written, name: str, rows: Iterable[int], value: Value) -> None:
    values = columns.values(name)
    for row in rows:
        values[row] = value


def _write_claim(edit: Edit, at: int, lines: Ints, on: _Three) -> None:
    """A field of the claim; lines that have nothing of their own there, or the claim's, go with it."""
    of_claim = on.claims.values(edit.field)
    before, of_claim[at] = of_claim[at], edit.value
    if edit.field in INHERITED:
        of_lines = on.lines.values(edit.field)
        for row in lines.tolist():
            if of_lines[row] is None or of_lines[row] == before:
                of_lines[row] = edit.value
    if edit.field in DIAGNOSES and before is None:
        _add(on.claims, "n_diagnoses", at, 1)


def _drop(at: int, lines: Ints, on: _Three) -> None:
    """The claim without one of its lines: fewer lines, and only their charges."""
    on.claims.values("n_lines")[at] = len(lines)
    charges = on.lines.values("charge_cents")
    left = [charges[row] for row in lines.tolist()]
    on.claims.values("charge_cents")[at] = sum(charge for charge in left if isinstance(charge, int))


def _add(columns: _Written, name: str, at: int, more: int) -> None:
    values = columns.values(name)
    before = values[at]
    values[at] = (before if isinstance(before, int) else 0) + more


def _context(beside: _Columns, claim_id: pa.Array) -> pa.Table:
    """What our records hold, one row a line."""
    columns: Mapping[str, Callable[[pa.Field], pa.Array]] = {
        "claim_id": lambda _: claim_id,
        "line": beside.column,
    }
    made = [
        columns[field.name](field) if field.name in columns else beside.column(field, BESIDE + field.name)
        for field in CONTEXT
    ]
    return pa.table(made, schema=CONTEXT)
