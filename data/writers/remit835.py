"""Remits out as an 835 (005010X221A1): everything that the tables hold and the form has a place for.

Where the details say a thing, it is written as they say it; what only a column of the remit or service holds is
written from there. Names and addresses are placeholders where the tables keep none.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import InvalidClaim
from data.schema import MODIFIERS, REMITS, SERVICES, RemitTables
from data.writers.body import Body, places
from data.writers.details import Details, grouped
from data.writers.envelope import Envelope
from data.writers.index import Index, starts_of
from data.writers.other837 import add_cas
from data.writers.plb835 import Plb, matched
from data.writers.providers837 import ADDRESS
from data.writers.segments import Rows, composite, flat, is_said, money, segments, texts

VERSION = "005010X221A1"
NEEDED = ("claim_id", "known_on")
NOT_WRITTEN = {"remit_key", "offset", "service"}
CHECK = ("payer_id", "payer_name", "known_on", "payee_npi", "payee_name", "trace")
"""What the remits of one transaction have in common."""
MAX_MOA = 5


def write_remits(
    tables: RemitTables,
    *,
    control: int,
    sender: str = "PAYER",
    receiver: str = "CLEANCLAIM",
    test: bool = True,
) -> bytes:
    """One interchange with these remits in their order, a transaction for each run of one payment.

    Read again, it gives the same tables (but for keys and offsets). What was adjusted of a payment as a whole stands
    at the end of its transaction. Raises InvalidClaim where a remit has no claim_id or `known_on`, or holds a
    delimiter in a code; where a row belongs to no remit or payment; and where `control`, `sender` or `receiver` fit
    no ISA.
    """
    for name in NEEDED:
        if tables.remits.column(name).null_count:
            at = pc.index(tables.remits.column(name).is_null(), True).as_py()
            raise InvalidClaim(f"remit {at + 1}", field=name, found="nothing", wanted="a value")
    envelope = Envelope("HP", "835", VERSION, control, sender, receiver, test)
    if not tables.remits.num_rows and not tables.provider_adjustments.num_rows:
        return envelope.around([], [], day="20000101")
    writer = _Writer(tables)
    writer.add_all()
    bodies, counts = writer.body.bytes_of(writer.opens[1:])
    return envelope.around(bodies, counts, day=pc.max(writer.remits["known_on"]).as_py())


class _Writer:
    """Adds the segments of all remits to a body, kind by kind."""

    def __init__(self, tables: RemitTables) -> None:
        ids = flat(tables.remits["claim_id"])
        self.tables = tables
        self.body = Body()
        self.index = Index(tables.remits["remit_key"], tables.services.select(["remit_key", "service"]))
        self.remits = texts(tables.remits.select([n for n in REMITS.names if n not in NOT_WRITTEN]), ids)
        # Errors name a service by its remit's key.
        self.services = texts(
            tables.services.select([n for n in SERVICES.names if n not in NOT_WRITTEN]),
            flat(tables.services["remit_key"]),
        )
        self.details = Details(tables.remit_details, self.index, ids)
        self.at = places(np.arange(self.index.n))
        self.opens: Rows = np.flatnonzero(starts_of(*(_codes(self.remits[name]) for name in CHECK)))

    def add_all(self) -> None:
        """In the order in which segments of one place stand."""
        plb = matched(self.tables, self.opens)
        self._transactions(plb)
        self._remits()
        self._services()
        plb.add(self.body, self.index)

    def _transactions(self, plb: Plb) -> None:
        rows = pa.array(self.opens)
        r = {name: column.take(rows) for name, column in self.remits.items()}
        at = self.at[self.opens]
        paid = pc.fill_null(flat(self.tables.remits["paid_cents"]), 0).to_numpy()
        # What was taken away from the payment as a whole, its remits don't say.
        total = np.add.reduceat(paid, self.opens) - plb.total
        self.body.add(at, "BPR", "I", money(pa.array(total)), "C", "NON", *[""] * 11, r["known_on"])
        self.body.add(at, "TRN", "1", r["trace"], "1999999999", where=is_said(r["trace"]))
        self.body.add(at, "DTM", "405", r["known_on"])
        payer = pc.if_else(pc.is_valid(r["payer_id"]), "XV", "")
        then = f"{ADDRESS}~\nPER*BL*CONTACT*TE*5555550100"
        self.body.add(at, "N1", "PR", r["payer_name"], payer, r["payer_id"], then=then)
        kind = pc.if_else(pc.is_valid(r["payee_npi"]), "XX", "FI")
        payee = pc.fill_null(r["payee_npi"], "999999999")
        self.body.add(at, "N1", "PE", r["payee_name"], kind, payee, then="LX*1")

    def _remits(self) -> None:
        r, at, body = self.remits, self.at, self.body
        amounts = (r[name] for name in ("status", "charge_cents", "paid_cents", "patient_cents"))
        body.add(at, "CLP", r["claim_id"], *amounts, r["plan_type"], r["payer_control"], "", r["frequency"])
        self._adjusted(of_services=False)
        member = r["member_id"]
        kind = pc.if_else(pc.is_valid(member), "MI", "")
        body.add(at, "NM1", "QC", "1", "MEMBER", "ONE", "", "", "", kind, member)
        npi = r["rendering_npi"]
        where = is_said(npi) & ~self.details.owners_that_say("NM1", "82")
        body.add(at, "NM1", "82", "1", "PROVIDER", "ONE", "", "", "", "XX", npi, where=where)
        self._claim_remarks()
        for which, name in (("232", "service_from"), ("233", "service_to"), ("050", "received_on")):
            where = is_said(r[name]) & ~self.details.owners_that_say("DTM", which)
            body.add(at, "DTM", which, r[name], where=where)
        self.details.table["how"] = self._kinds_of_numbers()
        self.details.add(body, self.details.of_owners)

    def _kinds_of_numbers(self) -> pa.Array:
        """What NM108 says of whom the details name: an NPI if the remit's own column says so."""
        d = self.details.table
        npi = self.remits["rendering_npi"].take(pa.array(self.details.owner))
        is_npi = pc.and_(pc.equal(d["qualifier"], "82"), pc.equal(d["value"], npi))
        kind = pc.if_else(pc.equal(d["qualifier"], "82"), "PC", "PI")
        kind = pc.if_else(pc.fill_null(is_npi, False), "XX", kind)
        return pc.if_else(pc.is_valid(d["value"]), kind, pa.scalar(None, pa.string()))

    def _hanging(self, table: pa.Table, *, of_services: bool) -> tuple[pa.Table, Rows]:
        """The rows that hang from remits (or from services), and where they stand."""
        owner = self.index.owner(table["remit_key"])
        line = self.index.line(owner, table["service"])
        rows = np.flatnonzero((line >= 0) == of_services)
        return table.take(pa.array(rows)), places(owner[rows], self.index.place(line[rows]))

    def _adjusted(self, *, of_services: bool) -> None:
        table, at = self._hanging(self.tables.adjustments, of_services=of_services)
        if table.num_rows:
            add_cas(self.body, at, table, flat(table["remit_key"]))

    def _claim_remarks(self) -> None:
        table, at = self._hanging(self.tables.remarks, of_services=False)
        if table.num_rows:
            codes = texts(table.select(["rarc"]), flat(table["remit_key"]))["rarc"]
            nothing = pa.array([""]).take(pa.array(np.zeros(at.size, np.int8)))
            starts, text = grouped("MOA*", nothing, starts_of(at), codes, MAX_MOA)
            self.body.put(at[starts], text)

    def _services(self) -> None:
        s, said, body = self.services, self.details.lines_that_say, self.body
        at = places(self.index.owner_of_line, self.index.place_of_line)
        procedure = composite("HC", s["procedure"], *(s[name] for name in MODIFIERS))
        submitted = s["submitted_procedure"]
        then = pc.binary_join_element_wise(pa.scalar("HC"), submitted, ":")
        body.add(at, "SVC", procedure, s["charge_cents"], s["paid_cents"], "", s["units"], then)
        where = is_said(s["service_on"]) & ~said("DTM", "472") & ~said("DTM", "150")
        body.add(at, "DTM", "472", s["service_on"], where=where)
        self._adjusted(of_services=True)
        control, allowed = s["line_control"], s["allowed_cents"]
        body.add(at, "REF", "6R", control, where=is_said(control) & ~said("REF", "6R"))
        body.add(at, "AMT", "B6", allowed, where=is_said(allowed) & ~said("AMT", "B6"))
        self.details.add(body, self.details.of_lines)
        table, places_of = self._hanging(self.tables.remarks, of_services=True)
        if table.num_rows:
            codes = texts(table.select(["rarc"]), flat(table["remit_key"]))["rarc"]
            body.put(places_of, segments("LQ", "HE", codes))


def _codes(column: pa.Array) -> Rows:
    codes: Rows = column.dictionary_encode(null_encoding="encode").indices.to_numpy()
    return codes
