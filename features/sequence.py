"""What was sent before: this service already, this patient's earlier visits, who and what is new to us.

Looks at submissions alone, never at answers, and only at days before this claim was sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from features.bank import Bank
from features.columns import Floats, Hashes, Ints, Singles
from features.formula import Formula, least
from features.kernel import COUNT, MEDIAN, RANKED, SINCE, UNKNOWN
from features.keys import key_hashes, member_table
from features.ledger import LAST_DAY, Events, Layout, Ledger
from features.line import Line
from features.plan import Asked, Plan
from features.registry import Shelf


@dataclass(frozen=True, slots=True)
class Sent:
    """Earlier submissions that are alike in some parts."""

    name: str
    parts: tuple[str, ...]
    keeps: str = ""
    """A number kept of each of the newest: what a median or the greatest of them is asked of."""
    were_turned_away: bool = False
    """Only claims that were turned away at the door (277CA), counted from the day that this was known."""


SENT: tuple[Sent, ...] = (
    Sent("charge", ("payer", "procedure", "component"), keeps="charge_cents"),
    Sent("same_charge", ("payer", "procedure", "component", "charge")),
    Sent("same", ("member", "procedure", "service_day", "modifiers")),
    Sent("same_day", ("member", "procedure", "service_day")),
    Sent("same_component", ("member", "procedure", "service_day", "component")),
    Sent("same_claim", ("member", "service_day", "services")),
    Sent("same_away", ("member", "procedure", "service_day", "modifiers"), were_turned_away=True),
    Sent("claim_away", ("member", "service_day", "services"), were_turned_away=True),
    Sent("member", ("member",)),
    Sent("member_procedure", ("member", "procedure")),
    Sent("member_modality", ("member", "modality")),
    Sent("member_region", ("member", "body_region")),
    Sent("member_study", ("payer", "member", "modality", "study_place", "screening"), keeps="service_day"),
    Sent("all", ()),
    Sent("payer", ("payer",)),
    Sent("payer_procedure", ("payer", "procedure")),
    Sent("payer_rendering", ("payer", "rendering")),
    Sent("rendering", ("rendering",)),
    Sent("referring", ("referring",)),
    Sent("facility", ("facility",)),
    Sent("diagnosis", ("diagnosis",)),
    Sent("study_place", ("study_place",)),
    Sent("diagnosis_region", ("diagnosis", "study_place")),
    Sent("diagnosis_code", ("diagnosis_code",)),
    Sent("diagnosis_code_region", ("diagnosis_code", "study_place")),
)

ASKED: tuple[tuple[str, str, int, int], ...] = (
    ("charge", "charge_n", COUNT, 365),
    ("charge", "usual_charge", MEDIAN, 365),
    ("same_charge", "same_charge_n", COUNT, 365),
    ("same", "same_n", COUNT, 0),
    ("same", "same_since", SINCE, 0),
    ("same_day", "same_day_n", COUNT, 0),
    ("same_component", "same_component_n", COUNT, 0),
    ("same_claim", "same_claim_n", COUNT, 0),
    ("same_claim", "same_claim_since", SINCE, 0),
    ("same_away", "same_away_n", COUNT, 0),
    ("claim_away", "claim_away_n", COUNT, 0),
    ("member", "member_n", COUNT, 365),
    ("member", "member_since", SINCE, 0),
    ("member_procedure", "member_procedure_n", COUNT, 365),
    ("member_procedure", "member_procedure_since", SINCE, 0),
    ("member_modality", "member_modality_n", COUNT, 365),
    ("member_region", "member_region_since", SINCE, 0),
    ("member_study", "member_study_n", COUNT, 365),
    *(("member_study", f"member_study_day_{rank}", RANKED, rank) for rank in (1, 2, 3)),
    ("all", "all_n", COUNT, 365),
    ("all", "all_ever", COUNT, 0),
    ("payer", "payer_n", COUNT, 365),
    ("payer_procedure", "payer_procedure_n", COUNT, 365),
    ("payer_rendering", "payer_rendering_n", COUNT, 365),
    ("rendering", "rendering_n", COUNT, 365),
    ("referring", "referring_n", COUNT, 365),
    ("facility", "facility_n", COUNT, 365),
    ("diagnosis", "diagnosis_n", COUNT, 365),
    ("diagnosis", "diagnosis_ever", COUNT, 0),
    ("study_place", "study_place_ever", COUNT, 0),
    ("diagnosis_region", "diagnosis_region_ever", COUNT, 0),
    ("diagnosis_code", "diagnosis_code_ever", COUNT, 0),
    ("diagnosis_code_region", "diagnosis_code_region_ever", COUNT, 0),
)
"""Key set, name of what is told of it, kind and window (of `RANKED` the rank, ever), in the order of `SENT`."""

SHELF = Shelf("earlier submissions")


LAYOUTS = tuple(Layout(("lines",), keeps=one.keeps) for one in SENT)
"""What is counted of each of `SENT`."""


@cache
def _plan() -> Plan:
    names = [one.name for one in SENT]
    return Plan.of(
        [
            Asked(names.index(of), kind, rank=number)
            if kind == RANKED
            else Asked(names.index(of), kind, window=number)
            for of, _, kind, number in ASKED
        ],
        LAYOUTS,
    )


@cache
def _members() -> Ints:
    return member_table([one.parts for one in SENT])


def line_keys(parts: Hashes) -> Hashes:
    """The key of each line in each set of earlier submissions, from its parts (parts, n). Shape (sets, n)."""
    return key_hashes(parts, _members())


def learn(
    keys: Hashes, days: Floats, charge_cents: Floats, service_days: Floats, turned_away: Floats
) -> Bank:
    """The bank of lines that were sent: their keys (sets, n), the days they were sent and served, their charges.

    `turned_away` is the day on which it was known that the claim never got in (277CA), NaN for all others. Lines
    without a day of submission tell nothing.
    """
    return Bank.of(learn_ledgers(keys, days, charge_cents, service_days, turned_away))


def learn_ledgers(
    keys: Hashes, days: Floats, charge_cents: Floats, service_days: Floats, turned_away: Floats
) -> Sequence[Ledger]:
    """The ledgers of that bank, as `Bank.updated` takes them."""
    sent, away = _told(days, charge_cents, service_days), _told(turned_away, charge_cents, service_days)
    ledgers = []
    for place, (one, layout) in enumerate(zip(SENT, LAYOUTS, strict=True)):
        rows, events = away if one.were_turned_away else sent
        ledgers.append(Ledger.of(keys[place, rows], events, layout))
    return ledgers


def _told(days: Floats, charge_cents: Floats, service_days: Floats) -> tuple[Ints, Events]:
    """The rows that have such a day, in its order, and what happened on it."""
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero((days >= 0) & (days <= LAST_DAY))
    rows = rows[np.argsort(days[rows], kind="stable")]
    sums = (
        ("charge_cents", np.nan_to_num(charge_cents[rows], nan=UNKNOWN).astype(np.int64)),
        ("service_day", np.nan_to_num(service_days[rows], nan=UNKNOWN).astype(np.int64)),
    )
    return rows, Events(days[rows].astype(np.uint16), np.zeros(len(rows), dtype=np.uint8), sums)


def ask(bank: Bank, keys: Hashes, days: Floats) -> Singles:
    """What earlier submissions tell of each line, in the order of `ASKED`, as of its day. Shape (n, len(ASKED))."""
    told = np.empty((len(days), _plan().width), dtype=np.float32)
    bank.ask(keys, days, _plan(), told)
    return told


REPEATS = ("duplicate", "bundling", "benefit_limit", "coding", "medical_necessity", "other")
NEW_TO_US = ("provider_enrollment", "missing_information", "authorization", "other")
KNOWN_WELL = 100.0
"""More lines than this tell no more of how well we know somebody: they would only tell how much time has passed."""


def standing(line: Line) -> Formula:
    """How often the same service was sent before and got in: what was turned away (277CA) has to be sent again."""
    return line.sent("same_n") - line.sent("same_away_n")


@SHELF.feature("duplicate", unit="lines", families=REPEATS)
def turned_away_before(line: Line) -> Formula:
    """How often this patient's same procedure, day and modifiers were sent and turned away at the door (277CA)."""
    return line.sent("same_away_n")


