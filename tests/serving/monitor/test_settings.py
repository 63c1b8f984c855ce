import pytest

from data.errors import InvalidPolicy
from serving.monitor.settings import MonitorSettings
from training.settings import Settings


def test_a_file_may_hold_the_tables_of_other_stages_too(tmp_path):
    path = tmp_path / "cleanclaim.toml"
    path.write_text("[cohort]\nmonths = 12\n[monitor]\nunreviewed_share = 0.05\nwindow_days = 30\n")
    assert MonitorSettings.load(path) == MonitorSettings(unreviewed_share=0.05, window_days=30)


def test_defaults_without_a_file():
    assert MonitorSettings.load(None) == MonitorSettings()


@pytest.mark.parametrize(
    ("text", "field", "wanted"),
    [
        ("[monitor]\nunreviewd_share = 0.1", "unreviewd_share", "unreviewed_share?"),
        ("[monitor]\npsi = 'much'", "psi", "a number"),
        ("[monitor]\nwindow_days = 1.5", "window_days", "a whole number"),
        ("[monitor]\nunreviewed_share = 0.9", "unreviewed_share", "between 0 and 0.5"),
        ("[monitor]\nfalse_alarms_a_month = 0", "false_alarms_a_month", "between 1e-06 and 100"),
        ("[monitr]\npsi = 0.2", "monitr", "monitor?"),
        ("monitor = 3", "monitor", "a table [monitor]"),
        ("[monitor", None, "TOML"),
    ],
    ids=[
        "misspelt",
        "text",
        "fraction",
        "too large",
        "nothing allowed",
        "misspelt table",
        "no table",
        "no TOML",
    ],
)
def test_wrong_settings_are_refused_by_name(tmp_path, text, field, wanted):
    path = tmp_path / "cleanclaim.toml"
    path.write_text(text)
    with pytest.raises(InvalidPolicy) as refused:
        MonitorSettings.load(path)
    assert (refused.value.field, refused.value.wanted) == (field, wanted)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InvalidPolicy, match="a readable file"):
        MonitorSettings.load(tmp_path / "none.toml")


def test_training_lets_the_table_of_the_monitor_stand():
    assert Settings.from_mapping({"monitor": {"psi": 0.3}}) == Settings()
