import numpy as np
import pytest

from features.build import Features
from models.reason import Reasons, fit_reasons, with_signs

FAMILIES = ("authorization", "documentation")


def counted(strength: float = 20.0) -> Reasons:
    rows = (
        [("authorization", "197", "A")] * 60
        + [("authorization", "15", "A")] * 20
        + [("authorization", "15", "B")] * 20
        + [("documentation", "252", "A")] * 10
        + [("documentation", "16/N40", "B")] * 30
    )
    hazard, reason, payer = (np.array(column, dtype=object) for column in zip(*rows, strict=True))
    return fit_reasons(FAMILIES, hazard, reason, payer, np.ones(len(rows)), strength=strength)


def test_probabilities_sum_to_one_for_any_payer_known_or_not() -> None:
    share = np.array([[0.3, 0.7], [1.0, 0.0], [0.5, 0.5]])
    p = counted().probabilities(share, ["A", "unheard of", None])
    assert p.sum(axis=1) == pytest.approx([1, 1, 1], abs=1e-12)


@pytest.mark.parametrize(("strength", "expected"), [(0.0, 0.0), (20.0, 0.3), (1e9, 0.6)])
def test_a_payer_is_shrunk_towards_all_payers(strength: float, expected: float) -> None:
    reasons = counted(strength)
    place = [reasons.codes[i] == "197" for i in range(len(reasons.codes))].index(True)
    assert reasons.payers["B"][place] == pytest.approx(expected, abs=1e-6)


def test_each_payer_spells_a_family_its_own_way() -> None:
    reasons = counted()
    p = reasons.probabilities(np.array([[0.9, 0.1], [0.1, 0.9]]), ["A", "B"])
    codes, chance = reasons.best(p, 3)
    assert codes[0, 0] == "197"
    assert codes[1, 0] == "16/N40"
    assert np.all(np.diff(chance, axis=1) <= 0)


def test_the_smallest_set_holds_nine_tenths_and_could_not_be_smaller() -> None:
    reasons = counted()
    p = reasons.probabilities(np.random.default_rng(1).dirichlet([1, 1], 200), ["A"] * 200)
    for row, chosen in zip(p, reasons.smallest_sets(p), strict=True):
        held = sorted((float(row[reasons.codes.index(code)]) for code in chosen), reverse=True)
        assert sum(held) >= 0.9 - 1e-9
        assert sum(held[:-1]) < 0.9


def test_fewer_codes_than_asked_for_are_told_as_none() -> None:
    reasons = fit_reasons(
        ("other",), np.array(["other"], object), np.array(["A1"], object), np.array(["P"], object), np.ones(1)
    )
    codes, chance = reasons.best(reasons.probabilities(np.ones((2, 1)), ["P", "Q"]), 3)
    assert codes.tolist() == [["A1", None, None]] * 2
    assert chance.tolist() == [[1.0, 0.0, 0.0]] * 2


def test_codes_keep_their_own_family_when_families_are_pooled() -> None:
    reasons = fit_reasons(
        ("pooled",),
        np.array(["pooled"] * 2, object),
        np.array(["18", "29"], object),
        np.array(["P"] * 2, object),
        np.ones(2),
    )
    assert [reasons.family_of(code) for code in reasons.codes] == ["duplicate", "timely_filing"]


def test_no_lines_no_rows() -> None:
    assert counted().probabilities(np.zeros((0, 2)), []).shape == (0, 4)


def seen(n: int = 300) -> tuple[Reasons, np.ndarray, np.ndarray]:
    """Two codes of one family: the check that trips tells which of them comes; the reasons, the lines, the codes."""
    tripped = np.random.default_rng(5).random(n) < 0.4
    family = np.full(n, "authorization", dtype=object)
    reason = np.where(tripped, "198", "197").astype(object)
    payer = np.where(np.arange(n) % 2 == 0, "A", None).astype(object)
    x = Features(
        ("check_auth_expired", "days"), np.column_stack([tripped, np.ones(n)]).astype(np.float32), ()
    )
    bare = fit_reasons(FAMILIES, family, reason, payer, np.ones(n))
    columns = dict.fromkeys(FAMILIES, x.names)
    return with_signs(bare, x, np.arange(n), family, reason, payer, np.ones(n), columns), x.values, reason


def test_what_is_seen_on_a_line_tells_its_code() -> None:
    reasons, values, came = seen()
    signs = reasons.signs.of(values, reasons.signs.columns({"check_auth_expired": 0, "days": 1}), 2)
    share = np.tile([1.0, 0.0], (len(values), 1))
    told = reasons.probabilities(share, ["B"] * len(values), signs)
    assert told.sum(axis=1) == pytest.approx(1, abs=1e-12)
    assert np.all(reasons.best(told, 1)[0][:, 0] == came)
    assert np.all(reasons.given(share, np.array(["A"] * len(values), object), came, signs) > 0.9)


def test_without_signs_a_payer_spells_as_it_does_on_the_whole() -> None:
    reasons = seen()[0]
    share = np.array([[1.0, 0.0]])
    assert reasons.probabilities(share, ["A"])[0] == pytest.approx(reasons.payers["A"], abs=1e-12)
