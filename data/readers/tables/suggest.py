"""A first mapping of a table, guessed from its columns' names; what is unsure or missing is marked for a person."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import pyarrow as pa

from data.readers.tables.dates import DATES, read_date
from data.readers.tables.fields import KINDS, LISTS, NEEDED, SECTIONS, WISHED
from data.readers.tables.mapping import Cell, FileForm
from data.readers.tables.raw import RawTable
from data.readers.tables.synonyms import NAMES, plain
from data.readers.tables.values import parser
from data.schema import CODE

LIKE = 0.82
"""Names at least this alike may mean the same; one that says so in so many words is 1."""
SAMPLE = 500
"""Values that are looked at to see whether they are what the name promises."""
OTHER_DATES = ("DD/MM/YYYY", "MM/DD/YY", "MM-DD-YYYY", "DD.MM.YYYY", "DD-MMM-YYYY", "DD-MMM-YY", "YYYY/MM/DD")
MOST_PAYERS = 40
CODES = {
    "payer_id": re.compile(r"(?=.*\d)[A-Z0-9]{3,12}", re.ASCII),
    "carc": re.compile(r"(?:(?:CO|PR|OA|PI|CR)[- ]?)?[A-Z]{0,2}\d{1,3}(?:[;,|].*)?", re.ASCII),
    "procedure": re.compile(r"(?=.*\d)[A-Z0-9]{5}(?:[- :].*)?", re.ASCII),
}
"""Columns known by their values where names could mean several."""
TELLS = {"carc", "paid_cents", "rarc", "known_on", "trace"}
"""Columns that only postings have."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A column of theirs that may be one of ours."""

    section: str
    ours: str
    theirs: str
    number: int
    """The number at its end: the second of several modifiers."""
    likeness: float


def suggest(raw: RawTable, source: str) -> str:
    """A mapping (TOML) for a table, with remarks: "unsure" is to be looked at, "MISSING" to be filled."""
    kind = kind_of(raw)
    found = _chosen(_guesses(raw, kind))
    whole, pieces = KINDS[kind]
    written = [
        f"# A mapping of {source}, guessed from the names of its columns. Look at what is unsure, fill in what is",
        f"# MISSING, then see how its rows are read: cleanclaim mapping check map.toml {source}",
        f"kind = {json.dumps(kind)}",
        *_rows(found, kind, raw),
    ]
    for section in (whole, pieces):
        written += ["", f"[{section}]", *_section(section, found, raw)]
    written += _adjustments(found, raw) if kind == "remits" else []
    used = {one.theirs for several in found.values() for one in several}
    unused = [name for name in raw.columns if name not in used]
    if unused:
        written += ["", "# Nothing uses these columns of theirs:", *(f"#   {name}" for name in unused)]
    return "\n".join(written) + "\n"


def kind_of(raw: RawTable) -> str:
    """Whether a table holds claims or postings, by its columns' names."""
    told = {one.ours for one in _guesses(raw, "remits") if one.likeness == 1}
    return "remits" if len(told & TELLS) > 1 else "claims"


def _guesses(raw: RawTable, kind: str) -> list[Guess]:
    """The best of our columns for each of theirs, the likest first."""
    found = []
    for name in raw.columns:
        words, number = plain(name)
        likest = [one for one in _likeness(words, kind) if one[2] >= LIKE]
        if likest:
            section, ours, likeness = max(likest, key=lambda one: (_fits(raw, name, one[0], one[1]), one[2]))
            found.append(Guess(section, ours, name, number, likeness))
    # Of two that say the same, the one that says more is meant.
    return sorted(found, key=lambda one: (-one.likeness, -len(plain(one.theirs)[0])))


def _fits(raw: RawTable, name: str, section: str, ours: str) -> bool:
    """Whether a column holds what one of ours does."""
    texts = _sample(raw, name)
    if ours in CODES:
        return sum(CODES[ours].fullmatch(text) is not None for text in texts) >= 0.8 * len(texts)
    return ours in LISTS or not _read(raw, name, ours, SECTIONS[section][ours])[1].startswith("many")


def _sample(raw: RawTable, name: str) -> list[str]:
    return [str(text) for text in raw.columns[name].slice(0, SAMPLE).drop_null().to_pylist()]


def _likeness(words: str, kind: str) -> Iterator[tuple[str, str, float]]:
    for section, columns in NAMES[kind].items():
        for ours, names in columns.items():
            yield section, ours, max(_alike(words, name) for name in names)


def _alike(words: str, name: str) -> float:
    if words == name:
        return 1.0
    if sorted(words.split()) == sorted(name.split()):
        return 0.99
    return min(SequenceMatcher(None, words, name).ratio(), 0.95)


def _chosen(guesses: Sequence[Guess]) -> dict[tuple[str, str], list[Guess]]:
    """Our columns with theirs: one each, but for lists and adjustments, whose columns are numbered."""
    found: dict[tuple[str, str], list[Guess]] = {}
    for guess in guesses:
        several = found.setdefault((guess.section, guess.ours), [])
        is_list = guess.ours in LISTS or guess.section in {"adjustments", "remarks"}
        if not several or (is_list and guess.number not in {one.number for one in several}):
            several.append(guess)
    for several in found.values():
        several.sort(key=lambda one: one.number)
    return {place: several for place, several in found.items() if several}


