"""What a file without an ISA looks like, told by its first bytes: the biller then knows what was sent instead."""

HEAD_BYTES = 64
"""As many first bytes tell."""

SIGNS = (
    (b"\xff\xfe\x00\x00", "text in UTF-32"),
    (b"\x00\x00\xfe\xff", "text in UTF-32"),
    (b"\xff\xfe", "text in UTF-16"),
    (b"\xfe\xff", "text in UTF-16"),
    (b"I\x00S\x00A\x00", "text in UTF-16"),
    (b"\x00I\x00S\x00A", "text in UTF-16"),
    (b"\xc9\xe2\xc1", "text in EBCDIC"),
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file"),
    (b"{\\rtf", "a document in RTF"),
    (b"7z\xbc\xaf", "an archive in 7z"),
    (b"Rar!", "an archive in RAR"),
    (b"-----BEGIN PGP", "a file encrypted by PGP"),
    (b"<", "XML or HTML"),
    (b"{", "JSON without a resourceType"),
    (b"[", "JSON without a resourceType"),
    (b"GS*", "X12 that has lost its ISA"),
    (b"ST*", "X12 that has lost its ISA"),
    (b"isa", "X12 in small letters"),
)


def looks_like(head: bytes) -> str | None:
    """A few words for what begins like this; none where the first bytes tell nothing."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return next((words for sign, words in SIGNS if text.startswith(sign) or head.startswith(sign)), None)
