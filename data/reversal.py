"""Reversals: a payer takes a remit back by sending it again with its amounts negated.

CLP02 is 22 then (005010X221 1.10.2.8). Files of version 4010 write the adjustments under the group code CR besides
(004010X091 2.2.8, X12 RFI 213), and some write that alone: negative amounts under CR are a reversal too.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.candidates import claim_number
from data.keys import Bools, Ints, codes_of, grouped, ints, rank_in, row_of
from data.schema import RemitTables

REVERSAL = "22"
CORRECTION = "CR"
NEVER = 2**30


@dataclass(frozen=True, slots=True)
class Reversals:
    """One flag a remit, in the order of the remits given."""

    is_reversal: Bools
    is_orphan: Bools
    """A reversal of something never seen: to be looked at by a person."""
    never_stood: Bools
    """A remit taken back on the day it came: the pair is nothing, the next remit is the first adjudication."""


def find_reversals(tables: RemitTables) -> Reversals:
    """Pair each reversal with the remit that it takes back.

    The pair agrees in claim number, payer, payee and amounts, and in the payer's control number where one is found
    so; the n-th reversal takes back the n-th such remit. A remit that stood for a day or more was an adjudication:
    what is known on one day must not depend on what a payer does later.
    """
    remits, n = tables.remits, tables.remits.num_rows
    is_reversal = _takes_back(tables)
    original_of = np.full(n, -1, np.int64)
    is_taken = np.zeros(n, bool)
    known = ints(remits["known_on"], null=NEVER)
    loose = _key(remits)
    (control,) = codes_of(remits["payer_control"])
    for key in (grouped(loose, control), loose):
        mine = np.flatnonzero(is_reversal & (original_of < 0))
        theirs = np.flatnonzero(~is_reversal & ~is_taken)
        mine, theirs = (
            rows[np.lexsort((ints(remits["remit_key"])[rows], known[rows]))] for rows in (mine, theirs)
        )
        both = grouped(
            np.concatenate([key[mine], key[theirs]]),
            np.concatenate([rank_in(key[mine]), rank_in(key[theirs])]),
        )
        row = row_of(both[: len(mine)], both[len(mine) :])
        ok = row >= 0
        ok[ok] = known[theirs[row[ok]]] <= known[mine[ok]]
        original_of[mine[ok]] = theirs[row[ok]]
        is_taken[theirs[row[ok]]] = True
    paired = np.flatnonzero(original_of >= 0)
    never_stood = np.zeros(n, bool)
    same_day = paired[known[paired] == known[original_of[paired]]]
    never_stood[original_of[same_day]] = True
    return Reversals(is_reversal, is_reversal & (original_of < 0), never_stood)


def _takes_back(tables: RemitTables) -> Bools:
    remits, adjustments = tables.remits, tables.adjustments
    said: Bools = pc.fill_null(pc.equal(remits["status"], REVERSAL), fill_value=False).to_numpy()
    negative = (ints(remits["charge_cents"]) < 0) | (ints(remits["paid_cents"]) < 0)
    if not (negative & ~said).any():
        return said
    of = adjustments.filter(pc.equal(adjustments["group_code"], CORRECTION))["remit_key"]
    return said | (negative & np.isin(ints(remits["remit_key"]), ints(of)))


def _key(remits: pa.Table) -> Ints:
    (claim,) = codes_of(claim_number(remits["claim_id"]))
    (payer,) = codes_of(pc.coalesce(remits["payer_id"], remits["payer_name"]))
    (payee,) = codes_of(pc.coalesce(remits["payee_npi"], remits["payee_name"]))
    charge, paid = (np.abs(ints(remits[name])) for name in ("charge_cents", "paid_cents"))
    return grouped(claim, payer, payee, charge, paid)
