"""Codes that the model knows little or nothing of: no answered line had them in the year before."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from features.build import Features
from features.history import answered_name
from serving.result import Novelty

FEW = 5
"""Fewer answered lines than this teach next to nothing."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A kind of code, the history that counts it, and how to speak of it."""

    key_set: str
    field: str
    words: str


WATCHED = (
    Watched("payer", "payer_id", "this payer"),
    Watched("procedure", "procedure", "this procedure"),
    Watched("rendering", "rendering_npi", "this provider"),
    Watched("facility", "facility_npi", "this facility"),
    Watched("payer_procedure", "payer_id and procedure", "this procedure at this payer"),
)


def novelties(x: Features, wide: pa.Table) -> list[tuple[Novelty, ...]]:
    """What is new about each line, the widest thing first; a new payer isn't told again with each procedure."""
    told: list[list[Novelty]] = [[] for _ in range(wide.num_rows)]
    for watched in WATCHED:
        name = answered_name(watched.key_set)
        if name not in x.names:
            continue
        counts = x.column(name)
        for row in np.flatnonzero(np.isnan(counts) | (counts < FEW)):
            value = _value(wide, watched, int(row))
            if value and not (watched.key_set == "payer_procedure" and _codes_told(told[row])):
                told[row].append(Novelty(watched.field, value, _why(watched.words, counts[row])))
    return [tuple(line) for line in told]


def _value(wide: pa.Table, watched: Watched, row: int) -> str:
    values = [wide[name][row].as_py() for name in watched.field.split(" and ")]
    return " and ".join(values) if all(values) else ""


def _codes_told(told: list[Novelty]) -> bool:
    return any(novelty.field in {"payer_id", "procedure"} for novelty in told)


def _why(words: str, count: float) -> str:
    if np.isnan(count) or count == 0:
        return f"No answered claim line had {words} in the year before."
    n = int(count)
    return f"Only {n} answered claim line{'' if n == 1 else 's'} had {words} in the year before."
