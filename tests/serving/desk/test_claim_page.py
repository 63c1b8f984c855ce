from io import StringIO

import pytest
from rich.console import Console

from data.codes.texts import CodeTexts
from serving.desk.claim_page import claim_view
from serving.desk.print import print_claim
from serving.desk.render import claim_page
from serving.result import Factor, FamilyShare, Novelty


def test_factors_are_grouped_by_what_can_be_done_and_context_comes_last(result) -> None:
    groups = claim_view(result).lines[0].groups
    assert [group.kind for group in groups] == ["fix_now", "check", "favor", "context"]


def test_what_lowers_the_risk_stands_apart(result) -> None:
    favor = next(group for group in claim_view(result).lines[0].groups if group.kind == "favor")
    assert [factor.sentence for factor in favor.factors] == ["The images are linked."]


def test_the_same_sentence_for_two_families_is_told_once(result_of, line_of) -> None:
    said = "Line 1: the side is missing."
    twice = tuple(
        Factor(family, "modifier", said, "modifier_1", 3.0, "fix_now") for family in ("coding", "bundling")
    )
    (group,) = claim_view(result_of(lines=(line_of(factors=twice),))).lines[0].groups
    assert [(f.sentence, f.points) for f in group.factors] == [("The side is missing.", "about 6 points")]


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        (
            (("authorization", 0.62), ("documentation", 0.21)),
            "Mostly authorization (62%), some documentation (21%).",
        ),
        ((("authorization", 0.44), ("coding", 0.40)), "Mainly authorization (44%) and coding (40%)."),
        ((("authorization", 0.95), ("coding", 0.05)), "Mostly authorization (95%)."),
    ],
)
def test_the_headline_names_the_leading_reasons(result_of, line_of, shares, said) -> None:
    line = line_of(families=tuple(FamilyShare(*share) for share in shares))
    assert claim_view(result_of(lines=(line,))).headline == f"This claim is at risk. {said}"


def test_of_many_lines_the_weakest_is_named(result_of, line_of) -> None:
    lines = (line_of(line=1, denial_probability=0.1), line_of(line=2, procedure="71046"))
    assert claim_view(result_of(lines=lines)).headline.startswith("Line 2 (71046) is the weakest.")


def test_a_fine_claim_is_told_so(result_of) -> None:
    view = claim_view(result_of(risk="low"))
    assert "fine to send" in view.headline
    assert view.first_step == ""


def test_the_first_step_is_what_can_be_fixed(result) -> None:
    assert claim_view(result).first_step == "No authorization is on the claim."


def test_what_is_not_known_is_told(result) -> None:
    told = " ".join(claim_view(result).unknown)
    assert "1457398832" in told
    assert "No context was given." in told


def test_a_page_that_stands_alone_brings_its_styles_and_leads_nowhere(result) -> None:
    page = claim_page(result, alone=True)
    assert "<style>" in page
    assert 'href="/' not in page


def test_official_texts_are_shown_where_they_are_brought_and_are_escaped(result) -> None:
    codes = {reason.reason: "<b>Made up</b>" for line in result.lines for reason in line.reasons}
    page = claim_page(result, texts=CodeTexts(codes))
    assert "&lt;b&gt;Made up&lt;/b&gt;" in page
    assert "Made up" not in claim_page(result)


def test_the_terminal_says_the_same(result_of) -> None:
    out = StringIO()
    print_claim(result_of(warnings=("[bold]not markup[/bold]",)), Console(file=out, width=100))
    told = out.getvalue()
    for words in (
        "26407789",
        "62%",
        "51% to 70%",
        "Fix now",
        "No authorization is on the claim.",
        "[bold]not markup",
    ):
        assert words in told


@pytest.mark.parametrize(
    ("interval", "novelty", "said"),
    [
        ((0.60, 0.65), (), "fairly sure"),
        ((0.50, 0.70), (), "somewhat sure"),
        ((0.20, 0.80), (), "not sure"),
        ((0.60, 0.65), (Novelty("payer_id", "X1", "No answered claim line had this payer."),), "with care"),
        ((0.60, 0.65), (Novelty("rendering_npi", "1", "Only 2 lines had this provider."),), "fairly sure"),
    ],
)
def test_how_sure_it_is_said_to_be(result_of, interval, novelty, said):
    view = claim_view(result_of(probability_interval=interval, novelty=novelty))
    assert said in view.sureness
