"""Does a model still hold, and have payers changed? Asked from a notebook."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import pandas as pd

from cleanclaim.notebook.model import Model
from cleanclaim.notebook.store import Store
from serving.journal import Journal
from serving.monitor.alerts import Alert
from serving.monitor.drift import ConceptDrift
from serving.monitor.figures import Figures
from serving.monitor.flagged import first_answers
from serving.monitor.money import Money
from serving.monitor.months import Month
from serving.monitor.novel import New
from serving.monitor.report import write
from serving.monitor.run import Monitored
from serving.monitor.run import monitor as watch
from serving.monitor.settings import MonitorSettings


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Monitoring:
    """What was found on the claims sent since the model was made."""

    advice: str
    """Whether to retrain, and why, in one sentence."""
    retrain: bool
    alerts: pd.DataFrame
    """One row an alert: `what`, `payer_id`, `family`, `group`, `concept`, `since`, `raised_on`, `found`, `expected`,
    `foretold` (by the model), `by_chance` (at most how likely it is by chance), `sentence`."""
    months: pd.DataFrame
    """One row a month of submission: `n_lines`, `n_answered`, `is_ripe`, and `denial_rate`, `auc`, `log_loss` as
    `estimated_...` (before answers came) and `realised_...` (NaN where too few are ripe)."""
    drift: pd.DataFrame
    """One row a concept, the most telling first: `psi`, `feature` it is largest in, `auc`, `by_chance`."""
    new: pd.DataFrame
    """Payers, codes and providers that came up since: `field`, `value`, `first_on`, `n_lines`, `n_answered`, `n_denied`."""
    by_month: pd.DataFrame
    """Denial figures of each month of submission: rates of adjudicated claims, lines and dollars."""
    by_payer: pd.DataFrame
    """The same by payer."""
    money_by_month: pd.DataFrame
    """What became of the money by month of submission, in cents: `net_collection`, `denied_cents`, `recovered_cents`,
    claims denied, worked, answered again (`n_decided`) and `n_won`, `days_to_win`, and `days_open` (accounts receivable)."""
    money_by_payer: pd.DataFrame
    """The same by payer."""
    found: Monitored
    """All of it as it was worked out."""

    def save(self, folder: Path | str) -> Path:
        """Write alerts.json, monitor.json and monitor.html; the page's path."""
        write(self.found, Path(folder))
        return Path(folder) / "monitor.html"

    def __repr__(self) -> str:
        """The advice, and how many alerts."""
        return f"<{self.advice} {len(self.alerts)} alerts, {self.found.n_lines:,} lines watched>"


def monitor(
    model: Model,
    store: Store,
    *,
    database: str | None = None,
    settings: Mapping[str, object] | Path | str | None = None,
) -> Monitoring:
    """Watch a model by all that its store knows by now: what `cleanclaim monitor` does.

    `database` is the address of the scores that `cleanclaim serve` kept: which claims were flagged before they went out.
    `settings` are those of the table `[monitor]`, by name, or a TOML file with it. Raises `NotEnoughData` where no claim
    was sent after the model's `as_of`, `InvalidPolicy` for a setting that nobody knows.
    """
    asked = (
        MonitorSettings.from_mapping(settings)
        if isinstance(settings, Mapping)
        else MonitorSettings.load(Path(settings) if settings else None)
    )
    flags = None
    if database is not None:
        journal = Journal(database)
        flags = first_answers(journal)
        journal.close()
    found = watch(model.denial, store.kept, asked, flags)
    return Monitoring(
        advice=found.advice.reason,
        retrain=found.advice.retrain,
        alerts=_frame(found.alerts, Alert, days=("since", "raised_on")),
        months=pd.DataFrame([_month(month) for month in found.months]).set_index("month"),
        drift=_frame(found.drift, ConceptDrift).set_index("concept"),
        new=_frame(found.new, New, days=("first_on",)),
        by_month=_frame(found.figures_by_month, Figures).set_index("name"),
        by_payer=_frame(found.figures_by_payer, Figures).set_index("name"),
        money_by_month=_frame(found.money_by_month, Money).set_index("name"),
        money_by_payer=_frame(found.money_by_payer, Money).set_index("name"),
        found=found,
    )


def _month(month: Month) -> dict[str, object]:
    told: dict[str, object] = {
        "month": month.month,
        "n_lines": month.n_lines,
        "n_answered": month.n_answered,
        "is_ripe": month.is_ripe,
    }
    for name in ("denial_rate", "auc", "log_loss"):
        told[f"estimated_{name}"] = getattr(month.estimated, name)
        told[f"realised_{name}"] = getattr(month.realised, name) if month.is_ripe else float("nan")
    return told


def _frame(
    rows: Sequence[Alert | ConceptDrift | New | Figures | Money], kind: type, *, days: Sequence[str] = ()
) -> pd.DataFrame:
    columns = [f.name for f in fields(kind)]
    made = pd.DataFrame([asdict(row) for row in rows], columns=columns)
    return made.assign(**{name: pd.to_datetime(made[name]) for name in days})
