"""Carrier claims of CMS's DE-SynPUF 2008-2010, as CMS ships them, as labelled lines.

    DE1_0_2008_to_2010_Carrier_Claims_Sample_1A.zip (one CSV of 2.4 million claims), or the CSV itself

The outcome of a line is its processing indicator (LINE_PRCSG_IND_CD), by the table `INDICATORS`. Synthetic people, so
what is learnt from them is no finding about Medicare; the shape of the data is real.

What the file doesn't say is null, but for these, which stand in so that time and money can be reckoned with at all:

- `submitted_on`: the last day of service (CLM_THRU_DT). There is no submission date.
- `known_on`: `answered_after_days` later. There is no payment date.
- `charge_cents`, `denied_cents`: the mean allowed amount of the procedure over all lines of the file that were allowed
  (`usual_prices`). There is no charge, and the line's own allowed amount must not be used: it is 0 where the line was
  denied, and would give the answer away. A procedure that was never allowed has no charge.
- `payer_id`: MEDICARE. `reason`: the CARC by which a payer would say the same.

Layout: CMS, "Medicare Claims Synthetic Public Use Files: Codebook"; indicators: ResDAC and CCW, "Line Processing
Indicator Table" (https://bluebutton.cms.gov/resources/variables/line_prcsg_ind_cd).
"""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from data.errors import UnreadableFile
from data.keys import Ints
from data.schema import CODE, DAY, DIAGNOSES, LABELLED

WANTED = "carrier claims of the DE-SynPUF, as CMS ships them (.zip or .csv)"
MOST_LINES = 13
N_DIAGNOSES = 8
BLOCK = 16 << 20
"""Bytes of CSV read at a time: about 30,000 claims."""
ANSWERED_AFTER_DAYS = 30
ZIP = b"PK\x03\x04"

PAID, ZERO, DENIED, UNRELIABLE = "paid", "zero_not_denied", "denied", "unreliable"


@dataclass(frozen=True, slots=True)
class Indicator:
    """What a processing indicator means for a line."""

    outcome: str
    meaning: str
    family: str | None = None
    reason: str | None = None


OTHERS_TURN = Indicator(DENIED, "another payer has to pay first", "coordination", "22")
INDICATORS: Mapping[str, Indicator] = {
    "A": Indicator(PAID, "allowed"),
    "S": Indicator(PAID, "allowed, Medicare being the second payer"),
    "R": Indicator(UNRELIABLE, "processed again: what the first answer was isn't told"),
    "B": Indicator(DENIED, "the benefit is used up", "benefit_limit", "119"),
    "C": Indicator(DENIED, "not covered", "not_covered", "96"),
    "D": Indicator(DENIED, "denied, no reason told", "other"),
    "I": Indicator(DENIED, "invalid data", "missing_information", "16"),
    "L": Indicator(DENIED, "the laboratory isn't certified for it", "provider_enrollment", "B7"),
    "M": Indicator(DENIED, "sent twice", "duplicate", "18"),
    "N": Indicator(DENIED, "not medically necessary", "medical_necessity", "50"),
    "O": Indicator(DENIED, "another reason", "other"),
    "P": Indicator(DENIED, "ordered by an owner of the provider", "other"),
    "Z": Indicator(DENIED, "a test bundled into another", "bundling", "97"),
    **dict.fromkeys([*"GHJKQTUVXY", *"!@#$*()+<>%&"], OTHERS_TURN),
    **dict.fromkeys(["00", *(str(n) for n in (*range(12, 19), 21, 22, 25, 26))], OTHERS_TURN),
}
"""Indicator -> what it means. Those of another payer's turn stand for one agreement or data match each."""

PER_LINE: Mapping[str, pa.DataType] = {
    "PRF_PHYSN_NPI": CODE,
    "HCPCS_CD": CODE,
    "LINE_NCH_PMT_AMT": pa.float64(),
    "LINE_ALOWD_CHRG_AMT": pa.float64(),
    "LINE_PRCSG_IND_CD": CODE,
    "LINE_ICD9_DGNS_CD": CODE,
}
"""Columns that are read, one for each of up to 13 lines: HCPCS_CD_1 ... The others hold no more for a line table."""
PER_CLAIM: Mapping[str, pa.DataType] = {
    "DESYNPUF_ID": CODE,
    "CLM_ID": pa.int64(),
    "CLM_FROM_DT": CODE,
    "CLM_THRU_DT": CODE,
    **{f"ICD9_DGNS_CD_{n}": CODE for n in range(1, N_DIAGNOSES + 1)},
}
Prices = Mapping[str, int]
"""Procedure -> what stands in for its charge, in cents."""


def read_synpuf(
    path: Path, *, n_claims: int | None = None, answered_after_days: int = ANSWERED_AFTER_DAYS
) -> pa.Table:
    """The first `n_claims` claims of a file (all where None) as labelled lines (`LABELLED`), in the file's order.

    The whole file is some 5 million lines: `synpuf_batches` gives them piece by piece. Raises `UnreadableFile`.
    """
    found, left = [LABELLED.empty_table()], n_claims
    for lines in synpuf_batches(path, usual_prices(path), answered_after_days=answered_after_days):
        kept = lines if left is None else _first_claims(lines, left)
        found.append(kept)
        if left is not None:
            left -= pc.count_distinct(kept["claim_key"]).as_py()
            if left <= 0:
                break
    return pa.concat_tables(found)


