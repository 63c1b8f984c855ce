"""The reviewer's pages: the list of scored claims, and one claim."""

from anyio import to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from serving.desk.render import claim_page, icon, stylesheet, worklist_page
from serving.desk.worklist import RISKS, worklist
from serving.journal import ORDERS, Filter
from serving.routes.score import no_such_score
from serving.served import served
from serving.set_aside import is_set_aside

routes = APIRouter(include_in_schema=False)


@routes.get("/")
async def start() -> Response:
    """People who open the server's address want the pages."""
    return RedirectResponse("/review/", status_code=307)


@routes.get("/review/")
async def claims(request: Request) -> Response:
    """The worklist; filters and page come from the address, and what makes no sense in them is left out."""
    parts = served(request)
    asked = request.query_params
    risk, order, page = asked.get("risk", ""), asked.get("order", ""), asked.get("page", "")
    wanted = Filter(
        payer_id=asked.get("payer", "")[:80],
        risk=risk if risk in RISKS else "",
        order=order if order in ORDERS else "money",
        unreviewed_share=parts.settings.unreviewed_share,
    )
    number = max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1
    size = parts.settings.claims_a_page
    listed = await to_thread.run_sync(lambda: worklist(parts.journal, wanted, number=number, size=size))
    return HTMLResponse(worklist_page(listed, address=str(request.base_url).rstrip("/")))


@routes.get("/review/style.css")
async def style() -> Response:
    """The stylesheet of all pages."""
    return Response(stylesheet(), media_type="text/css")


@routes.get("/review/icon.svg")
async def tab_icon() -> Response:
    """The icon of all pages."""
    return Response(icon(), media_type="image/svg+xml")


@routes.get("/review/{score_id}")
async def claim(request: Request, score_id: str) -> Response:
    """One claim."""
    parts = served(request)
    result = await to_thread.run_sync(parts.journal.find, score_id)
    if result is None:
        raise no_such_score()
    aside = is_set_aside(result.claim_id, parts.settings.unreviewed_share)
    return HTMLResponse(claim_page(result, texts=parts.texts, is_set_aside=aside))