def _rows(found: Mapping[tuple[str, str], list[Guess]], kind: str, raw: RawTable) -> list[str]:
    """What makes rows one claim, and rows of postings one service."""
    whole, pieces = KINDS[kind]
    keys = ("claim_id", "frequency") if kind == "claims" else ("claim_id", "trace", "known_on")
    named = [found[whole, key][0].theirs for key in keys if (whole, key) in found]
    written = [
        "",
        "[rows]",
        f"key = {json.dumps(named)}  # rows with the same values here are one {whole[:-1]}",
    ]
    if kind == "claims":
        return written
    number = found.get((pieces, "line_control")) or _line_column(raw)
    if number and len(found.get(("adjustments", "carc"), [])) == 1:
        written.append(
            f"service = {json.dumps([number[0].theirs])}  # unsure: rows with the same values are one service, an"
            " adjustment each"
        )
    return written


def _line_column(raw: RawTable) -> list[Guess]:
    names = [name for name in raw.columns if plain(name)[0] in NAMES["claims"]["lines"]["line"]]
    return [Guess("services", "line", name, 0, 1.0) for name in names[:1]]


def _section(section: str, found: Mapping[tuple[str, str], list[Guess]], raw: RawTable) -> list[str]:
    here = {ours: several for (place, ours), several in found.items() if place == section}
    order = [ours for ours in SECTIONS[section] if ours in here]
    tables: list[str] = []
    if section in {"claims", "remits"} and "payer_name" in here and "payer_id" not in here:
        tables = _payers(section, here["payer_name"][0].theirs, raw)
    written = [_line(ours, here[ours], raw) for ours in order]
    return [*written, *_missing(section, {*here, *(["payer_id"] if tables else [])}), *tables]


def _line(ours: str, several: Sequence[Guess], raw: RawTable) -> str:
    names = [one.theirs for one in several]
    kind = CODE if ours in LISTS else SECTIONS[several[0].section][ours]
    dates, misread = _read(raw, names[0], ours, kind)
    value = json.dumps(names if len(names) > 1 else names[0], ensure_ascii=False)
    if dates:
        value = f"{{ column = {value}, dates = {json.dumps([dates])} }}"
    doubts = ["the name is only like it"] * (several[0].likeness < 0.99)
    doubts += [misread] * bool(misread)
    return f"{ours} = {value}" + (f"  # unsure: {'; '.join(doubts)}" if doubts else "")


def _read(raw: RawTable, name: str, ours: str, kind: pa.DataType) -> tuple[str | None, str]:
    """The form of its dates where it isn't a usual one, and what is odd about its values."""
    texts = _sample(raw, name)
    if not texts:
        return None, "it is empty"
    parse, wanted = parser(ours, kind, Cell(), FileForm())
    wrong = [text for text in texts if parse(text) is None]
    if ours not in LISTS and len(wrong) > len(texts) / 5:
        is_day = pa.types.is_date(kind) or ours == "birth_year"
        forms = [one for one in OTHER_DATES if is_day and (ours != "birth_year" or "YYYY" in one)]
        fits = [one for one in forms if all(read_date(text, (one,)) for text in texts)]
        return (fits[0], "") if fits else (None, f"many of its values are not {wanted}")
    if pa.types.is_date(kind) and all(read_date(text, (DATES[1],)) for text in texts):
        both = all(read_date(text, (OTHER_DATES[0],)) for text in texts)
        return None, "month and day may stand the other way round" if both else ""
    return None, ""


def _missing(section: str, here: set[str]) -> list[str]:
    """What has to be filled in, and what had better be."""
    written = [
        f'# MISSING, needed: {" or ".join(group)} = "..."'
        for group in NEEDED[section]
        if not here.intersection(group)
    ]
    needed = {name for group in NEEDED[section] for name in group}
    written += [
        f'# missing: {name} = "..."  # without it {why}'
        for name, why in WISHED.get(section, ())
        if name not in here and name not in needed
    ]
    return written


def _payers(section: str, column: str, raw: RawTable) -> list[str]:
    """Payers by name: their words, to be given the ids that 837 and 835 files have for them."""
    words = sorted({str(word) for word in raw.columns[column].drop_null().unique().to_pylist()})
    written = [
        "",
        f"[{section}.payer_id]  # unsure: names of payers; give each the id that it has in 837 and 835 files",
        f"column = {json.dumps(column, ensure_ascii=False)}",
    ]
    if len(words) > MOST_PAYERS:
        return written
    pairs = [
        f"{json.dumps(word, ensure_ascii=False)} = {json.dumps(word, ensure_ascii=False)}" for word in words
    ]
    return [*written, "", f"[{section}.payer_id.values]", *pairs]


def _adjustments(found: Mapping[tuple[str, str], list[Guess]], raw: RawTable) -> list[str]:
    """One [[adjustments]] for each numbered set of columns, one [[remarks]] for each column of remarks."""
    written: list[str] = []
    sets = found.get(("adjustments", "carc"), [])
    for one in sets:
        parts = [
            (ours, [guess for guess in found.get(("adjustments", ours), []) if guess.number == one.number])
            for ours in ("group_code", "carc", "amount_cents")
        ]
        written += [
            "",
            "[[adjustments]]",
            *(_line(ours, guesses[:1], raw) for ours, guesses in parts if guesses),
        ]
        written += _missing("adjustments", {ours for ours, guesses in parts if guesses})
    if not sets:
        written += [
            "",
            "# MISSING: [[adjustments]] with group_code, carc, amount_cents: without it nothing is denied",
        ]
    for one in found.get(("remarks", "rarc"), []):
        written += ["", "[[remarks]]", _line("rarc", [one], raw)]
    return written
