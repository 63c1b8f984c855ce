"""The scorer: one loaded model and what it knows of the past. HTTP, files and the command line all ask it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from data.errors import StoreError
from data.few import FewClaims
from data.rejection import with_turned_away
from data.schema import ClaimTables
from data.store import Store
from features.novelty import novelties
from models.bundle import load
from models.denial import DenialModel
from models.signature import Demand
from serving.answers import answers, by_claim
from serving.factors import LineFactors, explained, leading, unexplained
from serving.fixes import Fixed, fixes
from serving.fixes_told import NO_FIXES, told_in_table
from serving.judge import Judged, judge, judge_few
from serving.result import ClaimResult, Novelty
from serving.rows import fields_of, line_rows
from serving.score_table import TOP, score_table


@dataclass(frozen=True, slots=True)
class Scorer:
    """A model that answers for claims; the same claim, context, model and history get the same answer to the bit."""

    model: DenialModel
    store: Path | None = None
    """Where the history came from, if not from the model's own folder."""

    @classmethod
    def load(cls, model: Path, store: Path | None = None, *, signed_by: Path | None = None) -> "Scorer":
        """The model of a folder, with the history and policy book of a store where one is given: newer than its own.

        With `signed_by`, a file with a public key, only a model that this key signed is loaded.
        Raises `UnreadableFile` for a file without a key, `BundleRefused` for a folder that must not be loaded, `StoreError` for a store that isn't one.
        """
        loaded = load(model, demand=Demand.load(signed_by) if signed_by else None)
        if store is not None:
            kept = Store(store)
            lines = with_turned_away(kept.lines(), kept.table("rejections"))
            book = kept.policy_book()
            state = loaded.state.with_policy(book) if book.n_entries else loaded.state
            loaded = replace(loaded, state=state.with_history(lines) if lines.num_rows else state)
        return cls(loaded, store)

    @property
    def history_until(self) -> date:
        """The last day whose answers it knows."""
        return self.model.state.as_of

    @property
    def book_version(self) -> str:
        """The version of the payers' policy book that checks look into; empty without one."""
        policy = self.model.state.policy
        return policy.version if policy.n_entries else ""

    def check(self) -> None:
        """Raise `StoreError` where the store has gone."""
        if self.store is not None and not self.store.is_dir():
            raise StoreError(self.store.name, found="no such folder", wanted="the store it was started with")

    def score(
        self,
        tables: ClaimTables,
        context: pa.Table | None = None,
        *,
        today: date,
        with_factors: bool = False,
        with_fixes: bool = False,
    ) -> pa.Table:
        """Scores as columns (`serving.score_table.SCORES`): each claim, then its lines, in the order given.

        Raises `InvalidClaim` for a claim without lines.
        """
        judged = judge(self.model, tables, context, today=today)
        why = self._why(judged) if with_factors else unexplained(judged.wide.num_rows)
        return self._table(judged, why, self._fixed(judged, today) if with_fixes else NO_FIXES)

    def explain(
        self,
        tables: ClaimTables,
        context: pa.Table | None = None,
        *,
        today: date,
        with_factors: bool = True,
        with_fixes: bool = False,
    ) -> list[ClaimResult]:
        """What is answered about each claim, in the order given; `with_factors=False` leaves out the why.

        With `with_fixes` what might be put right is tried, and told where it is proven.
        Raises `InvalidClaim` for a claim without lines.
        """
        judged = judge(self.model, tables, context, today=today)
        return self._told(judged, today, with_factors=with_factors, with_fixes=with_fixes)

    def answer(
        self, few: FewClaims, *, today: date, with_factors: bool = True, with_fixes: bool = False
    ) -> list[ClaimResult]:
        """The same of a few claims that are there as values: the way of one claim, without a table."""
        judged = judge_few(self.model, few)
        return self._told(judged, today, with_factors=with_factors, with_fixes=with_fixes)

    def _told(
        self, judged: Judged, today: date, *, with_factors: bool, with_fixes: bool
    ) -> list[ClaimResult]:
        why = self._why(judged) if with_factors else unexplained(judged.wide.num_rows)
        return self._answers(judged, why, self._fixed(judged, today) if with_fixes else NO_FIXES)

    def score_and_explain(
        self, tables: ClaimTables, context: pa.Table | None = None, *, today: date
    ) -> tuple[pa.Table, list[ClaimResult]]:
        """Both of the above, with factors and fixes, for the work of one."""
        judged = judge(self.model, tables, context, today=today)
        why, fixed = self._why(judged), self._fixed(judged, today)
        return self._table(judged, why, fixed), self._answers(judged, why, fixed)

    def _answers(self, judged: Judged, why: Sequence[LineFactors], fixed: Fixed) -> list[ClaimResult]:
        return answers(
            self.model,
            judged,
            why,
            history_until=self.history_until,
            book_version=self.book_version,
            fixed=fixed,
        )

    def _fixed(self, judged: Judged, today: date) -> Fixed:
        return fixes(self.model, judged, fields_of(line_rows(judged.wide)), today=today)

    def _why(self, judged: Judged) -> list[LineFactors]:
        return explained(self.model, judged.x, judged.prediction, judged.wide)

    def _table(self, judged: Judged, why: Sequence[LineFactors], fixed: Fixed) -> pa.Table:
        n_claims = judged.n_claims
        factors = [leading(line.factors, TOP) for line in why]
        new = novelties(judged.wide, judged.x)
        of_claims = by_claim(new, judged.claim.tolist(), n_claims)
        return score_table(
            judged,
            self.model,
            novelty=[_novelty_text(one) for one in (*of_claims, *new)],
            factors=[*_of_worst(factors, judged, n_claims), *factors],
            fixes=told_in_table(fixed, judged),
        )


def _novelty_text(new: tuple[Novelty, ...]) -> str | None:
    return "; ".join(f"{novelty.field}={novelty.value}" for novelty in new) or None


def _of_worst(factors: Sequence[str | None], judged: Judged, n_claims: int) -> list[str | None]:
    """For each claim the factors of its line most likely to be denied; the first of equals."""
    by_risk = np.lexsort((-judged.lines.probability, judged.claim))
    _, first = np.unique(judged.claim[by_risk], return_index=True)
    return [factors[by_risk[place]] for place in first[:n_claims]]
