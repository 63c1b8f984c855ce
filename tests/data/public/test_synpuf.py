"""A small invented file in exactly the shape of CMS's: 142 columns, up to 13 lines beside each other."""

import csv
import datetime as dt
import io
import zipfile

import pytest

from data.codes import reason_family
from data.errors import UnreadableFile
from data.public.synpuf import INDICATORS, read_synpuf, synpuf_batches, usual_prices
from data.schema import LABELLED

LINE_COLUMNS = (
    "PRF_PHYSN_NPI", "TAX_NUM", "HCPCS_CD", "LINE_NCH_PMT_AMT", "LINE_BENE_PTB_DDCTBL_AMT", "LINE_BENE_PRMRY_PYR_PD_AMT",
    "LINE_COINSRNC_AMT", "LINE_ALOWD_CHRG_AMT", "LINE_PRCSG_IND_CD", "LINE_ICD9_DGNS_CD",
)  # fmt: skip
NAMES = [
    "DESYNPUF_ID", "CLM_ID", "CLM_FROM_DT", "CLM_THRU_DT", *(f"ICD9_DGNS_CD_{n}" for n in range(1, 9)),
    *(f"{name}_{n}" for name in LINE_COLUMNS for n in range(1, 14)),
]  # fmt: skip


def claim(key, *lines, day="20080916", diagnoses=("4019", "25000")):
    """One row: lines are procedure, paid, allowed, indicator, diagnosis."""
    row = {"DESYNPUF_ID": "00013D2EFD8E45D1", "CLM_ID": key, "CLM_FROM_DT": day, "CLM_THRU_DT": day}
    row |= {f"ICD9_DGNS_CD_{n}": code for n, code in enumerate(diagnoses, start=1)}
    for n, (procedure, paid, allowed, indicator, diagnosis) in enumerate(lines, start=1):
        row |= {
            f"HCPCS_CD_{n}": procedure,
            f"LINE_NCH_PMT_AMT_{n}": paid,
            f"LINE_ALOWD_CHRG_AMT_{n}": allowed,
            f"LINE_PRCSG_IND_CD_{n}": indicator,
            f"LINE_ICD9_DGNS_CD_{n}": diagnosis,
            f"PRF_PHYSN_NPI_{n}": "4824842417",
            f"TAX_NUM_{n}": "123456789",
        }
    return row


def as_csv(*rows, names=NAMES):
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", quoting=csv.QUOTE_ALL, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


ROWS = [
    claim(887123, ("99213", "50.00", "70.00", "A", "25000"), ("71010", "0.00", "0.00", "N", "4019")),
    claim(
        887124, ("99213", "0.00", "90.00", "A", "9999"), ("71010", "0.00", "30.00", "A", ""), day="20081231"
    ),
    claim(
        887125,
        ("99213", "0.00", "0.00", "X", ""),
        ("G0008", "0.00", "0.00", "R", ""),
        ("36415", "", "", "", ""),
    ),
    claim(887126, *(("71010", "24.00", "30.00", "S", "4019") for _ in range(13))),
    claim(887127, diagnoses=()),
]


@pytest.fixture
def shipped(tmp_path):
    path = tmp_path / "DE1_0_2008_to_2010_Carrier_Claims_Sample_1A.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(path.with_suffix(".csv").name, as_csv(*ROWS))
    return path


def test_the_shape_is_that_of_the_codebook():
    assert len(NAMES) == 142


def test_claims_become_labelled_lines(shipped):
    lines = read_synpuf(shipped)
    assert lines.schema == LABELLED
    rows = lines.to_pylist()
    assert [(row["claim_id"], row["line"]) for row in rows[:7]] == [
        ("887123", 1), ("887123", 2), ("887124", 1), ("887124", 2), ("887125", 1), ("887125", 2), ("887125", 3),
    ]  # fmt: skip
    told = [(row["outcome"], row["label"], row["family"], row["reason"]) for row in rows[:8]]
    assert told == [
        ("paid", 0, None, None),
        ("denied", 1, "medical_necessity", "50"),
        ("zero_not_denied", 0, None, None),
        ("zero_not_denied", 0, None, None),
        ("denied", 1, "coordination", "22"),
        ("unreliable", None, None, None),
        (None, None, None, None),
        ("paid", 0, None, None),
    ]
    first, second = rows[:2]
    assert (first["procedure"], first["pointer_1"], second["pointer_1"]) == ("99213", 2, 1)
    assert (first["diagnosis_1"], first["diagnosis_2"], first["n_diagnoses"], first["n_lines"]) == (
        "4019",
        "25000",
        2,
        2,
    )
    assert (first["paid_cents"], first["allowed_cents"]) == (5000, 7000)
    assert (first["service_from"], first["submitted_on"]) == (dt.date(2008, 9, 16), dt.date(2008, 9, 16))
    assert first["known_on"] == dt.date(2008, 10, 16)
    assert len(rows) == 20


def test_what_stands_in_for_a_charge_tells_nothing_of_the_outcome(shipped):
    assert usual_prices(shipped) == {"99213": 8000, "71010": 3000}
    rows = read_synpuf(shipped).to_pylist()
    charges = {(row["procedure"], row["charge_cents"]) for row in rows}
    assert charges == {("99213", 8000), ("71010", 3000), ("G0008", None), ("36415", None)}
    assert [row["denied_cents"] for row in rows[:5]] == [0, 3000, 0, 0, 8000]
    assert [row["claim_charge_cents"] for row in rows[:5]] == [11000, 11000, 11000, 11000, None]


def test_a_part_is_the_beginning_of_the_whole_and_a_plain_csv_the_same(shipped, tmp_path):
    whole = read_synpuf(shipped)
    assert read_synpuf(shipped, n_claims=2).equals(whole.slice(0, 4))
    plain = tmp_path / "sample.csv"
    plain.write_text(as_csv(*ROWS))
    assert read_synpuf(plain).equals(whole)
    batches = list(synpuf_batches(plain, {}, answered_after_days=14))
    assert batches[0]["known_on"][0].as_py() == dt.date(2008, 9, 30)


def test_every_reason_is_of_the_family_that_it_stands_for():
    for indicator in INDICATORS.values():
        assert (indicator.family is None) == (indicator.outcome != "denied")
        if indicator.reason:
            assert reason_family(indicator.reason) == indicator.family


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (as_csv(*ROWS, names=NAMES[:-20]), "no column"),
        (b"PK\x03\x04 broken", "another kind of file"),
        (b"", "another kind of file"),
        (as_csv(*ROWS).replace("887123", "Roe"), "another kind of file"),
    ],
)
def test_another_file_is_refused(tmp_path, content, found):
    path = tmp_path / "file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UnreadableFile, match=found):
        read_synpuf(path)


def test_no_file_and_no_csv_in_an_archive_are_told(tmp_path):
    with pytest.raises(UnreadableFile, match="no such file"):
        read_synpuf(tmp_path / "none.zip")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
        archive.writestr("readme.txt", "")
    with pytest.raises(UnreadableFile, match="0 CSV files in it"):
        read_synpuf(tmp_path / "empty.zip")
