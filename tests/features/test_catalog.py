from data.codes import FAMILIES, FAMILY
from data.schema import LABELLED, LINE_TABLE
from features.catalog import CATALOG, CATEGORICAL, COLUMNS, FORMULAS, GROUPS, NAMES, SHELVES, columns_for
from features.compiled import compiled
from features.concepts import CONCEPTS
from features.registry import EVERY

OWNERS = {family.owner for family in FAMILY.values()} | {"coder"}


def test_every_column_has_an_entry_and_every_entry_a_column() -> None:
    from tests.features.test_build import BUILT

    assert BUILT.names == NAMES == tuple(CATALOG)
    assert BUILT.categorical == CATEGORICAL


def test_no_name_twice() -> None:
    written = [feature.name for shelf in SHELVES for feature in shelf.features]
    assert len(written) == len(set(written))
    assert len(NAMES) == len(set(NAMES))


def test_entries_say_what_they_mean() -> None:
    for feature in CATALOG.values():
        assert feature.meaning.endswith((".", "?")), feature.name
        assert len(feature.meaning) > 8, feature.name
        assert feature.unit, feature.name
        assert feature.source, feature.name
        assert feature.field, feature.name
        assert feature.kind == CONCEPTS[feature.concept].kind
        assert feature.owner in OWNERS, feature.owner
        assert feature.families == EVERY or set(feature.families) <= set(FAMILIES), feature.name
        # What all lines did together tells the day, not the line: narrower rates lean on it, no trees look at it.
        assert bool(feature.families) != feature.name.startswith("history_all_"), feature.name


def test_every_concept_has_a_feature() -> None:
    assert {feature.concept for feature in CATALOG.values()} == set(CONCEPTS)


PERSONAL = {
    "patient_sex",
    "birth_year",
    "member_id",
    "payer_name",
    "billing_name",
    "record_number",
    "claim_id",
}
AGE_RULES = {"outside_screening_age"}
"""Rules of payers about ages: they tell whether the rule is broken, never the age."""


def reads() -> dict[str, frozenset[str]]:
    """The fields that each column reads."""
    return dict(zip(NAMES, compiled().features.reads, strict=False))


def test_formulas_stand_under_their_names() -> None:
    assert len(FORMULAS) == COLUMNS["checks"].stop == len(compiled().features.reads)
    assert [*COLUMNS] == [*GROUPS]
    for group, columns in COLUMNS.items():
        assert NAMES[columns] == tuple(feature.name for feature in GROUPS[group])


def test_no_feature_reads_who_the_patient_is() -> None:
    """Only whether fields are given, and edits of ages and sexes that payers make themselves (checks)."""
    given = {"no_member_id", "n_missing_fields", "completeness"}
    found = {name: sorted(fields & PERSONAL) for name, fields in reads().items() if fields & PERSONAL}
    told = {name for name in found if not name.startswith("check_")}
    assert told <= given | AGE_RULES, {name: found[name] for name in told - given - AGE_RULES}
    assert all(found[name] == ["member_id"] for name in given)


def test_no_feature_reads_a_label() -> None:
    outcomes = set(LABELLED.names) - set(LINE_TABLE.names)
    assert not {name for name, fields in reads().items() if fields & outcomes}


def test_every_field_that_is_read_is_of_the_line_table() -> None:
    made = {
        "pointed_diagnosis",
        "pointed_diagnosis_2",
        "pointed_diagnosis_3",
        "pointed_diagnosis_4",
        "beside",
    }
    fields = {field for read in reads().values() for field in read if ":" not in field}
    assert fields - made <= set(LINE_TABLE.names)


def test_age_or_sex_is_no_column() -> None:
    assert not {"age", "sex", "birth_year", "patient_sex", "patient_age"} & set(NAMES)


def test_each_family_has_columns_of_its_own_and_not_those_of_others() -> None:
    for family in FAMILIES:
        columns = columns_for(family)
        assert f"history_payer_{family}_rate" in columns
        assert "payer_id" not in columns
        assert not [
            name
            for name in columns
            if name.startswith("history_payer_") and "coding_rate" in name and family != "coding"
        ]
