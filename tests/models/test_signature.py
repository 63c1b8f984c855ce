import json
import shutil
import stat
from pathlib import Path

import pytest

from data.errors import BundleRefused, UnreadableFile
from models.bundle import MANIFEST, _seal, load, save
from models.denial import DenialModel
from models.signature import Demand, Signature, Signer, make_keys
from models.written import text_of


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("keys")
    make_keys(folder / "mine.pem", folder / "mine.pub")
    return folder / "mine.pem", folder / "mine.pub"


@pytest.fixture
def other(tmp_path: Path) -> tuple[Path, Path]:
    make_keys(tmp_path / "other.pem", tmp_path / "other.pub")
    return tmp_path / "other.pem", tmp_path / "other.pub"


@pytest.fixture(scope="module")
def signed(model: DenialModel, keys: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("signed") / "model"
    save(model, folder, signer=Signer.load(keys[0]))
    return folder


def rewritten(folder: Path, **changes: object) -> None:
    """The manifest with other values and a seal that fits; None takes a value out."""
    values = json.loads((folder / MANIFEST).read_bytes())
    del values["seal"]
    values = {key: value for key, value in (values | changes).items() if value is not None}
    (folder / MANIFEST).write_text(text_of(values | {"seal": _seal(values)}))


def test_only_the_owner_reads_the_private_key(keys: tuple[Path, Path]) -> None:
    assert stat.S_IMODE(keys[0].stat().st_mode) == 0o600
    assert b"PRIVATE" in keys[0].read_bytes()
    assert b"PRIVATE" not in keys[1].read_bytes()


def test_keys_are_never_overwritten(keys: tuple[Path, Path], tmp_path: Path) -> None:
    before = [file.read_bytes() for file in keys]
    for private, public in ((keys[0], tmp_path / "new.pub"), (tmp_path / "new.pem", keys[1])):
        with pytest.raises(UnreadableFile, match="new file"):
            make_keys(private, public)
    assert [file.read_bytes() for file in keys] == before
    assert not list(tmp_path.iterdir())


def test_a_model_that_the_key_signed_is_loaded(signed: Path, keys: tuple[Path, Path]) -> None:
    assert load(signed, demand=Demand.load(keys[1])).version == load(signed).version


def test_a_signature_changes_nothing_about_the_model(signed: Path, bundle: Path) -> None:
    assert load(signed).version == load(bundle).version


def test_an_unsigned_model_is_refused_where_a_signature_is_demanded(
    bundle: Path, keys: tuple[Path, Path]
) -> None:
    with pytest.raises(BundleRefused, match="found none, wanted a signature"):
        load(bundle, demand=Demand.load(keys[1]))


def test_a_model_that_another_key_signed_is_refused(signed: Path, other: tuple[Path, Path]) -> None:
    with pytest.raises(BundleRefused, match="found one by"):
        load(signed, demand=Demand.load(other[1]))


def test_a_changed_model_under_right_hashes_is_refused(
    signed: Path, keys: tuple[Path, Path], other: tuple[Path, Path], tmp_path: Path
) -> None:
    demand = Demand.load(keys[1])
    copy = tmp_path / "copy"
    shutil.copytree(signed, copy)
    values = json.loads((copy / MANIFEST).read_bytes())
    forged = Signer.load(other[0]).sign("anything")
    for changes in (
        {"n_golden": 1},
        {"signature": {"key": values["signature"]["key"], "value": forged.value}},
        {"signature": {"key": values["signature"]["key"], "value": "0" * 128}},
        {"signature": None},
    ):
        shutil.copy(signed / MANIFEST, copy / MANIFEST)
        rewritten(copy, **changes)
        with pytest.raises(BundleRefused, match="signature"):
            load(copy, demand=demand)


@pytest.mark.parametrize(
    "written",
    ["text", {}, {"key": "0" * 64}, {"key": "0" * 64, "value": "0"}, {"key": 1, "value": 2}],
    ids=["text", "nothing", "no value", "too short", "numbers"],
)
def test_what_is_no_signature_is_refused_even_where_none_is_demanded(
    written: object, signed: Path, tmp_path: Path
) -> None:
    shutil.copytree(signed, tmp_path / "copy")
    rewritten(tmp_path / "copy", signature=written)
    with pytest.raises(BundleRefused, match="signature"):
        load(tmp_path / "copy")
    with pytest.raises(BundleRefused, match="signature"):
        Signature.read(written, thing="a manifest")


@pytest.mark.parametrize("content", [b"", b"no key", b"x" * 20_000], ids=["nothing", "text", "too long"])
def test_files_that_hold_no_key_are_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(content)
    for kind in (Signer, Demand):
        with pytest.raises(UnreadableFile, match="key"):
            kind.load(tmp_path / "key")
        with pytest.raises(UnreadableFile, match="missing"):
            kind.load(tmp_path / "missing")


def test_one_key_is_not_the_other(keys: tuple[Path, Path]) -> None:
    with pytest.raises(UnreadableFile, match="private"):
        Signer.load(keys[1])
    with pytest.raises(UnreadableFile, match="public"):
        Demand.load(keys[0])


def test_a_key_is_never_shown(keys: tuple[Path, Path]) -> None:
    signer = Signer.load(keys[0])
    assert signer.seed.hex() not in repr(signer)
    assert repr(signer.seed) not in repr(signer)
