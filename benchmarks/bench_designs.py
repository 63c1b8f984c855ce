"""Competing hazards beside the plain design and one multiclass model, on every preset, with the known truth beside them.

    python benchmarks/bench_designs.py [--quick] [FOLDER] [PRESET ...]

Each world (simulated, 20,000 claims of 24 months, seed 7) is made once in FOLDER (default: build/worlds). What was
known after 17 months teaches, its newest part says when to stop and calibrates; claims sent later judge. All designs
see the same columns and are grown with the same settings; the reason codes within families are counted alike for
all. Written to benchmarks/results/designs.txt: AUC, log-loss (after calibration, and as the trees say it) and average
precision of later lines, top-1, top-3 and macro-F1 over families of the reasons of those denied, and the CPU seconds
of learning. With --quick all learn twice as fast (rate 0.16, patience 13), which costs all of them a little.
"""

import sys
import time
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score
from worlds import World, world

from models.calibration import fit_calibrator
from models.combine import log_odds_of
from models.designs import DESIGNS, Design
from models.reason import fit_reasons
from models.sample import Sample
from models.settings import ModelSettings
from training.metrics import figures, hit_rate

PRESETS = ("usual", "dependent", "hard", "imaging_center", "hospital_group", "teleradiology", "easy")
N_CLAIMS, SEED = 20_000, 7
RESULT = Path(__file__).parent / "results" / "designs.txt"
USUAL, QUICK = ModelSettings(), ModelSettings(learning_rate=0.16, patience=13)
HEAD = f"{'':14} {'':11}    AUC  log-loss (raw)     AP  top-1  top-3     F1  CPU s"
NEAR = 1e-6


def main(folder: Path, presets: tuple[str, ...], settings: ModelSettings) -> None:
    """Measure, print and write."""
    told = [HEAD, f"learning rate {settings.learning_rate}, patience {settings.patience}"]
    for preset in presets:
        told += _rows(preset, world(folder, preset, SEED, N_CLAIMS), settings)
        print("\n".join(told[-4:]), flush=True)
        RESULT.write_text("\n".join(told) + "\n")


def _rows(preset: str, made: World, settings: ModelSettings) -> list[str]:
    rows = []
    for name, fit in DESIGNS.items():
        start = time.process_time()
        design = fit(made.learn, settings, later=made.later)
        seconds = f"{time.process_time() - start:6.1f}"
        raw = f"{figures(made.test.denied, design.probability(made.test.x)).log_loss:.4f}"
        rows.append(_row(preset, name, *_judged(design, made), raw=raw, seconds=seconds))
    true = made.truth
    return [*rows, _row(preset, "ceiling", made, true.probability, true.reasons, true.leading)]


def _judged(design: Design, made: World) -> tuple[World, np.ndarray, np.ndarray, np.ndarray]:
    """What a design says of the lines that judge: calibrated probability, three codes, leading family."""
    late, test = made.learn.rows(made.later), made.test
    calibrator = fit_calibrator(
        _log_odds(design, late), late.denied, late.weight, late.payer_ids, late.day, payer_strength=100.0
    )
    probability = calibrator.apply(_log_odds(design, test), test.payer_ids)
    codes = _codes(design, made.learn)
    chance = codes.probabilities(design.share(test.x), test.payer_ids)
    families = list(codes.of_family)
    by_family = np.column_stack([chance[:, places].sum(axis=1) for places in codes.of_family.values()])
    return made, probability, codes.best(chance, 3)[0].astype(str), np.array(families)[by_family.argmax(1)]


def _log_odds(design: Design, lines: Sample) -> np.ndarray:
    return log_odds_of(np.clip(design.probability(lines.x), NEAR, 1 - NEAR))


def _codes(design: Design, learn: Sample):
    """How payers spell families, counted over the lines that taught."""
    pooled = {name: name if name in design.families else "pooled" for name in np.unique(learn.family)}
    known = np.array([pooled[name] in design.families for name in learn.family])
    struck = learn.rows((learn.denied == 1) & known)
    hazard = np.array([pooled[name] for name in struck.family], dtype=object)
    return fit_reasons(design.families, hazard, struck.reason, struck.payer_ids, struck.weight)


def _row(
    preset: str,
    name: str,
    made: World,
    probability: np.ndarray,
    codes: np.ndarray,
    leading: np.ndarray,
    *,
    raw: str = "      ",
    seconds: str = "",
) -> str:
    test = made.test
    f = figures(test.denied, probability)
    struck = test.denied == 1
    reason, family = test.reason[struck].astype(str), test.family[struck].astype(str)
    tops = (hit_rate(codes[struck].astype(str), reason, top=top) for top in (1, 3))
    macro = f1_score(family, leading[struck].astype(str), labels=np.unique(family), average="macro")
    said = " ".join(f"{value:6.3f}" for value in (*tops, macro))
    return f"{preset:14} {name:11} {f.auc:.4f}    {f.log_loss:.4f} {raw} {f.average_precision:6.3f} {said} {seconds}"


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if argument != "--quick"]
    settings = QUICK if "--quick" in sys.argv else USUAL
    main(Path(given[0] if given else "build/worlds"), tuple(given[1:]) or PRESETS, settings)
