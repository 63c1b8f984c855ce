"""Whether shown fixes are true: made in simulated worlds, where the payers' real chances of denial are known.

    python benchmarks/bench_fixes.py [FOLDER] [PRESET:SEED ...]

For each of these a world of 30,000 claims in 24 months, its store and a model of what was known in its 17th month (kept
in FOLDER, default: build/learnt_worlds); the claims of the two months after that are scored with fixes, every fix
shown is made in the world itself (with the payers' hidden lists), and the payers' true chance is worked out anew.
Prints and writes benchmarks/results/fixes.txt.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from learnt import N_CLAIMS, learnt  # noqa: E402
from worlds import N_MONTHS  # noqa: E402

from data.few import values_of  # noqa: E402
from data.schema import DIAGNOSES, MODIFIERS  # noqa: E402
from data.simulator.catalogue import catalogue  # noqa: E402
from data.simulator.causes import all_hazards  # noqa: E402
from data.simulator.claims import ACTIVE, GOOD, MARKS, NONE, ORIGINAL, REPLACEMENT, SIDES, Claims  # noqa: E402
from data.simulator.facts import Scene, set_scene  # noqa: E402
from data.simulator.mending import MENDS  # noqa: E402
from data.simulator.tables import COMPONENTS  # noqa: E402
from data.simulator.world import World  # noqa: E402
from models.denial import DenialModel  # noqa: E402
from models.fixing.candidate import LEAST_DROP, Candidate, Edit, Row  # noqa: E402
from models.fixing.choose import Tried  # noqa: E402
from serving.fixes import Found, fixes  # noqa: E402
from serving.judge import Judged, judge  # noqa: E402
from serving.rows import line_rows  # noqa: E402
from serving.scorer import Scorer  # noqa: E402

WORLDS = ("usual:7", "usual:8", "hard:7", "imaging_center:7")
FOLDER = Path(sys.argv[1] if len(sys.argv) > 1 else "build/learnt_worlds")
UNSEEN_DAYS = 60
"""Days after the model's own whose claims are scored."""
HANDS_OFF = ("coverage_over", "not_enrolled")
"""Mends of the simulator that no biller may make: another payer, another enrolment."""
RESULT = ROOT / "benchmarks" / "results" / "fixes.txt"

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shown:
    """One fix shown of one line, and what it truly does."""

    line: int
    tried: Tried
    before: float
    """As stated."""
    true_before: float
    true_after: float

    @property
    def stated_drop(self) -> float:
        return self.before - self.tried.after.probability

    @property
    def true_drop(self) -> float:
        return self.true_before - self.true_after


@dataclass(frozen=True, slots=True)
class Scored:
    """Claims of the last weeks, scored with fixes, and the world that they are from."""

    world: World
    judged: Judged
    rows: Sequence[Row]
    found: Sequence[Found]
    scene: Scene
    """Of all claims of one kind (first ones, or replacements)."""
    at: npt.NDArray[np.int64]
    """[claims]: which claims of the scene were scored."""


def main() -> None:
    """Measure, print and write."""
    parts = ["\n".join(_report(name)) for name in sys.argv[2:] or WORLDS]
    text = "\n\n".join([*parts, _speed()])
    print(text)
    if not sys.argv[2:]:
        RESULT.write_text(text + "\n")


def _scored(name: str) -> Iterator[Scored]:
    """First claims, and then replacements, of the last weeks."""
    made = learnt(FOLDER, name)
    # As it is served: the history goes on after the model was made; each line is told only what was known by its day.
    model, world = Scorer.load(made.bundle, made.store.path).model, made.world()
    since = (made.as_of - date(1970, 1, 1)).days + 1
    taken = world.fault == 0
    first = np.flatnonzero(taken & (world.claims.forms.frequency == ORIGINAL))
    again = np.flatnonzero(taken & (world.claims.forms.frequency == REPLACEMENT))
    past = world.claims.take(first)
    for rows, before in ((first, None), (again, past)):
        claims = world.claims.take(rows)
        scene = set_scene(world.settings, world.policies, claims, past=before)
        at = np.flatnonzero(
            (claims.visits.submitted >= since) & (claims.visits.submitted < since + UNSEEN_DAYS)
        )
        tables, context = world.claim_tables(rows[at]), world.context_table(rows[at])
        judged = judge(model, tables, context, today=made.as_of)
        lines = line_rows(judged.wide)
        found = fixes(model, judged, lines, today=made.as_of).lines
        yield Scored(world, judged, lines, found, scene, at)


def chances(scene: Scene) -> Floats:
    """[lines]: the payers' true chance of denial."""
    return 1 - np.prod(1 - all_hazards(scene), axis=1)


