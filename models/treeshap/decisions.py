"""Which way a line goes at each split of a chunk: left (0), right (1), or never comes there by this feature (2)."""

import numpy as np
from numpy.typing import NDArray

from models.compiled import compiled
from models.flat import Floats, Wholes

LEFT, RIGHT, ABSENT = np.int8(0), np.int8(1), np.int8(2)


@compiled
def decide(
    first: int,
    until: int,
    place: NDArray[np.int32],
    threshold: Floats,
    first_set: int,
    until_set: int,
    sets: NDArray[np.int32],
    words: NDArray[np.uint32],
    first_again: int,
    until_again: int,
    again: NDArray[np.int32],
    wide: Floats,
    number: Wholes,
    state: NDArray[np.int8],
) -> None:
    """Fill `state` for the splits `first` to `until`, given one line made ready by `models.flat.widen`.

    A split below another on the same feature is absent where the line went the other way there, or never came there.
    """
    for node in range(first, until):
        state[node - first] = LEFT if wide[place[node]] <= threshold[node] else RIGHT
    for row in range(first_set, until_set):
        value = number[sets[row, 1]]
        word = value >> 5
        inside = word < sets[row, 2]
        bits = words[sets[row, 3] + (word if inside else 0)] >> np.uint32(value & 31)
        state[sets[row, 0]] = LEFT if inside and bits & np.uint32(1) != 0 else RIGHT
    for row in range(first_again, until_again):
        if state[again[row, 1]] != again[row, 2]:
            state[again[row, 0]] = ABSENT
