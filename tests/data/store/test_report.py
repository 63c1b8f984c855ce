from data.store.report import write_csv


def test_text_that_a_spreadsheet_would_run_is_quoted(tmp_path):
    write_csv(tmp_path / "list.csv", ["source", "offset"], [["=cmd()", -5], ["a,b", None]])
    assert (tmp_path / "list.csv").read_text() == 'source,offset\n\'=cmd(),-5\n"a,b",\n'
