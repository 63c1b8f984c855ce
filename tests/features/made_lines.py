"""Line tables made at random, every field null now and then: what feature tests run on."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from data.codes import FAMILIES
from data.schema import LABELLED, LINE_TABLE

FIRST_DAY = (date(2024, 1, 1) - date(1970, 1, 1)).days

WORDS: dict[str, Sequence[str]] = {
    "payer_id": ("60054", "87726", "00882", "MCAID"),
    "payer_sequence": ("P", "P", "P", "S"),
    "plan_type": ("CI", "MB", "MC", "HM"),
    "procedure": ("72148", "70450", "71046", "77067", "73721", "74177", "76700", "99213"),
    "modifier_1": ("26", "TC", "LT", "59"),
    "modifier_2": ("RT", "76", "26"),
    "place_of_service": ("11", "21", "22", "23"),
    "frequency": ("1", "1", "1", "7"),
    "relationship": ("18", "19", "01"),
    "rendering_npi": ("1234567893", "1111111112", "1999999984"),
    "referring_npi": ("1234567893", "1888888885", "1777777776"),
    "facility_npi": ("1666666667", "1555555558"),
    "billing_npi": ("1444444449",),
    "diagnosis_1": ("M5416", "R519", "Z1231", "S8390XA", "J189"),
    "diagnosis_2": ("M545", "R079", "E119"),
    "auth_number": ("A1", "A2", "A3"),
    "attachment_type": ("OZ", "B3"),
    "attachment_control": ("C1", "C2"),
    "context_auth_number": ("A1", "A2", "A3"),
    "context_auth_procedure": ("72148", "70450"),
    "context_auth_laterality": ("LT", "RT"),
    "context_eligibility_status": ("active", "inactive", "unverified"),
    "context_accession_order": ("1", "2"),
    "context_accession_study": ("1", "2"),
}
RARE = {
    "modifier_1": 0.5,
    "modifier_2": 0.9,
    "auth_number": 0.6,
    "attachment_type": 0.8,
    "attachment_control": 0.8,
}


def labelled(n_claims: int, *, seed: int = 7, n_days: int = 700, n_members: int | None = None) -> pa.Table:
    """A labelled table of claims with one to four lines, in order of submission; a tenth has no answer."""
    rng = np.random.default_rng(seed)
    n_lines = rng.integers(1, 5, n_claims)
    claim = np.repeat(np.arange(n_claims), n_lines)
    n = len(claim)
    columns: dict[str, pa.Array] = {name: _words(rng, name, n) for name in WORDS}
    submitted = np.sort(rng.integers(FIRST_DAY, FIRST_DAY + n_days, n_claims))[claim]
    service = (submitted - np.minimum(rng.geometric(0.05, n_claims)[claim], 400)).astype(np.int64)
    members = rng.integers(0, n_members or max(n_claims // 4, 1), n_claims)[claim]
    columns |= {
        "claim_key": pa.array((claim + 1) << 22, pa.int64()),
        "claim_id": pa.array([f"C{number}" for number in claim]),
        "transaction": pa.array(["837P"] * n),
        "line": pa.array(np.arange(n) - np.repeat(np.cumsum(n_lines) - n_lines, n_lines) + 1, pa.int32()),
        "member_id": pa.array([f"M{number}" for number in members]),
        "birth_year": pa.array(rng.integers(1930, 2015, n).astype(np.int16)),
        "submitted_on": _days(submitted),
        "service_from": _days(service),
        "service_to": _days(service),
        "charge_cents": pa.array(rng.integers(0, 300_000, n)),
        "claim_charge_cents": pa.array(rng.integers(0, 900_000, n)),
        "units": pa.array(rng.integers(1, 3, n).astype(np.float64)),
        "n_lines": pa.array(np.repeat(n_lines, n_lines).astype(np.int16)),
        "n_diagnoses": pa.array(np.full(n, 2, dtype=np.int16)),
        "pointer_1": pa.array(rng.integers(1, 4, n).astype(np.int8), mask=rng.random(n) < 0.1),
        "context_study_complete": pa.array(rng.random(n) < 0.9, mask=rng.random(n) < 0.3),
        "context_image_link_confirmed": pa.array(rng.random(n) < 0.9, mask=rng.random(n) < 0.3),
        "context_auth_valid_from": _days(service - rng.integers(-3, 30, n), rng.random(n) < 0.5),
        "context_eligibility_checked_on": _days(service - rng.integers(0, 40, n), rng.random(n) < 0.4),
        "context_report_signed_on": _days(submitted - rng.integers(0, 9, n), rng.random(n) < 0.4),
        **_outcomes(rng, submitted),
        **_further(np.random.default_rng([seed, 1]), service, submitted),
    }
    rows = [columns.get(field.name, pa.nulls(n, field.type)).cast(field.type) for field in LABELLED]
    return pa.table(rows, schema=LABELLED)


FURTHER_WORDS: dict[str, Sequence[str]] = {
    "modifier_3": ("59", "LT"),
    "version": ("005010X222A1",),
    "rendering_taxonomy": ("2085R0202X", "207RC0000X", "363LF0000X"),
    "billing_taxonomy": ("2085R0202X", "282N00000X", "261QR0200X"),
    "patient_sex": ("F", "M", "U"),
    "provider_signature": ("Y", "N"),
    "assignment": ("A", "C"),
    "benefits_assigned": ("Y", "N"),
    "release": ("Y", "I"),
    "related_cause": ("AA", "EM"),
    "delay_reason": ("1", "7"),
    "supervising_npi": ("1234567893",),
    "ordering_npi": ("1234567893", "1888888885"),
    "referral_number": ("R1", "R2"),
    "original_control": ("P1", "P2"),
    "context_auth_ordering_npi": ("1888888885", "1777777776"),
    "context_auth_facility_npi": ("1666666667", "1555555558"),
    "context_attachment_control": ("C1", "C2"),
}
"""Filled less often: half of them."""


def _further(rng: np.random.Generator, service: np.ndarray, submitted: np.ndarray) -> dict[str, pa.Array]:
    """What most claims leave out, drawn apart: the draws above stay what they are."""
    n = len(service)

    def flag() -> pa.Array:
        return pa.array(rng.random(n) < 0.5, mask=rng.random(n) < 0.4)

    def day(first: int, last: int, of: np.ndarray = service) -> pa.Array:
        return _days(of + rng.integers(first, last, n), rng.random(n) < 0.5)

    words = {
        name: pa.array(
            np.array(values, dtype=object)[rng.integers(0, len(values), n)],
            pa.string(),
            mask=rng.random(n) < 0.5,
        )
        for name, values in FURTHER_WORDS.items()
    }
    return words | {
        "pointer_2": pa.array(rng.integers(1, 4, n).astype(np.int8), mask=rng.random(n) < 0.6),
        "n_other_payers": pa.array(rng.integers(0, 3, n).astype(np.int16), mask=rng.random(n) < 0.1),
        "other_payer_paid_cents": pa.array(rng.integers(0, 90_000, n), mask=rng.random(n) < 0.7),
        "has_note": flag(),
        "admitted_on": day(-3, 2),
        "accident_on": day(-30, 2),
        "context_auth_valid_to": day(-3, 40),
        "context_auth_units": pa.array(rng.integers(1, 3, n).astype(np.float64), mask=rng.random(n) < 0.5),
        "context_coverage_ends_on": day(-3, 40),
        "context_other_payer_primary": flag(),
        "context_report_has_indication": flag(),
        "context_ordered_on": day(-30, 0),
        "context_scheduled_on": day(-20, 0),
    }


def _words(rng: np.random.Generator, name: str, n: int) -> pa.Array:
    values = np.array(WORDS[name], dtype=object)[rng.integers(0, len(WORDS[name]), n)]
    return pa.array(values, pa.string(), mask=rng.random(n) < RARE.get(name, 0.08))


def _days(days: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    return pa.array(days.astype(np.int32), pa.int32(), mask=missing).cast(pa.date32())


def _outcomes(rng: np.random.Generator, submitted: np.ndarray) -> dict[str, pa.Array]:
    n = len(submitted)
    unanswered = rng.random(n) < 0.1
    denied = rng.random(n) < 0.25
    family = np.array(FAMILIES, dtype=object)[rng.integers(0, len(FAMILIES), n)]
    outcome = np.where(denied, "denied", "paid").astype(object)
    return {
        "outcome": pa.array(outcome, pa.string(), mask=unanswered),
        "label": pa.array(denied.astype(np.int8), mask=unanswered),
        "family": pa.array(family, pa.string(), mask=unanswered | ~denied),
        "reason": pa.array(family, pa.string(), mask=unanswered | ~denied),
        "known_on": _days(submitted + rng.integers(0, 60, n), unanswered),
    }


def lines_of(table: pa.Table) -> pa.Table:
    """The line table of a labelled table: its outcomes taken away."""
    return table.select(LINE_TABLE.names)


def same_bits(one: np.ndarray, other: np.ndarray) -> bool:
    """Equal to the bit, unknowns included."""
    return one.shape == other.shape and one.tobytes() == other.tobytes()


def lines(*rows: dict[str, object]) -> pa.Table:
    """A line table with these rows; fields that are not named are null, claim_key is 1 unless named."""
    filled = [{"claim_key": 1, "line": number, **row} for number, row in enumerate(rows, start=1)]
    columns = [pa.array([row.get(field.name) for row in filled], field.type) for field in LINE_TABLE]
    return pa.table(columns, schema=LINE_TABLE)
