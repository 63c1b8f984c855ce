"""What a caller is told when a request can't be served: RFC 9457 problem documents with field, found and wanted.

Never a stack trace, and never a value of a patient: a fault says what kind of thing was found, and only values of
fields in `SHOWN` (codes of procedures, money, counts) are quoted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from starlette.responses import Response

from data.errors import BundleRefused, CleanclaimError, InvalidClaim, StoreError, UnreadableFile

MEDIA_TYPE = "application/problem+json"

SHOWN = frozenset(
    {
        *(
            "charge_cents",
            "units",
            "unit_code",
            "line",
            "pointers",
            "modifiers",
            "procedure",
            "procedure_qualifier",
        ),
        *(
            "payer_id",
            "plan_type",
            "payer_sequence",
            "place_of_service",
            "frequency",
            "revenue_code",
            "transaction",
        ),
        *(
            "patient_paid_cents",
            "other_payer_paid_cents",
            "n_other_payers",
            "auth_units",
            "today",
            "submitted_on",
        ),
        *("eligibility_status", "explain"),
    }
)
"""Fields whose value says nothing of a patient and may be quoted back."""

LONGEST_QUOTE = 40
MOST_FAULTS = 50


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: where, what was there, and what should have been."""

    field: str
    found: str
    wanted: str


class Problem(Exception):
    """A request that can't be served, with the status and the faults that its sender is told."""

    def __init__(
        self, status: int, title: str, faults: Sequence[Fault], *, detail: str | None = None
    ) -> None:
        self.status = status
        self.title = title
        self.faults = tuple(faults)
        self.detail = detail or "; ".join(
            f"{f.field}: found {f.found}, wanted {f.wanted}" for f in faults[:3]
        )
        super().__init__(f"{status} {title}")

    def response(self) -> Response:
        """The problem document."""
        document: dict[str, object] = {
            "type": "urn:cleanclaim:problem:" + self.title.lower().replace(" ", "-").replace("'", ""),
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.faults:
            first = self.faults[0]
            document |= {"field": first.field, "found": first.found, "wanted": first.wanted}
            document["errors"] = self.faults
        return Response(orjson.dumps(document), status_code=self.status, media_type=MEDIA_TYPE)


def one_fault(status: int, title: str, *, field: str, found: str, wanted: str) -> Problem:
    """A problem with a single fault."""
    return Problem(status, title, [Fault(field, found, wanted)])


def from_http(status: int) -> Problem:
    """The problem for what the router itself refuses: no such page, no such method."""
    title = HTTPStatus(status).phrase
    wanted = {
        404: "an address that exists, such as POST /v1/score or GET /review/",
        405: "a method that this address takes; the Allow header names them",
    }
    return one_fault(
        status, title, field="request", found=title.lower(), wanted=wanted.get(status, "another request")
    )


def from_error(error: CleanclaimError) -> Problem:
    """An error of the rooms below, told as a problem."""
    field = f"{error.thing}, {error.field}" if error.field else error.thing
    fault = Fault(field, str(error.found), str(error.wanted))
    if isinstance(error, InvalidClaim):
        return Problem(422, "Invalid claim", [fault])
    if isinstance(error, UnreadableFile):
        return Problem(400, "Unreadable body", [fault])
    if isinstance(error, BundleRefused | StoreError):
        return Problem(503, "Not ready", [fault])
    return Problem(422, "Can't be scored", [fault])


def from_validation(error: ValidationError) -> Problem:
    """What the request model refused: unreadable JSON, or a list of every wrong field."""
    details = error.errors(include_url=False, include_context=True, include_input=True)
    if details[0]["type"] == "json_invalid":
        reason = str(details[0].get("ctx", {}).get("error", "no JSON"))
        return one_fault(
            400, "Unreadable JSON", field="body", found=_position(reason), wanted="one JSON object"
        )
    faults = _merged([Fault(_path(d["loc"]), _found(d), _wanted(d)) for d in details[:MOST_FAULTS]])
    if len(details) > MOST_FAULTS:
        faults.append(Fault("body", f"{len(details) - MOST_FAULTS} more faults", "none"))
    return Problem(422, "Invalid claim", faults)


def _merged(faults: Sequence[Fault]) -> list[Fault]:
    """One fault a field: where several kinds of value would do, pydantic tells each of them."""
    merged: dict[str, Fault] = {}
    for fault in faults:
        first = merged.get(fault.field)
        wanted = f"{first.wanted} or {fault.wanted}" if first else fault.wanted
        merged[fault.field] = Fault(fault.field, fault.found, wanted)
    return list(merged.values())


def _position(reason: str) -> str:
    """Where reading stopped; the parser's own words may quote the body, so only the kind and place are kept."""
    kind, _, place = reason.rpartition(" at line ")
    known = (
        "EOF",
        "expected",
        "trailing",
        "key must be",
        "control character",
        "invalid",
        "lone",
        "recursion",
    )
    said = next((word for word in known if kind.startswith(word)), "")
    told = {"EOF": "an end that comes too early", "trailing": "something after the object"}.get(
        said, "no valid JSON"
    )
    return f"{told} at line {place}" if place else told


def _path(place: Sequence[int | str]) -> str:
    """`claim.lines[0].procedure`: the way to a field."""
    path = ""
    for step in place:
        if isinstance(step, str) and "[" in step:  # which of several kinds was tried, not a field
            continue
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += f".{step[:LONGEST_QUOTE]}" if path else step[:LONGEST_QUOTE]
    return path or "body"


def _found(detail: ErrorDetails) -> str:
    if detail["type"] == "missing":
        return "nothing"
    name = next((step for step in reversed(detail["loc"]) if isinstance(step, str)), "")
    unknown = detail["type"] in {"extra_forbidden", "unexpected_keyword_argument"}
    return describe(detail["input"], quote=name in SHOWN and not unknown)


def describe(value: object, *, quote: bool) -> str:
    """A value told without telling it, or quoted where it may be."""
    if value is None:
        return "null"
    if quote and isinstance(value, bool | int | float | str):
        return repr(value)[:LONGEST_QUOTE]
    if isinstance(value, str):
        return f"a text of {len(value)} characters"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return "an object" if isinstance(value, dict) else "something else"


WANTED = {
    "missing": "a value",
    "extra_forbidden": "no such field",
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a smaller number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "date_type": "a date like 2025-03-14",
    "date_parsing": "a date like 2025-03-14",
    "date_from_datetime_parsing": "a date like 2025-03-14",
    "date_from_datetime_inexact": "a date like 2025-03-14",
    "string_unicode": "text in UTF-8",
}


def _wanted(detail: ErrorDetails) -> str:
    """What would have been right, in a few words; pydantic's own message only where it can't quote the input."""
    context = detail.get("ctx", {})
    match detail["type"]:
        case "greater_than_equal":
            return f"{context['ge']} or more"
        case "greater_than":
            return f"more than {context['gt']}"
        case "less_than_equal":
            return f"{context['le']} or less"
        case "too_short":
            return f"{context['min_length']} or more"
        case "too_long":
            return f"{context['max_length']} or fewer"
        case "string_too_short":
            return f"{context['min_length']} characters or more"
        case "string_too_long":
            return f"{context['max_length']} characters or fewer"
        case "literal_error":
            return str(context["expected"])
        case "string_pattern_mismatch":
            return "printable characters only"
        case "value_error":
            return str(context["error"])
    return WANTED.get(detail["type"], "a value of the right kind")
