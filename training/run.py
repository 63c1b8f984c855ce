"""A training run in MLflow: settings, figures, seconds, and the model's folder, in a database beside the model.

MLflow takes seconds to load and to make its database. Nothing else pays for that: it is imported here alone, and
`opening` does both in a second thread while the model is fitted.
"""

import logging
import os
import re
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import CleanclaimError

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "cleanclaim"
SQLITE = "sqlite:///"
_USER = re.compile(r"//[^/@\s]+@")
QUIET = {
    # MLflow's documented switches: nothing is sent anywhere, nothing chatters.
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}
PATIENCE = {
    # A server that isn't there is told within seconds; MLflow's own defaults ask for minutes.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
}


class TrackingFailed(CleanclaimError):
    """The run could not be written down; the model itself is safe."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where runs are written: any MLflow tracking address, and a folder for files where that is a local database."""

    uri: str
    files: str | None = None
    experiment: str = EXPERIMENT

    @classmethod
    def beside(cls, model: Path, *, uri: str | None = None, experiment: str = EXPERIMENT) -> "Place":
        """The address given, else a database in the folder that the model lies in."""
        local = Path(uri.removeprefix(SQLITE)) if uri and uri.startswith(SQLITE) else None
        if uri and local is None:
            return cls(uri, None, experiment)
        database = local or model.resolve().parent / "mlflow.db"
        files = database.resolve().parent / "mlflow-files"
        return cls(f"{SQLITE}{database.resolve()}", files.as_uri(), experiment)

    @property
    def database(self) -> Path | None:
        """The file of a local place; None for a server."""
        return Path(self.uri.removeprefix(SQLITE)) if self.uri.startswith(SQLITE) else None


@dataclass(frozen=True, slots=True)
class Record:
    """What one run has to say: settings and tags as text, figures as numbers, and a folder of files."""

    name: str
    settings: Mapping[str, str]
    figures: Mapping[str, float]
    folder: Path
    tags: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    """Small files beside the folder, by name."""


@dataclass(frozen=True, slots=True)
class Tracking:
    """An opened place, ready for runs."""

    client: "MlflowClient"
    experiment_id: str

    def log(self, record: Record, *, began: int, ended: int) -> str:
        """Write one run down and return its id; `began` and `ended` in milliseconds since 1970."""
        from mlflow.entities import Metric, Param
        from mlflow.exceptions import MlflowException

        try:
            run = self.client.create_run(
                self.experiment_id, start_time=began, tags=dict(record.tags), run_name=record.name
            )
            run_id = str(run.info.run_id)
            metrics = [Metric(key, value, ended, 0) for key, value in record.figures.items()]
            params = [Param(key, value) for key, value in record.settings.items()]
            self.client.log_batch(run_id, metrics=metrics, params=params)
            self.client.log_artifacts(run_id, str(record.folder), artifact_path="model")
            for name, text in record.texts.items():
                self.client.log_text(run_id, text, name)
            self.client.set_terminated(run_id, "FINISHED", ended)
        except (MlflowException, OSError) as error:
            raise _failed(error) from error
        return run_id


def open_tracking(place: Place) -> Tracking:
    """Load MLflow and open (or make) the database and the experiment."""
    os.environ.update(QUIET)
    os.environ.update({name: value for name, value in PATIENCE.items() if name not in os.environ})
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # It may be loaded already, and then asks its switches no more.
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    # In a notebook without widgets, the progress bars that it brings along would complain of that.
    warnings.filterwarnings("ignore", message="IProgress not found")
    logging.getLogger("urllib3.connectionpool").setLevel(
        logging.ERROR
    )  # each try of a server that isn't there
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    try:
        client = MlflowClient(tracking_uri=place.uri, registry_uri=place.uri)
        found = client.get_experiment_by_name(place.experiment)
        number = (
            found.experiment_id
            if found is not None
            else client.create_experiment(place.experiment, artifact_location=place.files)
        )
    except (MlflowException, OSError) as error:
        raise _failed(error) from error
    return Tracking(client, str(number))


@contextmanager
def opening(place: Place) -> Iterator["Future[Tracking]"]:
    """Open a place while something else is done; ask the future for it when it is wanted."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="tracking") as pool:
        future = pool.submit(open_tracking, place)
        try:
            yield future
        finally:
            future.cancel()


def told(error: Exception) -> str:
    """What went wrong in one line, without a password that is part of an address."""
    return _USER.sub("//", (str(error).splitlines() or [type(error).__name__])[0])[:300]


def _failed(error: Exception) -> TrackingFailed:
    return TrackingFailed("run in MLflow", found=told(error), wanted="a tracking place that can be written")
