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

CONTEXT_FIELDS = tuple(name for name in CONTEXT.names if name not in {"claim_id", "line"})

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
    head = claims.select([*CLAIM_ONLY, "charge_cents"]).take(pa.array(of_claim, pa.int64()))
    columns: Columns = {name: lines[name] for name in LINES.names if name != "offset"}
    columns |= {name: head[name] for name in CLAIM_ONLY}
    columns["claim_charge_cents"] = head["charge_cents"]
    columns |= _context(head["claim_id"], lines["line"], head["submitted_on"], context)
    return pa.table([columns[field.name].cast(field.type) for field in LINE_TABLE], schema=LINE_TABLE)


def _context(claim_id: Column, line: Column, submitted_on: Column, context: pa.Table | None) -> Columns:
    """The context columns beside the lines, under their names in a line table."""
    if context is None or context.num_rows == 0:
        nothing = {name: pa.nulls(len(line), CONTEXT.field(name).type) for name in CONTEXT_FIELDS}
        return {f"context_{name}": pa.chunked_array([column]) for name, column in nothing.items()}
    here, there = codes_of(claim_id, context["claim_id"])
    of_line = _last_row(here, ints(line), there, ints(context["line"], null=-1))
    of_all = _last_row(here, np.full(len(line), -1), there, ints(context["line"], null=-1))
    said = {name: _said(context[name], of_line, of_all) for name in CONTEXT_FIELDS}
    return {f"context_{name}": column for name, column in known_by(said, submitted_on).items()}


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
