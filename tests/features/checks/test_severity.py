"""The severity shown follows what the payer did with such lines, not what somebody thinks of them."""

import pytest

from features.checks.catalog import CHECKS
from features.checks.severity import CheckEvidence, severity_shown

BY_SEVERITY = {check.severity: check for check in CHECKS}


def evidence(answered, denied, smoothed, usual):
    return CheckEvidence(answered, denied, "in the last year", smoothed, usual)


@pytest.mark.parametrize("own", ["block", "warn", "info"])
@pytest.mark.parametrize(
    ("found", "shown"),
    [
        (None, None),
        (evidence(19, 19, 0.9, 0.1), None),
        (evidence(412, 342, 0.83, 0.12), "block"),
        (evidence(412, 342, 0.60, 0.45), "warn"),
        (evidence(200, 50, 0.25, 0.12), "warn"),
        (evidence(200, 24, 0.12, 0.12), "info"),
        (evidence(200, 0, 0.01, 0.12), "info"),
    ],
    ids=[
        "no record",
        "few",
        "most denied",
        "most of everything denied",
        "more than usual",
        "as usual",
        "never",
    ],
)
def test_what_weighs(own, found, shown):
    assert severity_shown(BY_SEVERITY[own], found) == (shown or own)


@pytest.mark.parametrize(
    ("answered", "denied", "said"),
    [
        (412, 342, "83% of 412 such lines were denied by this payer in the last year."),
        (1, 1, "1 of 1 such line was denied by this payer in the last year."),
        (12, 3, "3 of 12 such lines were denied by this payer in the last year."),
        (4000, 3, "Less than 1% of 4,000 such lines were denied by this payer in the last year."),
        (4000, 3997, "More than 99% of 4,000 such lines were denied by this payer in the last year."),
        (0, 0, "This payer has answered no such line yet."),
    ],
)
def test_the_record_in_words(answered, denied, said):
    assert evidence(answered, denied, 0.5, 0.1).sentence == said
