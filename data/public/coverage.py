"""CMS coverage articles: with which diagnoses a procedure is covered, and with which it is not.

Weekly downloads of the Medicare Coverage Database (`current_article.zip`, with `current_article_csv.zip` in it): tables
as comma-separated files. Read are article, article_x_hcpc_code, article_x_icd10_covered and _noncovered with their
_group tables, article_x_contractor and contractor. Descriptions are not read.

An article lists procedures in groups and diagnoses in groups, and tells in a paragraph which belong together. `matched`
says how that was seen, surest first:
    paragraph   the paragraph of the diagnoses names procedures that the article lists
    one_group   the article has one group of procedures
    number      the groups bear the same number
    article     none of these: all procedures of the article
"""

import html
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.errors import UnreadableFile
from data.public.articles import Article, Key, articles_of, columns_of
from data.public.cells import NAMES, plain, procedure
from data.public.grid import Grid
from data.public.table import Kind, Part

COVERAGE = Kind(
    "coverage",
    "Medicare coverage articles",
    "https://www.cms.gov/medicare-coverage-database/downloads/downloads.aspx",
    pa.schema(
        [
            ("procedure", NAMES),
            ("diagnosis", NAMES),  # ICD-10-CM, without the dot
            ("covered", pa.bool_()),
            ("article", NAMES),  # A52369
            ("diagnosis_group", pa.int16()),
            ("matched", NAMES),  # paragraph, one_group, number, article: see above
            ("conditional", pa.bool_()),  # asterisked: covered under a condition that the article tells
            ("contractors", NAMES),  # numbers of the contractors that go by it, with spaces between
            ("valid_from", pa.date32()),
            ("valid_to", pa.date32()),
        ]
    ),
    ("procedure", "diagnosis", "article", "covered", "diagnosis_group"),
)

MAX_ROWS = 30_000_000
"""More pairs than this are not made at once: ask for the procedures that you bill."""

TABLES = {
    "articles": ("articleid", "title"),
    "procedures": ("articleid", "hcpccodeid", "hcpccodegroup"),
    "covered": ("articleid", "icd10codeid", "icd10coveredgroup"),
    "noncovered": ("articleid", "icd10codeid", "icd10noncoveredgroup"),
    "covered_paragraphs": ("articleid", "icd10coveredgroup", "paragraph"),
    "noncovered_paragraphs": ("articleid", "icd10noncoveredgroup", "paragraph"),
    "served": ("articleid", "contractorid", "contractortypeid"),
    "contractors": ("contractorid", "contractorbusname"),
}
"""How each of the tables is known: by titles that it has."""
NEEDED = ("articles", "procedures", "covered")

Group = tuple[str, str, str]
"""The same, and the number of a group in it."""

TAG = re.compile(r"<[^>]*>")
NAMED = re.compile(r"\b(?:\d{4}[0-9A-Z]|[A-Z]\d{4})\b")
RUN = re.compile(r"\b(\d{5})\s*(?:-|–|through|thru)\s*(\d{5})\b")
MAX_RUN = 1000
DIAGNOSIS = re.compile(r"[A-Z]\d[0-9A-Z](\.?[0-9A-Z]{1,4})?")
"""An ICD-10-CM code. Groups without one are filled with XX000."""


def role(grid: Grid) -> str | None:
    """Which of the tables a grid is; None for any other file of the download."""
    titles = {plain(cell) for cell in grid.head[0]} if grid.head else set()
    found = [name for name, signs in TABLES.items() if titles.issuperset(signs)]
    return found[-1] if found else None


def read(grids: Mapping[str, Grid], procedures: Collection[str] | None = None) -> Part:
    """All pairs of the articles, or those of some procedures; `grids` by their roles.

    Raises `UnreadableFile` where a table is missing, or where the pairs are more than fit.
    """
    source = next(iter(grids.values())).source
    for name in NEEDED:
        if name not in grids:
            raise UnreadableFile(
                source, found=f"coverage articles without the table of {name}", wanted="the whole download"
            )
    articles = articles_of(grids)
    billed = _billed(grids["procedures"])
    lists = [
        _matched(listed, billed, articles, procedures)
        for name in ("covered", "noncovered")
        if name in grids
        for listed in (_listed(grids[name], grids.get(f"{name}_paragraphs"), covered=name == "covered"),)
    ]
    n_pairs = sum(one.n_pairs for one in lists)
    if n_pairs > MAX_ROWS:
        wanted = f"at most {MAX_ROWS:,}: ask for the procedures that you bill"
        raise UnreadableFile(source, found=f"{n_pairs:,} pairs of a procedure and a diagnosis", wanted=wanted)
    return Part(pa.concat_tables([_pairs(one, articles) for one in lists]).unify_dictionaries())


@dataclass(frozen=True, slots=True)
class _Listed:
    """The diagnoses of a table, each with its group."""

    covered: bool
    groups: tuple[Group, ...]
    """the distinct groups"""
    group: NDArray[np.int64]
    """[n] which of them each diagnosis is in"""
    diagnosis: tuple[str, ...]
    conditional: tuple[bool, ...]
    paragraphs: Mapping[Group, str]


