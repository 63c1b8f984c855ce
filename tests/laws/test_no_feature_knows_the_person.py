"""Law: no feature knows a patient's sex, age, race, name or address, but the payers' own age and sex edits.

Those edits a claim can fail (a diagnosis of women on a man's claim, a screening before the age that is covered). What
they say is whether it fails, never how old somebody is.
"""

import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pytest

from data.schema import LINE_TABLE
from features.build import build
from features.catalog import CATALOG, COLUMNS, FORMULAS, NAMES
from features.categories import CATEGORIES
from features.formula import Formula, Word
from features.state import FeatureState
from tests.features.made_lines import labelled

PERSON = frozenset({"birth_year", "patient_sex"})
EDITS = frozenset(
    {"check_diagnosis_sex", "check_diagnosis_age", "check_screening_age", "outside_screening_age"}
)
"""Columns that may look at age or sex: each is an edit of payers, with its source in its docstring."""
MISSING = frozenset({"check_sex_missing", "check_birth_date_missing"})
"""Columns that say whether a field was filled in, not what it holds."""
FORBIDDEN = re.compile(
    r"(^|_)(sex|gender|age|birth|race|ethnic\w*|name|address|city|zip|postal|street|phone)(_|$)"
)
OF_A_COMPANY = re.compile(r"^(payer|billing)_name$")


def fields(formula: Formula) -> Iterator[str]:
    """The columns of the line table that a formula reads."""
    for told in formula.extra:
        if isinstance(told, Word):
            yield told.column
        elif isinstance(told, str):
            yield told
    for argument in formula.args:
        yield from fields(argument)


READ = {
    name: frozenset(fields(formula)) for name, formula in zip(NAMES[: len(FORMULAS)], FORMULAS, strict=True)
}


def test_only_edits_read_age_or_sex() -> None:
    assert {name for name, read in READ.items() if read & PERSON} == EDITS | MISSING
    assert not {category.feature.name for category in CATEGORIES if category.of.column in PERSON}


@pytest.mark.parametrize("name", NAMES)
def test_no_column_is_called_after_the_person(name: str) -> None:
    assert name in EDITS | MISSING or not FORBIDDEN.search(name), name
    assert CATALOG[name].field not in PERSON or name in EDITS | MISSING


def test_no_name_or_address_is_there_to_be_read() -> None:
    kept = {name for name in LINE_TABLE.names if FORBIDDEN.search(name) and not OF_A_COMPANY.search(name)}
    assert kept == PERSON


def test_another_age_and_sex_change_edits_alone() -> None:
    table = labelled(400)
    state = FeatureState.fit(table, as_of=max(table["submitted_on"].to_pylist()))
    n = table.num_rows
    other = {
        "birth_year": pa.array((1930 + np.arange(n) * 7 % 90).astype(np.int16)),
        "patient_sex": pa.array(["M" if k % 2 else "F" for k in range(n)]),
    }
    turned = table
    for name, values in other.items():
        turned = turned.set_column(turned.schema.get_field_index(name), name, values)
    before, after = build(table, state).values, build(turned, state).values
    changed = (before != after) & ~(np.isnan(before) & np.isnan(after))
    edits = np.isin(NAMES, list(EDITS | MISSING))
    # What is counted over the checks (how many tripped, what became of such lines) follows the edits of a line.
    untouched = ~changed[:, edits].any(axis=1)
    assert untouched.sum() > n / 4
    assert not changed[untouched].any()
    follows = np.arange(len(NAMES)) >= COLUMNS["checks"].start
    assert not changed[:, ~edits & ~follows].any(axis=0).any()
