"""Modifiers: the part that the contract says, the side, the mark of a repeat or of a service apart."""

from collections.abc import Sequence

from data.codes.diagnoses import diagnosis_info
from data.schema import MAX_MODIFIERS, MODIFIERS
from models.fixing.candidate import LEAST_DROP, ON_HABIT, Candidates, Edit, Seen

READING, PICTURE = "26", "TC"
PARTS = (READING, PICTURE)
SIDES = ("LT", "RT", "50")
APART = ("59", "XE", "XP", "XS", "XU")
AGREED = {
    "reading_agreed": READING,
    "picture_agreed": PICTURE,
    "whole_agreed": "",
    "picture_in_facility": READING,
}
"""What the contract, or the place, says: the part to bill, or nothing for the whole study."""
UNDIVIDED = ("part_of_undivided", "both_parts_on_line")


def modifiers(seen: Seen) -> Candidates:
    """Modifiers put right, added or taken off."""
    yield from _part(seen)
    yield from _side(seen)
    own = seen.modifiers
    if seen.trips("repeat_unmarked") and seen.n_lines == 1:
        said = "modifier 76 says that the study was done again"
        yield from _changed(seen, "repeat_marked", "duplicate", (*own, "76"), said)
    if seen.trips("distinct_mark_missing", "same_study_in_two_codes") and not set(own) & set(APART):
        listed = seen.trips("distinct_mark_missing", "pair_usually_refused")
        said = "modifier 59 says that the study was apart from the other one"
        least = LEAST_DROP if listed else ON_HABIT
        yield from _changed(seen, "distinct_marked", "bundling", (*own, "59"), said, least=least)
    if seen.trips("visit_mark_missing"):
        said = "modifier 25 says that the visit was a service of its own"
        yield from _changed(seen, "visit_marked", "bundling", ("25", *own), said)
    if seen.trips("both_sides_on_line"):
        kept = tuple(mark for mark in own if mark not in SIDES)
        yield from _changed(seen, "both_sides", "coding", (*kept, "50"), "modifier 50 stands for both sides")
    if seen.trips("distinct_mark_alone"):
        kept = tuple(mark for mark in own if mark not in APART)
        said = "the modifier that says it was apart is taken off"
        yield from _changed(seen, "distinct_unmarked", "coding", kept, said)


def _part(seen: Seen) -> Candidates:
    """The part of the study as agreed; where nobody knows what was agreed, nothing is proposed."""
    own = seen.modifiers
    billed = next((mark for mark in own if mark in PARTS), "")
    rest = tuple(mark for mark in own if mark not in PARTS)
    agreed = next((part for check, part in AGREED.items() if seen.trips(check)), None)
    if agreed is None and seen.trips("picture_in_facility") and "reading_agreed" in seen.unknown:
        agreed = READING
    if agreed is None and seen.trips(*UNDIVIDED):
        agreed = ""
    if agreed is not None:
        said = f"{_part_words(billed, agreed)}, as the contract and the place want it"
        yield from _changed(seen, "part_agreed", "coding", _with(agreed, rest), said, needs=False)


def _with(part: str, rest: Sequence[str]) -> tuple[str, ...]:
    return (part, *rest) if part else tuple(rest)


def _part_words(billed: str, wanted: str) -> str:
    if not wanted:
        return f"modifier {billed or '26 or TC'} is taken off"
    return f"modifier {wanted} is put in the place of {billed}" if billed else f"modifier {wanted} is added"


def _side(seen: Seen) -> Candidates:
    if not seen.trips("side_missing"):
        return
    side = _told_side(seen)
    said = "the side is added (LT, RT or 50), as the report tells it"
    edits = _edits(seen, (*seen.modifiers, side), obtained=side)
    if edits:
        yield seen.candidate("side_added", "coding", edits, said, needs_record_support=True)


def _told_side(seen: Seen) -> str:
    """The side that the first diagnosis speaks of; else the right one stands for whichever it is."""
    pointed = seen["pointer_1"]
    place = pointed if isinstance(pointed, int) and 1 <= pointed <= 12 else 1
    told = diagnosis_info(seen.text(f"diagnosis_{place}") or "-").side
    return "LT" if told == "left" else "RT"


def _changed(
    seen: Seen,
    way: str,
    family: str,
    wanted: Sequence[str],
    condition: str,
    *,
    needs: bool = True,
    least: float = LEAST_DROP,
) -> Candidates:
    edits = _edits(seen, wanted)
    if edits:
        yield seen.candidate(way, family, edits, condition, needs_record_support=needs, least_drop=least)


def _edits(seen: Seen, wanted: Sequence[str], obtained: str = "") -> tuple[Edit, ...]:
    """Edits that leave just these modifiers on the line; none where they are there, or too many."""
    if len(wanted) > MAX_MODIFIERS:
        return ()
    full = (*wanted, *[None] * (MAX_MODIFIERS - len(wanted)))
    return tuple(
        Edit(name, value, seen.line, is_obtained=value is not None and value == obtained)
        for name, value in zip(MODIFIERS, full, strict=True)
        if seen[name] != value
    )
