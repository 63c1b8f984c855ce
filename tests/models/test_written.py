from datetime import date

import pytest

from data.errors import BundleRefused
from models.papers import Facts
from models.written import (
    Reader,
    facts_json,
    read_allowed,
    read_calibration,
    read_facts,
    read_reasons,
    text_of,
)


def reader(values: dict[str, object]) -> Reader:
    return Reader.of("x.json", text_of(values).encode())


INTERVAL = {"edges": [0.5], "low": [0.0, 0.4], "high": [0.3, 1.0]}
CALIBRATION = {"method": "none", "numbers": [], "payers": {}, "interval": INTERVAL}
REASONS = {"families": ["a"], "codes": ["197"], "places": [0], "everyone": [1.0], "payers": {"P": [1.0]}}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b'{"a": 1}',
        b'{\n "a": NaN\n}\n',
        b'{\n "a": 1,\n "a": 1\n}\n',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_json_in_any_other_form_is_refused(content: bytes) -> None:
    with pytest.raises(BundleRefused, match=r"x\.json"):
        Reader.of("x.json", content)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("method", "magic"),
        ("method", "platt"),
        ("method", 1),
        ("numbers", [1.0]),
        ("numbers", ["1"]),
        ("numbers", {}),
        ("payers", []),
        ("payers", {"P": "much"}),
        ("payers", {"P": True}),
        ("interval", {}),
        ("interval", INTERVAL | {"low": [0.1]}),
    ],
)
def test_a_calibration_that_cannot_be_is_refused(key: str, value: object) -> None:
    assert read_calibration(reader(CALIBRATION))[0].curve.method == "none"
    with pytest.raises(BundleRefused):
        read_calibration(reader(CALIBRATION | {key: value}))


def test_isotonic_knots_must_rise() -> None:
    good = CALIBRATION | {"method": "isotonic", "numbers": [0.0, 1.0, -1.0, 1.0]}
    assert read_calibration(reader(good))[0].curve.numbers == (0.0, 1.0, -1.0, 1.0)
    for bad in ([1.0, 0.0, -1.0, 1.0], [0.0, 1.0, 2.0], []):
        with pytest.raises(BundleRefused):
            read_calibration(reader(good | {"numbers": bad}))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("places", [1]),
        ("places", [-1]),
        ("places", [0.0]),
        ("places", [True]),
        ("codes", []),
        ("codes", [1]),
        ("everyone", []),
        ("payers", {"P": []}),
        ("families", "a"),
    ],
)
def test_reasons_that_cannot_be_are_refused(key: str, value: object) -> None:
    assert read_reasons(reader(REASONS)).codes == ("197",)
    with pytest.raises(BundleRefused):
        read_reasons(reader(REASONS | {key: value}))


def test_facts_come_back_as_they_were() -> None:
    facts = Facts("default 1", date(2024, 1, 1), None, date(2025, 1, 1), 10, 2, "abc")
    assert read_facts(reader(facts_json(facts)), "abc") == facts
    with pytest.raises(BundleRefused, match="as_of"):
        read_facts(reader(facts_json(facts) | {"as_of": "yesterday"}), "abc")


def test_a_missing_value_is_named() -> None:
    with pytest.raises(BundleRefused, match="everyone"):
        read_allowed(reader({"payers": {}, "procedures": {}}))
