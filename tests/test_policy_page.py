"""docs/policy.md lists what there is: its tables are made from the lists and facts themselves."""

import re
from pathlib import Path

import pytest

from data.policy import LISTS
from data.policy.lists import PAYER, PLAN, VALID
from features.book import FACTS, MEANINGS

PAGE = Path(__file__).parents[1] / "docs" / "policy.md"
COMMON = (PAYER, PLAN, *VALID)


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def common() -> str:
    rows = [f"| `{column.name}` | {cell(column.meaning)} |" for column in COMMON]
    return "\n".join(["| column | |", "|---|---|", *rows])


def lists() -> str:
    rows = []
    for one in LISTS:
        own = [column for column in one.columns if column.name not in {c.name for c in COMMON}]
        told = [
            f"{'**' if c.is_needed else ''}`{c.name}`{'**' if c.is_needed else ''} {cell(c.meaning)}"
            + (f" (empty: {cell(c.default)})" if c.default else "")
            for c in own
        ]
        plan = "" if PLAN in one.columns else " (no `plan_type`)"
        rows.append(f"| `{one.name}` | {one.title}{plan} | {'<br>'.join(told)} |")
    return "\n".join(["| list | says | columns |", "|---|---|---|", *rows])


def facts() -> str:
    return "\n".join(["| fact | |", "|---|---|", *(f"| `{name}` | {MEANINGS[name]} |" for name in FACTS)])


@pytest.mark.parametrize("name", ["common", "lists", "facts"])
def test_the_page_lists_what_there_is(name: str) -> None:
    made = {"common": common, "lists": lists, "facts": facts}[name]()
    told = re.search(f"<!-- {name} -->\n(.*?)\n<!-- end -->", PAGE.read_text(), re.DOTALL)
    assert told is not None
    assert told[1] == made, f"docs/policy.md, {name}, should be:\n{made}"
