"""Which of our columns each column of somebody's export fills: a TOML file, checked when loaded.

    kind = "claims"                      # one row a line, the claim's columns repeated; or "remits": postings

    [file]                               # all of it may be left out
    dates = ["MM/DD/YYYY"]

    [rows]
    key = ["Acct No"]                    # rows with the same values here are one claim

    [claims]
    claim_id = "Acct No"                 # ours = theirs
    submitted_on = "Billed"
    payer_id = { column = "Carrier", values = { "AETNA PPO" = "60054" } }
    billing_npi = { constant = "1999999984" }
    diagnoses = { column = "Dx", split = ";" }

    [lines]
    procedure = "CPT"
    charge_cents = "Chg Amt"             # an amount as people write it: 1,234.50
    modifiers = ["M1", "M2"]

A second file beside the first may hold the lines (or services): [second_file] with its name and its key.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from data.errors import InvalidMapping
from data.readers.tables.dates import DATES, is_format
from data.readers.tables.fields import KINDS, LISTS, NEEDED, SECTIONS
from data.readers.tables.say import Record, Say, kind_of

OTHERS = ("keep", "empty", "refuse")
CELL = ("column", "columns", "constant", "values", "others", "split", "dates", "negate")
FILE = ("delimiter", "encoding", "decimal", "dates", "empty", "skip_lines", "names", "money")
TOP = ("name", "kind", "file", "rows", "second_file")


@dataclass(frozen=True, slots=True)
class Cell:
    """Where one of our columns comes from: columns of theirs, or a constant."""

    columns: tuple[str, ...] = ()
    constant: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    """Their word -> ours; upper and lower case alike."""
    others: str = "keep"
    """What becomes of a word that `values` doesn't hold: keep it, leave it empty, or refuse it (listed)."""
    split: str | None = None
    """What stands between several codes in one column."""
    dates: tuple[str, ...] = ()
    negate: bool = False
    """Their sign is the other way round."""


Cells = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class FileForm:
    """How a file is written. What is None is told by its content."""

    delimiter: str | None = None
    encoding: str | None = None
    decimal: str = "."
    dates: tuple[str, ...] = DATES
    empty: tuple[str, ...] = ("", "NULL", "null", "\\N")
    """Words for "nothing is said"."""
    skip_lines: int = 0
    """Lines above the header, such as a report's title."""
    names: tuple[str, ...] = ()
    """The columns' names, for a file without a header."""
    money: str = "dollars"
    """"dollars" (12.50) or "cents" (1250)."""


@dataclass(frozen=True, slots=True)
class SecondFile:
    """A file beside the first that holds the lines (services): `{stem}` in its name is the first's without ending."""

    name: str
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableMapping:
    """How to read one kind of export. Two mappings are the same if their digests are. Frozen, and can be pickled."""

    kind: str
    whole: Cells
    """[claims] or [remits]"""
    pieces: Cells
    """[lines] or [services]"""
    adjustments: tuple[Cells, ...] = ()
    remarks: tuple[Cell, ...] = ()
    form: FileForm = FileForm()
    key: tuple[str, ...] = ()
    """Columns of theirs whose values make rows one claim (remit); none: those of its id, days and numbers."""
    service: tuple[str, ...] = ()
    """Of postings: columns whose values make rows one service with several adjustments; none: each row is one."""
    second: SecondFile | None = None
    name: str = field(default="a mapping", compare=False)
    digest: str = field(default="", compare=False)
    record: str = field(default="", compare=False, repr=False)
    """What it was made of, as JSON: `parse(json.loads(record))` makes the same mapping in another process."""

    @classmethod
    def load(cls, path: Path) -> "TableMapping":
        """The mapping of a TOML file. Raises `InvalidMapping` naming what was found and what was wanted."""
        try:
            return cls.parse(tomllib.loads(path.read_bytes().decode("utf-8-sig")), path.name)
        except FileNotFoundError as error:
            raise InvalidMapping(str(path), found="no such file", wanted="a mapping (TOML)") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InvalidMapping(path.name, found=str(error), wanted="a TOML file") from error

    @classmethod
    def parse(cls, record: Record, thing: str = "mapping") -> "TableMapping":
        """The mapping of a parsed TOML file; `thing` is how errors call it. Raises `InvalidMapping`."""
        say = Say(thing)
        kind = say.one_of(record.get("kind"), "kind", tuple(KINDS))
        whole, pieces = KINDS[kind]
        lists = ("adjustments", "remarks") if kind == "remits" else ()
        say.known(record, (*TOP, whole, pieces, *lists), None)
        rows = say.table(record.get("rows", {}), "rows", ("key", *(("service",) * (kind == "remits"))))
        mapping = cls(
            kind,
            _cells(record.get(whole), whole, say),
            _cells(record.get(pieces, {}), pieces, say),
            tuple(_cells(one, "adjustments", say) for one in say.tables(record, "adjustments")),
            tuple(_cells(one, "remarks", say)["rarc"] for one in say.tables(record, "remarks")),
            _form(say.table(record.get("file", {}), "file", FILE), say),
            say.texts(rows.get("key", []), "rows.key"),
            say.texts(rows.get("service", []), "rows.service"),
            _second(record.get("second_file"), say),
            name=say.text(record.get("name", thing), "name"),
        )
        _whole_enough(mapping, say)
        digest = sha256(repr(replace(mapping, name="")).encode()).hexdigest()
        kept = json.dumps({"name": mapping.name, **record}, default=str)
        return replace(mapping, digest=digest, record=kept)

    def theirs_of_first(self) -> frozenset[str]:
        """Columns of theirs that are named in the first file."""
        pieces = () if self.second else (*self._of_pieces(), *self.service)
        return frozenset([*self.key, *_named(self.whole), *pieces])

    def theirs_of_second(self) -> frozenset[str]:
        """Columns of theirs that are named in the second file."""
        return (
            frozenset([*self.second.key, *self._of_pieces(), *self.service]) if self.second else frozenset()
        )

    def _of_pieces(self) -> list[str]:
        remarks = (name for cell in self.remarks for name in cell.columns)
        adjustments = (name for one in self.adjustments for name in _named(one))
        return [*_named(self.pieces), *adjustments, *remarks]


