"""What other payers are and said: loops 2320 and 2330 of claims, 2430 of lines."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.schema import MODIFIERS, ClaimTables
from data.writers.body import Body, places
from data.writers.details import Details, grouped
from data.writers.index import Index, numbers_of, starts_of
from data.writers.providers837 import add_other_payers_providers
from data.writers.segments import Flags, Rows, Texts, composite, flat, is_said, texts

MAX_TRIPLETS = 6
BEFORE_NAME = ("AMT", "OI", "MIA", "MOA", "QTY")
"""Segments of 2320; the others stand in 2330, after the payer's name."""


def add_other_payers(body: Body, tables: ClaimTables, index: Index, claims: Texts, details: Details) -> None:
    """Add the loops of other payers of all claims: from their table, else from the columns of the claim."""
    ids = flat(tables.claims["claim_id"])
    table = tables.other_payers
    owner, other = index.owner(table["claim_key"]), numbers_of(table["other_payer"])
    payers = texts(table.drop_columns(["claim_key", "other_payer"]), ids.take(pa.array(owner)))
    has_table = np.zeros(index.n, np.bool_)
    has_table[owner] = True
    more_owner, more_other, more = _from_columns(claims, ~has_table)
    owner, other = np.concatenate([owner, more_owner]), np.concatenate([other, more_other])
    if not owner.size:
        return
    p = {name: pa.concat_arrays([column, more[name]]) for name, column in payers.items()}
    at = places(owner, 0, other)
    rest = ("", "", "", "", "", "", p["plan_type"])
    body.add(at, "SBR", p["sequence"], p["relationship"], *rest)
    _add_adjustments(body, tables, index, of_lines=False)
    said = _Said(details, of_lines=False)
    paid = is_said(p["paid_cents"]) & ~said.at(at, "AMT", "D")
    body.add(at, "AMT", "D", p["paid_cents"], where=paid)
    before = np.any([details.is_a(name) for name in BEFORE_NAME], axis=0)
    of_payers = (details.line < 0) & (details.other > 0)
    details.add(body, of_payers & before)
    unsigned = ~said.at(at, "OI")
    body.put(at[unsigned], pa.array(["OI***Y***Y"] * int(unsigned.sum()), pa.string()))
    body.put(at, pa.array(["NM1*IL*1*MEMBER*ONE****MI*MEMBER"] * at.size, pa.string()))
    named = ("2", p["payer_name"], "", "", "", "", pc.if_else(pc.is_valid(p["payer_id"]), "PI", ""))
    body.add(at, "NM1", "PR", *named, p["payer_id"])
    known = is_said(p["known_on"]) & ~said.at(at, "DTP", "573")
    body.add(at, "DTP", "573", "D8", p["known_on"], where=known)
    details.add(body, of_payers & ~before)
    add_other_payers_providers(body, tables, index)


class _Said:
    """What the details say in the loops of other payers."""

    def __init__(self, details: Details, *, of_lines: bool) -> None:
        self.details = details
        self.where = (details.other > 0) & ((details.line >= 0) == of_lines)
        self.places = places(details.owner, details.index.place(details.line), details.other)

    def at(self, places_of: Rows, name: str, qualifier: str = "") -> Flags:
        """Whether such a detail stands at each place."""
        said = self.places[self.details.is_a(name, qualifier) & self.where]
        is_there: Flags = np.isin(places_of, said)
        return is_there


def _from_columns(claims: Texts, where: Flags) -> tuple[Rows, Rows, Texts]:
    """As many as the claim counts: the first with its id and what all of them paid."""
    counted = pc.fill_null(claims["n_other_payers"], "0").cast(pa.int64()).to_numpy()
    n = np.where(where, np.maximum(counted, 0), 0)
    owner = np.repeat(np.arange(n.size), n)
    other = np.arange(owner.size) - np.repeat(np.cumsum(n) - n, n) + 1
    rows, is_first = pa.array(owner), pa.array(other == 1)
    sequence = pc.if_else(pc.fill_null(pc.equal(claims["payer_sequence"].take(rows), "P"), False), "S", "P")
    none = pa.scalar(None, pa.string())
    later = pc.binary_join_element_wise(pa.scalar("OTHER"), pa.array(other).cast(pa.string()), "")

    def every(word: str) -> pa.Array:
        return pa.array([word] * owner.size, pa.string())

    return (
        owner,
        other,
        {
            "sequence": pc.if_else(is_first, sequence, "T"),
            "relationship": every("18"),
            "plan_type": every("CI"),
            "payer_id": pc.if_else(is_first, claims["other_payer_id"].take(rows), later),
            "payer_name": every("OTHER PAYER"),
            "paid_cents": pc.if_else(is_first, claims["other_payer_paid_cents"].take(rows), none),
            "known_on": pa.nulls(owner.size, pa.string()),
        },
    )


def add_other_services(body: Body, tables: ClaimTables, index: Index, details: Details) -> None:
    """Add what other payers said of lines."""
    table = tables.other_services
    if not table.num_rows:
        return
    owner = index.owner(table["claim_key"])
    s = texts(
        table.drop_columns(["claim_key", "line", "other_payer"]),
        flat(tables.claims["claim_id"]).take(pa.array(owner)),
    )
    at = places(owner, index.place(index.line(owner, table["line"])), numbers_of(table["other_payer"]))
    qualifier = pc.if_else(pc.is_valid(s["procedure"]), "HC", "")
    procedure = composite(qualifier, s["procedure"], *(s[name] for name in MODIFIERS))
    body.add(
        at, "SVD", s["payer_id"], s["paid_cents"], procedure, s["revenue_code"], s["units"], s["bundled_line"]
    )
    _add_adjustments(body, tables, index, of_lines=True)
    known = is_said(s["known_on"]) & ~_Said(details, of_lines=True).at(at, "DTP", "573")
    body.add(at, "DTP", "573", "D8", s["known_on"], where=known)
    details.add(body, (details.line >= 0) & (details.other > 0))


def _add_adjustments(body: Body, tables: ClaimTables, index: Index, *, of_lines: bool) -> None:
    """CAS segments: runs of one group, six adjustments in each at most."""
    owner = index.owner(tables.other_adjustments["claim_key"])
    line = index.line(owner, tables.other_adjustments["line"])
    rows = np.flatnonzero((line >= 0) == of_lines)
    if rows.size:
        table = tables.other_adjustments.take(pa.array(rows))
        at = places(owner[rows], index.place(line[rows]), numbers_of(table["other_payer"]))
        add_cas(body, at, table, flat(tables.claims["claim_id"]).take(pa.array(owner[rows])))


def add_cas(body: Body, at: Rows, table: pa.Table, ids: pa.Array) -> None:
    """CAS segments of adjustments that stand at these places: runs of one group, at most six in each."""
    a = texts(table.select(["group_code", "carc", "amount_cents", "quantity"]), ids)
    triplets = pc.binary_join_element_wise(
        a["carc"], a["amount_cents"], a["quantity"], "*", null_handling="replace", null_replacement=""
    )
    group = a["group_code"].dictionary_encode(null_encoding="encode").indices.to_numpy()
    starts, text = grouped("CAS", a["group_code"], starts_of(at, group), triplets, MAX_TRIPLETS)
    body.put(at[starts], text)
