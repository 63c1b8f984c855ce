"""A simulated world with a model of what was known in its 17th month, for benchmarks of what is told of later claims."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from worlds import N_DAYS, N_MONTHS, simulated

from data.simulator.presets import load_settings
from data.simulator.world import World, draw_world
from data.store import Store
from models.bundle import save
from training.cohort import labelled_lines
from training.fit import learn

N_CLAIMS = 30_000


@dataclass(frozen=True, slots=True)
class Learnt:
    """A world on disk, and the folder of its model."""

    preset: str
    seed: int
    files: Path
    store: Store
    as_of: date
    bundle: Path

    def world(self) -> World:
        """The world drawn anew: the same claims, with what no file tells."""
        settings = load_settings(self.preset)
        return draw_world(
            n_claims=N_CLAIMS, months=N_MONTHS, seed=self.seed, settings=settings, claim_alone=False
        )


def learnt(folder: Path, name: str) -> Learnt:
    """The world of this name (`usual:7`) and its model, made at the first call; both stay in `folder`."""
    preset, _, number = name.partition(":")
    seed = int(number or 7)
    files, place = simulated(folder, preset, seed, N_CLAIMS)
    store, bundle = Store(place), folder / f"model-{preset}-{seed}"
    as_of = min(labelled_lines(store)["submitted_on"].to_pylist()) + timedelta(days=N_DAYS)
    if not bundle.is_dir():
        save(learn(store, as_of).model, bundle)
    return Learnt(preset, seed, files, store, as_of, bundle)
