"""The registry: every model that was trained, in numbered versions, and which of them is champion and challenger.

It is MLflow's own, in the database (or on the server) that the runs are written to: one registered model an
experiment. A version holds its run, its folder with signature and input example, and what it was measured by. What
was promoted when, by whom and why is kept beside, oldest first, and never changed.
"""

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from data.errors import BundleRefused, CleanclaimError
from models.bundle import MANIFEST, load
from models.denial import DenialModel
from training.history import Promotion, read_promotion
from training.pyfunc import BUNDLE
from training.run import Place, Tracking, open_tracking, told

if TYPE_CHECKING:
    from mlflow.entities.model_registry import ModelVersion, RegisteredModel

CHAMPION, CHALLENGER = "champion", "challenger"
MODEL_VERSION = "model_version"
PROMOTION = "promotion."
FIGURE = "figure."


class RegistryFailed(CleanclaimError):
    """The registry could not be read or written, or doesn't hold what was asked for."""


@dataclass(frozen=True, slots=True)
class Version:
    """One model in the registry."""

    number: int
    model_version: str
    """Twelve characters that stand for the model's folder."""
    run_id: str
    registered_at: datetime
    aliases: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    """As-of day, denial policy."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """What it was measured by when it was trained."""


@dataclass(frozen=True, slots=True)
class Registry:
    """One registered model in an opened place."""

    tracking: Tracking
    place: Place

    @classmethod
    def open(cls, place: Place, *, make: bool = False) -> "Registry":
        """The registry of a place; `RegistryFailed` where a local one isn't there, unless it is to be made."""
        local = place.database
        if local is not None and not local.is_file() and not make:
            raise RegistryFailed(
                "registry",
                found=f"no {local.name} in {local.parent}",
                wanted="the folder in which models were trained, or --tracking with its address",
            )
        return cls(open_tracking(place), place)

    @property
    def name(self) -> str:
        """What the model is called in MLflow: as its experiment."""
        return self.place.experiment

    def register(self, run_id: str, model: DenialModel, figures: Mapping[str, float]) -> Version:
        """A new version of a run's logged model, and from now on the challenger."""
        client, facts = self.tracking.client, model.facts
        said = {
            MODEL_VERSION: model.version,
            "as_of": str(facts.as_of),
            "label_policy": facts.policy,
            "n_lines": str(facts.n_lines),
        }
        with _asking(self.place):
            if self._registered() is None:
                client.create_registered_model(self.name)
            made = client.create_model_version(
                self.name,
                f"runs:/{run_id}/model",
                run_id,
                tags=said | {FIGURE + name: repr(value) for name, value in figures.items()},
                await_creation_for=0,
            )
            client.set_registered_model_alias(self.name, CHALLENGER, made.version)
        return self.find(str(made.version))

    def versions(self) -> tuple[Version, ...]:
        """All versions, the newest first; none where nothing was registered yet."""
        with _asking(self.place):
            registered = self._registered()
            if registered is None:
                return ()
            found = list(self.tracking.client.search_model_versions(f"name = '{self.name}'"))
        aliases = _aliases(registered)
        versions = (_version(one, aliases.get(int(one.version), ())) for one in found)
        return tuple(sorted(versions, key=lambda version: -version.number))

    def find(self, which: str) -> Version:
        """A version by its number, its alias, or the twelve characters of its folder; the newest of several alike."""
        versions = self.versions()
        for version in versions:
            if which in {str(version.number), version.model_version, *version.aliases}:
                return version
        known = ", ".join(str(version.number) for version in versions[:5]) or "none yet"
        raise RegistryFailed(
            f"registry {self.name}",
            found=f"no {which}",
            wanted=f"{CHAMPION}, {CHALLENGER} or a version ({known}{' ...' if len(versions) > 5 else ''})",
        )

    def champion(self) -> Version | None:
        """The version that serves, if one was ever promoted."""
        return next((version for version in self.versions() if CHAMPION in version.aliases), None)

    def history(self) -> tuple[Promotion, ...]:
        """Every promotion and rollback, oldest first."""
        with _asking(self.place):
            registered = self._registered()
        tags = {} if registered is None else registered.tags
        kept = sorted(
            (int(key.removeprefix(PROMOTION)), value)
            for key, value in tags.items()
            if key.startswith(PROMOTION) and key.removeprefix(PROMOTION).isdigit()
        )
        return tuple(read_promotion(value) for _, value in kept)

    def crown(self, promotion: Promotion) -> None:
        """Make a version the champion and write down why; `RegistryFailed` where another was promoted meanwhile."""
        client, number = self.tracking.client, len(self.history()) + 1
        now = self.champion()
        if (now.number if now else None) != promotion.before:
            raise RegistryFailed(
                f"registry {self.name}",
                field=CHAMPION,
                found=f"version {now.number if now else 'none'}, promoted meanwhile",
                wanted=f"version {promotion.before or 'none'}, as when the gates were asked: ask again",
            )
        with _asking(self.place):
            client.set_registered_model_tag(self.name, f"{PROMOTION}{number:06}", promotion.text())
            client.set_registered_model_alias(self.name, CHAMPION, str(promotion.version))
            if CHALLENGER in self.find(str(promotion.version)).aliases:
                client.delete_registered_model_alias(self.name, CHALLENGER)

    def keep(self, version: Version, name: str, text: str) -> None:
        """Put a text file to the version's run: what the gates found."""
        with _asking(self.place):
            self.tracking.client.log_text(version.run_id, text, name)

    def export(self, version: Version, folder: Path) -> DenialModel:
        """The version's folder, as `serve` takes it, checked byte by byte; a model that is there is replaced.

        Raises `BundleRefused` for another folder, or where a single byte isn't as it was registered.
        """
        if folder.exists() and not (folder / MANIFEST).is_file():
            raise BundleRefused(
                str(folder), found="something else there", wanted="a new folder, or a model to replace"
            )
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as scratch:
            model = self._fetched(version, Path(scratch))
            _replace(Path(scratch) / "model" / BUNDLE, folder)
        return model

    def load(self, version: Version) -> DenialModel:
        """The version's model, loaded with all checks."""
        with TemporaryDirectory() as scratch:
            return self._fetched(version, Path(scratch))

    def _fetched(self, version: Version, scratch: Path) -> DenialModel:
        """Download a version and load it: it must be the very folder that was registered."""
        with _asking(self.place):
            self.tracking.client.download_artifacts(version.run_id, "model", str(scratch))
        model = load(scratch / "model" / BUNDLE)
        if model.version != version.model_version:
            raise RegistryFailed(
                f"registry {self.name}, version {version.number}",
                found=f"the folder of model {model.version}",
                wanted=f"model {version.model_version}, as it was registered",
            )
        return model

    def _registered(self) -> "RegisteredModel | None":
        from mlflow.exceptions import MlflowException

        try:
            return self.tracking.client.get_registered_model(self.name)
        except MlflowException as error:
            if error.error_code == "RESOURCE_DOES_NOT_EXIST":
                return None
            raise