def usual_prices(path: Path) -> Prices:
    """The mean allowed amount of each procedure over all lines of the file that were allowed. Raises `UnreadableFile`."""
    names = ("HCPCS_CD", "LINE_ALOWD_CHRG_AMT", "LINE_PRCSG_IND_CD")
    sums: dict[str, list[float]] = {}
    for batch in _batches(path, {}, {name: PER_LINE[name] for name in names}):
        lines = pa.table({name: _all_lines(batch, name) for name in names})
        allowed = pc.and_(pc.equal(lines[names[2]], "A"), pc.greater(lines[names[1]], 0))
        priced = lines.filter(allowed).group_by(names[0]).aggregate([(names[1], "sum"), (names[1], "count")])
        for code, total, count in zip(
            *(priced[name].to_pylist() for name in priced.column_names), strict=True
        ):
            if code:
                before = sums.setdefault(code, [0.0, 0.0])
                before[0] += total
                before[1] += count
    return {code: round(100 * total / count) for code, (total, count) in sums.items()}


def synpuf_batches(
    path: Path, prices: Prices, *, answered_after_days: int = ANSWERED_AFTER_DAYS
) -> Iterator[pa.Table]:
    """The same piece by piece, some 30,000 claims each, in bounded memory. Raises `UnreadableFile`."""
    for batch in _batches(path, PER_CLAIM, PER_LINE):
        yield _labelled(batch, prices, answered_after_days)


def _first_claims(lines: pa.Table, n: int) -> pa.Table:
    keys = lines["claim_key"].to_numpy()
    number = np.cumsum(np.concatenate([[0], keys[1:] != keys[:-1]])) if len(keys) else keys
    return lines.filter(pa.array(number < n))


def _batches(
    path: Path, per_claim: Mapping[str, pa.DataType], per_line: Mapping[str, pa.DataType]
) -> Iterator[pa.RecordBatch]:
    """The wanted columns, a block at a time."""
    types = dict(per_claim)
    for name, kind in per_line.items():
        types |= {f"{name}_{n}": kind for n in range(1, MOST_LINES + 1)}
    options = pyarrow.csv.ConvertOptions(
        column_types=types, include_columns=list(types), strings_can_be_null=True, null_values=[""]
    )
    try:
        with _opened(path) as stream:
            yield from pyarrow.csv.open_csv(
                stream, pyarrow.csv.ReadOptions(block_size=BLOCK), convert_options=options
            )
    except KeyError as error:
        raise UnreadableFile(path.name, found=f"no column {error}", wanted=WANTED) from None
    except (pa.ArrowInvalid, zipfile.BadZipFile, EOFError):
        raise UnreadableFile(
            path.name, found="another kind of file, or a damaged one", wanted=WANTED
        ) from None


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """The CSV, out of its archive where it is in one. Nothing is unpacked to disk."""
    if not path.is_file():
        raise UnreadableFile(str(path), found="no such file", wanted=WANTED)
    with path.open("rb") as file:
        is_zip = file.read(4) == ZIP
        file.seek(0)
        if not is_zip:
            yield file
            return
        with zipfile.ZipFile(file) as archive:
            tables = [name for name in archive.namelist() if name.lower().endswith(".csv")]
            if len(tables) != 1:
                raise UnreadableFile(path.name, found=f"{len(tables)} CSV files in it", wanted=WANTED)
            with archive.open(tables[0]) as stream:
                yield stream


def _all_lines(batch: pa.RecordBatch, name: str) -> pa.Array:
    """A column of every line: the first lines of all claims, then the second ones, ..."""
    return pa.concat_arrays([batch.column(f"{name}_{n}") for n in range(1, MOST_LINES + 1)])


def _labelled(batch: pa.RecordBatch, prices: Prices, answered_after_days: int) -> pa.Table:
    every = {name: _all_lines(batch, name) for name in PER_LINE}
    is_line = pc.or_(pc.is_valid(every["HCPCS_CD"]), pc.is_valid(every["LINE_PRCSG_IND_CD"]))
    at = np.flatnonzero(is_line.to_numpy(zero_copy_only=False))
    claim, number = at % batch.num_rows, at // batch.num_rows + 1
    order = np.lexsort((number, claim))
    at, claim, number = at[order], claim[order], number[order]
    lines = {name: column.take(pa.array(at)) for name, column in every.items()}
    claims = {name: batch.column(name).take(pa.array(claim)) for name in PER_CLAIM}
    columns = {
        "line": pa.array(number, pa.int32()),
        **_claim_columns(claims, claim),
        **_line_columns(lines, claims, prices),
        **_outcomes(lines),
    }
    columns["known_on"] = _later(columns["submitted_on"], answered_after_days)
    columns["denied_cents"] = _denied(columns)
    columns["claim_charge_cents"] = _totals(columns["charge_cents"], claim)
    rows = len(number)
    return pa.table(
        [
            columns[field.name].cast(field.type) if field.name in columns else pa.nulls(rows, field.type)
            for field in LABELLED
        ],
        schema=LABELLED,
    )


