import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import UnreadableFile
from data.readers.fhir import read_fhir
from data.schema import Reading

PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "name": [{"family": "Größe", "given": ["Ana"]}],
    "gender": "female",
    "birthDate": "1980-02-03",
    "identifier": [{"type": {"coding": [{"code": "MB"}]}, "value": "M77"}],
}
PAYER = {"resourceType": "Organization", "id": "o1", "name": "Plan", "identifier": [{"value": "PAY1"}]}
CLAIM = {
    "resourceType": "Claim",
    "id": "c1",
    "identifier": [{"value": "A-1"}],
    "status": "active",
    "use": "claim",
    "created": "2025-03-04T23:59:59+05:00",
    "patient": {"reference": "Patient/p1"},
    "insurer": {"reference": "https://payer.example/fhir/Organization/o1/_history/3"},
    "provider": {"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}},
    "item": [
        {
            "sequence": 1,
            "productOrService": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "71046"}]},
            "net": {"value": 0.29, "currency": "USD"},
            "servicedDate": "2025-03-01",
        }
    ],
}
ANSWER = {
    "resourceType": "ClaimResponse",
    "id": "r1",
    "status": "active",
    "use": "claim",
    "outcome": "complete",
    "created": "2025-03-20",
    "request": {"reference": "Claim/c1"},
    "item": [
        {
            "itemSequence": 1,
            "adjudication": [
                {
                    "category": {"coding": [{"code": "denialreason"}]},
                    "reason": {
                        "coding": [
                            {"system": "https://x12.org/codes/claim-adjustment-reason-codes", "code": "197"},
                            {"system": "https://x12.org/codes/remittance-advice-remark-codes", "code": "N40"},
                        ]
                    },
                }
            ],
        }
    ],
}
EXPLANATION = {
    **CLAIM,
    "resourceType": "ExplanationOfBenefit",
    "id": "e1",
    "outcome": "complete",
    "claim": {"reference": "Claim/c1"},
    "claimResponse": {"reference": "ClaimResponse/r1"},
}


def bundle(*resources: object) -> dict[str, object]:
    entries = [{"fullUrl": f"urn:uuid:{n}", "resource": one} for n, one in enumerate(resources)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def read(document: object) -> Reading:
    return read_fhir(json.dumps(document, ensure_ascii=False).encode(), source="x.json")


def holds(reading: Reading) -> tuple[int, int]:
    segments = reading.segments
    assert segments.total == segments.used + segments.listed
    return reading.claims.claims.num_rows, reading.remits.remits.num_rows


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ([PATIENT, PAYER, CLAIM, ANSWER], (1, 1)),
        ([ANSWER, CLAIM, PAYER, PATIENT], (1, 1)),  # in whatever order
        ([CLAIM, EXPLANATION], (1, 1)),  # the claim once, from the Claim
        ([ANSWER, EXPLANATION], (1, 1)),  # the answer once, from the ClaimResponse
        ([CLAIM, ANSWER, EXPLANATION], (1, 1)),  # nothing twice
        ([EXPLANATION], (1, 1)),
        ([bundle(CLAIM), bundle(ANSWER)], (1, 1)),  # Bundles in a Bundle
        ([], (0, 0)),
    ],
)
def test_bundles(resources: list[object], expected: tuple[int, int]) -> None:
    assert holds(read(bundle(*resources))) == expected


def test_references_are_resolved_in_the_file_and_used_resources_counted() -> None:
    reading = read(bundle(CLAIM, ANSWER, PATIENT, PAYER, {"resourceType": "Location", "id": "l1"}))
    claim = reading.claims.claims.to_pylist()[0]
    assert (claim["payer_id"], claim["payer_name"], claim["member_id"]) == ("PAY1", "Plan", "M77")
    assert (claim["birth_year"], claim["patient_sex"]) == (1980, "F")
    assert reading.segments.used == 4
    assert reading.unused["segment"].to_pylist() == ["Location"]


