"""Who is in the world: facilities, radiologists, referring providers and members, each thing by its number."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.simulator.catalogue import Flags, Floats, Names, Numbers, catalogue
from data.simulator.draw import Streams, chance, npi, pick, pick_by_row, scramble
from data.simulator.settings import WorldSettings

PLACES = np.array(["11", "21", "22", "23", "49"])
"""Places of service of the world: office, inpatient, outpatient hospital, emergency room, independent clinic."""
PLACES_OF_KIND = {
    "hospital": (0.0, 0.30, 0.42, 0.28, 0.0),
    "imaging centre": (0.25, 0.0, 0.0, 0.0, 0.75),
    "office": (1.0, 0.0, 0.0, 0.0, 0.0),
    "read from afar": (0.0, 0.24, 0.08, 0.68, 0.0),
}
AT_HOSPITALS = ("hospital", "read from afar")
"""Where the group reads what others own: it bills the professional part."""
IN_OFFICE = ("x-ray", "ultrasound", "DXA", "mammography")
NEWCOMER_SHARE = 0.5
"""How much newcomers read at first, against the others."""
FAR = 1_000_000
"""A day that never comes."""


@dataclass(frozen=True, slots=True)
class Facilities:
    """Where studies are made: K of them."""

    npi: Names
    kind: NDArray[np.str_]
    volume: Floats
    opens: Numbers
    """[K]: the day on which it goes live"""
    charge_factor: Floats
    care: Floats
    """[K, faults]: how much more often than the average each kind of fault happens here."""
    places: Floats
    """[K, places of service]"""
    procedures: Floats
    """[2 * K, P]: what is done here, first for men, then for women."""


@dataclass(frozen=True, slots=True)
class Members:
    """Patients: what the claim says of them, and when they lose their coverage."""

    member_id: Names
    payer: Numbers
    payer_before: Numbers
    """Who paid until their payer came into the world."""
    facility: Numbers
    referring: Numbers
    birth_year: Numbers
    female: Flags
    visits: Floats
    coverage_ends: Numbers


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody. Radiologists and referring providers are rows of weights by facility."""

    billing_npi: Names
    payer_from: Numbers
    """[N]: the day on which a payer takes its first members"""
    facilities: Facilities
    members: Members
    radiologist_npi: Names
    radiologist_joined: Numbers
    radiologist_weight: Floats
    """[K, radiologists]"""
    referring_npi: Names
    referring_weight: Floats
    """[K, referring providers]"""


FAULT_KINDS = (
    "authorization",
    "attachment",
    "referring",
    "modifier",
    "diagnosis",
    "report",
    "registration",
    "context",
)


def draw_cast(settings: WorldSettings, streams: Streams, *, n_claims: int, start: int, end: int) -> Cast:
    """Draw everybody who takes part between two days (since 1970)."""
    rng, cast = streams.stream("cast"), settings.cast
    facilities = _facilities(rng, settings, streams.seed, start, end)
    joined = np.full(cast.n_radiologists, -FAR)
    joined[: cast.n_newcomers] = start + (
        (np.arange(cast.n_newcomers) + 0.7) / (cast.n_newcomers + 0.6) * (end - start)
    )
    referring = _by_facility(rng, cast.n_facilities, cast.n_referring, homes=2)
    readers = _by_facility(rng, cast.n_facilities, cast.n_radiologists, homes=3)
    readers[:, : cast.n_newcomers] *= NEWCOMER_SHARE
    n_members = max(int(n_claims / cast.claims_per_member), 20)
    arrivals = [start + round(p.arrives * (end - start)) if p.arrives else -FAR for p in settings.payers]
    return Cast(
        payer_from=np.array(arrivals),
        billing_npi=npi(scramble(np.arange(1), salt=streams.seed + 5, bits=26)),
        facilities=facilities,
        members=_members(rng, settings, facilities.volume, referring, n_members, start, end, streams.seed),
        radiologist_npi=npi(scramble(np.arange(cast.n_radiologists), salt=streams.seed + 6, bits=26)),
        radiologist_joined=joined,
        radiologist_weight=readers,
        referring_npi=npi(scramble(np.arange(cast.n_referring), salt=streams.seed + 7, bits=26)),
        referring_weight=referring,
    )


