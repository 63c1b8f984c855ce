"""The check digit of a National Provider Identifier."""

from functools import lru_cache


@lru_cache(maxsize=1 << 16)
def fails_check_digit(npi: str) -> float:
    """1 where the NPI can't be one: not ten digits, or the last is not what the Luhn rule (with 80840 before) gives."""
    if len(npi) != 10 or not (npi.isascii() and npi.isdigit()):
        return 1.0
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in npi[8::-2])
    plain = sum(int(digit) for digit in npi[9::-2])
    return float((doubled + plain + 24) % 10 != 0)
