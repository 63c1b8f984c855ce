"""The states of a line that features and history share."""

import pytest

from features import parts
from features.columns import Lines
from tests.features.made_lines import lines


@pytest.mark.parametrize(
    ("procedures", "expected"),
    [
        (["74177"], [None]),
        (["74177", "74176"], ["74176", "74177"]),
        (["74177", "71046"], [None, None]),  # an x-ray is no match for a CT
        (["74176", "74178", "74177"], ["74177", "74177", "74176"]),  # as near both ways: the lower code
        (["70450", "70450", "70470"], ["70470", "70470", "70450"]),  # the same code again is not another
        (["70450", None], [None, None]),
    ],
)
def test_beside(procedures: list[str | None], expected: list[str | None]) -> None:
    found = parts.beside(Lines(lines(*({"procedure": code} for code in procedures))))
    assert [found.values[code] if code >= 0 else None for code in found.codes] == expected


def test_claims_are_kept_apart() -> None:
    rows = [{"claim_key": key, "procedure": code} for key, code in ((1, "74177"), (2, "74176"))]
    assert list(parts.beside(Lines(lines(*rows))).codes) == [-1, -1]
