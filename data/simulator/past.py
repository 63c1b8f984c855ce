"""What was claimed before: payers count how often a study is made for one member."""

import numpy as np

from data.simulator.catalogue import Flags, Numbers, catalogue
from data.simulator.claims import ORIGINAL, Claims

DAYS = 65_536
"""More days than any world has, to make one number of a member, a kind of study and a day."""


def too_soon(spacing: Numbers, claims: Claims, past: Claims) -> Flags:
    """Lines within `spacing` ([payers, P] days) of an earlier study of their kind, claimed on an earlier day.

    Only originals of `past` count, sent to the same payer for the same member.
    """
    lines, visits = claims.lines, claims.visits
    days = spacing[visits.payer[lines.claim], lines.procedure]
    rows = np.flatnonzero(days)
    chosen, mine = lines.claim[rows], _keys(claims)[rows]
    studies, sent = _studies(past)
    # A study of the same day is no earlier one: it is the same visit, or a duplicate.
    low = np.searchsorted(studies, mine - np.minimum(days[rows], visits.service[chosen]) + 1)
    at = np.searchsorted(studies, mine) - 1
    found = np.zeros(len(lines.claim), np.bool_)
    looking = np.flatnonzero(at >= low)
    while len(looking):
        earlier = sent[at[looking]] < visits.submitted[chosen[looking]]
        found[rows[looking[earlier]]] = True
        looking = looking[~earlier]
        at[looking] -= 1
        looking = looking[at[looking] >= low[looking]]
    return found


def _studies(past: Claims) -> tuple[Numbers, Numbers]:
    """Keys of all first claimed lines in order, and the days on which their claims went out."""
    lines = past.lines
    first = np.flatnonzero(past.forms.frequency[lines.claim] == ORIGINAL)
    keys, sent = _keys(past)[first], past.visits.submitted[lines.claim[first]]
    order = np.lexsort((sent, keys))
    return keys[order], sent[order]


def _keys(claims: Claims) -> Numbers:
    """[lines]: payer, member, kind of study and service day as one number, the day last."""
    lines, visits, kind = claims.lines, claims.visits, catalogue().kind
    whom = visits.member * 64 + visits.payer
    whose = whom[lines.claim] * int(kind.max() + 1) + kind[lines.procedure]
    return whose * DAYS + visits.service[lines.claim]
