"""The lists of a payers' policy book: which there are, their columns, and what each says in a biller's words.

One file a list, CSV (`authorization.csv`) or Parquet. Every list has who it holds for and when:
`payer_id`, `plan_type`, `valid_from`, `valid_to`, `known_on`, `source`; what it says stands between. This is the one place where
columns are defined; reading, saving, looking up and the page about it go by it.
"""

from dataclasses import dataclass

import pyarrow as pa

from data.policy import cells
from data.policy.cells import Cell

ANY_PAYER = "*"
"""Stands for all payers, or for a primary procedure that the contractor says."""


@dataclass(frozen=True, slots=True)
class BookColumn:
    """One column of a list."""

    name: str
    meaning: str
    cell: Cell
    is_needed: bool = False
    """An entry without it says nothing and is refused."""
    default: str | None = None
    """What an empty cell stands for, as it would be written."""

    @property
    def type(self) -> pa.DataType:
        """As it is kept: words as places in a dictionary, days as date32."""
        return self.cell.type


@dataclass(frozen=True, slots=True)
class PolicyList:
    """One list of the book."""

    name: str
    title: str
    """What it says, in a biller's words."""
    columns: tuple[BookColumn, ...]
    about: tuple[str, ...]
    """The columns that say what an entry is about: two entries that agree in them speak of the same thing."""
    tells: tuple[str, ...]
    """The columns that say what holds for it."""

    @property
    def schema(self) -> pa.Schema:
        """Its columns, in order."""
        return pa.schema([(column.name, column.type) for column in self.columns])


PAYER = BookColumn(
    "payer_id",
    "the payer, by the id that claims carry (2010BB NM109); `*` for all payers",
    cells.WORD,
    is_needed=True,
)
PLAN = BookColumn(
    "plan_type", "kinds of plan (SBR09: CI, MB, MC ...), blanks between; empty: all", cells.WORDS
)
PLACE = BookColumn(
    "place_of_service", "places of service (11, 22 ...), blanks between; empty: all", cells.PLACES
)
VALID = (
    BookColumn("valid_from", "first day of service it holds for; empty: always did", cells.DAY),
    BookColumn("valid_to", "last day of service it holds for; empty: still does", cells.DAY),
    BookColumn(
        "known_on",
        "day the office learnt it: used for claims sent on or after it; empty: always known",
        cells.DAY,
    ),
    BookColumn("source", "where it was found: payer portal, manual, newsletter ...", cells.TEXT),
)
PROCEDURE = BookColumn("procedure", "the procedure (CPT or HCPCS)", cells.PROCEDURE, is_needed=True)
REQUIRED = BookColumn("required", "yes, or no: known not to be asked for", cells.YES_NO, default="yes")
SETTING = BookColumn(
    "setting",
    "practitioner (professional claims, 837P) or hospital (institutional ones, 837I); empty: both",
    cells.SETTING,
)


def _list(
    name: str, title: str, *own: BookColumn, about: str, tells: str, has_plan: bool = True
) -> PolicyList:
    plan = (PLAN,) if has_plan else ()
    return PolicyList(name, title, (PAYER, *own, *plan, *VALID), tuple(about.split()), tuple(tells.split()))


LISTS = (
    _list(
        "authorization",
        "procedures that the payer wants to be asked for before",
        *(PROCEDURE, PLACE, REQUIRED),
        about="procedure place_of_service",
        tells="required",
    ),
    _list(
        "attachment",
        "procedures that the payer wants papers for with the claim",
        *(PROCEDURE, PLACE, REQUIRED),
        about="procedure place_of_service",
        tells="required",
    ),
    _list(
        "excluded",
        "procedures that the payer never pays",
        PROCEDURE,
        PLACE,
        BookColumn("excluded", "yes, or no: known to be paid", cells.YES_NO, default="yes"),
        about="procedure place_of_service",
        tells="excluded",
    ),
    _list(
        "coverage",
        "diagnoses that a procedure is paid for",
        PROCEDURE,
        BookColumn(
            "diagnoses",
            "ICD-10 codes or their beginnings, blanks between: M54 stands for M5450 too",
            cells.DIAGNOSES,
            is_needed=True,
        ),
        BookColumn("covered", "yes, or no: these are not covered", cells.YES_NO, default="yes"),
        about="procedure diagnoses",
        tells="covered",
    ),
    _list(
        "frequency_limits",
        "days that must lie between two such services for one patient",
        PROCEDURE,
        BookColumn("days", "days between", cells.COUNT, is_needed=True),
        about="procedure",
        tells="days",
    ),
    _list(
        "filing_limits",
        "days to file a claim, and to appeal",
        BookColumn("days", "days from the service to the claim", cells.COUNT),
        BookColumn("appeal_days", "days from the payer's answer to the appeal", cells.COUNT),
        about="",
        tells="days appeal_days",
    ),
    _list(
        "contracts",
        "which part of the work a facility may bill the payer for",
        BookColumn("facility_npi", "the facility", cells.NPI, is_needed=True),
        BookColumn(
            "billing", "global (all), 26 (the reading) or TC (the picture)", cells.BILLING, is_needed=True
        ),
        about="facility_npi",
        tells="billing",
    ),
    _list(
        "enrollment",
        "who may bill the payer, and since when",
        BookColumn("rendering_npi", "the rendering provider", cells.NPI, is_needed=True),
        about="rendering_npi",
        tells="",
        has_plan=False,
    ),
    _list(
        "ncci_pairs",
        "pairs of procedures that are not both paid for one patient on one day",
        BookColumn("column_1", "the procedure that is paid", cells.PROCEDURE, is_needed=True),
        BookColumn("column_2", "the procedure that is denied beside it", cells.PROCEDURE, is_needed=True),
        BookColumn(
            "modifier_indicator",
            "0 no modifier helps, 1 one may, 9 the pair doesn't hold",
            cells.INDICATOR,
            default="0",
        ),
        SETTING,
        about="column_1 column_2 setting",
        tells="modifier_indicator",
        has_plan=False,
    ),
    _list(
        "unit_limits",
        "units of a procedure that one patient may have on one day (MUE)",
        PROCEDURE,
        BookColumn("units", "most units", cells.COUNT_OR_NONE, is_needed=True),
        BookColumn(
            "adjudication",
            "1 each line is held to it; 2 the day, by policy; 3 the day, clinically",
            cells.ADJUDICATION,
        ),
        SETTING,
        about="procedure setting",
        tells="units",
        has_plan=False,
    ),
    _list(
        "add_on_codes",
        "procedures that are paid only beside a primary one",
        BookColumn("add_on", "the procedure that needs another", cells.PROCEDURE, is_needed=True),
        BookColumn(
            "primary",
            "one that it may stand beside; `*`: there are others that only the payer knows",
            cells.PROCEDURE_OR_ANY,
            default=ANY_PAYER,
        ),
        about="add_on primary",
        tells="",
        has_plan=False,
    ),
    _list(
        "fee_schedule",
        "what the payer allows for one unit of a procedure",
        PROCEDURE,
        BookColumn("modifier", "26, TC or 53 where it is priced apart; empty: as a whole", cells.MODIFIER),
        BookColumn(
            "allowed_cents", "allowed amount in cents, outside a facility", cells.CENTS, is_needed=True
        ),
        BookColumn(
            "facility_cents", "the same in a facility, where it differs; empty: the same", cells.CENTS
        ),
        about="procedure modifier",
        tells="allowed_cents facility_cents",
    ),
)
"""All lists, in the order in which they are told."""

BY_NAME = {one.name: one for one in LISTS}
