"""One claim in a terminal: the same words as on the reviewer's page."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from data.codes.texts import NO_TEXTS, CodeTexts
from features.checks.findings import ClaimChecks
from serving.desk.checks import CheckView, check_views
from serving.desk.claim_page import ClaimView, Group, LineView, claim_view
from serving.desk.fixes import FixView
from serving.result import ClaimResult

STYLES = {"high": "bold red", "medium": "bold yellow", "low": "bold green"}
CHECK_STYLES = {"block": "bold red", "warn": "bold yellow", "info": "dim"}
GROUP_STYLES = {"fix_now": "bold red", "check": "bold blue", "favor": "bold green", "context": "dim"}


def print_claim(result: ClaimResult, console: Console, texts: CodeTexts = NO_TEXTS) -> None:
    """Print the whole page; everything that came from a claim is printed as plain text."""
    for text in _page(claim_view(result, texts)):
        console.print(text, soft_wrap=False)


def print_findings(claims: Sequence[ClaimChecks], console: Console, *, most: int) -> None:
    """Print what the checks found on claims that trip something, up to so many of them."""
    found = [claim for claim in claims if claim.tripped]
    for claim in found[:most]:
        console.print(Text(f"Claim {claim.claim_id or 'without a number'}", style="bold"), soft_wrap=False)
        for line in (claim.claim, *claim.lines):
            if line.line and line.tripped:
                console.print(Text(f" Line {line.line}"), soft_wrap=False)
            for text in _checks(check_views(line.tripped)):
                console.print(text, soft_wrap=False)
    if len(found) > most:
        console.print(Text(f"{len(found) - most} more claims trip something: write them with --out."))


def _page(claim: ClaimView) -> Iterator[Text]:
    yield Text.assemble(
        ("Claim " + claim.claim_id, "bold"), f"  {claim.payer}  ", (claim.risk_words, STYLES[claim.risk])
    )
    yield Text(claim.headline)
    yield Text.assemble("  Likely denied   ", (claim.likelihood, STYLES[claim.risk]), f"  ({claim.interval})")
    yield Text.assemble("  Money at risk   ", (claim.at_risk, "bold"), f" of {claim.charge}")
    yield Text(f"  {claim.sureness}", style="dim")
    if claim.first_step:
        yield Text.assemble(("Start here: ", "bold"), claim.first_step)
    if claim.checks:
        yield Text("\nThe claim as a whole", style="bold")
        yield from _checks(claim.checks)
    if claim.fixes:
        yield Text("\nWhat would help the claim as a whole", style="bold")
        yield from _fixes(claim.fixes)
    for line in claim.lines:
        yield from _line(line)
    yield Text("\nWhat the model does not know", style="bold")
    for sentence in claim.unknown:
        yield Text(f"  - {sentence}")
    yield Text(f"  - It learned from answers known by {claim.history_until}.")
    if claim.n_passed:
        yield Text(f"  - {claim.n_passed} checks passed.")
    yield Text(f"  Model {claim.model_version}, denial rules {claim.policy_version}", style="dim")


def _line(line: LineView) -> Iterator[Text]:
    title = f"\nLine {line.number}: {line.procedure}" + (f", {line.service}" if line.service else "")
    figures = f"  {line.likelihood} likely denied, {line.at_risk} of {line.charge} at risk"
    yield Text.assemble((title, "bold"), figures)
    yield from _checks(line.checks)
    if line.fixes:
        yield Text("  What would help", style="bold green")
        yield from _fixes(line.fixes)
    for bar in line.bars:
        handled = f"  (who handles it: {bar.owner})" if bar.owner else ""
        yield Text(f"  {bar.share:>8} of the risk  {bar.title}{handled}")
    for reason in line.reasons:
        yield Text(
            f"  {reason.likelihood:>8} if denied    {reason.words or 'code'} ({reason.code})", style="dim"
        )
        if reason.text:
            yield Text(f"{'':23}{reason.text}", style="dim italic")
    for group in line.groups:
        yield from _group(group)


def _checks(checks: tuple[CheckView, ...]) -> Iterator[Text]:
    for check in checks:
        yield Text.assemble(
            "  ",
            (f"{check.severity_words}: ", CHECK_STYLES.get(check.severity, "")),
            check.sentence,
        )
        yield Text(f"      {' '.join(filter(None, (check.fix, check.caution)))}  (who: {check.owner})")
        if check.evidence:
            yield Text(f"      {check.evidence}", style="dim")


def _fixes(fixes: tuple[FixView, ...]) -> Iterator[Text]:
    for fix in fixes:
        yield Text.assemble(
            "    - ",
            f"{fix.before} → ",
            (fix.after, "bold green"),
            f" if {fix.condition}. ",
            (fix.caution, "italic"),
            f"{' ' if fix.caution else ''}(who: {fix.owner})",
        )


def _group(group: Group) -> Iterator[Text]:
    yield Text(f"  {group.title}", style=GROUP_STYLES[group.kind])
    verb = "takes off" if group.kind == "favor" else "adds"
    for factor in group.factors:
        yield Text.assemble(f"    - {factor.sentence} ", (f"({verb} {factor.points})", "dim"))
