import json
from html.parser import HTMLParser

import numpy as np
import pytest

from training.causes import Causes
from training.cohort import Step
from training.evaluate import evaluate
from training.report import Report, against, as_json
from training.scores import Scores
from training.tables import figure_cells

N = 600


@pytest.fixture(scope="module")
def report(labelled, denied):
    rng = np.random.default_rng(1)
    p = rng.beta(1, 5, N)
    struck = rng.random(N) < p
    lines = labelled(
        [
            {
                "payer_id": f"<P{n % 3}>",
                "birth_year": 1940 + n % 70,
                "patient_sex": "FM"[n % 2],
                **(denied if struck[n] else {}),
            }
            for n in range(N)
        ]
    )
    hazards = np.column_stack([p, p / 9])
    reasons = np.full((N, 2), ["197", "50"])
    told = Scores(p, hazards, hazards, ("authorization", "medical_necessity"), reasons)
    scorers = {"model": told, "champion": Scores(np.full(N, 0.3)), "base rate": Scores(np.full(N, p.mean()))}
    days = np.where(np.arange(N) < N / 2, "2024-01-01", "2024-01-31")
    found = evaluate(
        scorers, lines, told, by={"origin": days, "codes": np.where(days < "2024-02", "known", "")}
    )
    causes = Causes(("authorization", "payer_habit"), rng.normal(size=(N, 2)), p)
    return Report("A report", found, {"policy": "default"}, (Step("answered", N),), causes)


@pytest.fixture(scope="module")
def folder(report, tmp_path_factory):
    home = tmp_path_factory.mktemp("report")
    report.write(home)
    return home


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


def test_the_page_stands_alone_and_is_whole(folder):
    text = (folder / "report.html").read_text()
    page = Page(text)
    assert page.open == []
    assert text.count("<svg") >= 8
    assert "<script" not in text
    fetched = [value for _, name, value in page.attributes if name in {"src", "href", "xlink:href"}]
    assert all(value.startswith(("#", "data:")) for value in fetched)
    assert "&lt;P1&gt;" in text  # what a file says is never markup
    assert "<P1>" not in text


def test_links_within_the_page_lead_somewhere(folder):
    page = Page((folder / "report.html").read_text())
    names = {value for _, name, value in page.attributes if name == "id"}
    wanted = {value[1:] for tag, name, value in page.attributes if (tag, name) == ("a", "href")}
    assert wanted <= names
    assert {"champion", "fair", "time", "why"} <= wanted


def test_the_same_figures_give_the_same_page(report, folder, tmp_path):
    report.write(tmp_path)
    assert (folder / "report.html").read_bytes() == (tmp_path / "report.html").read_bytes()


def test_the_json_holds_the_figures_of_the_page(report, folder):
    found = json.loads((folder / "report.json").read_text())
    model = next(
        r for r in found["figures"] if (r["scorer"], r["level"], r["cut"]) == ("model", "line", "all")
    )
    assert model["auc"] == pytest.approx(report.evaluation.of("model").auc)
    assert found["confusion"]["families"] == ["authorization"]
    assert len(found["gain"]["share_reviewed"]) == len(found["gain"]["denied_dollars"]["model"])
    assert figure_cells(report.evaluation.of("base rate"))[0] == "0.500"
    auc = next(b for b in found["intervals"] if (b["scorer"], b["figure"]) == ("model", "auc"))
    assert auc["low"] < auc["at"] < auc["high"]
    assert {g["trait"] for g in found["fairness"]} == {"all", "age", "sex"}
    assert found["against_champion"][0]["difference"]["high"] < 0
    assert [c["concept"] for c in found["causes"]] == ["authorization", "payer_habit"]
    assert {w["level"] for w in found["worked"]} == {"line", "claim"}


def test_nothing_in_the_json_is_other_than_json(report):
    json.loads(json.dumps(as_json(report), allow_nan=False))


def test_the_champion_is_told_in_a_sentence(report):
    assert against(report.evaluation).startswith("Log-loss is lower (better) than the champion's: -")
