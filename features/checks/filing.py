"""FILING: does the claim reach the payer in time?

The limit counts from the service to the day of submission. A replacement (frequency 7) or void (8) is as timely as
its original was, which isn't known here: for those the checks are unknown.
"""

import numpy as np

from features.checks.registry import CheckShelf
from features.formula import Formula, where
from features.line import LINE, Line

SHELF = CheckShelf("filing")

NEAR_DAYS = 10
MEDICARE_DAYS = 366
"""One calendar year, in a leap year."""

OFTEN = 0.2
"""From this share of denials on a payer's habit is worth a word; rates are smoothed, so a few lines never reach it."""

CORRECTS = LINE.word("frequency").is_in("7", "8")


def _days_to_submit(line: Line) -> Formula:
    """Days from the service to the submission; unknown for replacements and voids."""
    is_institutional = line.word("transaction").is_in("837I")
    last = line.number("service_to").or_else(line.number("service_from"))
    counted = where(is_institutional, last, line.number("service_from"))
    return where(CORRECTS, np.nan, line.number("submitted_on") - counted)


@SHELF.check(
    "filing_time",
    severity="block",
    reason="29",
    is_of_claim=True,
    sentence="The claim goes out {days_to_submit} after the service; this payer's limit is {filing_limit_days}.",
    fix="Look for proof that it was sent in time, and send that with it; else write it off.",
)
def past_filing_limit(line: Line) -> Formula:
    """Past the payer's limit a claim is lost, unless it was held up for a cause that the payer accepts (CLM20).

    Source: the payer's filing limit; CARC 29.
    """
    return _days_to_submit(line) > line.book("filing_limit_days")


@SHELF.check(
    "filing_time",
    severity="warn",
    reason="29",
    is_of_claim=True,
    sentence="Only a few days are left: {days_to_submit} since the service, and the limit is {filing_limit_days}.",
    fix="Send this claim today.",
)
def filing_limit_near(line: Line) -> Formula:
    """Within 10 days of the payer's limit: a rejection now would make it late. Source: the payer's filing limit."""
    left = line.book("filing_limit_days") - _days_to_submit(line)
    return (left >= 0.0) & (left <= NEAR_DAYS)


@SHELF.check(
    "filing_time",
    severity="block",
    reason="29",
    is_of_claim=True,
    sentence="The claim goes out {days_to_submit} after the service, and Medicare's limit is one year.",
    fix="Look for one of the exceptions that Medicare allows; else write it off.",
)
def past_medicare_year(line: Line) -> Formula:
    """Medicare's own claims (SBR09 of MA or MB) must be filed within one calendar year after the service.

    Unknown where the kind of plan is. Source: 42 CFR 424.44; Medicare Claims Processing Manual, chapter 1,
    section 70 (from the first day of service on professional, from the last on institutional claims).
    """
    plan = line.word("plan_type")
    return plan.is_in("MA", "MB").only_where(plan.present) & (_days_to_submit(line) > MEDICARE_DAYS)


@SHELF.check(
    "filing_time",
    severity="warn",
    reason="29",
    is_of_claim=True,
    sentence="The claim goes out {days_to_submit} after the service: this payer often denied such claims as late.",
    fix="Look up the payer's filing limit, and note it in the policy book.",
)
def filing_usually_late(line: Line) -> Formula:
    """No limit is known, but of claims sent this late the payer denied two in ten or more as late.

    Unknown without a past, and left to `past_filing_limit` where a limit is known. Source: this payer's own answers.
    """
    denied_as_late = line.past("history_payer_filing_timely_filing_rate") >= OFTEN
    silent = where(line.book("filing_limit_days").known, np.nan, 1.0)
    return where(CORRECTS, np.nan, denied_as_late & silent)
