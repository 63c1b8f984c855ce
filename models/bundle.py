"""A model as a folder: text, JSON and Parquet, never a pickle, and nothing believed before it is checked.

    manifest.json      versions, label policy, what was learnt from, sha256 of every file and of itself, signature
    trees/*.txt        LightGBM text, one a hazard           calibration.json   log-odds to probability, intervals
    reasons.json       codes within hazards, by payer        money.json         allowed over charged
    history/*          the features' fitted state            profile.json       how features and scores were spread
    certainty.json     claims, reason sets, precision        golden.json        claims replayed at load
    card.md, evaluation.json

Loading looks at names and sizes first, then at signature and hashes, then parses and checks every tree. Trees are
asked by our own code: LightGBM never sees them. A folder is written beside its place and moved there whole.
"""

import hashlib
import platform
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path

import pyarrow as pa
from numba.core.errors import NumbaError

from data.errors import BundleRefused, InvalidPolicy, NotEnoughData
from features.catalog import CATALOG
from features.state import FeatureState
from models.certainty_written import certainty_json, read_certainty
from models.denial import DenialModel
from models.golden import golden_json, read_golden, replay
from models.hazards import Hazards
from models.papers import Papers
from models.signature import Demand, Signer, signature_of
from models.signs_written import read_signs, signs_json
from models.trees import Forest, read_exact
from models.written import (
    Reader,
    allowed_json,
    calibration_json,
    facts_json,
    profile_json,
    read_allowed,
    read_calibration,
    read_facts,
    read_profile,
    read_reasons,
    reasons_json,
    text_of,
)

FORMAT = 1
MANIFEST = "manifest.json"
MAX_FILES = 500
MAX_BYTES = 1 << 30
"""Of one file; history is by far the largest."""
MAX_MANIFEST_BYTES = 1 << 20
_PLAIN = (
    "calibration.json",
    "certainty.json",
    "reasons.json",
    "money.json",
    "profile.json",
    "golden.json",
    "card.md",
    "evaluation.json",
)
_GOES_WRONG = (
    ArithmeticError,
    AttributeError,
    InvalidPolicy,  # the policy book that was learnt with
    LookupError,
    MemoryError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    pa.ArrowException,
)
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.=-]{0,120}")
_FAMILY = re.compile(r"[a-z_]{1,60}")