def truths(scored: Scored) -> list[Shown]:
    """Every fix shown, made in the world."""
    of = [(line, tried) for line, found in enumerate(scored.found) for tried in found.fixes]
    if not of:
        return []
    claim = scored.judged.claim
    rows = scored.at[claim[[line for line, _ in of]]]
    before, made = scored.scene.take(rows), scored.scene.take(rows)
    place = _places(scored, made.claims, [line for line, _ in of])
    for n, (line, tried) in enumerate(of):
        _make(tried.candidate, scored.rows[line], n, int(place[n]), made)
    was, now = chances(before), chances(made)
    return [
        Shown(line, tried, scored.found[line].before.probability, float(was[at]), float(now[at]))
        for (line, tried), at in zip(of, place.tolist(), strict=True)
    ]


def _places(scored: Scored, claims: Claims, lines: Sequence[int]) -> npt.NDArray[np.int64]:
    """Where each line stands among the lines of its own copy of its claim."""
    counts = claims.n_lines
    starts = np.cumsum(counts) - counts
    numbers = np.array(values_of(scored.judged.wide, "line"))[list(lines)]
    found = [
        int(start + np.flatnonzero(claims.lines.number[start : start + n] == number)[0])
        for start, n, number in zip(starts, counts, numbers, strict=True)
    ]
    return np.array(found)


def _make(candidate: Candidate, row: Row, claim: int, line: int, scene: Scene) -> None:
    """Write a fix into copy `claim` of the scene's claims, whose line it is for is `line`."""
    values = dict(row) | {edit.field: edit.value for edit in candidate.edits}
    for edit in candidate.edits:
        _write(edit, claim, scene)
    lines = scene.claims.lines
    if any(edit.field in MODIFIERS for edit in candidate.edits):
        marks = [str(values[name]) for name in MODIFIERS if values[name] is not None]
        for names, numbers in ((COMPONENTS, lines.component), (SIDES, lines.side), (MARKS, lines.mark)):
            numbers[line] = next((n for n, name in enumerate(names.tolist()) if name and name in marks), 0)
    if any(edit.field == "pointer_1" for edit in candidate.edits):
        code = values[DIAGNOSES[int(str(values["pointer_1"])) - 1]]
        lines.diagnosis[line] = catalogue().diagnosis.tolist().index(code)


def _write(edit: Edit, claim: int, scene: Scene) -> None:  # noqa: C901  # one case a field
    """One field of the claim as the simulator knows it."""
    forms, sights, visits = scene.claims.forms, scene.claims.sights, scene.claims.visits
    match edit.field:
        case "auth_number":
            forms.auth[claim] = True
        case "context_auth_procedure" | "context_auth_valid_to":
            # An authorization that fits this service fits in all that payers look at.
            sights.auth_procedure[claim] = sights.auth_to[claim] = NONE
        case "attachment_control":
            forms.attachment[claim] = True
        case "context_image_link_confirmed":
            sights.linked[claim] = True
        case "context_report_signed_on":
            sights.signed[claim] = visits.submitted[claim]
        case "context_report_has_indication":
            sights.indication[claim] = True
        case "referring_npi":
            forms.referring_state[claim] = GOOD
        case "original_control":
            forms.names_original[claim] = True
        case "frequency":
            forms.frequency[claim] = REPLACEMENT
            scene.sent_before[scene.claims.lines.claim == claim] = False
        case "payer_sequence":
            forms.secondary[claim] = True
        case "other_payer_paid_cents":
            forms.priced[claim] = True
        case "context_eligibility_status":
            sights.eligibility[claim] = ACTIVE


