"""A small simulated world as tables, and what hypothesis does to it: every feature is looked at, column by column."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa

from data.policy import PolicyBook
from data.schema import LINE_TABLE, ClaimTables
from data.simulator import simulate
from data.store import Store
from features.build import Features, build
from features.catalog import NAMES
from features.state import EPOCH, FeatureState
from tests.features.made_book import made_book
from tests.features.made_lines import labelled
from training.cohort import labelled_lines

N_CLAIMS, MONTHS, SEED = 450, 9, 11
KEPT = ("claim_key", "line", "claim_id")
"""What makes lines lines of a claim: never changed."""
ODD = {"modifier_2": ("25", "52", "53", "GA", "59"), "modifier_1": ("XS", "76", "26")}
"""Words that neither world uses."""


@dataclass(frozen=True, repr=False)
class SmallWorld:
    """Claims of nine months with answers, statuses of the door, context and policy book."""

    labelled: pa.Table
    claims: ClaimTables
    context: pa.Table
    book: PolicyBook
    newest: date

    @cached_property
    def lines(self) -> pa.Table:
        """The line table: what is known of each line when it is sent."""
        return self.labelled.select(LINE_TABLE.names)

    @cached_property
    def keys(self) -> np.ndarray:
        """The claim of each line. Shape (n,)."""
        return self.labelled.column("claim_key").to_numpy()

    @cached_property
    def sent(self) -> np.ndarray:
        """The day each line was sent, as days since 1970. Shape (n,)."""
        return self.labelled.column("submitted_on").cast(pa.int32()).to_numpy()

    @cached_property
    def state(self) -> FeatureState:
        """What was known after two thirds of the time: before and after it there are lines."""
        return FeatureState.fit(self.labelled, as_of=self.middle, policy=self.book)

    @cached_property
    def built(self) -> Features:
        """Every feature of every line."""
        return build(self.lines, self.state)

    @cached_property
    def known(self) -> Features:
        """Every feature of every line, with a state that knows all answers."""
        return build(self.lines, FeatureState.fit(self.labelled, as_of=self.newest, policy=self.book))

    @property
    def middle(self) -> date:
        """A day after two thirds of the time."""
        first, last = int(self.sent.min()), (self.newest - EPOCH).days
        return EPOCH + timedelta(days=first + 2 * (last - first) // 3)


def make(folder: Path) -> SmallWorld:
    """Simulate it and read it as a provider's store would."""
    files, store = folder / "files", Store(folder / "store")
    simulate(n_claims=N_CLAIMS, months=MONTHS, seed=SEED, out=files, claim_alone=False)
    sources = [files / part for part in ("claims", "remits", "statuses")]
    store.ingest(sources, context=files / "context.csv", book=files / "policy", workers=1)
    lines = labelled_lines(store)
    book = with_public_lists(store.policy_book(), lines)
    return SmallWorld(lines, store.claims(), store.context(), book, store.newest_remit_on())


def with_public_lists(book: PolicyBook, lines: pa.Table) -> PolicyBook:
    """With lists of pairs, units, add-on codes and fees over the world's procedures: it draws none itself."""
    codes = sorted(set(lines.column("procedure").to_pylist()))
    apart = [{"payer_id": "*", "procedure": code} for code in codes]
    pairs = [
        {"payer_id": "*", "column_1": one, "column_2": other, "modifier_indicator": place % 2}
        for place, one in enumerate(codes)
        for other in codes[place + 1 :: 2]
    ]
    public = made_book(
        ncci_pairs=pairs,
        unit_limits=[one | {"units": 1.0} for one in apart],
        add_on_codes=[{"payer_id": "*", "add_on": code, "primary": codes[0]} for code in codes[1::3]],
        fee_schedule=[one | {"allowed_cents": 9_000 + 10 * n} for n, one in enumerate(apart)],
    )
    return PolicyBook.of({**book.tables, **public.tables})


def shaken(lines: pa.Table, seed: int) -> pa.Table:
    """The same lines with fields of others here and there, made-up ones too: what no tidy world would ever send."""
    rng = np.random.default_rng(seed)
    made = labelled(lines.num_rows, seed=seed % 97).slice(0, lines.num_rows)
    for place, name in enumerate(LINE_TABLE.names):
        if name in KEPT or rng.random() < 0.4:
            continue
        others = lines.column(name).take(pa.array(rng.permutation(lines.num_rows)))
        if name in ODD:
            others = pa.chunked_array([pa.array(rng.choice(ODD[name], lines.num_rows))]).cast(others.type)
        nothing = pa.chunked_array([pa.nulls(lines.num_rows, others.type)])
        source = (others, made.column(name), nothing)[rng.integers(0, 3)].combine_chunks()
        is_changed = pa.array(rng.random(lines.num_rows) < rng.random())
        changed = pa.compute.if_else(is_changed, source, lines.column(name).combine_chunks())
        lines = lines.set_column(place, LINE_TABLE.field(name), changed)
    return lines


def differing(one: np.ndarray, other: np.ndarray, names: Sequence[str] = NAMES) -> list[str]:
    """The features that aren't equal to the bit, unknowns included. Shapes (n, features)."""
    assert one.shape == other.shape == (len(one), len(names))
    same = one.view(np.uint32) == other.view(np.uint32)
    return [name for name, equal in zip(names, same.all(axis=0), strict=True) if not equal]


def varied(*matrices: np.ndarray) -> set[str]:
    """The features that take more than one value, unknown counted as one."""
    bits = np.concatenate(matrices).view(np.uint32)
    return {name for name, differs in zip(NAMES, (bits != bits[0]).any(axis=0), strict=True) if differs}