def save(model: DenialModel, folder: Path, *, signer: Signer | None = None) -> DenialModel:
    """Write a model as a folder, signed where a key is given, and give back the model that this folder loads to.

    Replaces a bundle that is there; any other folder there is left alone and refused (`BundleRefused`).
    Raises `NotEnoughData` for a model without golden claims (`models.golden.golden_lines`).
    """
    if model.papers.golden.num_rows == 0:
        raise NotEnoughData("golden claims", found="none", wanted="at least one claim")
    if folder.exists() and not (folder / MANIFEST).is_file():
        raise BundleRefused(
            str(folder), found="something else there", wanted="a new folder, or a model to replace"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        _write(model, fresh, signer)
        saved = load(fresh)
        _move(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return saved


def load(folder: Path, *, demand: Demand | None = None) -> DenialModel:
    """The model in a folder; raises `BundleRefused` naming the file, what was found and what was wanted.

    With `demand` only a model that this key signed is loaded, and nothing but its manifest is read before.
    """
    files = _files(folder)
    manifest = _manifest(folder, files, demand)
    content = _verified(files, manifest.inside("files"))
    return _model(folder, content, manifest)


def _write(model: DenialModel, folder: Path, signer: Signer | None) -> None:
    """All files, the manifest last."""
    (folder / "trees").mkdir(parents=True)
    for family, forest in zip(model.hazards.families, model.hazards.forests, strict=True):
        (folder / "trees" / f"{family}.txt").write_bytes(forest.text().encode())
    for name, text in _texts(model).items():
        (folder / name).write_bytes(text.encode())
    model.state.save(folder / "history")
    hashes = {name: _sha256(path) for name, path in _files(folder).items()}
    values = _manifest_values(model, hashes)
    if signer is not None:
        values["signature"] = signer.sign(text_of(values)).as_json()
    (folder / MANIFEST).write_bytes(text_of(values | {"seal": _seal(values)}).encode())


def _texts(model: DenialModel) -> dict[str, str]:
    """The plain files of a bundle."""
    values: dict[str, Mapping[str, object]] = {
        "calibration.json": _hazards_json(model.hazards) | calibration_json(model.calibrator, model.interval),
        "certainty.json": certainty_json(model.certainty),
        "reasons.json": reasons_json(model.codes) | {"signs": signs_json(model.codes.signs)},
        "money.json": allowed_json(model.allowed),
        "profile.json": profile_json(model.papers.profile),
        "golden.json": golden_json(model),
    }
    texts = {name: text_of(value) for name, value in values.items()}
    return texts | {"card.md": model.papers.card, "evaluation.json": model.papers.evaluation}


def _hazards_json(hazards: Hazards) -> dict[str, object]:
    return {
        "families": list(hazards.families),
        "pooled": list(hazards.pooled),
        "offsets": list(hazards.offsets),
    }


def _manifest_values(model: DenialModel, hashes: dict[str, str]) -> dict[str, object]:
    return {
        "format": FORMAT,
        "version": _version(hashes),
        "versions": {
            "python": platform.python_version(),
            **{name: _installed(name) for name in ("cleanclaim", "lightgbm", "numpy", "pyarrow")},
        },
        "facts": facts_json(model.facts),
        "features": catalog_hash(model.hazards.features),
        "n_golden": model.papers.golden.num_rows,
        "files": hashes,
    }


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"


def catalog_hash(names: tuple[str, ...]) -> str:
    """Stands for the features in their order, and for what the catalogue makes of them."""
    rows = (f"{name}\t{CATALOG[name].concept}\t{CATALOG[name].kind}" for name in names)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _version(hashes: Mapping[str, str]) -> str:
    """Twelve characters that follow from every file's content, and from nothing else."""
    return hashlib.sha256(
        "\n".join(f"{name} {hashes[name]}" for name in sorted(hashes)).encode()
    ).hexdigest()[:12]


def _seal(values: Mapping[str, object]) -> str:
    return hashlib.sha256(text_of(values).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(folder: Path) -> dict[str, Path]:
    """Every file below the folder by its name in the bundle; links, odd names and huge files are refused."""
    if not folder.is_dir():
        raise BundleRefused(str(folder), found="no such folder", wanted="a model folder")
    found: dict[str, Path] = {}
    # Counted while they are listed: a folder of a million files is refused before it fills the memory.
    listed = list(islice(folder.rglob("*"), MAX_FILES + 1))
    if len(listed) > MAX_FILES:
        raise BundleRefused(str(folder), found=f"over {MAX_FILES} files", wanted=f"at most {MAX_FILES}")
    for path in sorted(listed):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise BundleRefused(name, found="a link or device", wanted="a plain file")
        if not all(_NAME.fullmatch(part) for part in name.split("/")) or name.count("/") > 3:
            raise BundleRefused(
                "a file of the bundle", found="an odd name", wanted="letters, digits, _ . = -"
            )
        if path.is_file():
            found[name] = path
            _check_size(name, path.stat().st_size)
    return found


def _check_size(name: str, n_bytes: int) -> None:
    most = MAX_MANIFEST_BYTES if name == MANIFEST else MAX_BYTES
    if n_bytes > most:
        raise BundleRefused(name, found=f"{n_bytes} bytes", wanted=f"at most {most}")


def _manifest(folder: Path, files: Mapping[str, Path], demand: Demand | None) -> Reader:
    """The manifest, its own seal and signature checked, listing exactly the files that are there."""
    if MANIFEST not in files:
        raise BundleRefused(str(folder), found=f"no {MANIFEST}", wanted="a model folder")
    reader = Reader.of(MANIFEST, files[MANIFEST].read_bytes())
    unsealed = {key: value for key, value in reader.values.items() if key != "seal"}
    if reader.text("seal") != _seal(unsealed):
        raise BundleRefused(MANIFEST, found="a changed manifest", wanted="the manifest as it was sealed")
    signature = signature_of(unsealed, thing=MANIFEST)
    if demand is not None:
        signed = {key: value for key, value in unsealed.items() if key != "signature"}
        demand.check(text_of(signed), signature, thing=MANIFEST)
    if reader.whole("format") != FORMAT:
        raise BundleRefused(MANIFEST, field="format", found=reader.whole("format"), wanted=FORMAT)
    listed = set(reader.inside("files").values)
    for name in sorted(listed ^ (set(files) - {MANIFEST})):
        found, wanted = (
            ("no such file", "the file listed") if name in listed else ("a file", "nothing: not listed")
        )
        raise BundleRefused(name, found=found, wanted=wanted)
    return reader


def _verified(files: Mapping[str, Path], listed: Reader) -> dict[str, bytes]:
    """Content of all files but history's, every hash checked; a missing part of a model is named."""
    for name in _PLAIN:
        if name not in files:
            raise BundleRefused(name, found="no such file", wanted="a complete model")
    content: dict[str, bytes] = {}
    for name in listed.values:
        in_memory = not name.startswith("history/")
        data = files[name].read_bytes() if in_memory else b""
        found = hashlib.sha256(data).hexdigest() if in_memory else _sha256(files[name])
        if found != listed.text(name):
            raise BundleRefused(name, found=f"sha256 {found[:12]}", wanted=f"sha256 {listed.text(name)[:12]}")
        if in_memory:
            content[name] = data
    return content


def _model(folder: Path, content: Mapping[str, bytes], manifest: Reader) -> DenialModel:
    """The model made of verified files, its golden claims replayed."""
    number = manifest.text("version")
    if number != _version({k: str(v) for k, v in manifest.inside("files").values.items()}):
        raise BundleRefused(MANIFEST, field="version", found="another version", wanted="that of its files")
    calibration = Reader.of("calibration.json", content["calibration.json"])
    hazards = _hazards(content, calibration)
    calibrator, interval = read_calibration(calibration)
    told = Reader.of("reasons.json", content["reasons.json"])
    reasons = read_reasons(told)
    if reasons.families != hazards.families:
        raise BundleRefused(
            "reasons.json", field="families", found="other hazards", wanted="those of the trees"
        )
    certainty = Reader.of("certainty.json", content["certainty.json"])
    golden = Reader.of("golden.json", content["golden.json"])
    model = DenialModel(
        hazards=hazards,
        calibrator=calibrator,
        interval=interval,
        allowed=read_allowed(Reader.of("money.json", content["money.json"])),
        codes=replace(reasons, signs=read_signs(told, reasons, hazards.features)),
        state=_state(folder / "history"),
        certainty=read_certainty(certainty, n_families=len(hazards.families)),
        facts=read_facts(manifest.inside("facts"), number),
        papers=_papers(content, golden),
    )
    _check_catalog(hazards.features, manifest)
    with _refusing("golden claims"):
        replay(model, golden)
    return model


def _state(folder: Path) -> FeatureState:
    with _refusing("feature state"):
        return FeatureState.load(folder)


@contextmanager
def _refusing(thing: str) -> Iterator[None]:
    """Whatever goes wrong with values that were made to go wrong is a refusal, not an error of this program."""
    try:
        yield
    except (*_GOES_WRONG, NumbaError) as problem:
        raise BundleRefused(
            thing, found=f"{type(problem).__name__} in use", wanted="what this version writes"
        ) from problem


def _papers(content: Mapping[str, bytes], golden: Reader) -> Papers:
    return Papers(
        profile=read_profile(Reader.of("profile.json", content["profile.json"])),
        golden=read_golden(golden),
        card=_text("card.md", content),
        evaluation=_text("evaluation.json", content),
    )


def _check_catalog(features: tuple[str, ...], manifest: Reader) -> None:
    unknown = [name for name in features if name not in CATALOG]
    if unknown or catalog_hash(features) != manifest.text("features"):
        raise BundleRefused(
            MANIFEST, field="features", found="another feature catalogue", wanted="this version's"
        )


def _text(name: str, content: Mapping[str, bytes]) -> str:
    try:
        return content[name].decode()
    except UnicodeDecodeError:
        raise BundleRefused(name, found="no UTF-8", wanted="text") from None


def _hazards(content: Mapping[str, bytes], reader: Reader) -> Hazards:
    """The forests, every tree checked before LightGBM sees it."""
    families, offsets = reader.texts("families"), reader.numbers("offsets")
    named = all(_FAMILY.fullmatch(family) for family in families) and len(set(families)) == len(families)
    reader.want("families", holds=named and 0 < len(families) == len(offsets), wanted="an offset a hazard")
    trees = {f"trees/{family}.txt" for family in families}
    for name in sorted(trees ^ {name for name in content if name.startswith("trees/")}):
        raise BundleRefused(name, found="trees that don't fit", wanted="trees for each hazard")
    forests = tuple(_forest(f"trees/{family}.txt", content) for family in families)
    if len({forest.features for forest in forests}) != 1:
        raise BundleRefused(
            "trees", field="feature_names", found="different features", wanted="the same in each"
        )
    return Hazards(
        families=families,
        pooled=reader.texts("pooled"),
        features=forests[0].features,
        forests=forests,
        offsets=offsets,
    )


def _forest(name: str, content: Mapping[str, bytes]) -> Forest:
    return read_exact(_text(name, content), thing=name)


def _move(fresh: Path, folder: Path) -> None:
    """Put the finished folder in its place; the old one is gone only once the new one stands."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
