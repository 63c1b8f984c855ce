import dataclasses

import pytest

from data.denial_policy import DEFAULT, DenialPolicy, differences
from data.errors import InvalidPolicy


def test_the_shipped_policy_loads():
    policy = DenialPolicy.load()
    assert (policy.name, policy.version) == ("default", "1")
    assert "45" in policy.non_denial
    assert "97" not in policy.non_denial
    assert policy.pended == {"133", "257"}
    assert {"16", "A1"} <= policy.needs_remark


def test_a_switch_changes_the_digest_and_a_comment_does_not(policy_with, tmp_path):
    shipped = DenialPolicy.load()
    assert policy_with(switches={"bundling": False}).digest != shipped.digest
    path = tmp_path / "mine.toml"
    path.write_text(DEFAULT.read_text() + "\n# a remark\n")
    assert DenialPolicy.load(path) == dataclasses.replace(shipped)


def test_a_policy_written_down_is_the_same_policy(policy_with):
    policy = policy_with(switches={"bundling": False}, pended={"carcs": []})
    again = DenialPolicy.parse(policy.record())
    assert (again, again.groups, again.switches) == (policy, policy.groups, policy.switches)
    assert policy.title == f"default 1 (changed: {policy.digest[:8]})"
    assert DenialPolicy.load().title == "default 1"


def test_differences_are_told_in_sentences(policy_with):
    shipped = DenialPolicy.load()
    assert differences(shipped, shipped) == ()
    other = policy_with(
        switches={"partly_denied_is_denied": True},
        pended={"carcs": ["133", "B1"]},
        reason={"order": [*shipped.order[1:], shipped.order[0]]},
    )
    assert differences(shipped, other) == (
        "partly_denied_is_denied is switched on",
        "pended.carcs: with B1, without 257",
        "reason.order: in another order",
    )


WRONG = {
    "an unknown name": ("[switches]", "[switchs]", "switchs: found no such name, wanted switch"),
    "an unknown key": (
        "bundling = true",
        "bundlng = true",
        "switches.bundlng: found no such name, wanted bundling",
    ),
    "a switch that is none": (
        "bundling = true",
        "bundling = 1",
        "switches.bundling: found 1, wanted true or false",
    ),
    "a number for a code": ('["23"]', "[23]", "non_denial.prior_payer: found 23, wanted codes in quotes"),
    "text for a list": ('["23"]', '"23"', "non_denial.prior_payer: found '23', wanted a list of codes"),
    "a code twice": (
        '["23"]',
        '["23", "23"]',
        "non_denial.prior_payer: found 23 twice, wanted each code once",
    ),
    "a code in two lists": (
        'prior_payer = ["23"]',
        'prior_payer = ["23", "45"]',
        "non_denial.prior_payer: found 45, which is in non_denial.contract too, wanted it in one list",
    ),
    "a code that is pending and denies nothing": (
        'carcs = ["133", "257"]',
        'carcs = ["133", "45"]',
        "pended.carcs: found 45, which is in non_denial.contract too",
    ),
    "a switched code that never denies": (
        'duplicates = ["18", "B13"]',
        'duplicates = ["18", "B13", "23"]',
        "switched.duplicates: found 23, which is in non_denial.prior_payer too",
    ),
    "a code filled up with noughts": ('["23"]', '["023"]', "found '023', wanted codes in quotes"),
    "no code at all": ('["23"]', '["denied"]', "found 'denied', wanted codes in quotes"),
    "no name": ('name = "default"\n', "", "name: found None, wanted text in quotes"),
    "no TOML": ('name = "default"', "name: default", "wanted a TOML file"),
    "something missing": (
        'prior_payer = ["23"]\n',
        "",
        "non_denial.prior_payer: found nothing, wanted it to be said",
    ),
}


@pytest.mark.parametrize(("old", "new", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_policy_is_refused_with_the_place_named(tmp_path, old, new, message):
    text = DEFAULT.read_text()
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(InvalidPolicy) as error:
        DenialPolicy.load(path)
    assert message in str(error.value)


def test_a_missing_table_and_a_missing_file_are_told(tmp_path):
    with pytest.raises(InvalidPolicy, match="no such file"):
        DenialPolicy.load(tmp_path / "none.toml")
    path = tmp_path / "mine.toml"
    path.write_text('name = "x"\nversion = "1"\n')
    with pytest.raises(InvalidPolicy, match=r"wanted a table \[non_denial\]"):
        DenialPolicy.load(path)
