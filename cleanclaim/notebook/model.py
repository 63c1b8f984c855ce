"""A denial model, asked from a notebook."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from cleanclaim.notebook.files import Claims, read_claims
from cleanclaim.notebook.frames import Day, day, frame, table
from cleanclaim.notebook.store import Store
from data.context import read_context
from data.few import values_of
from data.policy import PolicyBook
from data.schema import CONTEXT
from features.catalog import CATALOG
from models import bundle
from models.denial import DenialModel
from serving.judge import judge
from serving.result import ClaimResult, Fix
from serving.scorer import Scorer

Given = Claims | Path | str
"""Claims as `read_claims` gives them, or files of them."""

FEATURE = ["name", "meaning", "concept", "kind", "owner", "unit", "source", "field"]
FACTOR = ["claim_id", "line", "family", "concept", "kind", "points", "sentence", "field"]
REASON = ["claim_id", "line", "reason", "words", "family", "probability", "owner", "stage"]
FIX = [
    "claim_id",
    "line",
    "probability",
    "probability_after",
    "low_after",
    "high_after",
    "sentence",
    "needs_record_support",
    "field",
    "from",
    "to",
    "n_changes",
    "owner",
    "stage",
    "kind",
]


@dataclass(frozen=True, slots=True)
class Model:
    """How likely each line is denied, for which reason, and why.

    Claims are given as `read_claims` gives them, or as paths of 837 and FHIR files. `context` (orders, reports,
    authorizations) is a DataFrame or a CSV or Parquet file. Claims that don't say when they are sent go out `today`,
    which is today unless said. All raise `InvalidClaim` for a claim that can't be scored, naming it and its field.
    """

    denial: DenialModel

    def score(
        self,
        claims: Given,
        context: pd.DataFrame | Path | str | None = None,
        *,
        explain: bool = False,
        today: Day | None = None,
    ) -> pd.DataFrame:
        """One row a claim (`line` 0), then one a line: what `cleanclaim score` writes.

        Probabilities are 0 to 1, `expected_denied_cents` is money at stake, `reason_1` to `reason_3` are the likeliest
        reasons if it is denied. `explain=True` fills `top_factors`. `model_version` is missing until the model is saved.
        """
        tables, beside = _claims(claims).tables(), context_of(context)
        scores = frame(Scorer(self.denial).score(tables, beside, today=today_of(today), with_factors=explain))
        version = scores["model_version"]
        return scores.assign(model_version=version.mask(version == ""))

    def explain(
        self,
        claims: Given,
        context: pd.DataFrame | Path | str | None = None,
        *,
        today: Day | None = None,
    ) -> pd.DataFrame:
        """One row a factor of each line: `sentence` for a biller, `points` out of 100 that it adds or takes.

        `kind` says what can be done about it: fix_now, check, or context. The strongest come first in each line.
        """
        results = self._results(claims, context, today)
        return pd.DataFrame(list(_factors(results)), columns=FACTOR)

    def fixes(
        self,
        claims: Given,
        context: pd.DataFrame | Path | str | None = None,
        *,
        today: Day | None = None,
    ) -> pd.DataFrame:
        """One row a fix of each line, proven by scoring the claim with it: `probability` before and after.

        `field`, `from` and `to` say what is changed first (`n_changes` how many fields in all); `to` is None where
        somebody must get the value. Of claims with several lines, rows with line 0 speak of the claim as a whole.
        Those that need no support of the record come first. Nothing is ever changed for you.
        """
        results = self._results(claims, context, today, with_fixes=True)
        return pd.DataFrame(list(_fixes(results)), columns=FIX)

    def contributions(
        self,
        claims: Given,
        context: pd.DataFrame | Path | str | None = None,
        *,
        family: str,
        today: Day | None = None,
    ) -> pd.DataFrame:
        """What each feature adds to the log-odds of one family's hazard: one row a line, exact (TreeSHAP).

        Index is (`claim_id`, `line`); columns are `base` and the features that the family's trees ask. A row sums to
        that hazard's raw log-odds, before calibration. Raises `ValueError` for a family that isn't in `families`.
        """
        if family not in self.families:
            raise ValueError(f"family: found {family}, wanted one of {', '.join(self.families)}")
        judged = judge(self.denial, _claims(claims).tables(), context_of(context), today=today_of(today))
        found = self.denial.contributions(judged.x, family)
        asked = np.flatnonzero(found.values.any(axis=0))
        index = pd.MultiIndex.from_arrays(
            [values_of(judged.wide, "claim_id"), values_of(judged.wide, "line")], names=["claim_id", "line"]
        )
        names = [judged.x.names[place] for place in asked]
        rows = pd.DataFrame(found.values[:, asked], index=index, columns=names)
        rows.insert(0, "base", found.base)
        return rows

    def reasons(
        self,
        claims: Given,
        context: pd.DataFrame | Path | str | None = None,
        *,
        today: Day | None = None,
    ) -> pd.DataFrame:
        """One row a likely reason of each line: its code, our words, who works it, and its `probability`."""
        results = self._results(claims, context, today)
        return pd.DataFrame(list(_reasons(results)), columns=REASON)

    @property
    def features(self) -> pd.DataFrame:
        """What the model looks at: one row a feature with its meaning, concept, unit and source."""
        rows = [asdict(CATALOG[name]) for name in self.denial.hazards.features]
        return pd.DataFrame(rows, columns=FEATURE)

    @property
    def families(self) -> tuple[str, ...]:
        """The reason families that it tells apart."""
        return self.denial.families

    @property
    def as_of(self) -> date | None:
        """The day on which it was made: it learnt nothing that was known later."""
        return self.denial.facts.as_of

    @property
    def version(self) -> str:
        """Twelve characters that stand for this very model; empty before it is saved."""
        return self.denial.version

    @property
    def card(self) -> str:
        """The model's card, in Markdown."""
        return self.denial.papers.card

    @property
    def holdout(self) -> "pd.Series[float]":
        """Figures on the newest claims learnt from, by first trees that had not seen them; empty if unknown."""
        said = json.loads(self.denial.papers.evaluation)
        return pd.Series(said.get("holdout", {}), name="holdout", dtype="float64")

    @property
    def settings(self) -> "pd.Series[str]":
        """What it was made with, as text: one entry a setting, `<stage>.<name>`; empty if unknown."""
        said = json.loads(self.denial.papers.evaluation)
        return pd.Series(said.get("settings", {}), name="settings", dtype=str)

    @property
    def tuning(self) -> "pd.Series[str]":
        """What came of looking for better settings: tries, log-loss, gain beside luck; empty where none were sought."""
        said = json.loads(self.denial.papers.evaluation).get("tuning", {})
        return pd.Series({k: v for k, v in said.items() if k != "values"}, name="tuning", dtype=object)

    def save(self, folder: Path | str) -> "Model":
        """Write the model as a folder, and give the model of that folder, which has a version.

        A model that is there is replaced; raises `BundleRefused` where something else is there.
        """
        return Model(bundle.save(self.denial, Path(folder)))

    def _results(
        self,
        claims: Given,
        context: pd.DataFrame | Path | str | None,
        today: Day | None,
        *,
        with_fixes: bool = False,
    ) -> list[ClaimResult]:
        tables, beside = _claims(claims).tables(), context_of(context)
        return Scorer(self.denial).explain(tables, beside, today=today_of(today), with_fixes=with_fixes)

    def __repr__(self) -> str:
        """What it is, in a line."""
        facts = self.denial.facts
        name = self.version or "not saved"
        return (
            f"<Model {name}: {facts.n_lines:,} lines known by {facts.as_of}, {len(self.families)} families>"
        )


