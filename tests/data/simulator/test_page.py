"""docs/simulator.md says what is so."""

import re
from pathlib import Path

import pytest

from data.simulator.calibration import calibration
from data.simulator.page import BEGIN, END, figures_table, with_table
from data.simulator.presets import presets

PAGE = (Path(__file__).parents[3] / "docs" / "simulator.md").read_text("utf-8")


def cells(table: str) -> dict[str, list[float]]:
    """The numbers of each row, by the row's name."""
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return {row[0]: [float(n) for n in re.findall(r"\d+\.\d+", " ".join(row[1:]))] for row in rows}


def test_its_figures_are_those_of_the_usual_world(large_world):
    """When they are not: python -m data.simulator.page docs/simulator.md"""
    told = cells(PAGE.partition(BEGIN)[2].partition(END)[0])
    found = cells(figures_table(calibration(large_world.truth())))
    assert list(told) == list(found)
    for name, numbers in found.items():
        # Another machine's logarithms may tip a draw or two.
        is_share = not name.startswith(("ceiling", "lines a claim"))
        assert told[name] == pytest.approx(numbers, abs=0.3 if is_share else 0.003), name


def test_the_table_stands_between_its_marks():
    page = f"before\n{BEGIN}\nold\n{END}\nafter"
    assert with_table(page, "new") == f"before\n{BEGIN}\nnew\n{END}\nafter"


@pytest.mark.parametrize("preset", presets())
def test_every_preset_is_told(preset):
    assert f"`{preset}`" in PAGE
