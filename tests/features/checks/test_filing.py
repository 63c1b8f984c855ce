from features.checks.filing import SHELF
from tests.features.checks.made_checks import NO, UNKNOWN, YES, Case, agrees, denied, each, repeated, untried

LIMIT = {"filing_limits": [{"days": "90"}]}
LATE = denied(60, "timely_filing", service_from="2024-10-01", submitted_on="2024-12-31")
"""Sent 91 days after the service."""


def sent(day: str, **more: str) -> dict[str, str]:
    """Sent on this day, for a service of 1 January 2025."""
    return {"service_from": "2025-01-01", "service_to": "2025-01-01", "submitted_on": day, **more}


CASES: tuple[Case, ...] = (
    Case("past_filing_limit", YES, "91 of 90 days", sent("2025-04-02"), book=LIMIT),
    Case("past_filing_limit", NO, "on the last day", sent("2025-04-01"), book=LIMIT),
    Case("past_filing_limit", NO, "an institution's last day counts",
         sent("2025-04-02", transaction="837I", service_to="2025-01-09"), book=LIMIT),
    Case("past_filing_limit", UNKNOWN, "a replacement", sent("2025-04-02", frequency="7"), book=LIMIT),
    Case("past_filing_limit", UNKNOWN, "no book", sent("2025-04-02")),
    Case("filing_limit_near", YES, "10 days left", sent("2025-03-22"), book=LIMIT),
    Case("filing_limit_near", YES, "on the last day", sent("2025-04-01"), book=LIMIT),
    Case("filing_limit_near", NO, "11 days left", sent("2025-03-21"), book=LIMIT),
    Case("filing_limit_near", NO, "past it", sent("2025-04-02"), book=LIMIT),
    Case("filing_limit_near", UNKNOWN, "no book", sent("2025-03-22")),
    Case("past_medicare_year", YES, "two years later", sent("2027-01-01", plan_type="MB")),
    Case("past_medicare_year", NO, "a year later", sent("2026-01-01", plan_type="MB")),
    Case("past_medicare_year", NO, "no Medicare", sent("2027-01-01", plan_type="CI")),
    Case("past_medicare_year", UNKNOWN, "no kind of plan", {**sent("2027-01-01"), "plan_type": None}),
    Case("filing_usually_late", YES, "sixty denied", sent("2025-04-02"), past=LATE),
    Case("filing_usually_late", NO, "sent soon", sent("2025-01-05"), past=[*LATE, *repeated(60)]),
    Case("filing_usually_late", UNKNOWN, "a limit is known", sent("2025-04-02"), past=LATE, book=LIMIT),
    Case("filing_usually_late", UNKNOWN, "a replacement", sent("2025-04-02", frequency="7"), past=LATE),
    Case("filing_usually_late", UNKNOWN, "no past", sent("2025-04-02")),
)  # fmt: skip


@each(CASES)
def test_verdicts(case: Case) -> None:
    assert agrees(case)


def test_every_check_is_tried() -> None:
    assert untried(SHELF, CASES) == []
