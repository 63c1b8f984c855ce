"""Claims as the tables that readers give and writers take, and their context."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from data.schema import CLAIMS, CONTEXT, LINES, MODIFIERS, POINTERS, ClaimTables
from data.simulator.cast import PLACES, Cast
from data.simulator.catalogue import Flags, Names, Numbers, catalogue
from data.simulator.claims import GOOD, MARKS, MISSING, NONE, SIDES, Claims, Lines
from data.simulator.draw import labels, scramble
from data.simulator.policies import COMPONENTS
from data.simulator.settings import WorldSettings

Columns = Mapping[str, "np.ndarray | pa.Array | None"]
TAXONOMY = "2085R0202X"
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


def claim_ids(numbers: Numbers, *, seed: int) -> Names:
    """Patient control numbers that tell nothing of their order."""
    return np.asarray(labels("R", scramble(numbers, salt=seed + 1, bits=36), 11))


def line_controls(claims: Claims, *, seed: int) -> Names:
    """REF*6R of each line."""
    ids = claim_ids(claims.visits.number, seed=seed)[claims.lines.claim]
    return np.char.add(np.char.add(ids, "L"), claims.lines.number.astype("U2"))


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


def _referring(cast: Cast, claims: Claims) -> Names:
    """The referring provider's number; one with a wrong check digit where it was mistyped, none where it is missing."""
    state = claims.forms.referring_state
    good = cast.referring_npi[claims.visits.referring]
    last = (np.array([int(n) % 10 for n in cast.referring_npi]) + 3) % 10
    wrong = np.char.add(good.astype("U9"), last[claims.visits.referring].astype("U1"))
    return np.where(state == MISSING, "", np.where(state == GOOD, good, wrong))


def _auth_numbers(claims: Claims, *, seed: int) -> Names:
    return np.where(claims.forms.auth, labels("A", scramble(_root(claims), salt=seed + 8, bits=32), 10), "")


def _attachments(claims: Claims, *, seed: int) -> Names:
    return np.where(claims.forms.attachment, labels("ATT", scramble(_root(claims), salt=seed + 9, bits=30), 10), "")


def _root(claims: Claims) -> Numbers:
    """What numbers beside the claim are made from: the visit, however often its claim is sent."""
    return claims.visits.member * 65_536 + claims.visits.service


def claim_tables(settings: WorldSettings, cast: Cast, claims: Claims, *, seed: int, controls: Names) -> ClaimTables:
    """The claims as tables; `controls`: [claims], the payer's number of the claim replaced, empty for none."""
    attachment = _attachments(claims, seed=seed)
    shared: Columns = {
        "auth_number": _auth_numbers(claims, seed=seed),
        "referring_npi": _referring(cast, claims),
        "rendering_npi": texts(cast.radiologist_npi, claims.visits.rendering),
        "attachment_type": np.where(attachment != "", "RR", ""),
        "attachment_transmission": np.where(attachment != "", "EL", ""),
        "attachment_control": attachment,
        "place_of_service": texts(PLACES, claims.visits.place),
    }
    whole = {name: column if isinstance(column, pa.Array) else _text(column) for name, column in shared.items()}
    return ClaimTables(_claims(settings, cast, claims, whole, seed, controls), _lines(claims, whole, seed))


def _text(column: np.ndarray | None) -> pa.Array:
    names = np.asarray(column)
    return pa.array(names, pa.string(), mask=names == "")


def _claims(
    settings: WorldSettings, cast: Cast, claims: Claims, shared: Mapping[str, pa.Array], seed: int, controls: Names
) -> pa.Table:
    visits, forms, members, n = claims.visits, claims.forms, cast.members, len(claims)
    payers = {f: np.array([str(getattr(p, f)) for p in settings.payers]) for f in ("payer_id", "name", "plan_type")}
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
        "payer_sequence": np.where(forms.secondary, "S", "P"),
        "billing_npi": texts(cast.billing_npi, np.zeros(n, np.int64)),
        "member_id": texts(members.member_id, visits.member),
        "birth_year": members.birth_year[visits.member],
        "patient_sex": np.where(members.female[visits.member], "F", "M"),
        "charge_cents": charge,
        "frequency": forms.frequency.astype("U1"),
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
    same = {
        **{"transaction": "837P", "version": "005010X222A1", "billing_name": "RIVERBEND RADIOLOGY GROUP"},
        **{"billing_taxonomy": TAXONOMY, "rendering_taxonomy": TAXONOMY, "relationship": "18"},
        **{"provider_signature": "Y", "assignment": "A", "benefits_assigned": "Y", "release": "Y"},
    }
    columns |= {name: pa.array([value]).take(pa.array(np.zeros(n, np.int64))) for name, value in same.items()}
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
        "procedure_qualifier": np.full(n, "HC"),
        **modifiers(lines),
        "charge_cents": lines.charge,
        "units": np.ones(n),
        "unit_code": np.full(n, "UN"),
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
    named = _flags(sights.auth_procedure != NONE)
    accession = labels("X", scramble(_root(seen), salt=seed + 10, bits=34), 11)
    columns: Columns = {
        "claim_id": claim_ids(visits.number, seed=seed),
        "accession_order": accession,
        "accession_study": np.where(sights.accession, accession, ""),
        "study_complete": sights.complete,
        "report_signed_on": days(sights.signed),
        "report_has_indication": sights.indication,
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


def _flags(values: np.ndarray) -> Flags:
    return np.asarray(values, dtype=np.bool_)
