"""Records of equally long columns, and what is done to all their columns at once."""

import dataclasses
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from data.simulator.catalogue import Numbers

Record = TypeVar("Record")
"""A frozen dataclass, all of whose fields are arrays of the same length."""


def take(record: Record, rows: Numbers) -> Record:
    """The record's rows in the order given; a row may come twice."""
    return type(record)(**{f.name: getattr(record, f.name)[rows] for f in dataclasses.fields(record)})  # type: ignore[arg-type]


def join(records: Sequence[Record]) -> Record:
    """Records one after another."""
    names = [f.name for f in dataclasses.fields(records[0])]  # type: ignore[arg-type]
    return type(records[0])(**{name: np.concatenate([getattr(r, name) for r in records]) for name in names})


def within(counts: Numbers) -> Numbers:
    """0, 1, ... up to each count, one after another."""
    starts = np.cumsum(counts) - counts
    return np.arange(int(counts.sum())) - np.repeat(starts, counts)
