"""What can go wrong below the command line and the server, as one tree.

    CleanclaimError
    ├── UnreadableFile      a file that can't be read at all (not X12, empty, no such file)
    ├── InvalidClaim        one claim with a missing or wrong field
    ├── InvalidPolicy       a denial policy, policy book or settings file that says something it can't
    ├── InvalidMapping      a mapping of a table's columns that says something it can't, or doesn't fit the table
    ├── StoreError          a store that isn't one, is damaged, or holds too little for what was asked
    ├── NotEnoughData       too few labels to learn from or to judge by
    └── BundleRefused       a model folder that must not be loaded

Each names the thing, what was found and what was wanted, and never carries a value of a patient.
"""


class CleanclaimError(Exception):
    """A failure told as thing, found, wanted."""

    def __init__(self, thing: str, *, found: object, wanted: object, field: str | None = None) -> None:
        self.thing = thing
        self.field = field
        self.found = found
        self.wanted = wanted
        where = f"{thing}, {field}" if field else thing
        super().__init__(f"{where}: found {found}, wanted {wanted}")


class UnreadableFile(CleanclaimError):
    """A file that can't be read at all."""


class InvalidClaim(CleanclaimError):
    """One claim with a missing or wrong field; `thing` is its claim_id."""


class InvalidPolicy(CleanclaimError):
    """A denial policy, policy book or settings file that says something it can't."""


class InvalidMapping(CleanclaimError):
    """A mapping of a table's columns that says something it can't, or doesn't fit the table."""


class StoreError(CleanclaimError):
    """A store that isn't one, is damaged, or was asked for what it doesn't hold."""


class NotEnoughData(CleanclaimError):
    """Too few labels to learn from or to judge by."""


class BundleRefused(CleanclaimError):
    """A model folder that must not be loaded."""
