"""What a check is, and how a function becomes one: its name is the id, its docstring the rule it holds.

A check's formula says yes (tripped), no (passed) or unknown (nothing to look at: no context, no entry in the book).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from data.codes import reason_family
from data.codes.reasons import FAMILY
from features.concepts import CONCEPTS
from features.formula import Formula
from features.line import LINE
from features.registry import Make

SEVERITIES = ("block", "warn", "info")
"""What an experienced biller thinks of it; what this payer did with such lines has the last word where it is known."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a fix would change on the claim: a field of the line table (or of the context), and to what."""

    field: str
    value: str | None = None
    """A plain value; None with neither of the next two empties the field."""
    from_field: str | None = None
    """The field of the line table that holds the value: what our records know."""
    is_obtained: bool = False
    """The value must be got from somebody (an authorization, a signature): nobody can know it yet."""
    drops_line: bool = False
    """The line is taken off the claim."""


@dataclass(frozen=True, slots=True)
class Check:
    """One edit before submission: what trips it, what to say, what to do, and what a payer would answer."""

    id: str
    rule: str
    """What it holds, and where the rule comes from."""
    concept: str
    severity: str
    """block, warn or info."""
    is_of_claim: bool
    """Whether it is about the whole claim: told once, not line by line."""
    field: str
    sentence: str
    """What is wrong, in plain words, with slots: `{procedure}` a field of the line table, `{days_to_submit}` a feature,
    `{filing_limit_days}` a fact of the policy book."""
    fix: str
    changes: tuple[Change, ...]
    needs_record_support: bool
    """Only to be done if the medical record supports it."""
    owner: str
    stage: str
    reason: str
    """The reason that it predicts: a CARC, with its RARC where the CARC says too little."""
    family: str
    also: tuple[str, ...] = ()
    """Other reason families whose hazards learn from it: what trips it changes what they say."""

    @property
    def column(self) -> str:
        """The feature that it is: 1 tripped, 0 passed, NaN unknown."""
        return f"check_{self.id}"


class CheckShelf:
    """The checks of one file, in the order in which they are written."""

    def __init__(self, family: str) -> None:
        self.family = family
        """The check family (domain's section on checks): AUTH, IMAGE, ..., in small letters."""
        self.checks: list[Check] = []
        self.formulas: list[Formula] = []

    def check(
        self,
        concept: str,
        *,
        severity: str,
        reason: str,
        sentence: str,
        fix: str,
        field: str | None = None,
        changes: Sequence[Change] = (),
        needs_record_support: bool = False,
        is_of_claim: bool = False,
        owner: str | None = None,
        stage: str | None = None,
        also: tuple[str, ...] = (),
    ) -> Callable[[Make], Make]:
        """Put the decorated function on the shelf; owner and stage come from the reason's family where nothing is said."""

        def put(make: Make) -> Make:
            family = reason_family(reason)
            self.checks.append(
                Check(
                    id=make.__name__,
                    rule=" ".join((make.__doc__ or "").split()),
                    concept=concept,
                    severity=severity,
                    is_of_claim=is_of_claim,
                    field=field or CONCEPTS[concept].field,
                    sentence=sentence,
                    fix=fix,
                    changes=tuple(changes),
                    needs_record_support=needs_record_support,
                    owner=owner or FAMILY[family].owner,
                    stage=stage or FAMILY[family].stage,
                    reason=reason,
                    family=family,
                    also=also,
                )
            )
            self.formulas.append(make(LINE))
            return make

        return put
