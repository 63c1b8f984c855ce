"""How long payers take over each kind of answer: what an early answer says, and what it doesn't.

Payers take their time over some denials (a person looks at the record) and none over others. Among the answers that
come in the first days a slow kind is therefore rarer than it will be in the end, and among late ones more frequent.
Delays are told as places among the payer's own answers (its fastest twentieth, the next, ...): a slow payer's early
answer is like a quick payer's. How much more often each kind falls into each of these places is shared by all payers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PLACES = 20
"""Into how many equal parts a payer's answers are cut, from its quickest to its slowest."""
PRIOR = 60.0
"""Answers of a kind that would have to be seen before its own delays count as much as those of all answers."""
LEAST_OF_A_PAYER = 100
"""Answers from which a payer's own delays can be told; below, those of all payers are taken."""


@dataclass(frozen=True, slots=True)
class Answering:
    """For each kind of answer how likely it comes at each place among its payer's answers, against all answers."""

    cuts: Mapping[str, Floats]
    """For each payer the delays in days [PLACES - 1] that part its answers; "" stands for all payers."""
    odds: Floats
    """[kinds, PLACES]; 1: as often as any answer."""

    @classmethod
    def unknown(cls, n_kinds: int) -> "Answering":
        """Nothing is known: every kind comes as any other."""
        return cls({"": np.empty(0)}, np.ones((n_kinds, PLACES)))

    @classmethod
    def measure(cls, payer_ids: Sequence[str], delay_days: Ints, kind: Ints, n_kinds: int) -> "Answering":
        """From n answers: whose, after how many days, and of which kind (0 to `n_kinds` - 1).

        Only answers to claims so old that next to all of theirs have come: among younger ones late answers are missing.
        """
        if len(delay_days) < LEAST_OF_A_PAYER:
            return cls.unknown(n_kinds)
        payers, of = np.unique(np.asarray(payer_ids, dtype=np.str_), return_inverse=True)
        cuts = {"": _cuts(delay_days)}
        for number, payer in enumerate(payers.tolist()):
            own = delay_days[of == number]
            if len(own) >= LEAST_OF_A_PAYER:
                cuts[payer] = _cuts(own)
        place = _places(cuts, payers, of, delay_days)
        seen = np.bincount(kind * PLACES + place, minlength=n_kinds * PLACES).reshape(n_kinds, PLACES)
        usual = seen.sum(axis=0) / seen.sum()
        share = (seen + PRIOR * usual) / (seen.sum(axis=1, keepdims=True) + PRIOR)
        return cls(cuts, share / np.maximum(usual, 1e-9))

    def expected(self, chances: Floats, payer_ids: Sequence[str], delay_days: Ints) -> Floats:
        """[n, kinds] The chances of each kind, given that the answer came after so many days.

        `chances` [n, kinds] are those before anything was heard; each row sums to 1, and so does each row given back.
        """
        payers, of = np.unique(np.asarray(payer_ids, dtype=np.str_), return_inverse=True)
        place = _places(self.cuts, payers, of, delay_days)
        weighed = chances * self.odds[:, place].T
        return np.asarray(weighed / weighed.sum(axis=1, keepdims=True))


def _cuts(delays: Ints) -> Floats:
    return np.quantile(delays, np.arange(1, PLACES) / PLACES)


def _places(
    cuts: Mapping[str, Floats], payers: npt.NDArray[np.str_], of: npt.NDArray[np.intp], delays: Ints
) -> Ints:
    """[n] Where each delay stands among its payer's."""
    place = np.zeros(len(delays), np.int64)
    for number, payer in enumerate(payers.tolist()):
        rows = of == number
        place[rows] = np.searchsorted(cuts.get(payer, cuts[""]), delays[rows])
    return place
