"""Remits out as an 835 (005010X221A1): everything that the tables hold and the form has a place for.

Names and addresses are placeholders where the tables keep none.
"""

from collections.abc import Iterator
from itertools import groupby

import pyarrow as pa
import pyarrow.compute as pc

from data.errors import InvalidClaim
from data.schema import MODIFIERS, RemitTables
from data.writers.envelope import Envelope
from data.writers.segments import composite, money, segment, texts

VERSION = "005010X221A1"
ADDRESS = ("N3*1 MAIN STREET", "N4*ANYTOWN*OH*430010001")
NEEDED = ("claim_id", "known_on")
CHECK = ("payer_id", "payer_name", "known_on", "payee_npi", "payee_name", "trace")
"""What the remits of one transaction have in common."""
MAX_TRIPLETS = 6
MAX_MOA = 5

Columns = dict[str, list[str]]
Rows = dict[tuple[str, str], list[int]]


def write_remits(
    tables: RemitTables,
    *,
    control: int,
    sender: str = "PAYER",
    receiver: str = "CLEANCLAIM",
    test: bool = True,
) -> bytes:
    """One interchange with these remits in their order, a transaction for each run of one payment.

    Read again, it gives the same tables (but for keys and offsets). Raises InvalidClaim where a remit has no claim_id
    or `known_on`, or holds a delimiter in a code; and where `control`, `sender` or `receiver` fit no ISA.
    """
    for name in NEEDED:
        if tables.remits.column(name).null_count:
            at = pc.index(tables.remits.column(name).is_null(), True).as_py()
            raise InvalidClaim(f"remit {at + 1}", field=name, found="nothing", wanted="a value")
    envelope = Envelope("HP", "835", VERSION, control, sender, receiver, test)
    writer = _Writer(tables)
    remits = writer.remits

    def check(i: int) -> tuple[str, ...]:
        return tuple(remits[name][i] for name in CHECK)

    bodies = [writer.transaction(list(run)) for _, run in groupby(range(tables.remits.num_rows), key=check)]
    return envelope.around(bodies, day=max(remits["known_on"], default="20000101"))


def _rows_of(table: pa.Table) -> Rows:
    """The rows of each remit and service, in order."""
    found: Rows = {}
    keys = zip(table.column("remit_key").to_pylist(), table.column("service").to_pylist(), strict=True)
    for row, (key, service) in enumerate(keys):
        found.setdefault((str(key), str(service)), []).append(row)
    return found


class _Writer:
    """Builds the segments of remits from columns of text."""

    def __init__(self, tables: RemitTables) -> None:
        self.remits = texts(tables.remits, "claim_id")
        self.paid = tables.remits.column("paid_cents").to_pylist()
        self.services = texts(tables.services, "remit_key")
        self.adjustments = texts(tables.adjustments, "remit_key")
        self.remarks = texts(tables.remarks, "remit_key")
        self.adjustments_of = _rows_of(tables.adjustments)
        self.remarks_of = _rows_of(tables.remarks)
        self.services_of: dict[str, list[int]] = {}
        for row, key in enumerate(self.services["remit_key"]):
            self.services_of.setdefault(key, []).append(row)

    def transaction(self, rows: list[int]) -> list[str]:
        """The segments between ST and SE of the remits of one payment."""
        first = rows[0]
        total = money(sum(self.paid[i] or 0 for i in rows))
        day, trace = self.remits["known_on"][first], self.remits["trace"][first]
        return [
            segment("BPR", "I", total, "C", "NON", *[""] * 11, day),
            *([segment("TRN", "1", trace, "1999999999")] if trace else []),
            segment("DTM", "405", day),
            *self._parties(first),
            "LX*1",
            *(s for i in rows for s in self._remit(i)),
        ]

    def _parties(self, i: int) -> list[str]:
        payer, payee = self.remits["payer_id"][i], self.remits["payee_npi"][i]
        payee_id = ("XX", payee) if payee else ("FI", "999999999")
        return [
            segment("N1", "PR", self.remits["payer_name"][i], "XV" if payer else "", payer),
            *ADDRESS,
            "PER*BL*CONTACT*TE*5555550100",
            segment("N1", "PE", self.remits["payee_name"][i], *payee_id),
        ]

    def _remit(self, i: int) -> Iterator[str]:
        r = self.remits
        key = r["remit_key"][i]
        amounts = (r[name][i] for name in ("status", "charge_cents", "paid_cents", "patient_cents"))
        rest = (r["plan_type"][i], r["payer_control"][i], "", r["frequency"][i])
        yield segment("CLP", r["claim_id"][i], *amounts, *rest)
        yield from self._adjusted(key, "0")
        member = r["member_id"][i]
        yield segment("NM1", "QC", "1", "MEMBER", "ONE", "", "", "", "MI" if member else "", member)
        if r["rendering_npi"][i]:
            yield segment("NM1", "82", "1", "PROVIDER", "ONE", "", "", "", "XX", r["rendering_npi"][i])
        yield from self._claim_remarks(key)
        days = (("232", "service_from"), ("233", "service_to"), ("050", "received_on"))
        yield from (segment("DTM", which, r[name][i]) for which, name in days if r[name][i])
        for row in self.services_of.get(key, ()):
            yield from self._service(key, row)

    def _claim_remarks(self, key: str) -> Iterator[str]:
        codes = [self.remarks["rarc"][row] for row in self.remarks_of.get((key, "0"), ())]
        for at in range(0, len(codes), MAX_MOA):
            yield segment("MOA", "", "", *codes[at : at + MAX_MOA])

    def _service(self, key: str, row: int) -> Iterator[str]:
        s = self.services
        number = s["service"][row]
        procedure = composite(("HC", s["procedure"][row], *(s[name][row] for name in MODIFIERS)))
        submitted = s["submitted_procedure"][row]
        yield segment(
            "SVC",
            procedure,
            s["charge_cents"][row],
            s["paid_cents"][row],
            "",
            s["units"][row],
            f"HC:{submitted}" if submitted else "",
        )
        if s["service_on"][row]:
            yield segment("DTM", "472", s["service_on"][row])
        yield from self._adjusted(key, number)
        if s["line_control"][row]:
            yield segment("REF", "6R", s["line_control"][row])
        if s["allowed_cents"][row]:
            yield segment("AMT", "B6", s["allowed_cents"][row])
        for remark in self.remarks_of.get((key, number), ()):
            yield segment("LQ", "HE", self.remarks["rarc"][remark])

    def _adjusted(self, key: str, service: str) -> Iterator[str]:
        """CAS segments: runs of one group, six adjustments in each at most."""
        a = self.adjustments
        rows = self.adjustments_of.get((key, service), [])
        for group, run in groupby(rows, key=a["group_code"].__getitem__):
            triplets = [(a["carc"][row], a["amount_cents"][row], a["quantity"][row]) for row in run]
            for at in range(0, len(triplets), MAX_TRIPLETS):
                yield segment(
                    "CAS", group, *(x for triplet in triplets[at : at + MAX_TRIPLETS] for x in triplet)
                )
