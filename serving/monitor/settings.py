"""What an operator may set about monitoring: the table `[monitor]` of a TOML file.

[monitor]
false_alarms_a_month = 0.5
unreviewed_share = 0.05
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from data.setting_tables import Table, read_tables, refuse_other_kinds, refuse_unknown, table_of, within

TABLE, THING = "monitor", "settings, monitor"


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
            within(THING, name, getattr(self, name), low=low, high=high)

    @classmethod
    def load(cls, path: Path | None) -> "MonitorSettings":
        """Settings of a TOML file, defaults where it is silent or there is none; `InvalidPolicy` if it is wrong."""
        return cls.from_mapping(table_of(read_tables(path), TABLE))

    @classmethod
    def from_mapping(cls, given: Table) -> "MonitorSettings":
        """Settings by name; an unknown name is refused with the nearest known one."""
        known = {f.name: f.default for f in fields(cls)}
        refuse_unknown(THING, given, known)
        refuse_other_kinds(THING, given, known)
        return replace(cls(), **given)  # type: ignore[arg-type]  # checked key by key above


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
