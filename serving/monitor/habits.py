"""How often each payer used to deny for each family of reasons, by kind of procedure: its habit before the model's day.

A model keeps up with much of what payers change: it hears of their newest answers, and of the policy book. That is what it is for, but
then nothing that it foretold is surprised by a new rule. Whether a payer has changed is therefore asked against its own
past too, which hears of nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.codes import FAMILIES
from data.keys import Ints
from serving.monitor.lines import Watched

Floats = NDArray[np.float64]
Cell = tuple[str, int]
"""A kind of procedure, and which numbers are lacking (one bit each of `PAPERS`)."""
NOWHERE: Cell = ("", 0)

STRENGTH = 2.0
"""Lines of all payers in a kind of procedure that stand beside a payer's own."""
SURE = 1.5
"""Standard deviations that a rate of few lines may lie higher than it was seen."""


@dataclass(frozen=True, slots=True)
class Habits:
    """Rates [families] of denied lines, by payer and kind of procedure, as high as they may well have been.

    A family that asks for a number first (`PAPERS`) has a rate of its own for lines without it.
    """

    usual: Mapping[Cell, Floats]
    own: Mapping[tuple[str, Cell], Floats]

    @classmethod
    def measure(cls, past: Watched) -> "Habits":
        """From answered lines of claims sent before the model's day."""
        told = past.where(past.answered)
        struck = (told.kind[:, None] == 1 + np.arange(len(FAMILIES))).astype(np.float64)
        everywhere = _rate(struck, np.zeros(len(FAMILIES)), 0.0)
        usual: dict[Cell, Floats] = {}
        own: dict[tuple[str, Cell], Floats] = {}
        cells, which = _cells(told)
        for number, cell in enumerate(cells):
            inside = which == number
            usual[cell] = _rate(struck[inside], everywhere, STRENGTH)
            for payer in np.unique(told.payer_id[inside]).tolist():
                of = struck[inside & (told.payer_id == payer)]
                own[payer, cell] = _highest(_rate(of, usual[cell], STRENGTH), len(of) + STRENGTH)
        highest = {cell: _highest(rate, STRENGTH) for cell, rate in usual.items()}
        return cls({NOWHERE: _highest(everywhere, STRENGTH), **highest}, own)

    def chances(self, lines: Watched) -> Floats:
        """[n, 1 + `FAMILIES`] For each line, of no denial, then of one for each family; a row sums to 1."""
        cells, which = _cells(lines)
        payers, payer = np.unique(lines.payer_id, return_inverse=True)
        pairs, at = np.unique(np.stack([payer, which]), axis=1, return_inverse=True)
        rates = [self._of(str(payers[n]), cells[cell]) for n, cell in pairs.T.tolist()]
        told = np.array(rates).reshape(-1, len(FAMILIES))[at.ravel()]
        return np.column_stack([1 - told.sum(axis=1), told])

    def _of(self, payer_id: str, cell: Cell) -> Floats:
        rates = self.own.get((payer_id, cell), self.usual.get(cell, self.usual[NOWHERE]))
        return np.asarray(rates * min(1.0, 0.98 / max(float(rates.sum()), 1e-9)))


def _cells(lines: Watched) -> tuple[list[Cell], Ints]:
    """The kinds of procedure with what is lacking, and which of them each line [n] is."""
    groups, group = np.unique(lines.group, return_inverse=True)
    powers = 2 ** np.arange(lines.lacks.shape[1])
    found, which = np.unique(group * powers.sum() * 2 + lines.lacks @ powers, return_inverse=True)
    width = int(powers.sum()) * 2
    return [(str(groups[number // width]), number % width) for number in found.tolist()], which


def _rate(struck: Floats, usual: Floats, strength: float) -> Floats:
    return np.asarray((struck.sum(axis=0) + strength * usual) / max(len(struck) + strength, 1.0))


def _highest(rate: Floats, n: float) -> Floats:
    return np.asarray(rate + SURE * np.sqrt(rate * (1 - rate) / n))
