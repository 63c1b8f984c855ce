"""Where a model comes from, so that it can be made again: every setting, the data by hash, the code by version."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from data.store import Store
from data.store import manifest as manifests
from training.settings import Settings

OF_THE_MACHINE = frozenset({"models.threads"})
"""Settings that change how fast a model is made, and nothing in it."""
MAKES_MODELS = ("data", "features", "models", "training")
LASTING = frozenset({"cohort", "split", "models"})


@dataclass(frozen=True, slots=True)
class Data:
    """What a store held when a model was learnt from it."""

    digest: str
    """SHA-256 of the files taken in (by their own hashes), of the policy book's parts and of the denial policy."""
    n_files: int
    listing: str
    """The same in full, as JSON text: every file with its SHA-256 and counts."""

    @classmethod
    def of(cls, store: Store) -> "Data":
        """Of a store's manifest; names of files, and the order in which they came, are not in it."""
        found = manifests.load(store.path) or manifests.Manifest()
        listing = {
            "files": [{name: getattr(file, name) for name in manifests.FILE_COLUMNS} for file in found.files],
            "context": found.context,
            "policy": {"name": store.policy.name, "digest": store.policy.digest},
            "policy_book": _book(store.path, found),
        }
        text = json.dumps(listing, indent=1)
        return cls(sha256(text.encode()).hexdigest(), len(found.files), text)


def _book(folder: Path, found: manifests.Manifest) -> Mapping[str, list[str]]:
    """The lists of the policy book by the hash of their content: their names tell nothing."""
    return {
        name: [sha256((folder / path).read_bytes()).hexdigest() for path in paths]
        for name, paths in found.book.items()
    }


def code_version() -> str:
    """This package's version, and a hash of the source that makes models: a checkout between two versions has its own."""
    try:
        said = version("cleanclaim")
    except PackageNotFoundError:
        said = "not installed"
    home, hashed = Path(__file__).parents[1], sha256()
    for package in MAKES_MODELS:
        for path in sorted((home / package).rglob("*.py")):
            hashed.update(str(path.relative_to(home)).encode() + b"\0" + path.read_bytes())
    return f"{said}+{hashed.hexdigest()[:12]}"


def lasting(settings: Settings) -> dict[str, str]:
    """The settings that a model's bytes depend on, as text: what its folder tells."""
    return {
        name: value
        for name, value in settings.flat().items()
        if name not in OF_THE_MACHINE and name.split(".")[0] in LASTING
    }
