"""Invented exports of three shapes: lines with their claim repeated, claims and lines apart, postings with CARCs."""

import datetime as dt
import io
import tomllib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import UnreadableFile
from data.keys import file_key
from data.readers.tables import TableMapping, looks_like_table, read_table, table_key
from data.readers.tables.read import is_second
from data.schema import ADJUSTMENTS, CLAIMS, LINES, REMARKS, REMITS, SERVICES

MAPPING = TableMapping.parse(
    tomllib.loads("""
kind = "claims"
[rows]
key = ["Acct No"]
[claims]
claim_id = "Acct No"
submitted_on = "Billed"
payer_id = { column = "Carrier", values = { "AETNA PPO" = "60054", "blue cross" = "00123" }, others = "refuse" }
billing_npi = { constant = "1999999984" }
member_id = "Policy"
birth_year = "DOB"
diagnoses = "Dx"
[lines]
procedure = "CPT"
modifiers = "Mods"
pointers = "Ptr"
units = "Qty"
charge_cents = "Charge"
service_from = "DOS"
place_of_service = "POS"
""")
)
HEADER = "Acct No,Billed,Carrier,Policy,DOB,Dx,CPT,Mods,Ptr,Qty,Charge,DOS,POS,Patient"
ROWS = [
    'A1,2026-01-05,AETNA PPO,W1,1950-03-04,M54.5;R07.9,72148,"26,LT",AB,1,"$1,234.50",01/02/2026,11,"Doe, Jo"',
    'B2,01/06/2026,Blue Cross,W2,1961,R07.9,71046,,1,1,(12.00),20260103,22,"Roe"',
    'A1,2026-01-05,AETNA PPO,W1,1950-03-04,M54.5;R07.9,72100,59RT,2,2.5,12,1/3/2026,11,"Doe, Jo"',
]


def made(*rows, header=HEADER, end="\n"):
    return (end.join([header, *rows]) + end).encode()


def read(content, mapping=MAPPING, **given):
    return read_table(content, source="export.csv", mapping=mapping, **given)


def reasons(reading):
    return reading.rejects["reason"].to_pylist()


def test_rows_of_lines_become_claims_in_the_order_in_which_they_first_stand():
    reading = read(made(*ROWS))
    claims, lines = reading.claims.claims, reading.claims.lines
    assert (claims.schema, lines.schema) == (CLAIMS, LINES)
    first, second = claims.to_pylist()
    assert first["claim_key"] == file_key(reading.sha256)
    assert second["claim_key"] == first["claim_key"] + 1
    assert [first[name] for name in ("claim_id", "payer_id", "member_id", "birth_year", "n_lines")] == [
        "A1", "60054", "W1", 1950, 2,
    ]  # fmt: skip
    assert (first["submitted_on"], second["submitted_on"]) == (dt.date(2026, 1, 5), dt.date(2026, 1, 6))
    assert (first["service_from"], first["service_to"]) == (dt.date(2026, 1, 2), dt.date(2026, 1, 3))
    assert (first["diagnosis_1"], first["diagnosis_2"], first["n_diagnoses"]) == ("M545", "R079", 2)
    assert (first["charge_cents"], second["charge_cents"]) == (124650, -1200)
    assert (first["frequency"], first["payer_sequence"], first["transaction"]) == ("1", "P", "837P")
    assert second["payer_id"] == "00123"
    one, two, three = lines.to_pylist()
    assert [row["line"] for row in (one, two, three)] == [1, 2, 1]
    assert (one["modifier_1"], one["modifier_2"], two["modifier_1"], two["modifier_2"]) == (
        "26", "LT", "59", "RT",
    )  # fmt: skip
    assert (one["pointer_1"], one["pointer_2"], two["pointer_1"], two["units"]) == (1, 2, 2, 2.5)
    assert (three["claim_key"], three["charge_cents"]) == (second["claim_key"], -1200)
    assert not reading.rejects.num_rows
    assert reading.unused["reason"].to_pylist() == ["the mapping doesn't name the column 'Patient'"]
    assert (reading.segments.total, reading.segments.used) == (3, 3)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_however_it_is_written_it_says_the_same(delimiter, end, encoding):
    rows = [
        ["Acct No", "Billed", "CPT", "Charge", "Née"],
        ["Ä1", "20260105", "72148", '"1,5"', '"x\ny"'],
        ["B", "20260105", "1", "2", ""],
    ]
    text = end.join(delimiter.join(row) for row in rows)
    mapping = mapped(
        claims='claim_id = "Acct No"\nsubmitted_on = "Billed"',
        lines='procedure = "CPT"\ncharge_cents = "Charge"\nrevenue_code = "Née"',
        top='[file]\ndecimal = ","',
    )
    reading = read(text.encode(encoding), mapping)
    assert reading.claims.claims["claim_id"].to_pylist() == ["Ä1", "B"]
    assert reading.claims.lines["charge_cents"].to_pylist() == [150, 200]


