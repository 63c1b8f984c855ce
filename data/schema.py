"""The columns that everything between a file and an answer is made of.

One table per thing of the domain, as Arrow schemas: a reader fills them, a writer turns them into X12 again, the
store keeps them, features are built from them. One claim or ten million, the shape is the same.

Units: money is whole cents (`_cents`), dates are days (`_on`, `service_from`, `service_to`), counts are `n_`.
A null means "the file doesn't say"; an empty string never occurs.

No table keeps a patient's name, address or full date of birth: they are dropped where a file is read.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import pyarrow as pa

CODE = pa.string()
CENTS = pa.int64()
DAY = pa.date32()
KEY = pa.int64()
"""A key is stable: 41 bits of the file's SHA-256, then 22 bits with the position of the claim (or remit) in it."""

MAX_DIAGNOSES = 12
MAX_POINTERS = 4
MAX_MODIFIERS = 4

DIAGNOSES = tuple(f"diagnosis_{n}" for n in range(1, MAX_DIAGNOSES + 1))
MODIFIERS = tuple(f"modifier_{n}" for n in range(1, MAX_MODIFIERS + 1))
POINTERS = tuple(f"pointer_{n}" for n in range(1, MAX_POINTERS + 1))

CLAIMS = pa.schema(
    [
        ("claim_key", KEY),
        ("claim_id", CODE),  # CLM01, trimmed: the patient control number
        ("offset", pa.int64()),  # where CLM begins in its file, in bytes
        ("transaction", CODE),  # 837P or 837I
        ("version", CODE),  # ST03, else GS08: 005010X222A1
        ("submitted_on", DAY),  # BHT04, else GS04, else ISA09
        ("payer_id", CODE),  # 2010BB NM109
        ("payer_name", CODE),  # 2010BB NM103
        ("plan_type", CODE),  # SBR09: CI, MB, MC, ...
        ("payer_sequence", CODE),  # SBR01: P, S, T
        ("billing_npi", CODE),  # 2010AA NM109
        ("billing_name", CODE),  # 2010AA NM103: an organisation's, to link a remit that has no NPI
        ("billing_taxonomy", CODE),  # 2000A PRV03
        ("member_id", CODE),  # 2010BA NM109 (or 2010CA's, where a dependant has one of its own)
        ("birth_year", pa.int16()),  # the patient's, from DMG02
        ("patient_sex", CODE),  # DMG03
        ("relationship", CODE),  # SBR02, or PAT01 of a dependant: 18 is self
        ("charge_cents", CENTS),  # CLM02
        ("place_of_service", CODE),  # CLM05-1
        ("frequency", CODE),  # CLM05-3: 1 original, 7 replacement, 8 void
        ("provider_signature", CODE),  # CLM06
        ("assignment", CODE),  # CLM07
        ("benefits_assigned", CODE),  # CLM08
        ("release", CODE),  # CLM09
        ("related_cause", CODE),  # CLM11-1
        ("delay_reason", CODE),  # CLM20
        ("rendering_npi", CODE),  # 2310B NM1*82 (2310D in 837I)
        ("rendering_taxonomy", CODE),  # PRV*PE of the same loop
        ("referring_npi", CODE),  # 2310A NM1*DN or P3
        ("supervising_npi", CODE),  # NM1*DQ
        ("facility_npi", CODE),  # 2310C NM1*77
        ("auth_number", CODE),  # REF*G1 of the claim
        ("referral_number", CODE),  # REF*9F
        ("original_control", CODE),  # REF*F8: the payer's number of the claim that this one replaces
        ("record_number", CODE),  # REF*EA
        ("attachment_type", CODE),  # PWK01
        ("attachment_transmission", CODE),  # PWK02
        ("attachment_control", CODE),  # PWK06
        ("has_note", pa.bool_()),  # an NTE is there (its text is not kept)
        ("service_from", DAY),  # DTP*472 (or 434) of the claim, else the first of its lines
        ("service_to", DAY),
        ("admitted_on", DAY),  # DTP*435
        ("accident_on", DAY),  # DTP*439
        ("n_other_payers", pa.int16()),  # 2320 loops
        ("other_payer_id", CODE),  # first 2330B NM109
        ("other_payer_paid_cents", CENTS),  # AMT*D of 2320, summed
        ("patient_paid_cents", CENTS),  # AMT*F5
        ("n_lines", pa.int16()),
        ("n_diagnoses", pa.int16()),
        *((name, CODE) for name in DIAGNOSES),  # HI*ABK/BK first, then ABF/BF, without the point
    ]
)
"""One row a claim, as submitted (one CLM)."""

