"""Whether the explanation names the true cause: on simulated worlds, where the chance of every cause is known exactly.

    python benchmarks/bench_causes.py [FOLDER] [PRESET:SEED ...]

Each world (30,000 claims of 24 months) and a model of what was known after 17 months are made once in FOLDER (default:
build/learnt_worlds). Looked at are the denied lines of claims sent after that, with a risk over 0.3 by the model. The
*true leading cause* of a line is the cause (of `data/simulator/causes.py`) with the largest true chance of striking it.
Concepts are taken in the order in which the answer lists its factors, those that raise the risk; each concept once.

Which concepts name a cause is told by `NAMES`, strictly: one concept, unless two say the same to a biller.

- A diagnosis of another part of the body is put right by another diagnosis or by pointing at another one.
- Two services that don't go together are told as such, or as the missing modifier that says they were apart; an x-ray
  repeated on one day as sent before, or as the missing modifier that says it was repeated.
- A procedure that a payer never pays is told as the procedure, or as that payer's habit with it.
- A study made again before the payer's interval is over is told as the patient's earlier visits.
- A payer that strikes without a cause that shows (`..._error`) can only be told as that payer's habit. Where such is
  the likeliest cause, no fault shows on the line at all.

Of the things named that somebody can fix or check, it also counts how many speak of a true cause (one with a chance of
5% or more), and of the true causes of such things (20% or more), how many are named at all.

Beside it, the cause that was drawn and reported: chance decides it where several may strike, so that nobody could name
it always; how often the truth's own leading cause is the one reported stands beside. Writes benchmarks/results/causes.txt.
"""

import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from learnt import Learnt, learnt

from data.simulator.causes import CAUSES, all_hazards
from data.simulator.claims import ORIGINAL, REPLACEMENT
from data.simulator.facts import set_scene
from data.simulator.tables import claim_ids
from features.build import Features
from features.catalog import CATEGORICAL
from features.catalog import NAMES as COLUMNS
from features.concepts import CONCEPTS
from models.bundle import load
from models.denial import DenialModel, Prediction
from models.explain import Explanation, explain
from training.cohort import labelled_lines
from training.judge import Bench
from training.scored import features_of, read_truth

WORLDS = ("usual:7", "usual:8", "dependent:7", "hard:7")
FOLDER = "build/learnt_worlds"
OVER = 0.3
WANTED = (0.85, 0.95)
SOME, MUCH = 0.05, 0.2
"""From which chance on a cause counts as one, and as one that should be named."""
CAUSE_NAMES = np.array([cause.name for cause in CAUSES])
RESULT = Path(__file__).parent / "results" / "causes.txt"

HABIT = ("payer_habit",)
NAMES: Mapping[str, tuple[str, ...]] = {
    "auth_missing": ("authorization",),
    "auth_expired": ("authorization",),
    "auth_other_procedure": ("authorization",),
    "off_coverage": ("diagnosis",),
    "attachment": ("attachment",),
    "images_unlinked": ("images",),
    "report_unsigned": ("report",),
    "referring_missing": ("referring_provider",),
    "referring_invalid": ("referring_provider",),
    "first_payer_unpriced": ("other_payer",),
    "original_unnamed": ("replacement",),
    "coverage_over": ("eligibility",),
    "other_payer_first": ("other_payer",),
    "modifier_wrong": ("modifier",),
    "side_missing": ("modifier",),
    "diagnosis_elsewhere": ("diagnosis", "diagnosis_pointer"),
    "bundled": ("same_claim", "modifier"),
    "sent_before": ("duplicate", "modifier"),
    "past_limit": ("filing_time",),
    "not_covered": ("procedure", "payer_habit"),
    "not_enrolled": ("rendering_provider",),
    "too_soon": ("patient_history",),
}
"""The concepts that name each cause; a payer's errors are its habit."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Denied lines, what is said of them, and what is true."""

    x: Features
    payers: np.ndarray
    hazards: np.ndarray
    """[n, causes] The true chance of each cause."""
    reported: np.ndarray
    prediction: Prediction

    @property
    def leading(self) -> np.ndarray:
        """[n] The cause with the largest true chance."""
        return CAUSE_NAMES[self.hazards.argmax(axis=1)]

    def __len__(self) -> int:
        return len(self.reported)


def prepared(folder: Path, name: str) -> tuple[DenialModel, Lines]:
    """A world's model, and the later denied lines of high risk; made once."""
    made = learnt(folder, name)
    model, kept = load(made.bundle), folder / f"causes-{made.preset}-{made.seed}.npz"
    if not kept.is_file():
        np.savez(kept, **_later(model, made))  # type: ignore[arg-type]  # arrays by name
    with np.load(kept) as arrays:
        return model, _risky(model, dict(arrays))


def _later(model: DenialModel, made: Learnt) -> dict[str, np.ndarray]:
    """Features and truth of the lines sent after the model's day."""
    labelled = labelled_lines(made.store)
    truth = read_truth(made.files / "truth.parquet")
    test = Bench.of(labelled, made.store.newest_remit_on()).test_lines(sent_after=made.as_of)
    x = features_of(labelled, test, model.state.with_history(labelled))
    ids = _ids(test.lines)
    rows = dict(zip(_ids(truth), range(truth.num_rows), strict=True))
    truth = truth.take([rows[one] for one in ids])
    chances, causes = _chances(made)
    hazards = chances[[causes[one] for one in ids]]
    # The world drawn anew is the world on disk.
    assert np.allclose(1 - np.prod(1 - hazards, axis=1), truth["p_denied"].to_numpy(), atol=1e-12)
    return {
        "values": x.values,
        "payers": np.array(test.lines["payer_id"].to_pylist(), dtype=np.str_),
        "denied": test.denied,
        "hazards": hazards,
        "reported": np.array([cause or "" for cause in truth["cause"].to_pylist()]),
    }


