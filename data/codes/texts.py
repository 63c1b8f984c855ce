"""Official texts of reasons that a user brings: shown beside our own words, never shipped, never kept in a model."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CodeTexts:
    """X12's texts by code, from the user's own licensed files; none unless he brings them."""

    texts: Mapping[str, str] = field(default_factory=dict)

    def text(self, reason: str) -> str:
        """What is said of a reason (`197`), or of both parts of one (`16/N40`); empty without a text."""
        found = (self.texts.get(code, "") for code in reason.split("/"))
        return " / ".join(text for text in found if text)


NO_TEXTS = CodeTexts()
