"""Promote a model through the gates, or with a reason; go back to the one before.

The registry says who the champion is; the gates say whether another may take its place. What they found is kept with
the version's run, whichever way it went.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from data.errors import BundleRefused
from data.store import Store
from models.bundle import load
from models.denial import DenialModel
from training.history import Kind, Promotion, before
from training.pyfunc import write
from training.registry import (
    CHALLENGER,
    CHAMPION,
    MODEL_VERSION,
    Registry,
    RegistryFailed,
    Version,
    alone,
)
from training.run import Record
from training.stages import Gates
from training.weighing import DEFAULTS, Verdict, weigh


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, when (ISO 8601, UTC), and why."""

    by: str
    at: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of asking for a promotion."""

    version: Version
    before: Version | None
    """The champion until then."""
    verdict: Verdict | None
    """None where nobody asked the gates."""
    promotion: Promotion | None
    """None where the gates refused."""


def promote(
    registry: Registry,
    which: str,
    store: Store | None,
    act: Act,
    *,
    settings: Gates = DEFAULTS,
    force: bool = False,
) -> Outcome:
    """Make a version (number, alias, model version) the champion if every gate is open, or by `force`.

    By force the gates are asked too where there is a store, and what they say is written down beside the reason; a
    model that can't be loaded is promoted by nothing. Raises `RegistryFailed`, `BundleRefused`, `NotEnoughData`.
    """
    if force and not act.because.strip():
        raise RegistryFailed(
            "promotion by force", found="no reason", wanted="a reason, which is written down"
        )
    with alone(registry.place):
        version, champion = registry.find(which), registry.champion()
        if champion is not None and champion.number == version.number:
            raise RegistryFailed(
                f"version {version.number}", found="the champion already", wanted="another version"
            )
        verdict = _verdict(registry, version, champion, store, settings, force=force)
        promotion = None
        if force or (verdict is not None and verdict.passed):
            promotion = _entry(version, champion, verdict, act)
            registry.crown(promotion)
        if verdict is not None:
            told = {"at": act.at, "by": act.by, "promoted": promotion is not None, **verdict.as_json()}
            registry.keep(version, f"gates/{act.at.replace(':', '')}.json", json.dumps(told, indent=1) + "\n")
    return Outcome(registry.find(str(version.number)), champion, verdict, promotion)


def roll_back(registry: Registry, act: Act) -> Outcome:
    """Make the champion before this one champion again; `RegistryFailed` where there was none."""
    with alone(registry.place):
        champion, earlier = registry.champion(), before(registry.history())
        if champion is None or earlier is None:
            found = "no champion" if champion is None else f"version {champion.number}, the first champion"
            raise RegistryFailed(
                f"registry {registry.name}", found=found, wanted="a champion with another before it"
            )
        version = registry.find(str(earlier))
        registry.load(version)  # what can't be loaded can't serve
        promotion = Promotion(version.number, champion.number, Kind.ROLLBACK, act.by, act.at, act.because)
        registry.crown(promotion)
    return Outcome(registry.find(str(version.number)), champion, None, promotion)


def named(registry: Registry, given: str, act: Act) -> str:
    """What `find` understands: a model's folder stands for its version, and is registered where it wasn't yet."""
    folder = Path(given)
    if given in {CHAMPION, CHALLENGER} or given.isdigit() or not folder.is_dir():
        return given
    model = load(folder)
    if not any(version.model_version == model.version for version in registry.versions()):
        _enter(registry, folder, model, act)
    return model.version


def _enter(registry: Registry, folder: Path, model: DenialModel, act: Act) -> None:
    """Register a folder that came from elsewhere: with what it says of itself, and no run's figures."""
    with TemporaryDirectory() as scratch:
        logged, now = Path(scratch) / "model", int(datetime.fromisoformat(act.at).timestamp() * 1000)
        write(folder, model, logged)
        tags = {MODEL_VERSION: model.version, "as_of": str(model.facts.as_of), "entered_by": act.by}
        run_id = registry.tracking.log(
            Record(f"{model.facts.as_of}-{model.version}", {}, {}, logged, tags), began=now, ended=now
        )
    registry.register(run_id, model, {})


def _verdict(
    registry: Registry,
    version: Version,
    champion: Version | None,
    store: Store | None,
    settings: Gates,
    *,
    force: bool,
) -> Verdict | None:
    challenger = registry.load(version)
    if store is None:
        if force:
            return None
        raise RegistryFailed("promotion", found="no store", wanted="a store whose newest answers judge")
    return weigh(challenger, _loaded(registry, champion), store, settings)


def _loaded(registry: Registry, champion: Version | None) -> DenialModel | None:
    if champion is None:
        return None
    try:
        return registry.load(champion)
    except BundleRefused as error:
        raise RegistryFailed(
            f"version {champion.number}, the champion",
            found=f"a model that can't be loaded ({error})",
            wanted="a champion to compare with: go back (--rollback), or --force with a reason",
        ) from error


def _entry(version: Version, champion: Version | None, verdict: Verdict | None, act: Act) -> Promotion:
    shut = verdict.refused_by if verdict else ()
    kind = Kind.GATES if verdict is not None and not shut else Kind.FORCED
    return Promotion(
        version=version.number,
        before=champion.number if champion else None,
        kind=kind,
        by=act.by,
        at=act.at,
        because=act.because,
        shut=shut,
    )
