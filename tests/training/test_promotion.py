"""Models before the gates and in the registry, the whole way: a small world, real bundles, MLflow on sqlite."""

import fcntl
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from data.errors import BundleRefused
from data.store import Store
from models.bundle import load, save
from models.denial import DenialModel
from models.settings import ModelSettings
from training.bundled import finished
from training.fit import learn
from training.history import Kind
from training.promotion import Act, Outcome, named, promote, roll_back
from training.registry import CHALLENGER, CHAMPION, Registry, RegistryFailed, alone
from training.run import Place, open_tracking
from training.settings import Settings
from training.stages import Gates
from training.weighing import UNSEEN, weigh

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),
]  # MLflow's own, of its many dependencies
AS_OF = date(2024, 8, 31)
LAX = Gates(least_lines=100, least_denied=10, most_off=0.1, most_off_of_a_tenth=0.5, draws=200)
ACT = Act("ann", "2026-01-02T03:04:05+00:00")


@pytest.fixture(scope="module")
def store(world) -> Store:
    return Store(world.store)


@pytest.fixture(scope="module")
def models(store: Store, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """A model of August, and one that says of every line that it is likelier denied than it is."""
    folder = tmp_path_factory.mktemp("models")
    small = Settings(models=ModelSettings(trees=25, leaves=7))
    good = save(finished(learn(store, AS_OF, small, policy=store.policy.title)), folder / "good")
    raised = replace(good.hazards, offsets=tuple(offset + 1.5 for offset in good.hazards.offsets))
    bad = save(replace(good, hazards=raised), folder / "bad")
    return SimpleNamespace(good=good, bad=bad, folder=folder)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = Place.beside(tmp_path_factory.mktemp("registry") / "model")
    open_tracking(place)
    return place


@pytest.fixture
def registry(place: Place, request: pytest.FixtureRequest) -> Registry:
    """A registry of its own for each test, in one database."""
    return Registry(
        open_tracking(replace(place, experiment=request.node.name)),
        replace(place, experiment=request.node.name),
    )


def ask(
    registry: Registry, which: str, store: Store | None, act: Act = ACT, *, force: bool = False
) -> Outcome:
    return promote(registry, which, store, act, settings=LAX, force=force)


def enter(registry: Registry, folder: Path) -> str:
    return named(registry, str(folder), ACT)


def test_a_better_model_takes_the_place_and_gives_it_back(
    registry: Registry, models: SimpleNamespace, store: Store, tmp_path: Path
) -> None:
    worse = enter(registry, models.folder / "bad")
    first = ask(registry, worse, None, replace(ACT, because="the first of all"), force=True)
    assert (first.promotion.kind, first.before, first.version.aliases) == (Kind.FORCED, None, (CHAMPION,))
    better = enter(registry, models.folder / "good")
    assert registry.find(CHALLENGER).model_version == better == models.good.version
    second = ask(registry, CHALLENGER, store)
    assert second.verdict.passed, second.verdict.as_json()
    assert (second.promotion.kind, second.promotion.before) == (Kind.GATES, 1)
    assert registry.champion().model_version == better
    with pytest.raises(RegistryFailed, match="found no challenger"):
        registry.find(CHALLENGER)
    back = roll_back(registry, replace(ACT, because="phones ring"))
    assert (back.version.number, back.before.number) == (1, 2)
    assert [(e.version, e.kind, e.because) for e in registry.history()] == [
        (1, Kind.FORCED, "the first of all"),
        (2, Kind.GATES, ""),
        (1, Kind.ROLLBACK, "phones ring"),
    ]
    with pytest.raises(RegistryFailed, match="version 1, the first champion"):
        roll_back(registry, ACT)
    exported = registry.export(registry.champion(), tmp_path / "served")
    assert exported.version == load(tmp_path / "served").version == worse


def test_a_worse_model_is_refused_and_the_champion_stays(
    registry: Registry, models: SimpleNamespace, store: Store
) -> None:
    enter(registry, models.folder / "good")
    assert ask(registry, "1", store).promotion.kind is Kind.GATES
    enter(registry, models.folder / "bad")
    refused = ask(registry, CHALLENGER, store)
    assert refused.promotion is None
    assert {"better", "slices"} <= set(refused.verdict.refused_by)
    assert registry.champion().number == 1
    kept = [file.path for file in registry.tracking.client.list_artifacts(refused.version.run_id, "gates")]
    assert kept == ["gates/2026-01-02T030405+0000.json"]
    with pytest.raises(RegistryFailed, match="wanted a reason"):
        ask(registry, CHALLENGER, store, force=True)
    forced = ask(registry, CHALLENGER, store, replace(ACT, because="a trial"), force=True)
    assert forced.promotion.shut == refused.verdict.refused_by
    assert registry.history()[-1] == forced.promotion
    with pytest.raises(RegistryFailed, match="the champion already"):
        ask(registry, CHAMPION, store)


def test_a_model_of_today_is_told_when_it_can_be_judged(world, models: SimpleNamespace, store: Store) -> None:
    fresh: DenialModel = load(world.model)
    verdict = weigh(fresh, models.good, store, LAX)
    assert verdict.refused_by == (UNSEEN,)
    (gate,) = [gate for gate in verdict.gates if gate.name == UNSEEN]
    assert gate.found.startswith("0 ripe lines sent after 2024-12-31")
    assert "--as-of 2024-1" in gate.wanted
    assert "passed" in weigh(models.good, None, store, LAX).as_json()


def test_a_model_of_another_denial_policy_is_refused(models: SimpleNamespace, store: Store) -> None:
    other = replace(models.good, facts=replace(models.good.facts, policy="mine 1"))
    verdict = weigh(other, None, store, LAX)
    assert verdict.refused_by == ("labels",)


def test_what_is_missing_damaged_or_busy_is_told(
    registry: Registry, place: Place, models: SimpleNamespace, store: Store, tmp_path: Path
) -> None:
    assert (registry.versions(), registry.history(), registry.champion()) == ((), (), None)
    with pytest.raises(RegistryFailed, match=r"found no challenger, wanted champion, .* \(none yet\)"):
        ask(registry, CHALLENGER, store)
    with pytest.raises(RegistryFailed, match=r"found no mlflow\.db in"):
        Registry.open(Place.beside(tmp_path / "model"))
    enter(registry, models.folder / "good")
    with pytest.raises(RegistryFailed, match="found no store"):
        ask(registry, "1", None)
    lock = place.database.with_name(".mlflow.db.promoting")
    with lock.open("w") as held:
        fcntl.flock(held.fileno(), fcntl.LOCK_EX)
        with pytest.raises(RegistryFailed, match="another promotion at work"):
            ask(registry, "1", store)
    with alone(registry.place):
        pass
    (tmp_path / "mine").mkdir()
    with pytest.raises(BundleRefused, match="something else there"):
        registry.export(registry.find("1"), tmp_path / "mine")
    (tree,) = (place_files(place) / registry.find("1").run_id).rglob("card.md")
    tree.write_text("another")
    with pytest.raises(BundleRefused, match=r"card\.md"):
        ask(registry, "1", store, replace(ACT, because="whatever"), force=True)
    tree.unlink()
    with pytest.raises(BundleRefused, match=r"card\.md"):
        registry.export(registry.find("1"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_champion_promoted_meanwhile_is_not_overwritten(
    registry: Registry, models: SimpleNamespace
) -> None:
    enter(registry, models.folder / "good")
    enter(registry, models.folder / "bad")
    first = ask(registry, "1", None, replace(ACT, because="first"), force=True)
    with pytest.raises(RegistryFailed, match=r"found version 1, promoted meanwhile, wanted version none"):
        registry.crown(replace(first.promotion, version=2))
    assert registry.champion().number == 1
    assert len(registry.history()) == 1


def test_a_server_that_is_not_there_is_told_without_its_password() -> None:
    with pytest.raises(Exception, match="wanted") as told:
        Registry.open(Place("http://ann:secret@127.0.0.1:9"))
    assert "secret" not in str(told.value)


def test_mlflow_itself_loads_the_champion(
    registry: Registry, models: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow.pyfunc

    enter(registry, models.folder / "good")
    ask(registry, "1", None, replace(ACT, because="first"), force=True)
    # Not by mlflow.set_tracking_uri: it stays set, and later tests would train into this registry.
    monkeypatch.setenv("MLFLOW_TRACKING_URI", registry.place.uri)
    monkeypatch.setenv("MLFLOW_REGISTRY_URI", registry.place.uri)
    loaded = mlflow.pyfunc.load_model(f"models:/{registry.name}@{CHAMPION}")
    lines = loaded.input_example
    assert len(loaded.predict(lines)) == len(lines)
    assert loaded.metadata.signature is not None


def place_files(place: Place) -> Path:
    return Path(str(place.files).removeprefix("file://"))
