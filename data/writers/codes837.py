"""The HI segments of claims: from their codes, else from the columns of their diagnoses."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.schema import DIAGNOSES, ClaimTables
from data.writers.body import Body, places
from data.writers.details import grouped
from data.writers.index import Index, starts_of
from data.writers.segments import Flags, Rows, composite, flat, is_said, texts

MAX_CODES = 12
TOGETHER = {"ABK": "diagnoses", "ABF": "diagnoses", "BK": "older diagnoses", "BF": "older diagnoses"}
"""Qualifiers that share a segment; every other stands in segments of its own."""


def add_codes(body: Body, tables: ClaimTables, index: Index) -> None:
    """Add the HI segments of all claims."""
    ids = flat(tables.claims["claim_id"])
    owner = index.owner(tables.claim_codes["claim_key"])
    has_codes = np.zeros(index.n, np.bool_)
    has_codes[owner] = True
    if owner.size:
        _from_codes(body, tables.claim_codes, owner, ids)
    if not has_codes.all():
        _from_columns(body, tables.claims, ~has_codes, ids)


def _from_codes(body: Body, codes: pa.Table, owner: Rows, ids: pa.Array) -> None:
    c = texts(codes.drop_columns(["claim_key", "position"]), ids.take(pa.array(owner)))
    first, last = c["from_on"], c["to_on"]
    is_day = pc.fill_null(pc.equal(first, last), False)
    period = pc.binary_join_element_wise(first, last, "-", null_handling="replace", null_replacement="")
    has_day = pc.or_(pc.is_valid(first), pc.is_valid(last))
    none = pa.scalar(None, pa.string())
    how = pc.if_else(is_day, "D8", pc.if_else(has_day, "RD8", none))
    day = pc.if_else(is_day, first, pc.if_else(has_day, period, none))
    items = composite(
        c["qualifier"],
        c["code"],
        how,
        day,
        c["amount_cents"],
        c["quantity"],
        "",
        "",
        c["present_on_admission"],
    )
    kinds = c["qualifier"].dictionary_encode(null_encoding="encode")
    words = [TOGETHER.get(q or "", q or "") for q in kinds.dictionary.to_pylist()]
    kind = np.unique(words, return_inverse=True)[1][kinds.indices.to_numpy()]
    starts, text = grouped("HI", None, starts_of(owner, kind), items, MAX_CODES)
    body.put(places(owner[starts]), text)


def _from_columns(body: Body, claims: pa.Table, where: Flags, ids: pa.Array) -> None:
    columns = texts(claims.select(DIAGNOSES), ids)
    found = [np.flatnonzero(is_said(columns[name]) & where) for name in DIAGNOSES]
    owner = np.concatenate(found)
    if not owner.size:
        return
    order = np.argsort(owner, kind="stable")
    code = pa.concat_arrays([columns[n].take(pa.array(at)) for n, at in zip(DIAGNOSES, found, strict=True)])
    owner, code = owner[order], code.take(pa.array(order))
    is_new = starts_of(owner)
    principal = pa.array(["ABF", "ABK"]).take(pa.array(is_new.astype(np.int8)))
    starts, text = grouped("HI", None, is_new, composite(principal, code), MAX_CODES)
    body.put(places(owner[starts]), text)
