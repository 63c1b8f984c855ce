import re
import tomllib
from pathlib import Path

import pytest

from data.errors import InvalidMapping
from data.readers.tables import TableMapping

GUIDE = Path(__file__).parents[4] / "docs" / "tables.md"
GOOD = """
kind = "claims"
[claims]
claim_id = "C"
submitted_on = "S"
[lines]
procedure = "P"
charge_cents = "A"
"""


def parsed(text):
    return TableMapping.parse(tomllib.loads(text), "map.toml")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("kind = ", "kin = "), "kind: found nothing, wanted 'claims' or 'remits'"),
        (('kind = "claims"', 'kind = "lines"'), "kind: found 'lines', wanted 'claims' or 'remits'"),
        (("[lines]", "[line]"), "line: found no such name, wanted lines"),
        (("claim_id", "claimid"), "claims.claimid: found no such name, wanted claim_id"),
        (("charge_cents", "charge_amount"), "lines.charge_amount: found no such name, wanted charge_cents"),
        (('submitted_on = "S"', ""), "claims.submitted_on: found nothing, wanted a column for submitted_on"),
        (('procedure = "P"', ""), "lines.procedure: found nothing, wanted a column for procedure or revenue_code"),
        (('"C"', "7"), "claims.claim_id: found an int, wanted a column's name in quotes"),
        (('"C"', "{ split = ';' }"), "claims.claim_id: found none of them, wanted one of column, columns, constant"),
        (('"C"', '{ colum = "C" }'), "claims.claim_id.colum: found no such name, wanted column"),
        (('"C"', '{ column = "C", constant = "x" }'), "claims.claim_id: found column and constant, wanted one of"),
        (('"C"', '{ column = "C", others = "drop" }'), "others: found 'drop', wanted 'keep' or 'empty' or 'refuse'"),
        (('"S"', '{ column = "S", dates = ["MM/YYYY"] }'), "claims.submitted_on.dates: found 'MM/YYYY', wanted YYYY"),
        (('"A"', '["A", "B"]'), "lines.charge_cents: found 2 columns, wanted one column"),
        (("[lines]", 'diagnoses = "D"\ndiagnosis_1 = "E"\n[lines]'), "claims.diagnoses: found its columns one by one"),
        (("[claims]", "[file]\ndelimter = ','\n[claims]"), "file.delimter: found no such name, wanted delimiter"),
        (("[claims]", "[file]\ndelimiter = '||'\n[claims]"), "file.delimiter: found '||', wanted one character"),
        (("[claims]", "[file]\nskip_lines = -1\n[claims]"), "file.skip_lines: found -1, wanted a number of lines"),
        (("[claims]", "[second_file]\nname = '../x'\nkey = 'C'\n[claims]"), "second_file.name: found a path"),
        (("[claims]", "[second_file]\nname = 'x'\nkey = 'C'\n[claims]"), "second_file.key: found 1 columns, wanted as many"),
    ],
)  # fmt: skip
def test_what_a_mapping_can_not_say_is_refused_with_the_nearest_that_it_can(change, message):
    with pytest.raises(InvalidMapping) as error:
        parsed(GOOD.replace(*change))
    assert message in str(error.value)
    assert str(error.value).startswith("map.toml")


def test_postings_need_amounts_somewhere():
    with pytest.raises(InvalidMapping, match="no charge_cents and paid_cents"):
        parsed('kind = "remits"\n[remits]\nclaim_id = "C"\nknown_on = "D"')
    whole = 'kind = "remits"\n[remits]\nclaim_id = "C"\nknown_on = "D"\ncharge_cents = "A"\npaid_cents = "B"'
    assert not parsed(whole).pieces


def test_the_digest_is_of_what_it_says_not_of_how_it_is_written_or_called():
    one = parsed(GOOD)
    assert parsed("# a remark\n" + GOOD).digest == one.digest
    assert TableMapping.parse(tomllib.loads(GOOD), "other.toml").digest == one.digest
    assert parsed(GOOD.replace('"A"', '"B"')).digest != one.digest


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "no such file"), (b"a = ", "wanted a TOML file"), (b"\xff", "wanted a TOML file")],
)
def test_a_file_that_is_no_mapping_says_so(tmp_path, content, message):
    path = tmp_path / "map.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidMapping, match=message):
        TableMapping.load(path)


def test_the_mappings_of_the_guide_are_mappings():
    blocks = re.findall(r"```toml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert [TableMapping.parse(tomllib.loads(block)).kind for block in blocks] == ["claims", "remits"]
