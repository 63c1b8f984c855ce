import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from data.errors import BundleRefused, NotEnoughData
from models.bundle import MANIFEST, _seal, _version, load, save
from models.denial import DenialModel
from models.sample import Sample
from models.written import text_of


@pytest.fixture
def copy(bundle: Path, tmp_path: Path) -> Path:
    shutil.copytree(bundle, tmp_path / "copy")
    return tmp_path / "copy"


def files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def resealed(folder: Path) -> None:
    """What somebody would do who means harm: all hashes are right again."""
    values = json.loads((folder / MANIFEST).read_bytes())
    names = {p.relative_to(folder).as_posix(): p for p in files(folder) if p.name != MANIFEST}
    values["files"] = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in names.items()}
    values["version"] = _version(values["files"])
    del values["seal"]
    (folder / MANIFEST).write_text(text_of(values | {"seal": _seal(values)}))


def test_a_loaded_model_answers_to_the_bit_as_the_one_saved(
    model: DenialModel, bundle: Path, unseen: Sample
) -> None:
    loaded = load(bundle)
    mine, theirs = (m.predict(unseen.x, unseen.payer_ids) for m in (model, loaded))
    for name in ("probability", "hazards", "share", "low", "high"):
        assert np.array_equal(getattr(mine, name), getattr(theirs, name)), name
    reasons = [m.reasons(p, unseen.payer_ids) for m, p in ((model, mine), (loaded, theirs))]
    assert reasons[0].sets == reasons[1].sets
    assert np.array_equal(reasons[0].probabilities, reasons[1].probabilities)
    family = model.families[0]
    assert np.array_equal(
        model.contributions(unseen.x, family).values, loaded.contributions(unseen.x, family).values
    )


def test_everything_that_goes_with_a_model_comes_back(model: DenialModel, bundle: Path) -> None:
    loaded = load(bundle)
    assert loaded.hazards == model.hazards
    assert loaded.calibrator == model.calibrator
    assert loaded.interval == model.interval
    assert (loaded.allowed, loaded.codes) == (model.allowed, model.codes)
    assert loaded.facts.policy == "default 1"
    assert loaded.papers.profile == model.papers.profile
    assert loaded.papers.card == "# A model of planted rules\n"
    assert loaded.papers.golden.equals(model.papers.golden)


def test_a_version_is_of_the_content_alone(model: DenialModel, bundle: Path, tmp_path: Path) -> None:
    again = save(load(bundle), tmp_path / "again")
    assert again.version == load(bundle).version
    assert len(again.version) == 12
    other = save(model.with_papers(card="another"), tmp_path / "other")
    assert other.version != again.version


def test_one_changed_byte_anywhere_is_refused(copy: Path) -> None:
    rng = np.random.default_rng(1)
    for path in files(copy):
        before = path.read_bytes()
        place = int(rng.integers(len(before)))
        path.write_bytes(before[:place] + bytes([before[place] ^ 1]) + before[place + 1 :])
        with pytest.raises(BundleRefused):
            load(copy)
        path.write_bytes(before)
    load(copy)


def test_any_file_missing_is_refused_by_name(copy: Path) -> None:
    for path in files(copy):
        before = path.read_bytes()
        path.unlink()
        with pytest.raises(BundleRefused, match=path.name):
            load(copy)
        path.write_bytes(before)


def test_a_file_too_many_is_refused_even_when_hidden(copy: Path) -> None:
    for name in ("trees/more.txt", "extra.json"):
        (copy / name).write_text("x")
        with pytest.raises(BundleRefused, match="not listed"):
            load(copy)
        (copy / name).unlink()
    (copy / ".hidden").write_text("x")
    with pytest.raises(BundleRefused, match="odd name"):
        load(copy)


def test_links_are_refused(copy: Path) -> None:
    card = copy / "card.md"
    card.rename(copy.parent / "elsewhere")
    card.symlink_to(copy.parent / "elsewhere")
    with pytest.raises(BundleRefused, match="a link"):
        load(copy)


def test_files_too_large_are_refused_unread(copy: Path) -> None:
    os.truncate(copy / MANIFEST, 2 << 20)
    with pytest.raises(BundleRefused, match="bytes"):
        load(copy)
    os.truncate(copy / "golden.json", (1 << 30) + 1)
    with pytest.raises(BundleRefused, match="bytes"):
        load(copy)


@pytest.mark.parametrize("what", ["nothing there", "a file", "an empty folder"])
def test_what_is_no_bundle_is_refused(what: str, tmp_path: Path) -> None:
    if what == "a file":
        (tmp_path / "model").write_text("x")
    elif what == "an empty folder":
        (tmp_path / "model").mkdir()
    with pytest.raises(BundleRefused):
        load(tmp_path / "model")


CRAFTED = {
    "trees/authorization.txt": ("left_child=1", "left_child=0"),
    "calibration.json": ('"method": "', '"method": "un'),
    "reasons.json": ('"places": [\n  0', '"places": [\n  99'),
    "golden.json": ('"claim_id": "golden-1"', '"claim": "golden-1"'),
    "money.json": ('"everyone": 0', '"everyone": "0"'),
    "profile.json": ('"shares"', '"share"'),
    "card.md": ("# A model", "\udcff"),
}


@pytest.mark.parametrize("name", CRAFTED)
def test_crafted_content_under_right_hashes_is_refused_by_name(name: str, copy: Path) -> None:
    before = (copy / name).read_text()
    old, new = CRAFTED[name]
    assert old in before
    (copy / name).write_bytes(before.replace(old, new, 1).encode(errors="surrogateescape"))
    resealed(copy)
    with pytest.raises(BundleRefused, match=name):
        load(copy)


def test_a_manifest_of_another_version_is_refused(copy: Path) -> None:
    values = json.loads((copy / MANIFEST).read_bytes())
    del values["seal"]
    for key, value in (("format", 2), ("features", "0" * 64), ("version", "0" * 12)):
        changed = values | {key: value}
        (copy / MANIFEST).write_text(text_of(changed | {"seal": _seal(changed)}))
        with pytest.raises(BundleRefused, match=key):
            load(copy)


def test_another_folder_is_never_replaced(model: DenialModel, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(BundleRefused, match="something else there"):
        save(model, tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_model_is_replaced_whole_and_nothing_is_left_beside_it(model: DenialModel, tmp_path: Path) -> None:
    save(model, tmp_path / "model")
    save(model.with_papers(card="second"), tmp_path / "model")
    assert load(tmp_path / "model").papers.card == "second"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_model_without_golden_claims_is_not_saved(model: DenialModel, tmp_path: Path) -> None:
    with pytest.raises(NotEnoughData, match="golden"):
        save(model.with_papers(golden=model.papers.golden.slice(0, 0)), tmp_path / "model")
    assert list(tmp_path.iterdir()) == []
