"""What payers want and never say: lists, contracts and enrolment, and how they change on the way."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from data.simulator.calendar import EPOCH
from data.simulator.cast import AT_HOSPITALS, FAR, Cast
from data.simulator.catalogue import SCREENINGS, Flags, Floats, Names, Numbers, catalogue
from data.simulator.draw import Streams, chance
from data.simulator.settings import PayerSettings, WorldSettings

FAMILIES = (
    "authorization",
    "medical_necessity",
    "documentation",
    "missing_information",
    "eligibility",
    "coordination",
    "coding",
    "bundling",
    "duplicate",
    "timely_filing",
    "not_covered",
    "provider_enrollment",
    "benefit_limit",
)
COMPONENTS = np.array(["", "26", "TC"])
ORDER = np.array([8, 4, 5, 9, 11, 3, 6, 0, 7, 10, 12, 2, 1])
"""The order in which most payers check: duplicates first, the medical record last."""


@dataclass(frozen=True, slots=True)
class Policies:
    """The hidden policies of N payers."""

    wants_auth_from: Numbers
    """[N, P]: the day from which a procedure is on the payer's authorisation list"""
    wants_attachment_from: Numbers
    """[N, P]"""
    covers: Flags
    """[N, P, D]: the diagnosis is on the payer's coverage list for the procedure"""
    excludes: Flags
    """[N, P]: never paid"""
    knows_from: Numbers
    """[N, P]: the day from which the payer knows a new code; what it does not know it does not pay"""
    spacing_days: Numbers
    """[N, P]: days that must lie between two studies of the same kind for one member; 0 where any are paid"""
    component: Numbers
    """[K, N]: what the facility may bill to the payer: whole, professional or technical part"""
    enrolled_from: Numbers
    """[radiologists, N]"""
    filing_limit: Numbers
    honours_59: Flags
    strictness: Floats
    errors: Floats
    """[N, families]: how much more often than the average a payer strikes without cause"""
    order: Numbers
    """[N, families]: the family that is reported first, second, ..."""


def draw_policies(settings: WorldSettings, cast: Cast, streams: Streams, *, start: int, end: int) -> Policies:
    """Draw the payers' policies and their changes between two days."""
    rng, payers = streams.stream("policies"), settings.payers
    return Policies(
        wants_auth_from=_lists(rng, settings, "authorization", start, end),
        wants_attachment_from=_lists(rng, settings, "attachment", start, end),
        covers=_coverage(rng, settings),
        excludes=np.array([np.isin(catalogue().procedure, p.not_covered) for p in payers]),
        knows_from=_known_codes(streams, settings),
        spacing_days=_spacing(streams, settings),
        component=_contracts(rng, settings, cast),
        enrolled_from=_enrolment(rng, settings, cast),
        filing_limit=np.array([p.filing_limit for p in payers]),
        honours_59=np.array([p.honours_59 for p in payers]),
        strictness=np.array([p.strictness for p in payers]),
        errors=np.array([p.errors for p in payers])[:, None]
        * np.exp(rng.normal(0, 0.3, (len(payers), len(FAMILIES)))),
        order=np.array([_order(rng) for _ in payers]),
    )


def _lists(rng: np.random.Generator, settings: WorldSettings, kind: str, start: int, end: int) -> Numbers:
    """[N, P]: the day from which each procedure is on the payer's list of this kind."""
    shown = catalogue()
    kept = chance(rng, settings.policies.listed, len(settings.payers) * len(shown.procedure))
    kept = kept.reshape(len(settings.payers), -1)
    since = np.full(kept.shape, FAR)
    for n, payer in enumerate(settings.payers):
        listed = payer.authorization if kind == "authorization" else payer.attachment
        since[n, np.isin(shown.modality, listed) & kept[n]] = -FAR
    numbers = {payer.payer_id: n for n, payer in enumerate(settings.payers)}
    for change in settings.changes:
        if change.kind == kind:
            row, day = numbers[change.payer_id], day_of_change(change.at, start, end)
            new = (shown.modality == change.modality) & kept[row]
            since[row, new] = np.minimum(since[row, new], day)
    return since


def day_of_change(at: float, start: int, end: int) -> int:
    """The first day of service after a share of the world's time has gone by."""
    return start + round(at * (end - start))


