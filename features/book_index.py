"""A policy book in the shape that lines ask it in: sorted 64-bit keys, and under each the entries that are about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pyarrow as pa

from data.codes.files import rows as code_rows
from data.policy import PolicyBook
from features.book_kernel import ANY, BASE, LEVELS, LONGEST, NEVER_AFTER, NEVER_BEFORE, keys_of
from features.columns import Floats, Hashes, Indices, Ints, stable_hash

FACILITY = "facility"
BILLING = {"global": 0.0, "26": 1.0, "TC": 2.0}
MAX_BITS = 24


class Kind(IntEnum):
    """What an entry tells, as its keys have it."""

    AUTHORIZATION = 0
    ATTACHMENT = 1
    EXCLUDED = 2
    FREQUENCY = 3
    FILING = 4
    APPEAL = 5
    CONTRACT = 6
    ENROLLMENT = 7
    UNITS = 8
    FEE = 9
    ADD_ON = 10
    """An add-on code: 1 where other primaries than those listed may be right."""
    ADD_ON_LIST = 11
    """That the book has a list of add-on codes."""
    PRIMARY = 12
    COVERAGE = 13
    """That the book lists diagnoses for a procedure: 1 covered ones, 0 those not covered."""
    DIAGNOSIS = 14
    PAIR = 15
    PAIR_LIST = 16
    """That the book has a list of pairs."""


def diagnosis_number(code: str) -> int:
    """A diagnosis as a number whose leading digits are those of its beginnings; -1 for what can't be one; never 0."""
    letters = code.replace(".", "").upper()
    if not letters or len(letters) > LONGEST or not (letters.isascii() and letters.isalnum()):
        return -1
    number = 0
    for place in range(LONGEST):
        number = number * BASE + (int(letters[place], 36) + 1 if place < len(letters) else 0)
    return number


@dataclass(frozen=True, slots=True)
class BookIndex:
    """What a book says, ready to be asked. Made once; a book of millions of entries takes seconds."""

    version: str
    """The book's."""
    shift: np.uint64
    buckets: Indices
    """Where the keys begin that share their first bits."""
    keys: Hashes
    starts: Indices
    """Where the entries of each key begin (keys + 1,)."""
    begins: Indices
    ends: Indices
    known: Indices
    """Days since 1970."""
    values: Floats
    levels: Ints
    """For each kind, which levels occur (a bit each)."""
    lengths: int
    """Which lengths of beginnings of diagnoses occur (a bit each)."""

    @staticmethod
    def of(book: PolicyBook) -> "BookIndex":
        """The index of a book."""
        made = _Entries()
        for name, table in book.tables.items():
            getattr(made, f"add_{name}")(_Table(table))
        return made.index(book.version)

    @property
    def arrays(
        self,
    ) -> tuple[np.uint64, Indices, Hashes, Indices, Indices, Indices, Indices, Floats, Ints]:
        """As the compiled lookups take them."""
        return (
            self.shift,
            self.buckets,
            self.keys,
            self.starts,
            self.begins,
            self.ends,
            self.known,
            self.values,
            self.levels,
        )


class _Table:
    """One list's columns as arrays."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self.n = table.num_rows

    def codes(self, name: str) -> tuple[Ints, list[str]]:
        """The places of a column's words among its distinct ones (-1: empty), and those."""
        column = self.table[name].combine_chunks()
        return column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(
            np.int64
        ), column.dictionary.to_pylist()

    def hashes(self, name: str, *, missing: np.uint64 = ANY) -> Hashes:
        """The hash of each word."""
        codes, words = self.codes(name)
        return np.array([*map(stable_hash, words), missing], dtype=np.uint64)[codes]

    def numbers(self, name: str) -> Floats:
        """A column of numbers or yes/no; NaN where empty."""
        column = self.table[name]
        plain = column.cast(pa.int8()) if pa.types.is_boolean(column.type) else column
        return np.asarray(plain.cast(pa.float64()).to_numpy(), dtype=np.float64)

    def days(self, name: str, empty: int) -> Indices:
        """A column of days since 1970."""
        days: Indices = self.table[name].cast(pa.int32()).fill_null(empty).to_numpy().astype(np.int32)
        return days

    def spread(self, name: str, rows: Ints) -> tuple[Ints, Hashes]:
        """For each word of several in the cells of some rows: the place among these rows, and its hash.

        An empty cell, and a column that the list doesn't have, is `ANY` once.
        """
        if name not in self.table.schema.names:
            return np.arange(len(rows)), np.full(len(rows), ANY, dtype=np.uint64)
        codes, texts = self.codes(name)
        sets = [[stable_hash(word) for word in text.split()] for text in texts]
        return spread(codes[rows], [*sets, [int(ANY)]])


