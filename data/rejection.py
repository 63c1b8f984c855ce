"""Claims turned away at the door: what a 277CA says of a claim before anybody adjudicates it.

A rejection is a label of its own, no denial: the claim never got in, and no remit follows.
"""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.candidates import agrees, candidates, claim_number, plain_name
from data.keys import Bools, Ints, codes_of, grouped, ints, ranks_of, row_of, take_or_null
from data.schema import CODE, KEY, REJECTIONS, ClaimTables

REJECTED = frozenset({"A3", "A6", "A7", "A8"})
ACCEPTED = frozenset({"A2"})
"""Categories of X12's external code list 507, in our words. Turned away: A3 can't be processed, A6 something is
missing, A7 something is invalid, A8 something is at odds with the rest. Taken in: A2. The others decide nothing: A0
passed on, A1 received, A4 not found, A5 split, and E, P, F, R, which a 277CA has no use for (X12 RFI 1942, 2203)."""
MIN_AGREEMENTS = 2
TURNED_AWAY_ON = "turned_away_on"
NEVER = 2**30

UNPLACED = pa.schema(
    [
        ("status_key", KEY),
        ("position", pa.int32()),
        ("claim_id", CODE),
        ("n_candidates", pa.int32()),
        ("reason", CODE),
    ]
)
"""A status whose claim is not known: nobody has sent it, or several that were sent fit."""


@dataclass(frozen=True, slots=True)
class Rejections:
    """What came back before any remit, claim by claim."""

    claims: pa.Table = field(default_factory=REJECTIONS.empty_table)
    """`REJECTIONS`, sorted by claim and line."""
    unplaced: pa.Table = field(default_factory=UNPLACED.empty_table)
    """Statuses that fit no claim, or several, sorted by key and position."""


def reject(claims: ClaimTables, statuses: pa.Table) -> Rejections:
    """What the statuses (`STATUSES`) say of the claims; the same for any order of the rows given.

    A status belongs to the claim that was sent last before it under its number, if at least two of charge, member,
    service dates and billing provider agree. The first rejection counts, else the first acceptance, else the first
    word of any kind: a clearinghouse takes in what a payer turns away afterwards. A line that is turned away takes
    its whole claim with it (X12 RFI 2203).
    """
    if not statuses.num_rows:
        return Rejections()
    claim_of, n_fit, is_known = _claims_of(claims.claims, statuses)
    placed = np.flatnonzero(claim_of >= 0)
    claim = ints(claims.claims["claim_key"])[claim_of[placed]]
    line = _lines_of(claims.lines, claim, statuses.take(pa.array(placed)))
    named = np.flatnonzero(line > 0)
    return Rejections(
        _said(
            statuses,
            np.concatenate([placed, placed[named]]),
            np.concatenate([claim, claim[named]]),
            np.concatenate([np.zeros(len(claim), np.int64), line[named]]),
        ),
        _unplaced(statuses, np.flatnonzero(claim_of < 0), n_fit, is_known),
    )


def with_turned_away(lines: pa.Table, rejections: pa.Table) -> pa.Table:
    """A line table with `turned_away_on` beside it: the day on which its claim was turned away; null where it wasn't."""
    away = rejections.filter(pc.and_(rejections["is_rejected"], pc.equal(rejections["line"], 0)))
    row = row_of(ints(lines["claim_key"]), ints(away["claim_key"]))
    return lines.append_column(pa.field(TURNED_AWAY_ON, pa.date32()), take_or_null(away["known_on"], row))


def _claims_of(claims: pa.Table, statuses: pa.Table) -> tuple[Ints, Ints, Bools]:
    """Of each status the row of its claim (-1: none), how many claims fit, and whether any has its number."""
    n = statuses.num_rows
    claim_of, n_fit, is_known = np.full(n, -1, np.int64), np.zeros(n, np.int64), np.zeros(n, bool)
    ours, theirs = codes_of(*(claim_number(table["claim_id"]) for table in (claims, statuses)))
    sent, known = ints(claims["submitted_on"], null=-NEVER), ints(statuses["known_on"], null=NEVER)
    agreements = _Agreements(claims, statuses)
    for status, claim in candidates(theirs, ours):
        is_known[status] = True
        fits = (sent[claim] <= known[status]) & (agreements.count(status, claim) >= MIN_AGREEMENTS)
        status, claim = status[fits], claim[fits]
        last = np.full(n, -NEVER, np.int64)
        np.maximum.at(last, status, sent[claim])
        is_last = sent[claim] == last[status]
        status, claim = status[is_last], claim[is_last]
        n_fit += np.bincount(status, minlength=n)
        alone = n_fit[status] == 1
        claim_of[status[alone]] = claim[alone]
    return claim_of, n_fit, is_known


