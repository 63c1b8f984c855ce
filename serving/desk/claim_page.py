"""One claim told to a biller: how likely, how sure, how much money, which reasons, why, and what isn't known."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from data.codes import procedure_info
from data.codes.texts import NO_TEXTS, CodeTexts
from serving.desk.checks import CheckView, check_views, gravest, n_tripped, not_asked, passed
from serving.desk.fixes import FixView, fix_views
from serving.desk.marks import Mark, interval_mark, share_width
from serving.desk.words import RISK_WORDS, dollars, family_title, field_words, payer_words, percent, points
from serving.desk.worklist import riskiest, span
from serving.result import ClaimResult, Factor, LineResult, Novelty

LEAST_SHARE = 0.05
"""A family with less of the risk than this is left out of the drawing, not of the sum."""

SECOND_SHARE = 0.15
HALF = 0.5
WIDEST_BAR_POINTS = 40.0
LINE_NAMED = re.compile(r"^Line \d+: ")

GROUPS = (
    ("fix_now", "Fix now", "You can put these right on the claim before it goes out."),
    ("check", "Check", "Look these up before you send the claim."),
    ("favor", "In its favor", "These make a denial less likely."),
    ("context", "Background", "You can't change these. They tell you how this payer tends to act."),
)


@dataclass(frozen=True, slots=True)
class FactorView:
    """One sentence with its weight."""

    sentence: str
    points: str
    field: str
    width: float


@dataclass(frozen=True, slots=True)
class Group:
    """Sentences of one kind."""

    kind: str
    title: str
    lead: str
    factors: tuple[FactorView, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """One family's share of a line's risk, who works it, and where it goes wrong."""

    title: str
    share: str
    width: float
    owner: str
    stage: str


@dataclass(frozen=True, slots=True)
class ReasonView:
    """A reason that the payer may give."""

    words: str
    code: str
    likelihood: str
    text: str = ""
    """the official text, where the user brought it"""


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of the claim."""

    number: int
    procedure: str
    service: str
    risk: str
    risk_words: str
    likelihood: str
    interval: str
    mark: Mark
    at_risk: str
    charge: str
    bars: tuple[Bar, ...]
    reasons: tuple[ReasonView, ...]
    groups: tuple[Group, ...]
    base: str
    is_open: bool
    checks: tuple[CheckView, ...]
    fixes: tuple[FixView, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimView:
    """The whole page."""

    claim_id: str
    payer: str
    risk: str
    risk_words: str
    headline: str
    first_step: str
    likelihood: str
    interval: str
    mark: Mark
    sureness: str
    at_risk: str
    charge: str
    lines: tuple[LineView, ...]
    unknown: tuple[str, ...]
    model_version: str
    policy_version: str
    history_until: str
    checks: tuple[CheckView, ...]
    """Findings about the claim as a whole."""
    n_passed: int
    fixes: tuple[FixView, ...] = ()
    """Fixes of a claim with several lines."""


def claim_view(result: ClaimResult, texts: CodeTexts = NO_TEXTS) -> ClaimView:
    """The page of one answer; `texts` are the official ones of reasons, where the user brought them."""
    worst = riskiest(result)
    low, high = result.probability_interval
    return ClaimView(
        claim_id=result.claim_id,
        payer=payer_words(result),
        risk=result.risk,
        risk_words=RISK_WORDS[result.risk],
        headline=headline(result, worst),
        first_step=first_step(result),
        likelihood=percent(result.denial_probability),
        interval=span(result.probability_interval),
        mark=interval_mark(result.denial_probability, result.probability_interval),
        sureness=sureness(high - low, result.novelty),
        at_risk=dollars(result.expected_denied_cents),
        charge=dollars(result.charge_cents),
        lines=tuple(_line(line, texts, is_open=line is worst or line.risk != "low") for line in result.lines),
        unknown=(
            *(novelty_words(novelty) for novelty in result.novelty),
            *result.warnings,
            *filter(None, (not_asked(result),)),
        ),
        model_version=result.model_version,
        policy_version=result.policy_version,
        history_until=result.history_until.strftime("%B %-d, %Y"),
        checks=check_views(result.checks),
        n_passed=passed(result),
        fixes=fix_views(result.fixes, result.denial_probability),
    )


def headline(result: ClaimResult, worst: LineResult | None) -> str:
    """The one sentence to take away."""
    if worst is None or not worst.families:
        return "This claim has no line that could be scored."
    if result.risk == "low":
        return _calm(result)
    if len(result.lines) > 1:
        return f"Line {worst.line} ({worst.procedure}) is the weakest. {leading(worst)}"
    return f"This claim is at risk. {leading(worst)}"


def _calm(result: ClaimResult) -> str:
    """What is said where the model sees little risk: a check may still know better."""
    if gravest(result) is not None:
        return "The model sees little risk, but a check says to hold this claim."
    n = n_tripped(result)
    if n:
        return f"This claim looks mostly fine to send. {'One check is' if n == 1 else f'{n} checks are'} worth a look."
    return "This claim looks fine to send. Nothing stands out."


def leading(line: LineResult) -> str:
    """The one or two families that hold most of a line's risk."""
    first, *others = line.families
    told = f"{family_title(first.family).lower()} ({percent(first.share)})"
    second = next((other for other in others if other.share >= SECOND_SHARE), None)
    if second is None:
        return f"Mostly {told}."
    also = f"{family_title(second.family).lower()} ({percent(second.share)})"
    return f"Mostly {told}, some {also}." if first.share >= HALF else f"Mainly {told} and {also}."


def first_step(result: ClaimResult) -> str:
    """What to begin with: a check that holds the claim, else the factor that adds most of those that can be worked."""
    held = gravest(result)
    if held is not None:
        said = held.sentence if len(result.lines) > 1 else _alone(held.sentence)
        return f"{said} {held.fix}"
    workable = [f for line in result.lines for f in line.factors if f.kind != "context" and f.points >= 1]
    best = max(workable, key=lambda factor: (factor.kind == "fix_now", factor.points), default=None)
    if best is None or result.risk == "low":
        return ""
    return best.sentence if len(result.lines) > 1 else _alone(best.sentence)


def sureness(width: float, novelty: Sequence[Novelty]) -> str:
    """How sure the model is, from the width of its interval; on what it hardly knows, no interval makes it sure."""
    if any(new.field in {"payer_id", "procedure"} for new in novelty):
        return "Take this with care: the model has hardly seen this payer or procedure."
    if width < 0.1:
        return "The model is fairly sure."
    return (
        "The model is somewhat sure."
        if width < 0.25
        else "The model is not sure. Few past claims are like this one."
    )


def novelty_words(novelty: Novelty) -> str:
    """A code that is new to the model, as a sentence."""
    fields, values = novelty.field.split(" and "), novelty.value.split(" and ")
    what = ", ".join(f"{field_words(field)} {value}" for field, value in zip(fields, values, strict=False))
    return f"{what[:1].upper()}{what[1:]}: {novelty.why[:1].lower()}{novelty.why[1:]}"


def _line(line: LineResult, texts: CodeTexts, *, is_open: bool) -> LineView:
    return LineView(
        number=line.line,
        procedure=line.procedure or "no procedure",
        service=_service(line.procedure),
        risk=line.risk,
        risk_words=RISK_WORDS[line.risk],
        likelihood=percent(line.denial_probability),
        interval=span(line.probability_interval),
        mark=interval_mark(line.denial_probability, line.probability_interval),
        at_risk=dollars(line.expected_denied_cents),
        charge=dollars(line.charge_cents),
        bars=_bars(line),
        reasons=tuple(
            ReasonView(r.words, r.reason, percent(r.probability), texts.text(r.reason)) for r in line.reasons
        ),
        groups=_groups(line.factors),
        base=percent(line.base_points / 100),
        is_open=is_open or any(found.severity_shown != "info" for found in line.checks),
        checks=check_views(line.checks),
        fixes=fix_views(line.fixes, line.denial_probability),
    )


def _service(procedure: str | None) -> str:
    info = procedure_info(procedure or "")
    parts = [info.modality, info.body_region]
    return ", ".join(part.replace("_", " ") for part in parts if part and part != "other")


def _bars(line: LineResult) -> tuple[Bar, ...]:
    works = {reason.family: (reason.owner, reason.stage) for reason in line.reasons}
    shown = [f for f in line.families if f.share >= LEAST_SHARE]
    return tuple(
        Bar(family_title(f.family), percent(f.share), share_width(f.share), *works.get(f.family, ("", "")))
        for f in shown
    )


def _groups(factors: Sequence[Factor]) -> tuple[Group, ...]:
    """Factors by what can be done about them; what lowers the risk stands apart, and context comes last."""
    groups = []
    told = _merged(factors)
    for kind, title, lead in GROUPS:
        chosen = [f for f in told if ("favor" if f.points < 0 else f.kind) == kind]
        chosen.sort(key=lambda factor: -abs(factor.points))
        if chosen:
            groups.append(Group(kind, title, lead, tuple(map(_factor, chosen))))
    return tuple(groups)


def _merged(factors: Sequence[Factor]) -> list[Factor]:
    """One factor a sentence: what speaks for two families of reasons is told once, with its points together."""
    merged: dict[str, Factor] = {}
    for factor in factors:
        first = merged.get(factor.sentence)
        merged[factor.sentence] = replace(factor, points=factor.points + first.points) if first else factor
    return list(merged.values())


def _factor(factor: Factor) -> FactorView:
    width = share_width(min(abs(factor.points) / WIDEST_BAR_POINTS, 1.0))
    return FactorView(_alone(factor.sentence), points(factor.points), field_words(factor.field), width)


def _alone(sentence: str) -> str:
    """A sentence under its line's heading needn't name the line again."""
    said = LINE_NAMED.sub("", sentence)
    return said[:1].upper() + said[1:]
