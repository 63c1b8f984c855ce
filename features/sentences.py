"""What each concept says about one line, in words that a biller reads at a glance, with the evidence beside it.

Two voices: what raises the risk and what lowers it. No column name and no patient value ever reaches the text.
"""

from collections.abc import Callable, Mapping

from data.few import Lines
from features import voices_check, voices_context, voices_fix
from features.build import Features
from features.concepts import CONCEPTS
from features.said import Said

Voice = Callable[[Said], str]

_FILES = {"fix_now": voices_fix, "check": voices_check, "context": voices_context}
VOICES: Mapping[str, Voice] = {
    concept.id: getattr(_FILES[concept.kind], concept.id) for concept in CONCEPTS.values()
}
"""How each concept speaks: the function of its name in the file of its kind."""


def sentence(concept: str, lines: Lines, row: int, features: Features, *, raises: bool) -> str:
    """What this concept says about line `row` of a line table, whose features stand in the same row of `features`.

    `raises` chooses the voice: why a denial is more likely, or less. Raises `KeyError` for a concept that isn't one
    of `features.concepts.CONCEPTS`.
    """
    said = Said(lines, row, features, raises)
    return f"Line {said.field('line')}: {VOICES[concept](said)}"
