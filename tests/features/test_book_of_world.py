"""What the office of a simulated world knows of its payers, against what these hide: as far as it goes it is so."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from data.policy import PolicyBook
from data.simulator.catalogue import catalogue
from data.simulator.policies import COMPONENTS, payer_ids
from data.simulator.policy_book import write_book
from data.simulator.world import draw_world
from features.book import FACTS, book_facts
from features.book_index import BookIndex
from tests.features.made_book import MadeLine, inputs

LAST = date(2030, 1, 1)
DAY = (LAST - date(1970, 1, 1)).days


@pytest.fixture(scope="module")
def world():
    return draw_world(n_claims=300, months=6, seed=5)


@pytest.fixture(scope="module")
def index(world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("policy")
    write_book(world.policy_book(), folder)
    return BookIndex.of(PolicyBook.load(folder))


def facts(index, lines, name):
    return book_facts(inputs(lines), index)[:, FACTS.index(name)]


def pairs(world, others, field):
    """A line for each payer and each other thing, sent long after the world's end."""
    some = MadeLine(service_from=LAST, submitted_on=LAST + timedelta(7))
    return [
        replace(some, payer_id=payer, claim=n, **{field: other})
        for payer in payer_ids(world.settings).tolist()
        for n, other in enumerate(others)
    ]


def of_procedures(world, name, index):
    shape = (len(world.settings.payers), len(catalogue().procedure))
    return facts(index, pairs(world, catalogue().procedure.tolist(), "procedure"), name).reshape(shape)


HIDDEN = {
    "auth_required": lambda p: p.wants_auth_from <= DAY,
    "attachment_required": lambda p: p.wants_attachment_from <= DAY,
    "excluded": lambda p: p.excludes,
}


@pytest.mark.parametrize("name", list(HIDDEN))
def test_what_payers_want(world, index, name):
    hidden, said = HIDDEN[name](world.policies), of_procedures(world, name, index)
    known, outdated = (said == 1)[hidden].mean(), (~hidden)[said == 1].mean()
    print(f"{name}: {known:.0%} known, {outdated:.1%} outdated")  # noqa: T201 - shown with -s
    assert 0.45 < known < 0.8
    assert outdated < 0.12
    assert not (said == 0).any()


def test_days_that_must_lie_between(world, index):
    hidden, said = world.policies.spacing_days, of_procedures(world, "days_between_limit", index)
    is_said = ~np.isnan(said)
    assert 0.5 < is_said[hidden > 0].mean() < 0.7
    assert (said == hidden)[is_said].mean() > 0.9


def test_filing_limits(world, index):
    said = facts(index, pairs(world, ["70551"], "procedure"), "filing_limit_days")
    is_said = ~np.isnan(said)
    assert 0.3 < is_said.mean() < 0.9
    assert (said == world.policies.filing_limit)[is_said].mean() > 0.8


def test_what_facilities_may_bill(world, index):
    said = facts(index, pairs(world, world.cast.facilities.npi.tolist(), "facility_npi"), "billing_agreed")
    hidden = world.policies.component.T.reshape(-1)
    assert COMPONENTS.tolist() == ["", "26", "TC"]  # as the fact counts them
    assert (said == hidden)[~np.isnan(said)].mean() > 0.9


def test_who_is_enrolled(world, index):
    lines = pairs(world, world.cast.radiologist_npi.tolist(), "rendering_npi")
    said = facts(index, lines, "rendering_enrolled")
    assert 0.5 < (said == 1).mean() < 0.7
    early = [replace(line, service_from=date(2000, 1, 1)) for line in lines]
    assert set(facts(index, early, "rendering_enrolled")[said == 1].tolist()) <= {0.0, 1.0}


def test_diagnoses(world, index):
    """A list without a diagnosis that fits the body says that it isn't covered, as the payer has it."""
    shown, covers = catalogue(), world.policies.covers
    rng = np.random.default_rng(3)
    payer, procedure = rng.integers(0, covers.shape[0], 400), rng.integers(0, covers.shape[1], 400)
    diagnosis = np.array([rng.choice(np.flatnonzero(shown.fits[shown.region[p]])) for p in procedure])
    some = MadeLine(service_from=LAST, submitted_on=LAST)
    lines = [
        replace(
            some,
            payer_id=str(payer_ids(world.settings)[a]),
            procedure=str(shown.procedure[b]),
            diagnoses=[str(shown.diagnosis[c])],
            claim=n,
        )
        for n, (a, b, c) in enumerate(zip(payer, procedure, diagnosis, strict=True))
    ]
    said = facts(index, lines, "diagnosis_covered")
    is_said = ~np.isnan(said)
    assert is_said.mean() > 0.1
    assert (said == covers[payer, procedure, diagnosis])[is_said].mean() > 0.9