def _named(cells: Cells) -> list[str]:
    return [name for cell in cells.values() for name in cell.columns]


def _cells(value: object, section: str, say: Say) -> Cells:
    record = say.table(value, section, SECTIONS[section])
    for plural, names in LISTS.items():
        if plural in record and any(name in record for name in names):
            raise say.wrong(
                f"{section}.{plural}", "its columns one by one as well", f"either {plural} or these"
            )
    cells = {key: _cell(one, f"{section}.{key}", say) for key, one in record.items()}
    for key, cell in cells.items():
        if key not in LISTS and len(cell.columns) > 1:
            raise say.wrong(f"{section}.{key}", f"{len(cell.columns)} columns", "one column")
    return cells


def _cell(value: object, where: str, say: Say) -> Cell:
    """A column's name, a list of names, or a table that says more."""
    if isinstance(value, str | list):
        return Cell(say.texts(value, where))
    if not isinstance(value, Mapping):
        raise say.wrong(where, kind_of(value), "a column's name in quotes")
    record = say.table(value, where, CELL)
    named = [key for key in ("column", "columns", "constant") if key in record]
    if len(named) != 1:
        raise say.wrong(where, " and ".join(named) or "none of them", "one of column, columns, constant")
    negate = record.get("negate", False)
    if not isinstance(negate, bool):
        raise say.wrong(f"{where}.negate", kind_of(negate), "true or false")
    return Cell(
        say.texts(record.get("column", record.get("columns", [])), where),
        str(record["constant"]) if "constant" in record else None,
        _words(record.get("values", {}), f"{where}.values", say),
        say.one_of(record.get("others", "keep"), f"{where}.others", OTHERS),
        say.text(record["split"], f"{where}.split") if "split" in record else None,
        _dates(record.get("dates", []), f"{where}.dates", say),
        negate,
    )


def _words(value: object, where: str, say: Say) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        raise say.wrong(where, kind_of(value), 'a table of their words and ours: { "AETNA" = "60054" }')
    return {str(theirs).strip().casefold(): str(ours) for theirs, ours in value.items()}


def _dates(value: object, where: str, say: Say) -> tuple[str, ...]:
    formats = say.texts(value, where)
    for one in formats:
        if not is_format(one):
            raise say.wrong(where, repr(one), "YYYY (or YY), MM (or MMM) and DD, each once, as MM/DD/YYYY")
    return formats


def _form(record: Record, say: Say) -> FileForm:
    usual = FileForm()
    skip = record.get("skip_lines", 0)
    if not isinstance(skip, int) or isinstance(skip, bool) or skip < 0:
        raise say.wrong("file.skip_lines", repr(skip), "a number of lines")
    delimiter = say.text(record["delimiter"], "file.delimiter") if "delimiter" in record else None
    if delimiter and (len(delimiter) > 1 or not delimiter.isascii()):
        raise say.wrong("file.delimiter", repr(delimiter), r'one character, such as "," or "\t"')
    encodings = ("utf-8", "latin-1", "cp1252", "utf-16")
    return FileForm(
        delimiter,
        say.one_of(record["encoding"], "file.encoding", encodings) if "encoding" in record else None,
        say.one_of(record.get("decimal", "."), "file.decimal", (".", ",")),
        _dates(record.get("dates", []), "file.dates", say) or usual.dates,
        ("", *say.texts(record["empty"], "file.empty")) if "empty" in record else usual.empty,
        skip,
        say.texts(record.get("names", []), "file.names"),
        say.one_of(record.get("money", "dollars"), "file.money", ("dollars", "cents")),
    )


def _second(value: object, say: Say) -> SecondFile | None:
    if value is None:
        return None
    record = say.table(value, "second_file", ("name", "key"))
    name = say.text(record.get("name"), "second_file.name")
    if Path(name).name != name:
        raise say.wrong("second_file.name", "a path", "the name of a file in the same folder")
    return SecondFile(name, say.texts(record.get("key"), "second_file.key"))


def _whole_enough(mapping: TableMapping, say: Say) -> None:
    """What can't be done without is there."""
    whole, pieces = KINDS[mapping.kind]
    sections = [(whole, mapping.whole), *(("adjustments", one) for one in mapping.adjustments)]
    if mapping.pieces or mapping.kind == "claims":
        sections.append((pieces, mapping.pieces))
    for section, cells in sections:
        for group in NEEDED[section]:
            if not any(name in cells for name in group):
                raise say.wrong(f"{section}.{group[0]}", "nothing", f"a column for {' or '.join(group)}")
    if not mapping.pieces and not {"charge_cents", "paid_cents"} <= set(mapping.whole):
        raise say.wrong(
            whole, "no [services], no charge_cents and paid_cents", "either [services] or these two"
        )
    if mapping.second and len(mapping.second.key) != len(mapping.key):
        raise say.wrong(
            "second_file.key", f"{len(mapping.second.key)} columns", "as many as rows.key, in its order"
        )
