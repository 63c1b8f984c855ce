"""Published tables (`data.public`) as lists of a policy book: NCCI pairs, unit limits, add-on codes, fees, coverage."""

from collections.abc import Callable, Collection, Mapping
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import InvalidPolicy
from data.keys import Column
from data.policy.book import PolicyBook
from data.policy.lists import ANY_PAYER, BY_NAME
from data.policy.read import canonical
from data.public.table import PublicTable

PAYABLE = ("A", "R", "T")
"""Statuses of the fee schedule that have a price: active, restricted, paid when alone (CMS, attachment A)."""
SURE = ("paragraph", "one_group", "number")
"""How surely procedures and diagnoses of a coverage article belong together: see `data.public.coverage`."""


def book_of(
    public: PublicTable,
    *,
    payer_id: str = ANY_PAYER,
    known_on: date | None = None,
    contractors: Collection[str] | None = None,
) -> PolicyBook:
    """A published table as a book of one list, for one payer or all.

    `known_on` is the day the office took it into use; `contractors` (numbers of Medicare's contractors) narrows coverage
    articles to those that they go by. Fees are national: relative values times the conversion factor, without the
    locality's share. Raises `InvalidPolicy` for a table that says nothing about payers' wants (places, texts).
    """
    if public.kind.name not in _MADE:
        raise InvalidPolicy(public.source, found=public.kind.title, wanted="one of " + ", ".join(_MADE))
    name, make = _MADE[public.kind.name]
    table = public.table if contractors is None else _of_contractors(public.table, contractors)
    columns = make(table)
    n = len(next(iter(columns.values())))
    source = " ".join(part for part in (public.kind.name, public.version) if part)
    constants = {"payer_id": payer_id, "source": source, "known_on": known_on}
    one = BY_NAME[name]
    filled = [
        columns[field.name] if field.name in columns else _repeat(constants.get(field.name), field.type, n)
        for field in one.schema
    ]
    return PolicyBook.of({name: canonical(pa.table(filled, names=one.schema.names), one)})


def joined(*books: PolicyBook) -> PolicyBook:
    """Several books as one: what stands in a later one counts where all else is equal."""
    tables = {}
    for name in BY_NAME:
        parts = [book.tables[name] for book in books if name in book.tables]
        if parts:
            tables[name] = canonical(
                pa.concat_tables([part.unify_dictionaries() for part in parts]).unify_dictionaries(),
                BY_NAME[name],
            )
    return PolicyBook.of(tables)


def replaced(old: PolicyBook, new: PolicyBook) -> PolicyBook:
    """The old book without the entries that a new one brings anew: of the same lists, payers and sources."""
    tables = dict(old.tables)
    for name, table in new.tables.items():
        if name in tables:
            same = pa.array([True] * tables[name].num_rows)
            for key in ("payer_id", "source"):
                words = table[key].combine_chunks().dictionary
                same = pc.and_(same, pc.is_in(tables[name][key].cast(pa.string()), words))
            tables[name] = tables[name].filter(pc.invert(pc.fill_null(same, fill_value=False)))
    return PolicyBook.of(tables)


def _repeat(value: str | date | None, to: pa.DataType, n: int) -> pa.Array:
    plain = pa.string() if pa.types.is_dictionary(to) else to
    return pa.repeat(pa.scalar(value, plain), n)


def _pairs(table: pa.Table) -> dict[str, Column]:
    """An edit deleted on the day it began, or before, never was one."""
    ended = pc.less_equal(table["valid_to"], table["valid_from"])
    kept = table.filter(pc.invert(pc.fill_null(ended, fill_value=False)))
    names = ("column_1", "column_2", "modifier_indicator", "setting", "valid_from", "valid_to")
    return {name: kept[name] for name in names}


def _units(table: pa.Table) -> dict[str, Column]:
    """Suppliers' limits are of claims that this book isn't about."""
    setting = table["setting"].cast(pa.string())
    kept = table.filter(pc.invert(pc.fill_null(pc.equal(setting, "supplier"), fill_value=False)))
    kept = kept.filter(pc.is_valid(kept["max_units"]))
    names = ("procedure", "adjudication", "setting", "valid_from")
    return {"units": kept["max_units"], **{name: kept[name] for name in names}}


