"""History against an independent oracle: plain SQL over the raw columns, a self-join with strict dates."""

from datetime import date, timedelta
from functools import cache

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from features.build import Features, build
from features.evidence import evidence
from features.history import OUTPUTS, answered_name, rate_name
from features.key_sets import BY_NAME, FIRST_GUESS, GUESS_STRENGTH, KEY_SETS, LONG, QUARTER, YEAR
from features.state import EPOCH, FeatureState
from tests.features.made_lines import labelled, lines_of

TABLE = labelled(500, seed=3)
SENT_ON = TABLE.column("submitted_on").cast(pa.int32()).to_numpy()

COMPONENT = "case when '26' in (modifier_1, modifier_2) then '26' when 'TC' in (modifier_1, modifier_2) then 'TC' else 'g' end"
ATTACHMENT = "concat(attachment_type is null, attachment_control is null)"
KEYS = {
    "all": ("1",),
    "payer": ("payer_id",),
    "procedure": ("procedure",),
    "payer_plan": ("payer_id", "plan_type"),
    "payer_procedure": ("payer_id", "procedure"),
    "rendering": ("rendering_npi",),
    "payer_rendering": ("payer_id", "rendering_npi"),
    "payer_referring": ("payer_id", "referring_npi"),
    "facility_procedure": ("facility_npi", "procedure"),
    "payer_facility_component": ("payer_id", "facility_npi", COMPONENT),
    "payer_procedure_attachment": ("payer_id", "procedure", ATTACHMENT),
    "member": ("member_id",),
}
"""The same keys as SQL would write them, from raw columns."""


@cache
def built() -> Features:
    return build(lines_of(TABLE), FeatureState.fit(TABLE, as_of=date(2026, 12, 31)))


def counted(key_set: str, family: str, window: int) -> tuple[np.ndarray, np.ndarray]:
    """Answered and denied lines before each line's submission, in the order of the table. Shapes (n,)."""
    key = " and ".join(f"a.k{i} is not distinct from b.k{i}" for i in range(len(KEYS[key_set])))
    columns = ", ".join(f"({expression})::varchar as k{i}" for i, expression in enumerate(KEYS[key_set]))
    denied = "b.label = 1" if family == "denied" else f"b.label = 1 and b.family = '{family}'"
    since = f"and b.known_on >= a.submitted_on - {window}" if window != LONG else ""
    connection = duckdb.connect()
    connection.register("lines", TABLE)
    found = connection.execute(f"""
        with l as (select row_number() over () as i, submitted_on, known_on, label, family, {columns} from lines)
        select count(b.i), count(case when {denied} then 1 end) from l a
        left join l b on {key} and b.label is not null and b.known_on < a.submitted_on {since}
        group by a.i order by a.i
    """).fetchnumpy()
    return tuple(np.asarray(values, dtype=np.float64) for values in found.values())  # type: ignore[return-value]


@pytest.mark.parametrize("key_set", KEYS)
def test_counts_are_what_sql_counts(key_set: str) -> None:
    window = BY_NAME[key_set].windows[0]
    answered, _ = counted(key_set, "denied", window)
    np.testing.assert_array_equal(built().column(answered_name(key_set)), answered)
    assert answered.max() > 1


@pytest.mark.parametrize(
    ("key_set", "family", "wider"),
    [
        ("payer", "denied", "all"),
        ("payer", "timely_filing", "all"),
        ("procedure", "coding", "all"),
        ("payer_plan", "eligibility", "payer"),
        ("payer_rendering", "provider_enrollment", "payer"),
        ("payer_procedure_attachment", "documentation", "payer_procedure"),
    ],
)
def test_rates_are_shrunk_counts(key_set: str, family: str, wider: str) -> None:
    answered, denied = counted(key_set, family, YEAR)
    name = rate_name(key_set, family, YEAR, YEAR)
    strength = np.array([built().shrinkage.of(name, float(day)) for day in SENT_ON])
    assert len(set(strength)) > 2
    prior = built().column(rate_name(wider, family, YEAR, YEAR))
    expected = (denied + strength * prior) / (answered + strength)
    found = built().column(name)
    np.testing.assert_allclose(
        found, expected, rtol=5e-7
    )  # columns are float32, and so is the prior taken here


def test_recent_rates_shrink_toward_those_of_the_year() -> None:
    answered, denied = counted("payer", "denied", QUARTER)
    strength = BY_NAME["payer"].strength
    expected = (denied + strength * built().column("history_payer_denied_rate")) / (answered + strength)
    np.testing.assert_allclose(built().column("history_payer_denied_rate_recent"), expected, rtol=5e-7)


def test_where_nothing_is_known_yet_the_first_guess_stands() -> None:
    first = int(np.argmin(built().column("history_all_answered")))
    assert built().column("history_all_answered")[first] == 0
    assert built().column("history_all_denied_rate")[first] == pytest.approx(FIRST_GUESS)
    assert built().column("history_payer_procedure_denied_rate")[first] == pytest.approx(FIRST_GUESS)
    assert GUESS_STRENGTH > 0


@pytest.mark.parametrize(
    ("key_set", "family"),
    [
        ("payer", "denied"),
        ("payer_rendering", "provider_enrollment"),
        ("member", "denied"),
        ("all", "coding"),
    ],
)
def test_evidence_gives_back_the_counts(key_set: str, family: str) -> None:
    answered, denied = counted(key_set, family, BY_NAME[key_set].windows[0])
    for row in range(0, TABLE.num_rows, 37):
        found = evidence(built(), row, key_set, family, EPOCH + timedelta(days=int(SENT_ON[row])))
        if found is None:
            assert TABLE.column("member_id")[row].as_py() is None
        else:
            assert (found.answered, found.denied) == (answered[row], denied[row])


def test_evidence_says_none_without_its_columns() -> None:
    assert evidence(built().select(["history_payer_answered"]), 0, "payer", "denied", None) is None


def test_every_narrower_key_names_a_wider_one_above_it() -> None:
    names = [one.name for one in KEY_SETS]
    for place, one in enumerate(KEY_SETS):
        assert one.parent is None or names.index(one.parent) < place
    outputs = [output.name for output in OUTPUTS]
    assert len(set(outputs)) == len(outputs)
    for place, output in enumerate(OUTPUTS):
        assert output.parent is None or outputs.index(output.parent) < place