def test_an_answer_takes_the_rest_from_its_claim() -> None:
    remits = read(bundle(CLAIM, ANSWER, PATIENT, PAYER)).remits
    remit, service = remits.remits.to_pylist()[0], remits.services.to_pylist()[0]
    assert (remit["claim_id"], remit["payer_id"], remit["payee_npi"]) == ("A-1", "PAY1", "1234567893")
    assert (service["procedure"], service["charge_cents"], service["paid_cents"]) == ("71046", 29, 0)
    assert str(service["service_on"]) == "2025-03-01"
    adjustment = remits.adjustments.to_pylist()[0]
    assert (adjustment["carc"], adjustment["amount_cents"]) == ("197", 29)
    assert remits.remarks["rarc"].to_pylist() == ["N40"]


def test_one_a_line_in_whatever_order_with_one_bad_line() -> None:
    lines = [ANSWER, CLAIM, '{"resourceType": "Claim", "id": ', PATIENT, "", {**CLAIM, "id": "c2"}]
    content = "\r\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines).encode()
    reading = read_fhir(content, source="x.ndjson")
    assert holds(reading) == (2, 1)
    assert reading.remits.remits["claim_id"].to_pylist() == ["A-1"]
    reject = reading.rejects.to_pylist()
    assert [(r["segment"], r["source"]) for r in reject] == [("Claim", "x.ndjson")]
    assert content[reject[0]["offset"] :].startswith(b'{"resourceType": "Claim", "id": \r\n')


def test_the_first_line_may_be_the_bad_one() -> None:
    content = b'{"resourceType": "Claim", "id"\n' + json.dumps(CLAIM).encode() + b"\n"
    reading = read_fhir(content, source="x")
    assert holds(reading) == (1, 0)
    assert reading.rejects["offset"].to_pylist() == [0]


def test_offsets_are_bytes_even_behind_long_characters() -> None:
    content = (
        b"\xef\xbb\xbf"
        + json.dumps(bundle(PATIENT, CLAIM, {**CLAIM, "id": "c2"}), ensure_ascii=False).encode()
    )
    for offset in read_fhir(content, source="x").claims.claims["offset"].to_pylist():
        assert content[offset:].startswith(b'{"resourceType": "Claim"')


def test_a_damaged_entry_leaves_the_others() -> None:
    content = json.dumps(bundle(CLAIM, {**CLAIM, "id": "bad"}, {**CLAIM, "id": "c3"}))
    damaged = content.replace('"id": "bad",', '"id": "bad" "status",').encode()
    reading = read_fhir(damaged, source="x")
    assert holds(reading) == (2, 0)
    assert reading.segments.total == 3
    assert reading.rejects["segment"].to_pylist() == ["Claim"]


def test_a_bundle_that_breaks_off_keeps_its_whole_entries() -> None:
    content = json.dumps(bundle(CLAIM, {**CLAIM, "id": "c2"})).encode()
    reading = read_fhir(content[: content.rindex(b"servicedDate")], source="x")
    assert holds(reading) == (1, 0)
    assert reading.segments.listed == 1


@pytest.mark.parametrize(
    ("resource", "table", "segment"),
    [
        ({"resourceType": "Claims", "id": "1"}, "rejects", "?"),
        ({"id": "1", "x": {"resourceType": "y"}}, "rejects", "?"),
        ({"resourceType": "Claim", "use": "claim"}, "rejects", "Claim"),
        ({"resourceType": "ClaimResponse", "id": "1"}, "rejects", "ClaimResponse"),
        ({**CLAIM, "use": "predetermination"}, "unused", "Claim"),
        ({**CLAIM, "status": "entered-in-error"}, "unused", "Claim"),
        ({**ANSWER, "outcome": "queued"}, "unused", "ClaimResponse"),
        ({"resourceType": "Observation"}, "unused", "Observation"),
    ],
)
def test_what_cannot_be_used_is_listed(resource: object, table: str, segment: str) -> None:
    reading = read(resource)
    assert holds(reading) == (0, 0)
    assert getattr(reading, table)["segment"].to_pylist() == [segment]
    assert reading.segments.listed == reading.segments.total == 1


