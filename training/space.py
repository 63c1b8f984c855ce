"""Which settings of the trees are looked for, and between which ends: one table, by the names of `ModelSettings`.

A setting that isn't here stays as it was given: how many trees there are is said by later lines in every try anyway,
and the seed is no setting to be chosen by its luck.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from models.settings import ModelSettings

Value = int | float


@dataclass(frozen=True, slots=True)
class Between:
    """The ends of one setting, both included; `log`: as far from 1 to 2 as from 10 to 20."""

    low: Value
    high: Value
    log: bool = False

    @property
    def whole(self) -> bool:
        """Whether it is counted."""
        return isinstance(self.low, int)


SPACE: Mapping[str, Between] = MappingProxyType(
    {
        "learning_rate": Between(0.02, 0.25, log=True),
        "leaves": Between(3, 64, log=True),
        "min_lines_in_leaf": Between(5, 200, log=True),
        "column_share": Between(0.05, 1.0, log=True),
        "leaf_penalty": Between(0.1, 200.0, log=True),
        "negatives_per_positive": Between(4, 60, log=True),
        "min_positives": Between(25, 400, log=True),
        "payer_strength": Between(10.0, 2000.0, log=True),
    }
)


def told(settings: ModelSettings) -> dict[str, Value]:
    """The settings that are looked for, as they are; one out of its ends is taken to the nearer end."""
    return {name: min(max(getattr(settings, name), ends.low), ends.high) for name, ends in SPACE.items()}


def with_values(settings: ModelSettings, values: Mapping[str, Value]) -> ModelSettings:
    """The same settings with some of them set anew."""
    return replace(settings, **values)  # type: ignore[arg-type]  # names and kinds are those of the table
