"""Labelled lines as arrays: what a model is fitted to."""

from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from features.build import Features

Codes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Sample:
    """n labelled lines; every array has n entries, in the same order.

    Their features stay where they are: in one matrix that samples of the same lines share, each knowing its rows.
    """

    whole: Features
    """Features of these lines, and maybe of others."""
    at: NDArray[np.int64]
    """The row of `whole` that each line is."""
    denied: NDArray[np.int8]
    family: Codes
    """Reason family of denied lines, "" elsewhere."""
    reason: Codes
    """Reason code of denied lines, "" elsewhere."""
    payer_ids: Codes
    procedures: Codes
    weight: NDArray[np.float64]
    day: NDArray[np.int64]
    """When each line was submitted, in days since 1970."""
    charge_cents: NDArray[np.float64]
    allowed_cents: NDArray[np.float64]
    """NaN where the remit doesn't say."""
    claim: NDArray[np.int64]
    """The same number for all lines of a claim."""

    @classmethod
    def of(
        cls,
        x: Features,
        labelled: pa.Table,
        weight: NDArray[np.float64],
        *,
        at: NDArray[np.int64] | None = None,
    ) -> "Sample":
        """Features and the labelled table that they were built from, row by row; every row must have a label.

        With `at`, row i of the table is row `at[i]` of the features.
        """
        denied = labelled.column("label").to_numpy().astype(np.int8)
        return cls(
            whole=x,
            at=np.arange(len(x)) if at is None else at,
            denied=denied,
            family=_said(labelled, "family", denied, "other"),
            reason=_said(labelled, "reason", denied, "other"),
            payer_ids=_codes(labelled, "payer_id"),
            procedures=_codes(labelled, "procedure"),
            weight=np.asarray(weight, dtype=np.float64),
            day=pc.fill_null(labelled.column("submitted_on").cast(pa.int32()), 0).to_numpy().astype(np.int64),
            charge_cents=labelled.column("charge_cents").cast(pa.float64()).to_numpy(),
            allowed_cents=np.where(
                denied == 1, np.nan, labelled.column("allowed_cents").cast(pa.float64()).to_numpy()
            ),
            claim=labelled.column("claim_key").to_numpy().astype(np.int64),
        )

    def __len__(self) -> int:
        """Number of lines."""
        return len(self.denied)

    @property
    def x(self) -> Features:
        """Features of these lines alone: a copy, [n, features], unless they are all there are."""
        if len(self.at) == len(self.whole) and np.array_equal(self.at, np.arange(len(self.at))):
            return self.whole
        return self.whole.taken(self.at)

    def rows(self, which: NDArray[np.bool_]) -> "Sample":
        """Only the lines marked."""
        kept = {f.name: getattr(self, f.name)[which] for f in fields(self) if f.name != "whole"}
        return Sample(whole=self.whole, **kept)

    def followed_by(self, other: "Sample") -> "Sample":
        """These lines, then the other's."""
        if other.whole is not self.whole:
            shift = len(self.whole)
            both = replace(self.whole, values=np.concatenate([self.whole.values, other.whole.values]))
            return replace(self, whole=both).followed_by(replace(other, whole=both, at=other.at + shift))
        joined = {
            f.name: np.concatenate([getattr(self, f.name), getattr(other, f.name)])
            for f in fields(self)
            if f.name != "whole"
        }
        return Sample(whole=self.whole, **joined)


def _codes(table: pa.Table, name: str) -> Codes:
    return np.array(table.column(name).to_pylist(), dtype=object)


def _said(table: pa.Table, name: str, denied: NDArray[np.int8], missing: str) -> Codes:
    """A denied line's word, "" for the others."""
    return np.where(denied == 1, np.where(_codes(table, name) == None, missing, _codes(table, name)), "")  # noqa: E711
