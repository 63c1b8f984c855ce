from serving.desk.fixes import fix_views
from serving.result import Fix, FixChange

CHANGE: FixChange = {"field": "auth_number", "line": 0, "from": None, "to": None, "stand_in": "OBTAINED"}
FIX = Fix(
    change=CHANGE,
    also=(),
    sentence="62% → 31% if an authorization is obtained and its number added.",
    needs_record_support=False,
    probability_after=0.31,
    interval_after=(0.2, 0.4),
    owner="authorization desk",
    stage="prior authorization",
    kind="auth_obtained",
)


def test_a_fix_as_it_is_shown() -> None:
    (view,) = fix_views([FIX], 0.62)
    assert (view.before, view.after, view.interval) == ("62%", "31%", "20% to 40%")
    assert view.condition == "an authorization is obtained and its number added"
    assert not view.caution
    assert not view.is_pair
    assert (view.width_before, view.width_after) == (62.0, 31.0)


def test_the_page_and_the_terminal_tell_of_it(result_of, line_of) -> None:
    from io import StringIO

    from rich.console import Console

    from serving.desk.print import print_claim
    from serving.desk.render import claim_page

    told = result_of(lines=(line_of(fixes=(FIX,)),))
    html = claim_page(told, alone=True)
    assert "What would help" in html
    assert "an authorization is obtained and its number added" in html
    out = StringIO()
    print_claim(told, Console(file=out, width=200))
    assert "62% → 31% if an authorization is obtained and its number added." in out.getvalue()
