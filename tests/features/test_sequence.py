from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from data.schema import LABELLED
from features.build import build
from features.kernel import NEWEST
from features.sequence import KNOWN_WELL
from features.state import FeatureState
from tests.features.made_formulas import formula_of, says
from tests.features.made_lines import labelled, lines, lines_of

SENT = {
    "member_id": "M1",
    "procedure": "70450",
    "service_from": date(2025, 3, 3),
    "submitted_on": date(2025, 3, 5),
    "payer_id": "P",
    "frequency": "1",
    "charge_cents": 20_000,
}
STATE = FeatureState.fit(
    pa.table(
        [
            lines(SENT)[f.name] if f.name in lines(SENT).column_names else pa.nulls(1, f.type)
            for f in LABELLED
        ],
        schema=LABELLED,
    ),
    as_of=date(2025, 4, 1),
)
AGAIN = {**SENT, "claim_key": 2, "submitted_on": date(2025, 3, 15), "charge_cents": 30_000}


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        ("sent_before", {}, 1.0),
        ("days_since_sent_before", {}, 10.0),
        ("sent_before_as_original", {}, 1.0),
        ("sent_before_as_original", {"frequency": "7"}, 0.0),
        ("sent_before", {"member_id": "M2"}, 0.0),
        ("sent_before", {"modifier_1": "76"}, 0.0),
        ("same_day_other_modifiers", {"modifier_1": "26"}, 1.0),
        ("sent_before", {"service_from": date(2025, 3, 4)}, 0.0),
        ("sent_before", {"submitted_on": date(2025, 3, 5)}, 0.0),  # the same day is not before
        ("sent_before", {"member_id": None}, np.nan),
        ("same_day_other_component", {"modifier_1": "26"}, 1.0),
        ("same_day_other_component", {"modifier_1": "LT"}, 0.0),
        ("member_is_new", {}, 0.0),
        ("member_is_new", {"member_id": "M2"}, 1.0),
        ("member_is_new", {"member_id": None}, np.nan),
        ("days_since_same_procedure", {"service_from": date(2025, 3, 4)}, 10.0),
        ("same_modality_in_year", {"procedure": "70460"}, 1.0),
        ("days_since_same_region", {"procedure": "70551"}, 10.0),
        ("days_since_same_region", {"procedure": "71046"}, np.nan),
        ("days_since_same_study", {}, 0.0),  # of the same day
        ("days_since_same_study", {"procedure": "70460", "service_from": date(2025, 3, 9)}, 6.0),
        ("days_since_same_study", {"service_from": date(2025, 3, 2)}, -1.0),  # sent later, done earlier
        ("days_since_same_study", {"procedure": "70551"}, np.nan),
        (
            "days_since_same_study",
            {"procedure": "70496", "service_from": date(2025, 3, 9)},
            np.nan,
        ),  # vessels
        ("days_since_same_study", {"payer_id": "Q", "service_from": date(2025, 3, 9)}, np.nan),
        ("days_since_same_study", {"service_from": None}, np.nan),
        ("same_study_in_year", {"procedure": "70460"}, 1.0),
        ("payer_lines_in_year", {}, 1.0),
        ("payer_lines_in_year", {"payer_id": "other"}, 0.0),
        ("payer_share_of_year", {}, 1.0),
        ("payer_share_of_year", {"payer_id": "other"}, 0.0),
        ("procedure_share_at_payer", {"procedure": "71046"}, 0.0),
        ("procedure_share_at_payer", {"payer_id": "other"}, np.nan),
        ("rendering_share_at_payer", {"rendering_npi": "1"}, np.nan),
        ("charge_to_usual", {}, 1.5),
        ("share_of_same_charge", {}, 0.0),
        ("share_of_same_charge", {"charge_cents": 20_000}, 1.0),
        ("share_of_same_charge", {"procedure": "70460"}, np.nan),
        ("charge_to_usual", {"procedure": "70460"}, np.nan),
        ("member_lines_in_year", {"submitted_on": date(2027, 1, 1)}, 0.0),
    ],
)
def test_what_was_sent_before(name: str, change: dict[str, object], expected: float) -> None:
    found = build(lines({**AGAIN, **change}), STATE).column(name)[0]
    np.testing.assert_equal(float(found), expected)


def test_the_usual_charge_is_the_median_of_the_newest() -> None:
    table = labelled(700, seed=5)
    built = build(lines_of(table), FeatureState.fit(table, as_of=date(2026, 12, 31))).column(
        "charge_to_usual"
    )
    component = "case when '26' in (modifier_1, modifier_2) then 0 when 'TC' in (modifier_1, modifier_2) then 1 else 2 end"
    alike = "a.payer_id is not distinct from b.payer_id and a.procedure is not distinct from b.procedure and a.c = b.c"
    connection = duckdb.connect()
    connection.register("lines", table)
    expected = connection.execute(f"""
        with l as (select row_number() over () as i, submitted_on, charge_cents, payer_id, procedure, {component} as c from lines)
        select any_value(a.charge_cents) / median(b.charge_cents), count(b.i) from l a
        left join l b on {alike} and b.submitted_on < a.submitted_on and b.submitted_on >= a.submitted_on - 365
        group by a.i order by a.i
    """).fetchnumpy()
    ratio, n = (np.ma.filled(column.astype(np.float64), np.nan) for column in expected.values())
    assert 3 < n.max() <= NEWEST  # so many are all taken
    np.testing.assert_allclose(built, ratio, rtol=1e-6)


def test_counts_say_no_more_than_known_well() -> None:
    """A count that grows for ever would tell trees the date."""
    told = {"sent:payer_n": 99.0}, {"sent:payer_n": 5000.0}, {}
    formula = formula_of("payer_lines_in_year")
    np.testing.assert_equal([says(formula, lines({}), late) for late in told], [99.0, KNOWN_WELL, np.nan])


DAY = 20_150.0  # the third of March 2025


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((), np.nan),
        ((DAY - 5,), 5.0),
        ((DAY, DAY - 9), 9.0),  # the claim sent again
        ((DAY + 4, DAY, DAY - 9), 9.0),
        ((DAY + 4,), -4.0),
        ((DAY, DAY - 9, DAY - 30), 9.0),
    ],
    ids=str,
)
def test_studies_of_the_same_day_are_passed_over(days: tuple[float, ...], expected: float) -> None:
    late = {f"sent:member_study_day_{rank}": day for rank, day in enumerate(days, start=1)}
    line = lines({"service_from": date(2025, 3, 3)})
    np.testing.assert_equal(says(formula_of("days_since_same_study"), line, late), expected)


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        (
            {
                "sent:member_study_day_1": 20_150.0 - 100.0,
                "book:days_between_limit": 200.0,
            },
            0.5,
        ),
        ({"sent:member_study_day_1": 20_050.0}, np.nan),
        ({"book:days_between_limit": 200.0}, np.nan),
    ],
)
def test_share_of_interval_passed(late: dict[str, float], expected: float) -> None:
    line = lines({"service_from": date(2025, 3, 3), "submitted_on": date(2025, 3, 8)})
    np.testing.assert_equal(says(formula_of("share_of_interval_passed"), line, late), expected)
