"""What stands beside the claim: registration, order, study, report and authorisation, as the provider's systems say it."""

import numpy as np

from data.simulator.cast import Cast
from data.simulator.catalogue import Flags, Floats, Numbers, catalogue
from data.simulator.claims import ACTIVE, INACTIVE, NONE, UNVERIFIED, Forms, Lines, Sights, Visits
from data.simulator.draw import Streams, chance, pick_by_row
from data.simulator.orders import is_acute
from data.simulator.settings import WorldSettings

KNOWN_AHEAD = 200
"""Days before and after its end in which registration knows when a coverage ends."""
WRITTEN_DOWN = 0.9
"""How often it then says so."""
MISREAD = 0.002
"""Coverages found to be over that are not."""


def draw_sights(
    settings: WorldSettings,
    cast: Cast,
    visits: Visits,
    forms: Forms,
    lines: Lines,
    care: Floats,
    streams: Streams,
) -> Sights:
    """The context of these claims; `care`: [claims, fault kinds], how often faults happen to them."""
    rng, rates = streams.stream("sights"), settings.faults
    n = len(visits.number)
    eligibility, ends = _registration(rng, settings, cast, visits, care[:, 6])
    procedure, auth_from, auth_to = _authorisation(rng, settings, visits, forms, lines)
    scheduled = visits.service - np.where(is_acute(visits.place), 0, rng.integers(0, 12, n))
    unsigned = chance(rng, rates.report_unsigned * care[:, 5], n)
    after = visits.submitted + rng.integers(1, 15, n)
    in_time = np.minimum(visits.service + rng.geometric(0.7, n) - 1, visits.submitted)
    in_time = np.where(_waited(streams, settings, visits), visits.submitted - rng.integers(1, 4, n), in_time)
    return Sights(
        seen=~chance(rng, rates.no_context * care[:, 7], n),
        eligibility=eligibility,
        checked=visits.service - rng.integers(0, 15, n),
        coverage_ends=ends,
        other_primary=forms.secondary | chance(rng, rates.other_primary * care[:, 6], n),
        signed=np.where(unsigned, np.where(chance(rng, 0.5, n), after, NONE), in_time),
        indication=~chance(rng, rates.indication_missing * care[:, 5], n),
        linked=~chance(rng, rates.images_unlinked * care[:, 5], n),
        complete=~chance(rng, 0.004, n),
        accession=~chance(rng, 0.01 * care[:, 7], n),
        auth_procedure=procedure,
        auth_from=auth_from,
        auth_to=auth_to,
        ordered=scheduled - np.where(is_acute(visits.place), 0, rng.integers(0, 20, n)),
        scheduled=scheduled,
    )


def _waited(streams: Streams, settings: WorldSettings, visits: Visits) -> Flags:
    """[claims]: held back for weeks, as the report was not signed."""
    held = visits.submitted - visits.service >= settings.filing.held_from
    return held & chance(streams.stream("late reports"), settings.faults.report_late, len(held))


def _registration(
    rng: np.random.Generator, settings: WorldSettings, cast: Cast, visits: Visits, care: Floats
) -> tuple[Numbers, Numbers]:
    """Eligibility as checked, and the day the coverage ends where that is known."""
    rates, n = settings.faults, len(visits.number)
    ends = cast.members.coverage_ends[visits.member]
    # After half a year the member has been registered with the new coverage.
    over = (ends < visits.service) & (visits.service - ends < KNOWN_AHEAD)
    noticed = over & chance(rng, rates.coverage_noticed, n)
    unverified = chance(rng, rates.unverified * care, n)
    status = np.where(noticed, INACTIVE, np.where(unverified, UNVERIFIED, ACTIVE))
    status = np.where(chance(rng, MISREAD, n), INACTIVE, status)
    known = over | ((ends >= visits.service) & (ends - visits.service < 60))
    return status, np.where(known & chance(rng, WRITTEN_DOWN, n), ends, NONE)


def _authorisation(
    rng: np.random.Generator, settings: WorldSettings, visits: Visits, forms: Forms, lines: Lines
) -> tuple[Numbers, Numbers, Numbers]:
    """What was authorised, from when, until when; -1 where there is no number, or it is of several procedures."""
    rates, shown, n = settings.faults, catalogue(), len(visits.number)
    advanced = shown.advanced[lines.procedure]
    count = np.bincount(lines.claim, weights=advanced, minlength=n)
    procedure = np.full(n, NONE)
    procedure[lines.claim[advanced]] = lines.procedure[advanced]
    one = forms.auth & (count == 1)
    kin = shown.group[:, None] == shown.group[None]
    other = pick_by_row(
        rng, kin * (1.0 - np.eye(len(kin))) + np.eye(len(kin)) * 1e-6, np.maximum(procedure, 0)
    )
    procedure = np.where(chance(rng, rates.auth_other_procedure, n), other, procedure)
    since = visits.service - rng.integers(1, 40, n)
    late = chance(rng, rates.auth_expired, n)
    until = np.where(late, visits.service - rng.integers(1, 30, n), visits.service + rng.integers(5, 60, n))
    since = np.where(late, until - 60, since)
    return np.where(one, procedure, NONE), _where(forms.auth, since), _where(forms.auth, until)


def _where(flags: Flags, days: Numbers) -> Numbers:
    return np.where(flags, days, NONE)
