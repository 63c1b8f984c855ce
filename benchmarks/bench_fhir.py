"""How many FHIR resources a second one core reads: each kind in a file of its own, one a line, and in a Bundle.

    python benchmarks/bench_fhir.py [--out benchmarks/results/fhir.txt]

Small claims, answers and explanations of two lines each. Beside it, in the same run: `fhir.resources` (R4B) parsing the
same resources, then the same extraction from what it parsed.
"""

import argparse
import json
import platform
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from data.readers.fhir import read_fhir

N = 200
ROUNDS = 7
CPT = "http://www.ama-assn.org/go/cpt"
CARC = "https://x12.org/codes/claim-adjustment-reason-codes"
NPI = "http://hl7.org/fhir/sid/us-npi"
KINDS = ("Claim", "ClaimResponse", "ExplanationOfBenefit")
Thing = dict[str, object]


def money(value: float) -> Thing:
    """An amount in dollars."""
    return {"value": value, "currency": "USD"}


def concept(code: str, system: str = "http://terminology.hl7.org/CodeSystem/adjudication") -> Thing:
    """One code of one system."""
    return {"coding": [{"system": system, "code": code}]}


def item(n: int) -> Thing:
    """One line of a claim."""
    return {
        "sequence": n,
        "diagnosisSequence": [1],
        "productOrService": concept("71046", CPT),
        "modifier": [concept("26", CPT)],
        "servicedDate": "2025-03-01",
        "locationCodeableConcept": concept("11", "https://www.cms.gov/place-of-service-codes"),
        "quantity": {"value": 1},
        "net": money(125.5),
    }


def decision(n: int) -> list[Thing]:
    """What was decided on a line: the first denied, the second paid."""
    return [
        {"category": concept("submitted"), "amount": money(125.5)},
        {"category": concept("benefit"), "amount": money(0 if n == 1 else 90.25)},
        {"category": concept("denialreason"), "reason": concept("197", CARC)},
    ]


def resource(kind: str, n: int) -> Thing:
    """A resource of one kind, with all that R4B demands of it."""
    made: Thing = {
        "resourceType": kind,
        "id": f"c{n}",
        "identifier": [{"value": f"A-{n}"}],
        "status": "active",
        "type": concept("professional"),
        "use": "claim",
        "patient": {"reference": f"Patient/{n}"},
        "created": "2025-03-04",
        "insurer": {"identifier": {"value": "PAY1"}, "display": "Plan"},
    }
    if kind == "ClaimResponse":
        lines: list[Thing] = [{"itemSequence": n, "adjudication": decision(n)} for n in (1, 2)]
        return {**made, "request": {"identifier": {"value": f"A-{n}"}}, "outcome": "complete", "item": lines}
    made |= {
        "provider": {"identifier": {"system": NPI, "value": "1234567893"}},
        "insurance": [{"focal": True, "coverage": {"reference": f"Coverage/{n}"}}],
        "diagnosis": [
            {"sequence": 1, "diagnosisCodeableConcept": concept("M54.5", "http://hl7.org/fhir/sid/icd-10-cm")}
        ],
    }
    if kind == "Claim":
        insured: Thing = {"sequence": 1, "focal": True, "coverage": {"reference": f"Coverage/{n}"}}
        return {**made, "priority": concept("normal"), "insurance": [insured], "item": [item(1), item(2)]}
    decided = [{**item(n), "adjudication": decision(n)} for n in (1, 2)]
    return {**made, "outcome": "complete", "item": decided}


def read_each(files: list[bytes]) -> int:
    """How many resources of these files were read."""
    return sum(read_fhir(content, source="bench").segments.used for content in files)


def peer_each(kind: str, files: list[bytes]) -> int:
    """The same with fhir.resources: its model checks and parses, our extraction takes what it holds."""
    from fhir.resources.R4B import get_fhir_model_class

    model = get_fhir_model_class(kind)
    return read_each([model.model_validate_json(content).model_dump_json().encode() for content in files])


def forms(kind: str) -> Iterator[tuple[str, list[bytes]]]:
    """The same resources in files of their own, one a line, and in a Bundle."""
    made = [resource(kind, n) for n in range(N)]
    files = [json.dumps(one).encode() for one in made]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in made]}
    yield "each in a file of its own", files
    yield "one a line", [b"\n".join(files)]
    yield "in one Bundle", [json.dumps(bundle).encode()]


def seconds(read: Callable[[], int]) -> float:
    """Processor time of reading all N."""
    start = time.process_time()
    if read() != N:
        raise SystemExit("not every resource was read")
    return time.process_time() - start


def compared(ours: Callable[[], int], theirs: Callable[[], int]) -> tuple[float, float, float]:
    """Resources a second of both, each at its best, and how many times quicker ours is: the median, turn by turn."""
    turns = [(seconds(ours), seconds(theirs)) for _ in range(ROUNDS)]
    best, peer = (N / min(turn[who] for turn in turns) for who in (0, 1))
    return best, peer, statistics.median(their / our for our, their in turns)


def figures() -> Iterator[str]:
    """A line for each kind and form."""
    for kind in KINDS:
        given = dict(forms(kind))
        files = given["each in a file of its own"]
        size = sum(map(len, files)) // N
        for form, contents in given.items():
            rate, peer, ratio = compared(partial(read_each, contents), partial(peer_each, kind, files))
            yield f"{kind:<22}{form:<28}{rate:>8,.0f}{peer:>12,.0f}{ratio:>10.1f}   ({size:,} bytes each)"


def main() -> None:
    """Measures, prints, and writes the figures where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    lines = [
        f"FHIR resources read a second of processor time, one core ({platform.machine()}, Python"
        f" {platform.python_version()}); best of {ROUNDS} turns,",
        "beside fhir.resources (R4B models) parsing each from a file of its own with the same extraction after it;"
        " times: median of the turns",
        f"{'kind':<22}{'form':<28}{'cleanclaim':>8}{'with models':>12}{'times':>8}",
    ]
    print("\n".join(lines))
    for line in figures():
        print(line, flush=True)
        lines.append(line)
    if chosen.out:
        chosen.out.parent.mkdir(parents=True, exist_ok=True)
        chosen.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
