"""Does FHIR keep to its specification, field by field? A question beside reading, which takes what it can use.

The models come with `pip install 'cleanclaim[fhir]'` and are loaded when first asked for: reading never needs them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from data.errors import UnreadableFile
from data.readers.fhir.resources import Found, find

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

FORM = re.compile(r"Value error, (\w{1,30}) value string does not match")
WANTED = {
    "missing": "a value",
    "extra_forbidden": "no such field",
    "string_type": "a text",
    "string_pattern_mismatch": "a text of the form that FHIR gives it",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "greater_than": "a larger number",
    "greater_than_equal": "a larger number",
}
"""What would have been right, by pydantic's name for what went wrong; its own messages may quote the file."""
OTHERWISE = "a value that FHIR R4B allows here"


@dataclass(frozen=True, slots=True)
class StrictFault:
    """One thing that is not as FHIR R4B has it; neither of its texts repeats a value of the file."""

    offset: int
    """Where the resource begins in its file, in bytes."""
    path: str
    """The field: `Claim.item[0].net.value`; a name that FHIR doesn't know is a question mark."""
    found: str
    wanted: str


def validate(content: bytes, *, source: str = "content") -> list[StrictFault]:
    """Every fault of the resources in one file: of a Bundle's, and of one resource a line, each by itself.

    An empty list: all of it is FHIR R4B, which R4's claims and answers are too. Profiles (US Core, CARIN) and
    value sets are not checked. Slow beside `read_fhir`: some hundred resources a second.

    Raises UnreadableFile if the content holds no resource at all, ImportError without the extra `fhir`.
    """
    faults: list[StrictFault] = []
    n = 0
    for batch in find(content):
        for one in batch:
            n += 1
            faults += _faults(one)
    if not n:
        raise UnreadableFile(source, found=f"{len(content)} bytes without a resource", wanted="FHIR as JSON")
    return sorted(faults, key=lambda fault: fault.offset)


def _faults(one: Found) -> Iterator[StrictFault]:
    from fhir.resources.R4B import get_fhir_model_class
    from pydantic import ValidationError

    if one.fault is not None:
        yield StrictFault(one.offset, one.kind or "?", one.fault, "a resource of FHIR R4B")
        return
    try:
        model = get_fhir_model_class(one.kind)
    except ValueError:  # R4 had a few resources that R4B has no more
        yield StrictFault(one.offset, one.kind, "a resource of R4 alone", "a resource of FHIR R4B")
        return
    try:
        model.model_validate({name: value for name, value in one.body.items() if name != "resourceType"})
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            yield _told(one, detail)
    except (RecursionError, TypeError, ArithmeticError):
        yield StrictFault(one.offset, one.kind, "what its model can't look at", "a resource of FHIR R4B")


def _told(one: Found, detail: "ErrorDetails") -> StrictFault:
    is_unknown = detail["type"] == "extra_forbidden"
    form = FORM.match(detail["msg"])
    wanted = f"a {form.group(1)}" if form else WANTED.get(detail["type"], OTHERWISE)
    found = "nothing" if detail["type"] == "missing" else _kind(detail["input"])
    return StrictFault(one.offset, _path(one.kind, detail["loc"], is_unknown=is_unknown), found, wanted)


def _path(kind: str, place: Sequence[int | str], *, is_unknown: bool) -> str:
    """The way to a field; the name of an unknown one may be anything, so it is not repeated."""
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in place]
    if is_unknown and steps:
        steps[-1] = ".?"
    return kind + "".join(steps)


def _kind(value: object) -> str:
    """A value told by its kind alone."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return f"a text of {len(value)} characters"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float, Decimal)):
        return "a number"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return "an object"
