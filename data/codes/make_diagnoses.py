"""Makes `diagnoses.csv` from the releases of ICD-10-CM that the CDC publishes: ids and our own marks, no texts.

    python -m data.codes.make_diagnoses FOLDER > data/codes/diagnoses.csv

`FOLDER` holds, for each of `RELEASES`, the list of codes and the tabular XML (https://www.cdc.gov/nchs/icd/icd-10-cm).
ICD-10-CM is a work of the United States government. Run by hand, when a release is added; nothing else needs it.
"""

import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

RELEASES = (
    ("1", "icd10cm-order-Jan-2021.txt", "icd10cm_tabular_2021.xml"),
    ("2", "code-list-April-2025.txt", "icd10cm-tabular-April-2025.xml"),
    ("3", "code-list-April-2026.txt", "icd10c-tabular-April-1-2026.xml"),
)
"""The mark of each release in the table (`data.codes.diagnoses.RELEASED` has its days), its codes and its titles."""

CODE = re.compile(r"[A-Z][0-9A-Z]{2,6}")
MARKS: Mapping[str, re.Pattern[str]] = {
    "left": re.compile(r"\bleft\b"),
    "right": re.compile(r"\bright\b"),
    "unspecified": re.compile(r"\bunspecified\b"),
    "manifestation": re.compile(r"\bin (other )?(specified )?diseases classified elsewhere\b"),
}
NO_SIDE = re.compile(r"ventric|bundle|heart|atri|quadrant|bilateral|\bleft\b.*\bright\b|\bright\b.*\bleft\b")
"""Titles that say left or right and mean no side of a body part that comes in pairs."""


def billable(path: Path) -> frozenset[str]:
    """The codes of a release that no longer code begins with: only these may be billed."""
    lines = path.read_text(encoding="utf-8").splitlines()
    codes = sorted(
        {next((word for word in line.split() if CODE.fullmatch(word)), "") for line in lines} - {""}
    )
    longer = zip(codes, [*codes[1:], ""], strict=True)
    return frozenset(code for code, following in longer if not following.startswith(code))


def titles(path: Path) -> Mapping[str, str]:
    """The title of each code that the tabular list spells out; those with a seventh character mostly aren't."""
    tree = ElementTree.parse(path)  # noqa: S314 - a file that the maker of the table has downloaded himself
    return {
        (each.findtext("name") or "").replace(".", ""): (each.findtext("desc") or "").lower()
        for each in tree.iter("diag")
    }


def marks(code: str, titled: Mapping[str, str]) -> frozenset[str]:
    """What the title of a code, or of the longest code that it begins with, says of it."""
    title = next((titled[code[:n]] for n in range(len(code), 2, -1) if code[:n] in titled), "")
    said = {mark for mark, pattern in MARKS.items() if pattern.search(title)}
    return frozenset(said - {"left", "right"} if NO_SIDE.search(title) else said)


def rows(folder: Path) -> Iterator[dict[str, str]]:
    """Codes that differ in their last character only, and were in the same releases, as one row."""
    read = [(mark, billable(folder / codes), titles(folder / tabular)) for mark, codes, tabular in RELEASES]
    together: dict[tuple[str, str], dict[str, str]] = defaultdict(lambda: dict.fromkeys(("last", *MARKS), ""))
    for code in sorted(frozenset().union(*(codes for _, codes, _ in read))):
        within = [(mark, titled) for mark, codes, titled in read if code in codes]
        row = together[code[:-1], "".join(mark for mark, _ in within)]
        for name in ("last", *marks(code, within[-1][1])):
            row[name] += code[-1]
    for (stem, releases), row in sorted(together.items()):
        yield {"stem": stem, "releases": releases, **row}


def main(folder: Path) -> None:
    """Write the table to where the output goes."""
    out = csv.DictWriter(sys.stdout, ("stem", "releases", "last", *MARKS), lineterminator="\n")
    out.writeheader()
    out.writerows(rows(folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
