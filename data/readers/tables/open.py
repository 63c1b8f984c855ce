"""A table by its path, before there is a mapping of it."""

import gzip
from pathlib import Path

from data.errors import UnreadableFile
from data.readers.tables.mapping import FileForm
from data.readers.tables.raw import RawTable
from data.readers.tables.read import MAX_BYTES, looks_like_table, read_raw

GZIP = b"\x1f\x8b"
WANTED = "a table: CSV or Parquet"


def content_of(path: Path) -> bytes:
    """A file's bytes, unpacked where it is .gz. Raises `UnreadableFile`."""
    try:
        content = path.read_bytes()
        if not content.startswith(GZIP):
            return content
        with gzip.open(path) as stream:
            plain = stream.read(MAX_BYTES + 1)
    except (OSError, EOFError) as error:
        raise UnreadableFile(str(path), found=_why(error), wanted=WANTED) from error
    if len(plain) > MAX_BYTES:
        raise UnreadableFile(str(path), found=f"more than {MAX_BYTES:,} bytes unpacked", wanted="less")
    return plain


def open_table(path: Path, form: FileForm | None = None) -> RawTable:
    """A table as its file has it. Raises `UnreadableFile`, also where its first row holds values instead of names."""
    content = content_of(path)
    if form is None and not looks_like_table(content):
        raise UnreadableFile(
            str(path),
            found="no table, or one without a header",
            wanted=f"{WANTED} with names in its first row",
        )
    return read_raw(content, form or FileForm(), source=str(path))


def _why(error: Exception) -> str:
    reason = getattr(error, "strerror", None)
    return str(reason).lower() if reason else "a damaged gzip file"
