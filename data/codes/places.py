"""Places of service: which are facilities, where a hospital bills the technical part itself."""

from collections.abc import Mapping
from functools import cache

from data.codes.files import rows


@cache
def _kinds() -> Mapping[str, str]:
    return {row["place"]: row["kind"] for row in rows("places.csv")}


@cache
def _place_words() -> Mapping[str, str]:
    return {row["place"]: row["words"] for row in rows("places.csv")}


def place_kind(place: str | None) -> str:
    """`facility`, `non-facility`, or `unknown` for a place of service that is not a known one."""
    return _kinds().get(place or "", "unknown")


def place_words(place: str) -> str:
    """Our own short words for a place of service; empty where we have none."""
    return _place_words().get(place, "")
