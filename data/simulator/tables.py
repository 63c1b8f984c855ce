"""Claims as the tables that readers give and writers take, and their context."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.schema import CLAIMS, CONTEXT, LINES, MODIFIERS, POINTERS, ClaimTables
from data.simulator.cast import PLACES, Cast
from data.simulator.catalogue import Flags, Names, Numbers, catalogue
from data.simulator.claims import GOOD, MARKS, MISSING, NONE, SIDES, Claims, Lines
from data.simulator.draw import labels, scramble
from data.simulator.policies import COMPONENTS
from data.simulator.settings import WorldSettings

Columns = Mapping[str, "np.ndarray | pa.Array | None"]
TAXONOMY = "2085R0202X"
BILLING_NAME = "RIVERBEND RADIOLOGY GROUP"
ON_EVERY_CLAIM = {
    "transaction": "837P",
    "version": "005010X222A1",
    "billing_name": BILLING_NAME,
    "billing_taxonomy": TAXONOMY,
    "rendering_taxonomy": TAXONOMY,
    "relationship": "18",
    "provider_signature": "Y",
    "assignment": "A",
    "benefits_assigned": "Y",
    "release": "Y",
}
ELIGIBILITY = np.array(["active", "inactive", "unverified"])


def table(schema: pa.Schema, columns: Columns) -> pa.Table:
    """A table of this schema; columns that are None or absent are null, and so are empty texts."""
    n = next(len(column) for column in columns.values() if column is not None)
    arrays = []
    for field in schema:
        column = columns.get(field.name)
        if column is None:
            arrays.append(pa.nulls(n, field.type))
        elif isinstance(column, pa.Array):
            arrays.append(column.cast(field.type))
        elif column.dtype.kind == "U":
            arrays.append(pa.array(column, field.type, mask=column == ""))
        else:
            arrays.append(pa.array(column).cast(field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def texts(names: Names, rows: Numbers) -> pa.Array:
    """The names of these numbers; null for -1 and for empty names."""
    values = pa.array(names, pa.string(), mask=names == "")
    return values.take(pa.array(rows, mask=rows < 0))


def days(numbers: Numbers) -> pa.Array:
    """Days since 1970 as dates; null for -1."""
    return pa.array(numbers.astype(np.int32), mask=numbers == NONE).cast(pa.date32())


def only_where(flags: Flags, values: pa.Array) -> pa.Array:
    """The values where the flag is set, null elsewhere."""
    return pc.if_else(pa.array(flags), values, pa.scalar(None, values.type))


def same(value: str, n: int) -> pa.Array:
    """One text for all."""
    return pa.repeat(pa.scalar(value), n)


def claim_ids(numbers: Numbers, *, seed: int) -> pa.Array:
    """Patient control numbers that tell nothing of their order."""
    return labels("R", scramble(numbers, salt=seed + 1, bits=36), 11)


def line_controls(claims: Claims, *, seed: int) -> pa.Array:
    """REF*6R of each line."""
    ids = claim_ids(claims.visits.number, seed=seed).take(pa.array(claims.lines.claim))
    return pc.binary_join_element_wise(ids, pa.array(claims.lines.number).cast(pa.string()), "L")


def procedures(lines: Lines) -> pa.Array:
    """[lines]"""
    return texts(catalogue().procedure, lines.procedure)


def modifiers(lines: Lines) -> dict[str, pa.Array]:
    """Component, side and mark, without gaps."""
    n = len(lines.claim)
    names = np.concatenate([COMPONENTS, SIDES, MARKS])
    shift = (0, len(COMPONENTS), len(COMPONENTS) + len(SIDES))
    codes = np.stack([lines.component, lines.side + shift[1], lines.mark + shift[2]], axis=1)
    there = names[codes] != ""
    order = np.argsort(~there, axis=1, kind="stable")
    packed = np.take_along_axis(np.where(there, codes, NONE), order, axis=1)
    packed = np.concatenate([packed, np.full((n, len(MODIFIERS) - packed.shape[1]), NONE)], axis=1)
    return {name: texts(names, packed[:, place]) for place, name in enumerate(MODIFIERS)}


def _referring(cast: Cast, claims: Claims) -> pa.Array:
    """The referring provider's number; one with a wrong check digit where it was mistyped, none where it is missing."""
    state = claims.forms.referring_state
    good = cast.referring_npi
    wrong = np.array([npi[:9] + str((int(npi[9]) + 3) % 10) for npi in good.tolist()])
    row = np.where(state == GOOD, claims.visits.referring, claims.visits.referring + len(good))
    return texts(np.concatenate([good, wrong]), np.where(state == MISSING, NONE, row))


