"""What an operator may set about serving."""

from dataclasses import dataclass

from data.setting_tables import within

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of the API and the reviewer's pages."""

    max_claim_bytes: int = MEBIBYTE
    """The largest body of POST /v1/score."""
    max_file_bytes: int = 32 * MEBIBYTE
    """The largest body of POST /v1/score/x12 and /v1/score/fhir."""
    max_claims: int = 2_000
    """The most claims of one body: they are explained before the answer begins, some milliseconds each."""
    claims_a_page: int = 25
    """Claims on one page of the reviewer's list."""
    unreviewed_share: float = 0.0
    """Share of claims that are left off the list on purpose, to see what happens to them unaided (`serving.set_aside`)."""

    def __post_init__(self) -> None:
        """The share within its range, as the monitor has it."""
        within("settings", "unreviewed_share", self.unreviewed_share, low=0, high=0.5)
