"""All that might be put right on a line, in the order in which it is told."""

from collections.abc import Callable

from models.fixing.authorization import authorizations
from models.fixing.candidate import Candidate, Candidates, Seen
from models.fixing.diagnoses import diagnoses
from models.fixing.modifiers import modifiers
from models.fixing.papers import papers
from models.fixing.whole_claim import whole_claim

WAYS: tuple[Callable[[Seen], Candidates], ...] = (authorizations, papers, whole_claim, modifiers, diagnoses)


def proposed(seen: Seen) -> list[Candidate]:
    """Candidates for one line. Never another payer or patient, nor anything that isn't so or can't become so."""
    return [candidate for way in WAYS for candidate in way(seen)]