def _coverage(rng: np.random.Generator, settings: WorldSettings) -> Flags:
    """[N, P, D]: what fits is covered, but for advanced imaging of some symptoms, and never without a cause."""
    shown, rates = catalogue(), settings.policies
    groups, group = np.unique(shown.group, return_inverse=True)
    shape = (len(groups), len(shown.diagnosis))
    heavier = np.where(shown.diagnosis_kind == "symptom", rates.symptom_weight, 0.6)
    shared = rng.random(shape) < rates.off_coverage_shared * heavier
    own = rng.random((len(settings.payers), *shape)) < rates.off_coverage_own * heavier
    vague = shown.diagnosis_kind == "unspecific"
    off = (shared | own)[:, group] | vague
    watched = (shown.advanced | np.isin(shown.modality, ["ultrasound", "DXA"]))[None, :, None]
    return np.asarray(shown.fits[shown.region][None] & ~(off & watched))


def new_codes_from(settings: WorldSettings) -> int:
    """The day on which new codes come into use: the first of January after the world's start."""
    return (date(settings.start.year + 1, 1, 1) - EPOCH).days


def _known_codes(streams: Streams, settings: WorldSettings) -> Numbers:
    """[N, P]: some payers take weeks to learn a new code."""
    rng, shown, rates = streams.stream("new codes"), catalogue(), settings.policies
    shape = (len(settings.payers), len(shown.procedure))
    wait = rng.integers(*rates.unknown_codes_days, shape) * (rng.random(shape) < rates.unknown_codes)
    return np.where(shown.is_new & (wait > 0), new_codes_from(settings) + wait, -FAR)


def _spacing(streams: Streams, settings: WorldSettings) -> Numbers:
    """[N, P]: screenings once in the payer's span (bones in two of them), and some repeated studies not too soon."""
    rng, shown = streams.stream("spacing"), catalogue()
    screens, bones = np.isin(shown.procedure, SCREENINGS), shown.modality == "DXA"
    groups, group = np.unique(shown.group, return_inverse=True)
    drawn = (rng.random((len(settings.payers), len(groups))) < settings.policies.spaced)[:, group]
    rows = []
    for n, payer in enumerate(settings.payers):
        repeats = np.isin(shown.modality, payer.spacing) & drawn[n] & ~screens & ~bones
        rows.append(payer.screening_days * (screens + 2 * bones) + payer.spacing_days * repeats)
    return np.array(rows)


def _contracts(rng: np.random.Generator, settings: WorldSettings, cast: Cast) -> Numbers:
    """[K, N]: hospitals bill the professional part; centres and offices as agreed with each payer."""
    rates = settings.policies
    drawn = rng.random((settings.cast.n_facilities, len(settings.payers)))
    agreed = (drawn > rates.contract_global).astype(np.int64)
    agreed += drawn > rates.contract_global + rates.contract_professional
    return np.where(np.isin(cast.facilities.kind, AT_HOSPITALS)[:, None], 1, agreed)


def _enrolment(rng: np.random.Generator, settings: WorldSettings, cast: Cast) -> Numbers:
    """[radiologists, N]: newcomers wait for months at most payers, and some for a payer that is new."""
    rates, joined = settings.policies, cast.radiologist_joined
    shape = (len(joined), len(settings.payers))
    wait = rng.integers(*rates.late_enrolment_days, shape) * (rng.random(shape) < rates.late_enrolment)
    unready = rng.integers(*rates.late_enrolment_days, shape) * (rng.random(shape) < rates.unready)
    return np.asarray(np.maximum(joined[:, None] + wait, cast.payer_from + unready))


def _order(rng: np.random.Generator) -> Numbers:
    """The usual order with two neighbours changed places."""
    order = ORDER.copy()
    at = int(rng.integers(0, len(order) - 1))
    order[[at, at + 1]] = order[[at + 1, at]]
    return order


def reasons_of(payer: PayerSettings) -> dict[str, str]:
    """What this payer writes where payers differ, by cause."""
    return {
        "attachment": payer.documentation_reason,
        "images_unlinked": payer.documentation_reason,
        "not_covered": payer.not_covered_reason,
        "not_covered_error": payer.not_covered_reason,
        "bundled": payer.bundling_reason,
        "bundling_error": payer.bundling_reason,
    }


def payer_ids(settings: WorldSettings) -> Names:
    """[N]"""
    return np.array([payer.payer_id for payer in settings.payers])
