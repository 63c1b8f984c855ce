"""What a payer's answers tell, claim by claim: in all kinds of procedure together, in each, and where a number lacks.

Lines of a claim fall together, so a claim counts once in each of these streams.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.keys import Ints, grouped
from serving.monitor.lines import Texts, Watched

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Events:
    """Answered claims in streams, for one family; every array has an entry for each claim in each stream."""

    payer: Ints
    stream: Ints
    day: Ints
    """Of the answer."""
    sent_on: Ints
    expected: Floats
    """The chance that any of its lines is denied for the family."""
    denied: Flags

    def where(self, rows: Flags) -> "Events":
        """The chosen ones alone."""
        return Events(*(getattr(self, name)[rows] for name in Events.__slots__))


def events_of(
    told: Watched,
    payer: Ints,
    groups: Texts,
    chance: Floats,
    denied: Flags,
    lacks: Flags | None,
) -> Events:
    """Claims as a whole: in all kinds of procedure together (stream 0), in each kind (1, 2, ...), then in each kind the
    lines that lack what the family asks for first.
    """
    group = 1 + np.searchsorted(groups, told.group)
    parts = [_claims(told, payer, stream, chance, denied) for stream in (np.zeros_like(group), group)]
    if lacks is not None:
        some = told.where(lacks)
        parts.append(_claims(some, payer[lacks], (group + len(groups))[lacks], chance[lacks], denied[lacks]))
    return Events(*(np.concatenate([getattr(part, name) for part in parts]) for name in Events.__slots__))


def _claims(told: Watched, payer: Ints, stream: Ints, chance: Floats, denied: Flags) -> Events:
    claim = grouped(told.claim_key, told.known_on, stream)
    _, first = np.unique(claim, return_index=True)
    spared = np.bincount(claim, np.log1p(-np.minimum(chance, 1 - 1e-9)))
    return Events(
        payer[first],
        stream[first],
        told.known_on[first],
        told.sent_on[first],
        -np.expm1(spared),
        np.bincount(claim, denied) > 0,
    )


def by_payer(events: Events) -> Iterator[tuple[int, Events]]:
    """Each payer's own, by its number."""
    for number in np.unique(events.payer).tolist():
        yield number, events.where(events.payer == number)