def up_to_known(count: Formula) -> Formula:
    """A count that says new, little known or well known, and no more."""
    return least(count, KNOWN_WELL).only_where(count.known)


@SHELF.feature("duplicate", unit="lines", families=REPEATS)
def sent_before(line: Line) -> Formula:
    """How often this patient's same procedure, day and modifiers were already sent, and not turned away at the door."""
    return standing(line)


@SHELF.feature("duplicate", unit="days", families=REPEATS)
def days_since_sent_before(line: Line) -> Formula:
    """Days since the same patient's same procedure, day and modifiers were last sent."""
    return line.sent("same_since")


@SHELF.feature("duplicate", unit="yes/no", families=REPEATS)
def sent_before_as_original(line: Line) -> Formula:
    """The same service was sent before, and this claim doesn't say that it replaces it."""
    return (standing(line) > 0.0) & ~line.word("frequency").is_in("7", "8")


@SHELF.feature("duplicate", unit="yes/no", families=REPEATS)
def claim_sent_before_as_original(line: Line) -> Formula:
    """A claim with the same services of that day was sent before for this patient, and this one doesn't replace it."""
    count = line.sent("same_claim_n") - line.sent("claim_away_n")
    return (count > 0.0) & ~line.word("frequency").is_in("7", "8")


@SHELF.feature("duplicate", unit="days", families=REPEATS)
def days_since_claim_sent_before(line: Line) -> Formula:
    """Days since a claim with the same services of that day was last sent for this patient."""
    return line.sent("same_claim_since")


