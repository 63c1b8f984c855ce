"""What is said once for the whole claim: referring provider, replacement, the order of payers, its lines."""

from models.fixing.candidate import Candidates, Edit, Seen

STAND_IN = "OBTAINED"
NPI = "1000000004"
"""Passes the check digit, and is nobody's that we know."""
OTHER_PAYER_SHARE = 4
"""A fourth of the charge stands for what another payer paid."""
NEVER_TOGETHER = (
    "same_line_twice",
    "whole_and_part",
    "pair_never_paid",
    "distinct_mark_useless",
    "addon_alone",
    "procedure_excluded",
)
MARKS = {
    "signature_missing": ("provider_signature", "the provider's signature is on file and the claim says so"),
    "release_missing": ("release", "the patient's release is on file and the claim says so"),
    "benefits_not_assigned": ("benefits_assigned", "the patient assigns the benefits and the claim says so"),
}
"""Checks of what the claim must affirm: the field, and the condition."""


def whole_claim(seen: Seen) -> Candidates:
    """Changes of the claim itself."""
    yield from _referring(seen)
    yield from _replacement(seen)
    yield from _other_payer(seen)
    for check, (field, said) in MARKS.items():
        if seen.trips(check):
            edits = [Edit(field, "Y")]
            yield seen.candidate(
                f"{field}_said", "missing_information", edits, said, needs_record_support=True
            )
    if seen.n_lines > 1 and seen.trips(*NEVER_TOGETHER):
        said = f"line {seen.line} ({seen.text('procedure')}) is taken off the claim"
        yield seen.candidate("line_dropped", "bundling", (), said, drops=seen.line)


def _referring(seen: Seen) -> Candidates:
    present = seen.text("referring_npi")
    faulty = seen.trips("referring_missing", "referring_npi_wrong")
    if present is not None and not faulty:
        return
    known = seen.text("context_auth_ordering_npi") or seen.text("ordering_npi")
    value = known if known is not None and known != present else NPI
    edits = [Edit("referring_npi", value, is_obtained=value == NPI)]
    done = "added" if present is None else "corrected"
    said = f"the referring provider's number is {done}"
    yield seen.candidate("referring_" + done, "missing_information", edits, said)


def _replacement(seen: Seen) -> Candidates:
    corrects = seen["frequency"] in {"7", "8"}
    if corrects and seen["original_control"] is None:
        edits = [Edit("original_control", STAND_IN, is_obtained=True)]
        said = "the payer's number of the first claim is added"
        yield seen.candidate("original_named", "missing_information", edits, said)
    if "sent_before_as_new" in seen.by_all and not corrects:
        edits = [Edit("frequency", "7"), Edit("original_control", STAND_IN, is_obtained=True)]
        said = "it is sent as a replacement (frequency 7) with the payer's number of the first claim"
        yield seen.candidate("sent_as_replacement", "duplicate", edits, said, needs_record_support=True)
    if seen.trips("original_named_by_first"):
        said = "its frequency is set to 7, as it names the claim that it replaces"
        yield seen.candidate("frequency_set", "missing_information", [Edit("frequency", "7")], said)


def _other_payer(seen: Seen) -> Candidates:
    charge = seen["claim_charge_cents"]
    paid = int(charge) // OTHER_PAYER_SHARE if isinstance(charge, int) else 0
    if seen.trips("other_payer_first"):
        edits_ = [
            Edit("payer_sequence", "S"),
            Edit("n_other_payers", 1),
            Edit("other_payer_id", STAND_IN, is_obtained=True),
            Edit("other_payer_paid_cents", paid, is_obtained=True),
        ]
        said = "the other payer is billed first, and its answer goes with this claim"
        yield seen.candidate("other_payer_billed", "coordination", edits_, said)
    elif seen["payer_sequence"] in {"S", "T"} and seen["other_payer_paid_cents"] is None:
        edits_ = [Edit("other_payer_paid_cents", paid, is_obtained=True)]
        said = "what the first payer paid is told"
        yield seen.candidate("first_payer_told", "missing_information", edits_, said)
