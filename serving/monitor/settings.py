"""What an operator may set about monitoring: the table `[monitor]` of a TOML file.

[monitor]
false_alarms_a_month = 0.5
unreviewed_share = 0.05
"""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path

from data.errors import InvalidPolicy
from data.setting_tables import STAGES

TABLE = "monitor"


@dataclass(frozen=True, slots=True)
class MonitorSettings:
    """When the monitor speaks up."""

    false_alarms_a_month: float = 0.5
    """Alarms about payers that chance alone may raise, over all payers and reason families together, at most."""
    times: float = 1.5
    """A payer's denials may be so many times those foretold before it is a change: no model is quite right."""
    more: float = 0.003
    """And this share of its claims beyond that."""
    window_days: int = 60
    """Claims of the newest days that are held against those learnt from."""
    psi: float = 0.25
    """Population stability index from which a concept has drifted."""
    auc: float = 0.65
    """How well old and new claims can be told apart before they are taken to differ."""
    least_lines: int = 20
    """Lines from which a new payer or code is an alert."""
    lost_auc: float = 0.02
    """Realised AUC below the one foretold by this much, and surely so, is an alert."""
    unreviewed_share: float = 0.0
    """Share of claims that are set aside from review, so that what was foretold can be held against what happens."""

    def __post_init__(self) -> None:
        """Each setting within its range."""
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if not low <= value <= high:
                wanted = f"between {low:g} and {high:g}"
                raise InvalidPolicy("settings, monitor", field=name, found=value, wanted=wanted)

    @classmethod
    def load(cls, path: Path | None) -> "MonitorSettings":
        """Settings of a TOML file, defaults where it is silent or there is none; `InvalidPolicy` if it is wrong."""
        if path is None:
            return cls()
        try:
            given = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise InvalidPolicy(
                f"settings {path.name}", found=error.strerror, wanted="a readable file"
            ) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InvalidPolicy(f"settings {path.name}", found=str(error), wanted="TOML") from None
        _refuse_unknown("settings", given, STAGES)
        table = given.get(TABLE, {})
        if not isinstance(table, dict):
            raise InvalidPolicy("settings", field=TABLE, found=repr(table), wanted=f"a table [{TABLE}]")
        return cls.from_mapping(table)

    @classmethod
    def from_mapping(cls, given: Mapping[str, object]) -> "MonitorSettings":
        """Settings by name; an unknown name is refused with the nearest known one."""
        known = {f.name: type(f.default) for f in fields(cls)}
        _refuse_unknown("settings, monitor", given, known)
        for key, value in given.items():
            kinds = int if known[key] is int else int | float
            if isinstance(value, bool) or not isinstance(value, kinds):
                kind = "a whole number" if known[key] is int else "a number"
                raise InvalidPolicy("settings, monitor", field=key, found=repr(value), wanted=kind)
        return replace(cls(), **given)  # type: ignore[arg-type]  # checked key by key above


def _refuse_unknown(thing: str, given: Iterable[str], known: Collection[str]) -> None:
    for key in given:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            wanted = f"{near[0]}?" if near else f"one of {', '.join(sorted(known))}"
            raise InvalidPolicy(thing, field=key, found="an unknown key", wanted=wanted)


_RANGES: Mapping[str, tuple[float, float]] = {
    "false_alarms_a_month": (1e-6, 100),
    "times": (1, 100),
    "more": (0, 0.5),
    "window_days": (1, 3650),
    "psi": (0.01, 100),
    "auc": (0.5, 1),
    "least_lines": (1, 10**9),
    "lost_auc": (0, 0.5),
    "unreviewed_share": (0, 0.5),
}
