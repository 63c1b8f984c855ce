"""How many lines a wider key's rate is worth in each rate of history, and from which day on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from features.kernel import RATE
from features.key_sets import BY_NAME
from features.outputs import OUTPUTS, wider_rate

LEAST, MOST = 2.0, 500.0
"""A wider rate is never worth fewer or more lines than this."""

Rate = tuple[str, str, int]
"""Key set, reason family or `denied`, window."""

_PLACE = {output.name: at for at, output in enumerate(OUTPUTS)}
USUAL_STRENGTHS: tuple[float, ...] = tuple(output.strength for output in OUTPUTS)

ESTIMATED: Mapping[Rate, int] = {
    (out.key_set, out.of, out.window): at
    for at, out in enumerate(OUTPUTS)
    if out.kind == RATE and out.parent and out.parent == wider_rate(BY_NAME[out.key_set], out.of)
}
"""The rates that are shrunk toward a wider key, with their places in `OUTPUTS`: their strengths are estimated.

A rate of few days is shrunk toward the same key's longer one, by a strength that stays as it is.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Shrinkage:
    """Strengths in the order of `OUTPUTS`: `strengths[0]` at first, `strengths[i + 1]` from the day `since[i]` on.

    Days count from 1970 and rise. What holds from a day on was told by answers known before it.
    """

    since: tuple[float, ...]
    strengths: tuple[tuple[float, ...], ...]

    def of(self, name: str, day: float) -> float:
        """How many lines the wider rate is worth in the rate of this name, on a day (NaN: as at first)."""
        return self.strengths[sum(day >= begin for begin in self.since)][_PLACE[name]]

    def told(self) -> dict[str, list[float]]:
        """For each estimated rate its strengths in the order of `since`."""
        return {OUTPUTS[at].name: [era[at] for era in self.strengths[1:]] for at in ESTIMATED.values()}

    @classmethod
    def read(cls, since: Sequence[float], told: Mapping[str, Sequence[float]]) -> "Shrinkage":
        """What `told` tells. Raises `ValueError` for strengths of other rates, or for those that can't be."""
        days = tuple(map(float, since))
        if set(told) != {OUTPUTS[at].name for at in ESTIMATED.values()} or list(days) != sorted(days):
            raise ValueError("strengths of other rates, or days out of order")
        eras = [list(USUAL_STRENGTHS) for _ in days]
        for name, values in told.items():
            if not all(LEAST <= value <= MOST for value in values):
                raise ValueError(f"{name}: a strength that can't be")
            for era, value in zip(eras, values, strict=True):
                era[_PLACE[name]] = float(value)
        return cls(days, (USUAL_STRENGTHS, *map(tuple, eras)))


USUAL = Shrinkage((), (USUAL_STRENGTHS,))
"""Nothing is estimated yet."""
