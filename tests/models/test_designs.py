from dataclasses import dataclass, replace

import numpy as np
import pytest

from data.errors import NotEnoughData
from features.build import Features
from models.combine import probability_of
from models.designs import DESIGNS, fit_among, fit_design, grown, regrown
from models.settings import DESIGNS as SHIPPED
from models.settings import ModelSettings

N = 6_000
NAMES = ("word", "signal", "noise")
QUICK = ModelSettings(trees=60, learning_rate=0.15, patience=8, column_share=1.0, threads=1)


@dataclass(frozen=True)
class Lines:
    x: Features
    denied: np.ndarray
    family: np.ndarray
    weight: np.ndarray

    @property
    def whole(self) -> Features:
        return self.x

    @property
    def at(self) -> np.ndarray:
        return np.arange(len(self.x))


def planted(seed: int = 1, n: int = N, *, dtype: type = np.float64) -> Lines:
    """Coding strikes odd words, filing where the signal is high."""
    rng = np.random.default_rng(seed)
    values = np.stack([rng.integers(0, 12, n), rng.normal(size=n), rng.normal(size=n)], axis=1).astype(dtype)
    values[rng.random(n) < 0.1, 2] = np.nan
    coding = rng.random(n) < probability_of(-3.0 + 2.5 * (values[:, 0] % 2))
    filing = rng.random(n) < probability_of(-3.5 + 2.0 * values[:, 1])
    family = np.where(coding, "coding", np.where(filing, "timely_filing", "")).astype(object)
    return Lines(Features(NAMES, values, ("word",)), (family != "").astype(np.int8), family, np.ones(n))


@pytest.mark.parametrize("name", DESIGNS)
def test_every_design_finds_what_is_planted(name: str) -> None:
    lines, fresh = planted(), planted(seed=2)
    later = np.arange(N) >= N * 0.8
    design = DESIGNS[name](lines, QUICK, later=later)
    p, share = design.probability(fresh.x), design.share(fresh.x)
    assert design.families == ("coding", "timely_filing")
    assert p.shape == (N,)
    assert share == pytest.approx(np.clip(share, 0, 1))
    assert share.sum(axis=1) == pytest.approx(np.ones(N))
    assert p.mean() == pytest.approx(fresh.denied.mean(), rel=0.1)
    assert p[fresh.denied == 1].mean() > 1.5 * p[fresh.denied == 0].mean()
    struck = fresh.denied == 1
    assert (np.array(design.families)[share.argmax(axis=1)] == fresh.family)[struck].mean() > 0.75


@pytest.mark.parametrize("name", DESIGNS)
def test_a_line_alone_has_the_bits_it_has_among_others(name: str) -> None:
    lines = planted(n=1_500)
    design = DESIGNS[name](lines, QUICK)
    together = design.probability(lines.x)
    one = Features(NAMES, lines.x.values[7:8], ("word",))
    assert design.probability(one)[0] == together[7]


@pytest.mark.parametrize("name", DESIGNS)
def test_one_answer_alone_teaches_nothing(name: str) -> None:
    lines = planted(n=50)
    none = Lines(lines.x, np.zeros(50, np.int8), np.full(50, "", object), lines.weight)
    with pytest.raises(NotEnoughData):
        DESIGNS[name](none, QUICK)


@pytest.mark.parametrize("name", ["multiclass", "plain"])
def test_the_trees_say_what_lightgbm_says(name: str) -> None:
    """The log-odds are differences of the classes' raw scores: softmax of them is LightGBM's own probability."""
    lines = planted(n=1_500)
    design = DESIGNS[name](lines, QUICK)
    p = design.probability(lines.x)
    assert p.mean() == pytest.approx(lines.denied.mean(), rel=0.02)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_settings_name_the_design(name: str) -> None:
    lines = planted(n=1_500)
    settings = ModelSettings(trees=10, threads=1, design=name)
    p = [fit(lines) for fit in (lambda x: fit_design(x, settings), lambda x: DESIGNS[name](x, settings))]
    assert np.array_equal(p[0].probability(lines.x), p[1].probability(lines.x))


def test_denied_lines_alone_tell_their_families_apart() -> None:
    lines = planted()
    struck = lines.denied == 1
    x = Features(NAMES, lines.x.values[struck], ("word",))
    among = fit_among(Lines(x, lines.denied[struck], lines.family[struck], lines.weight[struck]), QUICK)
    leading = np.array(among.families)[among.share(x).argmax(axis=1)]
    assert (leading == lines.family[struck]).mean() > 0.85


def test_narrow_numbers_give_the_same_trees() -> None:
    wide, narrow = planted(n=2_000), planted(n=2_000, dtype=np.float32)
    same = Lines(
        Features(NAMES, narrow.x.values.astype(np.float64), ("word",)),
        narrow.denied,
        narrow.family,
        wide.weight,
    )
    p = [fit_design(lines, QUICK).probability(narrow.x) for lines in (narrow, same)]
    assert np.array_equal(p[0], p[1])


@pytest.mark.parametrize("name", SHIPPED)
def test_growing_again_on_the_same_lines_gives_the_same_trees(name: str) -> None:
    lines = planted(n=2_000)
    settings = ModelSettings(trees=30, threads=1, design=name, patience=5)
    first = grown(lines, settings)
    again = regrown(first, lines, settings)
    assert again == first
    kept = np.arange(2_000) % 2 == 0
    half = Lines(
        Features(NAMES, lines.x.values[kept], ("word",)),
        lines.denied[kept],
        lines.family[kept],
        lines.weight[kept],
    )
    assert regrown(first, lines, settings, where=kept) == regrown(first, half, settings)


@pytest.mark.parametrize("name", SHIPPED)
def test_what_a_design_says_is_explained_exactly(name: str) -> None:
    lines = planted(n=1_500)
    trees = grown(lines, ModelSettings(trees=15, threads=1, design=name))
    logits = trees.logits(lines.x.values[:50])
    for place, family in enumerate(trees.families):
        base, parts = trees.contributions(lines.x.values[:50], family)
        assert base + parts.sum(axis=1) == pytest.approx(logits[:, place], abs=1e-9)


@pytest.mark.parametrize("design", SHIPPED)
def test_what_is_left_out_is_never_asked(design: str) -> None:
    lines = planted(n=3_000)
    settings = replace(QUICK, trees=15, leave_out="wor* noise", design=design)
    fitted = grown(lines, settings, later=np.arange(3_000) % 5 == 0)
    asked = [fitted.contributions(lines.x.values[:200], name)[1].any(axis=0) for name in fitted.families]
    assert np.array(asked).any(axis=0).tolist() == [name == "signal" for name in NAMES]


@pytest.mark.parametrize("design", SHIPPED)
def test_with_nothing_left_to_ask_every_line_has_the_plain_rate(design: str) -> None:
    lines = planted(n=3_000)
    settings = replace(QUICK, trees=15, leave_out="*", design=design)
    fitted = grown(lines, settings, later=np.arange(3_000) % 5 == 0)
    said = fitted.logits(lines.x.values[:200])
    assert np.ptp(said, axis=0) == pytest.approx(0)
