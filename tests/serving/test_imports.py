"""What serves loads no training tool: less to attack, less to wait for."""

import subprocess
import sys

PROGRAM = """
import sys

REFUSED = {"pandas", "sklearn", "mlflow", "shap", "matplotlib", "duckdb"}


class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in REFUSED:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Refuse())

from datetime import date
from pathlib import Path

import serving.app
import serving.batch
from data.readers.x12 import read_x12
from serving.scorer import Scorer

model, store, claims = map(Path, sys.argv[1:])
scorer = Scorer.load(model, store)
tables = read_x12(claims.read_bytes(), source="claims").claims
results = scorer.explain(tables, today=date(2025, 1, 6))
assert results
assert not REFUSED & set(sys.modules), REFUSED & set(sys.modules)
"""


def test_a_claim_is_scored_without_them(world) -> None:
    arguments = (str(world.model), str(world.store), str(world.upcoming[0]))
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
