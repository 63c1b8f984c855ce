"""docs/features.md lists every feature."""

from pathlib import Path

import pytest

from features.catalog import CATALOG
from features.page import BEGIN, END, with_catalogue

PAGE = Path(__file__).parents[2] / "docs" / "features.md"


def test_the_page_lists_the_features_that_there_are() -> None:
    """When it doesn't: python -m features.page docs/features.md"""
    page = PAGE.read_text("utf-8")
    missing = [name for name in CATALOG if f"| `{name}` |" not in page]
    assert not missing, "write the page anew: python -m features.page docs/features.md"
    assert page.count("\n| `") == len(CATALOG)


@pytest.mark.parametrize("between", ["", "\nold\n"])
def test_what_stands_around_the_catalogue_is_kept(between: str) -> None:
    page = with_catalogue(f"before\n{BEGIN}{between}{END}\nafter\n")
    assert page.startswith(f"before\n{BEGIN}\n## ")
    assert page.endswith(f"|\n{END}\nafter\n")
