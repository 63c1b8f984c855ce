"""Balance before you believe: what a remit says of each line, in cents that add up, or marked as unreliable.

A line balances if charge - adjustments = paid; a claim if its charge - all adjustments = its payment. Adjustments of
the claim as a whole are spread over its lines where the claim balances with them, and dropped as repeated where only
the lines' own balance (005010X221 1.10.2.1 and 1.10.2.4: adjustments of a line are not repeated at the claim). Interest
(AMT*I) is no part of it (1.10.2.9). A remit without any service answers all lines of its claim, if it is of the claim's
whole charge: amounts are shared out by charge.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow.compute as pc

from data.keys import Bools, Column, Ints, add, grouped, ints, repeat_rows, row_of
from data.link import Links
from data.schema import ClaimTables, RemitTables


@dataclass(frozen=True, slots=True)
class Items:
    """What remits say piece by piece: a service each, or a line each where a remit has no services."""

    remit: Ints
    """row of the remit"""
    service: Ints
    """number of the service; 0 where the remit has none"""
    claim: Ints
    """key of the claim"""
    line: Ints
    """the line answered; -1 where the service fits none"""
    charge: Ints
    paid: Ints
    allowed: Ints
    has_allowed: Bools
    is_reliable: Bools


@dataclass(frozen=True, slots=True)
class Amounts:
    """Adjustments that are believed, each of one item; `row` is where it stands in the remits' adjustments."""

    item: Ints
    row: Ints
    cents: Ints


def line_money(claims: ClaimTables, remits: RemitTables, links: Links) -> tuple[Items, Amounts]:
    """All that the linked remits say of lines, balanced, with the claim's own adjustments spread over its lines."""
    linked = row_of(ints(remits.remits["remit_key"]), ints(links.linked["remit_key"]))
    claim_of = np.where(linked < 0, -1, ints(links.linked["claim_key"])[linked] if len(links.linked) else -1)
    services = _services(remits, links, claim_of)
    lines = _lines(claims, remits, claim_of)
    own = _own(remits, services)
    return _Balance(remits, services, own).with_claim(lines)


def _services(remits: RemitTables, links: Links, claim_of: Ints) -> Items:
    services = remits.services
    remit = row_of(ints(services["remit_key"]), ints(remits.remits["remit_key"]))
    rows = np.flatnonzero((remit >= 0) & (claim_of[remit] >= 0)) if len(claim_of) else remit[:0]
    remit, number = remit[rows], ints(services["service"])[rows]
    key, wanted = _same_pairs(
        (ints(services["remit_key"])[rows], ints(links.lines["remit_key"])),
        (number, ints(links.lines["service"])),
    )
    at = row_of(key, wanted)
    line = np.where(at < 0, -1, ints(links.lines["line"])[at] if len(wanted) else -1)
    charge, paid, allowed = (ints(services[f"{name}_cents"])[rows] for name in ("charge", "paid", "allowed"))
    has_allowed = _valid(services["allowed_cents"])[rows]
    reliable = (_valid(services["charge_cents"]) & _valid(services["paid_cents"]))[rows]
    return Items(remit, number, claim_of[remit], line, charge, paid, allowed, has_allowed, reliable)


def _lines(claims: ClaimTables, remits: RemitTables, claim_of: Ints) -> Items:
    """Every line of the claims that were answered as a whole; what was paid is spread by charge."""
    with_services = np.zeros(len(claim_of), bool)
    at = row_of(ints(remits.services["remit_key"]), ints(remits.remits["remit_key"]))
    with_services[at[at >= 0]] = True
    whole = np.flatnonzero((claim_of >= 0) & ~with_services)
    keys = ints(claims.lines["claim_key"])
    order = np.lexsort((ints(claims.lines["line"]), keys))
    first = np.searchsorted(keys[order], claim_of[whole])
    group, place = repeat_rows(np.searchsorted(keys[order], claim_of[whole], side="right") - first)
    rows = order[first[group] + place]
    charge = ints(claims.lines["charge_cents"])[rows]
    paid = spread(ints(remits.remits["paid_cents"])[whole], group, charge)
    nothing = np.zeros(len(rows), np.int64)
    line = ints(claims.lines["line"])[rows]
    no, yes = np.zeros(len(rows), bool), np.ones(len(rows), bool)
    return Items(whole[group], nothing, claim_of[whole][group], line, charge, paid, nothing, no, yes)


def _own(remits: RemitTables, services: Items) -> Amounts:
    """The adjustments that stand with a service."""
    adjustments = remits.adjustments
    remit = row_of(ints(adjustments["remit_key"]), ints(remits.remits["remit_key"]))
    key, wanted = _same_pairs((remit, services.remit), (ints(adjustments["service"]), services.service))
    item = row_of(key, wanted)
    rows = np.flatnonzero(item >= 0)
    return Amounts(item[rows], rows, ints(adjustments["amount_cents"])[rows])


