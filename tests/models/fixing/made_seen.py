"""One line by hand, as it is looked at for what might be put right."""

from collections.abc import Iterable
from datetime import date

from data.policy import PolicyBook
from data.schema import LINE_TABLE
from models.fixing.candidate import Seen, Value

SERVICE, SENT = date(2025, 3, 3), date(2025, 3, 10)
LINE: dict[str, Value] = {
    "line": 1,
    "procedure": "72148",
    "payer_id": "60054",
    "billing_npi": "1234567893",
    "referring_npi": "1993999998",
    "frequency": "1",
    "payer_sequence": "P",
    "units": 1.0,
    "charge_cents": 100_000,
    "claim_charge_cents": 100_000,
    "service_from": SERVICE,
    "submitted_on": SENT,
    "pointer_1": 1,
    "diagnosis_1": "M5450",
}


def seen(
    tripped: Iterable[str] = (),
    unknown: Iterable[str] = (),
    *,
    by_all: Iterable[str] = (),
    book: PolicyBook | None = None,
    n_lines: int = 1,
    **values: Value,
) -> Seen:
    """The line with these values, which trips these checks."""
    row = dict.fromkeys(LINE_TABLE.names) | LINE | values
    return Seen(
        row,
        0,
        frozenset(tripped),
        frozenset(unknown),
        frozenset(by_all),
        book or PolicyBook.empty(),
        n_lines,
    )
