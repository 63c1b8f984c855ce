"""What the monitor found, as one HTML file that opens offline, and as JSON for machines."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from math import isnan
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from serving.desk.words import dollars
from serving.monitor.chart import Chart, chart
from serving.monitor.figures import Figures
from serving.monitor.money import Money
from serving.monitor.run import Monitored

ALERTS, REPORT, PAGE = "alerts.json", "monitor.json", "monitor.html"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under their heads."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def write(found: Monitored, folder: Path) -> None:
    """`alerts.json` (what must be told), `monitor.json` (everything) and `monitor.html`, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in ((ALERTS, alerts_json(found)), (REPORT, as_json(found))):
        text = json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False)
        (folder / name).write_text(text + "\n", encoding="utf-8")
    (folder / PAGE).write_text(page(found), encoding="utf-8")


def alerts_json(found: Monitored) -> dict[str, object]:
    """The alerts with the advice, as JSON values."""
    return {
        "model_version": found.model_version,
        "as_of": str(found.as_of),
        "today": str(found.today),
        "advice": asdict(found.advice),
        "alerts": [_plain(asdict(alert)) for alert in found.alerts],
    }


def as_json(found: Monitored) -> dict[str, object]:
    """Everything, as JSON values; what has no meaning is null."""
    reviewed = {name: getattr(found.reviewed, name) for name in found.reviewed.__slots__ if name != "weight"}
    parts = {
        name: _plain(getattr(found, name))
        for name in ("n_lines", "n_answered", "ripe", "promised", "months", "drift", "new")
    }
    names = ("figures_by_month", "figures_by_payer", "money_by_month", "money_by_payer")
    figures = {name: _plain(getattr(found, name)) for name in names}
    return alerts_json(found) | parts | {"reviewed": reviewed} | figures


def _plain(value: object) -> object:
    """JSON values: NaN as null, days as text, records as objects."""
    if isinstance(value, float):
        # Six digits: what comes after them is the machine's.
        return None if isnan(value) else float(f"{value:.6g}")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


def page(found: Monitored) -> str:
    """The report; nothing in it comes from outside."""
    environment = Environment(
        loader=PackageLoader("serving", "monitor"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("report.html").render(
        found=found,
        odds=odds,
        charts=_charts(found),
        months=_months(found),
        drift=_drift(found),
        new=_new(found),
        by_month=_figures("month", found.figures_by_month),
        by_payer=_figures("payer", found.figures_by_payer),
        money_by_month=_money("month", found.money_by_month),
        money_by_payer=_money("payer", found.money_by_payer),
        reviewed=_reviewed(found),
    )


def odds(chance: float) -> str:
    """`0.013` as 1 in 77."""
    return "as likely as not" if chance > 0.5 else f"1 in {1 / max(chance, 1e-9):,.0f}"


def _months(found: Monitored) -> Table:
    columns = (
        "month",
        "lines",
        "answered",
        "denied, foretold",
        "realised",
        "AUC, foretold",
        "realised",
        "log-loss, foretold",
        "realised",
    )
    rows = []
    for month in found.months:
        said, came = month.estimated, month.realised
        seen = month.is_ripe
        rows.append(
            (
                month.month,
                f"{month.n_lines:,}",
                f"{month.n_answered:,}",
                _percent(said.denial_rate),
                _percent(came.denial_rate) if seen else "",
                _number(said.auc),
                _number(came.auc) if seen else "",
                _number(said.log_loss),
                _number(came.log_loss) if seen else "",
            )
        )
    return Table(columns, tuple(rows))


def _drift(found: Monitored) -> Table:
    rows = [
        (one.concept.replace("_", " "), _number(one.psi, 2), one.feature, _number(one.auc, 2))
        for one in found.drift
    ]
    return Table(("concept", "PSI", "largest in", "told apart"), tuple(rows))


def _new(found: Monitored) -> Table:
    rows = [
        (
            f"{one.field.replace('_', ' ')} {one.value}",
            str(one.first_on),
            f"{one.n_lines:,}",
            f"{one.n_answered:,}",
            f"{one.n_denied:,}",
        )
        for one in found.new
    ]
    return Table(("new", "first sent", "lines", "answered", "denied"), tuple(rows))


def _figures(head: str, rows: Sequence[Figures]) -> Table:
    columns = (
        head,
        "claims",
        "turned away",
        "adjudicated",
        "denied claims",
        "partly",
        "denied lines",
        "denied dollars",
        "first pass",
        "clean",
        "days to answer",
    )
    return Table(columns, tuple(_figure_cells(row) for row in rows))


def _figure_cells(row: Figures) -> tuple[str, ...]:
    rates = (
        row.denied_claims,
        row.partly_denied_claims,
        row.denied_lines,
        row.denied_dollars,
        row.first_pass,
        row.clean,
    )
    counts = (row.n_claims, row.n_rejected, row.n_adjudicated)
    return (
        row.name,
        *(f"{n:,}" for n in counts),
        *(_percent(rate) for rate in rates),
        _number(row.days_to_answer, 0),
    )


def _money(head: str, rows: Sequence[Money]) -> Table:
    columns = (
        head,
        "charged",
        "net collection",
        "denied at first",
        "claims denied",
        "worked",
        "answered again",
        "won",
        "won of answered",
        "recovered",
        "days to win",
        "days open",
    )
    return Table(columns, tuple(_money_cells(row) for row in rows))


def _money_cells(row: Money) -> tuple[str, ...]:
    return (
        row.name,
        dollars(row.charged_cents),
        _percent(row.net_collection),
        dollars(row.denied_cents),
        *(f"{n:,}" for n in (row.n_denied, row.n_worked, row.n_decided, row.n_won)),
        _percent(row.won),
        dollars(row.recovered_cents),
        _number(row.days_to_win, 0),
        _number(row.days_open, 0),
    )


def _reviewed(found: Monitored) -> str:
    seen = found.reviewed
    if not seen.n_scored:
        return ""
    told = f" {seen.n_scored:,} of these claims were scored before they were sent, {seen.n_flagged:,} of them at high risk; {seen.n_changed:,} of those were changed in between."
    if seen.n_set_aside:
        return f"{told} {seen.n_set_aside:,} flagged claims were set aside from review and stand for all that were flagged."
    return (
        f"{told} What was put right beside the form isn't seen: realised denials may be too low."
        if seen.n_flagged
        else told
    )


def _charts(found: Monitored) -> list[Chart]:
    """Denial rate and AUC by month."""
    names = [month.month for month in found.months]
    pairs = (
        ("Share of lines denied", "denial_rate", True),
        ("AUC: denied lines above the others", "auc", False),
    )
    return [
        chart(
            title,
            names,
            [getattr(month.estimated, name) for month in found.months],
            [getattr(month.realised, name) if month.is_ripe else float("nan") for month in found.months],
            from_zero=from_zero,
        )
        for title, name, from_zero in pairs
    ]


def _percent(value: float) -> str:
    return "" if isnan(value) else f"{value:.1%}"


def _number(value: float, digits: int = 3) -> str:
    return "" if isnan(value) else f"{value:.{digits}f}"
