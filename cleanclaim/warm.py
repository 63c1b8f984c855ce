"""Compile ahead what would otherwise be compiled by the first command or request; `make env` runs this once.

First the numba kernels, kept in numba's cache beside the code; then the libraries that learning loads, as using them
once writes their bytecode.
"""

from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

LEARNING = ("lightgbm", "sklearn.linear_model", "matplotlib.pyplot")


def main() -> None:
    """Compile on all cores; what isn't installed is passed over, as where only serving is."""
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for done in [pool.submit(step) for step in (_readers, _features, _models, _libraries)]:
            done.result()


def _readers() -> None:
    from data.readers import x12

    x12.warm()


def _features() -> None:
    import features

    features.warm()


def _models() -> None:
    from models import warm

    warm.warm()


def _libraries() -> None:
    for library in LEARNING:
        if find_spec(library.partition(".")[0]):
            import_module(library)
    if find_spec("mlflow"):
        _make_a_tracking_database()


def _make_a_tracking_database() -> None:
    from training.run import Place, open_tracking

    with TemporaryDirectory() as folder:
        open_tracking(Place.beside(Path(folder) / "model", uri=None, experiment="warm"))


if __name__ == "__main__":
    main()
