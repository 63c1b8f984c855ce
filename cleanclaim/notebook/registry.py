"""The registry of models, asked from a notebook: which models there are, which serves, and whether another may."""

import os
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from cleanclaim.notebook.learning import Told, settings_of
from cleanclaim.notebook.model import Model
from cleanclaim.notebook.store import Store
from cleanclaim.registered import act_of
from training import promotion
from training.history import Promotion
from training.registry import Registry as Kept
from training.registry import Version
from training.run import EXPERIMENT, Place
from training.settings import Settings
from training.weighing import Verdict

VERSION = ["version", "aliases", "model_version", "as_of", "registered_at", "run_id"]
PROMOTION = ["at", "version", "before", "kind", "by", "because", "shut"]
GATE = ["gate", "passed", "found", "wanted"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Judgement:
    """What the gates said of a model, and what came of it."""

    version: int
    promoted: bool
    gates: pd.DataFrame
    """One row a gate: `gate`, `passed`, `found`, `wanted`, in words."""
    figures: dict[str, float]
    """The gates' own figures, as `better.gain`."""

    def __repr__(self) -> str:
        """In a line."""
        shut = ", ".join(self.gates.loc[~self.gates["passed"], "gate"])
        return f"<Version {self.version}: {'promoted' if self.promoted else f'refused by {shut}'}>"


class Registry:
    """Models in numbered versions, a champion and a challenger: MLflow's model registry.

    `place` is the folder in which models were trained (it holds mlflow.db), or the address of a tracking server; by
    default MLFLOW_TRACKING_URI, else the working directory. Raises `RegistryFailed` where there is none.
    """

    def __init__(self, place: Path | str | None = None, *, experiment: str = EXPERIMENT) -> None:
        self.kept = Kept.open(_place(place, experiment))

    def __repr__(self) -> str:
        """How many, and which serves."""
        versions, champion = self.kept.versions(), self.kept.champion()
        return f"<Registry {self.kept.name}: {len(versions)} versions, champion {champion.number if champion else 'none'}>"

    @property
    def versions(self) -> pd.DataFrame:
        """One row a version, the newest first, with the figures held out when it was trained (`holdout_...`)."""
        versions = self.kept.versions()
        return pd.DataFrame([_version(version) for version in versions], columns=_columns(versions))

    @property
    def history(self) -> pd.DataFrame:
        """One row a promotion or rollback, the newest first: `kind`, `by`, `because`, gates that were `shut`."""
        rows = [_promotion(entry) for entry in reversed(self.kept.history())]
        return pd.DataFrame(rows, columns=PROMOTION).astype({"before": "Int64"})

    def promote(
        self,
        which: int | str | Path = "challenger",
        store: Store | None = None,
        *,
        force: bool = False,
        because: str = "",
        settings: Settings | Told | Path | str | None = None,
    ) -> Judgement:
        """Make a version (its number, `challenger`, or a model's folder) the champion, if every gate is open.

        A model that is refused is no error: the answer says by which gate. `force` needs `because`, and is recorded.
        """
        act = act_of(because)
        outcome = promotion.promote(
            self.kept,
            promotion.named(self.kept, str(which), act),
            store.kept if store else None,
            act,
            settings=settings_of(settings).gates,
            force=force,
        )
        return _judgement(outcome.version, outcome.promotion, outcome.verdict)

    def rollback(self, because: str = "") -> int:
        """Make the champion before this one champion again; its number."""
        return promotion.roll_back(self.kept, act_of(because)).version.number

    def load(self, which: int | str = "champion") -> Model:
        """A version as a model."""
        return Model(self.kept.load(self.kept.find(str(which))))

    def export(self, which: int | str, folder: Path | str) -> Model:
        """Write a version's folder, as `cleanclaim serve --model` takes it."""
        return Model(self.kept.export(self.kept.find(str(which)), Path(folder)))


def _place(place: Path | str | None, experiment: str) -> Place:
    told = str(place) if place is not None else os.environ.get("MLFLOW_TRACKING_URI")
    is_address = told is not None and ("://" in told or not Path(told).is_dir())
    folder = Path(told) if told and not is_address else Path()
    return Place.beside(folder / "model", uri=told if is_address else None, experiment=experiment)


def _columns(versions: tuple[Version, ...]) -> list[str]:
    return [*VERSION, *dict.fromkeys(name for version in versions for name in version.figures)]


def _version(version: Version) -> dict[str, object]:
    return {
        "version": version.number,
        "aliases": " ".join(version.aliases),
        "model_version": version.model_version,
        "as_of": _day(version.facts.get("as_of", "")),
        "registered_at": version.registered_at,
        "run_id": version.run_id,
        **version.figures,
    }


def _day(text: str) -> pd.Timestamp | None:
    """A day that was told; a model that doesn't say its day says "None"."""
    return None if text in {"", "None"} else pd.Timestamp(text)


def _promotion(entry: Promotion) -> dict[str, object]:
    return asdict(entry) | {
        "kind": str(entry.kind),
        "shut": ", ".join(entry.shut),
        "at": pd.Timestamp(entry.at),
    }


def _judgement(version: Version, done: Promotion | None, verdict: Verdict | None) -> Judgement:
    gates = verdict.gates if verdict else ()
    rows = [(gate.name, gate.passed, gate.found, gate.wanted) for gate in gates]
    figures = {f"{gate.name}.{name}": value for gate in gates for name, value in gate.figures.items()}
    return Judgement(
        version.number, done is not None, pd.DataFrame(rows, columns=GATE).astype({"passed": bool}), figures
    )
