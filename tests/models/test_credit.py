import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.catalog import CATALOG, NAMES
from features.checks.evidence import OUTPUTS
from features.registry import EVERY
from models.credit import HABIT, credit
from models.explain import by_concept, concepts, credited

GROUPS = concepts(NAMES)
IDS = tuple(group.concept for group in GROUPS)
AT = {name: n for n, name in enumerate(NAMES)}


def told(family: str, adds: dict[str, float], tripped: tuple[str, ...]) -> dict[str, float]:
    """What each concept adds to a family on one line that trips these checks."""
    contributions, values = np.zeros((1, len(NAMES))), np.zeros((1, len(NAMES)))
    for name, value in adds.items():
        contributions[0, AT[name]] = value
    for check in tripped:
        values[0, AT[f"check_{check}"]] = 1
    records = credit(NAMES, IDS, (family,))
    summed = credited(contributions, GROUPS, records, records.of(contributions, values))[0]
    return {concept: float(value) for concept, value in zip(IDS, summed, strict=True) if value}


@pytest.mark.parametrize(
    ("family", "adds", "tripped", "wanted"),
    [
        # One record, two lines: on one it speaks of the report, on the other of the attachment.
        ("documentation", {"evidence_documentation_rate": 2.0}, ("report_unsigned",), {"report": 2.0}),
        ("documentation", {"evidence_documentation_rate": 2.0}, ("attachment_absent",), {"attachment": 2.0}),
        # Of two tripped checks, the one whose own column adds most.
        (
            "documentation",
            {
                "evidence_documentation_rate": 2.0,
                "check_report_unsigned": 0.1,
                "check_attachment_absent": 0.5,
            },
            ("report_unsigned", "attachment_absent"),
            {"report": 0.1, "attachment": 2.5},
        ),
        # A tripped check of another family has no part in this one.
        ("documentation", {"evidence_documentation_rate": -1.0}, ("auth_absent",), {HABIT: -1.0}),
        ("documentation", {"checks_tripped_block": 0.25}, ("auth_absent",), {HABIT: 0.25}),
        # A count of tripped checks speaks of the one that is tripped, never of missing fields.
        ("eligibility", {"checks_tripped_block": 0.5}, ("coverage_not_active",), {"eligibility": 0.5}),
        ("eligibility", {"evidence_denied_rate": 0.5}, ("coverage_not_active",), {"eligibility": 0.5}),
        # What is no record stays where the catalogue has it.
        ("eligibility", {"history_payer_denied_rate": 1.0}, ("coverage_not_active",), {HABIT: 1.0}),
    ],
)
def test_a_record_speaks_of_the_check_that_is_tripped(
    family: str, adds: dict[str, float], tripped: tuple[str, ...], wanted: dict[str, float]
) -> None:
    assert told(family, adds, tripped) == pytest.approx(wanted)


@given(st.integers(0, 2**32 - 1), st.sampled_from(["documentation", "coding", "eligibility", "other"]))
def test_credit_is_moved_and_never_made(seed: int, family: str) -> None:
    rng = np.random.default_rng(seed)
    contributions = rng.normal(size=(5, len(NAMES)))
    values = rng.integers(0, 2, size=(5, len(NAMES))).astype(float)
    records = credit(NAMES, IDS, (family,))
    place = records.of(contributions, values)
    summed = credited(contributions, GROUPS, records, place)
    np.testing.assert_allclose(summed.sum(axis=1), contributions.sum(axis=1), atol=1e-10)
    own = {IDS.index(CATALOG[NAMES[column]].concept) for column in records.records}
    untouched = [n for n in range(len(IDS)) if n not in own and n not in place]
    assert np.array_equal(summed[:, untouched], by_concept(contributions, GROUPS)[:, untouched])
    for row in range(5):
        one = slice(row, row + 1)
        alone = records.of(contributions[one], values[one])
        assert np.array_equal(credited(contributions[one], GROUPS, records, alone)[0], summed[row])


def test_every_column_counts_for_one_concept_of_a_line() -> None:
    rng = np.random.default_rng(0)
    contributions = rng.normal(size=(1, len(NAMES)))
    values = rng.integers(0, 2, size=(1, len(NAMES))).astype(float)
    records = credit(NAMES, IDS, ("documentation",))
    place = records.of(contributions, values)[0]
    columns = [c for n, group in enumerate(GROUPS) for c in records.columns(group.columns, n, place)]
    assert sorted(columns) == list(range(len(NAMES)))
    assert all(NAMES[column] in OUTPUTS for column in records.records)
    features = [CATALOG[NAMES[column]] for column in records.records]
    assert all(one.serves("documentation") or one.families == EVERY for one in features)
