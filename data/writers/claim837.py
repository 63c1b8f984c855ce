"""Claims out as an 837P (005010X222A1): everything that the tables hold and the form has a place for.

Where the long tables (details, codes, providers, other payers) say a thing, it is written as they say it; what only a
column of the claim or line holds is written from there. Names and addresses are placeholders, as the tables keep
none; of a birth date the year alone is true.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import InvalidClaim
from data.schema import CLAIMS, LINES, MODIFIERS, POINTERS, ClaimTables
from data.writers.body import Body, places
from data.writers.codes837 import add_codes
from data.writers.details import Details
from data.writers.envelope import Envelope
from data.writers.index import Index, starts_of
from data.writers.other837 import add_other_payers, add_other_services
from data.writers.providers837 import ADDRESS, add_claim_providers, add_line_providers
from data.writers.segments import Flags, Rows, composite, flat, is_said, only, texts

VERSION = "005010X222A1"
NEEDED = ("claim_id", "submitted_on")
NOT_WRITTEN = {"claim_key", "offset", "transaction", "version", "has_note", "n_lines", "n_diagnoses"}
ATTACHMENT = ("attachment_type", "attachment_transmission", "attachment_control")


def write_claims(
    tables: ClaimTables,
    *,
    control: int,
    sender: str = "CLEANCLAIM",
    receiver: str = "PAYER",
    test: bool = True,
) -> bytes:
    """One interchange with these claims in their order, a transaction for each run of one `submitted_on`.

    Read again, it gives the same claims and lines (but for keys and offsets), and all that the long tables hold.
    Raises InvalidClaim where a claim has no id or day of submission, is an 837I, or holds a delimiter in a code;
    where a row belongs to no claim; and where `control`, `sender` or `receiver` fit no ISA.
    """
    _check(tables.claims)
    envelope = Envelope("HC", "837", VERSION, control, sender, receiver, test)
    if not tables.claims.num_rows:
        return envelope.around([], [], day="20000101")
    writer = _Writer(tables)
    writer.add_all()
    bodies, counts = writer.body.bytes_of(np.flatnonzero(writer.opens)[1:])
    return envelope.around(bodies, counts, day=pc.max(writer.claims["submitted_on"]).as_py())


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


def _same(one: pa.Array, other: pa.Array) -> Flags:
    """Whether two columns say the same, or both nothing."""
    same: Flags = pc.equal(pc.fill_null(one, ""), pc.fill_null(other, "")).to_numpy(zero_copy_only=False)
    return same


def _is(column: pa.Array, value: str) -> Flags:
    flags: Flags = pc.fill_null(pc.equal(column, value), False).to_numpy(zero_copy_only=False)
    return flags


def _where(flags: Flags, one: str, other: str) -> pa.Array:
    return pa.array([other, one]).take(pa.array(flags.astype(np.int8)))


def _beside(column: pa.Array, word: str) -> pa.Array:
    """A word where a column says something."""
    return pc.if_else(pc.is_valid(column), word, pa.scalar(None, pa.string()))


class _Writer:
    """Adds the segments of all claims to a body, kind by kind."""

    def __init__(self, tables: ClaimTables) -> None:
        ids = flat(tables.claims["claim_id"])
        self.tables = tables
        self.body = Body()
        self.index = Index(tables.claims["claim_key"], tables.lines.select(["claim_key", "line"]))
        self.claims = texts(tables.claims.select([n for n in CLAIMS.names if n not in NOT_WRITTEN]), ids)
        owner = self.index.owner_of_line
        self.lines = texts(
            tables.lines.select([n for n in LINES.names if n not in NOT_WRITTEN]), ids.take(pa.array(owner))
        )
        self.details = Details(tables.claim_details, self.index, ids)
        self.at = places(np.arange(self.index.n))
        self.opens = starts_of(flat(tables.claims["submitted_on"]).cast(pa.int32()).to_numpy())

    def add_all(self) -> None:
        """In the order in which segments of one place stand."""
        self._transactions()
        self._levels()
        self._claims()
        self._numbers()
        add_codes(self.body, self.tables, self.index)
        add_claim_providers(self.body, self.tables, self.index, self.claims)
        add_other_payers(self.body, self.tables, self.index, self.claims, self.details)
        self._lines()
        self._line_numbers()
        add_line_providers(self.body, self.tables, self.index, self.claims, self.lines)
        add_other_services(self.body, self.tables, self.index, self.details)

    def _transactions(self) -> None:
        rows = np.flatnonzero(self.opens)
        numbers = pa.array(rows + 1).cast(pa.string())
        days = self.claims["submitted_on"].take(pa.array(rows))
        submitter = ("NM1*41*2*SUBMITTER*****46*SUBMITTER", "PER*IC*CONTACT*TE*5555550100")
        then = "~\n".join([*submitter, "NM1*40*2*RECEIVER*****46*RECEIVER"])
        self.body.add(self.at[rows], "BHT", "0019", "00", numbers, days, "0000", "CH", then=then)

    def _levels(self) -> None:
        """Billing provider, subscriber, and the dependant that the patient is."""
        c = self.claims
        billing = [c[name] for name in ("billing_npi", "billing_name", "billing_taxonomy")]
        is_new = self.opens | starts_of(*(_codes(column) for column in billing))
        is_self = _is(c["relationship"], "18") | ~is_said(c["relationship"])
        n_levels = is_new + 1 + ~is_self
        before = np.cumsum(n_levels) - n_levels
        before -= np.maximum.accumulate(np.where(self.opens, before, 0))
        every = np.arange(is_new.size)
        provider = (before + 1)[np.maximum.accumulate(np.where(is_new, every, 0))]
        self._providers(is_new, _digits(before + 1), *billing)
        self._subscribers(is_self, before + is_new + 1, provider)

    def _providers(
        self, is_new: Flags, level: pa.Array, npi: pa.Array, name: pa.Array, taxonomy: pa.Array
    ) -> None:
        self.body.add(self.at, "HL", level, "", "20", "1", where=is_new)
        self.body.add(self.at, "PRV", "BI", "PXC", taxonomy, where=is_new & is_said(taxonomy))
        named = ("85", "2", name, "", "", "", "", _beside(npi, "XX"), npi)
        self.body.add(self.at, "NM1", *named, where=is_new, then=f"{ADDRESS}~\nREF*EI*999999999")

    def _subscribers(self, is_self: Flags, level: Rows, provider: Rows) -> None:
        c, body, at = self.claims, self.body, self.at
        body.add(at, "HL", _digits(level), _digits(provider), "22", _where(is_self, "0", "1"))
        rest = ("", "", "", "", "", "", c["plan_type"])
        body.add(at, "SBR", c["payer_sequence"], only(c["relationship"], is_self), *rest)
        member = c["member_id"]
        body.add(at, "NM1", "IL", "1", "MEMBER", "ONE", "", "", "", _beside(member, "MI"), member)
        has_address = is_self & is_said(c["relationship"])
        body.put(at[has_address], pa.array([ADDRESS] * int(has_address.sum()), pa.string()))
        self._born(is_self)
        payer = c["payer_id"]
        body.add(at, "NM1", "PR", "2", c["payer_name"], "", "", "", "", _beside(payer, "PI"), payer)
        other = ~is_self
        body.add(at, "HL", _digits(level + 1), _digits(level), "23", "0", where=other)
        body.add(at, "PAT", c["relationship"], where=other, then=f"NM1*QC*1*MEMBER*TWO~\n{ADDRESS}")
        self._born(other)

    def _born(self, where: Flags) -> None:
        year, sex = self.claims["birth_year"], self.claims["patient_sex"]
        day = pc.binary_join_element_wise(year, pa.scalar("0101"), "")
        where = where & (is_said(year) | is_said(sex))
        self.body.add(self.at, "DMG", "D8", day, sex, where=where)

    def _claims(self) -> None:
        c = self.claims
        signs = (c[name] for name in ("provider_signature", "assignment", "benefits_assigned", "release"))
        place = composite(c["place_of_service"], "B", c["frequency"])
        head = (c["claim_id"], c["charge_cents"], "", "", place, *signs)
        self.body.add(self.at, "CLM", *head, "", c["related_cause"], *[""] * 8, c["delay_reason"])
        for which, name in (("439", "accident_on"), ("435", "admitted_on")):
            self._add_unless_said("DTP", which, "D8", c[name])

    def _add_unless_said(self, segment: str, which: str, *elements: str | pa.Array) -> None:
        """A segment from a column, where the details do not say the same."""
        where = is_said(elements[-1]) & ~self.details.owners_that_say(segment, which)
        self.body.add(self.at, segment, which, *elements, where=where)

    def _numbers(self) -> None:
        """Attachment, amount, references and note, in the guide's order; then what the details say."""
        c = self.claims
        attachment = [c[name] for name in ATTACHMENT]
        where = np.any([is_said(column) for column in attachment], axis=0)
        where &= ~self.details.owners_that_say("PWK")
        self.body.add(self.at, "PWK", *_attached(*attachment), where=where)
        self._add_unless_said("AMT", "F5", c["patient_paid_cents"])
        columns = ("9F", "referral_number"), ("G1", "auth_number"), ("F8", "original_control")
        for which, name in (*columns, ("EA", "record_number")):
            self._add_unless_said("REF", which, c[name])
        self.details.add(self.body, self.details.of_owners)
        has_note = pc.fill_null(flat(self.tables.claims["has_note"]), False).to_numpy(zero_copy_only=False)
        noted = has_note & ~self.details.owners_that_say("NTE", anywhere=True)
        self.body.put(self.at[noted], pa.array(["NTE*ADD*NOTE"] * int(noted.sum()), pa.string()))

    def _lines(self) -> None:
        lines, claims = self.lines, self._claim_of_line
        at = self._line_at
        self.body.add(at, "LX", lines["line"])
        codes = ("procedure_qualifier", "procedure", *MODIFIERS)
        place = only(lines["place_of_service"], ~_same(lines["place_of_service"], claims("place_of_service")))
        self.body.add(
            at,
            "SV1",
            composite(*(lines[name] for name in codes)),
            lines["charge_cents"],
            lines["unit_code"],
            lines["units"],
            place,
            "",
            composite(*(lines[name] for name in POINTERS)),
        )

    @property
    def _line_at(self) -> Rows:
        return places(self.index.owner_of_line, self.index.place_of_line)

    def _claim_of_line(self, name: str) -> pa.Array:
        return self.claims[name].take(pa.array(self.index.owner_of_line))

    def _line_numbers(self) -> None:
        """What a line says for itself: attachment, dates and numbers; then what the details say."""
        lines, at, said = self.lines, self._line_at, self.details.lines_that_say
        attachment = [lines[name] for name in ATTACHMENT]
        same = np.all([_same(lines[name], self._claim_of_line(name)) for name in ATTACHMENT], axis=0)
        self.body.add(at, "PWK", *_attached(*attachment), where=~same & ~said("PWK"))
        first, last = lines["service_from"], lines["service_to"]
        has_day = is_said(first) & ~said("DTP", "472")
        one_day = ~is_said(last) | _same(first, last)
        self.body.add(at, "DTP", "472", "D8", first, where=has_day & one_day)
        period = pc.binary_join_element_wise(first, last, "-")
        self.body.add(at, "DTP", "472", "RD8", period, where=has_day & ~one_day)
        number = lines["auth_number"]
        own = is_said(number) & ~_same(number, self._claim_of_line("auth_number"))
        self.body.add(at, "REF", "G1", number, where=own & ~said("REF", "G1"))
        control = lines["line_control"]
        self.body.add(at, "REF", "6R", control, where=is_said(control) & ~said("REF", "6R"))
        self.details.add(self.body, self.details.of_lines)


def _attached(kind: pa.Array, transmission: pa.Array, control: pa.Array) -> tuple[pa.Array | str, ...]:
    return kind, transmission, "", "", _beside(control, "AC"), control


def _codes(column: pa.Array) -> Rows:
    codes: Rows = column.dictionary_encode(null_encoding="encode").indices.to_numpy()
    return codes


def _digits(numbers: Rows) -> pa.Array:
    return pa.array(numbers).cast(pa.string())
