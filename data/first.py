"""Which of several answers to a line came first, and whether it is the first at all."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.keys import Ints, ints, ranks_of, row_of
from data.link import Links
from data.reversal import Reversals

NEVER = 2**30


def in_time(table: pa.Table, remits: pa.Table) -> Ints:
    """The rows by claim and line, first things first; whatever files they came in.

    What is pending has not been adjudicated: an answer that comes later is the first one. Several answers of one day
    come in the order of their payments' numbers, then of the payer's; then the lesser payment is the first.
    """
    when = (
        ints(table["known_on"], null=NEVER),
        pc.equal(table["outcome"], "pended").to_numpy().astype(np.int64),
        ints(table["line"]),
        ints(table["claim_key"]),
    )
    order = np.lexsort(when)
    step = np.any([np.diff(key[order]) != 0 for key in when], axis=0)
    tied = np.append(~step, False) | np.insert(~step, 0, False) if len(order) else np.empty(0, bool)
    rows = order[tied]
    said = table.take(pa.array(rows))
    of = remits.take(pa.array(row_of(ints(said["remit_key"]), ints(remits["remit_key"]))))
    texts = of["status"], said["group_code"], said["reason"], said["outcome"]
    numbers = (ints(said[name], null=-1) for name in ("allowed_cents", "denied_cents", "paid_cents"))
    content = (
        ints(said["remit_key"]),
        *(ranks_of(text) for text in texts),
        *numbers,
        ranks_of(of["payer_control"]),
        ranks_of(of["trace"]),
    )
    order[tied] = rows[np.lexsort((*content, *(key[rows] for key in when)))]
    return order


def no_first_from(remits: pa.Table, links: Links, back: Reversals, claim: Ints) -> Ints:
    """[n] The day from which a claim's answers are known not to be its first: something never seen was taken back."""
    row = row_of(ints(links.linked["remit_key"]), ints(remits["remit_key"])[back.is_orphan])
    claims = ints(links.linked["claim_key"])[row >= 0]
    days = ints(remits["known_on"], null=NEVER)[back.is_orphan][row[row >= 0]]
    order = np.lexsort((days, claims))
    return np.append(days[order], NEVER + 1)[row_of(claim, claims[order])]