def _claim_columns(claims: Mapping[str, pa.Array], claim: Ints) -> dict[str, pa.Array]:
    n = len(claim)
    days = {ours: _days(claims[theirs]) for ours, theirs in (("from", "CLM_FROM_DT"), ("to", "CLM_THRU_DT"))}
    codes = [claims[f"ICD9_DGNS_CD_{k}"] for k in range(1, N_DIAGNOSES + 1)]
    n_codes = sum(code.is_valid().to_numpy(zero_copy_only=False).astype(np.int16) for code in codes)
    constants = {
        "transaction": "837P",
        "payer_id": "MEDICARE",
        "plan_type": "MB",
        "procedure_qualifier": "HC",
    }
    return {
        **{name: pa.repeat(pa.scalar(value), n) for name, value in constants.items()},
        **dict(zip(DIAGNOSES, codes, strict=False)),
        "claim_key": claims["CLM_ID"],
        "claim_id": claims["CLM_ID"].cast(CODE),
        "member_id": claims["DESYNPUF_ID"],
        "service_from": days["from"],
        "service_to": days["to"],
        "submitted_on": days["to"],
        "n_lines": pa.array(np.bincount(claim, minlength=1)[claim] if n else claim, pa.int16()),
        "n_diagnoses": pa.array(n_codes, pa.int16()),
    }


def _line_columns(
    lines: Mapping[str, pa.Array], claims: Mapping[str, pa.Array], prices: Prices
) -> dict[str, pa.Array]:
    procedure = lines["HCPCS_CD"]
    known = procedure.dictionary_encode()
    usual = pa.array([prices.get(code) for code in known.dictionary.to_pylist()], pa.int64())
    pointer = pa.nulls(len(procedure), pa.int8())
    for k in range(N_DIAGNOSES, 0, -1):
        same = pc.equal(lines["LINE_ICD9_DGNS_CD"], claims[f"ICD9_DGNS_CD_{k}"]).fill_null(False)
        pointer = pc.if_else(same, pa.scalar(k, pa.int8()), pointer)
    return {
        "procedure": procedure,
        "charge_cents": usual.take(known.indices),
        "pointer_1": pointer,
        "rendering_npi": lines["PRF_PHYSN_NPI"],
    }


def _outcomes(lines: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """What the indicator says. One that the table doesn't hold, and none at all, is no answer."""
    known = pc.utf8_trim_whitespace(lines["LINE_PRCSG_IND_CD"]).dictionary_encode()
    said = [INDICATORS.get(str(code)) for code in known.dictionary.to_pylist()]
    paid = _cents(lines["LINE_NCH_PMT_AMT"])

    def told(values: Sequence[str | None]) -> pa.Array:
        return pa.array(values, CODE).take(known.indices)

    outcome = told([one.outcome if one else None for one in said])
    nothing_paid = pc.and_(pc.equal(outcome, PAID), pc.less_equal(paid.fill_null(0), 0))
    outcome = pc.if_else(nothing_paid.fill_null(False), pa.scalar(ZERO), outcome)
    label = pc.if_else(
        pc.equal(outcome, UNRELIABLE), pa.scalar(None, pa.int8()), pc.equal(outcome, DENIED).cast(pa.int8())
    )
    return {
        "outcome": outcome,
        "label": label,
        "reason": told([one.reason if one else None for one in said]),
        "family": told([one.family if one else None for one in said]),
        "is_weak": pc.if_else(outcome.is_valid(), pa.scalar(value=False), pa.scalar(None, pa.bool_())),
        "paid_cents": paid,
        "allowed_cents": _cents(lines["LINE_ALOWD_CHRG_AMT"]),
    }


def _cents(dollars: pa.Array) -> pa.Array:
    return pc.round(pc.multiply(dollars, 100.0)).cast(pa.int64())


@cache
def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])) if len(text) == 8 else None
    except ValueError:
        return None


def _days(texts: pa.Array) -> pa.Array:
    known = texts.dictionary_encode()
    return pa.array([_day(str(text)) for text in known.dictionary.to_pylist()], DAY).take(known.indices)


def _later(days: pa.Array, n: int) -> pa.Array:
    return pc.add(days.cast(pa.int32()), pa.scalar(n, pa.int32())).cast(DAY)


def _denied(columns: Mapping[str, pa.Array]) -> pa.Array:
    is_denied = pc.equal(columns["outcome"], DENIED)
    return pc.if_else(is_denied, columns["charge_cents"], pa.scalar(0, pa.int64()))


def _totals(charges: pa.Array, claim: Ints) -> pa.Array:
    """The sum of its lines for each claim, on each of its lines; null where a line has none."""
    values: npt.NDArray[np.float64] = charges.cast(pa.float64()).to_numpy(zero_copy_only=False)
    sums = np.bincount(claim, weights=values)[claim] if len(claim) else values
    return pa.array(np.nan_to_num(sums).astype(np.int64), pa.int64(), mask=np.isnan(sums))