@contextmanager
def alone(place: Place) -> Iterator[None]:
    """One promotion at a time where the registry is a local file; a server is asked again before it is told."""
    local = place.database
    if local is None:
        yield
        return
    with local.with_name(f".{local.name}.promoting").open("w") as lock:
        try:
            fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RegistryFailed(
                str(local), found="another promotion at work", wanted="one at a time: try again after it"
            ) from error
        yield


@contextmanager
def _asking(place: Place) -> Iterator[None]:
    """What MLflow can't do is told as thing, found, wanted; never with a password that is part of an address."""
    from mlflow.exceptions import MlflowException
    from requests.exceptions import RequestException
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (MlflowException, RequestException, SQLAlchemyError, OSError) as error:
        raise RegistryFailed(
            f"registry {place.experiment}",
            found=told(error),
            wanted="a registry that can be reached, and is whole",
        ) from error


def _aliases(registered: "RegisteredModel") -> dict[int, tuple[str, ...]]:
    """The names that each version goes by."""
    names: dict[int, tuple[str, ...]] = {}
    for alias, version in sorted(registered.aliases.items()):
        names[int(version)] = (*names.get(int(version), ()), alias)
    return names


def _version(one: "ModelVersion", aliases: tuple[str, ...]) -> Version:
    tags = dict(one.tags)
    figures = {key.removeprefix(FIGURE): value for key, value in tags.items() if key.startswith(FIGURE)}
    return Version(
        number=int(one.version),
        model_version=tags.get(MODEL_VERSION, ""),
        run_id=str(one.run_id or ""),
        registered_at=datetime.fromtimestamp(one.creation_timestamp / 1000, UTC),
        aliases=aliases,
        facts={key: value for key, value in tags.items() if not key.startswith(FIGURE)},
        figures={name: float(value) for name, value in figures.items() if _is_number(value)},
    )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _replace(fresh: Path, folder: Path) -> None:
    """Put a whole folder in its place; the old one is gone only once the new one stands."""
    old = folder.with_name(f".{folder.name}.old")
    rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    rmtree(old, ignore_errors=True)
