"""A small world before the eyes of pyx12: claims, statuses and remits without a structural error."""

import logging

import pytest

from data.simulator import simulate

MISTAKEN = "(2200C) missing"
"""pyx12 takes a loop of the 277CA for mandatory that its guide leaves to the situation."""


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    out = tmp_path_factory.mktemp("world")
    simulate(out=out, n_claims=250, months=3, seed=6)
    return out


@pytest.mark.parametrize("folder", ["claims", "remits", "statuses"])
def test_pyx12_has_nothing_to_say(written, folder, caplog):
    params = pytest.importorskip("pyx12.params").params()
    document = pytest.importorskip("pyx12.x12n_document")
    paths = sorted((written / folder).iterdir())
    assert paths
    for path in paths:
        with caplog.at_level(logging.ERROR, logger="pyx12"):
            document.x12n_document(params, str(path), None, None)
        said = [record.getMessage() for record in caplog.records]
        assert [text for text in said if MISTAKEN not in text] == []