@dataclass(frozen=True, slots=True)
class _Matched:
    """The same, with the procedures of each group."""

    listed: _Listed
    procedures: tuple[tuple[str, ...], ...]
    """of each group; none where the article is not known"""
    how: tuple[str, ...]

    @property
    def counts(self) -> NDArray[np.int64]:
        """[n groups] how many procedures each has"""
        return np.array([len(found) for found in self.procedures], np.int64)

    @property
    def n_pairs(self) -> int:
        return int(self.counts[self.listed.group].sum()) if len(self.counts) else 0


def _billed(grid: Grid) -> dict[Key, dict[str, set[str]]]:
    """The procedures of each article, by the number of their group."""
    billed: dict[Key, dict[str, set[str]]] = {}
    for article, version, code, group in zip(
        *columns_of(grid, "articleid", "articleversion", "hcpccodeid", "hcpccodegroup"), strict=True
    ):
        if found := procedure(code):
            billed.setdefault((article, version), {}).setdefault(group, set()).add(found)
    return billed


def _listed(grid: Grid, paragraphs: Grid | None, *, covered: bool) -> _Listed:
    numbered = "icd10coveredgroup" if covered else "icd10noncoveredgroup"
    columns = columns_of(grid, "articleid", "articleversion", numbered, "icd10codeid", "asterisk")
    groups: dict[Group, int] = {}
    rows = [
        (
            groups.setdefault((article, version, group), len(groups)),
            code.replace(".", ""),
            mark.upper() == "Y",
        )
        for article, version, group, code, mark in zip(*columns, strict=True)
        if DIAGNOSIS.fullmatch(code)
    ]
    return _Listed(
        covered,
        tuple(groups),
        np.array([row[0] for row in rows], np.int64),
        tuple(row[1] for row in rows),
        tuple(row[2] for row in rows),
        _texts(paragraphs, numbered),
    )


def _texts(grid: Grid | None, numbered: str) -> dict[Group, str]:
    """The paragraphs that say what a group is for, as plain text."""
    if grid is None:
        return {}
    columns = columns_of(grid, "articleid", "articleversion", numbered, "paragraph")
    return {
        (article, version, group): html.unescape(TAG.sub(" ", text))
        for article, version, group, text in zip(*columns, strict=True)
    }


def _matched(
    listed: _Listed,
    billed: Mapping[Key, Mapping[str, set[str]]],
    articles: Mapping[Key, Article],
    wanted: Collection[str] | None,
) -> _Matched:
    found = [
        _procedures(billed.get(group[:2], {}), group[2], listed.paragraphs.get(group, ""))
        if group[:2] in articles
        else (set[str](), "")
        for group in listed.groups
    ]
    kept = [codes if wanted is None else codes.intersection(wanted) for codes, _ in found]
    return _Matched(listed, tuple(tuple(sorted(codes)) for codes in kept), tuple(how for _, how in found))


def _procedures(groups: Mapping[str, set[str]], number: str, paragraph: str) -> tuple[set[str], str]:
    """The procedures that a group of diagnoses is for, and how that was seen."""
    everything = set().union(*groups.values())
    if named := _named(paragraph) & everything:
        return named, "paragraph"
    if len(groups) == 1:
        return everything, "one_group"
    if number in groups:
        return groups[number], "number"
    return everything, "article"


def _named(paragraph: str) -> set[str]:
    """The procedures that a text names, alone or as a run ("70551-70553")."""
    runs = (range(int(first), int(last) + 1) for first, last in RUN.findall(paragraph))
    within = {f"{code:05}" for run in runs if len(run) <= MAX_RUN for code in run}
    return within | set(NAMED.findall(paragraph))


def _pairs(one: _Matched, articles: Mapping[Key, Article]) -> pa.Table:
    """One row for each diagnosis and each procedure of its group."""
    listed = one.listed
    counts = one.counts[listed.group] if len(one.counts) else np.zeros(0, np.int64)
    rows = np.repeat(np.arange(len(counts)), counts)
    groups = listed.group[rows] if len(rows) else np.zeros(0, np.int64)
    starts = np.concatenate([[0], np.cumsum(one.counts)]).astype(np.int64)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    nothing = Article("", None, None, None)
    about = [articles.get(group[:2], nothing) for group in listed.groups]
    numbers = [int(group[2]) if group[2].isdigit() else None for group in listed.groups]
    columns = [
        _chosen([code for codes in one.procedures for code in codes], starts[groups] + within, NAMES),
        _chosen(listed.diagnosis, rows, NAMES),
        pa.repeat(pa.scalar(listed.covered), len(rows)),
        _chosen([article.name for article in about], groups, NAMES),
        _chosen(numbers, groups, pa.int16()),
        _chosen(one.how, groups, NAMES),
        _chosen(listed.conditional, rows, pa.bool_()),
        _chosen([article.contractors for article in about], groups, NAMES),
        _chosen([article.valid_from for article in about], groups, pa.date32()),
        _chosen([article.valid_to for article in about], groups, pa.date32()),
    ]
    return pa.table(columns, schema=COVERAGE.schema)


def _chosen(values: Sequence[object], at: NDArray[np.int64], to: pa.DataType) -> pa.Array:
    """Values by their numbers; for a column of few distinct texts only the distinct ones are kept."""
    if not pa.types.is_dictionary(to):
        return pa.array(values, to).take(pa.array(at))
    distinct = pa.array(values, pa.string()).dictionary_encode()
    return pa.DictionaryArray.from_arrays(distinct.indices.take(pa.array(at)), distinct.dictionary)
