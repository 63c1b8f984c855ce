"""Statuses out as a 277CA (005010X214): claims taken in, or turned away before anybody adjudicates them.

Each row is a status of its own; names are placeholders, as the tables keep none.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import InvalidClaim
from data.keys import add
from data.schema import STATUSES
from data.writers.body import Body, places
from data.writers.envelope import Envelope
from data.writers.index import starts_of
from data.writers.segments import Flags, Rows, composite, flat, is_said, money, texts

VERSION = "005010X214"
NEEDED = ("claim_id", "known_on")
NOT_WRITTEN = {"status_key", "position", "offset"}
SOURCE = ("known_on", "source_id", "source_role")
"""What the statuses of one transaction have in common."""
RECEIVED = ("A1", "19", "PR")
"""Category, status and entity that a transaction says of itself as a batch."""


def write_statuses(
    statuses: pa.Table,
    *,
    control: int,
    sender: str = "PAYER",
    receiver: str = "CLEANCLAIM",
    test: bool = True,
) -> bytes:
    """One interchange with these statuses (`STATUSES`) in their order, a transaction for each run of one day and source.

    Rows of one claim (`status_key`) stand together, those of the claim as a whole before those of its lines. Read
    again, it gives the same table (but for keys and offsets). Raises InvalidClaim where a row has no claim_id or
    `known_on`, or holds a delimiter in a code; and where `control`, `sender` or `receiver` fit no ISA.
    """
    for name in NEEDED:
        if statuses.column(name).null_count:
            at = pc.index(statuses.column(name).is_null(), True).as_py()
            raise InvalidClaim(f"status {at + 1}", field=name, found="nothing", wanted="a value")
    envelope = Envelope("HN", "277", VERSION, control, sender, receiver, test)
    if not statuses.num_rows:
        return envelope.around([], [], day="20000101")
    writer = _Writer(statuses)
    writer.add_all()
    bodies, counts = writer.body.bytes_of(np.flatnonzero(writer.opens)[1:])
    return envelope.around(bodies, counts, day=pc.max(writer.rows["known_on"]).as_py())


class _Writer:
    """Adds the segments of all claims to a body, kind by kind."""

    def __init__(self, statuses: pa.Table) -> None:
        self.body = Body()
        names = [name for name in STATUSES.names if name not in NOT_WRITTEN]
        self.rows = texts(statuses.select(names), flat(statuses["claim_id"]))
        is_first = starts_of(flat(statuses["status_key"]).to_numpy())
        self.owner: Rows = np.cumsum(is_first) - 1
        self.first = np.flatnonzero(is_first)
        self.claims = {name: column.take(pa.array(self.first)) for name, column in self.rows.items()}
        self.at = places(np.arange(self.first.size))
        self.opens: Flags = starts_of(*(_codes(self.claims[name]) for name in SOURCE))
        self.names_line = is_said(self.rows["line_control"]) | is_said(self.rows["procedure"])
        self.line = self._lines(is_first)
        self._total = self._totals(flat(statuses["charge_cents"]))

    def _lines(self, is_first: Flags) -> Rows:
        """1, 2, ... within its claim for each line that is spoken of; 0 for the claim as a whole."""
        said = [_codes(self.rows[name]) for name in ("line_control", "procedure")]
        is_new = is_first | (self.names_line & starts_of(*said))
        counts: Rows = np.cumsum(is_new & self.names_line)
        before = (counts - (is_new & self.names_line))[self.first]
        return np.where(self.names_line, counts - before[self.owner], 0)

    def add_all(self) -> None:
        """In the order in which segments of one place stand."""
        self._levels()
        self._claims()
        self._services()

    def _levels(self) -> None:
        """Source, receiver, billing provider and patient."""
        c, at, opens = self.claims, self.at, self.opens
        is_new = opens | starts_of(_codes(c["billing_npi"]))
        n_levels = is_new.astype(np.int64) + 1
        before = np.cumsum(n_levels) - n_levels
        every = np.arange(opens.size)
        before = before - before[np.maximum.accumulate(np.where(opens, every, 0))] + 2
        numbers = _digits(every + 1)
        day = c["known_on"]
        self.body.add(at, "BHT", "0085", "08", numbers, day, "0000", "TH", where=opens, then="HL*1**20*1")
        role = pc.coalesce(c["source_role"], pa.scalar("PR"))
        kind = pc.if_else(pc.equal(role, "PR"), "PI", "46")
        kind = pc.if_else(pc.is_valid(c["source_id"]), kind, "")
        self.body.add(at, "NM1", role, "2", "SOURCE", *[""] * 4, kind, c["source_id"], where=opens)
        self.body.add(at, "TRN", "1", numbers, where=opens)
        for which in ("050", "009"):
            self.body.add(at, "DTP", which, "D8", day, where=opens)
        receiver = "HL*2*1*21*1~\nNM1*41*2*RECEIVER*****46*RECEIVER~\nTRN*2*BATCH"
        self.body.put(at[opens], pa.array([receiver] * int(opens.sum()), pa.string()))
        self.body.add(at, "STC", ":".join(RECEIVED), day, "WQ", self._total, where=opens)
        self.body.add(at, "HL", _digits(before + 1), "2", "19", "1", where=is_new)
        npi = c["billing_npi"]
        by_npi = pc.if_else(pc.is_valid(npi), "XX", "")
        self.body.add(at, "NM1", "85", "2", "PROVIDER", *[""] * 4, by_npi, npi, where=is_new)
        provider = (before + 1)[np.maximum.accumulate(np.where(is_new, every, 0))]
        self.body.add(at, "HL", _digits(before + n_levels), _digits(provider), "PT")

    def _totals(self, charges: pa.Array) -> pa.Array:
        """[claims]: what the claims of its transaction were sent for together."""
        cents = pc.fill_null(charges.take(pa.array(self.first)), 0).to_numpy()
        of = np.cumsum(self.opens) - 1
        return money(pa.array(add(of, cents, int(of[-1]) + 1)[of]))

    def _claims(self) -> None:
        c, at = self.claims, self.at
        member = c["member_id"]
        kind = pc.if_else(pc.is_valid(member), "MI", "")
        self.body.add(at, "NM1", "QC", "1", "MEMBER", "ONE", "", "", "", kind, member)
        self.body.add(at, "TRN", "2", c["claim_id"])
        self._statuses(~self.names_line)
        for which, name in (("1K", "payer_control"), ("D9", "clearinghouse_control")):
            self.body.add(at, "REF", which, c[name], where=is_said(c[name]))
        self._served(at, c, ~self.names_line[self.first])

    def _services(self) -> None:
        where = self.names_line & starts_of(self.owner, self.line)
        r, at = self.rows, places(self.owner, self.line)
        procedure = composite("HC", r["procedure"])
        charge = pc.coalesce(r["charge_cents"], pa.scalar("0"))
        self.body.add(at, "SVC", procedure, charge, "0", where=where)
        self._statuses(self.names_line)
        control = r["line_control"]
        self.body.add(at, "REF", "FJ", control, where=where & is_said(control))
        self._served(at, r, where)

    def _statuses(self, where: Flags) -> None:
        r = self.rows
        told = composite(r["category"], r["status"], r["entity"])
        elements = (told, r["status_on"], r["action"], r["charge_cents"])
        self.body.add(places(self.owner, self.line), "STC", *elements, where=where)

    def _served(self, at: Rows, said: dict[str, pa.Array], where: Flags) -> None:
        first, last = said["service_from"], said["service_to"]
        one = pc.fill_null(pc.equal(first, last), False).to_numpy(zero_copy_only=False)
        where = where & is_said(first)
        self.body.add(at, "DTP", "472", "D8", first, where=where & one)
        period = pc.binary_join_element_wise(first, last, "-")
        self.body.add(at, "DTP", "472", "RD8", period, where=where & ~one)


def _codes(column: pa.Array) -> Rows:
    codes: Rows = column.dictionary_encode(null_encoding="encode").indices.to_numpy()
    return codes


def _digits(numbers: Rows) -> pa.Array:
    return pa.array(numbers).cast(pa.string())
