"""The tables of docs/features.md: every feature in a biller's words, from the catalogue.

Run: python -m features.page docs/features.md (writes the tables anew between the page's two marks)
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from features.catalog import GROUPS
from features.concepts import CONCEPTS
from features.registry import EVERY, Feature

BEGIN, END = "<!-- catalogue -->", "<!-- end of catalogue -->"
TITLES = {
    "shelves": "Of the claim, its context, its neighbours and the policy book",
    "checks": "Checks before submission",
    "history": "What was known of such lines before",
    "evidence": "What payers did with lines that tripped the same checks",
    "words": "Words: categories for trees",
}


def catalogue() -> str:
    """Every feature as tables in Markdown, in the order of the columns."""
    return "\n\n".join(_chapter(TITLES[group], features) for group, features in GROUPS.items() if features)


def _chapter(title: str, features: Sequence[Feature]) -> str:
    by_source: dict[str, list[Feature]] = {}
    for feature in features:
        by_source.setdefault(feature.source.split(":")[0], []).append(feature)
    tables = (_table(source if len(by_source) > 1 else "", found) for source, found in by_source.items())
    return "\n\n".join((f"## {title}", f"{len(features)} columns.", *tables))


def _table(source: str, features: Sequence[Feature]) -> str:
    head = [f"### {source.capitalize()}", ""] if source else []
    rows = [
        f"| `{f.name}` | {_cell(f.meaning)} | {_cell(f.unit)} | {CONCEPTS[f.concept].words} | {_families(f)} |"
        for f in features
    ]
    return "\n".join(
        [*head, "| feature | meaning | unit | about | of use for |", "|---|---|---|---|---|", *rows]
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _families(feature: Feature) -> str:
    if feature.families == EVERY:
        return "none alone"
    return ", ".join(family.replace("_", " ") for family in feature.families)


def with_catalogue(page: str) -> str:
    """The page with the catalogue between its marks."""
    before, after = page.split(BEGIN)[0], re.split(END, page)[-1]
    return f"{before}{BEGIN}\n{catalogue()}\n{END}{after}"


def main() -> None:
    """Write the catalogue of the page that is named."""
    path = Path(sys.argv[1])
    path.write_text(with_catalogue(path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
