"""Which claims teach the model and which, later ones, set its size and its calibration.

Time decides: the model will be asked about claims sent after those it learnt from, so it is calibrated on such claims
too. Between the two lies a gap as long as answers usually take, as in life: on the day a model is trained, most
answers to the newest claims are still on their way.

        first claim .......... fit_until | gap | calibrate_from .. judge_from .. until (the as-of date)

A claim is sent on one day, so all its lines stand on one side.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.errors import NotEnoughData


@dataclass(frozen=True, slots=True)
class Split:
    """Days, all inclusive: fit up to `fit_until`, calibrate from `calibrate_from`, judge from `judge_from`."""

    fit_until: date
    calibrate_from: date
    judge_from: date
    until: date

    def __post_init__(self) -> None:
        """Days in order, or the split means nothing."""
        if not self.fit_until < self.calibrate_from <= self.judge_from <= self.until:
            raise NotEnoughData(
                "time split",
                found=f"{self.fit_until}, {self.calibrate_from}, {self.judge_from}, {self.until}",
                wanted="fit_until < calibrate_from <= judge_from <= until",
            )

    @property
    def gap_days(self) -> int:
        """Days whose claims are in neither slice."""
        return (self.calibrate_from - self.fit_until).days - 1

    def fits(self, lines: pa.Table) -> NDArray[np.bool_]:
        """[n] Lines to fit on: sent by `fit_until`, and answered before the calibration slice begins."""
        sent, known = days(lines["submitted_on"]), days(lines["known_on"])
        return (sent <= _day(self.fit_until)) & (known < _day(self.calibrate_from))

    def calibrates(self, lines: pa.Table) -> NDArray[np.bool_]:
        """[n] Lines that choose the number of trees and fit calibrator, reasons and interval."""
        return self._between(lines, self.calibrate_from, self.until)

    def judges(self, lines: pa.Table) -> NDArray[np.bool_]:
        """[n] The newest part of the calibration slice: a calibrator fitted on the part before is judged here."""
        return self._between(lines, self.judge_from, self.until)

    def _between(self, lines: pa.Table, first: date, last: date) -> NDArray[np.bool_]:
        sent, known = days(lines["submitted_on"]), days(lines["known_on"])
        return (sent >= _day(first)) & (sent <= _day(last)) & (known <= _day(last))


def split(
    lines: pa.Table, *, until: date, gap_days: int, calibrate_share: float, judge_share: float = 0.4
) -> Split:
    """Cut labelled lines by time so that about `calibrate_share` of them come after the gap."""
    sent = days(lines["submitted_on"])
    if not len(sent):
        raise NotEnoughData(
            "time split", found="no labelled line", wanted="labelled lines on both sides of a gap"
        )
    calibrate_from = _date(np.quantile(sent, 1 - calibrate_share, method="lower") + 1)
    later = sent[sent >= _day(calibrate_from)]
    judge_from = (
        _date(np.quantile(later, 1 - judge_share, method="lower") + 1) if len(later) else calibrate_from
    )
    if not len(later) or calibrate_from - timedelta(days=gap_days + 1) < _date(sent.min()):
        raise NotEnoughData(
            "time split",
            found=f"labelled claims sent from {_date(sent.min())} to {_date(sent.max())}",
            wanted=f"claims on both sides of a gap of {gap_days} days",
        )
    return Split(
        fit_until=calibrate_from - timedelta(days=gap_days + 1),
        calibrate_from=calibrate_from,
        judge_from=min(judge_from, until),
        until=until,
    )


def days(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """A column of dates as days since 1970; a missing date lies beyond all time."""
    whole = column.cast(pa.int32()).fill_null(np.iinfo(np.int32).max)
    return np.asarray(whole.to_numpy(), dtype=np.int64)


def _day(on: date) -> int:
    return (on - date(1970, 1, 1)).days


def _date(day: float) -> date:
    return date(1970, 1, 1) + timedelta(days=int(day))
