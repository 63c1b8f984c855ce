"""Every check, in a fixed order: the families as billers go through them, within each as its file tells them."""

from collections.abc import Mapping

from features.checks import (
    authorization,
    coverage,
    document,
    duplicate,
    filing,
    form_days,
    image,
    modifier,
    ncci,
    necessity,
    provider,
)
from features.checks.registry import Check, CheckShelf
from features.formula import Formula

SHELVES: tuple[CheckShelf, ...] = (
    authorization.SHELF,
    image.SHELF,
    document.SHELF,
    duplicate.SHELF,
    necessity.SHELF,
    modifier.SHELF,
    ncci.SHELF,
    coverage.SHELF,
    filing.SHELF,
    provider.SHELF,
    form_days.SHELF,
)

CHECKS: tuple[Check, ...] = tuple(check for shelf in SHELVES for check in shelf.checks)
FORMULAS: tuple[Formula, ...] = tuple(formula for shelf in SHELVES for formula in shelf.formulas)
"""What each check says of a line, in the order of `CHECKS`: 1 tripped, 0 passed, NaN unknown."""

BY_ID: Mapping[str, Check] = {check.id: check for check in CHECKS}
