"""The columns that everything between a file and an answer is made of.

One table per thing of the domain, as Arrow schemas: a reader fills them, a writer turns them into X12 again, the
store keeps them, features are built from them. One claim or ten million, the shape is the same.

Units: money is whole cents (`_cents`), dates are days (`_on`, `service_from`, `service_to`), counts are `n_`.
A null means "the file doesn't say"; an empty string never occurs.

No table keeps a patient's name, address or full date of birth: they are dropped where a file is read.
"""

from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True)
class ClaimTables:
    """Claims and their lines (`CLAIMS`, `LINES`), joined by `claim_key`, both in the order of their files."""

    claims: pa.Table = field(default_factory=CLAIMS.empty_table)
    lines: pa.Table = field(default_factory=LINES.empty_table)


@dataclass(frozen=True, slots=True)
class RemitTables:
    """Remits and what hangs from them, joined by `remit_key` and `service`, in the order of their files."""

    remits: pa.Table = field(default_factory=REMITS.empty_table)
    services: pa.Table = field(default_factory=SERVICES.empty_table)
    adjustments: pa.Table = field(default_factory=ADJUSTMENTS.empty_table)
    remarks: pa.Table = field(default_factory=REMARKS.empty_table)


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
    """What one file held: claims, remits, what could not be used, and the count of its segments."""

    source: str
    sha256: str
    claims: ClaimTables = field(default_factory=ClaimTables)
    remits: RemitTables = field(default_factory=RemitTables)
    rejects: pa.Table = field(default_factory=REJECTS.empty_table)
    unused: pa.Table = field(default_factory=REJECTS.empty_table)
    """Well-formed segments that nothing here reads, listed one by one: nothing is lost in silence."""
    segments: SegmentCount = field(default_factory=SegmentCount)
