"""How much of what a payer will ever answer has come by a claim's age: which labels are ripe."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from data.keys import Ints, ints

Floats = npt.NDArray[np.float64]

MAX_AGE = 400
"""Answers older than this many days count as of this age."""
RIPE = 0.95
PRIOR = 25.0
"""How many answers of all payers together stand beside a payer's own: a small payer is judged by what is usual."""
NEVER = 2**30


@dataclass(frozen=True, slots=True)
class Maturity:
    """For each payer, the share of its answers that have come by each age in days.

    "Answers that will come" are those of claims that get one at all: a claim that is never answered never ripens
    and is nowhere counted.
    """

    payer_ids: tuple[str, ...]
    shares: Floats
    """[n_payers + 1, MAX_AGE + 1], rising from 0 to 1; the last row is of all payers together."""

    @classmethod
    def measure(cls, labelled: pa.Table, as_of: date) -> "Maturity":
        """The shares seen on `as_of` in a table with `payer_id`, `submitted_on` and `known_on` (null: unanswered).

        Young claims have had no time for a late answer. Each age's rate is therefore taken only among answers of
        claims sent long enough before `as_of` (the product-limit estimate for right-truncated delays).
        """
        today = as_of.toordinal() - date(1970, 1, 1).toordinal()
        sent, known = ints(labelled["submitted_on"], null=-NEVER), ints(labelled["known_on"], null=NEVER)
        rows = np.flatnonzero((known <= today) & (sent > -NEVER))
        encoded = labelled["payer_id"].combine_chunks().dictionary_encode()
        payers = tuple(encoded.dictionary.to_pylist())
        payer = ints(pa.chunked_array([encoded.indices]), null=len(payers))[rows]
        delay = np.clip(known[rows] - sent[rows], 0, MAX_AGE)
        could = np.clip(today - sent[rows], 0, MAX_AGE)
        came = _by_age(payer, delay, len(payers) + 1)
        seen = np.cumsum(came, axis=1) - _before(_by_age(payer, np.maximum(could, delay), len(payers) + 1))
        all_came, all_seen = came.sum(axis=0), seen.sum(axis=0)
        usual = all_came / np.maximum(all_seen, 1)
        rate = (came + PRIOR * usual) / (seen + PRIOR)
        rate[-1] = usual
        return cls(payers, _shares(rate))

    def share_answered(
        self, payer_ids: Sequence[str | None] | pa.ChunkedArray, ages_days: npt.ArrayLike
    ) -> Floats:
        """For each claim the share (0 to 1) of its payer's answers that have come by its age; [n].

        An unknown payer is judged as all together; an age below 0 gives 0, an unknown one NaN.
        """
        ages = np.asarray(ages_days, np.float64)
        whole = np.clip(np.nan_to_num(np.floor(ages), nan=0.0), 0, MAX_AGE).astype(np.int64)
        share: Floats = self.shares[self._rows(payer_ids), whole]
        return np.where(np.isnan(ages), np.nan, np.where(ages < 0, 0.0, share))

    def ripe_age(self, payer_id: str | None) -> int:
        """The smallest age in days by which at least 95% of this payer's answers have come."""
        share = self.shares[self._rows([payer_id])[0]]
        return int(np.argmax(share >= RIPE))

    def _rows(self, payer_ids: Sequence[str | None] | pa.ChunkedArray) -> Ints:
        column = (
            payer_ids
            if isinstance(payer_ids, pa.ChunkedArray)
            else pa.chunked_array([pa.array(payer_ids, pa.string())])
        )
        encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
        known = {payer: row for row, payer in enumerate(self.payer_ids)}
        others = len(self.payer_ids)
        rows = np.array(
            [*(known.get(payer, others) for payer in encoded.dictionary.to_pylist()), others], np.int64
        )
        return rows[ints(pa.chunked_array([encoded.indices]), null=-1)]


def _by_age(payer: Ints, age: Ints, n_payers: int) -> Floats:
    """How many rows of each payer are of each age."""
    counts = np.bincount(payer * (MAX_AGE + 1) + age, minlength=n_payers * (MAX_AGE + 1))
    return counts.reshape(n_payers, MAX_AGE + 1).astype(np.float64)


def _before(counts: Floats) -> Floats:
    """Of each age the number of rows that are younger."""
    return np.cumsum(counts, axis=1) - counts


def _shares(rate: Floats) -> Floats:
    """Shares by age from rates at which the last answers come: the product of (1 - rate) over all later ages."""
    stays = 1.0 - np.clip(rate, 0.0, 1.0)
    later = np.cumprod(stays[:, ::-1], axis=1)[:, ::-1]
    shares = np.concatenate([later[:, 1:], np.ones((len(rate), 1))], axis=1)
    return np.maximum.accumulate(shares, axis=1)