def load_model(folder: Path | str, *, store: Store | None = None) -> Model:
    """The model of a folder; with a store, it knows the store's newer answers too.

    Raises `BundleRefused` naming the file, what was found and what was wanted.
    """
    return Model(Scorer.load(Path(folder), store.kept.path if store else None).model)


def context_of(given: pd.DataFrame | Path | str | None) -> pa.Table | None:
    """Context from a DataFrame (its columns may be missing, but for claim_id) or a file."""
    if given is None:
        return None
    if isinstance(given, pd.DataFrame):
        wanted = [name for name in CONTEXT.names if name in given.columns or name == "claim_id"]
        found = table(given, pa.schema([CONTEXT.field(name) for name in wanted]), thing="context")
        missing = [CONTEXT.field(name) for name in CONTEXT.names if name not in wanted]
        for field in missing:
            found = found.append_column(field, pa.nulls(found.num_rows, field.type))
        return found.select(CONTEXT.names)
    return read_context(Path(given))


def book_of(given: PolicyBook | Path | str) -> PolicyBook:
    """A policy book, as it is or from its folder."""
    return given if isinstance(given, PolicyBook) else PolicyBook.load(Path(given))


def _claims(given: Given) -> Claims:
    return given if isinstance(given, Claims) else read_claims(given)


def today_of(given: Day | None) -> date:
    """The day given, or today."""
    # A notebook is where people are: their today is asked for here, and below it is an argument.
    return day(given) or datetime.now(UTC).date()


def _factors(results: list[ClaimResult]) -> Iterator[dict[str, object]]:
    for result in results:
        for line in result.lines:
            for factor in line.factors:
                yield {"claim_id": result.claim_id, "line": line.line} | asdict(factor)


def _reasons(results: list[ClaimResult]) -> Iterator[dict[str, object]]:
    for result in results:
        for line in result.lines:
            for reason in line.reasons:
                yield {"claim_id": result.claim_id, "line": line.line} | asdict(reason)


def _fixes(results: list[ClaimResult]) -> Iterator[dict[str, object]]:
    for result in results:
        yield from (_fix(result, 0, result.denial_probability, fix) for fix in result.fixes)
        for line in result.lines:
            yield from (_fix(result, line.line, line.denial_probability, fix) for fix in line.fixes)


def _fix(result: ClaimResult, line: int, before: float, fix: Fix) -> dict[str, object]:
    low, high = fix.interval_after
    told = {name: getattr(fix, name) for name in FIX if hasattr(fix, name)}
    return told | {
        "claim_id": result.claim_id,
        "line": line,
        "probability": before,
        "low_after": low,
        "high_after": high,
        "field": fix.change["field"],
        "from": fix.change["from"],
        "to": fix.change["to"],
        "n_changes": 1 + len(fix.also),
    }