def test_an_unreadable_amount_is_listed_and_the_rest_kept() -> None:
    reading = read({**CLAIM, "total": {"value": "Smith"}, "created": "yesterday"})
    assert holds(reading) == (1, 0)
    assert sorted(reading.rejects["segment"].to_pylist()) == ["Claim.created", "Claim.total"]
    assert "Smith" not in str(reading.rejects.to_pylist())
    assert reading.segments.used == 1


@pytest.mark.parametrize(
    ("value", "cents"),
    [
        ("0.29", 29),
        ("1.005", 101),
        ("123456789012.35", 12_345_678_901_235),
        ("1e2", 10_000),
        ("-5.5", -550),
        ('"12.50"', 1_250),
        ("1e999999999999", None),
        ("NaN", None),
        ("1e400", None),
        ("9" * 60, None),
    ],
)
def test_money_is_exact(value: str, cents: int | None) -> None:
    content = json.dumps(CLAIM).replace("0.29", value).encode()
    assert read_fhir(content, source="x").claims.lines["charge_cents"].to_pylist() in ([cents], [])


def test_nesting_without_end_is_listed() -> None:
    deep = b'{"resourceType": "Claim", "id": "1", "item": ' + b"[" * 200_000
    reading = read_fhir(deep + b"\n" + json.dumps(CLAIM).encode(), source="x")
    assert reading.segments.listed >= 1


def test_same_bytes_same_keys_and_other_bytes_other_keys() -> None:
    first, again, other = read(CLAIM), read(CLAIM), read({**CLAIM, "id": "c9"})
    key = first.claims.claims["claim_key"].to_pylist()
    assert key == again.claims.claims["claim_key"].to_pylist()
    assert key[0] == (int(first.sha256, 16) >> 215) << 22
    assert key != other.claims.claims["claim_key"].to_pylist()


WHOLE = json.dumps(bundle(PATIENT, CLAIM, ANSWER, EXPLANATION), ensure_ascii=False).encode()
LINES = b"\n".join(json.dumps(one).encode() for one in (PATIENT, CLAIM, ANSWER, EXPLANATION))


@pytest.mark.parametrize("content", [WHOLE, LINES], ids=["bundle", "lines"])
def test_truncated_anywhere(content: bytes) -> None:
    for end in range(0, len(content), 3):
        try:
            holds(read_fhir(content[:end], source="x"))
        except UnreadableFile:
            assert b'"resourceType": "' not in content[:end]


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.binary(max_size=3)), min_size=1, max_size=4))
def test_changed_bytes_never_raise(changes: list[tuple[int, bytes]]) -> None:
    content = bytearray(WHOLE)
    for at, new in changes:
        content[at : at + 1] = new
    holds(read_fhir(bytes(content), source="x"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("2025-13-77"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["value", "coding", "code", "system", "reference", "sequence"]), inner
        )
    ),
    max_leaves=5,
)


def places(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, inner in pairs for place in places(inner, (*path, name)))]


PLACES = [path for path in places(json.loads(WHOLE)) if len(path) > 2]


@given(st.lists(st.tuples(st.sampled_from(PLACES), JSON), min_size=1, max_size=4))
def test_any_value_in_any_place_never_raises(changes: list[tuple[tuple[object, ...], object]]) -> None:
    document = json.loads(WHOLE)
    for path, new in changes:
        at = document
        try:
            for name in path[:-1]:
                at = at[name]
            at[path[-1]] = new
        except (KeyError, IndexError, TypeError):
            pass  # an earlier change took this place away
    holds(read_fhir(json.dumps(document).encode(), source="x"))