def _same_pairs(first: tuple[Ints, Ints], second: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Pairs of numbers as one number each, the same on both sides."""
    codes = grouped(np.concatenate(first), np.concatenate(second))
    return codes[: len(first[0])], codes[len(first[0]) :]


class _Balance:
    """The sums that tell which adjustments to believe."""

    def __init__(self, remits: RemitTables, services: Items, own: Amounts) -> None:
        self.remits, self.services, self.own = remits, services, own
        n = remits.remits.num_rows
        adjustments = remits.adjustments
        remit = row_of(ints(adjustments["remit_key"]), ints(remits.remits["remit_key"]))
        self.claim_rows = np.flatnonzero((ints(adjustments["service"]) == 0) & (remit >= 0))
        self.claim_remit = remit[self.claim_rows]
        self.claim_cents = ints(adjustments["amount_cents"])[self.claim_rows]
        of_lines = add(services.remit[own.item], own.cents, n)
        charge, paid = (ints(remits.remits[name]) for name in ("charge_cents", "paid_cents"))
        self.charge = charge
        of_claim = add(self.claim_remit, self.claim_cents, n)
        self.claim_total = of_claim
        self.with_claim_adjustments = charge - of_lines - of_claim == paid
        self.rest = services.charge - add(own.item, own.cents, len(services.remit)) - services.paid
        self.lines_balance = add(services.remit, (self.rest != 0).astype(np.int64), n) == 0

    def with_claim(self, lines: Items) -> tuple[Items, Amounts]:
        """Services and lines with the claim's adjustments spread over them."""
        services, remit = self.services, self.services.remit
        # Where lines do not balance alone, the claim's adjustments must be exactly what they lack.
        lacking = add(remit, self.rest, self.remits.remits.num_rows)
        fills = (lacking == self.claim_total) & (
            add(remit, (self.rest < 0).astype(np.int64), len(lacking)) == 0
        )
        extra = self.with_claim_adjustments & self.lines_balance
        filled = self.with_claim_adjustments & ~self.lines_balance & fills
        usable = (extra | filled)[remit]
        # What comes off lines that balance alone comes off their payments.
        paid = add(remit, np.maximum(services.paid, 0), len(lacking))
        own = np.where((paid > 0)[remit], services.paid, services.charge)
        weight = np.where(extra[remit], own, self.rest)
        shares = self._shares(remit, weight, usable)
        more = np.where(extra[remit], add(shares.item, shares.cents, len(remit)), 0)
        checked = replace(
            services,
            paid=services.paid - more,
            is_reliable=services.is_reliable & ((self.rest == 0) | filled[remit]),
        )
        whole = self._shares(lines.remit, lines.charge, np.ones(len(lines.remit), bool))
        is_whole = self.charge == add(lines.remit, lines.charge, len(self.charge))
        trusted = replace(lines, is_reliable=(self.with_claim_adjustments & is_whole)[lines.remit])
        return _joined(checked, trusted, self.own, shares, whole)

    def _shares(self, remit: Ints, weight: Ints, usable: Bools) -> Amounts:
        """Each of the claim's adjustments, spread over the usable items of its remit."""
        items = np.flatnonzero(usable)
        items = items[np.argsort(remit[items], kind="stable")]
        first = np.searchsorted(remit[items], self.claim_remit)
        count = np.searchsorted(remit[items], self.claim_remit, side="right") - first
        group, place = repeat_rows(count)
        item = items[first[group] + place]
        return Amounts(item, self.claim_rows[group], spread(self.claim_cents, group, weight[item]))


def _joined(
    services: Items, lines: Items, own: Amounts, shares: Amounts, whole: Amounts
) -> tuple[Items, Amounts]:
    n = len(services.remit)
    names = Items.__slots__
    items = Items(*(np.concatenate([getattr(services, name), getattr(lines, name)]) for name in names))
    return items, Amounts(
        np.concatenate([own.item, shares.item, whole.item + n]),
        np.concatenate([own.row, shares.row, whole.row]),
        np.concatenate([own.cents, shares.cents, whole.cents]),
    )


def spread(amounts: Ints, group: Ints, weight: Ints) -> Ints:
    """`amounts[group]` shared out by weight among the rows of each group, in whole cents that sum exactly.

    Rows of one group stand together. A group without weight shares equally.
    """
    n = len(amounts)
    weight = np.maximum(weight, 0)
    weight = np.where((add(group, weight, n) == 0)[group], 1, weight)
    total, upto = add(group, weight, n), np.cumsum(weight)
    before = np.cumsum(total) - total
    reached = (upto - before[group]) / np.maximum(total, 1)[group]
    cents = np.rint(reached * amounts[group]).astype(np.int64)
    starts = np.diff(group, prepend=-1) != 0
    return cents - np.where(starts, 0, np.concatenate([[0], cents[:-1]]))


def _valid(column: Column) -> Bools:
    valid: Bools = pc.is_valid(column).to_numpy()
    return valid
