"""The reviewer's pages as HTML: what they show, and that nothing from a claim becomes markup."""

import re
from html.parser import HTMLParser

import pytest

from data.codes.texts import CodeTexts
from serving.set_aside import is_set_aside
from serving.settings import Settings

NO_CLOSE = {"meta", "link", "rect", "br"}


class Balanced(HTMLParser):
    """Counts open elements, and collects what a strict content policy would block."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.blocked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag == "script" or "style" in names or any(name.startswith("on") for name in names):
            self.blocked.append(tag)
        if tag not in NO_CLOSE:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in NO_CLOSE:
            assert self.open.pop() == tag


def checked(page: str) -> str:
    """A page, found well-formed, without script, inline style or anything from outside."""
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []
    assert parser.blocked == []
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert '<html lang="en">' in page
    assert page.count("<h1") == 1
    return page


@pytest.fixture
def kept(journal, result_of, line_of):
    """Thirty scored claims of two payers."""
    from datetime import UTC, datetime

    results = [
        result_of(
            score_id=f"{n:032x}",
            claim_id=f"C{n:03}",
            payer_id=f"P{n % 2}",
            payer_name=f"Payer {n % 2}",
            risk="high" if n % 3 else "low",
            expected_denied_cents=n * 10_000,
        )
        for n in range(30)
    ]
    journal.keep(results, at=datetime(2025, 1, 6, tzinfo=UTC))
    return results


def test_the_empty_list_says_how_to_score_a_claim(ask) -> None:
    page = checked(ask("GET", "/review/").text)
    assert "No claims yet" in page
    assert "cleanclaim score" in page
    assert "http://testserver/v1/score/x12" in page


def test_the_list_shows_most_money_first(ask, kept) -> None:
    page = checked(ask("GET", "/review/").text)
    shown = re.findall(r">(C\d{3})</a>", page)
    assert shown == [f"C{n:03}" for n in range(29, 4, -1)]
    assert "Page 1 of 2" in page
    assert "$2,900" in page
    assert "No authorization" in page or "no authorization" in page


@pytest.mark.parametrize(
    ("query", "n_shown", "first"),
    [
        ("?page=2", 5, "C004"),
        ("?page=99", 5, "C004"),
        ("?page=-1", 25, "C029"),
        ("?page=x", 25, "C029"),
        ("?payer=P0", 15, "C028"),
        ("?risk=low", 10, "C027"),
        ("?risk=nonsense", 25, "C029"),
        ("?payer=P0&risk=low", 5, "C024"),
        ("?order=nonsense", 25, "C029"),
        ("?payer=nobody", 0, None),
    ],
)
def test_filters_and_pages(ask, kept, query, n_shown, first) -> None:
    page = checked(ask("GET", "/review/" + query).text)
    shown = re.findall(r">(C\d{3})</a>", page)
    assert len(shown) == n_shown
    assert shown[:1] == ([first] if first else [])
    assert n_shown or "No claim fits" in page


def test_a_page_keeps_its_filter(ask, kept) -> None:
    page = ask("GET", "/review/?risk=high&order=likely").text
    assert re.search(r'<option value="high" selected>', page)
    assert re.search(r'<option value="likely" selected>', page)


def test_a_claim_is_told_in_plain_words(ask, kept) -> None:
    page = checked(ask("GET", f"/review/{kept[0].score_id}").text)
    for told in (
        "62%",
        "51% to 70%",
        "$1,240",
        "Fix now",
        "Check",
        "In its favor",
        "Background",
        "about 24 points",
    ):
        assert told in page
    assert page.index("Fix now") < page.index("Background")
    assert "auth_number" not in page
    assert "payer_habit" not in page


def test_official_texts_that_the_operator_brought_stand_on_the_page(ask, app, kept) -> None:
    codes = {r.reason: "Made up" for line in kept[0].lines for r in line.reasons}
    app.state.served.texts = CodeTexts(codes)
    assert "Made up" in checked(ask("GET", f"/review/{kept[0].score_id}").text)


def test_a_real_claim_has_a_page(ask, claim) -> None:
    told = ask("POST", "/v1/score", json={"claim": claim}).json()
    page = checked(ask("GET", f"/review/{told['score_id']}").text)
    assert told["claim_id"] in page
    assert told["claim_id"] in ask("GET", "/review/").text


@pytest.fixture
def some_aside(app, kept):
    """The claims that are set aside where three of ten are."""
    app.state.served.settings = Settings(unreviewed_share=0.3)
    return {r.claim_id for r in kept if is_set_aside(r.claim_id, 0.3)}


def test_claims_set_aside_are_not_on_the_list_and_their_number_is(ask, kept, some_aside) -> None:
    pages = [checked(ask("GET", f"/review/?page={n}").text) for n in (1, 2)]
    shown = {claim for page in pages for claim in re.findall(r">(C\d{3})</a>", page)}
    assert shown == {r.claim_id for r in kept} - some_aside
    price = sum(r.expected_denied_cents for r in kept if r.claim_id in some_aside) // 100
    told = (
        f"{len(some_aside)} more claims are left unreviewed on purpose, to see what happens unaided"
        f" (${price:,} at risk)."
    )
    assert all(told in page for page in pages)
    assert f"<b>{30 - len(some_aside)}</b> scored claims" in pages[0]


def test_a_filter_counts_its_own_claims_set_aside(ask, kept, some_aside) -> None:
    n = sum(r.payer_id == "P0" for r in kept if r.claim_id in some_aside)
    assert f"{n} more claim" in ask("GET", "/review/?payer=P0").text
    assert "on purpose" not in ask("GET", "/review/?payer=nobody").text


def test_a_list_of_claims_set_aside_alone_says_so(ask, app, journal, result_of) -> None:
    from datetime import UTC, datetime

    app.state.served.settings = Settings(unreviewed_share=0.5)
    aside = next(f"c{n}" for n in range(99) if is_set_aside(f"c{n}", 0.5))
    journal.keep([result_of(claim_id=aside)], at=datetime(2025, 1, 6, tzinfo=UTC))
    page = checked(ask("GET", "/review/").text)
    assert "1 more claim is left unreviewed on purpose" in page
    assert "No claim to review" in page
    assert "No claims yet" not in page


def test_the_page_of_a_claim_set_aside_asks_to_leave_it(ask, kept, some_aside) -> None:
    for result in kept:
        page = checked(ask("GET", f"/review/{result.score_id}").text)
        assert ("Left unreviewed on purpose." in page) == (result.claim_id in some_aside)


def test_answers_of_the_api_are_the_same_for_claims_set_aside(ask, app, claim) -> None:
    before = ask("POST", "/v1/score", json={"claim": claim}).json()
    app.state.served.settings = Settings(unreviewed_share=0.5)
    assert ask("POST", "/v1/score", json={"claim": claim}).json() == before


MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def test_markup_in_a_claim_stays_text(ask, journal, result_of, line_of) -> None:
    from datetime import UTC, datetime

    nasty = result_of(
        claim_id=MARKUP,
        payer_name=MARKUP,
        payer_id=MARKUP,
        lines=(line_of(procedure=MARKUP),),
        warnings=(MARKUP,),
        policy_version=MARKUP,
    )
    journal.keep([nasty], at=datetime(2025, 1, 6, tzinfo=UTC))
    for path in ("/review/", f"/review/{nasty.score_id}", "/review/?payer=" + MARKUP):
        assert "<script>" not in checked(ask("GET", path).text)


def test_no_such_claim_is_told_to_people_as_a_page(ask) -> None:
    response = ask("GET", "/review/none", headers={"accept": "text/html"})
    assert response.status_code == 404
    assert "Not Found" in response.text or "Not found" in checked(response.text)


def test_the_address_alone_leads_to_the_pages(ask) -> None:
    response = ask("GET", "/")
    assert (response.status_code, response.headers["location"]) == (307, "/review/")
