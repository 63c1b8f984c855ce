"""Fixes told to a biller: from which likelihood to which, if what is done, who does it, and what only the record may say."""

from collections.abc import Sequence
from dataclasses import dataclass

from serving.desk.words import percent
from serving.result import Fix


@dataclass(frozen=True, slots=True)
class FixView:
    """One fix."""

    before: str
    after: str
    interval: str
    condition: str
    """What must be done, behind "if"."""
    owner: str
    stage: str
    caution: str
    """Said where only the record, or the contract, may decide."""
    width_before: float
    width_after: float
    is_pair: bool


def fix_views(fixes: Sequence[Fix], before: float) -> tuple[FixView, ...]:
    """Fixes as they are shown, in the order in which they come."""
    return tuple(_view(fix, before) for fix in fixes)


def _view(fix: Fix, before: float) -> FixView:
    low, high = fix.interval_after
    return FixView(
        before=percent(before),
        after=percent(fix.probability_after),
        interval=f"{percent(low)} to {percent(high)}",
        condition=fix.sentence.partition(" if ")[2].removesuffix("."),
        owner=fix.owner,
        stage="" if fix.stage == "-" else fix.stage,
        caution="Only if the record supports it." if fix.needs_record_support else "",
        width_before=round(100 * before, 1),
        width_after=round(100 * fix.probability_after, 1),
        is_pair="+" in fix.kind,
    )
