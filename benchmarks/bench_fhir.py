"""How many FHIR resources a second one core reads: alone, one a line, and in a Bundle.

    python benchmarks/bench_fhir.py [--out benchmarks/results/fhir.txt]

Small claims, answers and explanations of two lines each; with the samples beside the repository, HL7's examples too.
"""

import argparse
import json
import platform
import time
from collections.abc import Callable
from pathlib import Path

from data.readers.fhir import read_fhir

N = 2_000
SAMPLES = Path(__file__).parents[2] / "shared" / "samples" / "fhir" / "hl7-r4-examples"
CPT = "http://www.ama-assn.org/go/cpt"
CARC = "https://x12.org/codes/claim-adjustment-reason-codes"
NPI = "http://hl7.org/fhir/sid/us-npi"


def money(value: float) -> dict[str, object]:
    """An amount in dollars."""
    return {"value": value, "currency": "USD"}


def concept(
    code: str, system: str = "http://terminology.hl7.org/CodeSystem/adjudication"
) -> dict[str, object]:
    """One code of one system."""
    return {"coding": [{"system": system, "code": code}]}


def item(n: int, *, is_decided: bool) -> dict[str, object]:
    """One line of a claim, decided or not."""
    decided = [
        {"category": concept("submitted"), "amount": money(125.5)},
        {"category": concept("benefit"), "amount": money(0 if n == 1 else 90.25)},
        {"category": concept("denialreason"), "reason": concept("197", CARC)},
    ]
    line = {
        "sequence": n,
        "diagnosisSequence": [1],
        "productOrService": concept("71046", CPT),
        "modifier": [concept("26", CPT)],
        "servicedDate": "2025-03-01",
        "locationCodeableConcept": concept("11", "https://www.cms.gov/place-of-service-codes"),
        "quantity": {"value": 1},
        "net": money(125.5),
    }
    return {**line, "adjudication": decided} if is_decided else line


def resource(n: int) -> dict[str, object]:
    """A Claim, or every other time an ExplanationOfBenefit, of two lines."""
    kind = ("Claim", "ExplanationOfBenefit")[n % 2]
    return {
        "resourceType": kind,
        "id": f"c{n}",
        "identifier": [{"value": f"A-{n}"}],
        "status": "active",
        "use": "claim",
        "outcome": "complete",
        "type": concept("professional"),
        "created": "2025-03-04",
        "patient": {"reference": f"Patient/{n}"},
        "insurer": {"identifier": {"value": "PAY1"}, "display": "Plan"},
        "provider": {"identifier": {"system": NPI, "value": "1234567893"}},
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": f"Coverage/{n}"}}],
        "diagnosis": [
            {"sequence": 1, "diagnosisCodeableConcept": concept("M54.5", "http://hl7.org/fhir/sid/icd-10-cm")}
        ],
        "item": [item(line, is_decided=n % 2 == 1) for line in (1, 2)],
    }


def rate(read: Callable[[], int]) -> float:
    """Resources a second of processor time: the best of three."""
    best = 0.0
    for _ in range(3):
        start = time.process_time()
        n = read()
        best = max(best, n / (time.process_time() - start))
    return best


def read_each(files: list[bytes]) -> int:
    """How many resources of these files were read."""
    return sum(read_fhir(content, source="bench").segments.used for content in files)


def figures() -> list[tuple[str, float, int]]:
    """What was read, how many a second, and how large each is."""
    resources = [resource(n) for n in range(N)]
    files = [json.dumps(one).encode() for one in resources]
    lines = b"\n".join(files)
    entries = [{"resource": one} for one in resources]
    bundle = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()
    size = len(lines) // N
    found = [
        ("each in a file of its own", rate(lambda: read_each(files)), size),
        ("one a line", rate(lambda: read_each([lines])), size),
        ("in one Bundle", rate(lambda: read_each([bundle])), size),
    ]
    samples = [path.read_bytes() for path in sorted(SAMPLES.glob("Claim-*.json"))]
    if samples:
        together = b"\n".join(json.dumps(json.loads(one)).encode() for one in samples * 50)
        found.append(
            (
                "HL7's examples of Claim, one a line",
                rate(lambda: read_each([together])),
                len(together) // (50 * len(samples)),
            )
        )
    return found


def main() -> None:
    """Measures, prints, and writes the figures where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    lines = [
        f"FHIR resources read a second, one core ({platform.machine()}, Python {platform.python_version()})"
    ]
    lines += [f"{name:<40}{value:>10,.0f}   ({size:,} bytes each)" for name, value, size in figures()]
    text = "\n".join(lines) + "\n"
    print(text, end="")
    if chosen.out:
        chosen.out.parent.mkdir(parents=True, exist_ok=True)
        chosen.out.write_text(text)


if __name__ == "__main__":
    main()