LINES = pa.schema(
    [
        ("claim_key", KEY),
        ("line", pa.int32()),  # LX01; its order where LX is missing or repeated
        ("offset", pa.int64()),  # where SV1 (SV2) begins in its file
        ("line_control", CODE),  # REF*6R
        ("procedure", CODE),  # SV101-2 (SV202-2)
        ("procedure_qualifier", CODE),  # HC, ...
        *((name, CODE) for name in MODIFIERS),
        ("charge_cents", CENTS),
        ("units", pa.float64()),  # SV104
        ("unit_code", CODE),  # SV103: UN, MJ
        ("revenue_code", CODE),  # SV201
        ("place_of_service", CODE),  # SV105, else the claim's
        *((name, pa.int8()) for name in POINTERS),  # SV107
        ("service_from", DAY),  # DTP*472 of the line, else the claim's
        ("service_to", DAY),
        ("rendering_npi", CODE),  # 2420A, else the claim's
        ("referring_npi", CODE),  # 2420F, else the claim's
        ("ordering_npi", CODE),  # 2420E
        ("auth_number", CODE),  # REF*G1 of the line, else the claim's
        ("attachment_type", CODE),  # PWK of the line, else the claim's
        ("attachment_transmission", CODE),
        ("attachment_control", CODE),
    ]
)
"""One row a line (one LX). What the claim says for all its lines is written into each."""

REMITS = pa.schema(
    [
        ("remit_key", KEY),
        ("offset", pa.int64()),  # where CLP begins in its file
        ("claim_id", CODE),  # CLP01, trimmed
        ("status", CODE),  # CLP02
        ("charge_cents", CENTS),  # CLP03
        ("paid_cents", CENTS),  # CLP04
        ("patient_cents", CENTS),  # CLP05
        ("plan_type", CODE),  # CLP06
        ("payer_control", CODE),  # CLP07
        ("frequency", CODE),  # CLP09
        ("payer_id", CODE),  # N1*PR N104, else REF*2U
        ("payer_name", CODE),  # N1*PR N102
        ("payee_npi", CODE),  # N1*PE N104 where N103 is XX
        ("payee_name", CODE),  # N1*PE N102
        ("member_id", CODE),  # NM109 of NM1*IL, else of NM1*QC
        ("rendering_npi", CODE),  # NM1*82
        ("service_from", DAY),  # DTM*232, else the first service's
        ("service_to", DAY),  # DTM*233, else 232's, else the last service's
        ("received_on", DAY),  # DTM*050
        ("known_on", DAY),  # BPR16, else DTM*405
        ("trace", CODE),  # TRN02
    ]
)
"""One row a remit (one CLP of an 835)."""

SERVICES = pa.schema(
    [
        ("remit_key", KEY),
        ("service", pa.int32()),  # 1, 2, ... in the order of the SVCs
        ("line_control", CODE),  # REF*6R
        ("procedure", CODE),  # SVC01-2
        *((name, CODE) for name in MODIFIERS),
        ("submitted_procedure", CODE),  # SVC06-2
        ("charge_cents", CENTS),
        ("paid_cents", CENTS),
        ("units", pa.float64()),  # SVC05 (paid units; 1 where absent)
        ("service_on", DAY),  # DTM*472, else 150
        ("allowed_cents", CENTS),  # AMT*B6
    ]
)
"""One row a service (one SVC of a remit)."""

ADJUSTMENTS = pa.schema(
    [
        ("remit_key", KEY),
        ("service", pa.int32()),  # 0: of the claim as a whole
        ("position", pa.int32()),  # order among the adjustments of that service
        ("group_code", CODE),  # CO, PR, OA, PI, CR
        ("carc", CODE),
        ("amount_cents", CENTS),
        ("quantity", pa.float64()),
    ]
)
"""One row an adjustment: a CAS holds up to six."""

