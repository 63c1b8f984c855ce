"""The worklist: scored claims, those with most money at stake first."""

from dataclasses import dataclass
from math import ceil
from urllib.parse import urlencode

from serving.desk.marks import Mark, interval_mark
from serving.desk.words import RISK_WORDS, dollars, family_title, payer_words, percent
from serving.journal import Filter, Journal, Page
from serving.result import ClaimResult, LineResult, Risk

RISKS: tuple[Risk, ...] = ("high", "medium", "low")
ORDER_WORDS = {"money": "money at risk", "likely": "likelihood", "newest": "newest first"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One claim on the list."""

    score_id: str
    claim_id: str
    payer: str
    risk: str
    risk_words: str
    likelihood: str
    interval: str
    mark: Mark
    at_risk: str
    charge: str
    family: str
    reason: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a filter."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Worklist:
    """One page of the list with its filters."""

    entries: tuple[Entry, ...]
    payers: tuple[Choice, ...]
    risks: tuple[Choice, ...]
    orders: tuple[Choice, ...]
    n_claims: int
    at_risk: str
    number: int
    n_pages: int
    newer: str
    """Address of the page before; empty where there is none."""
    older: str
    is_filtered: bool
    set_aside: str
    """How many claims are left off on purpose, in words; empty where none is."""


def worklist(journal: Journal, wanted: Filter, *, number: int, size: int) -> Worklist:
    """The `number`-th page of `size` claims; a number beyond the last page gives the last."""
    page = journal.page(wanted, number=number, size=size)
    n_pages = max(1, ceil(page.n_claims / size))
    if number > n_pages:
        return worklist(journal, wanted, number=n_pages, size=size)
    payers = journal.payers(unreviewed_share=wanted.unreviewed_share)
    return Worklist(
        entries=tuple(entry(result) for result in page.results),
        payers=_choices(
            {p.payer_id: f"{p.payer_name or p.payer_id or 'not given'} ({p.n_claims})" for p in payers},
            wanted.payer_id,
            "All payers",
        ),
        risks=_choices({risk: RISK_WORDS[risk] for risk in RISKS}, wanted.risk, "All"),
        orders=_choices(ORDER_WORDS, wanted.order),
        n_claims=page.n_claims,
        at_risk=dollars(page.expected_denied_cents),
        number=number,
        n_pages=n_pages,
        newer=address(wanted, number - 1) if number > 1 else "",
        older=address(wanted, number + 1) if number < n_pages else "",
        is_filtered=bool(wanted.payer_id or wanted.risk),
        set_aside=left_unreviewed(page),
    )


def left_unreviewed(page: Page) -> str:
    """How many claims are set aside, and what is at stake with them: whoever works the list is told the price."""
    n = page.n_set_aside
    if not n:
        return ""
    claims = "1 more claim is" if n == 1 else f"{n:,} more claims are"
    at_risk = dollars(page.set_aside_cents)
    return f"{claims} left unreviewed on purpose, to see what happens unaided ({at_risk} at risk)."


def entry(result: ClaimResult) -> Entry:
    """One claim in the words of the list."""
    family, reason = main_reason(riskiest(result))
    return Entry(
        score_id=result.score_id,
        claim_id=result.claim_id,
        payer=payer_words(result),
        risk=result.risk,
        risk_words=RISK_WORDS[result.risk],
        likelihood=percent(result.denial_probability),
        interval=span(result.probability_interval),
        mark=interval_mark(result.denial_probability, result.probability_interval),
        at_risk=dollars(result.expected_denied_cents),
        charge=dollars(result.charge_cents),
        family=family,
        reason=reason,
    )


def main_reason(line: LineResult | None) -> tuple[str, str]:
    """The family that holds most of a line's risk, and words for its likeliest reason; empty where there is none."""
    if line is None or not line.families:
        return "", ""
    family = line.families[0].family
    words = next((reason.words for reason in line.reasons if reason.family == family), "")
    return family_title(family), words


def riskiest(result: ClaimResult) -> LineResult | None:
    """The line most likely to be denied; the first of equals."""
    return max(result.lines, key=lambda line: line.denial_probability, default=None)


def span(interval: tuple[float, float]) -> str:
    """An interval in words: 31% to 52%."""
    low, high = percent(interval[0]), percent(interval[1])
    return low if low == high else f"{low} to {high}"


def address(wanted: Filter, number: int) -> str:
    """Where a page of the list is found."""
    asked = {"payer": wanted.payer_id, "risk": wanted.risk, "order": wanted.order, "page": str(number)}
    return "/review/?" + urlencode({name: value for name, value in asked.items() if value})


def _choices(words: dict[str, str], chosen: str, everything: str = "") -> tuple[Choice, ...]:
    listed = {"": everything, **words} if everything else words
    return tuple(Choice(value, said, value == chosen) for value, said in listed.items())
