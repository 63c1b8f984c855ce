"""A model as MLflow's own kind of model, with no pickle: MLflow calls this module by name and hands it the folder.

    mlflow.pyfunc.load_model("runs:/<run>/model").predict(lines)

`lines` is a DataFrame of line tables (`data.schema.LINE_TABLE`, columns that are missing count as unknown, whole
claims); the answer has one row a line. Everything is checked as anywhere else: see `models.bundle`.
"""

import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from shutil import copytree

import pandas as pd
import pyarrow as pa

from data.errors import InvalidClaim
from data.schema import LINE_TABLE
from features.build import build
from models.bundle import load
from models.denial import DenialModel

BUNDLE = "bundle"
_NEEDED = ("claim_key", "claim_id", "line", "payer_id", "charge_cents")
_ANSWER = {
    "claim_id": "string",
    "line": "long",
    "denial_probability": "double",
    "probability_low": "double",
    "probability_high": "double",
    "reason_1": "string",
    "reason_1_probability": "double",
    "expected_denied_cents": "long",
}


@dataclass(frozen=True, slots=True)
class LineScorer:
    """What MLflow holds: a loaded bundle that takes DataFrames."""

    model: DenialModel

    def predict(self, lines: pd.DataFrame, params: dict[str, object] | None = None) -> pd.DataFrame:  # noqa: ARG002 - MLflow's shape
        """One row a line, in the order given: probabilities 0 to 1, the likeliest reason, cents at stake."""
        table = line_table(lines)
        payers = table["payer_id"].to_pylist()
        prediction = self.model.predict(build(table, self.model.state), payers)
        reasons = self.model.reasons(prediction, payers, top=1)
        return pd.DataFrame(
            {
                "claim_id": lines["claim_id"].to_numpy(),
                "line": lines["line"].to_numpy(),
                "denial_probability": prediction.probability,
                "probability_low": prediction.low,
                "probability_high": prediction.high,
                "reason_1": reasons.codes[:, 0],
                "reason_1_probability": reasons.probabilities[:, 0],
                "expected_denied_cents": self.model.expected_denied_cents(prediction.probability, table),
            }
        )


def _load_pyfunc(path: str) -> LineScorer:
    """What MLflow calls."""
    return LineScorer(load(Path(path)))


def line_table(lines: pd.DataFrame) -> pa.Table:
    """A DataFrame as a line table, unknown where it has no column; raises `InvalidClaim` naming what doesn't fit."""
    for name in _NEEDED:
        if name not in lines:
            raise InvalidClaim(
                "line table", field=name, found="no such column", wanted=f"{', '.join(_NEEDED)}"
            )
    return pa.table([_column(lines, field) for field in LINE_TABLE], schema=LINE_TABLE)


def _column(lines: pd.DataFrame, field: pa.Field) -> pa.Array:
    if field.name not in lines:
        return pa.nulls(len(lines), field.type)
    values = lines[field.name]
    if pa.types.is_date(field.type):
        values = pd.to_datetime(values, errors="coerce").dt.date
    try:
        return pa.array(values.astype(object).where(values.notna(), None).tolist()).cast(field.type)
    except (pa.ArrowException, ValueError, TypeError):
        raise InvalidClaim(
            "line table", field=field.name, found="values of another kind", wanted=str(field.type)
        ) from None


def write(bundle: Path, model: DenialModel, folder: Path) -> None:
    """Lay a bundle out as MLflow's kind of model in a new folder, with its signature and an example of its input.

    MLflow's description is YAML, of which JSON is a part: written here, as loading what writes it takes seconds.
    """
    folder.mkdir(parents=True)
    copytree(bundle, folder / BUNDLE)
    said = {
        "flavors": {
            "python_function": {
                "data": BUNDLE,
                "env": {"virtualenv": "python_env.yaml"},
                "loader_module": __name__,
                "python_version": python_version(),
            }
        },
        "saved_input_example_info": {
            "artifact_path": "input_example.json",
            "type": "dataframe",
            "pandas_orient": "split",
        },
        "signature": {"inputs": json.dumps(_given()), "outputs": json.dumps(_answered())},
    }
    environment = {"python": python_version(), "dependencies": ["-r requirements.txt"]}
    (folder / "MLmodel").write_text(json.dumps(said, indent=1) + "\n")
    (folder / "python_env.yaml").write_text(json.dumps(environment, indent=1) + "\n")
    (folder / "requirements.txt").write_text(f"cleanclaim[train]=={version('cleanclaim')}\n")
    example(model).to_json(folder / "input_example.json", orient="split", index=False, date_format="iso")


def example(model: DenialModel, n_lines: int = 5) -> pd.DataFrame:
    """The first of the model's golden lines: no patient's."""
    frame: pd.DataFrame = model.papers.golden.slice(0, n_lines).to_pandas(date_as_object=False)
    return frame.dropna(axis="columns", how="all")


def _given() -> list[dict[str, object]]:
    """The columns that may go in, as MLflow names their kinds."""
    return [
        {"name": field.name, "type": _kind(field.type), "required": field.name in _NEEDED}
        for field in LINE_TABLE
    ]


def _answered() -> list[dict[str, object]]:
    return [{"name": name, "type": kind, "required": True} for name, kind in _ANSWER.items()]


def _kind(arrow: pa.DataType) -> str:
    """MLflow's word for a type. Columns that may hold unknown values come as doubles or objects from pandas."""
    if pa.types.is_date(arrow):
        return "datetime"
    if pa.types.is_boolean(arrow):
        return "boolean"
    if pa.types.is_string(arrow):
        return "string"
    return "long" if pa.types.is_int64(arrow) else "double"
