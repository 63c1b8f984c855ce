"""The front door: the command line, and the few names that notebooks import.

    from cleanclaim import Store, simulate, train, evaluate

pandas in, pandas out. Each name is loaded when it is first asked for, so that the command line starts at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleanclaim.notebook.checking import check
    from cleanclaim.notebook.estimators import DenialClassifier, ReasonClassifier
    from cleanclaim.notebook.evaluation import Evaluation
    from cleanclaim.notebook.files import Claims, Remits, read_claims, read_remits
    from cleanclaim.notebook.judging import backtest, evaluate
    from cleanclaim.notebook.learning import Cohort, build_features, cohort, feature_catalog, train
    from cleanclaim.notebook.model import Model, load_model
    from cleanclaim.notebook.monitoring import Monitoring, monitor
    from cleanclaim.notebook.policies import denial_policy
    from cleanclaim.notebook.public import read_public
    from cleanclaim.notebook.registry import Registry
    from cleanclaim.notebook.store import Store
    from cleanclaim.notebook.synpuf import read_synpuf
    from cleanclaim.notebook.world import simulate

__all__ = [
    "Claims",
    "Cohort",
    "DenialClassifier",
    "Evaluation",
    "Model",
    "Monitoring",
    "ReasonClassifier",
    "Registry",
    "Remits",
    "Store",
    "backtest",
    "build_features",
    "check",
    "cohort",
    "denial_policy",
    "evaluate",
    "feature_catalog",
    "load_model",
    "monitor",
    "read_claims",
    "read_public",
    "read_remits",
    "read_synpuf",
    "simulate",
    "train",
]

_ROOMS = {
    "checking": ("check",),
    "estimators": ("DenialClassifier", "ReasonClassifier"),
    "files": ("Claims", "Remits", "read_claims", "read_remits"),
    "evaluation": ("Evaluation",),
    "judging": ("backtest", "evaluate"),
    "learning": ("Cohort", "build_features", "cohort", "feature_catalog", "train"),
    "model": ("Model", "load_model"),
    "monitoring": ("Monitoring", "monitor"),
    "policies": ("denial_policy",),
    "public": ("read_public",),
    "registry": ("Registry",),
    "store": ("Store",),
    "synpuf": ("read_synpuf",),
    "world": ("simulate",),
}
_WHERE = {name: room for room, names in _ROOMS.items() for name in names}
_EXTRA = {"pandas", "sklearn", "matplotlib", "jinja2", "mlflow", "optuna"}


def __getattr__(name: str) -> object:
    """The public name, loaded now; `ImportError` saying what to install where something is missing."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        found: object = getattr(import_module(f"cleanclaim.notebook.{_WHERE[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        raise ImportError(f"{name} needs {error.name}: pip install 'cleanclaim[train]'") from error
    globals()[name] = found  # asked for once
    return found


def __dir__() -> list[str]:
    """The public names."""
    return sorted({*globals(), *__all__})
