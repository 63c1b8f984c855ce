"""Which claim a remit answers, and which line each of its services answers.

A remit belongs to a claim if payer and billing provider agree (by id; by name where either side lacks an id), the
claim's number comes back as sent, and at least two of total charge, member, service dates and rendering provider
agree. What fits several claims, or too little, is listed as ambiguous and never guessed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.candidates import agrees, candidates, claim_number, plain_name
from data.keys import Bools, Column, Ints, add, codes_of, grouped, ints, row_of
from data.link_lines import LINE_LINKS, link_lines
from data.reversal import REVERSAL
from data.schema import CODE, KEY, REJECTIONS, ClaimTables, RemitTables

LINKED = pa.schema([("remit_key", KEY), ("claim_key", KEY)])
AMBIGUOUS = pa.schema(
    [("remit_key", KEY), ("claim_id", CODE), ("n_candidates", pa.int32()), ("reason", CODE)]
)
UNMATCHED = pa.schema([("remit_key", KEY), ("claim_id", CODE)])

MIN_AGREEMENTS = 2
NEVER = 2**30
PARTIES = ["payer_id", "payer_name", "payee_npi", "payee_name", "status", "known_on"]
SEQUENCES = {"1": "P", "19": "P", "2": "S", "20": "S", "3": "T", "21": "T"}
"""CLP02, processed as the first, second or third payer, as a claim's SBR01 has it."""


@dataclass(frozen=True, slots=True)
class Links:
    """Every remit is in exactly one of `linked`, `ambiguous` and `unmatched`; all sorted by `remit_key`."""

    linked: pa.Table = field(default_factory=LINKED.empty_table)
    ambiguous: pa.Table = field(default_factory=AMBIGUOUS.empty_table)
    """Remits whose claim number is known but that fit no claim well enough, or several equally well."""
    unmatched: pa.Table = field(default_factory=UNMATCHED.empty_table)
    """Remits whose claim number no claim has: their 837 has not been read."""
    lines: pa.Table = field(default_factory=LINE_LINKS.empty_table)
    """The line (`claim_key`, `line`) of each service (`remit_key`, `service`); services that fit none have no row."""


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Candidates: rows of the remits and of the claims with the same claim number, and how well they agree."""

    remit: Ints
    claim: Ints
    agreements: Ints
    parties: Bools

    def only(self, keep: Bools) -> "_Pairs":
        return _Pairs(self.remit[keep], self.claim[keep], self.agreements[keep], self.parties[keep])

    def narrow(self, better: Bools) -> "_Pairs":
        """Of each remit's candidates the better ones, or all of them where none is better."""
        has_better = np.zeros(int(self.remit.max(initial=-1)) + 1, bool)
        has_better[self.remit[better]] = True
        return self.only(better | ~has_better[self.remit])


def link(claims: ClaimTables, remits: RemitTables, turned_away: pa.Table | None = None) -> Links:
    """Every remit to its claim, and its services to the claim's lines; independent of the order of files.

    `turned_away` (`REJECTIONS`): a claim turned away before the remit came is not the one answered, where another
    under the same number can be.
    """
    claim_of = np.full(remits.remits.num_rows, -1, np.int64)
    n_candidates = np.zeros(remits.remits.num_rows, np.int64)
    is_known = np.zeros(remits.remits.num_rows, bool)
    side = _Sides(claims.claims, remits.remits, turned_away or REJECTIONS.empty_table())
    for pairs in side.pairs():
        is_known[pairs.remit] = True
        fit = side.choose(pairs.only(pairs.parties & (pairs.agreements >= MIN_AGREEMENTS)))
        n_candidates += np.bincount(fit.remit, minlength=len(claim_of))
        alone = n_candidates[fit.remit] == 1
        claim_of[fit.remit[alone]] = fit.claim[alone]
    linked = _linked(claims.claims, remits.remits, claim_of)
    return Links(
        linked=linked,
        ambiguous=_ambiguous(remits.remits, (claim_of < 0) & is_known, n_candidates),
        unmatched=_unmatched(remits.remits, ~is_known),
        lines=link_lines(claims.lines, remits, linked),
    )


