"""What one window hands to the next: the segments that still hold, and the state in which to go on."""

import numpy as np

from data.readers.x12.place import IS_FRESH, LINE_NOW, OWNER, ROW_OF_OWNER, ROWS
from data.readers.x12.placed import Memory, Placed
from data.readers.x12.tokenize import Ints, Longs, Segments, no_segments


def memory_of(placed: Placed) -> Memory:
    """What the next window has to know."""
    rows = _held(placed)
    state, now = placed.state.copy(), placed.now
    # Rows before a claim are compared with the claim's own: which of them came after it.
    after = np.searchsorted(rows, state[ROW_OF_OWNER], side="right") - 1
    for at in ROWS:
        state[at] = np.searchsorted(rows, state[at]) if state[at] >= 0 else -1
    state[ROW_OF_OWNER] = after
    state[[OWNER, LINE_NOW]], state[IS_FRESH] = -1, 0
    position = np.where(now >= 0, np.searchsorted(rows, now), -1).astype(np.int32)
    prefix = _copied(placed.table, rows)
    return Memory(prefix, placed.offsets(rows), placed.loop[rows].copy(), state, position)


def _held(placed: Placed) -> Longs:
    """The segments that what follows may refer to, in order."""
    envelopes = [at for at in ROWS if at != ROW_OF_OWNER]
    rows = np.unique(np.concatenate([placed.now.ravel(), placed.state[envelopes]]))
    return rows[rows >= 0]


def _copied(table: Segments, rows: Longs) -> Segments:
    """These segments as a table of their own."""
    if not rows.size:
        return no_segments()
    pieces, starts = [], []
    n_bytes = 0
    for row in rows.tolist():
        own = table.starts[table.first[row] : table.first[row + 1]]
        begin, end = int(own[0]), int(own[-1])
        pieces.append(table.content[begin:end])
        starts.append(own - np.int32(begin - n_bytes))
        n_bytes += end - begin
    first: Ints = np.concatenate([[0], np.cumsum([own.size for own in starts])]).astype(np.int32)
    return Segments(
        np.concatenate(pieces), table.code[rows], first, np.concatenate(starts), table.component[rows]
    )
