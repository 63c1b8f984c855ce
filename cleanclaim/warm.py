"""Compile ahead what would otherwise be compiled by the first command or request; `make env` runs this once.

First the numba kernels, kept in numba's cache beside the code; then the libraries that learning loads, as using them
once writes their bytecode.
"""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

LEARNING = ("lightgbm", "sklearn.linear_model", "matplotlib.pyplot")


def main() -> None:
    """Compile; what isn't installed is passed over, as where only serving is."""
    import features
    from data.readers import x12
    from models import warm

    x12.warm()
    features.warm()
    warm.warm()
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
