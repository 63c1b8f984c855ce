"""Claims out as an 837P (005010X222A1): everything that the tables hold and the form has a place for.

Names and addresses are placeholders, as the tables keep none; of a birth date the year alone is true.
"""

from collections.abc import Iterator
from itertools import groupby

import pyarrow as pa
import pyarrow.compute as pc

from data.errors import InvalidClaim
from data.schema import DIAGNOSES, MODIFIERS, POINTERS, ClaimTables
from data.writers.envelope import Envelope
from data.writers.segments import composite, segment, texts

VERSION = "005010X222A1"
ADDRESS = ("N3*1 MAIN STREET", "N4*ANYTOWN*OH*430010001")
NEEDED = ("claim_id", "submitted_on")

Columns = dict[str, list[str]]


def write_claims(
    tables: ClaimTables,
    *,
    control: int,
    sender: str = "CLEANCLAIM",
    receiver: str = "PAYER",
    test: bool = True,
) -> bytes:
    """One interchange with these claims in their order, a transaction for each run of one `submitted_on`.

    Read again, it gives the same tables (but for keys and offsets). Raises InvalidClaim where a claim has no id or
    day of submission, is an 837I, or holds a delimiter in a code; and where `control`, `sender` or `receiver` fit no ISA.
    """
    _check(tables.claims)
    envelope = Envelope("HC", "837", VERSION, control, sender, receiver, test)
    claims = texts(tables.claims, "claim_id")
    claims["version"] = []
    writer = _Writer(claims, texts(tables.lines, "claim_key"), _lines_of(tables))
    days = claims["submitted_on"]
    bodies = [
        writer.transaction(day, list(run)) for day, run in groupby(range(len(days)), key=days.__getitem__)
    ]
    return envelope.around(bodies, day=max(days, default="20000101"))


def _check(claims: pa.Table) -> None:
    for name in NEEDED:
        if claims.column(name).null_count:
            at = pc.index(claims.column(name).is_null(), True).as_py()
            thing = f"claim {at + 1}" if name == "claim_id" else str(claims.column("claim_id")[at])
            raise InvalidClaim(thing, field=name, found="nothing", wanted="a value")
    institutional = pc.index(claims.column("transaction"), "837I").as_py()
    if institutional >= 0:
        thing = str(claims.column("claim_id")[institutional])
        raise InvalidClaim(thing, field="transaction", found="837I", wanted="837P")


def _lines_of(tables: ClaimTables) -> list[list[int]]:
    """The rows of each claim's lines, in order."""
    position = {key: i for i, key in enumerate(tables.claims.column("claim_key").to_pylist())}
    found: list[list[int]] = [[] for _ in position]
    for row, key in enumerate(tables.lines.column("claim_key").to_pylist()):
        found[position[key]].append(row)
    return found


