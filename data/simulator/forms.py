"""What the billing office puts on a claim: authorisation, attachment, referring provider, other payers; and resent ones."""

from dataclasses import dataclass, replace

import numpy as np

from data.simulator.cast import Cast
from data.simulator.catalogue import Flags, Floats, Numbers, catalogue
from data.simulator.claims import GOOD, INVALID, MISSING, NONE, ORIGINAL, Claims, Forms, Lines, Visits
from data.simulator.draw import Streams, chance
from data.simulator.orders import is_acute
from data.simulator.policies import Policies
from data.simulator.settings import WorldSettings


def wanted(since: Numbers, visits: Visits, lines: Lines) -> Flags:
    """Lines whose payer had their procedure on a list ([N, P]: since which day) on the service date."""
    return np.asarray(since[visits.payer[lines.claim], lines.procedure] <= visits.service[lines.claim])


def wants_auth(policies: Policies, visits: Visits, lines: Lines) -> Flags:
    """Lines for which the payer wants to be asked first: on its list, and not an acute patient."""
    return wanted(policies.wants_auth_from, visits, lines) & ~is_acute(visits.place)[lines.claim]


@dataclass(frozen=True, slots=True)
class FormChances:
    """[claims] each: how likely the form is one way or the other."""

    auth: Floats
    attachment: Floats
    missing: Floats
    invalid: Floats
    unpriced: Floats


def form_chances(
    settings: WorldSettings, policies: Policies, visits: Visits, lines: Lines, care: Floats
) -> FormChances:
    """`care`: [claims, fault kinds], how often faults happen to these claims."""
    rates, n = settings.faults, len(visits.number)
    asked = wants_auth(policies, visits, lines)
    miss = _missed(
        policies.wants_auth_from, rates.auth_missing, rates.auth_missing_new, settings, visits, lines
    )
    advanced = _any(catalogue().advanced[lines.procedure], lines, n) & ~is_acute(visits.place)
    needless = np.where(advanced, rates.auth_not_needed, 0.004)
    auth = _gets(_any(asked, lines, n), _most(miss * asked, lines, n) * care[:, 0], needless)
    papers = wanted(policies.wants_attachment_from, visits, lines)
    miss = _missed(
        policies.wants_attachment_from,
        rates.attachment_missing,
        rates.attachment_missing_new,
        settings,
        visits,
        lines,
    )
    needless = np.full(n, rates.attachment_not_needed)
    return FormChances(
        auth=auth,
        attachment=_gets(_any(papers, lines, n), _most(miss * papers, lines, n) * care[:, 1], needless),
        missing=np.minimum(rates.referring_missing * care[:, 2], 1.0),
        invalid=np.minimum(rates.referring_invalid * care[:, 2], 1.0),
        unpriced=np.minimum(rates.secondary_unpriced * care[:, 6], 1.0),
    )


def likelihood(chances: FormChances, forms: Forms) -> Floats:
    """[claims]: how likely these forms are, as far as that depends on care."""
    state = np.where(forms.referring_state == MISSING, chances.missing, 1 - chances.missing)
    invalid = np.where(forms.referring_state == INVALID, chances.invalid, 1 - chances.invalid)
    priced = np.where(forms.priced, 1 - chances.unpriced, chances.unpriced)
    return np.asarray(
        np.where(forms.auth, chances.auth, 1 - chances.auth)
        * np.where(forms.attachment, chances.attachment, 1 - chances.attachment)
        * state
        * np.where(forms.referring_state == MISSING, 1.0, invalid)
        * np.where(forms.secondary, priced, 1.0)
    )


