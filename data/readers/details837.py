"""What a claim says more than once: references, dates, amounts, codes, providers, other payers and their answers.

Every such segment is here, in the order of the file, whether or not a column of the claim or line holds it too.
Never kept: a number that tells who a person is (social security, tax, member), a name, the text of a note.
"""

from collections.abc import Mapping

import pyarrow as pa

from data.readers.x12 import codes as c
from data.readers.x12 import collect, select
from data.readers.x12.codes import CLAIM_LOOPS, LINE_LOOPS
from data.readers.x12.collect import (
    ADJUSTED,
    ADJUSTMENTS,
    DETAIL,
    KNOWN_OF,
    NAME_OF,
    PAID_OF,
    PARTS,
    PAYER,
    PAYER_SERVICE,
    PAYERS,
    PROVIDER,
    PROVIDERS,
    SERVICE_KNOWN_OF,
    SERVICES,
    SPECIALTY,
    SPECIALTY_OF,
    Collected,
    Rule,
    numbered,
    sorting,
)
from data.readers.x12.details import details
from data.readers.x12.fields import CENTS, COUNT, DAY, NPI, NUMBER, OTHER_ID, SHIFTED, At, Fields, text, value
from data.readers.x12.reader import Reader
from data.readers.x12.tokenize import Ints
from data.schema import (
    CLAIM_DETAILS,
    CLAIM_PROVIDERS,
    MAX_MODIFIERS,
    MODIFIERS,
    OTHER_ADJUSTMENTS,
    OTHER_PAYERS,
    OTHER_SERVICES,
)

PAYER_LOOPS = (c.OTHER_PAYER, c.OTHER_PAYER_NAME)
PERSONS_NUMBERS = "SY Y4 TJ EI 1W IG 23"
ROLES = "71 72 73 77 82 85 DD DK DN DQ FA LI OP P3 QB SJ TL ZZ"
"""Roles of providers. What another NM1 names could be a patient."""

RULES = sorting(
    (
        Rule(
            DETAIL,
            "REF DTP AMT QTY PWK NTE K3",
            (*CLAIM_LOOPS, *LINE_LOOPS, *PAYER_LOOPS, c.LINE_ADJUDICATION),
        ),
        Rule(PARTS, "CL1 CN1", CLAIM_LOOPS),
        Rule(PARTS, "OI MIA MOA", PAYER_LOOPS),
        Rule(PARTS, "SV5 LIN CTP CN1", LINE_LOOPS),
        Rule(PROVIDER, "NM1", (c.RENDERING, c.CLAIM_PROVIDER, c.OTHER_PAYER_NAME, c.LINE_PROVIDER)),
        Rule(SPECIALTY, "PRV", (*CLAIM_LOOPS, *LINE_LOOPS)),
        Rule(PAYER, "SBR", (c.OTHER_PAYER,)),
        Rule(PAYER_SERVICE, "SVD", (c.LINE_ADJUDICATION,)),
        Rule(ADJUSTED, "CAS", (*PAYER_LOOPS, c.LINE_ADJUDICATION)),
    ),
    only={"NM1": ROLES},
    never={"REF": PERSONS_NUMBERS},
)

PROVIDER_FIELDS = Fields(
    (
        text("role", At("NM1", 1)),
        text("npi", At("NM1", 9, how=NPI)),
        text("other_id", At("NM1", 9, how=OTHER_ID)),
        text("taxonomy", At("PRV", 3)),
    )
)
PAYER_FIELDS = Fields(
    (
        text("sequence", At("SBR", 1)),
        text("relationship", At("SBR", 2)),
        text("plan_type", At("SBR", 9)),
        text("payer_id", At("NM1", 9)),
        text("payer_name", At("NM1", 3)),
        value(CENTS, "paid_cents", At("AMT", 2), told_at=""),
        value(DAY, "known_on", At("DTP", 3), told_at=""),
    )
)
SERVICE_FIELDS = Fields(
    (
        text("payer_id", At("SVD", 1)),
        value(CENTS, "paid_cents", At("SVD", 2)),
        text("procedure", At("SVD", 3, 1)),
        *(text(MODIFIERS[k], At("SVD", 3, 2 + k)) for k in range(MAX_MODIFIERS)),
        text("revenue_code", At("SVD", 4)),
        value(NUMBER, "units", At("SVD", 5)),
        value(COUNT, "bundled_line", At("SVD", 6), most=999_999),
        value(DAY, "known_on", At("DTP", 3), told_at=""),
    )
)
ADJUSTMENT_FIELDS = Fields(
    (
        text("group_code", At("CAS", 1)),
        text("carc", At("CAS", 0, -1, SHIFTED)),
        value(CENTS, "amount_cents", At("CAS", 1, -1, SHIFTED)),
        value(NUMBER, "quantity", At("CAS", 2, -1, SHIFTED)),
    )
)
CAS_FIRSTS = (2, 5, 8, 11, 14, 17)


