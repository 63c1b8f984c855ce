"""The model's certainty as JSON and back; what comes back is checked value by value."""

from itertools import pairwise

from models.bands import Bands
from models.certainty import Certainty
from models.claim_level import ClaimLevel
from models.conformal import SetLevels
from models.precision import Precision, Threshold
from models.reach import KNOWN_FROM, Reach
from models.written import Reader, curve_json, read_curve

N_THRESHOLDS = len(Precision().thresholds)


def certainty_json(certainty: Certainty) -> dict[str, object]:
    """All that was learnt from held-out claims beside the calibration of lines."""
    level = certainty.claim_level
    return {
        "together": list(level.together),
        "claims": curve_json(level.calibrator),
        "levels": {"everyone": certainty.sets.everyone, "families": dict(certainty.sets.families)},
        "precision": {"lines": _precision_json(certainty.lines), "claims": _precision_json(certainty.claims)},
        "reach": {name: list(getattr(certainty.reach, name)) for name in Reach.__slots__},
        "bands": {"medium_from": certainty.bands.medium_from, "high_from": certainty.bands.high_from},
    }


def read_certainty(reader: Reader, *, n_families: int) -> Certainty:
    """The same, checked: probabilities between 0 and 1, and a number for each hazard."""
    together, bands = reader.numbers("together"), reader.inside("bands")
    reader.want(
        "together", holds=len(together) in {0, n_families} and _shares(*together), wanted="a share a hazard"
    )
    levels, precision = reader.inside("levels"), reader.inside("precision")
    sets = SetLevels(levels.number("everyone"), levels.table("families"))
    levels.want("families", holds=_shares(sets.everyone, *sets.families.values()), wanted="0 to 1")
    words = Bands(bands.number("medium_from"), bands.number("high_from"))
    bands.want("high_from", holds=0 < words.medium_from < words.high_from < 1, wanted="more than medium's")
    return Certainty(
        ClaimLevel(together, read_curve(reader.inside("claims"))),
        sets,
        _read_precision(precision, "lines"),
        _read_precision(precision, "claims"),
        words,
        _read_reach(reader.inside("reach")),
    )


def _read_reach(reader: Reader) -> Reach:
    reach = Reach(*(reader.numbers(name) for name in Reach.__slots__))
    n = len(reach.at)
    rising = n > 0 and all(0 < a < b < 1 for a, b in pairwise((*reach.at, 1 - 1e-9)))
    reader.want("at", holds=rising, wanted="rising probabilities")
    fits = len(reach.down) == len(reach.up) == n and len(reach.wider) == len(KNOWN_FROM) + 1
    reader.want("down", holds=fits and min(*reach.down, *reach.up, *reach.wider) >= 0, wanted="distances")
    return reach


def _precision_json(precision: Precision) -> dict[str, list[float]]:
    """Columns; a threshold that nothing reaches has a support of 0."""
    told = [threshold or Threshold(0.0, 0.0, 0, 0.0) for threshold in precision.thresholds]
    return {
        "precision": [each.precision for each in told],
        "probability": [each.probability for each in told],
        "support": [each.support for each in told],
        "caught": [each.caught for each in told],
    }


def _read_precision(reader: Reader, key: str) -> Precision:
    within = reader.inside(key)
    precision, probability = within.numbers("precision"), within.numbers("probability")
    support, caught = within.wholes("support"), within.numbers("caught")
    whole = {len(precision), len(probability), len(support), len(caught)} == {N_THRESHOLDS}
    within.want("support", holds=whole and min(support) >= 0, wanted=f"{N_THRESHOLDS} thresholds")
    within.want("precision", holds=_shares(*precision, *probability, *caught), wanted="0 to 1")
    rows = zip(precision, probability, support, caught, strict=True)
    return Precision(tuple(Threshold(*row) if row[2] else None for row in rows))


def _shares(*values: float) -> bool:
    return all(0 <= value <= 1 for value in values)
