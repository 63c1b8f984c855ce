"""What a file that is no X12 is told to look like."""

import pytest

from data.readers.x12.charset import HEAD_BYTES, looks_like

ISA = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *250102*1200*^*00501*000000001*0*T*:~"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (ISA.encode("utf-16"), "text in UTF-16"),
        (ISA.encode("utf-16-le"), "text in UTF-16"),
        (ISA.encode("utf-16-be"), "text in UTF-16"),
        (ISA.encode("utf-32"), "text in UTF-32"),
        (ISA.encode("cp037"), "text in EBCDIC"),
        (ISA.encode("cp500"), "text in EBCDIC"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\xef\xbb\xbf\n<?xml version='1.0'?>", "XML or HTML"),
        (b'  {"a": 1}', "JSON without a resourceType"),
        (b"ST*837*0001~", "X12 that has lost its ISA"),
        (ISA.lower().encode(), "X12 in small letters"),
        (b"claim_id,charge\n1,2\n", None),
        (b"", None),
        (bytes(100), None),
    ],
)
def test_first_bytes_tell(content, words):
    assert looks_like(content[:HEAD_BYTES]) == words
