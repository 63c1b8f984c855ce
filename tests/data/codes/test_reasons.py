import csv
from pathlib import Path

import pytest

from data.codes import FAMILIES, FAMILY, family_owner, family_stage, reason_family, words
from data.codes.files import rows
from data.denial_policy import DenialPolicy


@pytest.mark.parametrize(
    ("reason", "family"),
    [
        ("197", "authorization"),
        ("50", "medical_necessity"),
        ("16", "missing_information"),
        ("16/N290", "missing_information"),
        ("16/N40", "documentation"),
        ("252/N479", "documentation"),
        ("252", "documentation"),
        ("226/N29", "documentation"),
        ("96/N216", "not_covered"),
        ("22", "coordination"),
        ("97", "bundling"),
        ("18", "duplicate"),
        ("29", "timely_filing"),
        ("B7", "provider_enrollment"),
        ("45/N130", "other"),
        ("no such code", "other"),
        ("", "other"),
    ],
)
def test_each_reason_has_a_family(reason, family):
    assert reason_family(reason) == family


def test_every_family_has_an_owner_and_a_stage():
    assert len(FAMILIES) == len(set(FAMILIES)) == 14
    for family in FAMILIES:
        assert family_owner(family)
        assert family_stage(family)
        assert FAMILY[family].nature in {"clinical", "administrative"}
        assert FAMILY[family].correction in {"soft", "hard", ""}
    assert {FAMILY[row["family"]].name for row in rows("reasons.csv")} == {*FAMILIES} - {"other"}


def test_every_reason_in_a_family_has_words():
    assert all(words(row["reason"]) for row in rows("reasons.csv"))
    assert words("197") == "no authorization"
    assert words("16/N40") == "something missing or wrong on the claim: images or films missing"
    assert words("no such code") == ""


def test_what_denies_nothing_has_words_too_and_no_family():
    policy = DenialPolicy.load()
    assert all(words(code) for code in policy.non_denial | policy.pended)
    assert {reason_family(code) for code in policy.non_denial} == {"other"}


def test_every_id_is_an_official_one(samples):
    official = Path(samples).parent / "reference" / "carc_rarc_ids.csv"
    if not official.is_file():
        pytest.skip("the official list of ids is not here")
    with official.open() as file:
        known = {row["adj_code"] for row in csv.DictReader(file)}
    policy = DenialPolicy.load()
    used = {row["code"] for row in rows("words.csv")} | policy.alerts | {*policy.order} | policy.non_denial
    assert used <= known
