"""What the claim's other lines tell, and the procedure that a payer would pair a line with."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features import alike, codes
from features.columns import MISSING, Codes
from features.keys import Secret
from features.recall import Past, recalled
from tests.features.made_lines import lines

DAY, NEXT = date(2025, 3, 3), date(2025, 3, 4)


def words(values: list[str | None]) -> Codes:
    known = tuple(dict.fromkeys(value for value in values if value is not None))
    return Codes(np.array([-1 if v is None else known.index(v) for v in values], dtype=np.int32), known)


def paired(values: list[str | None], claims: list[int] | None = None) -> list[str | None]:
    procedure = words(values)
    places = alike.beside(procedure, np.array(claims or [0] * len(values), dtype=np.int64))
    return [procedure.values[place] if place >= 0 else None for place in places]


@pytest.mark.parametrize(
    ("procedures", "expected"),
    [
        (["74177"], [None]),
        (["74177", "74176"], ["74176", "74177"]),
        (["74177", "71046"], [None, None]),  # an x-ray is no match for a CT
        (["74176", "74178", "74177"], ["74177", "74177", "74176"]),  # as near both ways: the lower code
        (["74178", "74176", "74177"], ["74177", "74177", "74176"]),
        (["70450", "70450", "70470"], ["70470", "70470", "70450"]),  # the same code again is not another
        (["70450", None], [None, None]),
        ([], []),
    ],
)
def test_beside(procedures: list[str | None], expected: list[str | None]) -> None:
    assert paired(procedures) == expected


def test_claims_are_kept_apart() -> None:
    assert paired(["74177", "74176"], [1, 2]) == [None, None]
    assert paired(["74177", "71046", "74176"], [5, 2, 5]) == ["74176", None, "74177"]


STUDY = {"procedure": "73721", "service_from": DAY, "charge_cents": 100}
VISIT = {"procedure": "99213", "service_from": DAY}


@pytest.mark.parametrize(
    ("name", "rows", "expected"),
    [
        ("same_procedure", [STUDY, {**STUDY, "service_from": NEXT}], 1),
        ("same_procedure", [{}, {}], 0),  # no procedure is like no other
        ("same_procedure_day", [STUDY, {**STUDY, "service_from": NEXT}, {**STUDY, "modifier_1": "LT"}], 1),
        ("same_procedure_day", [{"procedure": "73721"}, {"procedure": "73721"}], 0),  # nor is no day
        ("same_line", [STUDY, STUDY, {**STUDY, "modifier_1": "LT"}], 1),
        ("same_region", [STUDY, {"procedure": "73560"}, {"procedure": "70450"}], 1),
        ("same_modality", [STUDY, {"procedure": "72148"}, {"procedure": "70450"}], 1),
        ("same_study", [STUDY, {**STUDY, "procedure": "73722"}, STUDY], 1),
        ("same_study", [VISIT, {**VISIT, "procedure": "99214"}], 0),  # visits are no studies
        ("other_component", [{**STUDY, "modifier_1": "26"}, {**STUDY, "modifier_1": "TC"}, STUDY], 2),
        ("whole_and_part", [{**STUDY, "modifier_1": "26"}, {**STUDY, "modifier_1": "TC"}, STUDY], 1),
        ("whole_and_part", [{**STUDY, "modifier_1": "LT"}, {**STUDY, "modifier_1": "26", "modifier_2": "RT"}], 0),
        ("whole_and_part", [STUDY, {**STUDY, "modifier_1": "26", "modifier_2": "RT"}], 1),
        ("visit_with_procedure", [VISIT, STUDY, {**STUDY, "service_from": NEXT}, VISIT], 1),
        ("visit_with_procedure", [STUDY, VISIT], 0),
        ("claim_total_cents", [STUDY, STUDY, VISIT], 200),
    ],
)  # fmt: skip
def test_what_other_lines_tell(name: str, rows: list[dict[str, object]], expected: float) -> None:
    told = recalled(lines(*rows), Past(Secret(b"of a test"))).beside
    assert told[0, alike.ASKED.index(name)] == expected


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 2), st.booleans()),
        min_size=1,
        max_size=12,
    )
)
def test_a_claim_is_told_the_same_alone_and_among_others(rows: list[tuple[int, int, int, bool]]) -> None:
    claims = np.array([row[0] for row in rows])
    hashes = np.array([[row[1] + 1, row[2] + 1, 1] for row in rows], dtype=np.uint64).T.copy()
    numbers = np.array([[1.0, row[2], row[3], row[1] == 0, 10.0 * row[1]] for row in rows], dtype=np.float64)
    modifiers = np.array([row[2] + 1 for row in rows], dtype=np.uint64)
    together = alike.tell(claims, hashes, modifiers, numbers)
    others = alike.companions(hashes[0], claims)
    for claim in np.unique(claims):
        own = np.flatnonzero(claims == claim)
        alone = alike.tell(claims[own], hashes[:, own].copy(), modifiers[own], numbers[own])
        np.testing.assert_array_equal(together[own], alone)
        np.testing.assert_array_equal(others[own], alike.companions(hashes[0, own], claims[own]))


def test_modifiers_are_a_set() -> None:
    one = alike.modifier_set(
        np.array([[7, MISSING], [9, MISSING], [MISSING] * 2, [MISSING] * 2], dtype=np.uint64)
    )
    other = alike.modifier_set(
        np.array([[9, 7], [MISSING] * 2, [7, MISSING], [MISSING] * 2], dtype=np.uint64)
    )
    assert one[0] == other[0]
    assert len({int(one[0]), int(one[1]), int(other[1])}) == 3
    assert (one != 0).all()


@pytest.mark.parametrize("code", ["99202", "99215", "99499", "92014", "G0402"])
def test_visits(code: str) -> None:
    assert codes.is_visit(code) == 1.0


@pytest.mark.parametrize("code", ["99201", "99500", "92015", "70450", "", "9921", "992134"])
def test_no_visits(code: str) -> None:
    assert codes.is_visit(code) == 0.0
