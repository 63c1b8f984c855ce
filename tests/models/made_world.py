"""Claims whose denials follow rules planted here: what the models must find again."""

from datetime import date

import numpy as np
import pyarrow as pa

from data.schema import LABELLED
from features.build import build
from features.state import FeatureState
from models.denial import DenialModel, fit_denial
from models.golden import golden_lines
from models.papers import Facts
from models.sample import Sample
from models.settings import ModelSettings
from tests.features.made_lines import labelled

AS_OF = date(2025, 12, 31)
QUICK = ModelSettings(
    trees=40, learning_rate=0.2, min_positives=40, patience=5, threads=1, interval_groups=50
)
REASONS = {
    "authorization": "197",
    "documentation": "16/N40",
    "timely_filing": "29",
    "coding": "4",
    "duplicate": "18",
}


def planted(n_claims: int = 1500, *, seed: int = 7) -> pa.Table:
    """A labelled table where each family strikes by a rule of its own, and two families hardly ever do."""
    table = labelled(n_claims, seed=seed)
    rng = np.random.default_rng(seed + 1)
    hazard = _hazards(table)
    struck = {family: rng.random(table.num_rows) < h for family, h in hazard.items()}
    family = np.full(table.num_rows, None, dtype=object)
    for name in reversed(list(struck)):
        family[struck[name]] = name
    return _answered(table, family)


def _hazards(table: pa.Table) -> dict[str, np.ndarray]:
    payer, procedure = (
        np.array(table.column(name).to_pylist(), dtype=object) for name in ("payer_id", "procedure")
    )
    days = (
        table.column("submitted_on").cast(pa.int32()).to_numpy()
        - table.column("service_from").cast(pa.int32()).to_numpy()
    )
    missing = {
        name: table.column(name).is_null().to_numpy()
        for name in ("auth_number", "attachment_type", "modifier_1")
    }
    advanced = np.isin(procedure, ["72148", "70450", "73721"])
    return {
        "authorization": np.where(advanced & missing["auth_number"] & (payer == "60054"), 0.85, 0.02),
        "documentation": np.where((payer == "87726") & missing["attachment_type"], 0.45, 0.02),
        "timely_filing": np.where(days > 60, 0.6, 0.0),
        "coding": np.where(missing["modifier_1"] & (procedure == "77067"), 0.01, 0.004),
        "duplicate": np.full(table.num_rows, 0.004),
    }


def _answered(table: pa.Table, family: np.ndarray) -> pa.Table:
    denied = np.array([name is not None for name in family])
    reason = [None if name is None else REASONS[name] for name in family]
    charge = table.column("charge_cents").to_numpy().astype(np.int64)
    columns = {
        "label": pa.array(denied.astype(np.int8)),
        "family": pa.array(family.tolist(), pa.string()),
        "reason": pa.array(reason, pa.string()),
        "outcome": pa.array(np.where(denied, "denied", "paid").tolist()),
        "allowed_cents": pa.array(np.where(denied, 0, charge * 6 // 10)),
    }
    return pa.table(
        [columns.get(field.name, table.column(field.name)).cast(field.type) for field in LABELLED],
        schema=LABELLED,
    )


def fitted(table: pa.Table, settings: ModelSettings = QUICK) -> DenialModel:
    """A model of a planted table: learnt from the older three quarters, calibrated on the rest."""
    state = FeatureState.fit(table, as_of=AS_OF)
    sample = sample_of(table, state)
    cut = np.quantile(sample.day, 0.75)
    model = fit_denial(
        sample.rows(sample.day <= cut),
        sample.rows(sample.day > cut),
        state,
        settings,
        facts=Facts(policy="default 1", as_of=AS_OF, n_lines=len(sample), n_denied=int(sample.denied.sum())),
    )
    return model.with_papers(golden=golden_lines(table), card="# A model of planted rules\n")


def sample_of(table: pa.Table, state: FeatureState) -> Sample:
    """The lines with their features, all of one weight."""
    return Sample.of(build(table, state), table, np.ones(table.num_rows))