def _report(name: str) -> Iterator[str]:
    """The figures of one world."""
    shown: list[Shown] = []
    n_lines = have = hit = 0
    missed: dict[str, list[int]] = {}
    for scored in _scored(name):
        here = truths(scored)
        shown += here
        n_lines += len(scored.judged.claim)
        for mend, found in _best(scored, here):
            tally = missed.setdefault(mend, [0, 0])
            tally[0] += 1
            tally[1] += found
            have, hit = have + 1, hit + found
    drops = np.array([[one.stated_drop, one.true_drop] for one in shown]).reshape(-1, 2)
    lower = drops[:, 1] > 1e-9
    yield f"{name} ({N_CLAIMS:,} claims in {N_MONTHS} months): {n_lines:,} lines of {UNSEEN_DAYS} days, {len(shown):,} fixes shown"
    yield f"  lower the true probability          {_share(lower)}"
    yield f"  lower it by 5 points or more        {_share(drops[:, 1] >= LEAST_DROP)}"
    yield f"  stated drop {_points(drops[:, 0])}, true drop {_points(drops[:, 1])}, difference on average {_points(drops[:, 0] - drops[:, 1])}, apart from each other by {_points(np.abs(drops[:, 0] - drops[:, 1]))}"
    yield f"  best fix found                      {hit:,} of {have:,} lines that have one ({hit / max(have, 1):.1%})"
    yield "  by kind of fix:            shown  lower  stated   true"
    for way in sorted(
        {one.tried.candidate.way for one in shown if "+" not in one.tried.candidate.way} | {"pairs"}
    ):
        mine = [
            one
            for one in shown
            if one.tried.candidate.way == way or (way == "pairs" and "+" in one.tried.candidate.way)
        ]
        if mine:
            each = np.array([[one.stated_drop, one.true_drop] for one in mine])
            yield f"    {way:<22} {len(mine):>7,} {_share(each[:, 1] > 1e-9)} {_points(each[:, 0])} {_points(each[:, 1])}"
    yield "  by the mend that is truly best:  lines  found"
    for mend, (n, found_n) in sorted(missed.items(), key=lambda one: -one[1][0]):
        yield f"    {mend:<27} {n:>7,}  {found_n / n:6.1%}"


def _best(scored: Scored, shown: Sequence[Shown]) -> Iterator[tuple[str, bool]]:
    """Each line that one mend truly lowers by five points, with that mend, and whether a fix shown is about as good."""
    truth = scored.world.truth(_rows(scored))
    names = [mend.name for mend in MENDS if mend.name not in HANDS_OFF]
    without = np.stack([truth[f"p_without_{name}"].to_numpy(zero_copy_only=False) for name in names], axis=1)
    left = np.where(np.isnan(without), np.inf, without)
    best, p = left.argmin(axis=1), truth["p_denied"].to_numpy()
    after: dict[int, float] = {}
    for one in shown:
        after[one.line] = min(after.get(one.line, np.inf), one.true_after)
    for line in np.flatnonzero(p - left.min(axis=1) >= LEAST_DROP).tolist():
        yield names[best[line]], after.get(line, np.inf) <= left[line].min() + LEAST_DROP


def _rows(scored: Scored) -> npt.NDArray[np.int64]:
    """The rows, among all claims of the world, of those scored."""
    numbers = scored.world.claims.visits.number
    order = np.argsort(numbers)
    wanted = scored.scene.claims.visits.number[scored.at]
    return np.asarray(order[np.searchsorted(numbers[order], wanted)])


def _share(flags: npt.NDArray[np.bool_]) -> str:
    return f"{flags.mean():6.1%}" if len(flags) else "     -"


def _points(drops: Floats) -> str:
    return f"{100 * drops.mean():5.1f}" if len(drops) else "    -"


def _speed() -> str:
    """CPU of one line with its fixes, at the median."""
    made = learnt(FOLDER, (sys.argv[2:] or WORLDS)[0])
    from data.context import read_context
    from data.readers.x12 import read_x12
    from data.schema import ClaimTables

    model = Scorer.load(made.bundle).model
    claims = read_x12(next((made.files / "upcoming").glob("*.837")).read_bytes(), source="week").claims
    context = read_context(made.files / "context.csv")
    spent: dict[int, list[float]] = {}
    for place in np.flatnonzero(claims.claims["n_lines"].to_numpy() == 1)[:150].tolist():
        head = claims.claims.slice(place, 1)
        own = claims.lines.filter(
            np.equal(claims.lines["claim_key"].to_numpy(), head["claim_key"][0].as_py())
        )
        beside = context.filter(
            np.equal(context["claim_id"].to_numpy(zero_copy_only=False), head["claim_id"][0].as_py())
        )
        for _ in range(3):
            start = time.process_time()
            judged = judge(model, ClaimTables(head, own), beside, today=date(2026, 1, 1))
            middle = time.process_time()
            fixes(model, judged, line_rows(judged.wide), today=date(2026, 1, 1))
            n = _tried(model, judged)
            spent.setdefault(-1, []).append(middle - start)
            spent.setdefault(n, []).append(time.process_time() - middle)
    rows = [
        f"    {n:>3} candidates: {1000 * np.median(each):5.2f} ms ({len(each) // 3} claims)"
        for n, each in sorted(spent.items())
        if n >= 0
    ]
    return "\n".join(
        [
            f"CPU of one line, median: judged {1000 * np.median(spent[-1]):.2f} ms; its fixes beside that:",
            *rows,
        ]
    )


def _tried(model: DenialModel, judged: Judged) -> int:
    from serving.fixes import _candidates

    return len(_candidates(model, judged, line_rows(judged.wide)))


if __name__ == "__main__":
    main()
