"""Law: the same claims, answers and settings make the same model, byte for byte.

Nothing is left out of the comparison: every file of the model's folder, its manifest too. What may differ lies outside
the folder: the run's record (when it ran, how long, on how many cores). What the folder does name are the versions of
Python and of the libraries that fitted it; another of those is another input.

Compared are two processes that differ in all that must not matter: the number of threads, the hash seed of Python, the
order in which a store was filled and how its files were named.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TRAIN = """
import sys
from pathlib import Path
from data.store import Store
from models.bundle import save
from models.settings import ModelSettings
from training.bundled import finished
from training.fit import learn
from training.settings import Settings

store, out, threads = Store(Path(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[3])
settings = Settings(models=ModelSettings(trees=20, leaves=7, threads=threads))
save(finished(learn(store, store.newest_remit_on(), settings, policy=store.policy.title)), out)
"""


def trained(store: Path, out: Path, *, threads: int, hash_seed: int) -> dict[str, str]:
    """A model made by a process of its own: the hash of every file."""
    told = {
        "PYTHONHASHSEED": str(hash_seed),
        "OMP_NUM_THREADS": str(threads),
        "NUMBA_NUM_THREADS": str(threads),
    }
    subprocess.run(
        [sys.executable, "-c", TRAIN, str(store), str(out), str(threads)],
        check=True,
        env=os.environ | told,
        timeout=600,
    )
    files = sorted(path for path in out.rglob("*") if path.is_file())
    return {path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.slow
def test_a_model_made_twice_is_the_same_to_the_byte(world, tmp_path: Path) -> None:
    from data.store import Store

    once = trained(world.store, tmp_path / "once", threads=1, hash_seed=1)
    files = sorted((world.files / "remits").iterdir()) + sorted((world.files / "claims").iterdir())
    again = Store(tmp_path / "store")
    for number, part in enumerate((files[1::2], files[::2])):  # answers before their claims
        for path in part:
            (tmp_path / f"part{number}").mkdir(exist_ok=True)
            shutil.copy(path, tmp_path / f"part{number}" / f"x-{path.parent.name}-{path.name}")
        again.ingest([tmp_path / f"part{number}"], context=world.context)
    twice = trained(tmp_path / "store", tmp_path / "twice", threads=3, hash_seed=2)
    differing = {name for name in {*once, *twice} if once.get(name) != twice.get(name)}
    assert not differing
    assert {"manifest.json", "golden.json", "card.md", "evaluation.json", "history/state.json"} <= set(once)
