"""Every input of the fuzzers' corpus, and every one that ever broke a reader, keeps all promises."""

from pathlib import Path

import pytest
from invariants import check_fhir, check_x12

FOLDER = Path(__file__).parent
X12 = sorted((FOLDER / "corpus" / "x12").iterdir())
FHIR = sorted((FOLDER / "corpus" / "fhir").iterdir())
BROKE = sorted((FOLDER / "broke").iterdir())
MOST_BYTES = 300_000


@pytest.mark.parametrize("path", X12, ids=lambda path: path.stem)
def test_x12(path):
    check_x12(path.read_bytes())


@pytest.mark.parametrize("path", FHIR, ids=lambda path: path.stem)
def test_fhir(path):
    check_fhir(path.read_bytes())


@pytest.mark.parametrize("path", BROKE, ids=lambda path: path.name)
def test_what_once_broke_a_reader(path):
    (check_x12 if path.suffix == ".x12" else check_fhir)(path.read_bytes())


def test_the_corpus_is_small():
    assert sum(path.stat().st_size for path in (*X12, *FHIR, *BROKE)) < MOST_BYTES
