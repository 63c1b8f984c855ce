"""From columns of figures to the answer about each claim."""

from collections.abc import Sequence
from datetime import date
from typing import TypedDict

import numpy as np

from data.codes import FAMILIES, family_owner, family_stage, words
from features.checks.findings import ClaimChecks, Finding, LineChecks, examined
from features.novelty import novelties
from models.bands import Bands
from models.combine import Floats
from models.conformal import MOST_CODES
from models.denial import DenialModel, ReasonTable
from serving.factors import LineFactors
from serving.fingerprint import MadeWith, score_id
from serving.fixes import Fixed
from serving.fixes_told import NO_FIXES, claim_fixes, line_fixes
from serving.judge import Judged, Level
from serving.result import ClaimResult, FamilyShare, LineResult, Novelty, Reason, Risk
from serving.risk import risk_of
from serving.rows import LineRow, claim_rows, fields_of, line_rows
from serving.score_table import TOP
from serving.warnings import warnings_of


class Figures(TypedDict):
    """What a line and a claim are both told."""

    denial_probability: float
    probability_interval: tuple[float, float]
    risk: Risk
    expected_denied_cents: int


class Checked(TypedDict):
    """What the checks say of a line or of a claim as a whole."""

    checks: tuple[Finding, ...]
    checks_unknown: tuple[str, ...]
    n_checks_passed: int


def answers(
    model: DenialModel,
    judged: Judged,
    why: Sequence[LineFactors],
    *,
    history_until: date,
    book_version: str = "",
    fixed: Fixed = NO_FIXES,
) -> list[ClaimResult]:
    """The answer about each claim, in their order; `why` holds the factors of each line, `fixed` what was proven.

    `book_version` names the policy book that the checks looked into; empty without one.
    """
    n_claims = judged.n_claims
    lines: list[list[LineResult]] = [[] for _ in range(n_claims)]
    rows: list[list[LineRow]] = [[] for _ in range(n_claims)]
    claim, rows_of_lines = judged.claim.tolist(), line_rows(judged.wide)
    checked = examined(judged.wide, judged.x, model.state, judged.claim, n_claims)
    of_line = _in_order(checked, claim)
    for place, row, line in zip(
        claim, rows_of_lines, _line_results(model, judged, rows_of_lines, why, of_line, fixed), strict=True
    ):
        rows[place].append(row)
        lines[place].append(line)
    new = by_claim(novelties(judged.wide, judged.x), claim, n_claims)
    made_with = MadeWith(model.version, history_until, book_version)
    return [
        ClaimResult(
            score_id=score_id(row, rows[n], made_with),
            claim_id=row["claim_id"] or "",
            payer_id=row["payer_id"],
            payer_name=row["payer_name"],
            billing_npi=row["billing_npi"],
            submitted_on=row["submitted_on"],
            charge_cents=sum(line.charge_cents for line in lines[n]),
            **_figures(judged.claims, n, model.certainty.bands),
            model_version=model.version,
            policy_version=model.facts.policy,
            history_until=history_until,
            lines=tuple(lines[n]),
            novelty=new[n],
            warnings=warnings_of(row, rows[n], history_until=history_until),
            **_checks(checked[n].claim),
            all_lines_probability=float(judged.all_lines[n]),
            fixes=claim_fixes(fixed, n, fields_of(rows[n])),
        )
        for n, row in enumerate(claim_rows(judged.heads))
    ]


def by_claim(
    lines: Sequence[tuple[Novelty, ...]], claim: Sequence[int], n_claims: int
) -> list[tuple[Novelty, ...]]:
    """What is new about any line of each claim, each thing told once."""
    told: list[dict[Novelty, None]] = [{} for _ in range(n_claims)]
    for place, line in zip(claim, lines, strict=True):
        told[place].update(dict.fromkeys(line))
    return [tuple(claim) for claim in told]


def _in_order(checked: Sequence[ClaimChecks], claim: Sequence[int]) -> list[LineChecks]:
    """The checks of the lines in the order of the line table."""
    left = [iter(one.lines) for one in checked]
    return [next(left[place]) for place in claim]


def _checks(found: LineChecks) -> Checked:
    return {"checks": found.tripped, "checks_unknown": found.unknown, "n_checks_passed": len(found.passed)}


def _line_results(
    model: DenialModel,
    judged: Judged,
    rows: Sequence[LineRow],
    why: Sequence[LineFactors],
    checked: Sequence[LineChecks],
    fixed: Fixed,
) -> list[LineResult]:
    reasons = model.ranked(judged.lines.code_chance, TOP)
    families, family_share = by_family(model, judged.lines.code_chance)
    return [
        LineResult(
            line=row["line"],
            procedure=row["procedure"],
            charge_cents=row["charge_cents"] or 0,
            **_figures(judged.lines, n, model.certainty.bands),
            reasons=_reasons(reasons, n),
            reason_set=reasons.sets[n],
            families=_families(families, family_share[n]),
            factors=why[n].factors,
            base_points=why[n].base_points,
            **_checks(checked[n]),
            fixes=line_fixes(fixed, n, fields_of([row])[0]),
            reason_known=len(reasons.sets[n]) <= MOST_CODES,
        )
        for n, row in enumerate(rows)
    ]


def _figures(level: Level, n: int, bands: Bands) -> Figures:
    probability = float(level.probability[n])
    return {
        "denial_probability": probability,
        "probability_interval": (float(level.low[n]), float(level.high[n])),
        "risk": risk_of(probability, bands),
        "expected_denied_cents": int(level.denied_cents[n]),
    }


def _reasons(table: ReasonTable, n: int) -> tuple[Reason, ...]:
    named = zip(table.codes[n], table.families[n], table.probabilities[n], strict=True)
    return tuple(
        Reason(code, words(code), family, float(chance), family_owner(family), family_stage(family))
        for code, family, chance in named
        if code is not None
    )


def by_family(model: DenialModel, code_chance: Floats) -> tuple[tuple[str, ...], Floats]:
    """Reason families, and the share [n, families] of each in a line's risk.

    A family with a hazard of its own has just that hazard's share; the pooled hazard is spread over the families of
    the reasons it stands for.
    """
    places = model.codes.of_family
    families = tuple(family for family in FAMILIES if family in places)
    return families, np.stack([code_chance[:, places[family]].sum(axis=1) for family in families], axis=1)


def _families(families: Sequence[str], share: Floats) -> tuple[FamilyShare, ...]:
    """All families with their shares, the largest first."""
    order = np.argsort(-share, kind="stable")
    return tuple(FamilyShare(families[place], float(share[place])) for place in order)
