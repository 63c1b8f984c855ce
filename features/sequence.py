"""What was sent before: this service already, this patient's earlier visits, who and what is new to us.

Looks at submissions alone, never at answers, and only at days before this claim was sent.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from features.bank import Bank, Ledger
from features.columns import Bools, Floats, Hashes, Ints, Lines
from features.kernel import COUNT, MEAN, SINCE
from features.keys import Secret, days_of, key_hashes, member_table, part_hashes
from features.registry import Shelf

WINDOWS = (0, 365)


@dataclass(frozen=True, slots=True)
class Sent:
    """Earlier submissions that are alike in some parts."""

    name: str
    parts: tuple[str, ...]
    counted: tuple[str, ...] = ("lines",)


SENT: tuple[Sent, ...] = (
    Sent("charge", ("payer", "procedure", "component"), ("lines", "charge_cents")),
    Sent("same", ("member", "procedure", "service_day", "modifiers")),
    Sent("same_day", ("member", "procedure", "service_day")),
    Sent("member", ("member",)),
    Sent("member_procedure", ("member", "procedure")),
    Sent("member_modality", ("member", "modality")),
    Sent("payer", ("payer",)),
    Sent("payer_procedure", ("payer", "procedure")),
    Sent("payer_rendering", ("payer", "rendering")),
    Sent("referring", ("referring",)),
    Sent("facility", ("facility",)),
    Sent("diagnosis", ("diagnosis",)),
    Sent("diagnosis_region", ("diagnosis", "body_region")),
    Sent("diagnosis_code", ("diagnosis_code",)),
    Sent("diagnosis_code_region", ("diagnosis_code", "body_region")),
)

ASKED: tuple[tuple[str, str, int, int], ...] = (
    ("charge", "usual_charge", MEAN, 365),
    ("same", "same_n", COUNT, 0),
    ("same", "same_since", SINCE, 0),
    ("same_day", "same_day_n", COUNT, 0),
    ("member", "member_n", COUNT, 365),
    ("member", "member_since", SINCE, 0),
    ("member_procedure", "member_procedure_n", COUNT, 365),
    ("member_procedure", "member_procedure_since", SINCE, 0),
    ("member_modality", "member_modality_n", COUNT, 365),
    ("payer", "payer_n", COUNT, 365),
    ("payer_procedure", "payer_procedure_n", COUNT, 365),
    ("payer_rendering", "payer_rendering_n", COUNT, 365),
    ("referring", "referring_n", COUNT, 365),
    ("facility", "facility_n", COUNT, 365),
    ("diagnosis", "diagnosis_n", COUNT, 365),
    ("diagnosis", "diagnosis_ever", COUNT, 0),
    ("diagnosis_region", "diagnosis_region_ever", COUNT, 0),
    ("diagnosis_code", "diagnosis_code_ever", COUNT, 0),
    ("diagnosis_code_region", "diagnosis_code_region_ever", COUNT, 0),
)
"""Key set, name of what is told of it, kind and window, in the order of `SENT`."""


SHELF = Shelf("earlier submissions")


@cache
def _program() -> tuple[Ints, Floats, Ints]:
    names = [one.name for one in SENT]
    rows = [
        (names.index(of), kind, 1 if kind == MEAN else 0, WINDOWS.index(window), -1)
        for of, _, kind, window in ASKED
    ]
    return (
        np.array(rows, dtype=np.int64),
        np.zeros((len(rows), 2)),
        member_table([one.parts for one in SENT]),
    )


def line_keys(lines: Lines, secret: Secret) -> Hashes:
    """The key of each line in each set of earlier submissions. Shape (sets, n)."""
    return key_hashes(part_hashes(lines, secret), _program()[2])


def learn(lines: Lines, secret: Secret, *, until: float) -> Bank:
    """The bank of all lines sent by the day `until`."""
    sent = lines.number("submitted_on")
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero(sent <= until)
    rows = rows[np.argsort(sent[rows], kind="stable")]
    charge = np.nan_to_num(lines.number("charge_cents")[rows]).astype(np.int64)
    counts = {"lines": np.ones(len(rows), dtype=np.int64), "charge_cents": charge}
    keys, days = line_keys(lines, secret)[:, rows], sent[rows].astype(np.int32)
    return Bank.of(
        [Ledger.of(keys[s], days, {name: counts[name] for name in one.counted}) for s, one in enumerate(SENT)]
    )


def recall(lines: Lines, bank: Bank, secret: Secret) -> Lines:
    """The same lines, with what earlier submissions tell about each under the names of `ASKED`."""
    program, rates, _ = _program()
    told = bank.ask(
        line_keys(lines, secret), days_of(lines), np.array(WINDOWS, dtype=np.float64), program, rates
    )
    return lines.with_sent({name: told[:, i] for i, (_, name, _, _) in enumerate(ASKED)})


REPEATS = ("duplicate", "bundling", "benefit_limit", "coding", "medical_necessity", "other")
NEW_TO_US = ("provider_enrollment", "missing_information", "authorization", "other")


@SHELF.feature("duplicate", unit="lines", families=REPEATS)
def sent_before(lines: Lines) -> Floats:
    """How often this patient's same procedure, day and modifiers were already sent."""
    return lines.sent["same_n"]


