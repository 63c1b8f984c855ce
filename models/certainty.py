"""How sure the model is, beyond each line's probability: all that is learnt from the held-out claims for it."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from features.build import places_of
from models.bands import Bands, fit_bands
from models.claim_level import ClaimLevel
from models.combine import Floats
from models.conformal import SetLevels, fit_levels
from models.hazards import Hazards
from models.precision import Precision, fit_precision
from models.reach import Reach
from models.reason import Reasons
from models.sample import Sample
from models.together import Answered, fit_claim_level


@dataclass(frozen=True, slots=True)
class Certainty:
    """What held-out claims say of claims as a whole, of sets of reasons, of precision, and of the words for a risk."""

    claim_level: ClaimLevel = field(default_factory=ClaimLevel)
    sets: SetLevels = field(default_factory=SetLevels)
    lines: Precision = field(default_factory=Precision)
    claims: Precision = field(default_factory=Precision)
    bands: Bands = field(default_factory=Bands)
    reach: Reach = field(default_factory=Reach)


def fit_certainty(
    held: Sample,
    probability: Floats,
    share: Floats,
    hazards: Hazards,
    reasons: Reasons,
    *,
    payer_strength: float,
    recent: Floats | None = None,
) -> Certainty:
    """All of it from held-out lines [n]: their calibrated probability and the families' shares [n, families].

    `recent` [n] is how much each counts for the calibration beside its weight.
    """
    fell_to = _fell_to(held, hazards)
    answered = Answered(
        probability, share, held.denied, fell_to, held.claim, held.payer_ids, held.weight, held.day, recent
    )
    claim_level = fit_claim_level(answered, payer_strength=payer_strength)
    keys, first, claim = np.unique(held.claim, return_index=True, return_inverse=True)
    chances = claim_level.chances(probability, share, claim, held.payer_ids[first])
    fell = (np.bincount(claim, held.denied, len(keys)) > 0).astype(np.int8)
    struck = held.rows(held.denied == 1)
    columns = reasons.signs.columns(places_of(struck.whole.names))
    seen = struck.whole.values[struck.at[:, None], columns]
    signs = reasons.signs.of(seen, np.arange(len(columns)), len(reasons.families))
    given = reasons.given(share[held.denied == 1], struck.payer_ids, struck.reason, signs)
    return Certainty(
        claim_level=claim_level,
        sets=fit_levels(given, struck.family.astype(str)),
        lines=fit_precision(probability, held.denied, held.weight),
        claims=fit_precision(chances.any_line, fell, held.weight[first]),
        bands=fit_bands(held.denied, held.weight),
    )


def _fell_to(held: Sample, hazards: Hazards) -> NDArray[np.int64]:
    """[n] The hazard that each denied line fell to, as its place among the families; -1 for all others."""
    known = {name: place for place, name in enumerate(hazards.families)}
    places = [known.get(hazards.family_of(str(family)), -1) for family in held.family.tolist()]
    return np.where(held.denied == 1, np.array(places, dtype=np.int64), -1)
