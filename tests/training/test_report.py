import json
from html.parser import HTMLParser

import numpy as np
import pytest

from training.cohort import Step
from training.evaluate import evaluate
from training.report import Report, figure_cells
from training.scores import Scores


@pytest.fixture
def report(labelled, denied):
    rng = np.random.default_rng(1)
    p = rng.beta(1, 5, 600)
    struck = rng.random(600) < p
    lines = labelled([{"payer_id": f"<P{n % 3}>", **(denied if struck[n] else {})} for n in range(600)])
    hazards = np.column_stack([p, p / 9])
    reasons = np.full((600, 2), ["197", "50"])
    told = Scores(p, hazards, hazards, ("authorization", "medical_necessity"), reasons)
    found = evaluate({"model": told, "base rate": Scores(np.full(600, p.mean()))}, lines, told)
    return Report("A report", found, {"policy": "default"}, (Step("answered", 600),))


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag not in {"meta", "br"}:
            self.open.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_startendtag(self, tag, attrs):
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_stands_alone_and_is_whole(report, tmp_path):
    report.write(tmp_path)
    text = (tmp_path / "report.html").read_text()
    page = Page(text)
    assert page.open == []
    assert text.count("<svg") == 7
    assert "<script" not in text
    fetched = [
        value for tag, name, value in page.attributes if name in {"src", "href"} and tag not in {"use"}
    ]
    assert all(value.startswith(("#", "data:")) for value in fetched)
    assert "&lt;P1&gt;" in text  # what a file says is never markup
    assert "<P1>" not in text


def test_the_same_figures_give_the_same_page(report, tmp_path):
    report.write(tmp_path / "a")
    report.write(tmp_path / "b")
    assert (tmp_path / "a" / "report.html").read_bytes() == (tmp_path / "b" / "report.html").read_bytes()


def test_the_json_holds_the_figures_of_the_page(report, tmp_path):
    report.write(tmp_path)
    found = json.loads((tmp_path / "report.json").read_text())
    model = next(
        r for r in found["figures"] if (r["scorer"], r["level"], r["cut"]) == ("model", "line", "all")
    )
    assert model["auc"] == pytest.approx(report.evaluation.of("model").auc)
    assert found["confusion"]["families"] == ["authorization"]
    assert len(found["gain"]["share_reviewed"]) == len(found["gain"]["denied_dollars"]["model"])
    assert figure_cells(report.evaluation.of("base rate"))[0] == "0.500"
