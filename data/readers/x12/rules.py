"""Which segment of which loop fills which slot: declared as a table, turned into arrays for the compiled placer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from data.readers.x12 import codes
from data.readers.x12.tokenize import Bytes, Ints, Longs

# Whom a slot belongs to.
CONTEXT = 0
"""Said once for all claims (remits) that follow: billing provider, subscriber, payer."""
OWN = 1
"""Of one claim or remit; the first such segment counts."""
LINE = 2
"""Of one line or service; the first such segment counts."""
MANY = 3
"""As many as there are; found by `Placed.all_of`."""

# How far a context reaches: it is forgotten when its level or a higher one begins anew.
ISA_LEVEL, GS_LEVEL, TRANSACTION_LEVEL, BILLING_LEVEL, SUBSCRIBER_LEVEL, PATIENT_LEVEL, NO_LEVEL = range(7)


@dataclass(frozen=True, slots=True)
class Slot:
    """A named place for a segment: its id, the loops it may stand in, the qualifiers in its first element."""

    name: str
    scope: int
    segment: str
    loops: tuple[int, ...]
    qualifiers: tuple[str, ...] = ("",)
    level: int = TRANSACTION_LEVEL


ENVELOPE = (
    Slot("ISA", CONTEXT, "ISA", (), level=ISA_LEVEL),
    Slot("GS", CONTEXT, "GS", (), level=GS_LEVEL),
    Slot("ST", CONTEXT, "ST", ()),
)
"""The first slots of every layout; the placer fills them itself."""


class Rules(NamedTuple):
    """Slots as arrays. `first[code, loop]` to `last[code, loop]` are the rules of a segment there."""

    first: Ints
    last: Ints
    rule: Longs
    """[rules, 3]: qualifier (0 is any), scope, slot."""
    level: Bytes
    """Of each context slot: one column for each layout."""
    n_slots: Ints
    """The most slots that a context, an owner and a line have."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The slots of one kind of transaction, numbered within their scope."""

    slots: tuple[Slot, ...]
    places: dict[str, tuple[int, int]] = field(init=False)
    """Of each slot by name: its scope and its number within it."""

    def __post_init__(self) -> None:
        places: dict[str, tuple[int, int]] = {}
        for slot in self.slots:
            number = sum(scope == slot.scope for scope, _ in places.values())
            places[slot.name] = (slot.scope, number)
        object.__setattr__(self, "places", places)

    def number(self, name: str) -> int:
        """A slot's number within its scope."""
        return self.places[name][1]

    def count(self, scope: int) -> int:
        """How many slots a scope has."""
        return sum(s.scope == scope for s in self.slots)


def compile_rules(*layouts: Layout) -> Rules:
    """The rules of layouts, in the order of codes.KIND_..., as arrays; their loops differ, so they never meet."""
    found: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    for layout in layouts:
        for slot in layout.slots:
            number = layout.number(slot.name)
            for loop in slot.loops:
                rules = found.setdefault((codes.code(slot.segment), loop), [])
                rules += [(codes.pack(q), slot.scope, number) for q in slot.qualifiers]
    return _arrays(found, layouts)


def _arrays(found: dict[tuple[int, int], list[tuple[int, int, int]]], layouts: Sequence[Layout]) -> Rules:
    first = np.zeros((codes.N_CODES, codes.N_LOOPS), np.int32)
    last = np.zeros_like(first)
    flat: list[tuple[int, int, int]] = []
    for (code, loop), rules in found.items():
        first[code, loop], last[code, loop] = len(flat), len(flat) + len(rules)
        flat += rules
    n_slots = np.array([max(lay.count(s) for lay in layouts) for s in (CONTEXT, OWN, LINE)], np.int32)
    level = np.zeros((int(n_slots[0]), len(layouts)), np.uint8)
    for kind, layout in enumerate(layouts):
        levels = [s.level for s in layout.slots if s.scope == CONTEXT]
        level[: len(levels), kind] = levels
    return Rules(
        first,
        last,
        np.array(flat, np.int64),
        level,
        n_slots,
    )
