from data.codes import FAMILIES, FAMILY
from features.catalog import CATALOG, CATEGORICAL, NAMES, SHELVES, columns_for
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
        assert feature.families, feature.name


def test_every_concept_has_a_feature() -> None:
    assert {feature.concept for feature in CATALOG.values()} == set(CONCEPTS)


def test_no_age_or_sex_by_itself() -> None:
    assert not {"age", "sex", "birth_year", "patient_sex", "patient_age"} & set(NAMES)


def test_each_family_has_columns_of_its_own_and_not_those_of_others() -> None:
    for family in FAMILIES:
        columns = columns_for(family)
        assert f"history_payer_{family}_rate" in columns
        assert "payer_id" in columns
        assert not [
            name
            for name in columns
            if name.startswith("history_payer_") and "coding_rate" in name and family != "coding"
        ]