def mapped(claims, lines, top=""):
    return TableMapping.parse(tomllib.loads(f'kind = "claims"\n{top}\n[claims]\n{claims}\n[lines]\n{lines}'))


BAD = [
    ("A9,2026-01-05,AETNA PPO,W9,1950,R079,72148,,1,1,12.345,20260102,11,x", "row 3: Charge: found digits and signs, wanted an amount, as 1,234.50", 3),
    ("A9,2026-13-05,AETNA PPO,W9,1950,R079,72148,,1,1,12,20260102,11,x", "row 3: Billed: found digits and signs, wanted a date as YYYY-MM-DD or MM/DD/YYYY or YYYYMMDD", 3),
    ("A9,2026-01-05,CIGNA,W9,1950,R079,72148,,1,1,12,20260102,11,x", "row 3: Carrier: found letters, wanted a word that the mapping's values hold", 3),
    ("A9,2026-01-05,AETNA PPO,W9,1950,R079,72148,,1,one,12,20260102,11,x", "row 3: Qty: found letters, wanted a number", 3),
    ("A9,2026-01-05,AETNA PPO,W9,1950,R079,72148,,1,1,,20260102,11,x", "row 3: Charge: found nothing, wanted an amount", 3),
    (",2026-01-05,AETNA PPO,W9,1950,R079,72148,,1,1,12,20260102,11,x", "row 3: Acct No: found nothing, wanted a claim_id", 2),
    ("A9,2026-01-05,AETNA PPO,W9,1950,R079,,,1,1,12,20260102,11,x", "row 3: CPT: found nothing, wanted a procedure or revenue code", 2),
    ("A9,2026-01-05,AETNA PPO", "row 3: found another number of columns, wanted 14", 2),
    ('A9,2026-01-05,"AETNA PPO,W9,1950,R079,72148,,1,1,12,20260102,11,x', "row 3: found a quote that nothing closes, wanted none or two", 2),
]  # fmt: skip


@pytest.mark.parametrize(("row", "reason", "n_claims"), BAD)
def test_a_wrong_row_is_listed_with_its_place_and_never_takes_the_rest(row, reason, n_claims):
    content = made(ROWS[0], row, *ROWS[1:])
    reading = read(content)
    assert reasons(reading) == [reason]
    assert content[reading.rejects["offset"][0].as_py() :].startswith(row.encode())
    assert reading.claims.claims.num_rows == n_claims
    good = [one for one in reading.claims.lines.to_pylist() if one["procedure"] in {"72100", "71046"}]
    assert len(good) == 2
    assert reading.segments.total == 4
    assert reading.segments.listed == 3 - n_claims


def test_a_row_of_another_payer_is_told_and_the_first_counts():
    reading = read(made(ROWS[0], ROWS[2].replace("AETNA PPO", "Blue Cross")))
    assert reading.claims.claims["payer_id"].to_pylist() == ["60054"]
    assert reasons(reading) == [
        "row 3: Carrier: found another than in the first row of its claim, which counts, wanted the same"
    ]


def test_rows_are_counted_as_a_spreadsheet_does_whatever_stands_between():
    broken = ROWS[0].replace("Doe, Jo", "Doe,\n Jo")
    content = made(broken, "", ",,,,,,,,,,,,,", ROWS[1].replace("(12.00)", "many"))
    assert reasons(read(content))[0].startswith("row 6: Charge")


