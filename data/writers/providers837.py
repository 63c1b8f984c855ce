"""The providers of claims and lines: as the table of providers says them, else from columns."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.schema import ClaimTables
from data.writers.body import Body, places
from data.writers.index import Index, numbers_of
from data.writers.segments import LINE_END, Flags, Rows, Texts, flat, is_said, segments, texts

ADDRESS = f"N3*1 MAIN STREET{LINE_END}N4*ANYTOWN*OH*430010001"
ORGANISATIONS = ("77", "FA", "LI", "TL", "85")
ADDRESSED = ("77", "FA", "LI", "TL", "DK")
ALIKE = {"DN": ("DN", "P3"), "77": ("77", "FA", "LI", "TL")}
"""Roles that fill one column."""


class _Providers:
    """The rows of the table of providers."""

    def __init__(self, tables: ClaimTables, index: Index) -> None:
        table = tables.claim_providers
        self.index = index
        self.owner = index.owner(table["claim_key"])
        self.line = index.line(self.owner, table["line"])
        self.other = numbers_of(table["other_payer"])
        names = ["role", "npi", "other_id", "taxonomy"]
        ids = flat(tables.claims["claim_id"]).take(pa.array(self.owner))
        self.table = texts(table.select(names), ids)

    def saying(self, role: str, *, of_lines: bool) -> Flags:
        """Which claims (or lines) have a provider in this role, or in one that fills the same column."""
        n = self.index.owner_of_line.size if of_lines else self.index.n
        said = np.zeros(n, np.bool_)
        if self.owner.size:
            roles = pa.array(ALIKE.get(role, (role,)))
            is_role = pc.is_in(self.table["role"], value_set=roles).to_numpy(zero_copy_only=False)
            where = is_role & (self.other == 0) & ((self.line >= 0) == of_lines)
            said[(self.line if of_lines else self.owner)[where]] = True
        return said

    def add(self, body: Body, where: Flags) -> None:
        """Write some of them."""
        rows = np.flatnonzero(where)
        if rows.size:
            some = {name: column.take(pa.array(rows)) for name, column in self.table.items()}
            at = places(self.owner[rows], self.index.place(self.line[rows]), self.other[rows])
            body.put(at, _written(some))


def _written(p: Texts) -> pa.Array:
    """NM1, and what follows it."""
    role, npi, other = p["role"], p["npi"], p["other_id"]
    how = pc.if_else(pc.is_valid(npi), "XX", pc.if_else(pc.is_valid(other), "G2", ""))
    is_organisation = pc.fill_null(pc.is_in(role, value_set=pa.array(ORGANISATIONS)), False)
    kind = pc.if_else(is_organisation, "2", "1")
    last = pc.if_else(is_organisation, "FACILITY", "PROVIDER")
    first = pc.if_else(is_organisation, "", "ONE")
    name = segments("NM1", role, kind, last, first, "", "", "", how, pc.coalesce(npi, other))
    specialty = segments(f"{LINE_END}PRV", "PE", "PXC", p["taxonomy"])
    address = pc.if_else(pc.is_in(role, value_set=pa.array(ADDRESSED)), f"{LINE_END}{ADDRESS}", "")
    specialty = pc.if_else(pc.is_valid(p["taxonomy"]), specialty, "")
    return pc.binary_join_element_wise(name, specialty, address, "")


def _people(npi: pa.Array, role: str) -> pa.Array:
    return segments(
        "NM1", role, "1", "PROVIDER", "ONE", "", "", "", pc.if_else(pc.is_valid(npi), "XX", ""), npi
    )


def add_claim_providers(body: Body, tables: ClaimTables, index: Index, claims: Texts) -> None:
    """Add those of claims; not those of other payers."""
    providers, at = _Providers(tables, index), places(np.arange(index.n))
    taxonomy = claims["rendering_taxonomy"]
    for role, name in (
        ("DN", "referring_npi"),
        ("82", "rendering_npi"),
        ("77", "facility_npi"),
        ("DQ", "supervising_npi"),
    ):
        npi = claims[name]
        where = is_said(npi) & ~providers.saying(role, of_lines=False)
        if role == "82":
            where |= is_said(taxonomy) & ~providers.saying(role, of_lines=False)
        none = pa.nulls(len(npi), pa.string())
        column = {
            "role": pa.array([role]).take(pa.array(np.zeros(len(npi), np.int8))),
            "npi": npi,
            "other_id": none,
            "taxonomy": taxonomy if role == "82" else none,
        }
        _add_some(body, at, column, where)
    providers.add(body, (providers.line < 0) & (providers.other == 0))


def _add_some(body: Body, at: Rows, columns: Texts, where: Flags) -> None:
    rows = pa.array(np.flatnonzero(where))
    if len(rows):
        body.put(at[where], _written({name: column.take(rows) for name, column in columns.items()}))


def add_line_providers(body: Body, tables: ClaimTables, index: Index, claims: Texts, lines: Texts) -> None:
    """Add those of lines: from columns only what the claim does not already say for them."""
    providers = _Providers(tables, index)
    at = places(index.owner_of_line, index.place_of_line)
    for role, name in (("82", "rendering_npi"), ("DK", "ordering_npi"), ("DN", "referring_npi")):
        npi = lines[name]
        where = is_said(npi) & ~providers.saying(role, of_lines=True)
        if name in claims:
            claim = claims[name].take(pa.array(index.owner_of_line))
            where &= ~pc.fill_null(pc.equal(npi, claim), False).to_numpy(zero_copy_only=False)
        none = pa.nulls(len(npi), pa.string())
        role_column = pa.array([role]).take(pa.array(np.zeros(len(npi), np.int8)))
        _add_some(body, at, {"role": role_column, "npi": npi, "other_id": none, "taxonomy": none}, where)
    providers.add(body, (providers.line >= 0) & (providers.other == 0))


def add_other_payers_providers(body: Body, tables: ClaimTables, index: Index) -> None:
    """Add those that stand in the loops of other payers."""
    providers = _Providers(tables, index)
    providers.add(body, (providers.line < 0) & (providers.other > 0))
