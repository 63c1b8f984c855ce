"""The tables of an evaluation, as text: for the page and the terminal."""

import math
from dataclasses import dataclass

from training.bounds import AUC, BEHIND, BRIER, LOSS, PRECISION
from training.evaluate import Evaluation, Row
from training.fairness import Group
from training.intervals import Interval
from training.metrics import Figures
from training.scores import CEILING
from training.slices import SliceDifference
from training.thresholds import AT_STAKE, RISKIEST, THRESHOLD, Worked

COLUMNS = ("AUC", "average precision", "log-loss", "Brier", "calibration error")
FIELDS = ("auc", "average_precision", "log_loss", "brier", "calibration_error")
BOUNDED = {"auc": AUC, "average_precision": PRECISION, "log_loss": LOSS, "brier": BRIER}
"""Which of the figures have an interval, and under which name."""
MOST_PARTS = 16
SHORT = {"retrained quarterly": "quarterly", "never retrained": "never", CEILING: CEILING}


@dataclass(frozen=True, slots=True)
class Table:
    """A table to read: its columns' names, and rows of text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def figures_table(evaluation: Evaluation, *, level: str) -> Table:
    """Every scorer's figures on all lines, or all claims."""
    return Table(
        ("", *COLUMNS),
        tuple((name, *figure_cells(evaluation.of(name, level=level))) for name in evaluation.scorers),
    )


def behind_table(evaluation: Evaluation) -> Table:
    """By how much every other scorer's log-loss lies above the first one's, on the very same lines and claims."""
    found = {(b.scorer, b.level): b.interval for b in evaluation.bounds if b.figure == BEHIND}
    rows = [
        (name, *(_within(found.get((name, level)), 4) for level in ("line", "claim")))
        for name in evaluation.scorers[1:]
    ]
    return Table((f"log-loss above {evaluation.scorers[0]}", "by line", "by claim"), tuple(rows))


def bounds_table(evaluation: Evaluation) -> Table:
    """The first scorer's figures with the values between which they lie."""
    first = evaluation.scorers[0]
    found = {(b.level, b.figure): b.interval for b in evaluation.bounds if b.scorer == first}
    names = dict(zip(FIELDS, COLUMNS, strict=True))
    rows = [
        (name, *(_within(found.get((level, BOUNDED[field])), 3) for level in ("line", "claim")))
        for field, name in names.items()
        if field in BOUNDED
    ]
    off = [_within(found.get((level, "said_less_happened")), 1, scale=100) for level in ("line", "claim")]
    return Table(("", "by line", "by claim"), (*rows, ("said less happened, points", *off)))


def reasons_table(evaluation: Evaluation) -> Table:
    """How often each scorer named the reason, or its family."""
    return Table(
        ("", "reason first", "in first 3", "macro-F1", "family first", "in first 3", "macro-F1"),
        tuple(
            (
                r.scorer,
                *(_share(v) for v in (r.top_1, r.top_3)),
                _cell(r.macro_f1),
                *(_share(v) for v in (r.family_top_1, r.family_top_3)),
                _cell(r.family_macro_f1),
            )
            for r in evaluation.reasons
        ),
    )


def cut_table(evaluation: Evaluation, cut: str) -> Table:
    """The first scorer's figures for each value of a cut, beside the ceiling's AUC where it is known."""
    first = evaluation.scorers[0]
    ceiling = {r.value: r.figures.auc for r in evaluation.rows if r.scorer == CEILING and r.cut == cut}
    rows = [r for r in evaluation.rows if r.scorer == first and r.cut == cut]
    names = (
        "lines",
        "denied",
        "said",
        "AUC",
        *(("ceiling",) if ceiling else ()),
        "log-loss",
        "calibration error",
    )
    return Table((cut, *names), tuple(_cut_row(row, ceiling) for row in rows))


def origins_table(evaluation: Evaluation) -> Table:
    """Figures of each retrained model on the claims sent until the next, and what fewer retrains would have had."""
    first = evaluation.scorers[0]
    beside = [s for s in SHORT if s in evaluation.scorers]
    rows = {(r.scorer, r.value): r.figures for r in evaluation.rows if r.cut == "origin"}
    values = sorted({value for scorer, value in rows if scorer == first})
    return Table(
        ("trained on", "lines", "denied", "said", "AUC", "log-loss", *(SHORT[name] for name in beside)),
        tuple(
            (
                value,
                f"{rows[first, value].n:,}",
                f"{rows[first, value].denial_rate:.1%}",
                f"{rows[first, value].mean_probability:.1%}",
                _cell(rows[first, value].auc),
                _cell(rows[first, value].log_loss),
                *(_cell(rows[name, value].log_loss) if (name, value) in rows else "-" for name in beside),
            )
            for value in values
        ),
    )