class ClaimDetails:
    """Makes the long tables of the claims that a reader reads; `numbers` are those of its lines."""

    def __init__(self, reader: Reader, numbers: Ints) -> None:
        self.reader = reader
        self.collected = collect.collect(reader.view, RULES, keep=True)
        self._line = reader.spread(numbers)

    def tables(self) -> Mapping[str, pa.Table]:
        """All of them, by name."""
        return {
            "claim_details": self._details(),
            "claim_providers": self._providers(),
            "other_payers": self._payers(),
            "other_services": self._services(),
            "other_adjustments": self._adjustments(),
        }

    def _owner(self, rows: Ints) -> Ints:
        return self.reader.view.position_of(self.reader.view.placed.owner[rows])

    def _line_of(self, rows: Ints) -> Ints:
        lines: Ints = self._line[self.reader.view.placed.line[rows]]
        return lines

    def _table(self, schema: pa.Schema, rows: Ints, columns: Mapping[str, pa.Array | Ints]) -> pa.Table:
        owner = self._owner(rows)
        whole: dict[str, pa.Array | Ints] = {
            "claim_key": self.reader.keys[owner],
            "line": self._line_of(rows),
        }
        if "position" in schema.names and "position" not in columns:
            whole["position"] = numbered(owner)
        whole |= columns
        return pa.Table.from_arrays([pa.array(whole[name]) for name in schema.names], schema=schema)

    def _details(self) -> pa.Table:
        found = details(self.reader, self.collected, remarks=True)
        return self._table(CLAIM_DETAILS, found.rows, {**found.columns, "other_payer": found.other})

    def _providers(self) -> pa.Table:
        of: Collected = self.collected
        rows = of.rows(PROVIDERS)
        found = self.reader.gather(
            PROVIDER_FIELDS, {"NM1": rows, "PRV": of.belonging(PROVIDERS, SPECIALTY_OF)}
        )
        columns = {**found.text, "other_payer": of.other(PROVIDERS)}
        return self._table(CLAIM_PROVIDERS, rows, columns)

    def _payers(self) -> pa.Table:
        of: Collected = self.collected
        rows = of.rows(PAYERS)
        slots = {"SBR": rows, "NM1": of.belonging(PAYERS, NAME_OF)}
        slots |= {"AMT": of.belonging(PAYERS, PAID_OF), "DTP": of.belonging(PAYERS, KNOWN_OF)}
        found = self.reader.gather(PAYER_FIELDS, slots)
        return self._table(
            OTHER_PAYERS, rows, {**found.columns(OTHER_PAYERS), "other_payer": of.other(PAYERS)}
        )

    def _services(self) -> pa.Table:
        of: Collected = self.collected
        rows = of.rows(SERVICES)
        found = self.reader.gather(
            SERVICE_FIELDS, {"SVD": rows, "DTP": of.belonging(SERVICES, SERVICE_KNOWN_OF)}
        )
        columns = {**found.columns(OTHER_SERVICES), "other_payer": of.other(SERVICES)}
        return self._table(OTHER_SERVICES, rows, columns)

    def _adjustments(self) -> pa.Table:
        of: Collected = self.collected
        entry, element = select.explode(self.reader.view.table, of.rows(ADJUSTMENTS), CAS_FIRSTS, 3)
        rows, other = of.rows(ADJUSTMENTS)[entry], of.other(ADJUSTMENTS)[entry]
        found = self.reader.gather(ADJUSTMENT_FIELDS, {"CAS": rows}, element)
        self.reader.note(rows, found.missing("amount_cents"), "amount_cents is missing")
        position = numbered(self._owner(rows), self._line_of(rows), other)
        columns = {**found.columns(OTHER_ADJUSTMENTS), "other_payer": other, "position": position}
        return self._table(OTHER_ADJUSTMENTS, rows, columns)


def mark_used(reader: Reader) -> None:
    """Count what the long tables would take as used, without making them."""
    collect.collect(reader.view, RULES, keep=False)
