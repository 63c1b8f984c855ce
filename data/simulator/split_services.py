"""Lines answered in two services that share everything: charge, payment, allowed amount and adjustments."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.keys import add, ints
from data.schema import RemitTables
from data.simulator.catalogue import Flags, Numbers
from data.simulator.remit_rows import only, ordered, remits_of, services_of, with_column

FIRST_PART = 0.6


@dataclass(frozen=True, slots=True)
class _Part:
    """One of both parts: what it says of each service, and the number under which it does."""

    number: Numbers
    charge: Numbers
    paid: Numbers
    allowed: Numbers
    adjusted: Numbers


def split_services(tables: RemitTables, splits: Flags) -> RemitTables:
    """The services that are chosen, in two; both name the same line, and add up to the cent."""
    services, adjustments, remarks = tables.services, tables.adjustments, tables.remarks
    of_adjustment, of_remark = (services_of(services, child) for child in (adjustments, remarks))
    has_allowed = pc.is_valid(services["allowed_cents"]).to_numpy()
    made: list[list[pa.Table]] = [[], [], []]
    for n, part in enumerate(_parts(tables, splits, of_adjustment)):
        said = {"service": part.number, "charge_cents": part.charge, "paid_cents": part.paid}
        own = services
        for name, values in said.items():
            own = with_column(own, name, values)
        own = with_column(own, "allowed_cents", pa.array(part.allowed, mask=~has_allowed))
        is_there = splits | (n == 0)
        taken = with_column(adjustments, "service", part.number[of_adjustment])
        taken = with_column(taken, "amount_cents", part.adjusted)
        made[0].append(only(own, is_there))
        made[1].append(only(taken, part.adjusted != 0))
        made[2].append(only(with_column(remarks, "service", part.number[of_remark]), is_there[of_remark]))
    whole = [ordered(tables, pa.concat_tables(some)) for some in made]
    return replace(tables, services=whole[0], adjustments=whole[1], remarks=whole[2])


def _parts(tables: RemitTables, splits: Flags, of_adjustment: Numbers) -> tuple[_Part, _Part]:
    """Each amount cut towards nothing, so that a reversal is cut as what it takes back was."""
    services = tables.services
    remit = remits_of(tables, services)
    charge, paid, allowed = (ints(services[f"{name}_cents"]) for name in ("charge", "paid", "allowed"))
    adjusted = ints(tables.adjustments["amount_cents"])
    first_paid, first_allowed = (_first(cents, splits) for cents in (paid, allowed))
    first_adjusted = _first(adjusted, splits[of_adjustment])
    first_charge = first_paid + add(of_adjustment, first_adjusted, len(splits))
    before: Numbers = np.cumsum(splits) - splits
    starts = np.searchsorted(remit, remit)
    number = ints(services["service"]) + before - before[starts]
    return (
        _Part(number, first_charge, first_paid, first_allowed, first_adjusted),
        _Part(
            number + 1,
            charge - first_charge,
            paid - first_paid,
            allowed - first_allowed,
            adjusted - first_adjusted,
        ),
    )


def _first(cents: Numbers, splits: Flags) -> Numbers:
    return np.where(splits, np.trunc(cents * FIRST_PART).astype(np.int64), cents)