def test_line_numbers_are_theirs_where_sound_and_counted_otherwise():
    mapping = mapped(
        'claim_id = "C"\nsubmitted_on = { constant = "20260101" }',
        'procedure = "P"\ncharge_cents = "A"\nline = "L"',
    )
    content = b"C,P,A,L\nA,1,1,7\nA,2,1,3\nB,1,1,2\nB,1,1,2\nD,1,1,\nD,1,1,5\n"
    assert read(content, mapping).claims.lines["line"].to_pylist() == [7, 3, 1, 2, 1, 2]


def test_a_claim_sent_again_is_another_claim():
    mapping = mapped(
        'claim_id = "C"\nsubmitted_on = "S"',
        'procedure = "P"\ncharge_cents = { column = "A", negate = true }',
    )
    reading = read(b"C,S,P,A\nA,20260101,1,-1\nA,20260301,1,-2\nA,20260101,2,-4\n", mapping)
    assert reading.claims.claims["charge_cents"].to_pylist() == [500, 200]


TWO = TableMapping.parse(
    tomllib.loads("""
kind = "claims"
[rows]
key = ["ClaimNo"]
[second_file]
name = "{stem}_lines.csv"
key = ["Claim"]
[claims]
claim_id = "ClaimNo"
submitted_on = "Sent"
payer_id = "Payer"
place_of_service = "POS"
diagnoses = ["D1", "D2"]
[lines]
procedure = "Proc"
modifiers = ["M1", "M2"]
charge_cents = "Amt"
""")
)
HEADS = (
    b"ClaimNo;Sent;Payer;POS;D1;D2\n1;20260105;P1;11;;R07.9\n2;20260106;P1;22;M54.5;\n3;20260106;P1;22;;\n"
)
ITEMS = b"Claim;Proc;M1;M2;Amt\n2;72148;;LT;10\n1;71046;26;;5.50\n2;72100;;;1\n9;1;;;1\n1;;;;1\n"


def test_claims_and_lines_may_stand_in_two_files(tmp_path):
    (tmp_path / "day_lines.csv").write_bytes(ITEMS)
    reading = read_table(HEADS, source=str(tmp_path / "day.csv"), mapping=TWO, folder=tmp_path)
    first, second = reading.claims.claims.to_pylist()
    assert (first["claim_id"], first["charge_cents"], first["diagnosis_1"], first["n_lines"]) == (
        "1",
        550,
        "R079",
        1,
    )
    assert (second["claim_id"], second["charge_cents"], second["n_lines"]) == ("2", 1100, 2)
    lines = reading.claims.lines
    assert lines["procedure"].to_pylist() == ["71046", "72148", "72100"]
    assert lines["modifier_1"].to_pylist() == ["26", "LT", None]
    assert lines["place_of_service"].to_pylist() == ["11", "22", "22"]
    assert reasons(reading) == [
        "row 4: found a claim without lines, wanted one line at least",
        "row 5: found no claim with this key, wanted one",
        "row 6: Proc: found nothing, wanted a procedure or revenue code",
    ]
    (tmp_path / "day.csv").write_bytes(HEADS)
    assert is_second(TWO, tmp_path / "day_lines.csv")
    assert not is_second(TWO, tmp_path / "day.csv")


def test_without_its_second_file_a_table_is_refused(tmp_path):
    with pytest.raises(UnreadableFile, match=r"wanted \{stem\}_lines.csv in its folder"):
        read_table(HEADS, source=str(tmp_path / "day.csv"), mapping=TWO, folder=tmp_path)


