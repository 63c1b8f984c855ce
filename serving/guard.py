"""What stands around every answer: headers that keep browsers strict, and no stack trace when something breaks."""

import logging

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.problems import one_fault

LOG = logging.getLogger("cleanclaim.serving")

HEADERS = {
    # Pages bring one stylesheet and inline SVG; nothing else may load, run, frame them or take their forms.
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}


class Guard:
    """ASGI middleware: adds `HEADERS` to every answer, and turns an unexpected failure into a 500 problem."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, send_guarded)
        except Exception as error:  # noqa: BLE001 - the last place where a failure can be told without its values
            LOG.error("unexpected %s at %s", type(error).__name__, _place(error))
            if not started:
                await _broken()(scope, receive, send_guarded)


def _broken() -> ASGIApp:
    problem = one_fault(
        500,
        "Internal error",
        field="request",
        found="a fault of this server",
        wanted="a report to its operator",
    )
    return problem.response()


def _place(error: BaseException) -> str:
    """Where it broke, as file and line: a message could hold a patient's value, so it is not logged."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{trace.tb_frame.f_code.co_name}, line {trace.tb_lineno}"
