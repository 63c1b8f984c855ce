"""What each correction would do: the same chance of denial, with one fact mended and all else as it is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from data.simulator.catalogue import Flags, Floats, catalogue
from data.simulator.causes import CAUSES
from data.simulator.facts import Scene
from data.simulator.hazards import off_coverage_signed, pair_struck

NUMBER = {cause.name: n for n, cause in enumerate(CAUSES)}


@dataclass(frozen=True, slots=True)
class Mend:
    """One correction: the hazards that fall by it, to what, and where there is something to mend."""

    name: str
    causes: tuple[str, ...]
    left: Callable[[Scene], Floats] | None = None
    """[lines]: what is left of the (only) hazard; nothing where this is None"""
    only: Callable[[Scene], Flags] | None = None
    """[lines]: where there is something to mend; where None, wherever the first cause may strike"""


def _elsewhere(scene: Scene) -> Flags:
    """The diagnosis is of another part of the body: another diagnosis mends it, not another coverage."""
    lines, shown = scene.claims.lines, catalogue()
    return np.asarray(~shown.fits[shown.region[lines.procedure], lines.diagnosis])


def _bare(scene: Scene) -> Flags:
    """A signed report without an indication, and a diagnosis off the payer's list."""
    return scene.of_claim(scene.signed & ~scene.claims.sights.indication) & ~_elsewhere(scene)


def _other_payer(scene: Scene) -> Flags:
    claims = scene.claims
    return scene.of_claim(claims.sights.seen & claims.sights.other_primary & ~claims.forms.secondary)


def _unmarked_repeat(scene: Scene) -> Flags:
    """A plain film made again on one day, without the modifier that says so."""
    xray = catalogue().modality[scene.claims.lines.procedure] == "x-ray"
    alone = (scene.claims.n_lines == 1) & scene.all_lines(xray & ~scene.marked("76"))
    return scene.of_claim(alone)


MENDS: tuple[Mend, ...] = (
    Mend("auth_missing", ("auth_missing",)),
    Mend("auth_expired", ("auth_expired",)),
    Mend("auth_other_procedure", ("auth_other_procedure",)),
    Mend("off_coverage", ("off_coverage",), only=lambda scene: ~_elsewhere(scene)),
    Mend("indication_missing", ("off_coverage",), left=off_coverage_signed, only=_bare),
    Mend("attachment_missing", ("attachment",)),
    Mend("images_unlinked", ("images_unlinked",)),
    Mend("report_unsigned", ("report_unsigned",)),
    Mend("referring_missing", ("referring_missing",)),
    Mend("referring_invalid", ("referring_invalid",)),
    Mend("first_payer_unpriced", ("first_payer_unpriced",)),
    Mend("original_unnamed", ("original_unnamed",)),
    Mend("coverage_over", ("coverage_over",)),
    Mend("other_payer_first", ("other_payer_first",), only=_other_payer),
    Mend("modifier_wrong", ("modifier_wrong",)),
    Mend("side_missing", ("side_missing",)),
    Mend("diagnosis_elsewhere", ("diagnosis_elsewhere", "off_coverage")),
    Mend(
        "bundled_unmarked",
        ("bundled",),
        left=lambda scene: pair_struck(scene, marked=np.ones(len(scene.in_pair), np.bool_)),
        only=lambda scene: ~scene.marked("59"),
    ),
    Mend("sent_before", ("sent_before",)),
    Mend(
        "repeat_unmarked",
        ("sent_before",),
        left=lambda scene: np.full(len(scene.in_pair), scene.settings.effects.repeat_marked),
        only=_unmarked_repeat,
    ),
    Mend("not_enrolled", ("not_enrolled",)),
)
"""Facts that somebody can mend before the claim goes out; what is past (days, earlier studies) is not among them."""


def without(scene: Scene, hazard: Floats) -> Floats:
    """[lines, mends]: the chance of denial with that one fact mended, NaN where there is nothing to mend.

    `hazard`: [lines, causes]. A report is mended by signing it with its indication, an authorisation by a valid one.
    """
    spared = np.prod(1 - hazard, axis=1)
    mended = np.full((len(hazard), len(MENDS)), np.nan)
    for n, mend in enumerate(MENDS):
        there = hazard[:, NUMBER[mend.causes[0]]] > 0
        if mend.only is not None:
            there &= mend.only(scene)
        rows = np.flatnonzero(there)
        columns = np.array([NUMBER[cause] for cause in mend.causes])
        falling = np.prod(1 - hazard[rows[:, None], columns], axis=1)
        left = mend.left(scene)[rows] if mend.left is not None else 0.0
        mended[rows, n] = 1 - spared[rows] / falling * (1 - left)
    return mended