def _linked(claims: pa.Table, remits: pa.Table, claim_of: Ints) -> pa.Table:
    rows = np.flatnonzero(claim_of >= 0)
    keys = {
        "remit_key": ints(remits["remit_key"])[rows],
        "claim_key": ints(claims["claim_key"])[claim_of[rows]],
    }
    return pa.table(keys, schema=LINKED).sort_by("remit_key")


def _ambiguous(remits: pa.Table, rows: Bools, n_candidates: Ints) -> pa.Table:
    n = n_candidates[rows]
    columns = remits.filter(pa.array(rows)).select(["remit_key", "claim_id"])
    reason = np.where(n > 1, "several claims fit", "no claim agrees well enough")
    named = columns.append_column("n_candidates", pa.array(n, pa.int32())).append_column(
        "reason", pa.array(reason, CODE)
    )
    return named.cast(AMBIGUOUS).sort_by("remit_key")


def _unmatched(remits: pa.Table, rows: Bools) -> pa.Table:
    return remits.filter(pa.array(rows)).select(UNMATCHED.names).cast(UNMATCHED).sort_by("remit_key")


class _Sides:
    """Both sides of a link as codes that can be compared, made once for all candidates."""

    def __init__(self, claims: pa.Table, remits: pa.Table, turned_away: pa.Table) -> None:
        self._claims, self._remits = claims, remits
        both = claims, remits
        self._number = codes_of(*(claim_number(table["claim_id"]) for table in both))
        self._payers = codes_of(claims["payer_id"], remits["payer_id"])
        self._payer_names = codes_of(*(plain_name(table["payer_name"]) for table in both))
        self._providers = codes_of(claims["billing_npi"], remits["payee_npi"])
        self._provider_names = codes_of(plain_name(claims["billing_name"]), plain_name(remits["payee_name"]))
        self._members = codes_of(*(plain_name(table["member_id"]) for table in both))
        self._rendering = codes_of(*(table["rendering_npi"] for table in both))
        self._frequency = codes_of(*(table["frequency"] for table in both))
        self._sequence = codes_of(claims["payer_sequence"], sequence_of(remits))
        self._control = codes_of(claims["original_control"], remits["payer_control"])
        self._charges = _charges(remits, self._number[1])
        self._turned_away_on = _turned_away_on(claims, turned_away)

    def pairs(self) -> Iterator[_Pairs]:
        """Blocks of candidates, a remit's always in one block."""
        for remit, claim in candidates(self._number[1], self._number[0]):
            yield self._weigh(remit, claim)

    def _weigh(self, remit: Ints, claim: Ints) -> _Pairs:
        payer = self._same_party(self._payers, self._payer_names, remit, claim)
        provider = self._same_party(self._providers, self._provider_names, remit, claim)
        agreements = (
            self._same_charge(remit, claim).astype(np.int64)
            + _same(self._members, remit, claim)
            + self._same_dates(remit, claim)
            + _same(self._rendering, remit, claim)
        )
        return _Pairs(remit, claim, agreements, payer & provider)

    @staticmethod
    def _same_party(ids: tuple[Ints, ...], names: tuple[Ints, ...], remit: Ints, claim: Ints) -> Bools:
        lacks_id = (ids[0][claim] < 0) | (ids[1][remit] < 0)
        return _same(ids, remit, claim) | (lacks_id & _same(names, remit, claim))

    def _same_charge(self, remit: Ints, claim: Ints) -> Bools:
        own, together = self._charges
        charge = ints(self._claims["charge_cents"], null=-2)[claim]
        same: Bools = (charge == own[remit]) | (charge == together[remit])
        return same

    def _same_dates(self, remit: Ints, claim: Ints) -> Bools:
        start, end = (ints(self._claims[name], null=-NEVER)[claim] for name in ("service_from", "service_to"))
        first, last = (ints(self._remits[name], null=NEVER)[remit] for name in ("service_from", "service_to"))
        same: Bools = (start == first) & ((end == last) | (last == NEVER) | (end == -NEVER))
        return same

    def choose(self, fit: _Pairs) -> _Pairs:
        """Of several claims under one number the one that this remit answers, where it can be told.

        In turn: a claim sent after the answer can't be the one answered; nor one that was turned away before; more
        agreements; the frequency that the payer repeats; the payer's place in the order of payers; a claim that names
        this remit's control number as its original is not the one answered; a replacement of some other control
        number is.
        """
        sent = ints(self._claims["submitted_on"], null=-NEVER)[fit.claim]
        known = ints(self._remits["known_on"], null=NEVER)
        fit = fit.only(sent <= known[fit.remit])
        fit = fit.narrow(self._turned_away_on[fit.claim] > known[fit.remit])
        best = np.zeros(self._remits.num_rows, np.int64)
        np.maximum.at(best, fit.remit, fit.agreements)
        fit = fit.narrow(fit.agreements == best[fit.remit])
        fit = fit.narrow(_same(self._frequency, fit.remit, fit.claim))
        fit = fit.narrow(_same(self._sequence, fit.remit, fit.claim))
        replaces, control = self._control[0][fit.claim], self._control[1][fit.remit]
        fit = fit.narrow((replaces < 0) | (replaces != control))
        replaces, control = self._control[0][fit.claim], self._control[1][fit.remit]
        return fit.narrow((replaces >= 0) & (control >= 0) & (replaces != control))


