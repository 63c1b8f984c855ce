"""Segments of many claims or remits, made kind by kind and put in order at the end."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.writers.segments import LINE_END, Element, Flags, Rows, segments, some

LINE_BITS, OTHER_BITS = 20, 10


def places(owner: Rows, line: Rows | int = 0, other: Rows | int = 0) -> Rows:
    """Where segments stand: of which claim, which of its lines (0: before them), which loop of another payer.

    Segments of one place keep the order in which they are added.
    """
    if (np.size(line) and np.max(line) >> LINE_BITS) or (np.size(other) and np.max(other) >> OTHER_BITS):
        raise OverflowError("a claim with more lines or other payers than can be written")
    at: Rows = (((owner.astype(np.int64) << LINE_BITS) + line) << OTHER_BITS) + other
    return at


@dataclass(frozen=True, slots=True)
class Body:
    """Segments and where they stand."""

    at: list[Rows] = field(default_factory=list)
    text: list[pa.Array] = field(default_factory=list)

    def add(
        self, at: Rows, name: str, *elements: Element, where: Flags | None = None, then: str = ""
    ) -> None:
        """A segment for each row, or for some; `then` are others that always follow it."""
        if where is not None:
            at, elements = at[where], tuple(some(elements, where))
        if at.size:
            self.put(at, segments(name, *elements), then=then)

    def put(self, at: Rows, text: pa.Array | pa.Scalar, *, then: str = "") -> None:
        """Segments that are text already."""
        end = f"{LINE_END}{then}{LINE_END}" if then else LINE_END
        self.at.append(at)
        self.text.append(pc.binary_join_element_wise(text, pa.scalar(end), ""))

    def bytes_of(self, ends: Rows) -> tuple[list[bytes], list[int]]:
        """The segments in order, cut before these owners (and at the end), and how many each piece has."""
        at = np.concatenate(self.at)
        order = np.argsort(at, kind="stable")
        whole = pa.concat_arrays(self.text).take(pa.array(order))
        offsets = np.frombuffer(whole.buffers()[1], np.int32)[: len(whole) + 1]
        data = np.frombuffer(whole.buffers()[2], np.uint8)
        cuts = offsets[np.searchsorted(at[order], places(ends))]
        pieces = np.split(data[: offsets[-1]], cuts)
        return [piece.tobytes() for piece in pieces], [int((piece == TILDE).sum()) for piece in pieces]


TILDE = ord("~")
