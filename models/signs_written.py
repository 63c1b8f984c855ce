"""What tells a family's codes apart, as JSON and back; what comes back is checked value by value."""

from collections.abc import Mapping

from models.reason import Reasons
from models.signs import DEEPEST, Question, Signs
from models.written import Reader

MOST = 2**DEEPEST * 64
"""Places of all trees, at most."""


def signs_json(signs: Signs) -> dict[str, object]:
    """The trees as columns; lifts only where there are any."""
    return {
        "features": [one.feature for one in signs.each],
        "cuts": [one.cut for one in signs.each],
        "no": [one.no for one in signs.each],
        "yes": [one.yes for one in signs.each],
        "lifts": {str(place): list(one.lift) for place, one in enumerate(signs.each) if not one.feature},
        "families": [family for family, _ in signs.roots],
        "roots": [root for _, root in signs.roots],
    }


def read_signs(reasons: Reader, known: Reasons, features: tuple[str, ...]) -> Signs:
    """The signs in this object, checked; one of before signs were learnt has none."""
    if "signs" not in reasons.values:
        return Signs()
    reader = reasons.inside("signs")
    names, cuts = reader.texts("features"), reader.numbers("cuts")
    no, yes, lifts = reader.wholes("no"), reader.wholes("yes"), reader.tables("lifts")
    n = len(names)
    reader.want("features", holds={len(cuts), len(no), len(yes)} == {n} and n <= MOST, wanted="columns alike")
    reader.want("features", holds=set(names) - {""} <= set(features), wanted="features of the model")
    reader.want(
        "no", holds=_is_sound(names, no, yes), wanted=f"trees of at most {DEEPEST} questions in a row"
    )
    signs = {str(place) for place, name in enumerate(names) if not name}
    reader.want("lifts", holds=_are_lifts(lifts, signs, len(known.codes)), wanted="a row for each sign")
    ones = (1.0,) * len(known.codes)
    rows = zip(names, cuts, no, yes, (lifts.get(str(place), ones) for place in range(n)), strict=True)
    families, roots = reader.wholes("families"), reader.wholes("roots")
    fits = len(families) == len(set(families)) == len(roots) and bool(roots) == bool(n)
    reader.want("families", holds=fits, wanted="a root for each family")
    reader.want("families", holds=_within(families, len(known.families)), wanted="families")
    reader.want("roots", holds=_within(roots, n), wanted="places among the questions")
    return Signs(tuple(Question(*row) for row in rows), tuple(zip(families, roots, strict=True)))


def _is_sound(names: tuple[str, ...], no: tuple[int, ...], yes: tuple[int, ...]) -> bool:
    """What follows a question stands behind it, a sign names itself, and no way is too long."""
    deep = [0] * len(names)
    for place, name in enumerate(names):
        after = (no[place], yes[place])
        if not name:
            if after != (place, place):
                return False
        elif not all(place < one < len(names) for one in after) or deep[place] >= DEEPEST:
            return False
        else:
            for one in after:
                deep[one] = max(deep[one], deep[place] + 1)
    return True


def _are_lifts(lifts: Mapping[str, tuple[float, ...]], signs: set[str], n_codes: int) -> bool:
    return set(lifts) == signs and all(
        len(row) == n_codes and min(row, default=1.0) > 0 and max(row, default=1.0) < 1e12
        for row in lifts.values()
    )


def _within(places: tuple[int, ...], n: int) -> bool:
    return all(0 <= place < n for place in places)