def _same(codes: tuple[Ints, ...], remit: Ints, claim: Ints) -> Bools:
    return agrees(codes[1][remit], codes[0][claim])


def sequence_of(remits: pa.Table) -> Column:
    """Whether the payer took itself for the first, second or third: as SBR01 says it; null where CLP02 doesn't tell."""
    status = remits["status"].combine_chunks().dictionary_encode()
    said = pa.array([SEQUENCES.get(code) for code in status.dictionary.to_pylist()], CODE)
    return pa.chunked_array([said.take(status.indices)])


def _charges(remits: pa.Table, number: Ints) -> tuple[Ints, Ints]:
    """[n] A remit's charge, and that of all parts in which its claim was answered that day; -1 where none is known.

    A payer may split a claim and answer each part by a CLP of its own: their charges add up to the claim's (005010X221
    1.10.2.11). A reversal repeats the charge with its sign turned.
    """
    charge = np.where(remits["charge_cents"].is_valid().to_numpy(), np.abs(ints(remits["charge_cents"])), -1)
    together = np.full(len(charge), -1, np.int64)
    several = np.bincount(number[number >= 0], minlength=1)[number] > 1
    rows = np.flatnonzero(several & (number >= 0) & (charge > 0))
    if len(rows):
        some = remits.select(PARTIES).take(pa.array(rows))
        parties = [coded[0] for coded in (codes_of(party) for party in _parties(some))]
        back = ints(pc.equal(some["status"], REVERSAL).cast(pa.int8()))
        group = grouped(number[rows], *parties, ints(some["known_on"], null=NEVER), back)
        total = add(group, charge[rows], len(group))[group]
        together[rows] = np.where(total > charge[rows], total, -1)
    return charge, together


def _parties(remits: pa.Table) -> tuple[Column, Column]:
    return (
        pc.coalesce(remits["payer_id"], remits["payer_name"]),
        pc.coalesce(remits["payee_npi"], remits["payee_name"]),
    )


def _turned_away_on(claims: pa.Table, rejections: pa.Table) -> Ints:
    """[n] The day on which each claim was turned away as a whole; far off where it wasn't."""
    away = rejections.filter(pc.and_(rejections["is_rejected"], pc.equal(rejections["line"], 0)))
    row = row_of(ints(claims["claim_key"]), ints(away["claim_key"]))
    return np.append(ints(away["known_on"], null=NEVER), NEVER + 1)[row]
