"""How much dearer the model is than the truth, in log-loss, and in which families: with the usual policy book and a whole one.

    python benchmarks/bench_regret.py [--whole-book] [FOLDER] [N_CLAIMS] [PRESET:SEED ...]

Worlds (default: 60,000 claims of 24 months, three seeds of three presets), made once in FOLDER (default: build/worlds;
another number of claims wants another folder). What was known after 17 months teaches, claims sent later judge. Each
world comes twice, with the same claims and answers to the byte: as it is, where the policy book knows 60% of what
payers want and is here and there old, and with a book that knows it all: then everything that moves the truth can be
observed, and what is left is what the model hasn't learnt; with --whole-book only the second is looked at. Since the
true chances are known, losses are those to be expected: no chance of the draw. A family's excess is what its hazard
costs beyond the true one, on lines that no other family stops first (1e-4 nats a line). k numbers learnt from N lines
cost about k / 2N. Written to benchmarks/results/regret.txt.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
from worlds import Known, World, world

from features.keys import Secret
from features.recall import Past
from features.state import FeatureState
from models.combine import probability_of
from models.denial import DenialModel, fit_denial, refit_denial
from models.hazards import Hazards
from models.settings import ModelSettings
from training.metrics import figures

WORLDS = tuple(
    f"{preset}:{seed}" for preset in ("usual", "imaging_center", "hospital_group") for seed in (7, 8, 9)
)
SETTINGS = ModelSettings()
RESULT = Path(__file__).parent / "results" / "regret.txt"
BOOKS = {"usual book": Known(), "whole book": Known(whole_book=True)}
WHOLE = "--whole-book"
BLANK = FeatureState(date(2024, 1, 1), {}, Past(Secret(bytes(32))))
"""The features are there already; a model carries a state, and nothing here asks it."""
LEAST = 1e-9


def main(folder: Path, n_claims: int, worlds: Sequence[str], books: Mapping[str, Known]) -> None:
    """Measure, print and write."""
    told: list[str] = []
    for named in worlds:
        preset, seed = named.split(":")
        for words, known in books.items():
            for row in _report(
                f"{preset} {seed}, {words}", world(folder, preset, int(seed), n_claims, known)
            ):
                told.append(row)
                print(row, flush=True)
                RESULT.write_text("\n".join(told) + "\n")


def _report(words: str, made: World) -> Iterator[str]:
    model = fitted(made)
    said = model.predict(made.test.x, made.test.payer_ids).probability
    true, ones = made.truth.probability, np.ones(len(made.test))
    floor, excess = _entropy(true).mean(), (_cross(true, said) - _entropy(true)).mean()
    drawn, ceiling = figures(made.test.denied, said, ones), figures(made.test.denied, true, ones)
    yield (
        f"{words}: {len(made.learn):,} lines teach, {len(made.test):,} judge; "
        f"log-loss {floor + excess:.4f} of {floor:.4f}: regret {excess / floor:.1%}; "
        f"drawn {drawn.log_loss:.4f} of {ceiling.log_loss:.4f}; "
        f"AUC {drawn.auc:.4f} of {ceiling.auc:.4f} ({drawn.auc / ceiling.auc:.1%})"
    )
    for family, cost in sorted(_by_family(model.hazards, made).items(), key=lambda pair: -pair[1]):
        yield f"  {family:22} {cost * 1e4:6.1f}"


def fitted(made: World) -> DenialModel:
    """What ships: the trees that learnt from all, calibrated by trees that had not seen the newest lines."""
    older, newer = made.learn.rows(~made.later), made.learn.rows(made.later)
    return refit_denial(fit_denial(older, newer, BLANK, SETTINGS), made.learn, SETTINGS)


def _by_family(hazards: Hazards, made: World) -> dict[str, float]:
    said = probability_of(hazards.logits(made.test.x.values))
    true = made.truth.hazards
    costs = {}
    for place, family in enumerate(made.truth.families):
        clear = np.delete(1 - true, place, axis=1).prod(axis=1)
        own = said[:, hazards.families.index(hazards.family_of(family))]
        costs[family] = float((clear * (_cross(true[:, place], own) - _entropy(true[:, place]))).mean())
    return costs


def _cross(true: np.ndarray, said: np.ndarray) -> np.ndarray:
    """The log-loss to be expected of what is said, where the chances are these."""
    said = np.clip(said, LEAST, 1 - LEAST)
    return -(true * np.log(said) + (1 - true) * np.log1p(-said))


def _entropy(true: np.ndarray) -> np.ndarray:
    return _cross(np.clip(true, LEAST, 1 - LEAST), true)


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if word != WHOLE]
    place = Path(given[0]) if given else Path("build/worlds")
    place.mkdir(parents=True, exist_ok=True)
    n = int(given[1]) if len(given) > 1 else 60_000
    main(place, n, given[2:] or WORLDS, {"whole book": BOOKS["whole book"]} if WHOLE in sys.argv else BOOKS)