def _auth_numbers(claims: Claims, *, seed: int) -> pa.Array:
    return only_where(claims.forms.auth, labels("A", scramble(_root(claims), salt=seed + 8, bits=32), 10))


def _attachments(claims: Claims, *, seed: int) -> pa.Array:
    return only_where(
        claims.forms.attachment, labels("ATT", scramble(_root(claims), salt=seed + 9, bits=30), 10)
    )


def _root(claims: Claims) -> Numbers:
    """What numbers beside the claim are made from: the visit, however often its claim is sent."""
    return claims.visits.member * 65_536 + claims.visits.service


def claim_tables(
    settings: WorldSettings, cast: Cast, claims: Claims, *, seed: int, controls: pa.Array
) -> ClaimTables:
    """The claims as tables; `controls`: [claims], the payer's number of the claim replaced, null for none."""
    attached = claims.forms.attachment
    shared = {
        "auth_number": _auth_numbers(claims, seed=seed),
        "referring_npi": _referring(cast, claims),
        "rendering_npi": texts(cast.radiologist_npi, claims.visits.rendering),
        "attachment_type": only_where(attached, same("RR", len(claims))),
        "attachment_transmission": only_where(attached, same("EL", len(claims))),
        "attachment_control": _attachments(claims, seed=seed),
        "place_of_service": texts(PLACES, claims.visits.place),
    }
    return ClaimTables(_claims(settings, cast, claims, shared, seed, controls), _lines(claims, shared, seed))


def _claims(
    settings: WorldSettings,
    cast: Cast,
    claims: Claims,
    shared: Mapping[str, pa.Array],
    seed: int,
    controls: pa.Array,
) -> pa.Table:
    visits, forms, members, n = claims.visits, claims.forms, cast.members, len(claims)
    payers = {
        f: np.array([str(getattr(p, f)) for p in settings.payers]) for f in ("payer_id", "name", "plan_type")
    }
    charge = np.bincount(claims.lines.claim, weights=claims.lines.charge, minlength=n).astype(np.int64)
    paid = np.bincount(claims.lines.claim, weights=_prior(claims), minlength=n).astype(np.int64)
    columns: dict[str, np.ndarray | pa.Array | None] = {
        **shared,
        "claim_key": np.arange(n),
        "offset": np.zeros(n, np.int64),
        "claim_id": claim_ids(visits.number, seed=seed),
        "submitted_on": days(visits.submitted),
        "payer_id": texts(payers["payer_id"], visits.payer),
        "payer_name": texts(payers["name"], visits.payer),
        "plan_type": texts(payers["plan_type"], visits.payer),
        "payer_sequence": texts(np.array(["P", "S"]), forms.secondary.astype(np.int64)),
        "billing_npi": texts(cast.billing_npi, np.zeros(n, np.int64)),
        "member_id": texts(members.member_id, visits.member),
        "birth_year": members.birth_year[visits.member],
        "patient_sex": texts(np.array(["M", "F"]), members.female[visits.member].astype(np.int64)),
        "charge_cents": charge,
        "frequency": pa.array(forms.frequency).cast(pa.string()),
        "facility_npi": texts(cast.facilities.npi, visits.facility),
        "original_control": controls,
        "has_note": np.zeros(n, np.bool_),
        "service_from": days(visits.service),
        "service_to": days(visits.service),
        "n_other_payers": forms.secondary.astype(np.int64),
        "other_payer_id": texts(payers["payer_id"], np.where(forms.secondary, forms.other_payer, NONE)),
        "other_payer_paid_cents": pa.array(paid, mask=~forms.priced),
        "n_lines": claims.n_lines,
        "n_diagnoses": (visits.diagnoses != NONE).sum(axis=1),
    }
    columns |= {name: same(value, n) for name, value in ON_EVERY_CLAIM.items()}
    for place in range(visits.diagnoses.shape[1]):
        columns[f"diagnosis_{place + 1}"] = texts(catalogue().diagnosis, visits.diagnoses[:, place])
    return table(CLAIMS, columns)