def spread(codes: Ints, sets: Sequence[Sequence[int]]) -> tuple[Ints, Hashes]:
    """Each place of `codes` as often as its set has members, beside these."""
    sizes = np.array([len(one) for one in sets], dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    members = np.array([member for one in sets for member in one], dtype=np.uint64)
    each = sizes[codes]
    within = np.arange(int(each.sum())) - np.repeat(np.cumsum(each) - each, each)
    return np.repeat(np.arange(len(codes)), each), members[np.repeat(starts[codes], each) + within]


class _Entries:
    """Gathers the entries of all lists, then sorts them."""

    def __init__(self) -> None:
        self.keys: list[Hashes] = []
        self.begins: list[Indices] = []
        self.ends: list[Indices] = []
        self.known: list[Indices] = []
        self.values: list[Floats] = []
        self.levels = np.zeros(len(Kind), dtype=np.int64)
        self.lengths = 0

    def add_authorization(self, of: _Table) -> None:
        self._placed(Kind.AUTHORIZATION, of, "required")

    def add_attachment(self, of: _Table) -> None:
        self._placed(Kind.ATTACHMENT, of, "required")

    def add_excluded(self, of: _Table) -> None:
        self._placed(Kind.EXCLUDED, of, "excluded")

    def _placed(self, kind: Kind, of: _Table, value: str) -> None:
        self._add(kind, of, of.numbers(value), of.hashes("procedure"), place="place_of_service")

    def add_frequency_limits(self, of: _Table) -> None:
        self._add(Kind.FREQUENCY, of, of.numbers("days"), of.hashes("procedure"))

    def add_filing_limits(self, of: _Table) -> None:
        for kind, name in ((Kind.FILING, "days"), (Kind.APPEAL, "appeal_days")):
            days = of.numbers(name)
            told = np.flatnonzero(~np.isnan(days))
            self._add(kind, of, days[told], rows=told)

    def add_contracts(self, of: _Table) -> None:
        codes, words = of.codes("billing")
        billing = np.array([BILLING[word] for word in words], dtype=np.float64)[codes]
        self._add(Kind.CONTRACT, of, billing, of.hashes("facility_npi"))

    def add_enrollment(self, of: _Table) -> None:
        self._add(Kind.ENROLLMENT, of, np.ones(of.n), of.hashes("rendering_npi"))

    def add_unit_limits(self, of: _Table) -> None:
        self._add(Kind.UNITS, of, of.numbers("units"), of.hashes("procedure"), place="setting")

    def add_fee_schedule(self, of: _Table) -> None:
        """Each price twice: wherever it is, and in a facility, which is asked first."""
        plain, facility = of.numbers("allowed_cents"), of.numbers("facility_cents")
        about = of.hashes("procedure"), of.hashes("modifier")
        self._add(Kind.FEE, of, plain, *about)
        there = np.where(np.isnan(facility), plain, facility)
        self._add(Kind.FEE, of, there, *about, inside=np.uint64(stable_hash(FACILITY)))

    def add_add_on_codes(self, of: _Table) -> None:
        codes, words = of.codes("primary")
        is_open = np.array([word == "*" for word in words], dtype=np.float64)[codes]
        add_on, listed = of.hashes("add_on"), np.flatnonzero(is_open == 0)
        self._add(Kind.ADD_ON, of, is_open, add_on)
        self._add(
            Kind.PRIMARY, of, np.ones(len(listed)), add_on[listed], of.hashes("primary")[listed], rows=listed
        )
        self._add_list(Kind.ADD_ON_LIST, of)

    def add_coverage(self, of: _Table) -> None:
        covered, procedure = of.numbers("covered"), of.hashes("procedure")
        self._add(Kind.COVERAGE, of, covered, procedure)
        codes, texts = of.codes("diagnoses")
        sets = [[diagnosis_number(word) for word in text.split()] for text in texts]
        rows, beginnings = spread(codes, sets)
        self.lengths = sum({1 << len(word) for text in texts for word in text.split()})
        self._add(Kind.DIAGNOSIS, of, covered[rows], procedure[rows], beginnings, rows=rows)

    def add_ncci_pairs(self, of: _Table) -> None:
        pair = of.hashes("column_1"), of.hashes("column_2")
        self._add(Kind.PAIR, of, of.numbers("modifier_indicator"), *pair, place="setting")
        self._add_list(Kind.PAIR_LIST, of, "setting")

    def _add_list(self, kind: Kind, of: _Table, place: str | None = None) -> None:
        """That a payer's list is there: from the first to the last day that any of its entries holds."""
        codes, words = of.codes("payer_id")
        settings, names = of.codes(place) if place else (np.zeros(of.n, np.int64), [""])
        slot = codes * (len(names) + 1) + settings + 1
        n = len(words) * (len(names) + 1)
        begins, ends, known = (np.full(n, end, np.int32) for end in (NEVER_AFTER, NEVER_BEFORE, NEVER_AFTER))
        np.minimum.at(begins, slot, of.days("valid_from", NEVER_BEFORE))
        np.maximum.at(ends, slot, of.days("valid_to", NEVER_AFTER))
        np.minimum.at(known, slot, of.days("known_on", NEVER_BEFORE))
        there = np.flatnonzero(np.bincount(slot, minlength=n))
        nothing = np.zeros(len(there), dtype=np.uint64)
        setting = [int(ANY), *(stable_hash(name) if place else int(ANY) for name in names)]
        payer = np.array([stable_hash(word) for word in words], dtype=np.uint64)[there // (len(names) + 1)]
        self._put(
            kind,
            (payer, nothing, np.array(setting, np.uint64)[there % (len(names) + 1)], nothing, nothing),
        )
        self._put_days(begins[there], ends[there], known[there], np.ones(len(there)))

    def _add(
        self,
        kind: Kind,
        of: _Table,
        values: Floats,
        first: Hashes | None = None,
        second: Hashes | None = None,
        *,
        place: str | None = None,
        inside: np.uint64 = ANY,
        rows: Ints | None = None,
    ) -> None:
        """Entries of a kind, one for each plan and place that a row names.

        `rows`: the rows of the list that `values`, `first` and `second` are of; all of them where it isn't given.
        `inside` is the place of lists that name none.
        """
        rows = np.arange(of.n) if rows is None else rows
        by_plan, plan = of.spread("plan_type", rows)
        by_place, placed = (
            of.spread(place, rows[by_plan])
            if place
            else (np.arange(len(by_plan)), np.full(len(by_plan), inside, dtype=np.uint64))
        )
        at = by_plan[by_place]
        nothing = np.zeros(len(at), dtype=np.uint64)
        one, two = (nothing if part is None else part[at] for part in (first, second))
        self._put(kind, (of.hashes("payer_id")[rows[at]], plan[by_place], placed, one, two))
        self._put_days(
            of.days("valid_from", NEVER_BEFORE)[rows[at]],
            of.days("valid_to", NEVER_AFTER)[rows[at]],
            of.days("known_on", NEVER_BEFORE)[rows[at]],
            values[at],
        )

    def _put(self, kind: Kind, parts: tuple[Hashes, Hashes, Hashes, Hashes, Hashes]) -> None:
        """Their keys: payer, plan, place, and what they are about."""
        keys = np.empty(len(parts[0]), dtype=np.uint64)
        payer, plan, place, first, second = parts
        keys_of(int(kind), payer, plan, place, first, second, keys)
        self.keys.append(keys)
        levels = np.bincount(4 * (payer == STAR) + 2 * (plan == ANY) + (place == ANY), minlength=LEVELS)
        self.levels[kind] |= sum(1 << level for level in np.flatnonzero(levels).tolist())

    def _put_days(self, begins: Indices, ends: Indices, known: Indices, values: Floats) -> None:
        self.begins.append(begins)
        self.ends.append(ends)
        self.known.append(known)
        self.values.append(values)

    def index(self, version: str) -> BookIndex:
        """All entries by their keys; under a key in the order in which they count."""
        keys = np.concatenate([*self.keys, np.zeros(0, np.uint64)])
        begins, ends, known = (
            np.concatenate([*days, np.zeros(0, np.int32)]).astype(np.int32)
            for days in (self.begins, self.ends, self.known)
        )
        values = np.concatenate([*self.values, np.zeros(0)])
        order = _in_order(keys, begins, known)
        keys = keys[order]
        first = np.flatnonzero(np.append(len(keys) > 0, keys[1:] != keys[:-1])[: len(keys)])
        distinct = keys[first]
        bits = min(max(len(distinct).bit_length(), 1), MAX_BITS)
        shift = np.uint64(64 - bits)
        counts = np.bincount((distinct >> shift).astype(np.int64), minlength=1 << bits)
        buckets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
        starts = np.append(first, len(keys)).astype(np.int32)
        days = (begins[order], ends[order], known[order])
        return BookIndex(
            version, shift, buckets, distinct, starts, *days, values[order], self.levels, self.lengths
        )


STAR = np.uint64(stable_hash("*"))


def facility_places() -> Hashes:
    """The places of service that are facilities, and at last the word for them."""
    places = [row["place"] for row in code_rows("places.csv") if row["kind"] == FACILITY]
    return np.array([stable_hash(word) for word in (*places, FACILITY)], dtype=np.uint64)


def _in_order(keys: Hashes, begins: Indices, known: Indices) -> Ints:
    """By key; under one the later beginning first, then the one learnt later, then the one further down the list."""
    newest = np.arange(len(keys))[::-1]
    if (known != NEVER_BEFORE).any() or (begins != NEVER_BEFORE).any():
        since, learnt = ((days.astype(np.int64) - NEVER_BEFORE).astype(np.uint64) for days in (begins, known))
        newest = newest[np.argsort(~((since << np.uint64(32)) | learnt)[newest], kind="stable")]
    order: Ints = newest[np.argsort(keys[newest], kind="stable")]
    return order