REMARKS = pa.schema(
    [
        ("remit_key", KEY),
        ("service", pa.int32()),  # 0: from MIA or MOA
        ("position", pa.int32()),
        ("rarc", CODE),  # LQ*HE, MOA03-07, MIA05 and 20-23
    ]
)

CLAIM_DETAILS = pa.schema(
    [
        ("claim_key", KEY),
        ("line", pa.int32()),  # 0: of the claim as a whole
        (
            "other_payer",
            pa.int32(),
        ),  # which 2320 (or, of a line, 2430) loop it stands in; 0: the destination payer's
        ("position", pa.int32()),  # order among the details of that claim
        ("segment", CODE),  # REF, DTP, AMT, QTY, PWK, NTE, K3; OI, MIA, MOA, CL1, CN1, SV5, LIN, CTP
        ("qualifier", CODE),  # the first element: G1, 472, ...; none of K3; of OI and on its number: 01, ...
        ("code", CODE),  # PWK02
        ("value", CODE),  # REF02, PWK06, a time of DTP; NTE's and K3's texts may name people: not kept
        ("amount_cents", CENTS),  # AMT02
        ("quantity", pa.float64()),  # QTY02
        ("from_on", DAY),  # DTP03, or its first day
        ("to_on", DAY),  # its last day
    ]
)
"""One row a qualified segment of a claim or line, in the order of the file: what has no column of its own is here too.

Of OI, MIA, MOA, CL1, CN1, SV5, LIN and CTP a row is one element that says something; its qualifier is its number.
Numbers that tell who a person is (social security, tax, member: REF*SY, EI, TJ, Y4, 1W, IG, 23) are never kept.
"""

CLAIM_CODES = pa.schema(
    [
        ("claim_key", KEY),
        ("position", pa.int32()),  # order among the codes of that claim
        ("qualifier", CODE),  # HI0x-1: ABK, BK, ABF, BF, ABJ, APR, ABN, BBR, BR, BH, BI, BE, BG, DR, TC, ...
        ("code", CODE),  # HI0x-2, without the point where it is a diagnosis
        ("from_on", DAY),  # HI0x-4, or its first day
        ("to_on", DAY),
        ("amount_cents", CENTS),  # HI0x-5, of value codes
        ("quantity", pa.float64()),  # HI0x-6
        ("present_on_admission", CODE),  # HI0x-9
    ]
)
"""One row a code of an HI segment: diagnoses, procedures, occurrences, values, conditions."""

CLAIM_PROVIDERS = pa.schema(
    [
        ("claim_key", KEY),
        ("line", pa.int32()),  # 0: of the claim as a whole
        ("other_payer", pa.int32()),  # which 2320 loop it stands in; 0: the destination payer's
        ("position", pa.int32()),  # order among the providers of that claim
        ("role", CODE),  # NM101: DN, P3, 82, 77, DQ, DK, 71, 72, ...
        ("npi", CODE),  # NM109 where NM108 says XX, or nothing
        ("other_id", CODE),  # NM109 otherwise
        ("taxonomy", CODE),  # PRV03 of the same loop
    ]
)
"""One row a provider named by a claim (2310, 2330) or a line (2420). Names and addresses are not kept."""

OTHER_PAYERS = pa.schema(
    [
        ("claim_key", KEY),
        ("other_payer", pa.int32()),  # 1, 2, ... in the order of the 2320 loops
        ("sequence", CODE),  # SBR01
        ("relationship", CODE),  # SBR02
        ("plan_type", CODE),  # SBR09
        ("payer_id", CODE),  # 2330B NM109
        ("payer_name", CODE),  # 2330B NM103
        ("paid_cents", CENTS),  # AMT*D
        ("known_on", DAY),  # DTP*573 of 2330B
    ]
)
"""One row another payer of a claim (2320 with its 2330s)."""

