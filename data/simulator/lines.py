"""What is done at a visit: one to four procedures, their sides, the diagnoses they point at, and what they cost."""

from dataclasses import replace

import numpy as np

from data.simulator.cast import Cast
from data.simulator.catalogue import Flags, Floats, Numbers, catalogue
from data.simulator.claims import NONE, Lines, Visits
from data.simulator.draw import Streams, chance, pick, pick_by_row
from data.simulator.orders import is_acute
from data.simulator.pairs import lesser_of_pairs
from data.simulator.policies import Policies, new_codes_from
from data.simulator.settings import WorldSettings

MOST = 4
CENTS_PER_RVU = 11_000
SHARE_OF_COMPONENT = np.array([1.0, 0.32, 0.68])
COMPANION, SAME_REGION, OTHER_SIDE, BUNDLED, ADDED = range(5)
NOT_WHEN_ACUTE = ("mammography", "DXA", "PET")
SCREENING = ("77067", "77063", "77080", "77085", "71271", "76706")


def draw_lines(
    settings: WorldSettings, cast: Cast, policies: Policies, visits: Visits, care: Floats, streams: Streams
) -> tuple[Visits, Lines]:
    """The lines of each visit, and the visits with the diagnoses that their lines point at.

    `care`: [claims, fault kinds], how often faults happen to them.
    """
    rng = streams.stream("lines")
    procedure, side = _procedures(rng, settings, cast, visits, care[:, 4], streams)
    diagnosis = _diagnoses(rng, settings, care[:, 4], procedure)
    claim, place = np.nonzero(procedure != NONE)
    shown = procedure[claim, place]
    diagnoses, pointer = _pointers(diagnosis)
    lines = Lines(
        claim=claim,
        number=_count(claim),
        procedure=shown,
        component=_components(rng, settings.faults.modifier_wrong * care[:, 3], policies, visits, claim),
        side=_sides(rng, (settings.faults.side_missing * care[:, 3])[claim], shown, side[claim, place]),
        mark=np.zeros(len(claim), np.int64),
        pointer=pointer[claim, place],
        diagnosis=diagnosis[claim, place],
        charge=np.zeros(len(claim), np.int64),
    )
    marked = lesser_of_pairs(lines) & chance(rng, settings.faults.bundled_marked, len(claim))
    charged = replace(lines, mark=marked.astype(np.int64), charge=_charges(rng, cast, visits, lines))
    return replace(visits, diagnoses=diagnoses), charged


def _count(claim: Numbers) -> Numbers:
    """1, 2, ... within each claim; claims come in order."""
    first = np.searchsorted(claim, claim)
    return np.arange(len(claim)) - first + 1


def _procedures(
    rng: np.random.Generator,
    settings: WorldSettings,
    cast: Cast,
    visits: Visits,
    care: Floats,
    streams: Streams,
) -> tuple[Numbers, Numbers]:
    """[n, 4] procedures, -1 where there is none, and [n, 4] sides (1 right, 2 left)."""
    n, n_places = len(visits.number), len(cast.facilities.npi)
    done, shown = cast.facilities.procedures, catalogue()
    calm = np.concatenate([done, done * ~np.isin(shown.modality, NOT_WHEN_ACUTE)])
    calm = np.concatenate([calm * ~shown.is_new, calm])
    female = cast.members.female[visits.member]
    after = visits.service >= new_codes_from(settings)
    row = (after * 4 + is_acute(visits.place) * 2 + female) * n_places + visits.facility
    procedure, side = np.full((n, MOST), NONE), np.zeros((n, MOST), np.int64)
    first = pick_by_row(rng, calm, row)
    side[:, 0] = 1 + chance(rng, 0.5, n)
    again = _followed(streams.stream("follow ups"), settings.volume.follow_up, visits, first)
    again = np.where(calm[row, first[again]] > 0, again, np.arange(n))
    first, side[:, 0] = first[again], side[again, 0]
    procedure[:, 0] = first
    wanted = pick(rng, np.array(settings.volume.extra_lines), n)
    for place in range(1, MOST):
        mode = _modes(rng, settings.faults.bundled_pair * care, first, place)
        more = pick_by_row(rng, _extras(), mode * len(shown.procedure) + first)
        keep = (wanted >= place) & (calm[row, more] > 0) & _is_new(procedure[:, :place], more, mode)
        procedure[:, place] = np.where(keep, more, NONE)
        side[:, place] = np.where(mode == OTHER_SIDE, 3 - side[:, 0], 1 + chance(rng, 0.5, n))
    return procedure, side


def _followed(rng: np.random.Generator, rate: float, visits: Visits, first: Numbers) -> Numbers:
    """For each visit the one whose study it repeats: the member's visit before, or itself."""
    n = len(first)
    order = np.lexsort((visits.number, visits.service, visits.member))
    member, service = visits.member[order], visits.service[order]
    repeats = chance(rng, rate, n)[order] & ~np.isin(catalogue().procedure[first[order]], SCREENING)
    repeats[1:] &= (member[1:] == member[:-1]) & (service[1:] > service[:-1])
    repeats[:1] = False
    begun = np.maximum.accumulate(np.where(repeats, 0, np.arange(n)))
    # Nobody comes again for a screening within weeks.
    begun = np.where(np.isin(catalogue().procedure[first[order[begun]]], SCREENING), np.arange(n), begun)
    followed = np.empty(n, np.int64)
    followed[order] = order[begun]
    return followed


def _modes(rng: np.random.Generator, bundled: Floats, first: Numbers, place: int) -> Numbers:
    """Why there is one more line; `bundled`: how often by mistake."""
    shown, n = catalogue(), len(first)
    drawn = rng.random(n)
    mode = np.where(drawn < 0.6, COMPANION, SAME_REGION)
    mode = np.where(shown.paired[first] & (drawn > 0.78) & (place == 1), OTHER_SIDE, mode)
    mode = np.where((shown.modality[first] == "mammography") & (place == 1) & (drawn < 0.8), ADDED, mode)
    return np.where(chance(rng, bundled, n), BUNDLED, mode)


