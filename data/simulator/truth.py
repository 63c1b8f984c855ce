"""The truth beside the files: each line's exact chance of denial, by family, and what came of it."""

import numpy as np
import pyarrow as pa

from data.schema import CODE, DAY
from data.simulator.adjudicate import Verdicts, codes_of, told_reasons
from data.simulator.calendar import Calendar
from data.simulator.cast import FAR
from data.simulator.catalogue import Flags, Floats, Numbers, catalogue
from data.simulator.causes import CAUSES, FAMILY_OF, REPORT, STAGES
from data.simulator.claims import NONE, REPLACEMENT, Claims
from data.simulator.mending import MENDS
from data.simulator.policies import FAMILIES, payer_ids
from data.simulator.settings import WorldSettings
from data.simulator.tables import Columns, claim_ids, days, table, texts

TRUTH = pa.schema(
    [
        ("claim_id", CODE),
        ("line", pa.int32()),
        ("submitted_on", DAY),
        ("payer_id", CODE),
        ("procedure", CODE),
        ("modality", CODE),
        ("charge_cents", pa.int64()),
        ("p_denied", pa.float64()),  # exact: 1 - product of (1 - hazard) over families
        (
            "p_denied_837",
            pa.float64(),
        ),  # given the claim, the past and the payers' lists, and nothing beside it
        *(
            (f"hazard_{family}", pa.float64()) for family in FAMILIES
        ),  # the family strikes, whatever others do
        *(
            (f"reason_{family}", pa.float64()) for family in FAMILIES
        ),  # it is the one reported; they sum to p_denied
        *(
            (f"p_without_{mend.name}", pa.float64()) for mend in MENDS
        ),  # with that one fact mended; null where there is nothing to mend
        ("denied", pa.bool_()),  # by the first answer
        ("true_family", CODE),  # the family reported; null where nothing struck
        ("cause", CODE),  # the cause reported (a name in `CAUSES`)
        ("stage", CODE),  # the step of the work at which that cause began
        ("is_error", pa.bool_()),  # the payer struck without a cause that shows; null where nothing struck
        ("reason", CODE),  # CARC or CARC/RARC as reported; null where nothing struck
        (
            "likeliest",
            CODE,
        ),  # the three codes likeliest to be reported if it is denied, in order, with + between
        ("struck", CODE),  # all families that struck, with + between; null where nothing struck
        ("is_weak", pa.bool_()),  # the denial is told as a contract write-off only
        ("known_on", DAY),  # day of the first answer, written or not; null where none ever comes
        ("answered", pa.bool_()),  # the first answer is in the files
        ("taken_back_on", DAY),  # when a reversal and a new answer came, in the files
        ("denied_anew", pa.bool_()),  # what the new answer said; null where nothing was taken back
        ("in_upcoming", pa.bool_()),
        ("is_replacement", pa.bool_()),
        ("rejected_on", DAY),  # turned away by a 277CA, and never adjudicated; null where it was taken in
    ]
)
"""One row a line, of all claims written, the upcoming ones too."""


def truth_table(
    settings: WorldSettings,
    claims: Claims,
    verdicts: Verdicts,
    calendar: Calendar,
    *,
    seed: int,
    weak: Flags,
    answered: Flags,
    alone: Floats | None,
    taken_back: Numbers,
    overturned: Flags,
    rejected: Numbers,
) -> pa.Table:
    """`answered`, `taken_back` and `rejected` (days, -1 for never) and `overturned` are by claim, `weak` and `alone` by line."""
    lines, visits = claims.lines, claims.visits
    of = lines.claim
    told = verdicts.told
    never = told == NONE
    back = taken_back[of]
    reasons = told_reasons(settings)
    columns: Columns = {
        "claim_id": claim_ids(visits.number, seed=seed).take(pa.array(of)),
        "line": lines.number,
        "submitted_on": days(visits.submitted[of]),
        "payer_id": texts(payer_ids(settings), visits.payer[of]),
        "procedure": texts(catalogue().procedure, lines.procedure),
        "modality": texts(catalogue().modality, lines.procedure),
        "charge_cents": lines.charge,
        "p_denied": verdicts.p_denied,
        "p_denied_837": alone,
        **{f"hazard_{family}": verdicts.family_hazard[:, n] for n, family in enumerate(FAMILIES)},
        **{f"reason_{family}": verdicts.family_told[:, n] for n, family in enumerate(FAMILIES)},
        **{f"p_without_{mend.name}": _known(verdicts.without[:, n]) for n, mend in enumerate(MENDS)},
        "denied": verdicts.denied,
        "true_family": texts(np.array(FAMILIES), np.where(never, NONE, FAMILY_OF[told])),
        "cause": texts(np.array([cause.name for cause in CAUSES]), told),
        "stage": _stages(claims, told),
        "is_error": pa.array(np.array([cause.is_error for cause in CAUSES])[told], mask=never),
        "reason": texts(reasons.ravel(), np.where(never, NONE, visits.payer[of] * reasons.shape[1] + told)),
        "likeliest": _likeliest(verdicts.likeliest, settings),
        "struck": _struck(verdicts.struck),
        "is_weak": weak,
        "known_on": days(np.where(verdicts.known == FAR, NONE, verdicts.known)[of]),
        "answered": answered[of],
        "taken_back_on": days(back),
        "denied_anew": pa.array(verdicts.denied & ~overturned[of], mask=back == NONE),
        "in_upcoming": (visits.submitted >= calendar.end)[of],
        "is_replacement": (claims.forms.frequency == REPLACEMENT)[of],
        "rejected_on": days(rejected[of]),
    }
    return table(TRUTH, columns)


def _stages(claims: Claims, told: Numbers) -> pa.Array:
    """[lines]: where the cause began; a claim is late at its report where most days went by before it was signed."""
    visits, signed = claims.visits, claims.sights.signed
    late = 2 * (signed - visits.service) > visits.submitted - visits.service
    number = np.array([STAGES.index(cause.stage) for cause in CAUSES])[told]
    is_filing = np.array([cause.name == "past_limit" for cause in CAUSES])[told]
    number = np.where(is_filing & late[claims.lines.claim], STAGES.index(REPORT), number)
    return texts(np.array(STAGES), np.where(told == NONE, NONE, number))


def _known(chances: Floats) -> pa.Array:
    """Null for NaN."""
    return pa.array(chances, mask=np.isnan(chances))


def _likeliest(likeliest: Numbers, settings: WorldSettings) -> pa.Array:
    """The codes, joined."""
    codes, _ = codes_of(settings)
    found, number = np.unique(likeliest, axis=0, return_inverse=True)
    names = ["+".join(codes[n] for n in row if n != NONE) for row in found.tolist()]
    return texts(np.array(names), number.ravel())


def _struck(struck: Flags) -> pa.Array:
    """The names of the families that struck, joined."""
    bits = struck @ (1 << np.arange(len(FAMILIES)))
    found, number = np.unique(bits, return_inverse=True)
    names = ["+".join(f for n, f in enumerate(FAMILIES) if bit >> n & 1) for bit in found.tolist()]
    return texts(np.array(names), number)
