"""X12 by columns: tokenize, place, select, account (hundreds of times faster than the libraries, nothing lost)."""

from data.readers.x12.read import joined, read_blocks, read_x12
from data.readers.x12.warm import warm

__all__ = ["joined", "read_blocks", "read_x12", "warm"]
