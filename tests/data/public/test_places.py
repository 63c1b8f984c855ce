"""Places of service, from the page that publishes them and from a table saved of it."""

import csv
from datetime import date
from pathlib import Path

import pytest

from data.codes import place_kind
from data.public import read
from tests.data.public.made_files import Write, csv_text, workbook

TITLES = ["Place of Service Code(s)", "Place of Service Name", "Place of Service Description"]
ROWS = [
    ["01", "Pharmacy **", "A facility.\n(Effective October 1, 2003) (Revised, effective October 1, 2005)"],
    [
        "10",
        "Telehealth",
        "At home. (This code is effective January 1, 2022, and available to Medicare in April.)",
    ],
    ["11", "Office", "Where a professional sees patients, routinely."],
    ["28-30", "Unassigned", "N/A"],
    ["35", "Unassigned", "N/A"],
]
PAGE = (
    "<!doctype html><html><head><script>var rows = '<tr><td>99</td></tr>'</script></head><body><p>Text</p><table>"
    "<thead><tr>"
    + "".join(f"<th scope='col'>{title}</th>" for title in TITLES)
    + "</tr></thead><tbody>"
    + "".join(f"<tr><td><p>{a}</p></td><td>{b}<br></td><td>{c} &amp; more</td></tr>" for a, b, c in ROWS)
    + "</tbody></table></body></html>"
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("code-sets.html", PAGE),
        ("places.csv", csv_text([TITLES, *ROWS])),
        ("places.xlsx", workbook([TITLES, [1, *ROWS[0][1:]], *ROWS[1:]])),
    ],
)
def test_places_have_a_name_and_their_first_day(write: Write, name: str, content: str | bytes) -> None:
    found = read(write(name, content))
    assert (found.kind.name, found.n_skipped) == ("places", 0)
    assert [(r["place"], r["name"], r["valid_from"]) for r in found.table.to_pylist()] == [
        ("01", "Pharmacy **", date(2003, 10, 1)),
        ("10", "Telehealth", date(2022, 1, 1)),
        ("11", "Office", None),
    ]


def test_all_real_places_are_read_and_known_to_us(write: Write, reference: Path) -> None:
    with (reference / "place_of_service.csv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["pos_name"] not in ("", "Unassigned")]
    made = [TITLES, *([r["pos_code"], r["pos_name"], ""] for r in rows)]
    found = read(write("places.csv", csv_text(made).encode()))
    assert found.table["place"].to_pylist() == sorted(r["pos_code"] for r in rows)
    kinds = {r["pos_code"]: r["pos_type"].lower() for r in rows if r["pos_type"]}
    assert {place: place_kind(place) for place in kinds} == kinds
