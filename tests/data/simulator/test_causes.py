import pytest

from data.simulator.causes import CAUSES, FAMILY_OF, STAGES, SUBMISSION
from data.simulator.policies import FAMILIES, ORDER


def test_causes_have_names_of_their_own():
    assert len({cause.name for cause in CAUSES}) == len(CAUSES)


def test_every_family_has_a_cause_that_shows_and_one_that_does_not():
    for number, family in enumerate(FAMILIES):
        kinds = {cause.is_error for cause, of in zip(CAUSES, FAMILY_OF, strict=True) if of == number}
        assert kinds == {True, False}, family


def test_payers_look_at_every_family_once():
    assert sorted(ORDER.tolist()) == list(range(len(FAMILIES)))


@pytest.mark.parametrize("cause", CAUSES, ids=lambda cause: cause.name)
def test_a_cause_begins_at_a_known_step_and_an_error_at_the_payer(cause):
    assert cause.stage in STAGES
    assert not cause.is_error or cause.stage == SUBMISSION


def test_failures_begin_at_every_step_of_the_work():
    assert {cause.stage for cause in CAUSES} == set(STAGES)
