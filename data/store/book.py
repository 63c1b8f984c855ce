"""The payers' policy book in the store: one Parquet file a list, replaced as a whole by the next one that is given."""

from pathlib import Path

from data.errors import InvalidPolicy, StoreError
from data.policy import PolicyBook
from data.store.manifest import Parts
from data.store.parts import read_part, write_part

FOLDER = "policy"


def write_book(folder: Path, book: PolicyBook) -> Parts:
    """Write a book's lists; returns their paths below `folder`, by list."""
    return {name: (write_part(folder, f"{FOLDER}/{name}", table),) for name, table in book.tables.items()}


def read_book(folder: Path, parts: Parts) -> PolicyBook:
    """The book whose lists these are; an empty one where there are none. Raises `StoreError` for a damaged one."""
    tables = {name: read_part(folder, path) for name, paths in parts.items() for path in paths}
    try:
        return PolicyBook.of(tables)
    except InvalidPolicy as error:
        raise StoreError(error.thing, found=error.found, wanted=error.wanted) from error