@SHELF.feature("duplicate", unit="days", families=REPEATS)
def days_since_sent_before(lines: Lines) -> Floats:
    """Days since the same patient's same procedure, day and modifiers were last sent."""
    return lines.sent["same_since"]


@SHELF.feature("duplicate", unit="yes/no", families=REPEATS)
def sent_before_as_original(lines: Lines) -> Bools:
    """The same service was sent before, and this claim doesn't say that it replaces it."""
    return (lines.sent["same_n"] > 0) & ~lines.text("frequency").is_in("7", "8")


@SHELF.feature("duplicate", unit="lines", families=REPEATS)
def same_day_other_modifiers(lines: Lines) -> Floats:
    """How often the patient's same procedure and day were sent with other modifiers: reading and picture apart."""
    return lines.sent["same_day_n"] - lines.sent["same_n"]


@SHELF.feature("patient_history", unit="lines")
def member_lines_in_year(lines: Lines) -> Floats:
    """Lines sent for this patient in the year before."""
    return lines.sent["member_n"]


@SHELF.feature("patient_history", unit="days")
def days_since_last_sent(lines: Lines) -> Floats:
    """Days since anything was last sent for this patient."""
    return lines.sent["member_since"]


@SHELF.feature("patient_history", unit="lines", families=(*REPEATS, "not_covered", "authorization"))
def same_procedure_in_year(lines: Lines) -> Floats:
    """How often this procedure was sent for this patient in the year before: benefits may allow one."""
    return lines.sent["member_procedure_n"]


@SHELF.feature("patient_history", unit="days", families=(*REPEATS, "not_covered", "authorization"))
def days_since_same_procedure(lines: Lines) -> Floats:
    """Days since this procedure was last sent for this patient."""
    return lines.sent["member_procedure_since"]


@SHELF.feature("patient_history", unit="lines", families=(*REPEATS, "not_covered", "authorization"))
def same_modality_in_year(lines: Lines) -> Floats:
    """How many studies of this modality were sent for this patient in the year before."""
    return lines.sent["member_modality_n"]


@SHELF.feature("payer_habit", unit="lines")
def payer_lines_in_year(lines: Lines) -> Floats:
    """Lines sent to this payer in the year before: few mean that the payer is new to us."""
    return lines.sent["payer_n"]


@SHELF.feature("payer_habit", unit="lines")
def payer_procedure_lines_in_year(lines: Lines) -> Floats:
    """Lines with this procedure sent to this payer in the year before."""
    return lines.sent["payer_procedure_n"]


@SHELF.feature("rendering_provider", unit="lines", families=NEW_TO_US)
def rendering_lines_in_year(lines: Lines) -> Floats:
    """Lines of this rendering provider sent to this payer in the year before: few mean newly joined."""
    return lines.sent["payer_rendering_n"]


@SHELF.feature("referring_provider", unit="lines", families=NEW_TO_US)
def referring_lines_in_year(lines: Lines) -> Floats:
    """Lines of this referring provider sent in the year before."""
    return lines.sent["referring_n"]


@SHELF.feature("facility", unit="lines", families=("coding", "authorization", "other"))
def facility_lines_in_year(lines: Lines) -> Floats:
    """Lines of this facility sent in the year before."""
    return lines.sent["facility_n"]


@SHELF.feature("diagnosis", unit="lines", families=("medical_necessity", "not_covered", "other"))
def diagnosis_lines_in_year(lines: Lines) -> Floats:
    """Lines with this diagnosis category sent in the year before."""
    return lines.sent["diagnosis_n"]


@SHELF.feature("diagnosis", unit="share", families=("coding", "medical_necessity", "documentation", "other"))
def diagnosis_usual_for_region(lines: Lines) -> Floats:
    """Of earlier lines with the diagnosis pointed at, how many were studies of this body region: few look mismatched.

    A full code seen seldom is judged by its category, a category seen seldom as if one line in ten were of any region.
    """
    told = lines.sent
    category = (told["diagnosis_region_ever"] + 1.0) / (told["diagnosis_ever"] + 10.0)
    return (told["diagnosis_code_region_ever"] + 5.0 * category) / (told["diagnosis_code_ever"] + 5.0)


@SHELF.feature("amount", unit="ratio")
def charge_to_usual(lines: Lines) -> Floats:
    """The charge, as a multiple of what is usual for this payer, procedure and component."""
    return lines.number("charge_cents") / np.where(
        lines.sent["usual_charge"] > 0, lines.sent["usual_charge"], np.nan
    )
