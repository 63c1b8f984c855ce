"""Paths to readings: files, folders and archives, told apart by content."""

import gzip
import io
import zipfile

import pytest

import data.readers.files as files
import data.readers.x12.read as reads
from data.errors import UnreadableFile
from data.readers.files import read_files, read_pieces
from data.readers.x12 import joined
from data.schema import Reading

X12 = (
    b"ISA*00*          *00*          *ZZ*S              *ZZ*R              *250102*1200*^*00501*000000001*0*T*:~"
    b"GS*HC*S*R*20250102*1200*1*X*005010X222A1~ST*837*1~CLM*%b*1***11:B:1~LX*1~SV1*HC:71046*1*UN*1***1~"
    b"SE*1*1~GE*1*1~IEA*1*000000001~"
)


FHIR = (
    b'{"resourceType": "Claim", "id": "c1", "status": "active", "use": "claim", "created": "2025-01-02",'
    b' "identifier": [{"value": "F1"}], "item": [{"sequence": 1, "productOrService": {"coding": [{"code": "71046"}]},'
    b' "servicedDate": "2025-01-01", "net": {"value": 10}}]}'
)


def one(name):
    return X12 % name.encode()


def zipped(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def told(paths):
    """For each reading its claims, for each unreadable file what was found."""
    return [
        out.claims.claims["claim_id"].to_pylist()
        if isinstance(out, Reading)
        else out.args[0].split("found ")[1]
        for out in read_files(paths)
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (one("A"), [["A"]]),
        (gzip.compress(one("A")), [["A"]]),
        (zipped(b=one("B"), a=one("A")), [["A"], ["B"]]),
        (zipped(a=gzip.compress(one("A"))), [["A"]]),
        (
            zipped(a=one("A"), b=b"x"),
            [["A"], "1 bytes without an ISA segment, wanted X12: a file with a whole ISA segment"],
        ),
        (zipped(), []),
        (b"", ["no bytes, wanted X12: a file with a whole ISA segment"]),
        (gzip.compress(one("A"))[:40], ["a gzip file that breaks off, wanted a readable file"]),
        (zipped(a=one("A"))[:60], ["a damaged zip file, wanted a readable file"]),
    ],
    # Archives hold the time they were made: as ids, two workers would name one case differently.
    ids=[
        "plain",
        "gzip",
        "zip",
        "gzip in zip",
        "zip with rubbish",
        "empty zip",
        "empty",
        "cut gzip",
        "cut zip",
    ],
)
def test_content_tells(tmp_path, content, expected):
    (tmp_path / "any.name").write_bytes(content)
    assert told([tmp_path / "any.name"]) == expected


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda content: zipped(a=content)])
def test_fhir_is_told_by_what_it_holds(tmp_path, pack):
    (tmp_path / "claims.837").write_bytes(pack(FHIR))
    assert told([tmp_path]) == [["F1"]]


def test_folders_in_order_with_all_below_and_nothing_hidden(tmp_path):
    (tmp_path / "b").mkdir()
    for path, name in (("b/z.837", "Z"), ("b/a.txt", "A"), ("c", "C"), (".hidden", "H")):
        (tmp_path / path).write_bytes(one(name))
    assert told([tmp_path]) == [["A"], ["Z"], ["C"]]
    assert told([tmp_path / "c", tmp_path / "b"]) == [["C"], ["A"], ["Z"]]


def test_no_such_file_does_not_stop_the_rest(tmp_path):
    (tmp_path / "a").write_bytes(one("A"))
    first, second = read_files([tmp_path / "none", tmp_path / "a"])
    assert isinstance(first, UnreadableFile)
    assert isinstance(second, Reading)


def test_members_are_named(tmp_path):
    (tmp_path / "a.zip").write_bytes(zipped(x=one("A")))
    (reading,) = read_files([tmp_path / "a.zip"])
    assert isinstance(reading, Reading)
    assert reading.source == f"{tmp_path / 'a.zip'}!x"


