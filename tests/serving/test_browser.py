"""A reviewer at work: opens the list, clicks a claim, reads why, on a real server in a real browser."""

import shutil
import socket
import threading
from collections.abc import Iterator

import httpx
import pytest
import uvicorn

from serving.app import create_app
from serving.journal import Journal

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def address(scorer, world, tmp_path_factory) -> Iterator[str]:
    """A real server with the claims of a week scored."""
    journal = Journal(f"sqlite:///{tmp_path_factory.mktemp('browser')}/scores.db")
    server = uvicorn.Server(uvicorn.Config(create_app(scorer, journal), log_level="warning"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]})
        thread.start()
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        for file in world.upcoming:
            httpx.post(
                f"{url}/v1/score/x12",
                content=file.read_bytes(),
                headers={"content-type": "application/edi-x12"},
                timeout=60,
            ).raise_for_status()
        yield url
        server.should_exit = True
        thread.join()


@pytest.fixture
def page(request):
    """A page of a browser window; whatever the browser complains of fails the test."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        page = browser.new_page(viewport=getattr(request, "param", {"width": 1280, "height": 900}))
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("requestfailed", lambda failed: complaints.append(failed.url))
        yield page
        browser.close()
        assert complaints == []


WINDOWS = [{"width": 1280, "height": 900}, {"width": 390, "height": 844}]


@pytest.mark.parametrize("page", WINDOWS, indirect=True, ids=["desktop", "phone"])
def test_a_reviewer_reads_why_a_claim_is_at_risk(page, address) -> None:
    page.goto(f"{address}/review/?risk=high")
    first = page.locator(".list tbody tr").first
    claim_id = first.get_by_role("link").inner_text()
    first.get_by_role("link").click()
    assert claim_id in page.get_by_role("heading", level=1).inner_text()
    factor = page.locator(".group li p").first
    assert factor.is_visible()
    assert len(factor.inner_text().split()) > 3
    assert page.get_by_text("How much money is at risk?").is_visible()
    too_wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not too_wide


def test_the_list_can_be_filtered_with_the_keyboard_alone(page, address) -> None:
    page.goto(f"{address}/review/")
    page.locator("select[name=risk]").focus()
    page.keyboard.press("h")
    page.get_by_role("button", name="Show").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/?*risk=high*")
    pills = page.locator(".list .pill").all_inner_texts()
    assert pills
    assert set(pills) == {"High risk"}


def test_the_stylesheet_arrives_under_the_strict_policy(page, address) -> None:
    page.goto(f"{address}/review/")
    header = page.locator("header.top").evaluate("e => getComputedStyle(e).backgroundColor")
    assert header == "rgb(11, 93, 94)"