def _add_ons(table: pa.Table) -> dict[str, Column]:
    """A pair ends when the edit does, or either code. Types 2 and 3 leave more primaries to the contractor."""
    ends = pc.min_element_wise(table["valid_to"], table["add_on_ended_on"], table["primary_ended_on"])
    primary = pc.fill_null(table["primary"].cast(pa.string()), ANY_PAYER)
    rows = pa.table(
        {"add_on": table["add_on"], "primary": primary, "valid_from": table["valid_from"], "valid_to": ends}
    )
    is_open = pc.and_(pc.greater(table["edit_type"], 1), pc.not_equal(primary, ANY_PAYER))
    more = rows.filter(pc.fill_null(is_open, fill_value=False))
    more = more.set_column(1, "primary", _repeat(ANY_PAYER, pa.string(), more.num_rows))
    more = more.group_by(["add_on", "primary", "valid_from", "valid_to"], use_threads=False).aggregate([])
    both = pa.concat_tables([rows, more.select(rows.schema.names).cast(rows.schema)])
    back = pc.fill_null(pc.less(both["valid_to"], both["valid_from"]), fill_value=False)
    kept = both.filter(pc.invert(back))
    return {name: kept[name] for name in kept.schema.names}


def _fees(table: pa.Table) -> dict[str, Column]:
    """Relative value times conversion factor, in cents, for what has a price."""
    status = table["status"].cast(pa.string())
    factor = table["conversion_factor"]
    cents = {}
    for name, total in (("allowed_cents", "total_nonfacility"), ("facility_cents", "total_facility")):
        amount = np.rint(pc.multiply(table[total], factor).to_numpy() * 100)
        cents[name] = pa.chunked_array([pa.array(amount, mask=~(amount > 0)).cast(pa.int64())])
    cents["allowed_cents"] = pc.coalesce(cents["allowed_cents"], cents["facility_cents"])
    mask = pc.and_(pc.is_in(status, pa.array(PAYABLE)), pc.is_valid(cents["allowed_cents"]))
    names = ("procedure", "modifier", "valid_from")
    columns = {**{name: table[name] for name in names}, **cents}
    return {name: column.filter(mask) for name, column in columns.items()}


def _coverage(table: pa.Table) -> dict[str, Column]:
    """One entry a procedure, article and group: its diagnoses together. What was only guessed to belong is left out."""
    kept = table.filter(pc.is_in(table["matched"].cast(pa.string()), pa.array(SURE)))
    keys = ["procedure", "article", "covered", "diagnosis_group", "valid_from", "valid_to"]
    plain = kept.select([*keys, "diagnosis"])
    plain = pa.table(
        [c.cast(pa.string()) if pa.types.is_dictionary(c.type) else c for c in plain.columns],
        names=plain.schema.names,
    )
    groups = plain.group_by(keys, use_threads=False).aggregate([("diagnosis", "distinct")])
    lists = groups["diagnosis_distinct"].combine_chunks()
    return {
        "diagnoses": pc.binary_join(lists, " "),
        **{name: groups[name] for name in ("procedure", "covered", "valid_from", "valid_to")},
    }


def _of_contractors(table: pa.Table, contractors: Collection[str]) -> pa.Table:
    """The articles that any of these contractors goes by."""
    if "contractors" not in table.schema.names:
        return table
    column = table["contractors"].cast(pa.string()).combine_chunks().dictionary_encode()
    wanted = set(contractors)
    fits = pa.array([bool(wanted & set((text or "").split())) for text in column.dictionary.to_pylist()])
    return table.filter(pc.fill_null(fits.take(column.indices), fill_value=False))


_MADE: Mapping[str, tuple[str, Callable[[pa.Table], dict[str, Column]]]] = {
    "ncci_ptp": ("ncci_pairs", _pairs),
    "mue": ("unit_limits", _units),
    "add_on": ("add_on_codes", _add_ons),
    "fee_schedule": ("fee_schedule", _fees),
    "coverage": ("coverage", _coverage),
}
