import pytest

from serving.monitor.chart import HEIGHT, LEFT, TOP, WIDTH, chart

NAN = float("nan")


def test_what_is_larger_stands_higher_and_all_within_the_picture():
    made = chart("AUC", ["2025-01", "2025-02"], [0.8, 0.9], [0.7, NAN], from_zero=False)
    (first, second) = (tuple(map(float, corner.split(","))) for corner in made.line.split())
    assert second[1] < first[1] < made.points[0][1]
    assert second[0] > first[0]
    for x, y in (first, second, *made.points):
        assert LEFT <= x <= WIDTH
        assert TOP <= y <= HEIGHT
    assert len(made.points) == 1


@pytest.mark.parametrize(("line", "n"), [([NAN], 0), ([0.5], 1)], ids=["unknown", "one month"])
def test_one_month_or_none(line, n):
    made = chart("Share", ["2025-01"], line, [NAN], from_zero=True)
    assert len(made.line.split()) == n
    assert made.ticks[0].words == "0.00"
