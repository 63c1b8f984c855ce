"""Which form a claim came on: what one form must hold, another has no place for."""

import numpy as np

from features.formula import Formula, where
from features.line import Line


def is_x12(version: str) -> float:
    """Whether a version is one of an X12 guide: 005010X222A1, or 005010 alone."""
    return float(version.startswith("00"))


def came_as_x12(line: Line) -> Formula:
    """Yes where the claim came as X12; else unknown, as other ways in have no place for all that X12 holds."""
    return where(line.word("version").number(is_x12, missing=0.0), 1.0, np.nan)


def professional(line: Line) -> Formula:
    """Yes but for an institution's claim (837I), where it is unknown: that form has no signature, pointers or places.

    What stands in the place of service there is the type of bill.
    """
    return where(line.word("transaction").is_in("837I"), np.nan, 1.0)
