"""Lines with all that was known of them when their claim was sent: one row a line, ready for features."""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import StoreError
from data.keys import Bools, Column, Ints, codes_of, ints, row_of, take_or_null
from data.schema import CLAIM_ONLY, CONTEXT, LINE_TABLE, LINES, ClaimTables

Columns: TypeAlias = "dict[str, Column]"
NEVER = 2**30

OF_LINE = tuple(name for name in LINES.names if name != "offset")
OF_CLAIM = (*CLAIM_ONLY, "charge_cents")
CONTEXT_FIELDS = tuple(name for name in CONTEXT.names if name not in {"claim_id", "line"})
CONTEXT_TYPES = tuple((name, CONTEXT.field(name).type) for name in CONTEXT_FIELDS)
TYPES = tuple(LINE_TABLE.types)
"""Columns of a line table: of the line, of its claim, of the context, in this order."""

DATED_BY: Mapping[str, tuple[str, ...]] = {
    "report_signed_on": ("report_has_indication",),
    "eligibility_checked_on": ("eligibility_status", "coverage_ends_on", "other_payer_primary"),
    "ordered_on": ("accession_order",),
    "auth_valid_from": tuple(name for name in CONTEXT_FIELDS if name.startswith("auth_")),
}
"""What is only known through an event: if the event came after submission, none of it was known."""


def line_table(tables: ClaimTables, context: pa.Table | None = None) -> pa.Table:
    """One row a line (schema `LINE_TABLE`), in the order of `tables.lines`.

    `context` (schema `CONTEXT`) is matched by claim_id, and by line where it names one; what is said of the line
    wins over what is said of its claim. Nothing dated after `submitted_on` is let through. Raises `StoreError` for
    a line without its claim.
    """
    lines, claims = tables.lines, tables.claims
    of_claim = row_of(ints(lines["claim_key"]), ints(claims["claim_key"]))
    if (of_claim < 0).any():
        raise StoreError(
            "lines", found=f"{int((of_claim < 0).sum())} of no claim", wanted="a claim for each line"
        )
    head = _beside(claims.select(OF_CLAIM), of_claim)
    said = dict(zip(OF_CLAIM, head.columns, strict=True))
    told = _context(said["claim_id"], lines["line"], said["submitted_on"], context)
    columns = [*lines.select(OF_LINE).columns, *head.columns, *(told[name] for name in CONTEXT_FIELDS)]
    return pa.table(
        [
            column if column.type == kind else column.cast(kind)
            for column, kind in zip(columns, TYPES, strict=True)
        ],
        schema=LINE_TABLE,
    )


def _beside(claims: pa.Table, of_claim: Ints) -> pa.Table:
    """The claim of each line. One claim alone is said again for each of its lines: ten times faster than to take it."""
    if claims.num_rows == 1:
        return pa.concat_tables([claims] * len(of_claim)) if len(of_claim) else claims.slice(0, 0)
    return claims.take(pa.array(of_claim, pa.int64()))


def _context(claim_id: Column, line: Column, submitted_on: Column, context: pa.Table | None) -> Columns:
    """The context columns beside the lines, under their names in `CONTEXT`."""
    if context is None or context.num_rows == 0:
        return {name: pa.chunked_array([pa.nulls(len(line), kind)]) for name, kind in CONTEXT_TYPES}
    here, there = codes_of(claim_id, context["claim_id"])
    of_line = _last_row(here, ints(line), there, ints(context["line"], null=-1))
    of_all = _last_row(here, np.full(len(line), -1), there, ints(context["line"], null=-1))
    said = {name: _said(context[name], of_line, of_all) for name in CONTEXT_FIELDS}
    return known_by(said, submitted_on)


def _last_row(claim: Ints, line: Ints, in_claim: Ints, in_line: Ints) -> Ints:
    """The last context row of each (claim, line): a later row of the file replaces an earlier one."""
    width = int(max(line.max(initial=0), in_line.max(initial=0))) + 2
    newest_first = np.arange(len(in_claim))[::-1]
    usable = newest_first[in_claim[newest_first] >= 0]
    row = row_of(claim * width + line + 1, in_claim[usable] * width + in_line[usable] + 1)
    return np.where((row < 0) | (claim < 0), -1, usable[row] if len(usable) else -1)


def _said(column: Column, of_line: Ints, of_all: Ints) -> Column:
    own, claims = take_or_null(column, of_line), take_or_null(column, of_all)
    return pa.chunked_array([pc.coalesce(own, claims)])


def known_by(said: Columns, submitted_on: Column) -> Columns:
    """The context as it could be known on the day of submission.

    A date after submission becomes null, and with it what only that event told (a report signed later was unsigned,
    an eligibility answer got later was not there). Without a submission date nothing is taken away.
    """
    late = {name: _after(said[name], submitted_on) for name in said if pa.types.is_date32(said[name].type)}
    hidden = dict(late)
    for event, told in DATED_BY.items():
        for name in told:
            hidden[name] = hidden[name] | late[event] if name in hidden else late[event]
    return {name: _hide(column, hidden.get(name)) for name, column in said.items()}


def _after(day: Column, limit: Column) -> Bools:
    return ints(day, null=-NEVER) > ints(limit, null=NEVER)


def _hide(column: Column, hidden: Bools | None) -> Column:
    if hidden is None or not hidden.any():
        return column
    seen: Column = pc.if_else(pa.array(~hidden), column, pa.scalar(None, column.type))
    return seen