class _Agreements:
    """How many of charge, member, service dates and billing provider a status and a claim have in common."""

    def __init__(self, claims: pa.Table, statuses: pa.Table) -> None:
        both = claims, statuses
        self._codes = [
            codes_of(*(plain_name(table["member_id"]) for table in both)),
            codes_of(*(table["billing_npi"] for table in both)),
        ]
        self._charge = tuple(ints(table["charge_cents"], null=-1) for table in both)
        self._days = [
            tuple(ints(table[name], null=-1) for table in both) for name in ("service_from", "service_to")
        ]

    def count(self, status: Ints, claim: Ints) -> Ints:
        """[n] Agreements of each pair of rows."""
        same = [agrees(theirs[status], ours[claim]) for ours, theirs in (*self._codes, self._charge)]
        (ours, theirs), (our_end, their_end) = self._days
        ends = (our_end[claim] == their_end[status]) | (our_end[claim] < 0) | (their_end[status] < 0)
        same.append(agrees(theirs[status], ours[claim]) & ends)
        counts: Ints = np.sum(same, axis=0, dtype=np.int64)
        return counts


def _lines_of(lines: pa.Table, claim: Ints, statuses: pa.Table) -> Ints:
    """The line that each status names: by its control number, else by its procedure where one line has it; 0: none."""
    found = np.zeros(len(claim), np.int64)
    for name in ("procedure", "line_control"):
        ours, theirs = codes_of(lines[name], statuses[name])
        key = grouped(np.concatenate([claim, ints(lines["claim_key"])]), np.concatenate([theirs, ours]))
        mine, of_line = key[: len(claim)], key[len(claim) :]
        alone = (
            np.flatnonzero((np.bincount(of_line)[of_line] == 1) & (ours >= 0)) if len(of_line) else of_line
        )
        row = row_of(mine, of_line[alone])
        hit = (row >= 0) & (theirs >= 0)
        found[hit] = ints(lines["line"])[alone[row[hit]]]
    return found


def _said(statuses: pa.Table, row: Ints, claim: Ints, line: Ints) -> pa.Table:
    """Of all that was said of a claim or line, what counts."""
    category = statuses["category"].take(pa.array(row))
    is_rejected, is_accepted = (
        pc.is_in(category, pa.array(sorted(names))).to_numpy() for names in (REJECTED, ACCEPTED)
    )
    ranks = [
        ints(statuses["status_key"])[row],
        *(
            ranks_of(statuses[name])[row]
            for name in ("line_control", "procedure", "entity", "status", "category")
        ),
        ints(statuses["position"])[row],
        ints(statuses["known_on"], null=NEVER)[row],
        ~is_accepted,
        ~is_rejected,
    ]
    order = np.lexsort((*ranks, line, claim))
    group = grouped(claim, line)[order]
    is_first = np.diff(group, prepend=-1) != 0
    lead = order[is_first]
    columns = {name: take_or_null(statuses[name], row[lead]) for name in statuses.column_names}
    own = {
        "claim_key": claim[lead],
        "line": line[lead].astype(np.int32),
        "is_rejected": is_rejected[lead],
        "n_answers": np.bincount(group)[group[is_first]].astype(np.int32),
    }
    return pa.table({name: own.get(name, columns.get(name)) for name in REJECTIONS.names}, schema=REJECTIONS)


def _unplaced(statuses: pa.Table, rows: Ints, n_fit: Ints, is_known: Bools) -> pa.Table:
    said = statuses.take(pa.array(rows))
    reason = np.select(
        [~is_known[rows], n_fit[rows] > 1],
        ["no claim has this number", "several claims fit"],
        "no claim agrees well enough",
    )
    columns = {
        "status_key": said["status_key"],
        "position": said["position"],
        "claim_id": said["claim_id"],
        "n_candidates": n_fit[rows].astype(np.int32),
        "reason": pa.array(reason.tolist(), CODE),
    }
    return pa.table(columns, schema=UNPLACED).sort_by(
        [("status_key", "ascending"), ("position", "ascending")]
    )
