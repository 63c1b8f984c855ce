"""What changes while a world runs, and when: the known truth for whoever watches payers."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from data.schema import CODE, DAY
from data.simulator.calendar import Calendar
from data.simulator.cast import FAR, Cast
from data.simulator.catalogue import catalogue
from data.simulator.policies import Policies, day_of_change, new_codes_from
from data.simulator.settings import WorldSettings

CHANGES = pa.schema(
    [
        (
            "kind",
            CODE,
        ),  # authorization, attachment: a payer's list grew; new_payer; unknown_code; not_enrolled
        ("payer_id", CODE),
        ("thing", CODE),  # the modality; the procedure; the rendering NPI; null for a payer as a whole
        ("since_on", DAY),  # of service
        ("until_on", DAY),  # the first day on which it is over; null where it stays
    ]
)
"""One row a change that begins while the world runs."""


CHANGES_FILE = "changes.csv"

Row = tuple[str, str, str | None, int, int | None]


def change_table(settings: WorldSettings, cast: Cast, policies: Policies, calendar: Calendar) -> pa.Table:
    """Lists that grew, payers that came, new codes that a payer didn't know, newcomers that weren't enrolled yet."""
    rows = [
        *_lists(settings, calendar),
        *_new_payers(settings, cast),
        *_unknown_codes(settings, policies),
        *_not_enrolled(settings, cast, policies),
    ]
    known = sorted((row for row in rows if calendar.start <= row[3] < calendar.end), key=_order)
    columns = list(zip(*known, strict=True)) if known else [()] * len(CHANGES)
    return pa.table(
        [pa.array(column, _plain(f.type)).cast(f.type) for column, f in zip(columns, CHANGES, strict=True)],
        CHANGES,
    )


def _lists(settings: WorldSettings, calendar: Calendar) -> Iterator[Row]:
    for change in settings.changes:
        yield (
            change.kind,
            change.payer_id,
            change.modality,
            day_of_change(change.at, calendar.start, calendar.end),
            None,
        )


def _new_payers(settings: WorldSettings, cast: Cast) -> Iterator[Row]:
    for payer, day in zip(settings.payers, cast.payer_from.tolist(), strict=True):
        yield "new_payer", payer.payer_id, None, day, None


def _unknown_codes(settings: WorldSettings, policies: Policies) -> Iterator[Row]:
    """Codes of the new year that a payer learns to know weeks later."""
    for row, procedure in np.argwhere(policies.knows_from > -FAR).tolist():
        until = int(policies.knows_from[row, procedure])
        yield (
            "unknown_code",
            settings.payers[row].payer_id,
            str(catalogue().procedure[procedure]),
            new_codes_from(settings),
            until,
        )


def _not_enrolled(settings: WorldSettings, cast: Cast, policies: Policies) -> Iterator[Row]:
    """A radiologist and a payer, from the day on which both are there to the day of the enrolment."""
    both = np.maximum(cast.radiologist_joined[:, None], cast.payer_from)
    for person, row in np.argwhere((policies.enrolled_from > both) & (both > -FAR)).tolist():
        npi, until = str(cast.radiologist_npi[person]), int(policies.enrolled_from[person, row])
        yield "not_enrolled", settings.payers[row].payer_id, npi, int(both[person, row]), until


def _order(row: Row) -> tuple[int, str, str, str]:
    return row[3], row[0], row[1], row[2] or ""


def _plain(kind: pa.DataType) -> pa.DataType:
    return pa.int32() if pa.types.is_date(kind) else kind
