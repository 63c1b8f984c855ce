"""Public files that nobody here wrote, read where they lie."""

import pytest

from data.store import Store


def test_a_matched_pair_that_names_its_parties_only_is_linked(samples, tmp_path):
    folder = samples / "x12" / "edi-parser-and-validator"
    if not folder.is_dir():
        pytest.skip("this sample is not here")
    store = Store(tmp_path / "store")
    report = store.ingest([folder], rejects=tmp_path / "rejects")
    assert (report.files, report.claims, report.lines, report.remits, report.linked) == (3, 1, 1, 1, 1)
    (line,) = store.lines().to_pylist()
    assert (line["claim_id"], line["outcome"], line["paid_cents"]) == ("26463774", "paid", 8_000)
    # An 837 without a claim is told, and takes nothing with it.
    assert "invalid_837.edi," in (tmp_path / "rejects" / "rejects.csv").read_text()


def test_every_sample_is_stored_or_told_and_twice_is_once(samples, tmp_path):
    store, rejects = Store(tmp_path / "store"), tmp_path / "rejects"
    report = store.ingest([samples / "x12"], rejects=rejects)
    assert report.claims == store.claims().claims.num_rows > 1_000
    assert report.remits == report.linked + report.ambiguous + report.unmatched > 10
    assert report.rejected == len((rejects / "rejects.csv").read_text().splitlines()) - 1
    again = store.ingest([samples / "x12"], rejects=rejects)
    assert (again.files, again.claims, again.remits, again.linked) == (0, 0, 0, 0)
    assert store.lines().num_rows == report.lines
