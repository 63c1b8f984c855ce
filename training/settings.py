"""What a training run may be told, as one frozen object from one TOML file.

    [training]                      [models]
    calibrate_share = 0.2           learning_rate = 0.05
    months = 24                     seed = 7

`[training]` is `Settings` below, `[models]` is `models.settings.ModelSettings` (trees, seed, threads). A key that
nobody knows is refused: a misspelt setting that is silently ignored costs weeks.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path

from data.errors import InvalidPolicy
from models.settings import ModelSettings

HALF_THE_ANSWERS = -1


@dataclass(frozen=True, slots=True)
class Settings:
    """How a model is trained."""

    months: int = 0
    """Learn from claims of this many months before the as-of date; 0: from all."""
    calibrate_share: float = 0.2
    """Share of the newest labelled lines that set the number of trees and the calibration."""
    gap_days: int = HALF_THE_ANSWERS
    """Days between the two slices; -1: as long as half of the answers take."""
    most_weight: float = 2.0
    """An early answer stands for at most this many lines."""
    least_lines: int = 500
    """Fewer labelled lines than this are too few to learn from."""
    least_denied: int = 50
    models: ModelSettings = field(default_factory=ModelSettings)

    def __post_init__(self) -> None:
        """Each setting within its range."""
        _check("months", self.months, low=0, high=1200)
        _check("calibrate_share", self.calibrate_share, low=0.05, high=0.5)
        _check("gap_days", self.gap_days, low=HALF_THE_ANSWERS, high=365)
        _check("most_weight", self.most_weight, low=1, high=100)
        _check("least_lines", self.least_lines, low=2, high=10**9)
        _check("least_denied", self.least_denied, low=1, high=10**9)

    def flat(self) -> dict[str, str]:
        """Every setting as text, those of the models as `models.<name>`: what a run's record shows."""
        own = {f.name: str(getattr(self, f.name)) for f in fields(self) if f.name != "models"}
        return own | {f"models.{f.name}": str(getattr(self.models, f.name)) for f in fields(self.models)}

    @classmethod
    def load(cls, path: Path | None) -> "Settings":
        """Settings of a TOML file, defaults where it is silent or there is none; `InvalidPolicy` if it is wrong."""
        if path is None:
            return cls()
        try:
            given = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise InvalidPolicy(
                f"settings {path.name}", found=error.strerror, wanted="a readable file"
            ) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InvalidPolicy(f"settings {path.name}", found=str(error), wanted="TOML") from None
        return cls.from_mapping(given)

    @classmethod
    def from_mapping(cls, given: Mapping[str, object]) -> "Settings":
        """Settings from the tables `training` and `models`; unknown keys name the nearest known one."""
        tables = {name: _table(name, given.get(name, {})) for name in ("training", "models")}
        _refuse_unknown("settings", given, tables)
        known = {f.name: type(f.default) for f in fields(cls) if f.name != "models"}
        _refuse_unknown("settings, training", tables["training"], known)
        for key, value in tables["training"].items():
            wanted = known[key]
            if isinstance(value, bool) or not isinstance(value, int if wanted is int else int | float):
                kind = "a whole number" if wanted is int else "a number"
                raise InvalidPolicy("settings, training", field=key, found=repr(value), wanted=kind)
        made = cls(models=ModelSettings.from_mapping(tables["models"]))
        return replace(made, **tables["training"])  # type: ignore[arg-type]  # checked key by key above


def _table(name: str, value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise InvalidPolicy("settings", field=name, found=repr(value), wanted=f"a table [{name}]")
    return value


def _refuse_unknown(thing: str, given: Mapping[str, object], known: Mapping[str, object]) -> None:
    for key in given:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            wanted = f"{near[0]}?" if near else f"one of {', '.join(sorted(known))}"
            raise InvalidPolicy(thing, field=key, found="an unknown key", wanted=wanted)


def _check(name: str, value: float, *, low: float, high: float) -> None:
    if not low <= value <= high:
        raise InvalidPolicy("settings, training", field=name, found=value, wanted=f"between {low} and {high}")
