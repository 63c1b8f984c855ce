"""Watched lines by hand: a test says what matters, the rest is usual."""

from collections.abc import Callable

import numpy as np
import pytest

from data.codes import FAMILIES
from serving.monitor.lines import NEVER, PAPERS, Watched

HAZARDS = ("authorization", "coding", "documentation", "pooled")


def lines_of(n: int, **given: object) -> Watched:
    """n lines of a claim each, sent a day apart from day 100 on, answered after 10 days, none denied."""
    sent = np.asarray(given.get("sent_on", 100 + np.arange(n)), np.int64)
    usual: dict[str, object] = {
        "hazards": HAZARDS,
        "claim_key": np.arange(n),
        "claim_id": np.array([f"c{i}" for i in range(n)]),
        "billing_npi": np.full(n, "1234567893"),
        "line": np.ones(n, np.int64),
        "payer_id": np.full(n, "P1"),
        "procedure": np.full(n, "70450"),
        "group": np.full(n, "CT"),
        "lacks": np.zeros((n, len(PAPERS)), np.bool_),
        "sent_on": sent,
        "known_on": sent + 10,
        "denied": np.zeros(n, np.int8),
        "probability": np.full(n, 0.1),
        "share": np.tile([0.7, 0.1, 0.1, 0.1], (n, 1)),
        "charge_cents": np.full(n, 10_000),
    }
    values = usual | given
    denied = np.asarray(values["denied"])
    family = str(values.pop("family", "authorization"))
    hazard = HAZARDS.index(family) if family in HAZARDS else len(HAZARDS) - 1
    values.setdefault("kind", np.where(denied == 1, 1 + FAMILIES.index(family), 0))
    values.setdefault("hazard", np.where(denied == 1, 1 + hazard, 0))
    values["known_on"] = np.where(denied >= 0, np.asarray(values["known_on"]), NEVER)
    return Watched(**values)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def lines() -> Callable[..., Watched]:
    return lines_of
