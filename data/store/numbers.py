"""Claim numbers as integers: what differs in them has nothing to do with each other, and can be derived apart."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from data.candidates import claim_number
from data.keys import Column, Ints
from data.readers.x12.compiled import compiled

Bytes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int32]

SEED, PRIME, MIX = 0x6A09E667F3BCC909, 0x100000001B3, 0x1B873593CC9E2D51


def numbers_of(claim_id: Column) -> Ints:
    """A number for each claim id, the same for ids that linking takes for the same; 0 where there is none.

    Made of letters and digits in capitals only: coarser than what linking compares, so that nothing which belongs
    together is ever apart, and stable for ever.
    """
    numbers = np.zeros(len(claim_id), np.int64)
    at = 0
    for chunk in claim_id.chunks:
        _number_chunk(chunk, numbers[at : at + len(chunk)])
        at += len(chunk)
    return numbers


def _number_chunk(chunk: pa.StringArray, out: Ints) -> None:
    if not len(chunk):
        return
    if not pc.all(pc.string_is_ascii(chunk)).as_py():
        chunk = claim_number(chunk)
    _, offsets, content = chunk.buffers()
    text = np.frombuffer(content, np.uint8) if content else np.zeros(0, np.uint8)
    ends = np.frombuffer(offsets, np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
    _hash(text, ends, out)
    if chunk.null_count:
        out[chunk.is_null().to_numpy(zero_copy_only=False)] = 0


@compiled
def _hash(text: Bytes, ends: Offsets, out: Ints) -> None:
    """FNV-1a over letters and digits, its bits mixed, without its sign; 0 of nothing."""
    for row in range(ends.size - 1):
        code = np.uint64(SEED)
        is_empty = True
        for at in range(ends[row], ends[row + 1]):
            byte = text[at]
            if 97 <= byte <= 122:
                byte -= np.uint8(32)
            if 48 <= byte <= 57 or 65 <= byte <= 90:
                code = (code ^ np.uint64(byte)) * np.uint64(PRIME)
                is_empty = False
        code = (code ^ (code >> np.uint64(29))) * np.uint64(MIX)
        code = code ^ (code >> np.uint64(32))
        out[row] = 0 if is_empty else np.int64(code >> np.uint64(2)) + 1
