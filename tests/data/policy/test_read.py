"""A folder of lists: what is read, what is refused row by row, and what stops everything."""

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.errors import InvalidPolicy
from data.policy import PolicyBook
from data.policy.entries import Authorization


def book_of(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return PolicyBook.read(folder)


def reasons(reading):
    return [f"{row['source']}, {row['reason']}" for row in reading.rejects.to_pylist()]


def test_a_row_says_what_its_cells_say(tmp_path):
    text = (
        "payer_id;procedure;place_of_service;plan_type;required;valid_from;valid_to;known_on;source\n"
        '60054;70553;"11, 22";mb mc;no;03/01/2026;2026-12-31;20260201;portal\n'
    )
    book, reading = book_of(tmp_path, authorization=text)
    assert reading.rejects.num_rows == 0
    entry = book.authorization("60054", "70553", place="22", plan="MC", on=date(2026, 5, 1))
    assert entry == Authorization(
        payer_id="60054",
        procedure="70553",
        place_of_service="11 22",
        plan_type="MB MC",
        required=False,
        valid_from=date(2026, 3, 1),
        valid_to=date(2026, 12, 31),
        known_on=date(2026, 2, 1),
        source="portal",
    )


def test_empty_cells_are_what_the_list_says(tmp_path):
    book, _ = book_of(
        tmp_path, authorization="payer_id,procedure\nP1,70553\n", add_on_codes="payer_id,add_on\n*,76376\n"
    )
    assert book.authorization("P1", "70553").required
    assert book.add_on("P1", "76376")[0].primary == "*"


REFUSED = [
    ("authorization", "payer_id,procedure", ",70553", "payer_id: found nothing, wanted a payer's id, or *"),
    ("authorization", "payer_id,procedure", "P1,MRI", "procedure: found letters, wanted a procedure of five letters and digits"),
    ("authorization", "payer_id,procedure,required", "P1,70553,maybe", "required: found letters, wanted yes or no"),
    ("authorization", "payer_id,procedure,place_of_service", "P1,70553,office", "place_of_service: found letters, wanted places of service with blanks between them: 11 22"),
    ("authorization", "payer_id,procedure,valid_from", "P1,70553,spring", "valid_from: found letters, wanted a day as YYYY-MM-DD or MM/DD/YYYY or YYYYMMDD"),
    ("authorization", "payer_id,procedure,valid_from,valid_to", "P1,70553,2026-02-01,2026-01-01", "valid_to: found a day before valid_from, wanted one on or after it"),
    ("authorization", "payer_id,procedure", "P1,70553,more", "found 3 columns, wanted 2"),
    ("coverage", "payer_id,procedure,diagnoses", "P1,70553,low back pain?", "diagnoses: found text, wanted ICD-10 codes"),
    ("frequency_limits", "payer_id,procedure,days", "P1,70553,0", "days: found 1 digits, wanted a whole number above 0"),
    ("filing_limits", "payer_id,days", "P1,", "days: found nothing, wanted days or appeal_days"),
    ("contracts", "payer_id,facility_npi,billing", "P1,1234567893,all", "billing: found letters, wanted global, 26 or TC"),
    ("contracts", "payer_id,facility_npi,billing", "P1,123,26", "facility_npi: found 3 digits, wanted an NPI of ten digits"),
    ("ncci_pairs", "payer_id,column_1,column_2,modifier_indicator", "*,70551,70553,2", "modifier_indicator: found 1 digits, wanted 0, 1 or 9"),
    ("unit_limits", "payer_id,procedure,units,setting", "*,70551,1,clinic", "setting: found letters, wanted practitioner or hospital"),
    ("fee_schedule", "payer_id,procedure,allowed_cents", "*,70551,203.55", "allowed_cents: found digits and signs, wanted whole cents"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "header", "row", "why"), REFUSED, ids=[f"{n}-{case[0]}" for n, case in enumerate(REFUSED)]
)
def test_a_bad_row_is_refused_alone(tmp_path, name, header, row, why):
    good = {
        "authorization": "P1,70551",
        "coverage": "P1,70551,M54.5",
        "frequency_limits": "P1,70551,90",
        "filing_limits": "P1,90",
        "contracts": "P1,1234567893,TC",
        "ncci_pairs": "*,70551,70552,1",
        "unit_limits": "*,70552,1,",
        "fee_schedule": "*,70552,20355",
    }[name]
    good += "," * (header.count(",") - good.count(","))
    book, reading = book_of(tmp_path, **{name: f"{header}\n{row}\n{good}\n"})
    assert book.n_entries == 1
    told = reasons(reading)
    assert len(told) == 1
    assert told[0].startswith(f"{name}.csv, row 2: ")
    assert why.removeprefix("found 3 columns, wanted 2") in told[0]


STOPS = [
    ("authorisation.csv", "payer_id\n", "authorisation.csv: found no such list, wanted authorization"),
    ("excluded.csv", "payer_id,procedure,valid_form\n", "excluded.csv, valid_form: found no such column, wanted valid_from"),
    ("excluded.csv", "payer_id,source\n", "excluded.csv, procedure: found no such column, wanted procedure: the procedure"),
    ("excluded.parquet", "PAR1 and no more", "excluded.parquet: found a damaged Parquet file"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "why"), STOPS, ids=[f"{n}-{c[0]}" for n, c in enumerate(STOPS)])
def test_what_cannot_be_meant_stops_everything(tmp_path, name, text, why):
    (tmp_path / name).write_text(text)
    with pytest.raises(InvalidPolicy) as error:
        PolicyBook.load(tmp_path)
    assert str(error.value).startswith(why)


def test_a_folder_that_is_no_book(tmp_path):
    with pytest.raises(InvalidPolicy, match="found no such folder"):
        PolicyBook.load(tmp_path / "nowhere")
    (tmp_path / "notes.md").write_text("call them")
    with pytest.raises(
        InvalidPolicy, match="found no list, wanted a CSV or Parquet file a list: authorization"
    ):
        PolicyBook.load(tmp_path)


def test_a_list_twice(tmp_path):
    (tmp_path / "excluded.csv").write_text("payer_id,procedure\n")
    pq.write_table(pa.table({"payer_id": ["P1"], "procedure": ["70551"]}), tmp_path / "excluded.parquet")
    with pytest.raises(InvalidPolicy, match=r"found the list in excluded.csv too, wanted one file a list"):
        PolicyBook.load(tmp_path)


def test_other_files_are_left_and_told(tmp_path):
    (tmp_path / "readme.md").write_text("ours")
    _, reading = book_of(tmp_path, excluded="payer_id,procedure\nP1,76377\n")
    assert reading.left == ("readme.md",)


def test_parquet_of_any_plain_types(tmp_path):
    table = pa.table({"Payer_ID": [90337], "days": [90.0], "valid_from": [date(2026, 1, 1)]})
    pq.write_table(table, tmp_path / "filing_limits.parquet")
    entry = PolicyBook.load(tmp_path).filing_limit("90337", on=date(2026, 1, 1))
    assert (entry.days, entry.valid_from) == (90, date(2026, 1, 1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"procedure": "mri"},
        {"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)},
        {"payer_id": None},
    ],
    ids=["no procedure", "ends before it begins", "no payer"],
)
def test_a_file_in_the_form_of_a_saved_book_is_looked_at_too(tmp_path, wrong):
    """A saved book is read without going through texts; one that nothing here would have saved is not."""
    from tests.features.made_book import made_book

    made_book(excluded=[{"procedure": "76377"}, {"procedure": "70551", **wrong}]).save(tmp_path)
    book, reading = PolicyBook.read(tmp_path)
    assert book.n_entries == reading.rejects.num_rows == 1
