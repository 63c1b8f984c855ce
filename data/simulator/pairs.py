"""Lines of one claim that belong together: two studies of the same kind and region are paid as one."""

import numpy as np

from data.simulator.catalogue import Flags, Numbers, catalogue
from data.simulator.claims import NONE, Lines


def lesser_of_pairs(lines: Lines) -> Flags:
    """Lines that are part of a greater one in the same claim: same modality and region, another procedure, less work.

    The same work: the later line is the part.
    """
    shown = catalogue()
    padded = _padded(lines, lines.procedure)
    group = np.where(padded == NONE, NONE, shown.group[padded])
    work = np.where(padded == NONE, -1.0, shown.rvu[padded])
    mine, at = lines.claim, lines.number - 1
    found = np.zeros(len(mine), np.bool_)
    for other in range(padded.shape[1]):
        related = (group[mine, other] == shown.group[lines.procedure]) & (
            padded[mine, other] != lines.procedure
        )
        lesser = shown.rvu[lines.procedure] < work[mine, other]
        lesser |= (shown.rvu[lines.procedure] == work[mine, other]) & (other < at)
        found |= related & lesser
    return found


def _padded(lines: Lines, values: Numbers) -> Numbers:
    """[claims, most lines]: the lines' values side by side, -1 where a claim has fewer."""
    n = int(lines.claim.max(initial=-1)) + 1
    side_by_side = np.full((n, int(lines.number.max(initial=1))), NONE)
    side_by_side[lines.claim, lines.number - 1] = values
    return side_by_side


def all_pairs() -> Numbers:
    """[pairs, 2]: procedures of which the first is paid, and the second beside it isn't.

    Of two with the same work either may be the part: they are two pairs.
    """
    shown = catalogue()
    related = shown.group[:, None] == shown.group
    np.fill_diagonal(related, val=False)
    return np.argwhere(related & (shown.rvu[:, None] >= shown.rvu))
