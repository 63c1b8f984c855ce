"""The sweep of `models.treeshap.plain`, on vectors: the same arguments, the same sums."""

import numpy as np
from numpy.typing import NDArray

from models.compiled import compiled
from models.flat import Floats
from models.treeshap.vectors import add, item, load4, load8, mul, spread4, spread8, store, sub


@compiled
def sweep4(
    n_nodes: int,  # noqa: ARG001 - always 4
    first: int,
    until: int,
    offset: NDArray[np.int32],
    factor: Floats,
    state: NDArray[np.int8],
    inverse: Floats,
    nodes: Floats,
    above: Floats,
    below: Floats,
    to_right: Floats,
    gain: Floats,
    share: Floats,
) -> None:
    """One vector of 4 a split: for paths of at most 8 different features."""
    rest = sub(spread4(1.0), load4(nodes, 0))
    for node in range(first, until):
        at, alpha = 5 * node, 8 * node + 2 * item(state, node - first)
        own = item(offset, at + 2)
        inverted, product = load4(inverse, item(offset, at + 4)), load4(above, own)
        scaled = mul(spread4(item(factor, alpha + 1)), inverted)
        part = add(spread4(item(factor, alpha)), mul(scaled, rest))
        right = mul(part, product)
        store(to_right, own, part)
        store(gain, own, mul(mul(scaled, inverted), product))
        store(above, item(offset, at + 1), right)
        store(above, item(offset, at), sub(product, right))
    for node in range(until - 1, first - 1, -1):
        at, value = 5 * node, 8 * node + 6
        own, feature = item(offset, at + 2), item(offset, at + 3)
        left = load4(below, item(offset, at))
        difference = add(sub(left, load4(below, item(offset, at + 1))), spread4(item(factor, value + 1)))
        store(below, own, sub(add(left, spread4(item(factor, value))), mul(load4(to_right, own), difference)))
        store(share, feature, add(load4(share, feature), mul(load4(gain, own), difference)))


@compiled
def sweep8(
    n_nodes: int,  # noqa: ARG001 - always 8
    first: int,
    until: int,
    offset: NDArray[np.int32],
    factor: Floats,
    state: NDArray[np.int8],
    inverse: Floats,
    nodes: Floats,
    above: Floats,
    below: Floats,
    to_right: Floats,
    gain: Floats,
    share: Floats,
) -> None:
    """One vector of 8 a split: for paths of at most 16 different features."""
    rest = sub(spread8(1.0), load8(nodes, 0))
    for node in range(first, until):
        at, alpha = 5 * node, 8 * node + 2 * item(state, node - first)
        own = item(offset, at + 2)
        inverted, product = load8(inverse, item(offset, at + 4)), load8(above, own)
        scaled = mul(spread8(item(factor, alpha + 1)), inverted)
        part = add(spread8(item(factor, alpha)), mul(scaled, rest))
        right = mul(part, product)
        store(to_right, own, part)
        store(gain, own, mul(mul(scaled, inverted), product))
        store(above, item(offset, at + 1), right)
        store(above, item(offset, at), sub(product, right))
    for node in range(until - 1, first - 1, -1):
        at, value = 5 * node, 8 * node + 6
        own, feature = item(offset, at + 2), item(offset, at + 3)
        left = load8(below, item(offset, at))
        difference = add(sub(left, load8(below, item(offset, at + 1))), spread8(item(factor, value + 1)))
        store(below, own, sub(add(left, spread8(item(factor, value))), mul(load8(to_right, own), difference)))
        store(share, feature, add(load8(share, feature), mul(load8(gain, own), difference)))
