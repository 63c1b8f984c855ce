"""What comes back before any remit, as the table of a 277CA: claims taken in, and claims turned away."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.schema import STATUSES, ClaimTables
from data.simulator.catalogue import Numbers
from data.simulator.draw import labels, scramble
from data.simulator.settings import WorldSettings
from data.simulator.tables import days, table, texts
from data.simulator.turned_away import TAKEN_IN

CATEGORY = np.array(["A2", "A7", "A7", "A3"])
STATUS = np.array(["20", "164", "562", "254"])
"""Of the faults in `turned_away`: taken in; the member's number; an NPI; the first diagnosis."""
ENTITY = np.array(["PR", "IL", "82", ""])
TAKEN, REJECTED = "WQ", "U"
CLEARINGHOUSE = "RIVERHOUSE"


def status_table(
    settings: WorldSettings, tables: ClaimTables, fault: Numbers, known: Numbers, *, seed: int
) -> pa.Table:
    """One status a claim (`STATUSES`), in the order of the claims; `fault` and `known` (days): [claims]."""
    claims, n = tables.claims, tables.claims.num_rows
    number = np.array([int(text[1:]) for text in claims["claim_id"].to_pylist()], np.int64)
    lot = scramble(number, salt=seed + 12, bits=40) / 2.0**40
    by_house = (fault != TAKEN_IN) & (lot < settings.rejections.by_clearinghouse)
    payer = claims["payer_id"].combine_chunks()
    source = pc.if_else(pa.array(by_house), CLEARINGHOUSE, payer)
    control = labels("C", scramble(number, salt=seed + 13, bits=40), 13)
    columns = {
        "status_key": np.arange(n),
        "position": np.ones(n, np.int64),
        "offset": np.zeros(n, np.int64),
        "claim_id": claims["claim_id"].combine_chunks(),
        "category": texts(CATEGORY, fault),
        "status": texts(STATUS, fault),
        "entity": texts(ENTITY, fault),
        "action": texts(np.array([TAKEN, REJECTED]), (fault != TAKEN_IN).astype(np.int64)),
        "status_on": days(known),
        "charge_cents": claims["charge_cents"].combine_chunks(),
        "clearinghouse_control": control,
        "source_id": source,
        "source_role": texts(np.array(["PR", "AY"]), by_house.astype(np.int64)),
        "billing_npi": claims["billing_npi"].combine_chunks(),
        "member_id": claims["member_id"].combine_chunks(),
        "service_from": claims["service_from"].combine_chunks(),
        "service_to": claims["service_to"].combine_chunks(),
        "known_on": days(known),
    }
    return table(STATUSES, columns)
