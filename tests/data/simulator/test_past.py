"""How often a study is made for one member, counted by hand."""

import numpy as np

from data.simulator.catalogue import SCREENINGS, catalogue
from data.simulator.claims import ORIGINAL
from data.simulator.past import too_soon


def by_hand(spacing, claims):
    """The same fact, study by study."""
    lines, visits, kind = claims.lines, claims.visits, catalogue().kind
    seen, found = {}, []
    rows = [
        (
            (visits.member[claim], visits.payer[claim], kind[procedure]),
            visits.service[claim],
            visits.submitted[claim],
            spacing[visits.payer[claim], procedure],
            claims.forms.frequency[claim] == ORIGINAL,
        )
        for claim, procedure in zip(lines.claim, lines.procedure, strict=True)
    ]
    for whose, service, submitted, _, original in rows:
        if original:
            seen.setdefault(whose, []).append((service, submitted))
    for whose, service, submitted, days, _ in rows:
        found.append(
            any(
                0 < service - earlier < days and claimed < submitted
                for earlier, claimed in seen.get(whose, ())
            )
        )
    return found


def test_it_is_what_a_count_by_hand_gives(world):
    spacing = world.policies.spacing_days
    found = too_soon(spacing, world.claims, world.claims)
    assert found.tolist() == by_hand(spacing, world.claims)
    assert found.sum() > 10


def test_any_span_can_be_asked_for(world):
    for days in (1, 30, 10_000):
        spacing = np.full(world.policies.spacing_days.shape, days)
        assert too_soon(spacing, world.claims, world.claims).tolist() == by_hand(spacing, world.claims)


def test_payers_watch_screenings_and_advanced_imaging_only(world):
    shown, spacing = catalogue(), world.policies.spacing_days
    watched = shown.advanced | np.isin(shown.procedure, SCREENINGS) | (shown.modality == "DXA")
    assert not spacing[:, ~watched].any()
    assert (spacing[:, np.isin(shown.procedure, SCREENINGS)] > 300).all()
