"""LightGBM's tree text, read, checked and written again: no number reaches compiled code before it is checked.

Whoever follows a tree trusts it, LightGBM's own parser too: indices out of range or a cycle can crash the process or
worse. So a model file is parsed here, every tree is checked, and its text is written anew from the checked numbers. A
file is accepted only if that text equals the file to the byte.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from data.errors import BundleRefused

MAX_TREES = 5_000
MAX_LEAVES = 1_024
MAX_DEPTH = 256
MAX_FEATURES = 20_000
MAX_LEAF_VALUE = 1_000.0
"""Log-odds that one leaf may add: far above any that is learnt, and no sum of them overflows."""
MAX_CATEGORY_WORDS = 4_096
"""32 categories a word: far above any vocabulary here."""

_NODE_FIELDS = (
    "split_feature",
    "split_gain",
    "threshold",
    "decision_type",
    "left_child",
    "right_child",
)
_LEAF_FIELDS = ("leaf_value", "leaf_weight", "leaf_count")
_INNER_FIELDS = ("internal_value", "internal_weight", "internal_count")
_CATEGORY_FIELDS = ("cat_boundaries", "cat_threshold")
_WHOLE = {
    "split_feature",
    "decision_type",
    "left_child",
    "right_child",
    "leaf_count",
    "internal_count",
} | set(_CATEGORY_FIELDS)
_ORDER = ("num_leaves", "num_cat", *_NODE_FIELDS, *_LEAF_FIELDS, *_INNER_FIELDS)
_WHOLE_LINE = re.compile(r"(-?\d{1,10}( -?\d{1,10})*)?", re.ASCII)
_NUMBER_LINE = re.compile(r"([-+0-9.e]{1,32}( [-+0-9.e]{1,32})*)?", re.ASCII)
_THRESHOLD_LINE = re.compile(r"((-?inf|[-+0-9.e]{1,32})( (-?inf|[-+0-9.e]{1,32}))*)?", re.ASCII)
"""LightGBM parts known values from unknown ones by an infinite threshold."""
_FORMS = {"threshold": _THRESHOLD_LINE}
_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,200}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Tree:
    """One tree: its fields as LightGBM writes them, numbers as text."""

    fields: tuple[tuple[str, str], ...]

    def text(self, number: int) -> str:
        """The tree's block in a model file."""
        return f"Tree={number}\n" + "".join(f"{key}={value}\n" for key, value in self.fields) + "\n\n"


@dataclass(frozen=True, slots=True)
class Forest:
    """The trees of one family, over named features."""

    features: tuple[str, ...]
    trees: tuple[Tree, ...]

    def text(self) -> str:
        """The model file of this forest."""
        return model_text(self.features, [self.trees])

    @property
    def splits(self) -> bool:
        """Whether any tree asks for any feature; without, the forest says the same of every line."""
        return any(value for tree in self.trees for key, value in tree.fields if key == "split_feature")

    def renumbered(self, features: tuple[str, ...]) -> "Forest":
        """The same forest over more features: a family grown on its own columns asked with all of them."""
        place = {name: str(i) for i, name in enumerate(features)}
        new = [place[name] for name in self.features]
        return Forest(features, tuple(_renumber(tree, new) for tree in self.trees))


def _renumber(tree: Tree, new: Sequence[str]) -> Tree:
    moved = [
        (key, " ".join(new[int(v)] for v in value.split()) if key == "split_feature" else value)
        for key, value in tree.fields
    ]
    return replace(tree, fields=tuple(moved))


NOTHING = Tree(
    (
        ("num_leaves", "1"),
        ("num_cat", "0"),
        *((name, "") for name in _NODE_FIELDS),
        ("leaf_value", "0"),
        ("leaf_weight", ""),
        ("leaf_count", ""),
        *((name, "") for name in _INNER_FIELDS),
        ("is_linear", "0"),
        ("shrinkage", "1"),
    )
)
"""A tree that adds nothing: it fills up families with fewer trees than others."""


def model_text(features: tuple[str, ...], classes: Sequence[Sequence[Tree]]) -> str:
    """One model file holding a class for each row of trees, so that one call scores every family."""
    longest = max(len(trees) for trees in classes)
    blocks = [
        (trees[i] if i < len(trees) else NOTHING).text(i * len(classes) + c)
        for i in range(longest)
        for c, trees in enumerate(classes)
    ]
    header = (
        "tree\nversion=v4\n"
        f"num_class={len(classes)}\nnum_tree_per_iteration={len(classes)}\n"
        f"label_index=0\nmax_feature_idx={len(features) - 1}\n"
        f"feature_names={' '.join(features)}\nfeature_infos={' '.join('none' for _ in features)}\n"
        f"tree_sizes={' '.join(str(len(block)) for block in blocks)}\n\n"
    )
    return header + "".join(blocks) + "end of trees\n"


