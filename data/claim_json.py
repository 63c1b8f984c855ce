"""A claim as JSON over HTTP or from a file: strict types, no unknown key, every fault told at once."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from difflib import get_close_matches
from functools import cache
from typing import get_type_hints

from data.claim import Claim, Line, raise_all
from data.errors import InvalidClaim

REQUIRED = ("claim_id", "payer_id", "billing_npi", "lines")
REQUIRED_OF_LINE = ("procedure", "charge_cents", "service_from")

SHOWN = {
    "line",
    "procedure",
    "frequency",
    "payer_id",
    "place_of_service",
    "plan_type",
    "charge_cents",
    "units",
}
"""Fields whose wrong value may be quoted in an error: those that say nothing of the patient."""

PATTERNS: Mapping[str, tuple[str, str]] = {
    "npi": (r"\d{10}", "10 digits"),
    "procedure": (r"[0-9A-Z]{5}", "a procedure code of 5 characters, as 71046"),
    "modifiers": (r"[0-9A-Z]{2}", "2 characters, as 26"),
    "diagnoses": (r"[A-Z][0-9A-Z]{2,6}", "an ICD-10 code, as M545"),
    "place_of_service": (r"\d{2}", "2 digits, as 11"),
    "frequency": (r"[0-9A-Z]", "1, 7 or 8"),
}

Faults = list[InvalidClaim]
Parsed = str | int | float | bool | date | tuple[object, ...] | None


def faults(record: object, *, today: date) -> Faults:
    """All that is wrong with a claim given as JSON; empty where it can be read."""
    _, found = parse_claim(record, today=today)
    return found


def read_claim(record: Mapping[str, object], *, today: date) -> Claim:
    """The claim of a JSON object; `today` is its `submitted_on` where it gives none. Raises `InvalidClaim`."""
    claim, found = parse_claim(record, today=today)
    raise_all(found)
    assert claim is not None  # noqa: S101 - no fault means that a claim was made
    return claim


def parse_claim(record: object, *, today: date) -> tuple[Claim | None, Faults]:
    """The claim of a JSON object and no faults, or None and all of them."""
    if not isinstance(record, Mapping):
        return None, [InvalidClaim("a claim", found=_shape(record), wanted="a JSON object")]
    given = record.get("claim_id")
    name = given if isinstance(given, str) and 0 < len(given) <= 38 else "a claim"
    values, found = read_fields(record, Claim, name, "", REQUIRED)
    values.setdefault("submitted_on", today)
    lines, wrong = _lines(record.get("lines", ()), name)
    found += wrong
    if found:
        return None, found
    try:
        return Claim(**{**values, "lines": lines}), []  # type: ignore[arg-type] # read_fields checked every type
    except InvalidClaim as fault:
        return None, [fault]


def _lines(given: object, claim_id: str) -> tuple[tuple[Line, ...], Faults]:
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        return (), [
            InvalidClaim(claim_id, field="lines", found=_shape(given), wanted="a list of one line or more")
        ]
    lines: list[Line] = []
    found: Faults = []
    for n, record in enumerate(given, start=1):
        values, wrong = _line(record, claim_id, n)
        found += wrong
        if not wrong:
            lines.append(Line(**values))  # type: ignore[arg-type] # read_fields checked every type
    return tuple(lines), found


def _line(record: object, claim_id: str, n: int) -> tuple[dict[str, Parsed], Faults]:
    if not isinstance(record, Mapping):
        return {}, [InvalidClaim(claim_id, field=f"lines[{n}]", found=_shape(record), wanted="a JSON object")]
    values, wrong = read_fields(record, Line, claim_id, f"lines[{n}].", REQUIRED_OF_LINE)
    values.setdefault("line", n)
    return values, wrong


def read_fields(
    record: Mapping[str, object],
    kind: type,
    claim_id: str,
    where: str,
    required: Sequence[str],
) -> tuple[dict[str, Parsed], Faults]:
    """The values of one object by field name, and what is wrong with it."""
    values: dict[str, Parsed] = {}
    found: Faults = []
    kinds = _kinds(kind)
    for key, value in record.items():
        if key not in kinds:
            found.append(
                InvalidClaim(
                    claim_id, field=f"{where}{key}", found="no such field", wanted=_nearest(key, kinds)
                )
            )
        elif key != "lines" and value is not None:
            parsed, wanted = _parse(key, value, kinds[key])
            values[key] = parsed
            if wanted:
                shown = value if key in SHOWN and len(str(value)) <= 20 else _shape(value)
                found.append(InvalidClaim(claim_id, field=f"{where}{key}", found=shown, wanted=wanted))
    for key in required:
        if record.get(key) is None:
            wanted = _parse(key, "", kinds[key])[1] or "it to be given"
            found.append(InvalidClaim(claim_id, field=f"{where}{key}", found="nothing", wanted=wanted))
    return values, found


@cache
def _kinds(kind: type) -> dict[str, str]:
    """Each field with the name of the JSON type it takes."""
    names = {str: "text", int: "whole", float: "number", bool: "yes_no", date: "day"}
    hints = get_type_hints(kind)
    kinds = {}
    for f in fields(kind):
        hint = hints[f.name]
        plain = next(
            (names[t] for t in (bool, date, float, int, str) if t in getattr(hint, "__args__", (hint,))), ""
        )
        kinds[f.name] = "list_" + plain if "tuple" in str(hint) else plain
    return kinds


def _parse(field: str, value: object, kind: str) -> tuple[Parsed, str]:
    """The value in its own type, and what was wanted instead where it is wrong ('' where it is right)."""
    if kind.startswith("list_"):
        return _parse_list(field, value, kind.removeprefix("list_"))
    return PARSERS[kind](field, value)


def _parse_list(field: str, value: object, kind: str) -> tuple[Parsed, str]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        return None, "a list"
    parsed = [PARSERS[kind](field, item) for item in value]
    return tuple(item for item, _ in parsed), next((wanted for _, wanted in parsed if wanted), "")


def _text(field: str, value: object) -> tuple[Parsed, str]:
    if not isinstance(value, str) or not value.strip() or len(value) > 80:
        return None, PATTERNS.get(_pattern(field), ("", "text of 1 to 80 characters"))[1]
    text = value.strip()
    if not text.isprintable():
        return None, "one line of printable text"
    if field == "diagnoses":
        text = text.replace(".", "", 1)
    pattern, wanted = PATTERNS.get(_pattern(field), (".*", ""))
    return text, "" if re.fullmatch(pattern, text, re.ASCII) else wanted


def _pattern(field: str) -> str:
    return "npi" if field.endswith("_npi") else field


def _whole(field: str, value: object) -> tuple[Parsed, str]:
    limit = 2**31 if field.endswith("_cents") else 9999
    if isinstance(value, bool) or not isinstance(value, int):
        return None, "a whole number of cents" if field.endswith("_cents") else "a whole number"
    return value, "" if 0 <= value <= limit else f"0 to {limit}"


def _number(_: str, value: object) -> tuple[Parsed, str]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None, "a number"
    return float(value), "" if 0 <= value < 1e9 else "0 or more"


def _yes_no(_: str, value: object) -> tuple[Parsed, str]:
    return (value, "") if isinstance(value, bool) else (None, "true or false")


def _day(_: str, value: object) -> tuple[Parsed, str]:
    wanted = "a date as 2026-03-17"
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        return None, wanted
    try:
        return date.fromisoformat(value), ""
    except ValueError:
        return None, wanted


PARSERS: Mapping[str, Callable[[str, object], tuple[Parsed, str]]] = {
    "text": _text,
    "whole": _whole,
    "number": _number,
    "yes_no": _yes_no,
    "day": _day,
}


def _nearest(key: str, known: Mapping[str, str]) -> str:
    near = get_close_matches(str(key), known, n=1, cutoff=0.5)
    return near[0] if near else "one of " + ", ".join(known)


def _shape(value: object) -> str:
    """What a value is without showing it: it may be a patient's."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f"text of {len(value)} characters"
    names = {bool: "true or false", int: "a whole number", float: "a number", dict: "an object"}
    return names.get(type(value), "a list" if isinstance(value, Sequence) else "something else")
