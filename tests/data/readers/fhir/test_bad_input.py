"""Whatever comes in: it is read, or listed, or refused as no FHIR. Nothing else is raised, nothing takes long."""

import json
import random
import time
from contextlib import suppress
from pathlib import Path

import pytest

from data.errors import UnreadableFile
from data.readers.fhir import read_fhir
from data.readers.fhir.values import FOREIGN
from data.schema import Reading

SAMPLES = Path(__file__).parents[4].parent / "shared" / "samples" / "fhir"
FILES = [path for path in sorted(SAMPLES.glob("*/*.json")) if path.stat().st_size < 60_000]

CPT = {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "71046"}]}
ITEM = {"sequence": 1, "productOrService": CPT, "net": {"value": 125.5, "currency": "USD"}}
CLAIM = {"resourceType": "Claim", "id": "c1", "patient": {"reference": "Patient/p1"}, "item": [ITEM]}
PATIENT = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Smith"}], "birthDate": "1931-02-03"}
GOOD = json.dumps(CLAIM).encode()


def holds(reading: Reading) -> tuple[int, int, int, int]:
    """Claims, lines, remits, resources listed; every resource is used or listed, and no text is empty."""
    segments = reading.segments
    assert segments.total == segments.used + segments.listed
    claims, remits = reading.claims, reading.remits
    for table in (
        claims.claims,
        claims.lines,
        remits.remits,
        remits.services,
        reading.rejects,
        reading.unused,
    ):
        for column in table.columns:
            assert "" not in column.to_pylist()
    return claims.claims.num_rows, claims.lines.num_rows, remits.remits.num_rows, segments.listed


def lines(*given: bytes) -> bytes:
    return b"\n".join(given)


def bundle(*given: object) -> bytes:
    return json.dumps({"resourceType": "Bundle", "entry": [{"resource": one} for one in given]}).encode()


def with_item(**changes: object) -> bytes:
    return json.dumps({**CLAIM, "item": [{**ITEM, **changes}]}).encode()


# content -> claims, lines, remits, resources listed
CASES = {
    "a byte order mark": (b"\xef\xbb\xbf" + GOOD, (1, 1, 0, 0)),
    "line ends of Windows": (GOOD + b"\r\n" + GOOD + b"\r\n", (2, 2, 0, 0)),
    "empty lines": (b"\n\n" + GOOD + b"\n\n  \n" + GOOD + b"\n\n", (2, 2, 0, 0)),
    "a line that breaks off": (lines(GOOD, GOOD[:90], GOOD), (2, 2, 0, 1)),
    "a line of words": (lines(GOOD, b"Smith, born in 1931", GOOD), (2, 2, 0, 1)),
    "a line that is a list": (lines(GOOD, b"[1, 2]", GOOD), (2, 2, 0, 1)),
    "a line that is a number": (lines(GOOD, b"4711", GOOD), (2, 2, 0, 1)),
    "a line of another kind": (lines(GOOD, b'{"a": 1}', GOOD), (2, 2, 0, 1)),
    "a line in Latin-1": (lines(GOOD, GOOD.replace(b"c1", b"\xe9\xff"), GOOD), (3, 3, 0, 0)),
    "a line of zeros": (lines(GOOD, b"\x00" * 50, GOOD), (2, 2, 0, 1)),
    "two in one line": (lines(GOOD + GOOD, GOOD), (3, 3, 0, 0)),
    "a list of resources": (b"[" + GOOD + b"," + GOOD + b"]", (2, 2, 0, 0)),
    "a Bundle of all kinds": (bundle(PATIENT, CLAIM, {"resourceType": "Observation"}, {"resourceType": "Smith"}), (1, 1, 0, 2)),
    "a Bundle in a Bundle": (bundle(json.loads(bundle(CLAIM, PATIENT)), CLAIM), (2, 2, 0, 0)),
    "entries that are none": (b'{"resourceType": "Bundle", "entry": [1, null, "x", [], {}, {"resource": 5}]}', (0, 0, 0, 0)),
    "entry is an object": (b'{"resourceType": "Bundle", "entry": {"resource": ' + GOOD + b"}}", (0, 0, 0, 0)),
    "kind is a number": (b'{"resourceType": "Claim", "resourceType": 5}', (0, 0, 0, 1)),
    "items that are none": (json.dumps({**CLAIM, "item": [1, None, "x", [ITEM], ITEM]}).encode(), (1, 1, 0, 0)),
    "item is an object": (json.dumps({**CLAIM, "item": ITEM}).encode(), (1, 1, 0, 0)),
    "a name twice": (GOOD[:-1] + b', "id": "c2"}', (1, 1, 0, 0)),
    "R5's words": (json.dumps({**CLAIM, "trace": [{}], "event": [{}], "item": [{**ITEM, "tax": {"value": 1}}]}).encode(), (1, 1, 0, 0)),
}  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), CASES.values(), ids=CASES.keys())
def test_what_is_read_and_what_is_listed(content: bytes, expected: tuple[int, int, int, int]) -> None:
    reading = read_fhir(content, source="x")
    assert holds(reading) == expected
    assert "Smith" not in str((reading.rejects.to_pylist(), reading.unused.to_pylist()))
    assert "1931" not in str(reading.claims.claims.drop(["birth_year"]).to_pylist())