def read_forest(text: str, *, thing: str) -> Forest:
    """A model file's forest, every tree checked; raises `BundleRefused` naming `thing`."""
    head, *blocks = text.split("\nTree=")
    if not blocks or len(blocks) > MAX_TREES:
        raise BundleRefused(thing, found=f"{len(blocks)} trees", wanted=f"1 to {MAX_TREES}")
    features = _features(_pairs(head.removeprefix("tree\n"), thing), thing)
    if "\nend of trees" not in blocks[-1]:
        raise BundleRefused(thing, found="a file that breaks off", wanted="end of trees")
    blocks[-1] = blocks[-1].split("\nend of trees")[0]
    trees = tuple(_tree(block, i, len(features), thing) for i, block in enumerate(blocks))
    return Forest(features, trees)


def read_exact(text: str, *, thing: str) -> Forest:
    """Like `read_forest`, but the file must be, to the byte, what `Forest.text` writes."""
    forest = read_forest(text, thing=thing)
    if forest.text() != text:
        raise BundleRefused(thing, found="tree text in another form", wanted="the form this version writes")
    return forest


def _pairs(block: str, thing: str) -> dict[str, str]:
    """The key=value lines of a block; a line without = or a key given twice is refused."""
    pairs: dict[str, str] = {}
    for row in block.split("\n"):
        if not row:
            continue
        key, equals, value = row.partition("=")
        if not equals or key in pairs:
            raise BundleRefused(thing, found="a damaged line", wanted="key=value, each key once")
        pairs[key] = value
    return pairs


def _features(header: dict[str, str], thing: str) -> tuple[str, ...]:
    names = tuple(header.get("feature_names", "").split(" "))
    if not 0 < len(names) <= MAX_FEATURES or not all(_NAME.fullmatch(name) for name in names):
        raise BundleRefused(thing, field="feature_names", found="damaged names", wanted="plain names")
    for key, wanted in (
        ("version", "v4"),
        ("num_class", "1"),
        ("num_tree_per_iteration", "1"),
        ("max_feature_idx", str(len(names) - 1)),
    ):
        if header.get(key) != wanted:
            raise BundleRefused(thing, field=key, found="another value", wanted=wanted)
    return names


def _tree(block: str, number: int, n_features: int, thing: str) -> Tree:
    """One checked tree."""
    first, _, rest = block.partition("\n")
    where = f"{thing}, tree {number}"
    if first != str(number):
        raise BundleRefused(where, found="another number", wanted="trees in order")
    pairs = _pairs(rest, where)
    n_leaves = _count(pairs, "num_leaves", where, low=1, high=MAX_LEAVES)
    n_categories = _count(pairs, "num_cat", where, low=0, high=n_leaves - 1)
    categories = _CATEGORY_FIELDS if n_categories else ()
    order = (*_ORDER, *categories, "is_linear", "shrinkage")
    if set(pairs) != set(order) or pairs["is_linear"] != "0":
        raise BundleRefused(where, found="other fields", wanted="the fields of a plain tree")
    numbers = {key: _numbers(pairs[key], key, where) for key in order[2:-2]}
    if np.any(np.abs(numbers["leaf_value"]) > MAX_LEAF_VALUE):
        raise BundleRefused(
            where, field="leaf_value", found="a value too large", wanted=f"at most {MAX_LEAF_VALUE:g}"
        )
    _numbers(pairs["shrinkage"], "shrinkage", where)
    if n_leaves == 1:
        return _single(pairs, numbers, where)
    _check_lengths(numbers, n_leaves, where)
    _check_shape(numbers, n_leaves, where)
    _check_splits(numbers, n_features, n_categories, where)
    return Tree(tuple((key, pairs[key]) for key in order))


def _single(pairs: dict[str, str], numbers: dict[str, np.ndarray], where: str) -> Tree:
    """A tree that is one leaf: only its value counts."""
    if len(numbers["leaf_value"]) != 1:
        raise BundleRefused(where, field="leaf_value", found=len(numbers["leaf_value"]), wanted="one value")
    kept = {"leaf_value": pairs["leaf_value"], "shrinkage": pairs["shrinkage"]}
    return Tree(tuple((key, kept.get(key, value)) for key, value in NOTHING.fields))