POSTINGS = """
kind = "remits"
[rows]
key = ["Acct", "Check"]
service = ["Line"]
[remits]
claim_id = "Acct"
known_on = "Posted"
payer_id = "Payer"
trace = "Check"
status = { column = "Kind", values = { "primary" = "1", "reversal" = "22" } }
[services]
procedure = "CPT"
modifiers = "Mod"
charge_cents = "Billed"
paid_cents = "Paid"
service_on = "DOS"
"""
ONE_EACH = """
[[adjustments]]
carc = "Code"
amount_cents = "Adj"
[[remarks]]
rarc = "Remark"
"""
POSTED = b"""Acct,Check,Posted,Payer,Kind,Line,CPT,Mod,Billed,Paid,DOS,Code,Adj,Remark
A1,77,02/01/2026,60054,Primary,1,72148,26,100.00,60.00,01/02/2026,CO-45,30.00,N130
A1,77,02/01/2026,60054,Primary,1,72148,26,100.00,60.00,01/02/2026,PR-2,10.00,"N130,M15"
A1,77,02/01/2026,60054,Primary,2,72100,,50.00,0.00,01/02/2026,CO-197,50.00,
B2,77,02/01/2026,60054,Reversal,1,71046,,-20.00,-20.00,01/03/2026,,,
A1,77,02/01/2026,60054,Primary,,,,,,,CO-253,1.20,MA01
"""


def test_postings_with_a_row_an_adjustment():
    remits = read(POSTED, TableMapping.parse(tomllib.loads(POSTINGS + ONE_EACH))).remits
    assert [t.schema for t in (remits.remits, remits.services, remits.adjustments, remits.remarks)] == [
        REMITS, SERVICES, ADJUSTMENTS, REMARKS,
    ]  # fmt: skip
    first, second = remits.remits.to_pylist()
    assert (first["charge_cents"], first["paid_cents"], first["status"]) == (15000, 6000, "1")
    assert (second["status"], second["known_on"]) == ("22", dt.date(2026, 2, 1))
    assert remits.services["service"].to_pylist() == [1, 2, 1]
    assert remits.services["paid_cents"].to_pylist() == [6000, 0, -2000]
    told = [
        (row["service"], row["position"], row["group_code"], row["carc"], row["amount_cents"])
        for row in remits.adjustments.to_pylist()
    ]
    assert told == [
        (0, 1, "CO", "253", 120),
        (1, 1, "CO", "45", 3000),
        (1, 2, "PR", "2", 1000),
        (2, 1, "CO", "197", 5000),
    ]
    said = [(row["service"], row["position"], row["rarc"]) for row in remits.remarks.to_pylist()]
    assert said == [(0, 1, "MA01"), (1, 1, "N130"), (1, 2, "M15")]


def test_postings_with_all_adjustments_of_a_service_in_one_row():
    several = """
[[adjustments]]
group_code = "G1"
carc = "C1"
amount_cents = "A1"
[[adjustments]]
group_code = { column = "G2", split = ";" }
carc = { column = "C2", split = ";" }
amount_cents = { column = "A2", split = ";" }
"""
    mapping = TableMapping.parse(tomllib.loads(POSTINGS.replace('service = ["Line"]', "") + several))
    content = (
        b"Acct,Check,Posted,Payer,Kind,CPT,Mod,Billed,Paid,DOS,G1,C1,A1,G2,C2,A2\n"
        b"A1,7,20260201,6,Primary,72148,,100,0,20260102,CO,45,30,CO;PR,197;1,60;10\n"
        b"A1,7,20260201,6,Primary,72148,,5,0,20260102,,,,OA,23,5\n"
    )
    reading = read(content, mapping)
    assert reading.remits.services["service"].to_pylist() == [1, 2]
    told = [
        (row["service"], row["position"], row["group_code"], row["carc"], row["amount_cents"])
        for row in reading.remits.adjustments.to_pylist()
    ]
    assert told == [
        (1, 1, "CO", "45", 3000),
        (1, 2, "CO", "197", 6000),
        (1, 3, "PR", "1", 1000),
        (2, 1, "OA", "23", 500),
    ]
    assert not reading.rejects.num_rows


def test_parquet_gives_the_same_as_csv():
    table = pa.table(
        {
            "C": pa.array([1001, 1002]),
            "S": pa.array([dt.date(2026, 1, 5), None]),
            "P": pa.array(["72148", "71046"]).dictionary_encode(),
            "A": pa.array([1234.5, 0.1 + 0.2]),
            "T": pa.array([dt.datetime(2026, 1, 2, 13, 5, tzinfo=dt.UTC)] * 2),
        }
    )
    sink = io.BytesIO()
    pq.write_table(table, sink)
    mapping = mapped(
        'claim_id = "C"\nsubmitted_on = "S"', 'procedure = "P"\ncharge_cents = "A"\nservice_from = "T"'
    )
    parquet = read(sink.getvalue(), mapping)
    written = read(
        b"C,S,P,A,T\n1001,2026-01-05,72148,1234.50,2026-01-02 13:05\n1002,,71046,.30,1/2/2026\n", mapping
    )
    for name in ("claims", "lines"):
        one, other = (
            getattr(r.claims, name).drop_columns(["claim_key", "offset"]) for r in (parquet, written)
        )
        assert one.equals(other)
    assert parquet.claims.lines["offset"].to_pylist() == [1, 2]