def _prior(claims: Claims) -> Numbers:
    """[lines]: what the first payer is said to have paid."""
    percent = (claims.forms.other_share * claims.forms.priced)[claims.lines.claim]
    return claims.lines.charge * percent // 100


def _lines(claims: Claims, shared: Mapping[str, pa.Array], seed: int) -> pa.Table:
    lines = claims.lines
    n = len(lines.claim)
    columns: dict[str, np.ndarray | pa.Array | None] = {
        **{name: column.take(pa.array(lines.claim)) for name, column in shared.items()},
        "claim_key": lines.claim,
        "line": lines.number,
        "offset": np.zeros(n, np.int64),
        "line_control": line_controls(claims, seed=seed),
        "procedure": procedures(lines),
        "procedure_qualifier": same("HC", n),
        **modifiers(lines),
        "charge_cents": lines.charge,
        "units": np.ones(n),
        "unit_code": same("UN", n),
        POINTERS[0]: lines.pointer,
        "service_from": days(claims.visits.service[lines.claim]),
        "service_to": days(claims.visits.service[lines.claim]),
    }
    return table(LINES, columns)


def context_table(cast: Cast, claims: Claims, *, seed: int) -> pa.Table:
    """What the systems beside the billing office say; claims of which they say nothing have no row."""
    rows = np.flatnonzero(claims.sights.seen)
    seen = claims.take(rows)
    sights, visits, forms = seen.sights, seen.visits, seen.forms
    named = sights.auth_procedure != NONE
    accession = labels("X", scramble(_root(seen), salt=seed + 10, bits=34), 11)
    columns: Columns = {
        "claim_id": claim_ids(visits.number, seed=seed),
        "accession_order": accession,
        "accession_study": only_where(sights.accession, accession),
        "study_complete": sights.complete,
        "report_signed_on": days(sights.signed),
        "report_has_indication": only_where(sights.signed != NONE, pa.array(sights.indication)),
        "image_link_confirmed": sights.linked,
        "attachment_control": _attachments(seen, seed=seed),
        "auth_number": _auth_numbers(seen, seed=seed),
        "auth_procedure": texts(catalogue().procedure, sights.auth_procedure),
        "auth_valid_from": days(sights.auth_from),
        "auth_valid_to": days(sights.auth_to),
        "auth_ordering_npi": texts(cast.referring_npi, np.where(named, visits.referring, NONE)),
        "auth_facility_npi": texts(cast.facilities.npi, np.where(named, visits.facility, NONE)),
        "auth_units": pa.array(np.ones(len(rows)), mask=~forms.auth),
        "eligibility_status": texts(ELIGIBILITY, sights.eligibility),
        "eligibility_checked_on": days(sights.checked),
        "coverage_ends_on": days(sights.coverage_ends),
        "other_payer_primary": sights.other_primary,
        "ordered_on": days(sights.ordered),
        "scheduled_on": days(sights.scheduled),
    }
    return table(CONTEXT, columns)
