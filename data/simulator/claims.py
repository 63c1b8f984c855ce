"""Claims and their lines as they are drawn: numbers that stand for everything that will be on the form or beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from data.simulator.catalogue import Flags, Numbers
from data.simulator.columns import join, take, within

SIDES = np.array(["", "RT", "LT", "50"])
MARKS = np.array(["", "59", "76"])
ORIGINAL, REPLACEMENT = 1, 7
GOOD, MISSING, INVALID = 0, 1, 2
"""How the referring provider's number is on the claim."""
ACTIVE, INACTIVE, UNVERIFIED = 0, 1, 2
NONE = -1


@dataclass(frozen=True, slots=True)
class Visits:
    """Who was seen, where, when, and when the claim went out; one entry a claim."""

    number: Numbers
    """The claim's number in the world; ids are made from it."""
    member: Numbers
    payer: Numbers
    facility: Numbers
    rendering: Numbers
    referring: Numbers
    place: Numbers
    service: Numbers
    submitted: Numbers
    diagnoses: Numbers
    """[n, 4]: numbers of diagnoses, -1 where there are fewer"""


@dataclass(frozen=True, slots=True)
class Forms:
    """What the billing office put on the form; one entry a claim."""

    frequency: Numbers
    replaces: Numbers
    """The number of the claim that this one replaces, -1 for none."""
    names_original: Flags
    secondary: Flags
    other_payer: Numbers
    priced: Flags
    """A secondary claim that says what the first payer paid."""
    other_share: Numbers
    """What the first payer paid, in percent of the charge."""
    auth: Flags
    attachment: Flags
    referring_state: Numbers


@dataclass(frozen=True, slots=True)
class Sights:
    """What the order, study and registration systems say beside the claim; one entry a claim."""

    seen: Flags
    """False: they say nothing, and no fact below can be known."""
    eligibility: Numbers
    checked: Numbers
    coverage_ends: Numbers
    other_primary: Flags
    signed: Numbers
    """The day the report was signed; it may be after the claim went out."""
    indication: Flags
    linked: Flags
    complete: Flags
    accession: Flags
    auth_procedure: Numbers
    auth_from: Numbers
    auth_to: Numbers
    ordered: Numbers
    scheduled: Numbers


@dataclass(frozen=True, slots=True)
class Lines:
    """What was done; one entry a line, in the order of the claims."""

    claim: Numbers
    """The row of its claim."""
    number: Numbers
    procedure: Numbers
    component: Numbers
    side: Numbers
    mark: Numbers
    pointer: Numbers
    diagnosis: Numbers
    charge: Numbers


@dataclass(frozen=True, slots=True)
class Claims:
    """Claims with their forms, their sights and their lines."""

    visits: Visits
    forms: Forms
    sights: Sights
    lines: Lines

    def __len__(self) -> int:
        return len(self.visits.number)

    @property
    def n_lines(self) -> Numbers:
        """Lines of each claim."""
        return np.bincount(self.lines.claim, minlength=len(self))

    def line_rows(self, rows: Numbers) -> Numbers:
        """The rows of the lines of these claims, claim by claim."""
        counts = self.n_lines
        starts = np.cumsum(counts) - counts
        return np.asarray(np.repeat(starts[rows], counts[rows]) + within(counts[rows]))

    def take(self, rows: Numbers) -> "Claims":
        """These claims with their lines, in this order; a claim may come twice."""
        owner = np.repeat(np.arange(len(rows)), self.n_lines[rows])
        lines = replace(take(self.lines, self.line_rows(rows)), claim=owner)
        return Claims(take(self.visits, rows), take(self.forms, rows), take(self.sights, rows), lines)


def join_claims(parts: Sequence[Claims]) -> Claims:
    """Claims one after another."""
    shift = np.cumsum([0, *(len(part) for part in parts)])
    lines = [replace(part.lines, claim=part.lines.claim + n) for part, n in zip(parts, shift, strict=False)]
    return Claims(
        join([part.visits for part in parts]),
        join([part.forms for part in parts]),
        join([part.sights for part in parts]),
        join(lines),
    )


def in_order(claims: Claims) -> Numbers:
    """The rows of the claims by the day they went out, and within it in no telling order."""
    shuffled = claims.visits.number * 2_654_435_761 % 1_000_003
    return np.lexsort((claims.visits.number, shuffled, claims.visits.submitted))
