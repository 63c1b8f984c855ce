"""The tables that one `cleanclaim.toml` may hold, and what is refused in any of them, in the same words.

Each stage reads its own table, knows the names of the others, and holds its settings to their kinds and ranges.
"""

import math
import tomllib
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from data.errors import InvalidPolicy

STAGES = ("cohort", "split", "models", "tune", "evaluate", "gates", "monitor")
"""A table of another name is a misspelt one: refused by whoever reads the file."""
Table = Mapping[str, object]
"""A table of a TOML file, as it was read."""


def read_tables(path: Path | None) -> Table:
    """All that a TOML file says, nothing without a file; `InvalidPolicy` if it can't be read or names no known table."""
    if path is None:
        return {}
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidPolicy(f"settings {path.name}", found=error.strerror, wanted="a readable file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidPolicy(f"settings {path.name}", found=str(error), wanted="TOML") from None
    refuse_unknown("settings", given, STAGES)
    return given


def table_of(given: Table, name: str) -> Table:
    """One table of a file, empty where it has none; `InvalidPolicy` where the name stands for something else."""
    value = given.get(name, {})
    if not isinstance(value, dict):
        raise InvalidPolicy("settings", field=name, found=repr(value), wanted=f"a table [{name}]")
    return value


def refuse_unknown(thing: str, given: Iterable[str], known: Collection[str]) -> None:
    """`InvalidPolicy` for the first key that isn't known, naming the nearest known one."""
    for key in given:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            wanted = f"{near[0]}?" if near else f"one of {', '.join(sorted(known))}"
            raise InvalidPolicy(thing, field=key, found="an unknown key", wanted=wanted)


def refuse_other_kinds(thing: str, given: Table, defaults: Table) -> None:
    """`InvalidPolicy` for the first value that isn't of its default's kind; a number may be whole."""
    for key, value in given.items():
        kind = type(defaults[key])
        wanted, words = _KINDS[kind]
        if isinstance(value, bool) != (kind is bool) or not isinstance(value, wanted):
            raise InvalidPolicy(thing, field=key, found=repr(value), wanted=words)


def within(thing: str, name: str, value: float, *, low: float, high: float = math.inf) -> None:
    """`InvalidPolicy` where a setting is out of its range, both ends of which are allowed; not a number is in none."""
    if not low <= value <= high:
        wanted = f"at least {low:.12g}" if high == math.inf else f"between {low:.12g} and {high:.12g}"
        raise InvalidPolicy(thing, field=name, found=value, wanted=wanted)


_KINDS: Mapping[type, tuple[type | tuple[type, ...], str]] = MappingProxyType(
    {
        bool: (bool, "true or false"),
        int: (int, "a whole number"),
        float: ((int, float), "a number"),
        str: (str, "a word"),
    }
)
