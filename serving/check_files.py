"""Files of claims checked with no model: what `cleanclaim check` does."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from data.context import read_context_file
from data.errors import UnreadableFile
from data.policy import PolicyBook
from data.store import Store
from features.checks.findings import TRIPPED, UNKNOWN, ClaimChecks, listed
from features.checks.findings_table import findings_table
from features.checks.registry import SEVERITIES
from features.checks.run import check_claims
from features.state import FeatureState
from serving.batch import parts, together
from serving.claim_files import Left, read_claim_files


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking files."""

    claims: tuple[ClaimChecks, ...]
    left: tuple[Left, ...]
    unread_context: tuple[str, ...] = ()

    @property
    def n_lines(self) -> int:
        """Lines that were checked."""
        return sum(len(claim.lines) for claim in self.claims)

    def table(self, *, with_unknown: bool = False) -> pa.Table:
        """One row a finding (`features.checks.findings_table.FINDINGS`); tripped ones, and those not asked if wanted."""
        states = (TRIPPED, UNKNOWN) if with_unknown else (TRIPPED,)
        return findings_table(found for claim in self.claims for found in listed(claim, states))

    def figures(self) -> dict[str, int]:
        """Counts for machines."""
        shown = Counter(one.severity_shown for claim in self.claims for one in claim.tripped)
        every = [line for claim in self.claims for line in (claim.claim, *claim.lines)]
        return {
            "claims": len(self.claims),
            "lines": self.n_lines,
            **{severity: shown[severity] for severity in SEVERITIES},
            "unknown": sum(len(line.unknown) for line in every),
            "passed": sum(len(line.passed) for line in every),
            "not_checked": len(self.left),
        }

    def sentence(self) -> str:
        """The same for people."""
        said = self.figures()
        clean = sum(not claim.tripped for claim in self.claims)
        return (
            f"{said['claims']:,} claims with {said['lines']:,} lines checked: {said['block']:,} findings hold a claim, "
            f"{said['warn']:,} are worth a look, {said['info']:,} are good to know; {clean:,} claims trip nothing. "
            f"{said['passed']:,} checks passed, {said['unknown']:,} could not be made."
        )


def check_files(
    paths: Sequence[Path], *, context: Path | None, policy: Path | None, store: Path | None, today: date
) -> Checked:
    """Check every claim of the files; raises `UnreadableFile` where there is not one in all of them.

    `policy` is a folder of payers' lists, `store` a claim store: what was sent before, what payers answered, and its
    own policy book where no other is given.
    """
    state = state_of(store, policy)
    beside = read_context_file(context) if context else None
    known = beside.table if beside else None
    found: list[ClaimChecks] = []
    left: list[Left] = []
    for batch in read_claim_files(paths, today=today):
        left += batch.left
        told = together(known, batch.context)
        for part in parts(batch):
            found += check_claims(part, told, past=state, today=today)
    if not found:
        raise _nothing(left)
    unread = beside.rejects["reason"].to_pylist() if beside else []
    return Checked(tuple(found), tuple(left), tuple(unread))


def state_of(store: Path | None, policy: Path | None) -> FeatureState:
    """What is known beside the claims: the past of a store, and a policy book."""
    book = PolicyBook.load(policy) if policy else book_of(store)
    nothing = FeatureState.empty(book)
    return nothing if store is None else nothing.with_history(Store(store).lines())


def book_of(store: Path | None) -> PolicyBook | None:
    """The policy book that a store keeps; None where it keeps none."""
    if store is None:
        return None
    book = Store(store).policy_book()
    return book if book.n_entries else None


def _nothing(left: Sequence[Left]) -> UnreadableFile:
    told = "; ".join(f"{one.source}: {one.reason}" for one in left[:3])
    found = f"nothing that can be checked ({told})" if told else "no claim in any file"
    return UnreadableFile("input", found=found, wanted="an 837, or claims in JSON")
