import numpy as np
import pytest

from training.cuts import Met, cuts, told_of


def test_every_line_bears_a_value_under_each_cut(labelled):
    found = cuts(labelled([{"plan_type": "MC", "facility_npi": "1"}, {"payer_id": None, "plan_type": "Q9"}]))
    assert {name: values.tolist() for name, values in found.items()} == {
        "payer": ["P1", "not said"],
        "plan kind": ["Medicaid", "Q9"],
        "modality": ["MRI", "MRI"],
        "facility": ["1", "not said"],
        "month": ["2024-03", "2024-03"],
    }


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ({}, "known"),
        ({"procedure": "70551"}, "new procedure"),
        ({"payer_id": "P9"}, "new payer"),
        ({"payer_id": "P9", "procedure": "70551"}, "new payer"),
        ({"payer_id": None}, "new payer"),
    ],
    ids=["both met", "procedure", "payer", "both", "no payer"],
)
def test_codes_that_had_not_been_met(labelled, row, value):
    met = Met.of(labelled([{}, {"payer_id": "P2"}]))
    assert met.values(labelled([row])).tolist() == [value]


def test_lines_denied_for_another_reason_tell_nothing_of_this_one():
    told = told_of("coding", np.array([0, 1, 1], np.int8), np.array(["", "coding", "bundling"]))
    assert told.tolist() == [True, True, False]
