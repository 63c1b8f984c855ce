"""What is new is told apart from what is usual: single codes rarely seen, combinations never seen."""

import numpy as np
import pyarrow as pa
import pytest

from data.schema import LINE_TABLE
from features.build import Features
from features.novel import CAP, SENT_ONLY, SHELF, WATCHED
from features.novelty import novelties

USUAL = {f"seen_{one.name}": float(CAP) for one in WATCHED if one.key_set != SENT_ONLY}
USUAL |= {f"sent_{one.name}": float(CAP) for one in WATCHED if one.sent}
LINE = {
    "payer_id": "P1",
    "procedure": "72148",
    "plan_type": "CI",
    "rendering_npi": "1234567893",
    "referring_npi": "1999999984",
    "facility_npi": "1666666668",
    "modifier_1": "26",
    "modifier_2": "RT",
    "diagnosis_1": "M5416",
    "pointer_1": 1,
}


def told(line=(), **counts):
    """What is new about one line whose counts are usual but for those given."""
    row = dict.fromkeys(LINE_TABLE.names) | LINE | dict(line)
    table = pa.Table.from_pylist([row], schema=LINE_TABLE)
    values = USUAL | counts
    features = Features(tuple(values), np.array([list(values.values())], dtype=np.float32))
    (found,) = novelties(table, features)
    return found


def test_the_usual_is_not_told():
    assert told() == ()


@pytest.mark.parametrize(
    ("counts", "field", "value", "why"),
    [
        ({"seen_payer": 0, "sent_payer": 0}, "payer_id", "P1", "No answered claim line had this payer in the year before."),
        ({"seen_payer": 4}, "payer_id", "P1", "Only 4 answered claim lines had this payer in the year before."),
        ({"seen_procedure": 1}, "procedure", "72148", "Only 1 answered claim line had this procedure in the year before."),
        (
            {"seen_payer": 0, "sent_payer": 7},
            "payer_id",
            "P1",
            "No answered claim line had this payer in the year before. 7 were sent; the payer's answer is still out.",
        ),
        ({"sent_referring": 0}, "referring_npi", "1999999984", "No earlier claim line had this referring provider in the year before."),
        ({"seen_plan": 0}, "payer_id and plan_type", "P1 and CI", "No answered claim line had this kind of plan at this payer in the year before."),
        (
            {"seen_modifiers": 0},
            "payer_id and procedure and modifiers",
            "P1 and 72148 and 26 RT",
            "No answered claim line had these modifiers with this procedure at this payer in the year before.",
        ),
        (
            {"seen_diagnosis": 0},
            "procedure and diagnosis",
            "72148 and M54",
            "No answered claim line had this kind of diagnosis with this procedure in the year before.",
        ),
        (
            {"seen_component": 0},
            "payer_id and facility_npi and component",
            "P1 and 1666666668 and 26",
            "No answered claim line had this facility's reading, picture or whole study at this payer in the year before.",
        ),
    ],
    ids=["payer", "payer rarely", "procedure once", "answers still out", "referring", "plan", "modifiers", "diagnosis", "component"],
)  # fmt: skip
def test_what_is_new(counts, field, value, why):
    (novelty,) = told(**counts)
    assert (novelty.field, novelty.value, novelty.why) == (field, value, why)


@pytest.mark.parametrize("few", [1, 4])
def test_a_rare_combination_is_usual_enough(few):
    assert told(seen_modifiers=few, seen_diagnosis=few) == ()


def test_what_a_wider_novelty_explains_is_not_told_again():
    fields = [one.field for one in told(**dict.fromkeys(USUAL, 0.0))]
    assert fields == ["payer_id", "procedure", "rendering_npi", "referring_npi", "facility_npi"]


def test_a_field_that_is_not_given_is_not_new():
    assert told({"facility_npi": None}, seen_facility=0, seen_component=0) == ()


@pytest.mark.parametrize("unknown", [float("nan")])
def test_without_a_past_nothing_is_called_new(unknown):
    assert told(**dict.fromkeys(USUAL, unknown)) == ()


def test_no_modifiers_are_a_combination_too():
    (novelty,) = told({"modifier_1": None, "modifier_2": None}, seen_modifiers=0)
    assert novelty.value == "P1 and 72148 and none"


def test_each_watched_thing_is_a_feature():
    names = {feature.name for feature in SHELF.features}
    assert names == {*USUAL, "n_never_seen"}
