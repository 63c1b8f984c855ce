"""The manifest: one small JSON file that says which files a store is made of. What it doesn't list isn't there.

It is replaced as a whole, so that a reader sees the store before an ingest or after it, never between.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from hashlib import sha256
from pathlib import Path

from data.denial_policy import DenialPolicy
from data.errors import StoreError

NAME = "manifest.json"
FORMAT = 2
WANTED = "a store made by `cleanclaim ingest`"

Parts = dict[str, tuple[str, ...]]
"""Paths of Parquet files below the store, by table, in the order in which they were written."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One ingested file and what became of it: known by its content, so that its name may change."""

    sha256: str
    bytes: int = 0
    """as it lay on the disk, packed or not; 0 for a member of an archive"""
    claims: int = 0
    lines: int = 0
    remits: int = 0
    adjustments: int = 0
    statuses: int = 0
    acknowledgements: int = 0
    segments: int = 0
    """all of them: used + listed"""
    used: int = 0
    listed: int = 0
    """segments that nothing here reads: counted by kind in `unused_counts`"""
    rejected: int = 0
    """parts of it that could not be read"""

    @property
    def state(self) -> str:
        """What became of it, in a word: read, read in part, or nothing in it."""
        if not (self.claims or self.remits or self.statuses or self.acknowledgements):
            return "nothing in it"
        return "read in part" if self.rejected else "read"


@dataclass(frozen=True, slots=True)
class Derived:
    """What was worked out from the parts, and from which of them under which policy."""

    source: str
    """Hash of the parts it was made from and of the policy: see `Manifest.source`."""
    made_from: dict[str, int]
    """How many parts of each table were there then; those after them came later."""
    parts: Parts


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
    parts: Parts = field(default_factory=dict)
    derived: Derived | None = None
    book: Parts = field(default_factory=dict)
    """The payers' policy book, by list: replaced as a whole."""

    def labelled_by(self) -> DenialPolicy:
        """The policy that the store was labelled under; the shipped one where it remembers none."""
        if not self.rules:
            return DenialPolicy.load()
        return DenialPolicy.parse(self.rules, "the denial policy that the store remembers")

    def with_policy(self, policy: DenialPolicy) -> "Manifest":
        """The same manifest, labelled under another policy."""
        named = {"name": policy.name, "version": policy.version, "digest": policy.digest}
        return replace(self, policy=named, rules=policy.record())

    def with_parts(self, more: Mapping[str, Sequence[str]]) -> "Manifest":
        """The same manifest with parts added."""
        names = dict.fromkeys([*self.parts, *more])
        parts = {name: (*self.parts.get(name, ()), *more.get(name, ())) for name in names}
        return replace(self, parts=parts)

    def source(self, made_from: Mapping[str, int], policy_digest: str) -> str:
        """The hash of the first parts of some tables, and of the policy that labels them."""
        named = [(name, self.parts.get(name, ())[:count]) for name, count in sorted(made_from.items())]
        return sha256(json.dumps([named, policy_digest]).encode()).hexdigest()[:16]

    def listed(self) -> set[str]:
        """Every Parquet file of the store, as a path below it."""
        derived = self.derived.parts if self.derived else {}
        return {
            path for parts in (self.parts, derived, self.book) for paths in parts.values() for path in paths
        }

    def save(self, folder: Path) -> None:
        """Replace the store's manifest by this one, in one step that is on disk when it returns."""
        write_whole(folder / NAME, _text(self).encode())


FILE_COLUMNS = tuple(f.name for f in fields(SourceFile))


def _text(manifest: Manifest) -> str:
    """JSON with a line for each file and each part: small, quickly written, and shown well by `diff`."""
    derived = manifest.derived
    record = {
        "format": FORMAT,
        "policy": manifest.policy,
        "rules": manifest.rules,
        "context": manifest.context,
        "file_columns": FILE_COLUMNS,
        "files": [[getattr(file, name) for name in FILE_COLUMNS] for file in manifest.files],
        "parts": manifest.parts,
        "book": manifest.book,
        "derived": None if derived is None else {name: getattr(derived, name) for name in DERIVED_FIELDS},
    }
    return (
        "{\n" + ",\n".join(f"{json.dumps(key)}: {_lines(value)}" for key, value in record.items()) + "\n}\n"
    )


DERIVED_FIELDS = tuple(f.name for f in fields(Derived))


def _lines(value: object) -> str:
    """A list with one entry a line, a record of lists likewise; else as JSON has it."""
    if isinstance(value, list | tuple) and value:
        return "[\n" + ",\n".join(json.dumps(entry) for entry in value) + "\n]"
    if isinstance(value, dict) and any(isinstance(entry, tuple | dict) for entry in value.values()):
        return (
            "{\n" + ",\n".join(f"{json.dumps(key)}: {_lines(entry)}" for key, entry in value.items()) + "\n}"
        )
    return json.dumps(value)


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
        raise StoreError(str(path), field="format", found=found, wanted=f"{FORMAT}: ingest the files anew")
    try:
        derived, columns = record["derived"], record["file_columns"]
        return Manifest(
            policy=dict(record["policy"]),
            rules=dict(record.get("rules", {})),
            files=tuple(SourceFile(**dict(zip(columns, row, strict=True))) for row in record["files"]),
            context=tuple(record["context"]),
            parts=_parts(record["parts"]),
            derived=None
            if derived is None
            else Derived(derived["source"], dict(derived["made_from"]), _parts(derived["parts"])),
            book=_parts(record.get("book", {})),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoreError(str(path), found="a damaged manifest", wanted=WANTED) from error


def _parts(record: Mapping[str, Sequence[str]]) -> Parts:
    return {name: tuple(paths) for name, paths in record.items()}


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, whatever happens."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.half")
    with half.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