@SHELF.feature("duplicate", unit="lines", families=REPEATS)
def same_day_other_modifiers(line: Line) -> Formula:
    """How often the patient's same procedure and day were sent with other modifiers."""
    return line.sent("same_day_n") - line.sent("same_n")


@SHELF.feature("duplicate", unit="lines", families=REPEATS)
def same_day_other_component(line: Line) -> Formula:
    """How often the patient's same procedure and day were sent as another component: reading and picture apart."""
    return line.sent("same_day_n") - line.sent("same_component_n")


@SHELF.feature("patient_history", unit="lines", families=("benefit_limit", "other"))
def member_lines_in_year(line: Line) -> Formula:
    """Lines sent for this patient in the year before."""
    return line.sent("member_n")


@SHELF.feature("patient_history", unit="days")
def days_since_last_sent(line: Line) -> Formula:
    """Days since anything was last sent for this patient."""
    return line.sent("member_since")


@SHELF.feature("patient_history", unit="yes/no", families=("eligibility", "coordination", *NEW_TO_US))
def member_is_new(line: Line) -> Formula:
    """Nothing was sent for this patient in the year before."""
    return line.sent("member_n").equals(0.0)


@SHELF.feature("patient_history", unit="lines", families=(*REPEATS, "not_covered", "authorization"))
def same_procedure_in_year(line: Line) -> Formula:
    """How often this procedure was sent for this patient in the year before: benefits may allow one."""
    return line.sent("member_procedure_n")


@SHELF.feature("patient_history", unit="days", families=(*REPEATS, "not_covered", "authorization"))
def days_since_same_procedure(line: Line) -> Formula:
    """Days since this procedure was last sent for this patient."""
    return line.sent("member_procedure_since")