def draw_forms(
    settings: WorldSettings,
    cast: Cast,
    policies: Policies,
    visits: Visits,
    lines: Lines,
    care: Floats,
    streams: Streams,
) -> Forms:
    """The forms of these visits; `care`: [claims, fault kinds], how often faults happen to them."""
    rng, rates = streams.stream("forms"), settings.faults
    n = len(visits.number)
    chances = form_chances(settings, policies, visits, lines, care)
    auth, attachment = chance(rng, chances.auth, n), chance(rng, chances.attachment, n)
    state = np.where(chance(rng, chances.invalid, n), INVALID, GOOD)
    state = np.where(chance(rng, chances.missing, n), MISSING, state)
    secondary = chance(rng, rates.secondary, n)
    return Forms(
        frequency=np.full(n, ORIGINAL),
        replaces=np.full(n, NONE),
        names_original=np.zeros(n, np.bool_),
        secondary=secondary,
        other_payer=_other_payers(rng, cast, visits),
        priced=secondary & ~chance(rng, chances.unpriced, n),
        other_share=rng.integers(15, 45, n),
        auth=auth,
        attachment=attachment,
        referring_state=state,
    )


def _other_payers(rng: np.random.Generator, cast: Cast, visits: Visits) -> Numbers:
    """Any payer but the claim's own; a payer who is not there yet gives way to one who was always there."""
    n_payers = len(cast.payer_from)
    other = (visits.payer + rng.integers(1, n_payers, len(visits.payer))) % n_payers
    first, second = np.flatnonzero(cast.payer_from < visits.service.min())[:2]
    instead = np.where(visits.payer == first, second, first)
    return np.where(cast.payer_from[other] > visits.service, instead, other)


def _any(flags: Flags, lines: Lines, n: int) -> Flags:
    """[claims]: any line of it."""
    return np.bincount(lines.claim, weights=flags, minlength=n) > 0


def _most(values: Floats, lines: Lines, n: int) -> Floats:
    """[claims]: the largest value of its lines."""
    most = np.zeros(n)
    np.maximum.at(most, lines.claim, values)
    return most


def _gets(needed: Flags, miss: Floats, needless: Floats) -> Floats:
    """Where it was needed it is there unless missed; elsewhere now and then without need."""
    return np.where(needed, 1 - np.minimum(miss, 0.95), needless)


def _missed(
    since: Numbers, usual: float, new: float, settings: WorldSettings, visits: Visits, lines: Lines
) -> Floats:
    """How often a line's need is missed: more in the first weeks after the payer changed its list."""
    age = visits.service[lines.claim] - since[visits.payer[lines.claim], lines.procedure]
    return np.where(age < settings.faults.learning_days, new, usual)


def send_again(settings: WorldSettings, claims: Claims, streams: Streams, *, last: int) -> Claims:
    """Claims that are sent a second time as new ones, without need."""
    rng = streams.stream("resent")
    rows = np.flatnonzero(chance(rng, settings.volume.resent, len(claims)))
    again = claims.take(rows)
    later = 1 + np.floor(rng.gamma(1.3, 14, len(rows))).astype(np.int64)
    visits = replace(
        again.visits, number=len(claims) + np.arange(len(rows)), submitted=again.visits.submitted + later
    )
    return _before(replace(again, visits=visits), last)


def repeat_studies(
    settings: WorldSettings, claims: Claims, streams: Streams, *, last: int, first: int
) -> Claims:
    """X-rays made twice on one day and sent as a claim of their own, with modifier 76 or without; numbers from `first`."""
    rng, shown = streams.stream("repeated"), catalogue()
    alone = claims.n_lines == 1
    only = np.zeros(len(claims), np.int64)
    only[claims.lines.claim] = claims.lines.procedure
    plain = alone & (shown.modality[only] == "x-ray")
    rate = settings.volume.repeated / max(float(plain.mean()), 1e-9)
    again = claims.take(np.flatnonzero(plain & chance(rng, rate, len(claims))))
    n = len(again)
    later = rng.integers(1, 5, n)
    visits = replace(again.visits, number=first + np.arange(n), submitted=again.visits.submitted + later)
    mark = np.where(chance(rng, settings.volume.repeat_marked, n), 2, again.lines.mark)
    return _before(replace(again, visits=visits, lines=replace(again.lines, mark=mark)), last)


def _before(claims: Claims, last: int) -> Claims:
    return claims.take(np.flatnonzero(claims.visits.submitted < last))