def test_content_and_mapping_together_are_the_reading():
    content = made(*ROWS)
    sha256 = read(content).sha256
    assert sha256 == table_key(content, MAPPING)
    assert read(content, known={sha256}).claims.claims.num_rows == 0
    other = TableMapping.parse(
        tomllib.loads(
            'kind = "claims"\n[claims]\nclaim_id="Acct No"\nsubmitted_on="DOS"\n[lines]\nprocedure="CPT"\ncharge_cents="Charge"'
        )
    )
    assert read(content, other).sha256 != sha256


def test_a_table_without_a_mapping_says_what_to_do():
    with pytest.raises(UnreadableFile) as error:
        read(made(*ROWS), None)
    assert "columns Acct No, Billed, Carrier" in str(error.value)
    assert "cleanclaim mapping suggest" in str(error.value)


def test_a_first_row_of_values_is_never_told():
    with pytest.raises(UnreadableFile) as error:
        read(b"100234,Roe,Jane,01/02/1950\n100235,Doe,Jo,01/02/1951\n", None)
    assert "Roe" not in str(error.value)


def test_a_mapping_that_does_not_fit_says_which_column():
    with pytest.raises(
        UnreadableFile, match="no column 'Billed' in this table, wanted the column 'Billed On'"
    ):
        read(made(*ROWS, header=HEADER.replace("Billed", "Billed On")))


@pytest.mark.parametrize(
    ("head", "is_table"),
    [
        (b"Acct,Visa,CPT\n", True),
        (b"PAR1\x15\x04", True),
        (b"ISA*00*          *00*", False),
        (b"\xef\xbb\xbfISA|00|   ", False),
        (b"Claims of January\nAcct,CPT\n", False),
        (b"12,13,14\n", False),
        (b'{"claim_id": "A", "lines": 2}', False),
        (b"<table><tr>Acct,CPT</tr>", False),
        (b"", False),
        (b"\x00\x01\x02,a,b", False),
    ],
)
def test_tables_are_told_by_their_header(head, is_table):
    assert looks_like_table(head) == is_table


def test_a_header_alone_is_no_claim():
    assert read(HEADER.encode()).claims.claims.num_rows == 0


@pytest.mark.parametrize("content", [b"", b"\n\n", b"PAR1 broken"])
def test_nothing_to_read_is_told(content):
    with pytest.raises(UnreadableFile, match=r"export.csv: found (an empty file|a damaged Parquet file)"):
        read(content)


@pytest.mark.parametrize(
    ("head", "is_table"), [("Claims of January\nAcct,CPT\n", True), ("ISA|00|  ", False), ("[]", False)]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_with_a_mapping_every_text_that_is_no_x12_is_a_table(head, is_table, encoding):
    assert looks_like_table(head.encode(encoding), MAPPING) == is_table


def test_names_that_nobody_knows_may_be_a_patient_s_and_are_not_told():
    with pytest.raises(UnreadableFile, match="found a table of 2 columns, wanted a mapping"):
        read(b"Roe,Jane\nDoe,Jo\n", None)


@given(st.binary(max_size=300), st.sampled_from(["", HEADER + "\n", HEADER + "\n" + ROWS[0] + "\n"]))
def test_whatever_stands_in_a_table_every_row_is_used_or_listed(noise, before):
    content = before.encode() + noise
    try:
        reading = read(content)
    except UnreadableFile:
        return
    count = reading.segments
    assert count.total == count.used + count.listed
    assert count.used == reading.claims.lines.num_rows
    offsets = reading.rejects["offset"].to_pylist()
    assert all(0 <= offset <= len(content) for offset in offsets)
