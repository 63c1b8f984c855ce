"""Public files of many makers: what is in them, counted once by hand and once by a naive counter, is what we read."""

import re

import pytest

from data.errors import UnreadableFile
from data.readers.x12 import read_x12

# claims, lines, remits, services, adjustments
FILES = [
    ("edi-835-parser/emedny_sample.txt", 0, 0, 3, 10, 4),
    ("edi-835-parser/united_healthcare_legacy_sample.txt", 0, 0, 2, 5, 7),
    ("edi-parser-and-validator/invalid_837.edi", 0, 0, 0, 0, 0),
    ("edi-parser-and-validator/sample_835.edi", 0, 0, 1, 1, 1),
    ("edi-parser-and-validator/valid_837.edi", 1, 1, 0, 0, 0),
    ("imsweb-x12-parser/277_5010/x12_277CA_accepted.txt", 0, 0, 0, 0, 0),
    ("imsweb-x12-parser/277_5010/x12_277CA_rejected.txt", 0, 0, 0, 0, 0),
    ("imsweb-x12-parser/277_5010/x12_277_x212.txt", 0, 0, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_ambiguous_loop.txt", 1, 1, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_bad_first_line.txt", 2, 2, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_bad_segment_identifier.txt", 2, 2, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_bad_valid_code.txt", 2, 2, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_complex.txt", 6, 10, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_loop_errors1_exceeds_max_1_parent.txt", 1, 1, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_loop_errors2_exceeds_max_repeats_multiple_parents.txt", 2, 2, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_loop_errors3_missing_loops.txt", 1, 1, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_many_claims.txt", 820, 820, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_missing_elements.txt", 2, 2, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_missing_required_loop_in_one_repeat.txt", 2, 2, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_missing_required_loops_mult_repeats.txt", 5, 5, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_multiple_gs.txt", 6, 6, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_multiple_isa.txt", 4, 4, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_multiple_st.txt", 4, 4, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_multiple_transactions.txt", 624, 624, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_no_errors.txt", 2, 2, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_segment_errors.txt", 1, 1, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_segments_out_of_order.txt", 2, 2, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_valid.txt", 2, 2, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_valid_different_separators.txt", 2, 2, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x12_writer_test.txt", 1, 1, 0, 0, 0),
    ("imsweb-x12-parser/837_5010/x223-test.txt", 1, 1, 0, 0, 0),
    ("linuxforhealth-x12/277_005010X212/claim-level-status-ncpdp.277", 0, 0, 0, 0, 0),
    ("linuxforhealth-x12/277_005010X212/claim-level-status.277", 0, 0, 0, 0, 0),
    ("linuxforhealth-x12/277_005010X212/information-receiver-level-status.277", 0, 0, 0, 0, 0),
    ("linuxforhealth-x12/277_005010X212/provider-level-status.277", 0, 0, 0, 0, 0),
    ("linuxforhealth-x12/835_005010X221A1/cob-contractural-adjustment.835", 0, 0, 1, 1, 2),
    ("linuxforhealth-x12/835_005010X221A1/managed-care.835", 0, 0, 2, 2, 5),
    ("linuxforhealth-x12/835_005010X221A1/medicare-part-a.835", 0, 0, 2, 0, 2),
    ("linuxforhealth-x12/835_005010X221A1/secondary-payment.835", 0, 0, 2, 2, 5),
    ("linuxforhealth-x12/835_005010X221A1/tertiary-payment.835", 0, 0, 1, 1, 1),
    ("linuxforhealth-x12/837_004010X096A1/automobile-accident.837", 1, 4, 0, 0, 0),
    ("linuxforhealth-x12/837_004010X096A1/homeowners.837", 1, 3, 0, 0, 0),
    ("linuxforhealth-x12/837_004010X096A1/institutional-ppo-repriced.837", 1, 5, 0, 0, 0),
    ("linuxforhealth-x12/837_004010X096A1/institutional.837", 1, 2, 0, 0, 0),
    ("linuxforhealth-x12/837_004010X096A1/workers-compensation.837", 1, 3, 0, 0, 0),
    ("linuxforhealth-x12/837_004010X098A1/coordination-of-benefits.837", 1, 3, 0, 0, 0),
    ("linuxforhealth-x12/837_004010X098A1/dependent-commercial-insurance-01.837", 1, 6, 0, 0, 0),
    ("linuxforhealth-x12/837_004010X098A1/dependent-commercial-insurance-02.837", 1, 4, 0, 0, 0),
    ("linuxforhealth-x12/837_004010X098A1/dependent-commercial-insurance-03.837", 1, 2, 0, 0, 0),
    ("linuxforhealth-x12/837_004010X098A1/patient-is-dependent.837", 1, 4, 0, 0, 0),
    ("linuxforhealth-x12/837_004010X098A1/patient-is-subscriber.837", 1, 4, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X222A2/demo.ambulance.example5.837", 1, 4, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X222A2/demo.autoaccident.837", 1, 2, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X222A2/demo.cob.2ndary.example4.837", 1, 1, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X222A2/demo.cob.example3.A.837", 1, 3, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X222A2/demo.cob.example3.B.837", 1, 3, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X222A2/demo.cob.example3.C.837", 1, 3, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X222A2/demo.cob.example4.837", 1, 1, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X222A2/demo.drug.example10.1.837", 1, 2, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X222A2/demo.drug.example10.2.837", 1, 6, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X222A2/demo.drug.example10.3.837", 1, 6, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X222A2/demo.example1.837", 1, 4, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X222A2/demo.example11.837", 1, 2, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X222A2/demo.example12.837", 1, 1, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X222A2/demo.example2.837", 1, 4, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X222A2/demo.example6.837", 1, 1, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X222A2/demo.example7.837", 1, 2, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X222A2/demo.example8.837", 1, 1, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X222A2/demo.example9.837", 1, 1, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X223A3/institutional-claim.837i", 1, 2, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X223A3/out-of-network-repriced-claim.837i", 1, 1, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X223A3/ppo-repriced-claim.837i", 1, 2, 0, 0, 0),
    ("linuxforhealth-x12/837_005010X223A3/two-claims-single-provider.837i", 2, 3, 0, 0, 0),
    ("linuxforhealth-x12/demo-file/demo.277", 0, 0, 0, 0, 0),
    ("linuxforhealth-x12/demo-file/demo.835", 0, 0, 2, 0, 2),
    ("linuxforhealth-x12/demo-file/demo.837", 1, 4, 0, 0, 0),
    ("linuxforhealth-x12/demo-file/demo.837i", 1, 2, 0, 0, 0),
    ("moov-x12/example_5010_835/sample1.txt", 0, 0, 2, 2, 2),
    ("moov-x12/example_5010_835/sample2.txt", 0, 0, 1, 1, 2),
    ("moov-x12/example_5010_837d/sample.txt", 0, 0, 0, 0, 0),
    ("moov-x12/example_5010_837p/sample.txt", 8, 11, 0, 0, 0),
    ("pyx12/835_mult_loops.txt", 0, 0, 1, 3, 3),
]
WITHOUT_ISA = ["edi-835-parser/blue_cross_nc_sample.txt", "imsweb-x12-parser/837_5010/x12_no_isa_line.txt"]
# A file without CLM, a dental file, and status answers that have an SVC of their own: told apart by us alone.
NAIVE_DIFFERS = {
    "edi-parser-and-validator/invalid_837.edi",
    "linuxforhealth-x12/277_005010X212/claim-level-status.277",
    "linuxforhealth-x12/demo-file/demo.277",
    "moov-x12/example_5010_837d/sample.txt",
}


def naive_segments(content):
    """Segments by splitting, with the delimiters of each ISA."""
    found = []
    for interchange in re.split(r"(?=ISA[^A-Za-z0-9 ])", content.decode("latin-1")):
        if interchange.startswith("ISA"):
            separator = interchange[3]
            terminator = interchange.split(separator, 17)[16][1]
            pieces = (piece.strip() for piece in interchange.split(terminator))
            found += [piece.split(separator) for piece in pieces if piece]
    return found


def naive_counts(segments):
    ids = [segment[0] for segment in segments]
    cas = [s for s in segments if s[0] == "CAS"] if "CLP" in ids else []
    triplets = sum(any(s[i : i + 3]) for s in cas for i in range(2, len(s), 3))
    lines = ids.count("SV1") + ids.count("SV2")
    return ids.count("CLM"), lines, ids.count("CLP"), ids.count("SVC"), triplets


@pytest.mark.parametrize(("name", "claims", "lines", "remits", "services", "adjustments"), FILES)
def test_counts(samples, name, claims, lines, remits, services, adjustments):
    content = (samples / name).read_bytes()
    reading = read_x12(content, source=name)
    expected = (claims, lines, remits, services, adjustments)
    tables = reading.remits
    of_claims = (reading.claims.claims.num_rows, reading.claims.lines.num_rows)
    of_remits = (tables.remits.num_rows, tables.services.num_rows, tables.adjustments.num_rows)
    assert (*of_claims, *of_remits) == expected
    segments = naive_segments(content)
    assert reading.segments.total == len(segments)
    assert reading.segments.total == reading.segments.used + reading.segments.listed
    assert reading.segments.listed == reading.unused.num_rows
    if name not in NAIVE_DIFFERS:
        assert naive_counts(segments) == expected


def test_every_sample_is_in_the_table(samples):
    found = {str(p.relative_to(samples)) for p in samples.rglob("*") if p.is_file()}
    assert found == {row[0] for row in FILES} | set(WITHOUT_ISA)


@pytest.mark.parametrize("name", WITHOUT_ISA)
def test_without_isa(samples, name):
    with pytest.raises(UnreadableFile, match="without an ISA"):
        read_x12((samples / name).read_bytes(), source=name)


def test_dental_claims_are_rejected_one_by_one(samples):
    reading = read_x12((samples / "moov-x12/example_5010_837d/sample.txt").read_bytes(), source="d")
    assert reading.rejects["segment"].to_pylist() == ["CLM"]
    assert "dental" in reading.rejects["reason"][0].as_py()


def test_other_transactions_are_listed_whole(samples):
    reading = read_x12((samples / "linuxforhealth-x12/demo-file/demo.277").read_bytes(), source="s")
    assert reading.segments.used == 4  # ISA, GS, GE, IEA
    assert set(reading.unused["reason"].to_pylist()) == {"a 277 that acknowledges no claims: not read"}


# statuses of claims, statuses of batches
STATUSES = {
    "imsweb-x12-parser/277_5010/x12_277CA_accepted.txt": (1, 1),
    "imsweb-x12-parser/277_5010/x12_277CA_rejected.txt": (1, 1),
}


@pytest.mark.parametrize("name", [name for name, *_ in FILES])
def test_statuses(samples, name):
    tables = read_x12((samples / name).read_bytes(), source=name).statuses
    found = (tables.statuses.num_rows, tables.acknowledgements.num_rows)
    assert found == STATUSES.get(name, (0, 0))