OTHER_SERVICES = pa.schema(
    [
        ("claim_key", KEY),
        ("line", pa.int32()),
        ("other_payer", pa.int32()),  # 1, 2, ... in the order of the 2430 loops of that line
        ("payer_id", CODE),  # SVD01
        ("paid_cents", CENTS),  # SVD02
        ("procedure", CODE),  # SVD03-2
        *((name, CODE) for name in MODIFIERS),
        ("revenue_code", CODE),  # SVD04
        ("units", pa.float64()),  # SVD05
        ("bundled_line", pa.int32()),  # SVD06
        ("known_on", DAY),  # DTP*573 of 2430
    ]
)
"""One row what another payer said of a line (2430)."""

OTHER_ADJUSTMENTS = pa.schema(
    [
        ("claim_key", KEY),
        ("line", pa.int32()),  # 0: of the claim as a whole (2320)
        ("other_payer", pa.int32()),  # the 2320 (line 0) or 2430 loop it stands in
        ("position", pa.int32()),  # order among the adjustments of that loop
        ("group_code", CODE),
        ("carc", CODE),
        ("amount_cents", CENTS),
        ("quantity", pa.float64()),
    ]
)
"""One row an adjustment that another payer made before (CAS of 2320 and 2430)."""

REMIT_DETAILS = pa.schema(
    [
        ("remit_key", KEY),
        ("service", pa.int32()),  # 0: of the remit as a whole
        ("position", pa.int32()),  # order among the details of that remit
        ("segment", CODE),  # REF, DTM, AMT, QTY, NM1, MIA, MOA
        ("qualifier", CODE),  # the first element; of MIA and MOA the element's number: 02, 04, ...
        ("value", CODE),  # REF02; NM109 of an NM1 that names a provider or payer (82, TT, PR)
        ("amount_cents", CENTS),  # AMT02; the amounts of MIA and MOA
        ("quantity", pa.float64()),  # QTY02; the counts and rates of MIA and MOA
        ("on", DAY),  # DTM02
    ]
)
"""One row a qualified segment of a remit or service, and one an amount of MIA or MOA, in the order of the file."""

PROVIDER_ADJUSTMENTS = pa.schema(
    [
        ("adjustment_key", KEY),  # the file's key and the number of the PLB pair in it
        ("payer_id", CODE),
        ("payee_npi", CODE),  # N1*PE N104 where N103 is XX
        ("provider_id", CODE),  # PLB01
        ("fiscal_on", DAY),  # PLB02
        ("reason", CODE),  # PLB03-1: WO, FB, 72, L6, ...
        ("reference", CODE),  # PLB03-2
        ("amount_cents", CENTS),  # PLB04; positive takes money away
        ("known_on", DAY),
        ("trace", CODE),
    ]
)
"""One row an adjustment of a whole payment: no claim's (PLB holds up to six)."""

STATUSES = pa.schema(
    [
        ("status_key", KEY),  # the file's key and the number of the claim (2200D) in it
        ("position", pa.int32()),  # order among the statuses of that claim
        ("offset", pa.int64()),  # where its STC begins in its file
        ("claim_id", CODE),  # TRN02 of 2200D: the claim_id as it was sent
        ("line_control", CODE),  # REF*FJ of 2220D; null where the claim as a whole is meant
        ("procedure", CODE),  # SVC01-2 of 2220D
        ("category", CODE),  # STC01-1 (10-1, 11-1): A1, A3, ...
        ("status", CODE),  # STC01-2
        ("entity", CODE),  # STC01-3
        ("action", CODE),  # STC03: WQ accepted, U rejected
        ("status_on", DAY),  # STC02
        ("charge_cents", CENTS),  # STC04
        ("payer_control", CODE),  # REF*1K
        ("clearinghouse_control", CODE),  # REF*D9
        ("source_id", CODE),  # 2100A NM109: the payer, or the clearinghouse that answers
        ("source_role", CODE),  # 2100A NM101: PR a payer, AY a clearinghouse
        ("billing_npi", CODE),  # 2100C NM1*85 NM109
        ("member_id", CODE),  # 2100D NM109
        ("service_from", DAY),  # DTP*472
        ("service_to", DAY),
        ("known_on", DAY),  # BHT04, else STC02
    ]
)
"""One row a status of a claim (277CA, 005010X214): accepted, or rejected before anybody adjudicated it."""

