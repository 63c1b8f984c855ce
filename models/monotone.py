"""What the field itself demands of a model: more days late never makes a claim timelier.

Each family of reasons names patterns (`*` stands for anything) of features that may only raise (1) or only lower (-1)
its risk. A pattern speaks of features by name, whichever of them a catalogue holds; one that matches nothing is idle.
"""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from types import MappingProxyType

MONOTONE: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        family: MappingProxyType(signs)
        for family, signs in {
            # The longer a claim lies, the nearer its filing limit.
            "timely_filing": {"days_to_submit": 1, "filing_limit_used*": 1, "days_to_filing_limit": -1},
            # An authorisation that has run out does not come back, nor do units beyond those granted.
            "authorization": {"days_since_auth_ended": 1, "units_over_auth": 1},
            "eligibility": {"days_since_coverage_ended": 1},
            "coding": {"units_over_limit": 1},
            "duplicate": {"same_line_on_claim": 1},
            "missing_information": {"n_missing_fields": 1, "completeness": -1},
        }.items()
    }
)


def signs_of(
    family: str, columns: Sequence[str], monotone: Mapping[str, Mapping[str, int]] = MONOTONE
) -> tuple[int, ...]:
    """For each column 1 where it may only raise the family's risk, -1 where only lower it, 0 where it is free."""
    patterns = monotone.get(family, {})
    return tuple(
        next((sign for pattern, sign in patterns.items() if fnmatchcase(column, pattern)), 0)
        for column in columns
    )
