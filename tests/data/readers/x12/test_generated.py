"""Files that another project writes, a hundred of every kind it can: counted naively, and nothing lost in silence."""

import pytest
import x12sdk.generate as foreign

from data.readers.x12 import read_x12

N = 100
MAKERS = {
    "837P": (foreign.generate_837p, "claims"),
    "837I": (foreign.generate_837i, "claims"),
    "835": (foreign.generate_835, "claims"),
    "270": (foreign.generate_270, "members"),
    "271": (foreign.generate_271, "members"),
    "276": (foreign.generate_276, "patients"),
    "277": (foreign.generate_277, "patients"),
    "834": (foreign.generate_834, "enrollees"),
}
DELIMITERS = (("*", ":", "~"), ("|", ">", "'"), ("\x1d", "\x1f", "\x1c"))


def made(kind, seed):
    """One file of one to four claims (members, ...), in one of several dresses."""
    make, of = MAKERS[kind]
    text = make(seed=seed, **{of: 1 + seed % 4})
    for plain, other in zip(DELIMITERS[0], DELIMITERS[seed % 3], strict=True):
        text = text.replace(plain, other)
    return text if seed % 2 else text.replace("\n", "")


def naive(text):
    """Segments as lists of elements, by splitting."""
    separator, terminator = text[3], text[105]
    return [piece.strip().split(separator) for piece in text.split(terminator) if piece.strip()]


def counted(segments, name):
    return sum(segment[0] == name for segment in segments)


def triplets(segments):
    """How many adjustments the CAS of an 835 hold."""
    return sum(any(s[i : i + 3]) for s in segments if s[0] == "CAS" for i in range(2, len(s), 3))


def pairs(segments):
    """How many adjustments of whole payments the PLB of an 835 hold."""
    return sum(any(s[i : i + 2]) for s in segments if s[0] == "PLB" for i in range(3, len(s), 2))


def found(reading):
    claims, remits = reading.claims, reading.remits
    tables = (claims.claims, claims.lines, remits.remits, remits.services, remits.adjustments)
    return (*(table.num_rows for table in tables), remits.provider_adjustments.num_rows)


def expected(kind, segments):
    """Claims, lines, remits, services, their adjustments, those of whole payments."""
    if kind in ("837P", "837I"):
        return counted(segments, "CLM"), counted(segments, "SV1") + counted(segments, "SV2"), 0, 0, 0, 0
    if kind == "835":
        remits, services = counted(segments, "CLP"), counted(segments, "SVC")
        return 0, 0, remits, services, triplets(segments), pairs(segments)
    return 0, 0, 0, 0, 0, 0


@pytest.mark.parametrize("kind", MAKERS)
def test_a_hundred_files(kind):
    n_adjustments = 0
    for seed in range(N):
        text = made(kind, seed)
        segments = naive(text)
        reading = read_x12(text.encode(), source=f"{kind}-{seed}")
        assert found(reading) == expected(kind, segments), seed
        assert reading.segments.total == len(segments) == reading.segments.used + reading.segments.listed
        assert reading.segments.listed == reading.unused.num_rows
        n_adjustments += triplets(segments)
    assert (n_adjustments > 0) == (kind == "835")


def money(text):
    return round(float(text) * 100)


@pytest.mark.parametrize(("kind", "service"), [("837P", "SV1"), ("837I", "SV2")])
def test_values_of_claims(kind, service):
    """What a naive reader finds in CLM, its lines and its first diagnosis is what the columns say."""
    for seed in range(0, N, 5):
        text = made(kind, seed)
        segments = naive(text)
        component = text[104]
        reading = read_x12(text.encode(), source="file")
        claims, lines = reading.claims.claims, reading.claims.lines
        heads = [s for s in segments if s[0] == "CLM"]
        bodies = [s for s in segments if s[0] == service]
        at = 0 if service == "SV1" else 1
        assert claims["claim_id"].to_pylist() == [s[1] for s in heads]
        assert claims["charge_cents"].to_pylist() == [money(s[2]) for s in heads]
        assert claims["diagnosis_1"].to_pylist() == [
            s[1].split(component)[1] for s in segments if s[0] == "HI"
        ]
        assert lines["procedure"].to_pylist() == [s[1 + at].split(component)[1] for s in bodies]
        assert lines["charge_cents"].to_pylist() == [money(s[2 + at]) for s in bodies]


def test_values_of_remits():
    for seed in range(0, N, 5):
        text = made("835", seed)
        segments = naive(text)
        remits = read_x12(text.encode(), source="file").remits
        heads = [s for s in segments if s[0] == "CLP"]
        bodies = [s for s in segments if s[0] == "SVC"]
        reasons = [
            (s[1], s[i], money(s[i + 1])) for s in segments if s[0] == "CAS" for i in range(2, len(s), 3)
        ]
        assert remits.remits["claim_id"].to_pylist() == [s[1] for s in heads]
        assert remits.remits["paid_cents"].to_pylist() == [money(s[4]) for s in heads]
        assert remits.services["procedure"].to_pylist() == [s[1].split(text[104])[1] for s in bodies]
        assert remits.services["paid_cents"].to_pylist() == [money(s[3]) for s in bodies]
        columns = (remits.adjustments[name].to_pylist() for name in ("group_code", "carc", "amount_cents"))
        assert list(zip(*columns, strict=True)) == reasons


@pytest.mark.parametrize("kind", ["270", "271", "276", "277", "834"])
def test_other_transactions_are_named(kind):
    """A 277 that answers a 276 speaks of claims already in adjudication: no status of a claim just sent."""
    reading = read_x12(made(kind, 1).encode(), source="file")
    assert reading.statuses.statuses.num_rows == reading.statuses.acknowledgements.num_rows == 0
    (reason,) = set(reading.unused["reason"].to_pylist())
    assert kind in reason
