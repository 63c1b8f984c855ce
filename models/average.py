"""The mean of several forests, as one forest: its log-odds are the mean of theirs, and so are its contributions."""

from collections.abc import Sequence

from models.trees import Forest, Tree

_SAID = ("leaf_value", "internal_value")


def mean_of(forests: Sequence[Forest]) -> Forest:
    """All trees of forests over the same features, each saying its share of the mean."""
    n = len(forests)
    return Forest(forests[0].features, tuple(_shared(tree, n) for forest in forests for tree in forest.trees))


def _shared(tree: Tree, n: int) -> Tree:
    return Tree(
        tuple(
            (key, " ".join(repr(float(number) / n) for number in value.split()) if key in _SAID else value)
            for key, value in tree.fields
        )
    )
