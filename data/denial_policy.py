"""The denial policy: which adjustment codes deny a line, and how its reason is chosen. A file, checked when loaded."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from data.codes.files import FOLDER
from data.errors import InvalidPolicy

DEFAULT = FOLDER / "denial_policy.toml"
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "non_denial": ("patient_share", "contract", "prior_payer", "information"),
    "pended": ("carcs",),
    "switches": ("bundling", "duplicates", "coordination", "weak_denials", "partly_denied_is_denied"),
    "switched": ("bundling", "duplicates", "coordination"),
    "reason": ("needs_remark", "order"),
    "remarks": ("alerts",),
}
CODE = re.compile(r"[A-Z]{1,3}\d{1,4}|[1-9]\d{0,3}")
DECIDES = ("non_denial.", "pended.", "switched.")
"""Lists that say what a code does to a line: a code in two of them would say two things."""

Section = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class DenialPolicy:
    """What counts as a denial. Two policies are the same if their digests are."""

    name: str
    version: str
    digest: str
    non_denial: frozenset[str]
    """CARCs that explain an amount without denying it, those of switched-off kinds among them."""
    pended: frozenset[str]
    weak_denials: bool
    partly_denied_is_denied: bool
    needs_remark: frozenset[str]
    order: tuple[str, ...]
    alerts: frozenset[str]
    groups: Mapping[str, tuple[str, ...]] = field(compare=False)
    """Every list of codes as the file has it, by its place: `non_denial.contract`."""
    switches: Mapping[str, bool] = field(compare=False)

    @property
    def title(self) -> str:
        """Name and version, as reports say it; a changed copy of the shipped policy that kept both is told apart."""
        title, shipped = f"{self.name} {self.version}", _shipped()
        kept = title == f"{shipped.name} {shipped.version}"
        return f"{title} (changed: {self.digest[:8]})" if kept and self.digest != shipped.digest else title

    def record(self) -> dict[str, object]:
        """The policy as JSON values; `parse` makes the same policy of it."""
        record: dict[str, object] = {"name": self.name, "version": self.version}
        for name, keys in SECTIONS.items():
            values = (
                self.switches[k] if name == "switches" else list(self.groups[f"{name}.{k}"]) for k in keys
            )
            record[name] = dict(zip(keys, values, strict=True))
        return record

    @classmethod
    def load(cls, path: Path | None = None) -> "DenialPolicy":
        """The policy of a TOML file, the shipped one where no path is given. Raises `InvalidPolicy`."""
        path = path or DEFAULT
        try:
            content = path.read_bytes()
            return cls.parse(tomllib.loads(content.decode()), path.name)
        except FileNotFoundError as error:
            raise InvalidPolicy(str(path), found="no such file", wanted="a denial policy (TOML)") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InvalidPolicy(path.name, found=str(error), wanted="a TOML file") from error

    @classmethod
    def parse(cls, record: Section, thing: str = "denial policy") -> "DenialPolicy":
        """The policy of a parsed TOML file; `thing` is how errors call it. Raises `InvalidPolicy`."""
        _known(record, {"name", "version", *SECTIONS}, thing, None)
        parts = {name: _section(record, name, thing) for name in SECTIONS}
        lists = {
            name: {key: _codes(part[key], thing, f"{name}.{key}") for key in SECTIONS[name]}
            for name, part in parts.items()
            if name != "switches"
        }
        _once(lists, thing)
        switches = {key: _switch(parts["switches"][key], thing, key) for key in SECTIONS["switches"]}
        off = [code for kind, codes in lists["switched"].items() if not switches[kind] for code in codes]
        return cls(
            name=_text(record, "name", thing),
            version=_text(record, "version", thing),
            digest=sha256(repr([lists, switches]).encode()).hexdigest()[:16],
            non_denial=frozenset(off).union(*lists["non_denial"].values()),
            pended=frozenset(lists["pended"]["carcs"]),
            weak_denials=switches["weak_denials"],
            partly_denied_is_denied=switches["partly_denied_is_denied"],
            needs_remark=frozenset(lists["reason"]["needs_remark"]),
            order=lists["reason"]["order"],
            alerts=frozenset(lists["remarks"]["alerts"]),
            groups=MappingProxyType(
                {f"{n}.{key}": codes for n, part in lists.items() for key, codes in part.items()}
            ),
            switches=MappingProxyType(switches),
        )


def differences(old: DenialPolicy, new: DenialPolicy) -> tuple[str, ...]:
    """What the new policy decides otherwise than the old one, a sentence a list or switch."""
    told = [
        f"{key} is switched {'on' if now else 'off'}"
        for key, now in new.switches.items()
        if now != old.switches[key]
    ]
    for place, codes in new.groups.items():
        before = old.groups[place]
        more, less = ([c for c in a if c not in b] for a, b in ((codes, before), (before, codes)))
        changes = [f"{verb} {', '.join(some)}" for verb, some in (("with", more), ("without", less)) if some]
        if not changes and codes != before:
            changes = ["in another order"]
        told += [f"{place}: {', '.join(changes)}"] * bool(changes)
    return tuple(told)


@cache
def _shipped() -> DenialPolicy:
    return DenialPolicy.load()


def _section(record: Section, name: str, thing: str) -> Section:
    part = record.get(name)
    if not isinstance(part, Mapping):
        raise InvalidPolicy(
            thing, field=name, found="nothing" if part is None else "a value", wanted=f"a table [{name}]"
        )
    _known(part, SECTIONS[name], thing, name)
    for key in SECTIONS[name]:
        if key not in part:
            raise InvalidPolicy(thing, field=f"{name}.{key}", found="nothing", wanted="it to be said")
    return part


def _known(record: Section, names: Collection[str], thing: str, section: str | None) -> None:
    for key in record:
        if key not in names:
            near = get_close_matches(key, names, n=1, cutoff=0.4)
            wanted = near[0] if near else "one of " + ", ".join(sorted(names))
            raise InvalidPolicy(
                thing, field=f"{section}.{key}" if section else key, found="no such name", wanted=wanted
            )


def _codes(value: object, thing: str, field: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise InvalidPolicy(thing, field=field, found=repr(value), wanted="a list of codes")
    for code in value:
        if not isinstance(code, str) or not CODE.fullmatch(code):
            raise InvalidPolicy(
                thing, field=field, found=repr(code), wanted='codes in quotes, as "197" or "N40"'
            )
    if len(set(value)) < len(value):
        twice = next(code for code in value if value.count(code) > 1)
        raise InvalidPolicy(thing, field=field, found=f"{twice} twice", wanted="each code once")
    return tuple(value)


def _once(lists: Mapping[str, Mapping[str, tuple[str, ...]]], thing: str) -> None:
    """Each code decides one thing."""
    place_of: dict[str, str] = {}
    for name, part in lists.items():
        for key, codes in part.items():
            place = f"{name}.{key}"
            for code in codes if place.startswith(DECIDES) else ():
                if code in place_of:
                    raise InvalidPolicy(
                        thing,
                        field=place,
                        found=f"{code}, which is in {place_of[code]} too",
                        wanted="it in one list",
                    )
                place_of[code] = place


def _switch(value: object, thing: str, key: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidPolicy(thing, field=f"switches.{key}", found=repr(value), wanted="true or false")
    return value


def _text(record: Section, key: str, thing: str) -> str:
    value = record.get(key)
    if not isinstance(value, str) or not value:
        raise InvalidPolicy(thing, field=key, found=repr(value), wanted="text in quotes")
    return value
