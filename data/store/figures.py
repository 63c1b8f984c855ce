"""A store by month and by payer: how much came in, how much of it is answered, how much of that is denied."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.keys import Column, grouped, ints, row_of
from data.store.store import Store

UNDATED = "undated"
UNNAMED = "(no payer id)"


@dataclass(frozen=True, slots=True)
class Group:
    """The claims of one month, or of one payer."""

    name: str
    claims: int
    lines: int
    answered_lines: int
    labelled_lines: int
    denied_lines: int

    @property
    def answered_share(self) -> float | None:
        """Of the lines, those that a payer answered; None without a line."""
        return self.answered_lines / self.lines if self.lines else None

    @property
    def denied_share(self) -> float | None:
        """Of the answered lines that have a label, those denied; None without one."""
        return self.denied_lines / self.labelled_lines if self.labelled_lines else None


@dataclass(frozen=True, slots=True)
class Figures:
    """Months in order of time, payers by lines, most first."""

    months: tuple[Group, ...]
    payers: tuple[Group, ...]


def figures(store: Store) -> Figures:
    """The store's claims by month of submission and by payer. Raises `StoreError` where there is no store."""
    claims, lines, outcomes = (store.table(name) for name in ("claims", "lines", "outcomes"))
    claim_of_line = row_of(ints(lines["claim_key"]), ints(claims["claim_key"]))
    label = _labels(lines, outcomes)
    months = pc.fill_null(pc.strftime(claims["submitted_on"], "%Y-%m"), UNDATED)
    payers = pc.fill_null(claims["payer_id"], UNNAMED)
    by_payer = sorted(_groups(payers, claim_of_line, label), key=lambda group: (-group.lines, group.name))
    by_month = sorted(_groups(months, claim_of_line, label), key=lambda group: group.name)
    return Figures(tuple(by_month), tuple(by_payer))


UNANSWERED, NO_LABEL = -2, -1


def _labels(lines: pa.Table, outcomes: pa.Table) -> npt.NDArray[np.int64]:
    """Of each line 1 denied, 0 not, -1 answered without a label, -2 unanswered."""
    n = lines.num_rows
    pairs = [np.concatenate([ints(lines[key]), ints(outcomes[key])]) for key in ("claim_key", "line")]
    key = grouped(*pairs)
    row = row_of(key[:n], key[n:])
    said = np.append(ints(outcomes["label"], null=NO_LABEL), UNANSWERED)
    labels: npt.NDArray[np.int64] = said[row]  # -1, no row, is the last: unanswered
    return labels


def _groups(names: Column, claim_of_line: npt.NDArray[np.int64], label: npt.NDArray[np.int64]) -> list[Group]:
    encoded = pa.chunked_array(names).combine_chunks().dictionary_encode()
    of_claim = encoded.indices.to_numpy()
    known = claim_of_line >= 0
    of_line, label = of_claim[claim_of_line[known]], label[known]
    n = len(encoded.dictionary)
    counts = [
        np.bincount(of_claim, minlength=n),
        *(
            np.bincount(of_line[keep], minlength=n)
            for keep in (label >= UNANSWERED, label > UNANSWERED, label > NO_LABEL, label == 1)
        ),
    ]
    return [
        Group(name, *(int(count[i]) for count in counts))
        for i, name in enumerate(encoded.dictionary.to_pylist())
    ]
