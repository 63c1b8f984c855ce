"""Reading a request's body: of a type that is understood, and never more of it than the limit."""

from collections.abc import Collection

from starlette.requests import Request

from serving.problems import Problem, one_fault


def check_type(request: Request, accepted: Collection[str]) -> None:
    """Raise the 415 problem for a body of another content type than those accepted."""
    named = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if named not in accepted:
        wanted = " or ".join(accepted)
        found = named[:60] if named.isascii() and named else "none"
        raise one_fault(415, "Unsupported media type", field="Content-Type", found=found, wanted=wanted)


async def read_body(request: Request, *, limit: int) -> bytes:
    """The whole body; raises the 413 problem as soon as more than `limit` bytes are announced or have come."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise _too_large(f"{announced[:20]} bytes", limit)
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise _too_large(f"more than {limit} bytes", limit)
        parts.append(part)
    if not size:
        raise one_fault(400, "Empty body", field="body", found="nothing", wanted="a claim")
    return b"".join(parts)


def _too_large(found: str, limit: int) -> Problem:
    return one_fault(413, "Body too large", field="body", found=found, wanted=f"at most {limit} bytes")