MONEY = {
    "dollars": ({"value": 125.5, "currency": "USD"}, 12_550, None),
    "dollars in small letters": ({"value": 125.5, "currency": "usd"}, 12_550, None),
    "a text": ({"value": "125.50", "currency": "USD"}, 12_550, None),
    "no currency": ({"value": 125.5}, 12_550, None),
    "half a cent": ({"value": "0.005"}, 1, None),
    "only a number": (125.5, 12_550, None),
    "euros": ({"value": 125.5, "currency": "EUR"}, None, f"net {FOREIGN}"),
    "yen": ({"value": 12550, "currency": "JPY"}, None, f"net {FOREIGN}"),
    "a comma": ({"value": "125,50"}, None, "net can't be read"),
    "no end of digits": ({"value": "9" * 5_000}, None, "net can't be read"),
    "more than there is": ({"value": 1e30}, None, "net can't be read"),
    "a list": ([1], None, "net can't be read"),
    "an object": ({"value": {"value": 1}}, None, "net can't be read"),
    "true": ({"value": True}, None, "net can't be read"),
    "nothing": ({"currency": "EUR"}, None, None),
}


@pytest.mark.parametrize(("net", "cents", "told"), MONEY.values(), ids=MONEY.keys())
def test_money(net: object, cents: int | None, told: str | None) -> None:
    reading = read_fhir(with_item(net=net), source="x")
    assert reading.claims.lines["charge_cents"].to_pylist() == [cents]
    assert reading.rejects["reason"].to_pylist() == ([] if told is None else [told])
    assert reading.rejects["segment"].to_pylist() == ([] if told is None else ["Claim.net"])


def nested(before: str, inside: str, after: str, depth: int) -> bytes:
    return f"{before * depth}{inside}{after * depth}".encode()


BUNDLE = '{"resourceType": "Bundle", "entry": [{"resource": '
HUGE = {
    "lists in a claim": b'{"resourceType": "Claim", "id": "1", "item": ' + b"[" * 100_000,
    "lists that close": b'{"resourceType": "Claim", "id": "1", "item": ' + nested("[", "", "]", 100_000) + b"}",
    "objects": b'{"resourceType": "Claim", "id": "1", "x": ' + nested('{"a":', "1", "}", 50_000) + b"}",
    "Bundles in Bundles": nested(BUNDLE, json.dumps(CLAIM), "}]}", 20_000),
    "Bundles in Bundles that never close": nested(BUNDLE, json.dumps(CLAIM), "", 20_000),
    "contained in contained": b'{"resourceType": "Claim", "contained": [' * 20_000,
    "extensions in extensions": nested('{"resourceType":"Claim","extension":[', "", "]}", 20_000),
    "quotes": b'{"resourceType": "Claim", "id": "' + b'\\"' * 500_000,
    "lists in lines": lines(*[b'{"resourceType": "Claim", "id": ' + b"[" * 2_000] * 200),
    "codings": with_item(productOrService={"coding": [{"system": f"s{n}", "code": f"c{n}"} for n in range(50_000)]}),
    "diagnoses": json.dumps(
        {**CLAIM, "diagnosis": [{"sequence": n, "diagnosisCodeableConcept": {"coding": [{"code": f"D{n}"}]}} for n in range(33_000)]}
    ).encode(),
    "coverages": json.dumps({**CLAIM, "insurance": [{"sequence": n} for n in range(40_000)]}).encode(),
    "people": json.dumps({**CLAIM, "careTeam": [{"sequence": n, "provider": {"identifier": {"value": "1", "type": {"coding": [{"code": "NPI"}]}}}} for n in range(20_000)]}).encode(),
    "money": json.dumps({**CLAIM, "item": [{**ITEM, "net": {"value": 10**14}}] * 2_000}).encode(),
    "prices": with_item(net=None, unitPrice={"value": 10**14}, quantity={"value": 10**14}, factor=10**14),
    "a long id": json.dumps({**CLAIM, "id": "x" * 1_000_000}).encode(),
    "small lines": b'{"resourceType":"Claim"}\n' * 20_000,
}  # fmt: skip