@pytest.mark.parametrize("pack", [gzip.compress, lambda content: zipped(a=content)])
def test_bombs_are_refused(tmp_path, monkeypatch, pack):
    monkeypatch.setattr(files, "ROOM", 1000)
    monkeypatch.setattr(files, "MAX_RATIO", 2)
    (tmp_path / "bomb").write_bytes(pack(bytes(1_000_000)))
    (out,) = read_files([tmp_path / "bomb"])
    assert isinstance(out, UnreadableFile)
    assert "unpack" in str(out)


def test_a_damaged_member_leaves_the_others(tmp_path):
    content = bytearray(zipped(a=one("A") * 3, b=one("B")))
    content[60] ^= 0xFF
    (tmp_path / "a.zip").write_bytes(content)
    assert told([tmp_path / "a.zip"]) == ["a damaged or encrypted member, wanted a readable file", ["B"]]


SEGMENT = b"LX*1~SV1*HC:71046*1*UN*1***1~"
MANY = one("A").replace(
    SEGMENT,
    SEGMENT + b"".join(b"CLM*C%06d*%d***11:B:1~" % (n, n * 7919 % 9973) + SEGMENT for n in range(20_000)),
)


def flipped(content, at):
    return content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda packed: packed[: len(packed) // 2], "breaks off"),
        (lambda packed: packed[:-3], "breaks off"),
        (lambda packed: flipped(packed, len(packed) // 2), "damaged"),
        (lambda packed: flipped(packed, len(packed) - 6), "damaged"),
        (lambda packed: packed + b"more", "something else after it"),
    ],
)
def test_a_gzip_file_that_breaks_off_keeps_its_good_claims(tmp_path, damage, words):
    (tmp_path / "a.gz").write_bytes(damage(gzip.compress(MANY)))
    (reading,) = read_files([tmp_path / "a.gz"])
    assert isinstance(reading, Reading)
    assert reading.claims.claims.num_rows > 9_000
    last = reading.rejects.to_pylist()[-1]
    assert words in last["reason"]
    assert "what follows is lost" in last["reason"]
    assert reading.segments.total == reading.segments.used + reading.segments.listed


def test_several_gzip_files_in_one(tmp_path):
    (tmp_path / "a.gz").write_bytes(gzip.compress(one("A")) + gzip.compress(one("B")) + bytes(100))
    assert told([tmp_path]) == [["A", "B"]]


@pytest.mark.parametrize(
    "pack", [bytes, gzip.compress, lambda content: zipped(a=content), lambda c: zipped(a=gzip.compress(c))]
)
def test_large_files_come_in_pieces_and_are_the_same(tmp_path, monkeypatch, pack):
    (tmp_path / "a").write_bytes(pack(MANY))
    (whole,) = read_files([tmp_path / "a"])
    monkeypatch.setattr(files, "HELD", 1000)
    monkeypatch.setattr(
        reads.read_blocks, "__kwdefaults__", {**reads.read_blocks.__kwdefaults__, "window_bytes": 200_000}
    )
    pieces = list(read_pieces(tmp_path / "a"))
    assert [piece.is_last for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    assert len(pieces) > 4
    assert joined(pieces).claims.claims.equals(whole.claims.claims)
    assert {piece.sha256 for piece in pieces} == {whole.sha256}
    (again,) = read_pieces(tmp_path / "a", known={whole.sha256})
    assert again.claims.claims.num_rows == 0


def test_fhir_of_any_size_is_one_piece_up_to_a_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "HELD", 100)
    (tmp_path / "a.json").write_bytes(FHIR)
    assert told([tmp_path]) == [["F1"]]
    monkeypatch.setattr(files, "MAX_FHIR", 100)
    (out,) = read_pieces(tmp_path / "a.json")
    assert "100 at most" in str(out)
