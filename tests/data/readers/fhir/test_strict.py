import json
import subprocess
import sys
from pathlib import Path

import pytest

from data.errors import UnreadableFile
from data.readers.fhir import validate

pytest.importorskip("fhir.resources")

SAMPLES = Path(__file__).parents[4].parent / "shared" / "samples" / "fhir" / "hl7-r4-examples"
REFERENCE = {"reference": "Patient/1"}
CODE = {"coding": [{"code": "x"}]}
CLAIM = {
    "resourceType": "Claim",
    "status": "active",
    "type": CODE,
    "use": "claim",
    "patient": REFERENCE,
    "created": "2025-03-04",
    "provider": REFERENCE,
    "priority": CODE,
    "insurance": [{"sequence": 1, "focal": True, "coverage": REFERENCE}],
    "item": [{"sequence": 1, "productOrService": CODE, "net": {"value": 125.50, "currency": "USD"}}],
}
ITEM = CLAIM["item"][0]

CASES = [
    ({}, []),
    ({"created": "yesterday"}, [("Claim.created", "a text of 9 characters", "a DateTime")]),
    ({"patient": {"reference": 4711}}, [("Claim.patient.reference", "a number", "a text")]),
    ({"Smith": 1}, [("Claim.?", "a number", "no such field")]),
    ({"item": [{"sequence": 1}]}, [("Claim.item[0].productOrService", "nothing", "a value")]),
    (
        {"item": [{**ITEM, "sequence": "Smith"}]},
        [("Claim.item[0].sequence", "a text of 5 characters", "a whole number")],
    ),
    (
        {"item": [{**ITEM, "net": {"value": "Smith"}}]},
        [("Claim.item[0].net.value", "a text of 5 characters", "a Decimal")],
    ),
    ({"insurance": "Smith"}, [("Claim.insurance", "a text of 5 characters", "a list")]),
]


@pytest.mark.parametrize(("changes", "expected"), CASES)
def test_faults_are_told_by_path_and_kind(
    changes: dict[str, object], expected: list[tuple[str, str, str]]
) -> None:
    faults = validate(json.dumps({**CLAIM, **changes}).encode())
    assert [(f.path, f.found, f.wanted) for f in faults] == expected
    assert "Smith" not in str(faults)


def test_each_resource_of_a_bundle_or_of_lines_has_its_place() -> None:
    bad = {name: value for name, value in CLAIM.items() if name != "status"}
    lines = b"\n".join(json.dumps(one).encode() for one in (CLAIM, bad, {"resourceType": "Claims"}))
    bundle = json.dumps(
        {"resourceType": "Bundle", "entry": [{"resource": CLAIM}, {"resource": bad}]}
    ).encode()
    assert [(f.path, lines[f.offset : f.offset + 1]) for f in validate(lines)] == [
        ("Claim.status", b"{"),
        ("?", b"{"),
    ]
    assert [f.path for f in validate(bundle)] == ["Claim.status"]


@pytest.mark.parametrize("content", [b"", b"  \n"])
def test_nothing_to_look_at(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        validate(content)


@pytest.mark.parametrize(
    "content", [b"ISA*00*", b'{"resourceType": "Claim", "item": ' + b"[" * 50_000, b"[1, 2]"]
)
def test_what_is_no_fhir_is_a_fault(content: bytes) -> None:
    assert validate(content)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the folder ../shared/samples is not there")
@pytest.mark.parametrize("name", ["Claim-100150", "ClaimResponse-R3500", "ExplanationOfBenefit-EB3500"])
def test_examples_of_hl7_have_no_fault(name: str) -> None:
    assert validate((SAMPLES / f"{name}.json").read_bytes()) == []


def test_reading_does_not_load_the_models() -> None:
    asked = "import sys, data.readers.fhir; assert not any(n == 'fhir' or n.startswith('pydantic') for n in sys.modules)"
    subprocess.run([sys.executable, "-c", asked], check=True)