ACKNOWLEDGEMENTS = pa.schema(
    [
        ("acknowledgement_key", KEY),  # the file's key and the number of the acknowledgement in it
        ("offset", pa.int64()),
        ("kind", CODE),  # TA1 (an interchange), 999 or 997 (a group, or one of its transactions)
        ("control", CODE),  # TA101, or AK102: the number of the interchange or group as it was sent
        ("transaction", CODE),  # AK201: 837; null where the whole group is meant
        ("transaction_control", CODE),  # AK202
        ("verdict", CODE),  # TA104, IK501 (AK501), AK901: A accepted, E accepted with errors, R rejected, ...
        ("fault", CODE),  # TA105, IK502 (AK502), AK905
        ("known_on", DAY),  # GS04, else ISA09
    ]
)
"""One row an answer to an interchange, group or transaction as a whole: was the file taken in at all?"""

REJECTS = pa.schema(
    [
        ("source", CODE),  # the file as the user named it; inside an archive: archive.zip!member
        ("offset", pa.int64()),  # bytes from the start of that file
        ("segment", CODE),  # the segment's id, never its content
        ("reason", CODE),
    ]
)
"""What could not be used, one row a part of a file. Never a value of a patient."""

CONTEXT = pa.schema(
    [
        ("claim_id", CODE),
        ("line", pa.int32()),  # null: holds for every line of the claim
        ("accession_order", CODE),
        ("accession_study", CODE),
        ("study_complete", pa.bool_()),
        ("report_signed_on", DAY),
        ("report_has_indication", pa.bool_()),
        ("image_link_confirmed", pa.bool_()),
        ("attachment_control", CODE),
        ("auth_number", CODE),
        ("auth_procedure", CODE),
        ("auth_valid_from", DAY),
        ("auth_valid_to", DAY),
        ("auth_ordering_npi", CODE),
        ("auth_facility_npi", CODE),
        ("auth_laterality", CODE),
        ("auth_units", pa.float64()),
        ("eligibility_status", CODE),  # active, inactive, unverified
        ("eligibility_checked_on", DAY),
        ("coverage_ends_on", DAY),
        ("other_payer_primary", pa.bool_()),
        ("ordered_on", DAY),
        ("scheduled_on", DAY),
    ]
)
"""What the claim form doesn't carry, keyed by claim_id (and line where it differs by line); all may be null."""

OUTCOMES = pa.schema(
    [
        ("claim_key", KEY),
        ("line", pa.int32()),
        ("remit_key", KEY),
        ("outcome", CODE),  # paid, denied, partly_denied, zero_not_denied, pended, unreliable
        ("label", pa.int8()),  # 1 denied, 0 not; null where the outcome has no label
        ("reason", CODE),  # 16/N40, 197, ...; only where denied
        ("family", CODE),  # reason family; only where denied
        ("group_code", CODE),
        ("is_weak", pa.bool_()),  # a CO-45 over the whole charge with a remark
        ("denied_cents", CENTS),
        ("paid_cents", CENTS),
        ("allowed_cents", CENTS),
        ("known_on", DAY),
    ]
)
"""One row an answered line: what its first adjudication said. Unanswered lines have no row: unknown, never paid."""

REJECTIONS = pa.schema(
    [
        ("claim_key", KEY),
        ("line", pa.int32()),  # 0: the claim as a whole; else a line that was named
        ("status_key", KEY),  # the status that counts, and its position
        ("position", pa.int32()),
        ("category", CODE),  # A3, A7, ...
        ("status", CODE),
        ("entity", CODE),
        ("is_rejected", pa.bool_()),  # turned away before anybody adjudicated it: no remit follows
        ("known_on", DAY),
        ("n_answers", pa.int32()),  # statuses of this claim (or of this line of it)
    ]
)
"""One row a claim that a 277CA speaks of (line 0), and one a line that it names: taken in, waiting or turned away."""

CLAIM_ONLY = tuple(
    name
    for name in CLAIMS.names
    if name not in {"offset", "billing_name", "payer_name", *LINES.names}
    and not name.startswith("attachment_")
)
"""Columns of the claim that stand beside its lines in a line table under their own names."""

