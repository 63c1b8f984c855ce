from datetime import date

import pyarrow as pa

from data.schema import LABELLED
from serving.monitor.novel import New, novelties

USUAL = {
    "line": 1,
    "submitted_on": date(2025, 3, 1),
    "payer_id": "P1",
    "plan_type": "CI",
    "procedure": "70450",
    "facility_npi": "1",
    "rendering_npi": "2",
    "label": 0,
}


def table(*rows: dict[str, object]) -> pa.Table:
    full = [{name: (USUAL | row).get(name) for name in LABELLED.names} for row in rows]
    return pa.Table.from_pylist(full, LABELLED)


def test_what_no_line_had_before_is_new_and_counted():
    after = table(
        {},
        {"payer_id": "P9", "label": 1},
        {"payer_id": "P9", "submitted_on": date(2025, 4, 1), "label": None},
    )
    assert novelties(table({}), after) == [New("payer_id", "P9", date(2025, 3, 1), 2, 1, 1)]


def test_a_new_plan_of_a_known_payer_is_told_but_not_of_a_new_one():
    after = table({"plan_type": "16"}, {"payer_id": "P9", "plan_type": "16"})
    found = [(one.field, one.value) for one in novelties(table({}), after)]
    assert found == [("payer_id", "P9"), ("payer_id and plan_type", "P1 and 16")]


def test_what_a_claim_does_not_say_is_not_new():
    assert novelties(table({}), table({"facility_npi": None, "plan_type": None})) == []


def test_those_with_most_lines_come_first():
    after = table({"procedure": "A"}, {"procedure": "B"}, {"procedure": "B"})
    assert [one.value for one in novelties(table({}), after)] == ["B", "A"]
