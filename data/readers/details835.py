"""What a remit says more than once: references, dates, amounts, quantities, providers, and the amounts of MIA and MOA.

Never kept: a name, or a number that tells who a person is (social security, tax, member).
"""

import pyarrow as pa

from data.readers.x12 import codes as c
from data.readers.x12 import collect
from data.readers.x12.collect import DETAIL, PARTS, Rule, numbered, sorting
from data.readers.x12.details import details
from data.readers.x12.reader import Reader
from data.readers.x12.tokenize import Ints
from data.schema import REMIT_DETAILS

PERSONS_NUMBERS = "SY Y4 TJ EI 1W IG 23"
PARTIES = "82 TT PR"
"""The provider, and the payers that a remit was passed on to or should have gone to first. Other names are patients'."""

RULES = sorting(
    (
        Rule(DETAIL, "REF DTM AMT QTY NM1", (c.REMIT, c.SERVICE)),
        Rule(PARTS, "MIA MOA", (c.REMIT, c.SERVICE)),
    ),
    only={"NM1": PARTIES},
    never={"REF": PERSONS_NUMBERS},
)


def remit_details(reader: Reader, number: Ints) -> pa.Table:
    """One row a detail; `number` are those of the reader's services."""
    view = reader.view
    found = details(reader, collect.collect(view, RULES, keep=True), remarks=False)
    owner = view.position_of(view.placed.owner[found.rows])
    columns = found.columns | {
        "remit_key": pa.array(reader.keys[owner]),
        "service": pa.array(reader.spread(number)[view.placed.line[found.rows]]),
        "position": pa.array(numbered(owner)),
        "on": found.columns["from_on"],
    }
    return pa.Table.from_arrays([columns[name] for name in REMIT_DETAILS.names], schema=REMIT_DETAILS)


def mark_used(reader: Reader) -> None:
    """Count what the details would take as used, without making them."""
    collect.collect(reader.view, RULES, keep=False)