CONTEXT_ONLY = tuple(f"context_{name}" for name in CONTEXT.names if name not in {"claim_id", "line"})

LINE_TABLE = pa.schema(
    [
        *(LINES.field(name) for name in LINES.names if name != "offset"),
        *(CLAIMS.field(name) for name in CLAIM_ONLY),
        ("claim_charge_cents", CENTS),
        *((f"context_{f.name}", f.type) for f in CONTEXT if f.name not in {"claim_id", "line"}),
    ]
)
"""One row a line with all that was known of it when its claim was sent: the one input of `features.build`."""

LABELLED = pa.schema([*LINE_TABLE, *(f for f in OUTCOMES if f.name not in {"claim_key", "line"})])
"""A line table with what its first adjudication said; null where no answer is known yet."""


def _without_rows(schema: pa.Schema) -> Callable[[], pa.Table]:
    """Makes the empty table of a schema once, when first asked for: it can't change, and sixteen take milliseconds.

    Not before: pyarrow loads pandas, where it is installed, with the first table that it makes.
    """
    return cache(schema.empty_table)


@dataclass(frozen=True, slots=True)
class ClaimTables:
    """Claims, their lines and what hangs from them, joined by `claim_key`, all in the order of their files."""

    claims: pa.Table = field(default_factory=_without_rows(CLAIMS))
    lines: pa.Table = field(default_factory=_without_rows(LINES))
    claim_details: pa.Table = field(default_factory=_without_rows(CLAIM_DETAILS))
    claim_codes: pa.Table = field(default_factory=_without_rows(CLAIM_CODES))
    claim_providers: pa.Table = field(default_factory=_without_rows(CLAIM_PROVIDERS))
    other_payers: pa.Table = field(default_factory=_without_rows(OTHER_PAYERS))
    other_services: pa.Table = field(default_factory=_without_rows(OTHER_SERVICES))
    other_adjustments: pa.Table = field(default_factory=_without_rows(OTHER_ADJUSTMENTS))


@dataclass(frozen=True, slots=True)
class RemitTables:
    """Remits and what hangs from them, joined by `remit_key` and `service`, in the order of their files."""

    remits: pa.Table = field(default_factory=_without_rows(REMITS))
    services: pa.Table = field(default_factory=_without_rows(SERVICES))
    adjustments: pa.Table = field(default_factory=_without_rows(ADJUSTMENTS))
    remarks: pa.Table = field(default_factory=_without_rows(REMARKS))
    remit_details: pa.Table = field(default_factory=_without_rows(REMIT_DETAILS))
    provider_adjustments: pa.Table = field(default_factory=_without_rows(PROVIDER_ADJUSTMENTS))


@dataclass(frozen=True, slots=True)
class StatusTables:
    """What came back before any remit: statuses of claims, and acknowledgements of whole files."""

    statuses: pa.Table = field(default_factory=_without_rows(STATUSES))
    acknowledgements: pa.Table = field(default_factory=_without_rows(ACKNOWLEDGEMENTS))


@dataclass(frozen=True, slots=True)
class SegmentCount:
    """Every segment of a file is used or listed: `total == used + listed`, always."""

    total: int = 0
    used: int = 0
    listed: int = 0

    def __add__(self, other: "SegmentCount") -> "SegmentCount":
        """Counts of two files together."""
        return SegmentCount(self.total + other.total, self.used + other.used, self.listed + other.listed)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file (or a piece of it) held: claims, remits, statuses, what could not be used, the count of its segments."""

    source: str
    sha256: str
    claims: ClaimTables = field(default_factory=ClaimTables)
    remits: RemitTables = field(default_factory=RemitTables)
    rejects: pa.Table = field(default_factory=_without_rows(REJECTS))
    unused: pa.Table = field(default_factory=_without_rows(REJECTS))
    """Well-formed segments that nothing here reads, listed one by one: nothing is lost in silence."""
    segments: SegmentCount = field(default_factory=SegmentCount)
    statuses: StatusTables = field(default_factory=StatusTables)
    is_last: bool = True
    """Of a large file read in pieces: whether this is its last."""
