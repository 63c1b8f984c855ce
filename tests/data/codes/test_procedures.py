import csv
from itertools import pairwise
from pathlib import Path

import pytest

from data.codes import ProcedureInfo, place_kind, procedure_info
from data.codes.files import rows
from data.codes.places import place_words

MODALITIES = {
    "x-ray", "CT", "MRI", "ultrasound", "mammography", "nuclear medicine", "PET", "fluoroscopy", "interventional",
    "DXA", "other",
}  # fmt: skip


@pytest.mark.parametrize(
    ("code", "modality", "region", "contrast", "paired"),
    [
        ("72148", "MRI", "spine", "without", False),
        ("72158", "MRI", "spine", "both", False),
        ("73721", "MRI", "lower extremity", "without", True),
        ("74177", "CT", "abdomen and pelvis", "with", False),
        ("70450", "CT", "brain", "without", False),
        ("71046", "x-ray", "chest", "none", False),
        ("73560", "x-ray", "lower extremity", "none", True),
        ("73565", "x-ray", "lower extremity", "none", False),
        ("76705", "ultrasound", "abdomen", "none", False),
        ("77067", "mammography", "breast", "none", False),
        ("77065", "mammography", "breast", "none", True),
        ("77080", "DXA", "bone", "none", False),
        ("78815", "PET", "whole body", "none", False),
        ("78306", "nuclear medicine", "bone", "none", False),
        ("74220", "fluoroscopy", "abdomen", "none", False),
        ("99213", "other", "other", "none", False),
        ("", "other", "other", "none", False),
        (None, "other", "other", "none", False),
    ],
)
def test_what_kind_of_study_a_code_is(code, modality, region, contrast, paired):
    info = procedure_info(code)
    assert (info.modality, info.body_region, info.contrast, info.paired) == (
        modality,
        region,
        contrast,
        paired,
    )


def test_ranges_are_sound():
    read = sorted(rows("procedures.csv"), key=lambda row: row["first"])
    assert all(row["first"] <= row["last"] for row in read)
    assert all(one["last"] < two["first"] for one, two in pairwise(read))
    assert {row["modality"] for row in read} == MODALITIES
    assert {row["contrast"] for row in read} == {"none", "without", "with", "both"}
    assert procedure_info("99999") == ProcedureInfo()


def test_modalities_agree_with_the_public_classification(samples):
    table = Path(samples).parent / "reference" / "rbcs_imaging.csv"
    if not table.is_file():
        pytest.skip("the public classification is not here")
    same = {
        "CT Scan": {"CT"},
        "Magnetic Resonance": {"MRI"},
        "Nuclear": {"nuclear medicine", "PET"},
        "Standard X-ray": {"x-ray", "fluoroscopy", "mammography", "interventional", "DXA"},
        "Ultrasound": {"ultrasound"},
    }
    with table.open() as file:
        kinds = {row["hcpcs_code"]: row["rbcs_subcategory"] for row in csv.DictReader(file)}
    asked = [
        (code, kind) for code, kind in kinds.items() if kind in same and code[0] == "7" and code[-1] != "T"
    ]
    agree = [procedure_info(code).modality in same[kind] for code, kind in asked]
    assert len(agree) > 500
    assert sum(agree) / len(agree) > 0.95


@pytest.mark.parametrize(
    ("place", "kind"),
    [("11", "non-facility"), ("22", "facility"), ("23", "facility"), ("00", "unknown"), (None, "unknown")],
)
def test_places_are_facilities_or_not(place, kind):
    assert place_kind(place) == kind


def test_places_have_words_where_they_are_common():
    assert place_words("11") == "office"
    assert place_words("?") == ""
