"""The sweep over a chunk in plain loops: the definition of what the fast kernel computes, and its stand-in.

For a leaf of value v, and each different feature j on its path with cover p (the share of lines that its conditions
let pass) and x (1 if this line passes them, else 0), the share of feature i is

    v (x_i - p_i) times the integral over t from 0 to 1 of the product over j other than i of (p_j + t (x_j - p_j))

The product is a polynomial of t, so a Gauss-Legendre rule of enough nodes gives the integral exactly. For each t on its
own, one sweep down the tree gathers the product of what is above a split (`above`), one sweep up the sum of what is
below it (`below`), and where they meet, the split's feature gets its due.
"""

import numpy as np
from numpy.typing import NDArray

from models.compiled import compiled
from models.flat import Floats


@compiled
def sweep(
    n_nodes: int,
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
    """Add the chunk of splits `first` to `until` to `share` [features * n_nodes], one line.

    `state` says of each split whether the line goes left (0), right (1) or never comes here (2). `above` is 1 where
    a tree begins; `below` starts with `n_nodes` zeros; `to_right` and `gain` are scratch.
    """
    for node in range(first, until):
        left, right, own, cover = (
            offset[5 * node],
            offset[5 * node + 1],
            offset[5 * node + 2],
            offset[5 * node + 4],
        )
        at = 8 * node + 2 * state[node - first]
        alpha, beta = factor[at], factor[at + 1]
        for q in range(n_nodes):
            scaled = beta * inverse[cover + q]
            part = alpha + scaled * (1 - nodes[q])
            product = above[own + q]
            to_right[own + q] = part
            gain[own + q] = scaled * inverse[cover + q] * product
            above[right + q] = part * product
            above[left + q] = product - part * product
    for node in range(until - 1, first - 1, -1):
        left, right, own, feature = (
            offset[5 * node],
            offset[5 * node + 1],
            offset[5 * node + 2],
            offset[5 * node + 3],
        )
        value, leaves = factor[8 * node + 6], factor[8 * node + 7]
        for q in range(n_nodes):
            difference = below[left + q] - below[right + q] + leaves
            below[own + q] = below[left + q] + value - to_right[own + q] * difference
            share[feature + q] += gain[own + q] * difference