class _Writer:
    """Builds the segments of claims from columns of text."""

    def __init__(self, claims: Columns, lines: Columns, lines_of: list[list[int]]) -> None:
        self.claims = claims
        self.lines = lines
        self.lines_of = lines_of

    def transaction(self, day: str, rows: list[int]) -> list[str]:
        """The segments between ST and SE of claims sent on one day."""
        body = [
            segment("BHT", "0019", "00", f"{rows[0] + 1}", day, "0000", "CH"),
            "NM1*41*2*SUBMITTER*****46*SUBMITTER",
            "PER*IC*CONTACT*TE*5555550100",
            "NM1*40*2*RECEIVER*****46*RECEIVER",
        ]
        level = 0
        for _, run in groupby(rows, key=self._billing):
            claims = list(run)
            level += 1
            body += self._provider(claims[0], level)
            provider = level
            for i in claims:
                segments, level = self._claim_in_levels(i, provider, level)
                body += segments
        return body

    def _billing(self, i: int) -> tuple[str, ...]:
        return tuple(self.claims[name][i] for name in ("billing_npi", "billing_name", "billing_taxonomy"))

    def _provider(self, i: int, level: int) -> list[str]:
        npi, name, taxonomy = self._billing(i)
        return [
            segment("HL", str(level), "", "20", "1"),
            *([segment("PRV", "BI", "PXC", taxonomy)] if taxonomy else []),
            segment("NM1", "85", "2", name, "", "", "", "", "XX" if npi else "", npi),
            *ADDRESS,
            "REF*EI*999999999",
        ]

    def _claim_in_levels(self, i: int, provider: int, level: int) -> tuple[list[str], int]:
        """A subscriber's level, a dependant's if the patient is one, and the claim."""
        relationship = self.claims["relationship"][i]
        is_self = relationship in ("", "18")
        subscriber = [
            segment("HL", str(level + 1), str(provider), "22", "0" if is_self else "1"),
            *self._subscriber(i, relationship if is_self else ""),
            *(self._born(i) if is_self else []),
            self._payer(i),
        ]
        if is_self:
            return [*subscriber, *self._claim(i)], level + 1
        dependant = [
            segment("HL", str(level + 2), str(level + 1), "23", "0"),
            segment("PAT", relationship),
            "NM1*QC*1*MEMBER*TWO",
            *ADDRESS,
            *self._born(i),
        ]
        return [*subscriber, *dependant, *self._claim(i)], level + 2

    def _subscriber(self, i: int, relationship: str) -> list[str]:
        c = self.claims
        plan, member = c["plan_type"][i], c["member_id"][i]
        return [
            segment("SBR", c["payer_sequence"][i], relationship, "", "", "", "", "", "", plan),
            segment("NM1", "IL", "1", "MEMBER", "ONE", "", "", "", "MI" if member else "", member),
            *(ADDRESS if relationship else ()),
        ]

    def _born(self, i: int) -> list[str]:
        year, sex = self.claims["birth_year"][i], self.claims["patient_sex"][i]
        if not (year or sex):
            return []
        return [segment("DMG", "D8", f"{year}0101" if year else "", sex)]

    def _payer(self, i: int) -> str:
        payer = self.claims["payer_id"][i]
        name = self.claims["payer_name"][i]
        return segment("NM1", "PR", "2", name, "", "", "", "", "PI" if payer else "", payer)

    def _claim(self, i: int) -> list[str]:
        lines = [s for row in self.lines_of[i] for s in self._line(i, row)]
        return [*self._clm(i), *self._numbers(i), *self._providers(i), *self._other_payers(i), *lines]

    def _clm(self, i: int) -> list[str]:
        c = self.claims
        signs = (c[name][i] for name in ("provider_signature", "assignment", "benefits_assigned", "release"))
        place = composite((c["place_of_service"][i], "B", c["frequency"][i]))
        head = ("CLM", c["claim_id"][i], c["charge_cents"][i], "", "", place, *signs)
        cause, delay = c["related_cause"][i], c["delay_reason"][i]
        days = (("439", c["accident_on"][i]), ("435", c["admitted_on"][i]))
        return [
            segment(*head, "", cause, *[""] * 8, delay),
            *(segment("DTP", which, "D8", day) for which, day in days if day),
        ]

    def _numbers(self, i: int) -> Iterator[str]:
        """Attachment, amount, references, note and diagnoses, in the guide's order."""
        c = self.claims
        attachment = tuple(c[f"attachment_{part}"][i] for part in ("type", "transmission", "control"))
        if any(attachment):
            yield _attachment(*attachment)
        if c["patient_paid_cents"][i]:
            yield segment("AMT", "F5", c["patient_paid_cents"][i])
        columns = (
            ("9F", "referral_number"),
            ("G1", "auth_number"),
            ("F8", "original_control"),
            ("EA", "record_number"),
        )
        yield from (segment("REF", which, c[name][i]) for which, name in columns if c[name][i])
        if c["has_note"][i] == "1":
            yield "NTE*ADD*NOTE"
        codes = [c[name][i] for name in DIAGNOSES if c[name][i]]
        if codes:
            yield segment("HI", *(f"{'ABF' if n else 'ABK'}:{code}" for n, code in enumerate(codes)))

    def _providers(self, i: int) -> Iterator[str]:
        c = self.claims
        if c["referring_npi"][i]:
            yield _person("DN", c["referring_npi"][i])
        taxonomy = c["rendering_taxonomy"][i]
        if c["rendering_npi"][i] or taxonomy:
            yield _person("82", c["rendering_npi"][i])
        if taxonomy:
            yield segment("PRV", "PE", "PXC", taxonomy)
        if c["facility_npi"][i]:
            yield segment("NM1", "77", "2", "FACILITY", "", "", "", "", "XX", c["facility_npi"][i])
            yield from ADDRESS
        if c["supervising_npi"][i]:
            yield _person("DQ", c["supervising_npi"][i])

    def _other_payers(self, i: int) -> Iterator[str]:
        """Other payers' loops: the first with its id and what all of them paid."""
        c = self.claims
        sequence = "S" if c["payer_sequence"][i] == "P" else "P"
        for n in range(int(c["n_other_payers"][i] or 0)):
            paid = c["other_payer_paid_cents"][i] if n == 0 else ""
            payer = c["other_payer_id"][i] if n == 0 else f"OTHER{n + 1}"
            yield segment("SBR", sequence if n == 0 else "T", "18", "", "", "", "", "", "", "CI")
            if paid:
                yield segment("AMT", "D", paid)
            yield "OI***Y***Y"
            yield "NM1*IL*1*MEMBER*ONE****MI*MEMBER"
            yield segment("NM1", "PR", "2", "OTHER PAYER", "", "", "", "", "PI" if payer else "", payer)

    def _line(self, i: int, row: int) -> Iterator[str]:
        c, lines = self.claims, self.lines
        yield segment("LX", lines["line"][row])
        yield self._sv1(i, row)
        attachment = tuple(lines[f"attachment_{part}"][row] for part in ("type", "transmission", "control"))
        if attachment != tuple(c[f"attachment_{part}"][i] for part in ("type", "transmission", "control")):
            yield _attachment(*attachment)
        first, last = lines["service_from"][row], lines["service_to"][row]
        if first:
            yield f"DTP*472*D8*{first}" if last in ("", first) else f"DTP*472*RD8*{first}-{last}"
        if lines["auth_number"][row] not in ("", c["auth_number"][i]):
            yield segment("REF", "G1", lines["auth_number"][row])
        if lines["line_control"][row]:
            yield segment("REF", "6R", lines["line_control"][row])
        yield from self._line_providers(i, row)

    def _sv1(self, i: int, row: int) -> str:
        lines = self.lines
        codes = ("procedure_qualifier", "procedure", *MODIFIERS)
        place = lines["place_of_service"][row]
        return segment(
            "SV1",
            composite(lines[name][row] for name in codes),
            lines["charge_cents"][row],
            lines["unit_code"][row],
            lines["units"][row],
            "" if place == self.claims["place_of_service"][i] else place,
            "",
            composite(lines[name][row] for name in POINTERS),
        )

    def _line_providers(self, i: int, row: int) -> Iterator[str]:
        roles = (("82", "rendering_npi"), ("DK", "ordering_npi"), ("DN", "referring_npi"))
        for role, name in roles:
            npi = self.lines[name][row]
            # A line says only what its claim does not already say for it.
            if npi and (name == "ordering_npi" or npi != self.claims[name][i]):
                yield _person(role, npi)
                if role == "DK":
                    yield from ADDRESS


def _person(role: str, npi: str) -> str:
    return segment("NM1", role, "1", "PROVIDER", "ONE", "", "", "", "XX" if npi else "", npi)


def _attachment(kind: str, transmission: str, control: str) -> str:
    return segment("PWK", kind, transmission, "", "", "AC" if control else "", control)