def _count(pairs: dict[str, str], key: str, where: str, *, low: int, high: int) -> int:
    text = pairs.get(key, "")
    if not re.fullmatch(r"\d{1,7}", text, re.ASCII) or not low <= int(text) <= high:
        raise BundleRefused(where, field=key, found="another count", wanted=f"{low} to {high}")
    return int(text)


def _numbers(text: str, key: str, where: str) -> np.ndarray:
    """One field's numbers, whole or finite as the field wants them."""
    form = _WHOLE_LINE if key in _WHOLE else _FORMS.get(key, _NUMBER_LINE)
    if not form.fullmatch(text):
        raise BundleRefused(where, field=key, found="something else", wanted="numbers")
    if key in _WHOLE:
        return np.array([int(v) for v in text.split()], dtype=np.int64)
    if key == "threshold":
        return np.array([float(v) if v.endswith("inf") else _float(v, where) for v in text.split()])
    return np.array([_float(v, where) for v in text.split()], dtype=np.float64)


def _float(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise BundleRefused(where, found="a number that isn't finite", wanted="finite numbers")
    return value


def _check_lengths(numbers: dict[str, np.ndarray], n_leaves: int, where: str) -> None:
    wanted = dict.fromkeys((*_NODE_FIELDS, *_INNER_FIELDS), n_leaves - 1) | dict.fromkeys(
        _LEAF_FIELDS, n_leaves
    )
    for key, n in wanted.items():
        if len(numbers[key]) != n:
            raise BundleRefused(where, field=key, found=f"{len(numbers[key])} numbers", wanted=n)


def _check_shape(numbers: dict[str, np.ndarray], n_leaves: int, where: str) -> None:
    """Every node and leaf hangs from exactly one node above it, and counts add up: no cycle, no division by 0."""
    children = np.stack([numbers["left_child"], numbers["right_child"]], axis=1)
    parents = np.arange(n_leaves - 1)
    inner = children >= 0
    # LightGBM numbers a node after its parent, so a child's number is higher: that alone rules out every cycle.
    if np.any(inner & (children <= parents[:, None])) or not np.array_equal(
        np.sort(children.ravel()), np.arange(-n_leaves, n_leaves - 1)[np.arange(-n_leaves, n_leaves - 1) != 0]
    ):
        raise BundleRefused(where, field="children", found="a broken tree", wanted="each node and leaf once")
    depth = np.zeros(n_leaves - 1, dtype=np.int64)
    for parent, pair in enumerate(children):
        depth[pair[pair >= 0]] = depth[parent] + 1
    if depth.max() >= MAX_DEPTH:
        raise BundleRefused(where, field="depth", found=int(depth.max()), wanted=f"below {MAX_DEPTH}")
    counts = np.where(
        inner,
        numbers["internal_count"][np.maximum(children, 0)],
        numbers["leaf_count"][np.maximum(~children, 0)],
    )
    if counts.min() <= 0 or not np.array_equal(counts.sum(axis=1), numbers["internal_count"]):
        raise BundleRefused(
            where, field="counts", found="counts that don't add up", wanted="children = parent"
        )


def _check_splits(numbers: dict[str, np.ndarray], n_features: int, n_categories: int, where: str) -> None:
    feature, kind = numbers["split_feature"], numbers["decision_type"]
    if feature.min() < 0 or feature.max() >= n_features:
        raise BundleRefused(
            where, field="split_feature", found="no such feature", wanted=f"0 to {n_features - 1}"
        )
    if kind.min() < 0 or np.any(kind >> 2 > 2):
        raise BundleRefused(where, field="decision_type", found="an unknown kind of split", wanted="0 to 11")
    categorical = (kind & 1) == 1
    place = numbers["threshold"][categorical]
    if not np.array_equal(np.sort(place), np.arange(n_categories)):
        raise BundleRefused(
            where, field="threshold", found="no such category set", wanted=f"{n_categories} sets"
        )
    if n_categories:
        _check_categories(numbers["cat_boundaries"], numbers["cat_threshold"], n_categories, where)


def _check_categories(bounds: np.ndarray, words: np.ndarray, n_categories: int, where: str) -> None:
    in_order = len(bounds) == n_categories + 1 and bounds[0] == 0 and bool(np.all(np.diff(bounds) > 0))
    if not in_order or bounds[-1] != len(words) or len(words) > MAX_CATEGORY_WORDS:
        raise BundleRefused(
            where, field="cat_boundaries", found="sets that don't fit", wanted="sets in order"
        )
    if len(words) and (words.min() < 0 or words.max() >= 2**32):
        raise BundleRefused(where, field="cat_threshold", found="a word out of range", wanted="32 bits")