def drift_table(evaluation: Evaluation) -> Table:
    """Every figure of each retrained model: how they move over time."""
    first = evaluation.scorers[0]
    rows = [r for r in evaluation.rows if (r.scorer, r.cut) == (first, "origin")]
    return Table(("trained on", *COLUMNS), tuple((r.value, *figure_cells(r.figures)) for r in rows))


def worked_table(evaluation: Evaluation, *, level: str = "line") -> Table:
    """What looking at the riskiest (or those with most at stake) finds, as many as there is time for."""
    rows = [w for w in evaluation.worked if w.level == level]
    stake = {w.n_reviewed: w for w in rows if w.order == AT_STAKE}
    return Table(
        (
            "reviewed",
            f"{level}s",
            "from probability",
            "denied of these",
            "denied found",
            "dollars found",
            "by stake",
        ),
        tuple(
            (
                f"{w.reviewed:.0%}",
                f"{w.n_reviewed:,}",
                _cell(w.threshold),
                _share(w.precision),
                _share(w.recall),
                _share(w.dollars),
                _share(stake[w.n_reviewed].dollars),
            )
            for w in rows
            if w.order == RISKIEST
        ),
    )


def threshold_table(evaluation: Evaluation, *, level: str = "line") -> Table:
    """What warning from each probability on means: how many are flagged, how many of them rightly, what they hold."""
    return Table(
        ("warn from", "flagged", f"{level}s", "precision", "recall", "dollars found", "denied, $"),
        tuple(_threshold_row(w) for w in evaluation.worked if (w.level, w.order) == (level, THRESHOLD)),
    )


def fairness_table(groups: tuple[Group, ...]) -> Table:
    """Error rates by age band and sex."""
    return Table(
        ("", "lines", "denied", "said less happened, points", "false alarms", "missed", "AUC"),
        tuple(
            (
                g.group,
                f"{g.n:,}",
                f"{g.denial_rate:.1%}",
                _within(g.off, 1, scale=100),
                _within(g.false_alarms, 1, scale=100, unit="%"),
                _within(g.missed, 1, scale=100, unit="%"),
                _cell(g.auc),
            )
            for g in groups
        ),
    )


def differences_table(differences: tuple[SliceDifference, ...]) -> Table:
    """Log-loss of the new model and the champion: on all lines, then where it changed most clearly."""
    first, *parts = differences
    marked = [d for d in parts if d.is_worse or d.is_better]
    others = sorted((d for d in parts if d not in marked), key=lambda d: -abs(d.difference.at))
    shown = [first, *sorted(marked, key=lambda d: -d.difference.at), *others][
        : max(MOST_PARTS, len(marked) + 1)
    ]
    return Table(
        ("", "lines", "champion", "new", "difference", ""),
        tuple(
            (
                d.name,
                f"{d.n:,}",
                _cell(d.champion),
                _cell(d.challenger),
                _within(d.difference, 4),
                "worse" if d.is_worse else "better" if d.is_better else "",
            )
            for d in shown
        ),
    )


def figure_cells(figures: Figures) -> tuple[str, ...]:
    """The figures of `COLUMNS`, to three digits."""
    return tuple(_cell(getattr(figures, name)) for name in FIELDS)


def interval_words(interval: Interval, digits: int = 3) -> str:
    """A figure and between which values it lies."""
    return _within(interval, digits)


def _cut_row(row: Row, ceiling: dict[str, float]) -> tuple[str, ...]:
    f = row.figures
    beside = (_cell(ceiling.get(row.value, math.nan)),) if ceiling else ()
    head = (row.value, f"{f.n:,}", f"{f.denial_rate:.1%}", f"{f.mean_probability:.1%}", _cell(f.auc))
    return (*head, *beside, _cell(f.log_loss), _cell(f.calibration_error))


def _threshold_row(w: Worked) -> tuple[str, ...]:
    head = (f"{w.threshold:.0%}", _share(w.reviewed), f"{w.n_reviewed:,}")
    return (*head, _share(w.precision), _share(w.recall), _share(w.dollars), f"{w.denied_cents / 100:,.0f}")


def _cell(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.1%}"


def _within(interval: Interval | None, digits: int, *, scale: float = 1, unit: str = "") -> str:
    if interval is None or math.isnan(interval.at):
        return "-"
    # Adding 0 makes 0 of -0: nobody asks which side nothing is on.
    ends = (interval.at, interval.low, interval.high)
    at, low, high = (f"{round(scale * v, digits) + 0.0:.{digits}f}" for v in ends)
    return f"{at}{unit}" if math.isnan(interval.low) else f"{at}{unit} ({low} to {high})"
