"""The model's card: what it is for, what it learnt from, how good it was on held-out claims, what it doesn't know."""

from collections.abc import Iterator
from datetime import date

from data.codes import family_owner
from training.fairness import finding
from training.fit import Training
from training.tables import COLUMNS, FIELDS, fairness_table, figure_cells
from training.thresholds import CAPACITY


def card(training: Training) -> str:
    """The card in Markdown."""
    parts = (_head, _learnt_from, _families, _how_good, _fairness, _unknown)
    return "\n".join(part(training) for part in parts)


def _head(training: Training) -> str:
    return f"""# Denial model, as of {training.model.facts.as_of}

Says of a claim line, before it is sent, how likely the payer denies it at first adjudication, and for which reason.
It is meant to put claims in the order in which people look at them. It is not meant to decide care, to judge
people, or to change a claim by itself.
"""


def _learnt_from(training: Training) -> str:
    facts = training.model.facts
    funnel = "\n".join(f"| {step.step} | {step.n_lines:,} |" for step in training.cohort.funnel)
    return f"""## What it learnt from

Claims sent from {_day(facts.learnt_from)} to {_day(facts.learnt_to)}: {facts.n_lines:,} lines, {facts.n_denied:,} of
them denied, as the denial policy "{facts.policy or "not named"}" has it. Answers that came after {facts.as_of} were
not looked at. Young answers stand for those of their age that were still to come.

| step | lines left |
|---|---|
{funnel}
"""


def _families(training: Training) -> str:
    named = training.model.families
    families = "\n".join(f"- {_words(name)} (worked by the {_owner(name)})" for name in named)
    return f"""## Reason families it tells apart

{families}
"""


def _how_good(training: Training) -> str:
    cut = training.split
    return f"""## How good it was on claims that it had not seen

{training.holdout.n:,} lines sent from {cut.judge_from} to {cut.until}; trees grown on claims until {cut.fit_until},
calibration fitted on claims from {cut.calibrate_from} to the day before. For use, calibration was then fitted on all
of the later claims, and the trees grown again on everything.

| {" | ".join(COLUMNS)} |
|{"---|" * len(COLUMNS)}
| {" | ".join(figure_cells(training.holdout))} |
| {" | ".join(_between(training))} |

The second row: between these values each figure lies 95 times of 100, if other claims had come.
"""


def _fairness(training: Training) -> str:
    return f"""## Whether it errs alike by age and sex

Neither is a feature; only the payers' own age and sex edits look at them, and say no more than whether a claim fails
them. {finding(training.judged.fairness)}

{_groups(training)}

An alarm: the line is among the riskiest {CAPACITY:.0%}. A group whose lines are denied more often gets more alarms,
right and false; its probabilities should be right all the same.
"""


def _unknown(training: Training) -> str:
    return f"""## What it doesn't know

- Anything that is in neither the claim nor its context; what wasn't given counts as unknown, not as fine.
- Rules that payers made after {training.model.facts.as_of}; retrain as answers come in, and watch the figures by month.
- Payers, procedures and providers that it has not met are judged by the average of their like.
- Calibration holds for claims on the whole; it can be off for a small group. The report shows each payer.
"""


def _words(family: str) -> str:
    return "several rare ones together" if family == "pooled" else family.replace("_", " ")


def _owner(family: str) -> str:
    return "biller" if family == "pooled" else family_owner(family)


def _between(training: Training) -> Iterator[str]:
    """Low and high of each figure, in the order of the columns; a calibration error has none."""
    found = {bound.figure: bound.interval for bound in training.judged.bounds}
    for field in FIELDS:
        interval = found.get(field)
        yield "-" if interval is None else f"{interval.low:.3f} to {interval.high:.3f}"


def _groups(training: Training) -> str:
    """The error rates by age band and sex as a table in Markdown."""
    table = fairness_table(training.judged.fairness)
    head = (" | ".join(name or "group" for name in table.columns), "|".join("---" for _ in table.columns))
    return "\n".join(f"| {line} |" for line in (*head, *(" | ".join(row) for row in table.rows)))


def _day(on: date | None) -> str:
    return "an unknown day" if on is None else on.isoformat()
