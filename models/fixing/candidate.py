"""What might be put right on a claim: edits of its fields, under a condition that a person has to fulfil."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from data.codes import family_owner, family_stage
from data.policy import PolicyBook
from data.schema import CONTEXT_ONLY, MODIFIERS

Value = str | int | float | bool | date | None
Row = Mapping[str, Value]
"""One line as `data.wide.line_table` gives it: the line, its claim, and its context under `context_...`."""


LEAST_DROP = 0.05
"""A fix that lowers the probability by less is not told."""
ON_HABIT = 0.2
"""The same where no list and no record says that anything is wrong. In simulated worlds, where a payer's hidden lists
are known, such a fix is seldom wrong above it: two more were told than from 0.3 on, and both helped
(`benchmarks/bench_fixes.py`, a world of seed 21)."""
MOST_OF_RISK = 0.75
"""Where a guess is either the whole reason or none of it, as with a diagnosis of which no list tells, it must take away
this share of the line's risk. In simulated worlds what took away less was wrong nine times in ten, however large the
drop, and what took away more was right seven times in ten even where it was small."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One field of the claim, of one of its lines, or of what our records hold beside it, and its new value."""

    field: str
    """As in a line table; what our records hold begins with `context_`."""
    value: Value
    line: int = 0
    """The line's number; 0 for the claim as a whole, and with it each line that says the same as the claim did."""
    is_obtained: bool = False
    """Somebody must get the value first; it stands for one of the right form."""

    @property
    def place(self) -> tuple[str, int]:
        """What it writes to."""
        return self.field, self.line


@dataclass(frozen=True, slots=True)
class Candidate:
    """A change that may lower the risk: what is edited, under which condition, and who does it where."""

    way: str
    """Its id: the kind of change."""
    claim: int
    """The claim's place among those judged."""
    line: int
    """The line that it is for; 0: the claim as a whole."""
    edits: tuple[Edit, ...]
    condition: str
    """Told behind "if": "the authorization number is added"."""
    owner: str
    stage: str
    needs_record_support: bool = False
    drops: int | None = None
    """The line that is taken off the claim."""
    least_drop: float = LEAST_DROP
    """By how much the probability must fall for it to be told: by more where nothing but the payer's habit speaks for it."""
    least_share: float = 0.0
    """And by which share of what it was."""

    @property
    def does(self) -> tuple[int, frozenset[Edit], int | None]:
        """What it does to its claim: two that do the same are one."""
        return self.claim, frozenset(self.edits), self.drops

    def beside(self, other: "Candidate") -> "Candidate | None":
        """Both at once; None where they write different values to one place, or take lines off."""
        if self.drops is not None or other.drops is not None:
            return None
        mine = {edit.place: edit for edit in self.edits}
        added = [edit for edit in other.edits if edit.place not in mine]
        if not added or any(mine.get(edit.place, edit).value != edit.value for edit in other.edits):
            return None
        first, second = (self, other) if other.needs_record_support else (other, self)
        return replace(
            self,
            way=f"{self.way}+{other.way}",
            edits=(*self.edits, *added),
            condition=f"{self.condition}, and {other.condition}",
            owner=_both(self.owner, other.owner),
            stage=_both(self.stage, other.stage),
            line=self.line if self.line == other.line else self.line or other.line,
            needs_record_support=first.needs_record_support or second.needs_record_support,
        )


def _both(one: str, other: str) -> str:
    return one if one == other else f"{one} and {other}"


@dataclass(frozen=True)
class Seen:
    """One line as it is looked at for what might be put right."""

    row: Row
    claim: int
    tripped: frozenset[str]
    """Ids of the checks that it trips."""
    unknown: frozenset[str]
    """Ids of the checks that could not be asked: nothing says that all is well there."""
    by_all: frozenset[str] = frozenset()
    """Ids of the checks that every line of the claim trips."""
    book: PolicyBook = field(default_factory=PolicyBook.empty)
    n_lines: int = 1

    def __getitem__(self, name: str) -> Value:
        """A field of the line."""
        return self.row[name]

    def text(self, name: str) -> str | None:
        """A field in words."""
        value = self.row[name]
        return None if value is None else str(value)

    def day(self, name: str) -> date | None:
        """A field that is a day."""
        value = self.row[name]
        return value if isinstance(value, date) else None

    @cached_property
    def line(self) -> int:
        """The line's number."""
        number = self.row["line"]
        return number if isinstance(number, int) else 0

    @cached_property
    def modifiers(self) -> tuple[str, ...]:
        """Those that are on the line, in order."""
        return tuple(str(self.row[name]) for name in MODIFIERS if self.row[name] is not None)

    @cached_property
    def has_context(self) -> bool:
        """Whether our records say anything beside the claim."""
        return any(self.row[name] is not None for name in CONTEXT_ONLY)

    def trips(self, *checks: str) -> bool:
        """Whether one of these checks is tripped."""
        return not self.tripped.isdisjoint(checks)

    def is_open(self, check: str) -> bool:
        """Whether a check is tripped, or could not be asked."""
        return check in self.tripped or check in self.unknown

    def context(self, **values: Value) -> tuple[Edit, ...]:
        """Edits of what our records hold of the line; none where they say nothing of the claim at all."""
        if not self.has_context:
            return ()
        return tuple(Edit(f"context_{name}", value, self.line) for name, value in values.items())

    def candidate(
        self,
        way: str,
        family: str,
        edits: Sequence[Edit],
        condition: str,
        *,
        needs_record_support: bool = False,
        drops: int | None = None,
        least_drop: float = LEAST_DROP,
        least_share: float = 0.0,
        owner: str = "",
        stage: str = "",
    ) -> Candidate:
        """A candidate for this line; owner and stage are those of the reason family where nothing else is said."""
        return Candidate(
            way=way,
            claim=self.claim,
            line=0 if all(edit.line == 0 for edit in edits) and drops is None else self.line,
            edits=tuple(edits),
            condition=condition,
            owner=owner or family_owner(family),
            stage=stage or family_stage(family),
            needs_record_support=needs_record_support,
            drops=drops,
            least_drop=least_drop,
            least_share=least_share,
        )


Candidates = Iterator[Candidate]