@SHELF.feature("patient_history", unit="lines", families=(*REPEATS, "not_covered", "authorization"))
def same_modality_in_year(line: Line) -> Formula:
    """How many studies of this modality were sent for this patient in the year before."""
    return line.sent("member_modality_n")


@SHELF.feature("payer_habit", unit="lines, up to 100")
def payer_lines_in_year(line: Line) -> Formula:
    """Lines sent to this payer in the year before: few mean that the payer is new to us."""
    return up_to_known(line.sent("payer_n"))


@SHELF.feature("payer_habit", unit="lines, up to 100")
def payer_procedure_lines_in_year(line: Line) -> Formula:
    """Lines with this procedure sent to this payer in the year before."""
    return up_to_known(line.sent("payer_procedure_n"))


@SHELF.feature("payer_habit", unit="share")
def payer_share_of_year(line: Line) -> Formula:
    """This payer's share of all lines sent in the year before."""
    return line.sent("payer_n") / line.sent("all_n")


@SHELF.feature("payer_habit", unit="share")
def procedure_share_at_payer(line: Line) -> Formula:
    """This procedure's share of the lines sent to this payer in the year before."""
    return line.sent("payer_procedure_n") / line.sent("payer_n")


@SHELF.feature("rendering_provider", unit="lines, up to 100", families=NEW_TO_US)
def rendering_lines_in_year(line: Line) -> Formula:
    """Lines of this rendering provider sent to this payer in the year before: few mean newly joined."""
    return up_to_known(line.sent("payer_rendering_n"))


@SHELF.feature("rendering_provider", unit="share", families=NEW_TO_US)
def rendering_share_at_payer(line: Line) -> Formula:
    """Of this rendering provider's lines in the year before, how many went to this payer: none, though there were
    many, looks like an enrollment that is still to come.
    """
    return line.sent("payer_rendering_n") / line.sent("rendering_n")


@SHELF.feature("referring_provider", unit="lines, up to 100", families=NEW_TO_US)
def referring_lines_in_year(line: Line) -> Formula:
    """Lines of this referring provider sent in the year before."""
    return up_to_known(line.sent("referring_n"))


@SHELF.feature("facility", unit="lines, up to 100", families=("coding", "authorization", "other"))
def facility_lines_in_year(line: Line) -> Formula:
    """Lines of this facility sent in the year before."""
    return up_to_known(line.sent("facility_n"))


@SHELF.feature("diagnosis", unit="lines, up to 100", families=("medical_necessity", "not_covered", "other"))
def diagnosis_lines_in_year(line: Line) -> Formula:
    """Lines with this diagnosis category sent in the year before."""
    return up_to_known(line.sent("diagnosis_n"))


@SHELF.feature("diagnosis", unit="share", families=("coding", "medical_necessity", "documentation", "other"))
def diagnosis_usual_for_region(line: Line) -> Formula:
    """Of earlier lines with the diagnosis pointed at, how many were studies of this part of the body: few look mismatched.

    A full code seen seldom is judged by its category, a category seen seldom as if one line in ten were of any region.
    """
    category = (line.sent("diagnosis_region_ever") + 1.0) / (line.sent("diagnosis_ever") + 10.0)
    return (line.sent("diagnosis_code_region_ever") + 5.0 * category) / (
        line.sent("diagnosis_code_ever") + 5.0
    )


@SHELF.feature("amount", unit="ratio")
def charge_to_usual(line: Line) -> Formula:
    """The charge, as a multiple of the median of the newest charges of this payer, procedure and component: of up to 63
    lines of the year before.
    """
    return line.number("charge_cents") / line.sent("usual_charge")


@SHELF.feature("amount", unit="share")
def share_of_same_charge(line: Line) -> Formula:
    """Of the lines of this payer, procedure and component in the year before, how many charged exactly this: few mean
    a price that is new, old or mistyped.
    """
    return line.sent("same_charge_n") / line.sent("charge_n")
