"""Golden claims: a few claims that travel with a model, with the features and scores they had when it was saved.

Loading replays them: a build or a library that would answer differently is found before the first real claim is.
They speak of no patient: numbers that a payer, a plan or a practice gave are replaced, the birth year is rounded,
and every claim is moved by whole weeks.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import BundleRefused
from data.schema import LINE_TABLE
from features.build import build
from models.denial import DenialModel, Prediction
from models.written import Reader

FILE = "golden.json"
_NUMBERS = re.compile(r"(auth_number|referral_number|_control|record_number|accession_\w+)$")
_TOLERANCE = 1e-9
"""Other processors round a last digit differently; a different model differs by far more."""


def golden_lines(lines: pa.Table, *, n_claims: int = 20) -> pa.Table:
    """About `n_claims` whole claims spread over a line table, stripped of all that points at a patient."""
    keys = pc.unique(lines.column("claim_key"))
    spread = np.unique(np.linspace(0, max(len(keys) - 1, 0), min(n_claims, len(keys))).astype(np.int64))
    chosen = pc.is_in(lines.column("claim_key"), value_set=keys.take(pa.array(spread)))
    rows = lines.select(LINE_TABLE.names).filter(chosen).to_pylist()
    order = {key: i for i, key in enumerate(dict.fromkeys(row["claim_key"] for row in rows))}
    names: dict[str, str] = {}
    return pa.Table.from_pylist([_stripped(row, order[row["claim_key"]], names) for row in rows], LINE_TABLE)


def _stripped(row: Mapping[str, object], number: int, names: dict[str, str]) -> dict[str, object]:
    """One line without anything of its patient; equal numbers stay equal, so comparisons come out as before."""
    out: dict[str, object] = {}
    back = timedelta(weeks=1 + number % 8)
    for key, value in row.items():
        if isinstance(value, date):
            out[key] = value - back
        elif isinstance(value, str) and _NUMBERS.search(key):
            out[key] = names.setdefault(value, f"G{len(names) + 1}")
        else:
            out[key] = value
    year = row["birth_year"]
    out["birth_year"] = None if not isinstance(year, int) else year // 5 * 5
    out["member_id"] = None if row["member_id"] is None else "MEMBER"
    return out | {"claim_id": f"golden-{number + 1}", "claim_key": number + 1}


def golden_json(model: DenialModel) -> dict[str, object]:
    """The golden lines with the features and scores that this model gives them now."""
    lines = model.papers.golden
    x = build(lines, model.state)
    prediction = model.predict(x, lines.column("payer_id").to_pylist())
    return {
        "lines": [_plain(row) for row in lines.to_pylist()],
        "names": list(x.names),
        "features": [[None if np.isnan(v) else v for v in row] for row in x.values.tolist()],
        **{name: values.tolist() for name, values in _scores(prediction).items()},
    }


def replay(model: DenialModel, reader: Reader) -> None:
    """Build and score the golden lines again; any difference refuses the bundle."""
    lines = model.papers.golden
    x = build(lines, model.state)
    if list(x.names) != reader.items("names"):
        raise BundleRefused(
            FILE, field="names", found="other features in this version", wanted="the model's features"
        )
    _same(x.values, reader, "features")
    prediction = model.predict(x, lines.column("payer_id").to_pylist())
    for name, values in _scores(prediction).items():
        _same(values, reader, name)


def read_golden(reader: Reader) -> pa.Table:
    """The golden lines as a line table."""
    try:
        rows = [_typed(row) for row in reader.items("lines")]
        reader.want("lines", holds=bool(rows), wanted="at least one claim")
        return pa.Table.from_pylist(rows, LINE_TABLE)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        raise BundleRefused(
            FILE, field="lines", found="other values", wanted="rows of a line table"
        ) from None


def _scores(prediction: Prediction) -> dict[str, np.ndarray]:
    return {
        "probability": prediction.probability,
        "low": prediction.low,
        "high": prediction.high,
        "hazards": prediction.hazards,
    }


def _same(now: np.ndarray, reader: Reader, key: str) -> None:
    try:
        then = np.array(reader.items(key), dtype=np.float64)
    except (ValueError, TypeError):
        raise BundleRefused(FILE, field=key, found="something else", wanted="numbers") from None
    if then.shape != now.shape and now.size + then.size:
        raise BundleRefused(FILE, field=key, found=f"shape {then.shape}", wanted=f"shape {now.shape}")
    if not np.allclose(then, now, rtol=_TOLERANCE, atol=_TOLERANCE, equal_nan=True):
        raise BundleRefused(FILE, field=key, found="other values when replayed", wanted="the values saved")


def _plain(row: Mapping[str, object]) -> dict[str, object]:
    """A row as JSON, without what is unknown."""
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in row.items() if v is not None}


def _typed(row: object) -> dict[str, object]:
    """A row of JSON with its dates; TypeError for anything but an object of known columns."""
    if not isinstance(row, dict) or not set(row) <= set(LINE_TABLE.names):
        raise TypeError
    days = {name for name in row if pa.types.is_date(LINE_TABLE.field(name).type)}
    return {key: date.fromisoformat(value) if key in days else value for key, value in row.items()}
