"""Values out of a parsed TOML file, or what is wrong with them: thing, found, wanted."""

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches

from data.errors import InvalidMapping
from data.readers.tables.fields import SECTIONS

Record = Mapping[str, object]


class Say:
    """Takes values out of a parsed file, or says what is wrong with them."""

    def __init__(self, thing: str) -> None:
        self.thing = thing

    def wrong(self, where: str | None, found: object, wanted: str) -> InvalidMapping:
        """The error that says so."""
        return InvalidMapping(self.thing, field=where, found=found, wanted=wanted)

    def known(self, record: Record, names: Collection[str], section: str | None) -> None:
        """Unknown keys are refused with the nearest known one."""
        for key in record:
            if key not in names:
                near = get_close_matches(key, names, n=1, cutoff=0.5)
                where = f"{section}.{key}" if section else key
                raise self.wrong(
                    where, "no such name", near[0] if near else "one of " + ", ".join(sorted(names))
                )

    def table(self, value: object, where: str, names: Collection[str]) -> Record:
        """A table of known names."""
        if not isinstance(value, Mapping):
            raise self.wrong(where, "nothing" if value is None else "a value", f"a table [{where}]")
        self.known(value, names, where)
        return value

    def tables(self, record: Record, where: str) -> Sequence[Record]:
        """A table, or a list of them."""
        value = record.get(where, [])
        found = value if isinstance(value, list) else [value]
        return [self.table(one, where, SECTIONS[where]) for one in found]

    def text(self, value: object, where: str) -> str:
        """Text that isn't empty."""
        if not isinstance(value, str) or not value:
            raise self.wrong(where, kind_of(value), "text in quotes")
        return value

    def texts(self, value: object, where: str) -> tuple[str, ...]:
        """One text, or a list of them."""
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list):
            raise self.wrong(where, kind_of(value), "a list of names in quotes")
        return tuple(self.text(one, where) if one != "" else "" for one in value)

    def one_of(self, value: object, where: str, choices: Sequence[str]) -> str:
        """One of the choices."""
        if value not in choices:
            raise self.wrong(
                where, "nothing" if value is None else repr(value), " or ".join(map(repr, choices))
            )
        return str(value)


def kind_of(value: object) -> str:
    """What sort of value it is, for a message."""
    kind = type(value).__name__
    return "nothing" if value in (None, "") else f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