def _ids(lines: pa.Table) -> list[tuple[str, int]]:
    return list(zip(lines["claim_id"].to_pylist(), lines["line"].to_pylist(), strict=True))


def _chances(made: Learnt) -> tuple[np.ndarray, dict[tuple[str, int], int]]:
    """[lines, causes] the true chances of a world, drawn anew with the payers' hidden lists; and each line's row."""
    world = made.world()
    taken, frequency = world.fault == 0, world.claims.forms.frequency
    first = np.flatnonzero(taken & (frequency == ORIGINAL))
    again = np.flatnonzero(taken & (frequency == REPLACEMENT))
    found: list[np.ndarray] = []
    ids: list[tuple[str, int]] = []
    for rows, past in ((first, None), (again, world.claims.take(first))):
        claims = world.claims.take(rows)
        found.append(all_hazards(set_scene(world.settings, world.policies, claims, past=past)))
        of = claim_ids(claims.visits.number, seed=made.seed).take(pa.array(claims.lines.claim))
        ids += zip(of.to_pylist(), claims.lines.number.tolist(), strict=True)
    return np.concatenate(found), {one: n for n, one in enumerate(ids)}


def _risky(model: DenialModel, kept: Mapping[str, np.ndarray]) -> Lines:
    """The denied lines whose risk is over 0.3."""
    x = Features(COLUMNS, kept["values"], CATEGORICAL)
    denied = kept["denied"] == 1
    x, payers = replace(x, values=x.values[denied]), kept["payers"][denied].astype(object)
    risky = model.predict(x, payers).probability > OVER
    x, payers = replace(x, values=x.values[risky]), payers[risky]
    hazards, reported = (kept[name][denied][risky] for name in ("hazards", "reported"))
    return Lines(x, payers, hazards, reported, model.predict(x, payers))


def named(explanation: Explanation) -> list[str]:
    """The concepts that raise the risk, each once, in the order in which they are told."""
    return list(dict.fromkeys(factor.concept for factor in explanation.factors if factor.points > 0))


def place(cause: str, told: Sequence[str]) -> int:
    """Where a concept that names the cause stands: 0 is first; past the end where none does."""
    right = NAMES.get(cause, HABIT)
    return next((n for n, concept in enumerate(told) if concept in right), len(told) + 99)


def right_and_found(explanation: Explanation, hazards: np.ndarray) -> tuple[list[bool], list[bool]]:
    """Of the things named to fix or to check: true or not. Of the true causes of such things: named or not."""
    told = {
        factor.concept for factor in explanation.factors if factor.points > 0 and factor.kind != "context"
    }
    true = {concept for cause in CAUSE_NAMES[hazards >= SOME] for concept in NAMES.get(cause, HABIT)}
    strong = [NAMES.get(cause, HABIT) for cause in CAUSE_NAMES[hazards >= MUCH]]
    wanted = [names for names in strong if any(CONCEPTS[concept].kind != "context" for concept in names)]
    return [concept in true for concept in told], [not told.isdisjoint(names) for names in wanted]


def tell(world: str, model: DenialModel, lines: Lines, say: Callable[[str], None]) -> np.ndarray:
    """One world's figures; the places of the true leading causes."""
    explained = explain(model, lines.x, lines.payers, lines.prediction)
    told = [named(one) for one in explained]
    at = np.array([place(cause, each) for cause, each in zip(lines.leading, told, strict=True)])
    drawn = np.array([place(cause, each) for cause, each in zip(lines.reported, told, strict=True)])
    same = (lines.leading == lines.reported).mean()
    say(
        f"{world}: {len(lines):,} denied lines with a risk over {OVER}, {np.mean([len(t) for t in told]):.1f} concepts named on average"
    )
    say(
        f"  true leading cause      first {np.mean(at < 1):6.1%} (wanted {WANTED[0]:.0%}), in the first three {np.mean(at < 3):6.1%} (wanted {WANTED[1]:.0%})"
    )
    say(
        f"  the one reported        first {np.mean(drawn < 1):6.1%}, in the first three {np.mean(drawn < 3):6.1%}; it is the leading one on {same:.1%} of lines"
    )
    each = [right_and_found(one, chances) for one, chances in zip(explained, lines.hazards, strict=True)]
    right, found = (np.array([flag for flags in part for flag in flags]) for part in zip(*each, strict=True))
    say(
        f"  things to fix or check  {len(right):,} named, {right.mean():.1%} of them true; {len(found):,} true, {found.mean():.1%} of them named"
    )
    say("  by leading cause:         lines  first  in 3   what stands first where it isn't")
    for cause, n in Counter(lines.leading.tolist()).most_common():
        mine = lines.leading == cause
        wrong = Counter(t[0] if t else "nothing" for t, off in zip(told, mine & (at > 0), strict=True) if off)
        words = ", ".join(f"{concept} {count}" for concept, count in wrong.most_common(4))
        say(f"    {cause:<22} {n:>6,} {np.mean(at[mine] < 1):6.1%} {np.mean(at[mine] < 3):6.1%}  {words}")
    say("")
    return at


def main() -> None:
    """Make, measure, print, write."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    said: list[str] = []
    for world in sys.argv[2:] or WORLDS:
        tell(world, *prepared(folder, world), said.append)
    print("\n".join(said))
    if not sys.argv[2:]:
        RESULT.write_text("\n".join(said).strip() + "\n")


if __name__ == "__main__":
    main()
