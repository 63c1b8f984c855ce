"""What a training run may be told, as one frozen object from one TOML file: a table a stage.

    [cohort]          [split]                   [models]               [tune]
    months = 24       calibrate_share = 0.2     learning_rate = 0.05   trials = 30

`training.stages` says what may stand in each, `models.settings` for the trees. A key that nobody knows is refused: a
misspelt setting that is silently ignored costs weeks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType

from data.setting_tables import STAGES as TABLES
from data.setting_tables import Table, read_tables, refuse_other_kinds, refuse_unknown, table_of
from models.settings import ModelSettings
from training.stages import Cohorting, Evaluating, Gates, Splitting, Tuning


@dataclass(frozen=True, slots=True)
class Settings:
    """How a model is trained and judged: one value a stage."""

    cohort: Cohorting = field(default_factory=Cohorting)
    split: Splitting = field(default_factory=Splitting)
    models: ModelSettings = field(default_factory=ModelSettings)
    tune: Tuning = field(default_factory=Tuning)
    evaluate: Evaluating = field(default_factory=Evaluating)
    gates: Gates = field(default_factory=Gates)

    def flat(self) -> dict[str, str]:
        """Every setting as text under `<stage>.<name>`: what a run's record shows."""
        return {
            f"{stage.name}.{setting.name}": str(getattr(getattr(self, stage.name), setting.name))
            for stage in fields(self)
            for setting in fields(getattr(self, stage.name))
        }

    def tuned(self, *, trials: int | None = None, minutes: float | None = None) -> "Settings":
        """The same settings with a search of so many tries or minutes; None leaves what the file says."""
        told = {
            name: value for name, value in (("trials", trials), ("minutes", minutes)) if value is not None
        }
        return replace(self, tune=replace(self.tune, **told))  # type: ignore[arg-type]  # each is of its own kind

    @classmethod
    def load(cls, path: Path | None) -> "Settings":
        """Settings of a TOML file, defaults where it is silent or there is none; `InvalidPolicy` if it is wrong."""
        return cls.from_mapping(read_tables(path))

    @classmethod
    def from_mapping(cls, given: Mapping[str, object]) -> "Settings":
        """Settings from the tables of a file, one a stage; unknown tables and keys name the nearest known one."""
        stages = {f.name: f for f in fields(cls)}
        # Tables of stages that aren't ours may stand in the same file.
        refuse_unknown("settings", given, TABLES)
        tables = {name: table_of(given, name) for name in stages}
        return cls(
            models=ModelSettings.from_mapping(tables["models"]),
            **{name: _stage(name, kind, tables[name]) for name, kind in STAGES.items()},  # type: ignore[arg-type]  # each is of its own kind
        )


Stage = Cohorting | Splitting | Tuning | Evaluating | Gates
STAGES: Mapping[str, type[Stage]] = MappingProxyType(
    {"cohort": Cohorting, "split": Splitting, "tune": Tuning, "evaluate": Evaluating, "gates": Gates}
)


def _stage(name: str, kind: type[Stage], given: Table) -> object:
    """One stage from its table; `InvalidPolicy` for an unknown key, or a value of another type."""
    known = {f.name: f.default for f in fields(kind)}
    refuse_unknown(f"settings, {name}", given, known)
    refuse_other_kinds(f"settings, {name}", given, known)
    return kind(**given)  # type: ignore[arg-type]  # checked key by key above
