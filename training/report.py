"""An evaluation as one page that opens anywhere (no script, nothing fetched), and the same figures as JSON."""

import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import jinja2
import numpy as np
from markupsafe import Markup
from matplotlib import rc_context
from matplotlib.figure import Figure

from training import plots
from training.cohort import Step
from training.evaluate import SHARES, Evaluation, Row
from training.metrics import Figures
from training.scores import CEILING, MODEL

COLUMNS = ("AUC", "average precision", "log-loss", "Brier", "calibration error")
FIELDS = ("auc", "average_precision", "log_loss", "brier", "calibration_error")


@dataclass(frozen=True, slots=True)
class Table:
    """A table to read: its columns' names, and rows of text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """An evaluation with what it is about: a title, facts to name, and the funnel of the lines judged."""

    title: str
    evaluation: Evaluation
    facts: Mapping[str, str]
    funnel: tuple[Step, ...]

    def write(self, folder: Path) -> None:
        """Put report.html and report.json into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.html").write_text(html(self), encoding="utf-8")
        (folder / "report.json").write_text(json.dumps(as_json(self), indent=1) + "\n", encoding="utf-8")


def html(report: Report) -> str:
    """The page."""
    loader = jinja2.PackageLoader("training", ".")
    template = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined
    ).get_template("report.html")
    found = report.evaluation
    cuts = [plots.cut_plot(found, cut) for cut in ("payer", "modality", "family", "month")]
    drawn = [plots.reliability_plot(found), plots.gain_plot(found), *cuts, plots.confusion_plot(found)]
    return template.render(
        title=report.title,
        summary=summary(found),
        has_ceiling=CEILING in found.scorers,
        lines=figures_table(found, level="line"),
        claims=figures_table(found, level="claim"),
        reasons=reasons_table(found),
        payers=cut_table(found, "payer"),
        plots=[Markup(_svg(figure)) for figure in drawn if figure is not None],  # noqa: S704 - our own drawing
        funnel=Table(("step", "lines left"), tuple((s.step, f"{s.n_lines:,}") for s in report.funnel)),
        facts=Table(("fact", ""), tuple(report.facts.items())),
    )


def summary(evaluation: Evaluation) -> str:
    """The result in two sentences."""
    lines, claims = evaluation.of(MODEL), evaluation.of(MODEL, level="claim")
    text = (
        f"{lines.n:,} lines of {claims.n:,} claims, {lines.denial_rate:.1%} of the lines denied. "
        f"Line AUC {lines.auc:.3f}, calibration error {lines.calibration_error:.3f}"
    )
    if CEILING in evaluation.scorers:
        text += f"; the ceiling's AUC is {evaluation.of(CEILING).auc:.3f}"
    at = int(np.searchsorted(SHARES, 0.1))
    return f"{text}. Reviewing the riskiest tenth finds {evaluation.gain_dollars[MODEL][at]:.0%} of the denied dollars."


def figures_table(evaluation: Evaluation, *, level: str) -> Table:
    """Every scorer's figures on all lines, or all claims."""
    return Table(
        ("", *COLUMNS),
        tuple((name, *figure_cells(evaluation.of(name, level=level))) for name in evaluation.scorers),
    )


def reasons_table(evaluation: Evaluation) -> Table:
    """How often each scorer named the reason, or its family."""
    return Table(
        ("", "reason first", "in first 3", "family first", "in first 3"),
        tuple(
            (r.scorer, *(_cell(v) for v in (r.top_1, r.top_3, r.family_top_1, r.family_top_3)))
            for r in evaluation.reasons
        ),
    )


def cut_table(evaluation: Evaluation, cut: str) -> Table:
    """The model's figures for each value of a cut, beside the ceiling's AUC where it is known."""
    ceiling = {r.value: r.figures.auc for r in evaluation.rows if r.scorer == CEILING and r.cut == cut}
    rows = [r for r in evaluation.rows if r.scorer == MODEL and r.cut == cut]
    names = (
        cut,
        "lines",
        "denied",
        "AUC",
        *(("ceiling",) if ceiling else ()),
        "log-loss",
        "calibration error",
    )
    return Table(
        names,
        tuple(
            (
                *(r.value, f"{r.figures.n:,}", f"{r.figures.denial_rate:.1%}", _cell(r.figures.auc)),
                *((_cell(ceiling.get(r.value, math.nan)),) if ceiling else ()),
                *(_cell(r.figures.log_loss), _cell(r.figures.calibration_error)),
            )
            for r in rows
        ),
    )


def figure_cells(figures: Figures) -> tuple[str, ...]:
    """The figures of `COLUMNS`, to three digits."""
    return tuple(_cell(getattr(figures, name)) for name in FIELDS)


def as_json(report: Report) -> dict[str, object]:
    """All figures for a machine; what has no meaning is null."""
    found = report.evaluation
    return {
        "title": report.title,
        "facts": dict(report.facts),
        "funnel": [asdict(step) for step in report.funnel],
        **evaluation_json(found),
        "reliability": {
            name: {"said": _list(b.said), "happened": _list(b.happened), "mass": _list(b.mass)}
            for name, b in found.reliability.items()
        },
        "gain": {
            "share_reviewed": list(SHARES),
            "denied_lines": {name: _list(v) for name, v in found.gain_lines.items()},
            "denied_dollars": {name: _list(v) for name, v in found.gain_dollars.items()},
        },
        "confusion": None
        if found.confusion is None
        else {"families": list(found.confusion.families), "counts": found.confusion.counts.tolist()},
    }


def evaluation_json(evaluation: Evaluation) -> dict[str, object]:
    """Figures and reasons alone, without the curves."""
    return {
        "figures": [_row_json(row) for row in evaluation.rows],
        "reasons": [{k: _plain(v) for k, v in asdict(row).items()} for row in evaluation.reasons],
    }


def figures_json(figures: Figures) -> dict[str, object]:
    """One set of figures; null where one has no meaning."""
    return {key: _plain(value) for key, value in asdict(figures).items()}


def _row_json(row: Row) -> dict[str, object]:
    said: dict[str, object] = {"scorer": row.scorer, "level": row.level, "cut": row.cut, "value": row.value}
    return said | figures_json(row.figures)


def _plain(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _list(values: Sequence[float] | np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[object]:
    return [_plain(float(v)) for v in values]


def _cell(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def _svg(figure: Figure) -> str:
    drawn = io.StringIO()
    # Without a date, and names from a fixed salt, the same figures give the same page.
    with rc_context(fname=plots.STYLE):
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    text = drawn.getvalue()
    return text[text.index("<svg") :]
