"""What payers act on: facts on the claim, in its context, in the past and on the calendar.

Every one of them can be seen on the day the claim goes out (with the payers' hidden lists, which show in outcomes).
"""

from dataclasses import dataclass, replace

import numpy as np

from data.simulator.catalogue import Flags, Floats, Numbers, catalogue
from data.simulator.claims import MARKS, NONE, ORIGINAL, Claims
from data.simulator.forms import wanted, wants_auth
from data.simulator.pairs import lesser_of_pairs
from data.simulator.past import too_soon
from data.simulator.policies import Policies
from data.simulator.settings import WorldSettings


@dataclass(frozen=True, slots=True)
class Scene:
    """Claims before the payers' eyes, and what the payers want."""

    settings: WorldSettings
    policies: Policies
    claims: Claims
    sent_before: Flags
    """[lines]: same member, procedure, side and service date on a claim that went out on an earlier day"""
    in_pair: Flags
    """[lines]: part of a greater line of its claim"""
    asked_first: Flags
    """[lines]: on the payer's authorisation list"""
    wants_papers: Flags
    """[lines]: on the payer's attachment list"""
    too_soon: Flags
    """[lines]: a study of the same kind was claimed before, and the payer wants more days between them"""

    def take(self, rows: Numbers) -> "Scene":
        """These claims with their facts, which stay what they are among all claims."""
        at = self.claims.line_rows(rows)
        return replace(
            self,
            claims=self.claims.take(rows),
            sent_before=self.sent_before[at],
            in_pair=self.in_pair[at],
            asked_first=self.asked_first[at],
            wants_papers=self.wants_papers[at],
            too_soon=self.too_soon[at],
        )

    @property
    def payer(self) -> Numbers:
        """[claims]"""
        return self.claims.visits.payer

    @property
    def line_payer(self) -> Numbers:
        """[lines]"""
        return self.claims.visits.payer[self.claims.lines.claim]

    def of_claim(self, values: Flags) -> Flags:
        """A fact of the claim, for each of its lines."""
        return values[self.claims.lines.claim]

    @property
    def signed(self) -> Flags:
        """[claims]: the report is known to be signed when the claim goes out; only then can it be read."""
        sights = self.claims.sights
        in_time = sights.signed <= self.claims.visits.submitted
        return np.asarray(sights.seen & (sights.signed != NONE) & in_time)

    def all_lines(self, flags: Flags) -> Flags:
        """[claims]: every line has it."""
        has = np.bincount(self.claims.lines.claim, weights=flags, minlength=len(self.claims))
        return np.asarray(has == self.claims.n_lines)

    def on_lines(self, effect: float, fact: Flags) -> Floats:
        """[lines]: the effect, as strictly as the payer is, where the fact is there."""
        return np.where(fact, self._strictly(effect)[self.line_payer], 0.0)

    def on_claims(self, effect: float, fact: Flags) -> Floats:
        """[claims]: the same for facts of whole claims."""
        return np.where(fact, self._strictly(effect)[self.payer], 0.0)

    def _strictly(self, effect: float) -> Floats:
        return np.minimum(effect * self.policies.strictness, 0.97)

    def marked(self, mark: str) -> Flags:
        """[lines]: carries the modifier 59 or 76."""
        return np.asarray(MARKS[self.claims.lines.mark] == mark)


def set_scene(
    settings: WorldSettings, policies: Policies, claims: Claims, *, past: Claims | None = None
) -> Scene:
    """The facts of these claims, which are all that were sent; for corrections `past` says what was sent before."""
    return Scene(
        settings=settings,
        policies=policies,
        claims=claims,
        sent_before=_sent_before(claims),
        in_pair=lesser_of_pairs(claims.lines),
        asked_first=wants_auth(policies, claims.visits, claims.lines),
        wants_papers=wanted(policies.wants_attachment_from, claims.visits, claims.lines),
        too_soon=too_soon(policies.spacing_days, claims, past or claims),
    )


def _sent_before(claims: Claims) -> Flags:
    """A line that an earlier claim had already; replacements neither count nor are counted."""
    visits, lines = claims.visits, claims.lines
    n_procedures = len(catalogue().procedure)
    key = (visits.member[lines.claim] * 65_536 + visits.service[lines.claim]) * n_procedures + lines.procedure
    key = key * 4 + lines.side
    original = claims.forms.frequency[lines.claim] == ORIGINAL
    submitted = visits.submitted[lines.claim]
    _, group = np.unique(key, return_inverse=True)
    first = np.full(len(key), np.iinfo(np.int64).max)
    np.minimum.at(first, group[original], submitted[original])
    return np.asarray(original & (first[group] < submitted))
