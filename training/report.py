"""An evaluation as one page that opens anywhere (no script, nothing fetched), and the same figures as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import jinja2
import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure

from training import plots
from training.canvas import svg
from training.causes import Causes
from training.cohort import Step
from training.evaluate import SHARES, Evaluation
from training.fairness import finding
from training.plots_causes import causes_plot
from training.plots_parts import cut_plot, difference_plot, fairness_plot
from training.plots_time import time_plot
from training.report_json import as_json as _as_json
from training.scores import CEILING
from training.tables import (
    Table,
    behind_table,
    bounds_table,
    cut_table,
    differences_table,
    drift_table,
    fairness_table,
    figures_table,
    origins_table,
    reasons_table,
    threshold_table,
    worked_table,
)

PARTS = ("payer", "plan kind", "modality", "facility", "family", "codes")


@dataclass(frozen=True, slots=True)
class Report:
    """An evaluation with what it is about: a title, facts to name, the funnel of the lines judged, what moves the risk."""

    title: str
    evaluation: Evaluation
    facts: Mapping[str, str]
    funnel: tuple[Step, ...]
    causes: Causes | None = None

    @property
    def is_backtest(self) -> bool:
        """Whether several models were judged, each from its own day on."""
        return any(row.cut == "origin" for row in self.evaluation.rows)

    def write(self, folder: Path) -> None:
        """Put report.html and report.json into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.html").write_text(html(self), encoding="utf-8")
        (folder / "report.json").write_text(json.dumps(as_json(self), indent=1) + "\n", encoding="utf-8")


def html(report: Report) -> str:
    """The page."""
    loader = jinja2.PackageLoader("training", ".")
    pages = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    found = report.evaluation
    cuts = [cut for cut in PARTS if len({r.value for r in found.rows if r.cut == cut}) > 1]
    return pages.get_template("report.html").render(
        title=report.title,
        summary=summary(found),
        has_ceiling=CEILING in found.scorers,
        first=found.scorers[0],
        capacity=f"{found.capacity:.0%}",
        bounds=bounds_table(found),
        behind=behind_table(found),
        lines=figures_table(found, level="line"),
        claims=figures_table(found, level="claim"),
        differences=differences_table(found.differences) if found.differences else None,
        reasons=reasons_table(found),
        worked=worked_table(found),
        worked_claims=worked_table(found, level="claim"),
        thresholds=threshold_table(found),
        origins=origins_table(found) if report.is_backtest else None,
        drift=drift_table(found),
        fairness=fairness_table(found.fairness),
        fair=finding(found.fairness),
        parts=[cut_table(found, cut) for cut in cuts if cut != "facility"],
        plots=_drawn(report, cuts),
        funnel=Table(("step", "lines left"), tuple((s.step, f"{s.n_lines:,}") for s in report.funnel)),
        facts=Table(("fact", ""), tuple(report.facts.items())),
    )


def summary(evaluation: Evaluation) -> str:
    """The result in a few sentences."""
    first = evaluation.scorers[0]
    lines, claims = evaluation.of(first), evaluation.of(first, level="claim")
    auc = evaluation.bound("auc", first)
    text = (
        f"{lines.n:,} lines of {claims.n:,} claims, {lines.denial_rate:.1%} of the lines denied. "
        f"Line AUC {lines.auc:.3f} ({auc.low:.3f} to {auc.high:.3f}), calibration error {lines.calibration_error:.3f}"
    )
    if CEILING in evaluation.scorers:
        text += f"; the ceiling's AUC is {evaluation.of(CEILING).auc:.3f}"
    dollars = float(np.interp(evaluation.capacity, SHARES, evaluation.gain_dollars[first]))
    text += f". Reviewing the riskiest {evaluation.capacity:.0%} finds {dollars:.0%} of the denied dollars."
    if evaluation.differences:
        text += " " + against(evaluation)
    return text


def against(evaluation: Evaluation) -> str:
    """How the model stands against the champion, in a sentence."""
    whole, *parts = evaluation.differences
    gap = whole.difference
    side = "lower (better)" if gap.below_zero else "higher (worse)" if gap.above_zero else "not clearly other"
    told = f"Log-loss is {side} than the champion's: {gap.at:+.4f} ({gap.low:+.4f} to {gap.high:+.4f})"
    return f"{told}; clearly worse on {sum(d.is_worse for d in parts)} of {len(parts)} parts."


def as_json(report: Report) -> dict[str, object]:
    """All figures for a machine; what has no meaning is null."""
    return {
        "title": report.title,
        "summary": summary(report.evaluation),
        "facts": dict(report.facts),
        "funnel": [asdict(step) for step in report.funnel],
        **_as_json(report.evaluation, report.causes),
    }


def _drawn(report: Report, cuts: list[str]) -> dict[str, Markup | list[Markup] | None]:
    """The pictures by name, each as part of the page."""
    found = report.evaluation
    has_months = len({row.value for row in found.rows if row.cut == "month"}) > 1
    return {
        "reliability": _svg(plots.reliability_plot(found)),
        "gain": _svg(plots.gain_plot(found)),
        "confusion": _svg(plots.confusion_plot(found)),
        "causes": _svg(causes_plot(report.causes)) if report.causes is not None else None,
        "months": _svg(time_plot(found, "origin" if report.is_backtest else "month"))
        if has_months or report.is_backtest
        else None,
        "differences": _svg(difference_plot(found.differences)) if found.differences else None,
        "fairness": _svg(fairness_plot(found)),
        "parts": [svg_part for svg_part in (_svg(cut_plot(found, cut)) for cut in cuts) if svg_part],
    }


def _svg(figure: Figure | None) -> Markup | None:
    return None if figure is None else Markup(svg(figure))  # noqa: S704 - our own drawing
