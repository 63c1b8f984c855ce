"""Whether the diagnosis pointed at belongs to the part of the body that is studied: by our tables, and by earlier claims."""

from math import log

from features.checks.diagnosis import of_other_part
from features.formula import Formula, least, most, where
from features.line import Line
from features.registry import Shelf

SHELF = Shelf("diagnosis and body part")

BELONGS, STRAYS = 1.5, 0.05
"""How many times as often as by chance a diagnosis comes with studies of its own part at least, and with those of others
at most: there it is a slip of the pen."""
PER_LINE, PER_EXPECTED = log(BELONGS / STRAYS), BELONGS - STRAYS
"""What a line of both together says for belonging, and what one that chance would have brought says against it: the
log-odds of two Poisson counts."""
MOST = 8.0
"""Beyond this, more lines tell no more."""
TOLD_NO, TOLD_YES = 8.0, 2.5
"""What the tables weigh: where they say no they are hardly ever wrong, where they say yes now and then."""


@SHELF.feature("diagnosis", unit="log-odds", families=("coding", "medical_necessity", "other"))
def diagnosis_belongs(line: Line) -> Formula:
    """How much speaks for it that the diagnosis pointed at belongs to the part of the body studied; below 0 against it.

    By our own tables of body parts, and by how often the two came together in earlier claims, beside what chance would
    have brought: a diagnosis seen a hundred times, and never with this part, hardly belongs to it.
    """
    by_chance = line.sent("diagnosis_code_ever") * line.sent("study_place_ever") / line.sent("all_ever")
    together = line.sent("diagnosis_code_region_ever") * PER_LINE - by_chance * PER_EXPECTED
    seen = most(least(together.or_else(0.0), MOST), -MOST)
    return seen + where(of_other_part(line), -TOLD_NO, TOLD_YES).or_else(0.0)