def _extras() -> Floats:
    """[modes * P, P]: what goes with what, for each reason to have one more line."""
    shown = catalogue()
    modality = shown.modality[:, None] == shown.modality[None]
    region = shown.region[:, None] == shown.region[None]
    itself = np.eye(len(shown.procedure))
    allowed = (shown.female[:, None] | ~shown.female[None]) * shown.weight[None]
    return (
        np.concatenate(
            [
                modality * ~region * allowed,
                ~modality * region * allowed,
                itself,
                modality * region * (1 - itself) * allowed,
                np.broadcast_to(shown.procedure == "77063", modality.shape) * allowed,
            ]
        )
        + np.concatenate([itself] * 5) * 1e-9
    )


def _is_new(before: Numbers, more: Numbers, mode: Numbers) -> Flags:
    """Not what an earlier line did, and related to it only where that is meant."""
    group = catalogue().group
    same = (before == more[:, None]).any(axis=1)
    related = ((before != NONE) & (group[before] == group[more][:, None])).any(axis=1)
    return np.asarray(np.where(mode == OTHER_SIDE, same, ~same & (~related | (mode == BUNDLED))))


def _diagnoses(
    rng: np.random.Generator, settings: WorldSettings, care: Floats, procedure: Numbers
) -> Numbers:
    """[n, 4]: the diagnosis that each line points at first; the first line's, where it fits the others."""
    shown, faults = catalogue(), settings.faults
    usual, vague, elsewhere = _diagnosis_weights()
    drawn = np.full(procedure.shape, NONE)
    for place in range(MOST):
        row = np.maximum(procedure[:, place], 0)
        mine = pick_by_row(rng, usual, row)
        mine = np.where(
            chance(rng, faults.diagnosis_unspecific * care, len(row)), pick_by_row(rng, vague, row), mine
        )
        wrong = chance(rng, faults.diagnosis_elsewhere * care, len(row))
        mine = np.where(wrong, pick_by_row(rng, elsewhere, row), mine)
        if place:
            fits = shown.fits[shown.region[row], drawn[:, 0]] & ~wrong
            mine = np.where(fits, drawn[:, 0], mine)
        drawn[:, place] = np.where(procedure[:, place] == NONE, NONE, mine)
    return drawn


def _diagnosis_weights() -> tuple[Floats, Floats, Floats]:
    """[P, D] each: what a procedure is usually done for, what says nothing, and what is of another body part."""
    shown = catalogue()
    kind, fits = shown.diagnosis_kind, shown.fits[shown.region]
    screens = np.isin(shown.procedure, SCREENING)[:, None]
    with_child = (shown.procedure >= "76801") & (shown.procedure <= "76817")
    screening = np.where(screens, 1.0, np.where(with_child[:, None], 1.0, 0.04))
    factor = np.where(kind == "screening", screening, np.where(screens, 0.05, 1.0)) * (kind != "unspecific")
    usual = fits * shown.diagnosis_weight * factor
    vague = fits * (kind == "unspecific") * shown.diagnosis_weight
    elsewhere = ~fits * shown.diagnosis_weight
    return usual, vague, elsewhere


def _pointers(diagnosis: Numbers) -> tuple[Numbers, Numbers]:
    """[n, 4] different diagnoses of each claim in order, and [n, 4] the pointer (from 1) of each line."""
    listed, pointer = np.full(diagnosis.shape, NONE), np.zeros(diagnosis.shape, np.int64)
    count = np.zeros(len(diagnosis), np.int64)
    rows = np.arange(len(diagnosis))
    for place in range(diagnosis.shape[1]):
        mine = diagnosis[:, place]
        there = listed == mine[:, None]
        new = ~there.any(axis=1)
        pointer[:, place] = np.where(new, count, there.argmax(axis=1)) + 1
        listed[rows[new], count[new]] = mine[new]
        count += new
    return listed, pointer


def _components(
    rng: np.random.Generator, mistaken: Floats, policies: Policies, visits: Visits, claim: Numbers
) -> Numbers:
    """Whole, professional or technical part: as agreed, mostly."""
    agreed = policies.component[visits.facility[claim], visits.payer[claim]]
    wrong = chance(rng, mistaken[claim], len(claim))
    return np.where(wrong, (agreed + rng.integers(1, 3, len(claim))) % 3, agreed)


def _sides(rng: np.random.Generator, forgotten: Floats, procedure: Numbers, side: Numbers) -> Numbers:
    """Right, left or both, on what comes in pairs; forgotten now and then."""
    n = len(procedure)
    told = catalogue().paired[procedure] & ~chance(rng, forgotten, n)
    return np.where(told, np.where(chance(rng, 0.03, n), 3, side), 0)


def _charges(rng: np.random.Generator, cast: Cast, visits: Visits, lines: Lines) -> Numbers:
    """What the facility's price list says, in cents: whole dollars, three percent more each year."""
    shown, factor = catalogue(), cast.facilities.charge_factor
    prices = shown.rvu * CENTS_PER_RVU * factor[:, None]
    prices = prices * np.exp(rng.normal(0, 0.12, prices.shape))
    year = visits.service[lines.claim] // 365.25 - 54
    whole = prices[visits.facility[lines.claim], lines.procedure] * 1.03**year
    price = whole * SHARE_OF_COMPONENT[lines.component] * np.where(lines.side == 3, 1.5, 1.0)
    return np.asarray(np.maximum(np.round(price / 100).astype(np.int64), 5) * 100)
