"""The manifest: one small JSON file that says which files a store is made of. What it doesn't list isn't there.

It is replaced as a whole, so that a reader sees the store before an ingest or after it, never between.
"""

import json
import os
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from data.denial_policy import DenialPolicy
from data.errors import StoreError

NAME = "manifest.json"
FORMAT = 1
WANTED = "a store made by `cleanclaim ingest`"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One ingested file: known by its content, so that its name may change."""

    sha256: str
    claims: int = 0
    lines: int = 0
    remits: int = 0
    adjustments: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Derived:
    """What was worked out from the parts, and from which of them under which policy."""

    source: str
    parts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files of a store: ingested sources, Parquet parts by table, and what was derived from them."""

    policy: dict[str, str] = field(default_factory=dict)
    """Name, version and digest of the denial policy under which the outcomes were derived."""
    rules: dict[str, object] = field(default_factory=dict)
    """That policy itself, so that a store needs no other file to be read as it was labelled."""
    files: tuple[SourceFile, ...] = ()
    context: tuple[str, ...] = ()
    """SHA-256 of the context files, in the order they were given: a later one counts."""
    parts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    derived: Derived | None = None

    def labelled_by(self) -> DenialPolicy:
        """The policy that the store was labelled under; the shipped one where it remembers none."""
        if not self.rules:
            return DenialPolicy.load()
        return DenialPolicy.parse(self.rules, "the denial policy that the store remembers")

    def with_policy(self, policy: DenialPolicy) -> "Manifest":
        """The same manifest, labelled under another policy."""
        named = {"name": policy.name, "version": policy.version, "digest": policy.digest}
        return replace(self, policy=named, rules=policy.record())

    def with_parts(self, more: dict[str, list[str]]) -> "Manifest":
        """The same manifest with parts added."""
        names = dict.fromkeys([*self.parts, *more])
        parts = {name: (*self.parts.get(name, ()), *more.get(name, ())) for name in names}
        return replace(self, parts=parts)

    def source(self, policy_digest: str) -> str:
        """What derived tables would have to be made from to be right now."""
        named = {name: list(paths) for name, paths in sorted(self.parts.items())}
        return sha256(json.dumps([named, policy_digest]).encode()).hexdigest()[:16]

    def listed(self) -> set[str]:
        """Every Parquet file of the store, as a path below it."""
        derived = self.derived.parts.values() if self.derived else ()
        return {*(path for paths in self.parts.values() for path in paths), *derived}

    def save(self, folder: Path) -> None:
        """Replace the store's manifest by this one, in one step that is on disk when it returns."""
        record = {"format": FORMAT, **asdict(self)}
        write_whole(folder / NAME, (json.dumps(record, indent=1) + "\n").encode())


def load(folder: Path) -> Manifest | None:
    """The manifest of a store; None where there is none yet. Raises `StoreError` for a damaged one."""
    path = folder / NAME
    try:
        record = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (ValueError, OSError) as error:
        raise StoreError(str(path), found="a damaged manifest", wanted=WANTED) from error
    found = record.get("format") if isinstance(record, dict) else None
    if found != FORMAT:
        raise StoreError(str(path), field="format", found=found, wanted=FORMAT)
    try:
        derived = Derived(**record["derived"]) if record["derived"] else None
        return Manifest(
            policy=record["policy"],
            rules=dict(record.get("rules", {})),
            files=tuple(SourceFile(**entry) for entry in record["files"]),
            context=tuple(record["context"]),
            parts={name: tuple(paths) for name, paths in record["parts"].items()},
            derived=derived,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoreError(str(path), found="a damaged manifest", wanted=WANTED) from error


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, whatever happens."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.half")
    with half.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
