"""Proven fixes as they are answered: what is changed, from what to what, and a sentence."""

from collections.abc import Sequence
from datetime import date

from models.fixing.candidate import Edit, Row, Value
from models.fixing.choose import Chance, Tried
from serving.desk.words import percent
from serving.fixes import Fixed, Found
from serving.judge import Judged
from serving.result import FieldValue, Fix, FixChange

NO_FIXES = Fixed([], [])
"""For answers that were not asked for fixes."""


def line_fixes(fixed: Fixed, n: int, row: Row) -> tuple[Fix, ...]:
    """The fixes of one line, whose row of the line table is `row`; none where none were looked for."""
    return _all(fixed.lines[n], row) if fixed.lines else ()


def claim_fixes(fixed: Fixed, n: int, rows: Sequence[Row]) -> tuple[Fix, ...]:
    """The fixes of one claim with its rows; those of a single line stand there."""
    return _all(fixed.claims[n], rows[0], rows) if fixed.claims and len(rows) > 1 else ()


def told_in_table(fixed: Fixed, judged: Judged) -> list[str | None]:
    """The sentences of each claim's fixes, and then of each line's; None where there are none.

    A claim of one line repeats that line's.
    """
    n_claims = judged.n_claims
    if not fixed.lines:
        return [None] * (n_claims + len(judged.claim))
    return [_sentences(found) for found in (*fixed.claims, *fixed.lines)]


def _sentences(found: Found) -> str | None:
    return " | ".join(_sentence(tried, found.before) for tried in found.fixes) or None


def _sentence(tried: Tried, before: Chance) -> str:
    return (
        f"{percent(before.probability)} → {percent(tried.after.probability)} if {tried.candidate.condition}."
    )


def _all(found: Found, row: Row, rows: Sequence[Row] = ()) -> tuple[Fix, ...]:
    return tuple(_fix(tried, found.before, row, rows) for tried in found.fixes)


def _fix(tried: Tried, before: Chance, row: Row, rows: Sequence[Row]) -> Fix:
    candidate, after = tried.candidate, tried.after
    of_line = {one["line"]: one for one in rows} or {row["line"]: row}
    changes = [_change(edit, of_line.get(edit.line, row)) for edit in candidate.edits]
    if candidate.drops is not None:
        dropped = of_line.get(candidate.drops, row)
        changes.append(
            {
                "field": "line",
                "line": candidate.drops,
                "from": _plain(dropped["procedure"]),
                "to": None,
                "stand_in": None,
            }
        )
    return Fix(
        change=changes[0],
        also=tuple(changes[1:]),
        sentence=_sentence(tried, before),
        needs_record_support=candidate.needs_record_support,
        probability_after=after.probability,
        interval_after=after.interval,
        owner=candidate.owner,
        stage=candidate.stage,
        kind=candidate.way,
    )


def _change(edit: Edit, row: Row) -> FixChange:
    value = _plain(edit.value)
    return {
        "field": edit.field,
        "line": edit.line,
        "from": _plain(row.get(edit.field)),
        "to": None if edit.is_obtained else value,
        "stand_in": value if edit.is_obtained else None,
    }


def _plain(value: Value) -> FieldValue:
    """A day as text, so that an answer reads back from its JSON as it was."""
    return value.isoformat() if isinstance(value, date) else value
