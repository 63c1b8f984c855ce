"""Fixes proven by scoring: each candidate makes a new claim, which takes the whole way again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from data.few import FewClaims, FewLines, values_of
from features.checks.catalog import CHECKS
from features.checks.findings import verdicts
from models.combine import Floats
from models.denial import DenialModel
from models.fixing.candidate import LEAST_DROP, Candidate, Row, Seen
from models.fixing.choose import Chance, Tried, pairs, proven, told
from models.fixing.propose import proposed
from models.fixing.trial import few_trial, trial
from serving.judge import Judged, Level, judge, judge_few
from serving.rows import fields_of

BLOCKS = np.array([check.severity == "block" for check in CHECKS])
IDS = np.array([check.id for check in CHECKS])
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Found:
    """What was proven of one line, or of one claim."""

    before: Chance
    fixes: tuple[Tried, ...] = ()


@dataclass(frozen=True, slots=True)
class Fixed:
    """What was proven, in the order of the lines and of the claims."""

    lines: list[Found]
    claims: list[Found]
    """Fixes that lower the risk of the claim as a whole; of claims with one line that line's are all there are."""


def fixes(model: DenialModel, judged: Judged, rows: Sequence[Row], *, today: date) -> Fixed:
    """The fixes of claims that are judged; `rows` are the rows of their line table.

    All candidates of all claims are judged in one call, and the best of them two at a time in another.
    """
    return _Search(model, judged, today).run(_candidates(model, judged, rows))


def _candidates(model: DenialModel, judged: Judged, rows: Sequence[Row]) -> list[Candidate]:
    """What might be put right, each thing once, on lines likely enough to be denied for it to be told."""
    said, n_lines = verdicts(judged.x), np.bincount(judged.claim)
    found: dict[object, Candidate] = {}
    for line in np.flatnonzero(judged.lines.probability >= LEAST_DROP).tolist():
        claim = int(judged.claim[line])
        seen = Seen(
            rows[line],
            claim,
            frozenset(IDS[said[line] == 1].tolist()),
            frozenset(IDS[np.isnan(said[line])].tolist()),
            frozenset(IDS[(said[judged.claim == claim] == 1).all(axis=0)].tolist()),
            model.state.policy,
            int(n_lines[claim]),
        )
        for candidate in proposed(seen):
            found.setdefault(candidate.does, candidate)
    return list(found.values())


class _Search:
    """Tries candidates on claims, and keeps what is proven."""

    def __init__(self, model: DenialModel, judged: Judged, today: date) -> None:
        self.model, self.judged, self.today = model, judged, today
        self.n_lines, self.n_claims = len(judged.claim), judged.n_claims
        self.blocked = _blocked(judged)
        self.alike = model.interval.of(judged.lines.probability)

    def run(self, candidates: Sequence[Candidate]) -> Fixed:
        """Singles, then pairs."""
        lines, claims = self._tried(candidates)
        of_lines = [proven(tried, self._line(n)) for n, tried in enumerate(lines)]
        of_claims = [proven(tried, self._claim(n)) for n, tried in enumerate(claims)]
        both = {pair.does: pair for singles in (*of_lines, *of_claims) for pair in pairs(singles)}
        lines_2, claims_2 = self._tried(list(both.values()))
        return Fixed(
            [
                Found(before := self._line(n), tuple(told(singles, lines_2[n], before)) if singles else ())
                for n, singles in enumerate(of_lines)
            ],
            [
                Found(before := self._claim(n), tuple(told(singles, claims_2[n], before)) if singles else ())
                for n, singles in enumerate(of_claims)
            ],
        )

    def _line(self, n: int) -> Chance:
        return chance(self.judged.lines, n, self.alike)

    def _claim(self, n: int) -> Chance:
        return chance(self.judged.claims, n)

    def _tried(self, candidates: Sequence[Candidate]) -> tuple[list[list[Tried]], list[list[Tried]]]:
        """What becomes of each line and of each claim by the candidates for it."""
        lines: list[list[Tried]] = [[] for _ in range(self.n_lines)]
        claims: list[list[Tried]] = [[] for _ in range(self.n_claims)]
        if not candidates:
            return lines, claims
        after, made_of = self._judged(candidates)
        valid = ~(_blocked(after) & ~self.blocked[made_of]).any(axis=1)
        sound = np.bincount(after.claim, weights=~valid, minlength=len(candidates)) == 0
        numbers, alike = values_of(self.judged.wide, "line"), self.model.interval.of(after.lines.probability)
        for place, (line, of) in enumerate(zip(made_of.tolist(), after.claim.tolist(), strict=True)):
            candidate = candidates[of]
            if sound[of] and candidate.line in {0, numbers[line]}:
                lines[line].append(Tried(candidate, chance(after.lines, place, alike)))
        for of in np.flatnonzero(sound).tolist():
            claims[candidates[of].claim].append(Tried(candidates[of], chance(after.claims, of)))
        return lines, claims

    def _judged(self, candidates: Sequence[Candidate]) -> tuple[Judged, Ints]:
        """All that the candidates make, judged at once; and for each of its lines the line that it was."""
        heads, wide, claim = self.judged.heads, self.judged.wide, self.judged.claim
        if isinstance(wide, FewLines) and isinstance(heads, list):
            few = few_trial(candidates, FewClaims(fields_of(heads), wide, claim.tolist()))
            return judge_few(self.model, few.few), few.line
        made = trial(candidates, heads, wide, claim)
        return judge(self.model, made.tables, made.context, today=self.today), made.line


def chance(level: Level, n: int, alike: tuple[Floats, Floats] | None = None) -> Chance:
    """One line's or claim's probability with its interval; `alike`: ends [n] of what became of lines like it."""
    probability = float(level.probability[n])
    ends = (float(alike[0][n]), float(alike[1][n])) if alike is not None else (probability, probability)
    return Chance(probability, (float(level.low[n]), float(level.high[n])), ends)


def _blocked(judged: Judged) -> Flags:
    """[lines, checks]: checks that would hold the claim back; a fix must not trip a new one."""
    return np.asarray((verdicts(judged.x) == 1) & BLOCKS)
