"""All formulas compiled, once a process: which inputs they need, and where each late input stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from features import alike, book, categories, history, keys, sequence
from features.catalog import FORMULAS
from features.checks.catalog import FORMULAS as OF_CHECKS
from features.encode import Encoder
from features.program import Compiler, Needs, Program


@dataclass(frozen=True, slots=True)
class Compiled:
    """The programs, and the encoder that fetches what they need."""

    encoder: Encoder
    parts: Program
    """The states that history is kept by (`features.keys.FORMULAS`)."""
    features: Program
    """Every feature that is a formula, checks among them."""
    checks: Program
    """The checks alone."""


GROUPS: tuple[tuple[str, Sequence[str]], ...] = (
    ("sent", [name for _, name, _, _ in sequence.ASKED]),
    ("past", [output.name for output in history.OUTPUTS]),
    ("book", book.FACTS),
    ("alike", alike.ASKED),
)
"""What is only known after the line's own fields: the order of the late inputs."""


def _slices() -> dict[str, slice]:
    found, start = {}, 0
    for group, names in GROUPS:
        found[group] = slice(start, start + len(names))
        start += len(names)
    return found


AT = _slices()
N_LATE = sum(len(names) for _, names in GROUPS)


@cache
def compiled() -> Compiled:
    """The programs of the whole catalogue. Raises `LookupError` for a late input that nobody tells."""
    needs = Needs()
    for group, names in GROUPS:
        for name in names:
            needs.late_input((group, name))
    compiler = Compiler(needs)
    parts = compiler.compile(keys.FORMULAS)
    if any(":" in field for reads in parts.reads for field in reads):
        raise LookupError("a part that history is kept by can't be told by history")
    features = compiler.compile(FORMULAS)
    of_checks = compiler.compile(OF_CHECKS)
    for word in (*keys.WORDS, *book.WORDS):
        needs.hash(word)
    for column in (*keys.CODED, *categories.WORDS):
        needs.word(column)
    for name in ("submitted_on", "service_from", *book.NUMBERS):
        needs.number(name)
    if len(needs.late) > N_LATE:
        unknown = [f"{group}:{name}" for group, name in list(needs.late)[N_LATE:]]
        raise LookupError(f"late inputs that nobody tells: {', '.join(unknown)}")
    return Compiled(Encoder(needs), parts, features, of_checks)
