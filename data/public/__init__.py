"""Tables that others publish - edits, limits, fees, coverage, places, texts - read from their files as they ship them.

    found = read("ccipra-v302r0-f1.zip", "ccipra-v302r0-f2.zip")
    found.kind.name, found.version, found.table

Nothing is downloaded and nothing is kept: the files stay the user's, under the licence he took them by. Descriptions
of procedures, which are the AMA's, are never read.
"""

from data.public.read import KINDS, read
from data.public.table import Kind, PublicTable

__all__ = ["KINDS", "Kind", "PublicTable", "read"]
