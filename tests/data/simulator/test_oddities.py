"""Payers tell the same decisions in many ways: all balance, and all are read as what was decided."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from data.denial_policy import DenialPolicy
from data.keys import add, ints
from data.label import adjudicate, label
from data.link import link
from data.simulator import habits
from data.simulator.draw import Streams
from data.simulator.files import in_payment_order
from data.simulator.habits import Habits, draw_habits
from data.simulator.oddities import with_oddities
from data.simulator.remit_rows import remits_of, services_of

SEED = 11
STYLES = (
    habits.PLAIN,
    habits.CLAIM_LEVEL,
    habits.REPEATED,
    habits.WITHOUT_SERVICES,
    habits.SPLITS,
    habits.UNNUMBERED,
)
TOLD = ("claim_key", "line", "outcome", "label", "reason", "family", "group_code", "is_weak", "known_on")


@pytest.fixture(scope="module")
def plain(world):
    return in_payment_order(world.remit_tables())


def all_payers(world, style, *, renames=False):
    n = len(world.settings.payers)
    yes, no = np.ones(n, np.bool_), np.zeros(n, np.bool_)
    medicare = np.array([payer.kind == "medicare" for payer in world.settings.payers])
    return Habits(np.full(n, style), yes if renames else no, medicare, no)


def odd(world, plain, style, **more):
    return with_oddities(world.settings, all_payers(world, style, **more), plain, seed=SEED)


def outcomes(world, tables):
    claims = world.claim_tables()
    links = link(claims, tables)
    assert links.ambiguous.num_rows == links.unmatched.num_rows == 0
    return label(claims, tables, links, DenialPolicy.load()).select(TOLD)


@pytest.fixture(scope="module")
def decided(world, plain):
    return outcomes(world, plain)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("renames", [False, True])
def test_however_it_is_told_it_says_the_same(world, plain, decided, style, renames):
    assert outcomes(world, odd(world, plain, style, renames=renames)) == decided


@pytest.mark.parametrize("style", STYLES)
def test_it_balances_to_the_cent(world, plain, style):
    tables = odd(world, plain, style)
    adjustments, n = tables.adjustments, tables.remits.num_rows
    of_claim = ints(adjustments["service"]) == 0
    cents, remit = ints(adjustments["amount_cents"]), remits_of(tables, adjustments)
    if style == habits.REPEATED:
        sums = [add(remit[part], cents[part], n) for part in (of_claim, ~of_claim)]
        assert (sums[0] == sums[1]).all()
        cents = np.where(of_claim, 0, cents)
    charge, paid = (ints(tables.remits[name]) for name in ("charge_cents", "paid_cents"))
    assert (charge - add(remit, cents, n) == paid).all()
    services = tables.services
    service = services_of(services, adjustments.filter(pa.array(~of_claim)))
    rest = ints(services["charge_cents"]) - ints(services["paid_cents"])
    rest = rest - add(service, ints(adjustments["amount_cents"])[~of_claim], len(rest))
    whole = np.bincount(remit[of_claim], minlength=n) > 0
    assert (rest[~whole[remits_of(tables, services)]] == 0).all()


@pytest.mark.parametrize("style", STYLES)
def test_positions_count_from_one(world, plain, style):
    tables = odd(world, plain, style)
    for table in (tables.adjustments, tables.remarks, tables.remit_details):
        last, count = (None, None), 0
        names = ("remit_key", "service", "position")
        for key, service, position in zip(*(table[name].to_pylist() for name in names), strict=True):
            count = count + 1 if (key, service) == last else 1
            last = (key, service)
            assert position == count


def test_a_split_line_is_two_services_of_one_line(world, plain):
    tables = odd(world, plain, habits.SPLITS)
    more = tables.services.num_rows - plain.services.num_rows
    assert more > 100
    assert len(tables.services["line_control"].unique()) == len(plain.services["line_control"].unique())
    assert pc.sum(tables.services["allowed_cents"]) == pc.sum(plain.services["allowed_cents"])


def test_a_bundled_line_is_returned_under_what_it_is_part_of(world, plain):
    services = odd(world, plain, habits.PLAIN, renames=True).services
    renamed = services.filter(pc.is_valid(services["submitted_procedure"]))
    assert renamed.num_rows > 0
    assert pc.all(pc.not_equal(renamed["procedure"], renamed["submitted_procedure"])).as_py()


def test_some_answers_have_no_services_or_numbers(world, plain):
    silent = odd(world, plain, habits.WITHOUT_SERVICES)
    assert 0 < silent.services.num_rows < plain.services.num_rows
    assert odd(world, plain, habits.UNNUMBERED).services["line_control"].null_count == plain.services.num_rows


def test_medicare_passes_claims_on_and_late_payers_owe_interest(world, plain):
    tables = odd(world, plain, habits.PLAIN)
    assert {"19", "22"} < set(tables.remits["status"].to_pylist())
    assert {"MA01", "MA18"} < set(tables.remarks["rarc"].to_pylist())
    details = tables.remit_details
    interest = details.filter(pc.equal(details["qualifier"], "I"))
    assert interest.num_rows > 0
    assert pc.min(interest["amount_cents"]).as_py() > 0


def test_a_reversal_finds_what_it_takes_back_in_every_style(world, plain):
    for style in STYLES:
        tables = odd(world, plain, style)
        claims = world.claim_tables()
        made = adjudicate(claims, tables, link(claims, tables), DenialPolicy.load())
        assert made.quarantined.num_rows == 0


def test_it_is_the_same_in_pieces(world, plain):
    from data.simulator.files import remits_between

    half = plain.remits.num_rows // 2
    drawn = draw_habits(world.settings, Streams(SEED))
    whole = with_oddities(world.settings, drawn, plain, seed=SEED)
    for low, high in ((0, half), (half, plain.remits.num_rows)):
        piece = with_oddities(world.settings, drawn, remits_between(plain, low, high), seed=SEED)
        assert piece.services == remits_between(whole, low, high).services


def test_payers_have_at_most_one_style_and_shares_say_how_many(world):
    rates = replace(
        world.settings.habits,
        claim_level=0.2,
        claim_repeated=0.2,
        without_services=0.1,
        splits=0.2,
        unnumbered=0.2,
    )
    drawn = draw_habits(replace(world.settings, habits=rates), Streams(1))
    n = len(world.settings.payers)
    wanted = [round(share * n) for share in (0.2, 0.2, 0.1, 0.2, 0.2)]
    assert np.bincount(drawn.style, minlength=6)[1:].tolist() == wanted
