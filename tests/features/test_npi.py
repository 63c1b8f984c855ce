import pytest

from features.npi import fails_check_digit


@pytest.mark.parametrize(
    ("npi", "fails"),
    [
        ("1234567893", 0.0),  # the example of the standard itself
        ("1999999984", 0.0),
        ("1234567890", 1.0),
        ("2134567893", 1.0),
        ("123456789", 1.0),
        ("12345678933", 1.0),
        ("12345X7893", 1.0),
        ("¹234567893", 1.0),
        ("", 1.0),
    ],
)
def test_check_digit(npi: str, fails: float) -> None:
    assert fails_check_digit(npi) == fails
