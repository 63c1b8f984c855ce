"""Which models served one after another: every promotion and rollback, and what a rollback goes back to."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum

from data.errors import CleanclaimError


class HistoryDamaged(CleanclaimError):
    """An entry of the registry's history that says something it can't."""


class Kind(StrEnum):
    """How a model came to serve."""

    GATES = "gates"
    """It passed all gates."""
    FORCED = "forced"
    """Somebody answered for it, with a reason."""
    ROLLBACK = "rollback"
    """The champion before it was taken back."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """One model taking another's place."""

    version: int
    before: int | None
    """The champion until then."""
    kind: Kind
    by: str
    at: str
    """When, as ISO 8601 in UTC."""
    because: str = ""
    shut: tuple[str, ...] = ()
    """Gates that were shut when it was forced."""

    def text(self) -> str:
        """As one line of JSON."""
        return json.dumps(asdict(self), sort_keys=True)


def read_promotion(text: str) -> Promotion:
    """What `Promotion.text` wrote; `HistoryDamaged` where it is anything else."""
    try:
        said = json.loads(text)
        before = said["before"]
        return Promotion(
            version=int(said["version"]),
            before=None if before is None else int(before),
            kind=Kind(said["kind"]),
            by=str(said["by"]),
            at=str(said["at"]),
            because=str(said["because"]),
            shut=tuple(str(name) for name in said["shut"]),
        )
    except (ValueError, LookupError, TypeError) as error:
        raise HistoryDamaged(
            "history of the registry",
            found=f"{type(error).__name__} in an entry",
            wanted="what a promotion writes",
        ) from error


def served(history: Sequence[Promotion]) -> tuple[int, ...]:
    """Versions still standing behind one another, the champion last: a rollback takes the last one away."""
    standing: list[int] = []
    for entry in history:
        if entry.kind is Kind.ROLLBACK:
            standing = standing[:-1]
            if standing[-1:] != [entry.version]:
                standing.append(entry.version)
        else:
            standing.append(entry.version)
    return tuple(standing)


def before(history: Sequence[Promotion]) -> int | None:
    """The version that a rollback goes back to; None where the champion was the first."""
    standing = served(history)
    return standing[-2] if len(standing) > 1 else None