@pytest.mark.parametrize("content", HUGE.values(), ids=HUGE.keys())
def test_nothing_is_too_deep_or_too_long(content: bytes) -> None:
    start = time.process_time()
    holds(read_fhir(content, source="x"))
    assert time.process_time() - start < 10, f"{len(content)} bytes took too long"


def test_lines_beyond_what_a_claim_can_have_are_told() -> None:
    reading = read_fhir(json.dumps({**CLAIM, "item": [ITEM] * 32_001}).encode(), source="x")
    assert reading.claims.lines.num_rows == 32_000
    assert reading.rejects["segment"].to_pylist() == ["Claim.item"]


VALUES: list[object] = [
    *(
        None,
        True,
        -1,
        0,
        2.675,
        2**31,
        2**70,
        1e300,
        "",
        "  ",
        "x",
        "\ud800",
        "2025-13-41",
        "2025-01-01",
        "#",
        "/",
    ),
    *([], {}, [{}], [[]], [None], ["x"], {"coding": []}, {"coding": [{"code": 5}]}, {"value": "12.5"}),
    *({"reference": "#"}, {"reference": ""}, {"coding": [{"code": "benefit", "system": "\ud800"}]}),
]


def changed(document: object, rng: random.Random) -> object:
    """A copy with some values taken away, replaced or doubled, wherever they stand."""
    holder: object = document
    while isinstance(holder, dict | list) and holder:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = rng.choice(keys)
        inner = holder[key]  # type: ignore[index]
        if not isinstance(inner, dict | list) or not inner or rng.random() < 0.15:
            kind = rng.randrange(3)
            if kind == 0:
                del holder[key]  # type: ignore[attr-defined]
            elif kind == 1:
                holder[key] = rng.choice(VALUES)  # type: ignore[index]
            else:
                holder[key] = [inner, inner]  # type: ignore[index]
            break
        holder = inner
    return document


@pytest.mark.skipif(not FILES, reason="the folder ../shared/samples is not there")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[-40:])
def test_samples_with_changed_values(path: Path) -> None:
    rng = random.Random(path.name)
    for _ in range(15):
        document = json.loads(path.read_bytes())
        for _ in range(rng.randint(1, 12)):
            changed(document, rng)
        with suppress(UnreadableFile):  # its kind may be what was changed
            holds(read_fhir(json.dumps(document).encode(), source="x"))


@pytest.mark.skipif(not FILES, reason="the folder ../shared/samples is not there")
@pytest.mark.parametrize("path", FILES[::4], ids=lambda path: path.stem[-40:])
def test_samples_with_changed_bytes(path: Path) -> None:
    rng = random.Random(path.name)
    for _ in range(10):
        content = bytearray(path.read_bytes())
        for _ in range(rng.randint(1, 5)):
            at = rng.randrange(len(content))
            content[at : at + rng.randrange(3)] = rng.randbytes(rng.randrange(3))
        with suppress(UnreadableFile):
            holds(read_fhir(bytes(content), source="x"))
