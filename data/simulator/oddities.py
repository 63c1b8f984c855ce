"""Answers as payers really write them: the same decisions and the same cents, told in other ways.

Given plain answers (a service a line, all that is taken off beside its line), some payers say it for the claim as a
whole, or twice; leave out services or control numbers; split lines; return a bundled line under another procedure;
pass claims on; owe interest. All choices are made by a claim's number and the seed: a reversal repeats what it takes
back, and a world may be written in pieces.
"""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.keys import grouped, ints
from data.schema import REMARKS, REMIT_DETAILS, RemitTables
from data.simulator.catalogue import Flags, Floats, Numbers, catalogue
from data.simulator.draw import scramble
from data.simulator.habits import CLAIM_LEVEL, REPEATED, SPLITS, UNNUMBERED, WITHOUT_SERVICES, Habits
from data.simulator.remit_rows import numbers_in, ordered, remits_of, services_of, with_column
from data.simulator.settings import WorldSettings
from data.simulator.settings_files import HabitSettings
from data.simulator.split_services import split_services
from data.simulator.tables import only_where, same, table, texts
from data.simulator.whole_claims import is_denied, leaves_no_doubt, told_as_a_whole, told_twice

BUNDLED = ("97", "236")
FORWARDED = "19"
"""CLP02: processed as primary, and passed on."""
REVERSAL = "22"
PASSED_ON, MAY_APPEAL = "MA18", "MA01"
"""Remarks of the claim as a whole; they only inform."""
LEAST_TO_SPLIT = 1000
YEAR = 365


@dataclass(frozen=True, slots=True)
class Lots:
    """Of each remit its payer, as its number, and a number between 0 and 1 that is the same for all answers to a claim."""

    payer: Numbers
    lot: Floats

    @classmethod
    def of(cls, settings: WorldSettings, remits: pa.Table, *, seed: int) -> "Lots":
        """For these remits."""
        ids = np.array([payer.payer_id for payer in settings.payers])
        number = pc.utf8_slice_codeunits(remits["claim_id"], 1).cast(pa.int64()).to_numpy()
        return cls(numbers_in(remits["payer_id"], ids), scramble(number, salt=seed + 11, bits=40) / 2.0**40)


def with_oddities(settings: WorldSettings, habits: Habits, tables: RemitTables, *, seed: int) -> RemitTables:
    """The same answers as their payers write them; all tables in the order of the remits."""
    if not tables.remits.num_rows:
        return tables
    lots, rates = Lots.of(settings, tables.remits, seed=seed), settings.habits
    style = habits.style[lots.payer]
    tables = _renamed(tables, habits.renames_bundled[lots.payer])
    tables = split_services(tables, _to_split(tables, lots, style == SPLITS, rates))
    tables = _unnumbered(tables, style == UNNUMBERED)
    denied, plain = is_denied(tables), leaves_no_doubt(tables)
    alone = np.bincount(remits_of(tables, tables.services), minlength=len(style)) == 1
    drops = (style == WITHOUT_SERVICES) & plain & (denied | alone)
    tables = told_as_a_whole(tables, drops | ((style == CLAIM_LEVEL) & plain), drops)
    tables = told_twice(tables, style == REPEATED)
    return _with_details(tables, denied, habits.forwards[lots.payer], lots.lot < rates.forwarded, rates)


def _renamed(tables: RemitTables, renames: Flags) -> RemitTables:
    """Lines denied as part of another: the payer's procedure is the greater one of their group on the claim."""
    services, shown = tables.services, catalogue()
    struck = tables.adjustments.filter(pc.is_in(tables.adjustments["carc"], pa.array(BUNDLED)))
    is_bundled = np.zeros(services.num_rows, np.bool_)
    is_bundled[services_of(services, struck)] = True
    remit, procedure = remits_of(tables, services), numbers_in(services["procedure"], shown.procedure)
    group = grouped(remit, shown.group[procedure])
    order = np.lexsort((-ints(services["service"]), shown.rvu[procedure], group))
    greatest = np.zeros(int(group.max(initial=-1)) + 1, np.int64)
    greatest[group[order]] = procedure[order]
    changes = is_bundled & renames[remit] & (greatest[group] != procedure)
    own = services["procedure"].combine_chunks()
    named = pc.if_else(pa.array(changes), texts(shown.procedure, greatest[group]), own)
    services = with_column(services, "submitted_procedure", only_where(changes, own))
    return replace(tables, services=with_column(services, "procedure", named))


def _to_split(tables: RemitTables, lots: Lots, splits: Flags, rates: HabitSettings) -> Flags:
    """[services]"""
    remit = remits_of(tables, tables.services)
    lot = (lots.lot[remit] * 97 + ints(tables.services["service"]) * 0.382) % 1
    large = np.abs(ints(tables.services["charge_cents"])) >= LEAST_TO_SPLIT
    return np.asarray(splits[remit] & (lot < rates.split_lines) & large)


def _unnumbered(tables: RemitTables, omits: Flags) -> RemitTables:
    control = tables.services["line_control"].combine_chunks()
    kept = only_where(~omits[remits_of(tables, tables.services)], control)
    return replace(tables, services=with_column(tables.services, "line_control", kept))


def _with_details(
    tables: RemitTables, denied: Flags, is_medicare: Flags, chosen: Flags, rates: HabitSettings
) -> RemitTables:
    """Remarks of whole claims, claims passed on, and interest."""
    remits = tables.remits
    status = remits["status"].combine_chunks()
    stands = pc.not_equal(status, REVERSAL).to_numpy(zero_copy_only=False)
    forwarded = chosen & is_medicare & ~denied & pc.equal(status, "1").to_numpy(zero_copy_only=False)
    status = pc.if_else(pa.array(forwarded), FORWARDED, status)
    informed = np.flatnonzero(is_medicare & stands & (denied | forwarded))
    remark = texts(np.array([MAY_APPEAL, PASSED_ON]), forwarded[informed].astype(np.int64))
    more = _hanging(REMARKS, tables, informed, {"rarc": remark})
    interest = _interest(remits, rates) * stands
    owed = np.flatnonzero(interest)
    said = {
        "segment": same("AMT", len(owed)),
        "qualifier": same("I", len(owed)),
        "amount_cents": interest[owed],
    }
    details = _hanging(REMIT_DETAILS, tables, owed, said)
    return replace(
        tables,
        remits=with_column(remits, "status", status),
        remarks=ordered(tables, pa.concat_tables([tables.remarks, more])),
        remit_details=details,
    )


def _hanging(
    schema: pa.Schema, tables: RemitTables, rows: Numbers, columns: dict[str, "pa.Array | np.ndarray"]
) -> pa.Table:
    """Rows that hang from whole remits."""
    nothing, first = np.zeros(len(rows), np.int64), np.ones(len(rows), np.int64)
    keys = ints(tables.remits["remit_key"])[rows]
    return table(schema, {"remit_key": keys, "service": nothing, "position": first, **columns})


def _interest(remits: pa.Table, rates: HabitSettings) -> Numbers:
    """[remits]: cents that a payer owes for its delay."""
    late = ints(remits["known_on"]) - ints(remits["received_on"]) - rates.interest_after
    paid = np.maximum(ints(remits["paid_cents"]), 0)
    owed = np.round(paid * rates.interest_rate * np.maximum(late, 0) / YEAR)
    return np.asarray(owed, dtype=np.int64)
