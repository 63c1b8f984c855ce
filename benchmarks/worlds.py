"""Simulated worlds as labelled lines with their features, for benchmarks that compare models: made once, kept as arrays.

A world is simulated, ingested, and cut in time as production would live it: lines known on a day teach (the newest of
them only say when to stop and how to calibrate), and claims sent after that day judge. Beside them stands the truth.
"""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path

import numpy as np

from data.simulator.presets import FOLDER
from data.store import Store
from features.build import Features, build
from features.state import FeatureState
from models.sample import Sample
from training.cohort import Cohort, labelled_lines
from training.fit import DEFAULTS, choose
from training.judge import Bench
from training.scored import features_of, read_truth, truth_scores
from training.watch import Watch

N_MONTHS, N_DAYS = 24, 517
"""A model is made of what was known this many days after the first claim; the rest judges."""
FAMILIES = "families"
PLACED = ("whole", "at")
"""What of a sample is kept as its matrix."""
TRUE = ("probability", "shares", "reasons", "hazards")
WHOLE_BOOK = """
[book]
known_share = 1.0
outdated = 0.0
"""


@dataclass(frozen=True, slots=True)
class Truth:
    """What was really true of the lines that judge."""

    probability: np.ndarray
    shares: np.ndarray
    families: tuple[str, ...]
    reasons: np.ndarray
    """[n, 3]"""
    hazards: np.ndarray
    """[n, families]"""

    @property
    def leading(self) -> np.ndarray:
        """[n] The likeliest family."""
        return np.array(self.families)[self.shares.argmax(axis=1)]


@dataclass(frozen=True, slots=True)
class World:
    """Lines that teach, lines among them that only stop and calibrate, lines that judge."""

    learn: Sample
    later: np.ndarray
    test: Sample
    truth: Truth


def cleanclaim(*arguments: str) -> None:
    """Run one command."""
    subprocess.run([sys.executable, "-m", "cleanclaim", *arguments], check=True, capture_output=True)


@dataclass(frozen=True, slots=True)
class Known:
    """What stands beside the claims and answers."""

    context: bool = True
    policy: bool = True
    whole_book: bool = False
    """The policy book has all that payers want, and nothing that is old: everything observable is observed."""

    @property
    def made(self) -> str:
        """What tells the files of such a world from the usual ones."""
        return "-whole_book" if self.whole_book else ""

    @property
    def mark(self) -> str:
        """What tells its store from the usual one."""
        return self.made + ("" if self.context else "-no_context") + ("" if self.policy else "-no_policy")


ALL = Known()


def world(folder: Path, preset: str, seed: int, n_claims: int, known: Known = ALL) -> World:
    """A world's lines, made at the first call; the store and the files stay in `folder`."""
    kept = folder / f"lines-{preset}-{seed}{known.mark}.npz"
    if not kept.is_file():
        made, store = simulated(folder, preset, seed, n_claims, known)
        np.savez(kept, **_packed(_cut(Store(store), made / "truth.parquet")))  # type: ignore[arg-type]
    with np.load(kept) as arrays:
        return _unpacked(arrays)


def simulated(folder: Path, preset: str, seed: int, n_claims: int, known: Known = ALL) -> tuple[Path, Path]:
    """A world's files and its store, made at the first call."""
    made, store = folder / f"{preset}-{seed}{known.made}", folder / f"store-{preset}-{seed}{known.mark}"
    if not (made / "truth.parquet").is_file():
        size = ("--claims", str(n_claims), "--months", str(N_MONTHS), "--seed", str(seed))
        named = str(_whole_book(folder, preset)) if known.whole_book else preset
        cleanclaim("simulate", *size, "--preset", named, "--out", str(made))
    if not store.is_dir():
        files = [str(made / part) for part in ("claims", "remits", "statuses")]
        beside = ["--context", str(made / "context.csv")] if known.context else []
        beside += ["--policy", str(made / "policy")] if known.policy else []
        cleanclaim("ingest", *files, *beside, "--store", str(store))
    return made, store


def _whole_book(folder: Path, preset: str) -> Path:
    """The preset with a policy book that knows all; claims and answers are the same to the byte."""
    made = folder / f"{preset}-whole_book.toml"
    made.write_text((FOLDER / f"{preset}.toml").read_text("utf-8") + WHOLE_BOOK)
    return made


def _cut(store: Store, truth: Path) -> World:
    bench = Bench.of(labelled_lines(store), store.newest_remit_on(), read_truth(truth))
    as_of = min(bench.labelled["submitted_on"].to_pylist()) + timedelta(days=N_DAYS)
    chosen = choose(store, as_of, DEFAULTS, Watch(lambda: 0.0))
    state = FeatureState.fit(chosen.labelled, as_of=as_of, policy=chosen.book)
    taught = build(chosen.labelled, state)
    early, late = _sample(taught, chosen.early), _sample(taught, chosen.late)
    test = bench.test_lines(sent_after=as_of)
    x = features_of(bench.labelled, test, state.with_history(bench.labelled))
    said = truth_scores(bench.truth, test.lines)
    learn = early.followed_by(late)
    return World(
        learn,
        np.arange(len(learn)) >= len(early),
        Sample.of(x, test.lines, np.ones(len(x))),
        Truth(said.probability, said.shares, said.hazard_families, said.reasons, said.hazards),
    )


def _sample(x: Features, chosen: Cohort) -> Sample:
    return Sample.of(x, chosen.lines, chosen.weight, at=chosen.rows)


def _packed(made: World) -> dict[str, np.ndarray]:
    kept: dict[str, np.ndarray] = {"later": made.later, FAMILIES: np.array(made.truth.families)}
    kept |= {f"truth_{name}": getattr(made.truth, name) for name in TRUE}
    for part, sample in (("learn", made.learn), ("test", made.test)):
        kept |= {
            f"{part}_{f.name}": _plain(getattr(sample, f.name))
            for f in fields(sample)
            if f.name not in PLACED
        }
        kept[f"{part}_values"] = sample.x.values
    return kept | {
        "names": np.array(made.learn.whole.names),
        "categorical": np.array(made.learn.whole.categorical),
    }


def _unpacked(kept: Mapping[str, np.ndarray]) -> World:
    names, words = tuple(kept["names"].tolist()), tuple(kept["categorical"].tolist())
    samples = []
    for part in ("learn", "test"):
        columns = {f.name: _rich(kept[f"{part}_{f.name}"]) for f in fields(Sample) if f.name not in PLACED}
        values = kept[f"{part}_values"]
        samples.append(Sample(Features(names, values, words), np.arange(len(values)), **columns))
    truth = Truth(
        kept["truth_probability"],
        kept["truth_shares"],
        tuple(kept[FAMILIES].tolist()),
        kept["truth_reasons"],
        kept["truth_hazards"],
    )
    return World(samples[0], kept["later"], samples[1], truth)


def _plain(column: np.ndarray) -> np.ndarray:
    """Words as text of one width, and None as "": nothing pickled."""
    return np.array([value or "" for value in column], dtype=np.str_) if column.dtype == object else column


def _rich(column: np.ndarray) -> np.ndarray:
    return column.astype(object) if column.dtype.kind == "U" else column