def _facilities(
    rng: np.random.Generator, settings: WorldSettings, seed: int, start: int, end: int
) -> Facilities:
    """Some of each kind, as it is set; hospitals are the largest."""
    n = settings.cast.n_facilities
    shares = np.cumsum(settings.cast.kinds) / sum(settings.cast.kinds)
    kind = np.array(list(PLACES_OF_KIND))[np.searchsorted(shares, (np.arange(n) + 0.5) / n)]
    opens = np.full(n, -FAR)
    for place, at in enumerate(settings.cast.openings):
        opens[(n // 2 + place) % n] = start + round(at * (end - start))
    spread = settings.cast.facility_spread
    care = np.exp(rng.normal(0, spread, (n, len(FAULT_KINDS))) - spread**2 / 2)
    shown = catalogue()
    size = {"hospital": 1.6, "imaging centre": 1.1, "office": 0.5, "read from afar": 1.0}
    done = np.where((kind == "office")[:, None], np.isin(shown.modality, IN_OFFICE), 1.0) * shown.weight
    done = done * np.exp(rng.normal(0, 0.25, done.shape))
    done[np.isin(kind, ["imaging centre", "office"])] *= np.where(shown.modality == "MRI", 1.5, 1.0)
    return Facilities(
        npi=npi(scramble(np.arange(n), salt=seed + 4, bits=26)),
        kind=kind,
        volume=np.array([size[k] for k in kind]) * np.exp(rng.normal(0, 0.3, n)),
        opens=opens,
        charge_factor=np.exp(rng.normal(0, 0.18, n)) * np.where(np.isin(kind, AT_HOSPITALS), 1.25, 1.0),
        care=care,
        places=np.array([PLACES_OF_KIND[k] for k in kind]),
        procedures=np.concatenate([done * ~shown.female, done]),
    )


def _by_facility(rng: np.random.Generator, n_facilities: int, n_people: int, *, homes: int) -> Floats:
    """Weights of people by facility: each works at a few places, and a little everywhere."""
    weights = np.full((n_facilities, n_people), 0.002)
    for _ in range(homes):
        home = rng.permutation(np.arange(n_people) % n_facilities)
        weights[home, np.arange(n_people)] += np.exp(rng.normal(0, 0.6, n_people))
    return weights


def _members(
    rng: np.random.Generator,
    settings: WorldSettings,
    volume: Floats,
    referring: Floats,
    n: int,
    start: int,
    end: int,
    seed: int,
) -> Members:
    """Members with a payer that fits their age, a usual facility and a usual referring provider."""
    payer = pick(rng, np.array([p.share for p in settings.payers]), n)
    kinds = np.array([p.kind for p in settings.payers])[payer]
    facility = pick(rng, volume, n)
    usual = np.array([np.argsort(-row, kind="stable")[:12] for row in referring])
    lost = chance(rng, settings.faults.coverage_lost, n)
    # Half of those who lose their coverage do so with the calendar year.
    day = rng.integers(start, end, n)
    year_end = (np.datetime64("1970-01-01") + day).astype("datetime64[Y]").astype("datetime64[D]") + 365
    day = np.where(rng.random(n) < 0.5, year_end.astype(np.int64) - 1, day)
    return Members(
        member_id=np.char.add("W", scramble(np.arange(n), salt=seed + 3, bits=34).astype("U11")),
        payer=payer,
        payer_before=_payers_before(rng, settings, payer),
        facility=facility,
        referring=usual[facility, rng.integers(0, usual.shape[1], n)],
        birth_year=_birth_years(rng, kinds, n),
        female=chance(rng, 0.56, n),
        visits=rng.gamma(0.9, 1.0, n) + 0.05,
        coverage_ends=np.where(lost, day, FAR),
    )


def _payers_before(rng: np.random.Generator, settings: WorldSettings, payer: Numbers) -> Numbers:
    """The same payer, or for members of a payer that comes later another one of its kind that was always there."""
    settled = np.array([p.share * (not p.arrives) for p in settings.payers])
    kinds = np.array([p.kind for p in settings.payers])
    akin = np.where(kinds[:, None] == kinds, settled, settled * 1e-6)
    late = np.array([p.arrives > 0 for p in settings.payers])[payer]
    return np.where(late, pick_by_row(rng, akin, payer), payer)


def _birth_years(rng: np.random.Generator, kinds: NDArray[np.str_], n: int) -> Numbers:
    """Medicare from 65, Medicaid and commercial below."""
    old = np.isin(kinds, ["medicare", "medicare_advantage"])
    age = np.where(old, 65 + 27 * rng.beta(1.3, 2.2, n), 2 + 62 * rng.beta(1.8, 1.4, n))
    return np.asarray(2024 - age).astype(np.int64)
