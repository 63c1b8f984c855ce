"""What goes with a model beside its numbers: facts of its making, a profile of its features, its card."""

from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa

from data.schema import LINE_TABLE
from models.combine import Floats
from models.profile import Profile, profile, spaced
from models.sample import Sample


@dataclass(frozen=True, slots=True)
class Facts:
    """Where a model comes from."""

    policy: str = ""
    """Name and version of the denial policy that made its labels."""
    learnt_from: date | None = None
    learnt_to: date | None = None
    """First and last day of submission among the lines learnt from."""
    as_of: date | None = None
    """Nothing known after this day was used."""
    n_lines: int = 0
    n_denied: int = 0
    version: str = ""
    """Given when it is saved."""


@dataclass(frozen=True)
class Papers:
    """A model's profile, its golden lines, its card (Markdown) and its evaluation (JSON text)."""

    profile: Profile = field(default_factory=Profile)
    golden: pa.Table = field(default_factory=LINE_TABLE.empty_table)
    card: str = ""
    evaluation: str = "{}"

    @classmethod
    def of(cls, lines: Sample, probability: Floats, newest: Sample) -> "Papers":
        """Papers with the profile of these lines' features and of scores; `newest` are the newest lines."""
        return cls(profile=profile(spaced(lines), probability, spaced(newest)))
