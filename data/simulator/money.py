"""What payers allow, and who owes the rest: contract, deductible, coinsurance, copay, and the first payer's part."""

from dataclasses import dataclass

import numpy as np

from data.simulator.catalogue import Floats, Numbers, catalogue
from data.simulator.claims import Claims
from data.simulator.draw import Streams, chance
from data.simulator.lines import SHARE_OF_COMPONENT
from data.simulator.settings import WorldSettings

DEDUCTIBLE_LEFT = {"commercial": 0.42, "medicare": 0.12, "medicare_advantage": 0.10, "medicaid": 0.0}
"""How many patients still owe a deductible in January; it wears off through the year."""
COINSURANCE = {"commercial": 0.12, "medicare": 0.20, "medicare_advantage": 0.10, "medicaid": 0.0}
COPAY_CENTS = {"commercial": 3000, "medicare": 0, "medicare_advantage": 2000, "medicaid": 300}


@dataclass(frozen=True, slots=True)
class Money:
    """Cents of each line, if it is paid: charge = contract + prior + deductible + coinsurance + copay + cut + paid."""

    charge: Numbers
    allowed: Numbers
    prior: Numbers
    """What the first payer paid of the allowed amount."""
    deductible: Numbers
    coinsurance: Numbers
    copay: Numbers
    cut: Numbers
    """A part that is struck though the line is paid."""

    @property
    def contract(self) -> Numbers:
        """The write-off."""
        return self.charge - self.allowed

    @property
    def paid(self) -> Numbers:
        """What is left for the payer."""
        return self.allowed - self.prior - self.deductible - self.coinsurance - self.copay - self.cut


def price(settings: WorldSettings, claims: Claims, streams: Streams, *, stage: str) -> Money:
    """Amounts of every line, as if it were paid."""
    rng, lines = streams.stream(stage), claims.lines
    payer = claims.visits.payer[lines.claim]
    kind = np.array([p.kind for p in settings.payers])
    allowed = np.minimum(
        _fees(settings)[payer, lines.procedure] * SHARE_OF_COMPONENT[lines.component], lines.charge
    )
    allowed = np.maximum(np.round(allowed).astype(np.int64), 1)
    percent = (claims.forms.other_share * claims.forms.priced)[lines.claim]
    prior = np.minimum(lines.charge * percent // 100, allowed)
    rest = allowed - prior
    deductible = _deductible(rng, _by_kind(DEDUCTIBLE_LEFT, kind)[payer], claims, rest)
    shared = (~chance(rng, 0.3, len(rest))) * _by_kind(COINSURANCE, kind)[payer]
    coinsurance = np.round((rest - deductible) * shared).astype(np.int64)
    office = (claims.visits.place[lines.claim] == 0) & (lines.number == 1) & chance(rng, 0.5, len(rest))
    copay = np.minimum(
        _by_kind(COPAY_CENTS, kind)[payer].astype(np.int64) * office, rest - deductible - coinsurance
    )
    left = rest - deductible - coinsurance - copay
    cut = np.round(left * rng.uniform(0.2, 0.6, len(left))).astype(np.int64)
    cut = cut * chance(rng, settings.answers.partly, len(left)) * (left > 100)
    return Money(lines.charge, allowed, prior, deductible, coinsurance, copay, cut)


def _fees(settings: WorldSettings) -> Floats:
    """[payers, procedures]: the fee schedule, in cents; payers differ a little by procedure."""
    rate = np.array([p.rate_cents for p in settings.payers])
    numbers = np.arange(len(rate))[:, None] * 31 + np.arange(len(catalogue().rvu))[None] * 17
    return np.asarray(catalogue().rvu * rate[:, None] * (0.94 + numbers % 13 / 100))


def _by_kind(table: dict[str, float] | dict[str, int], kind: np.ndarray) -> Floats:
    return np.array([float(table[k]) for k in kind])


def _deductible(rng: np.random.Generator, in_january: Floats, claims: Claims, rest: Numbers) -> Numbers:
    """Some of the allowed amount, or all of it; seldom late in the year."""
    day_of_year = claims.visits.service[claims.lines.claim] % 365.25
    owes = chance(rng, in_january * np.exp(-day_of_year / 150), len(rest))
    part = np.where(chance(rng, 0.6, len(rest)), 1.0, rng.uniform(0.2, 0.9, len(rest)))
    return np.floor(rest * part * owes).astype(np.int64)
