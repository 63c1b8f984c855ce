"""From bytes to single resources, each with its place in the file: alone, in a Bundle, in a list, one a line.

A resource that can't be read never takes the rest with it: where its brackets still close, reading goes on behind
them; in a file of lines, on the next line.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from data.readers.fhir.kinds import KNOWN
from data.readers.fhir.values import Json, text

BOM = b"\xef\xbb\xbf"
SPACE = re.compile(r"[ \t\r\n]*")
BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\Z)|[{}\[\]]', re.DOTALL)
TYPE = re.compile(r'"resourceType"\s*:\s*"(\w{1,64})"')
CLAIM_TYPES = re.compile(rb'"resourceType"\s*:\s*"(Claim|ClaimResponse|ExplanationOfBenefit)"')

BROKEN = "breaks off, or is not JSON"
NOT_JSON = "not a JSON object"
NO_TYPE = "no resourceType"
UNKNOWN_TYPE = "no resourceType of FHIR R4"

NOT_READABLE = (ValueError, ArithmeticError, IndexError, RecursionError)
"""What the parser raises for text that is not JSON, absurd numbers and nesting without end."""

SCAN = json.JSONDecoder(parse_float=Decimal, parse_constant=lambda _: None).raw_decode

RANKS = {b"Claim": 1, b"ClaimResponse": 2, b"ExplanationOfBenefit": 3}
"""Lines are read in this order: what others refer to first, then claims, then their answers."""


@dataclass(frozen=True, slots=True)
class Found:
    """One resource of a file; `fault` says why where it can't be used, and `body` is empty then."""

    offset: int
    kind: str
    body: Json
    fault: str | None = None
    full_url: str | None = None


def find(content: bytes) -> Iterator[list[Found]]:
    """The resources of a file, in batches that refer to each other: a line each, or the whole file."""
    base = len(BOM) if content.startswith(BOM) else 0
    first = re.compile(rb"\s*").match(content, base)
    start = first.end() if first else base
    if content[start : start + 1] == b"{":
        end = content.find(b"\n", start)
        if end >= 0 and _is_whole(content[start:end]):
            yield from _by_line(content, start)
            return
    found = read_text(content[base:].decode("utf-8", "surrogateescape"), base)
    if any(one.fault in (BROKEN, NOT_JSON) for one in found) and _has_line(content):
        yield from _by_line(content, base)
    else:
        yield found


def _is_whole(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except NOT_READABLE:
        return False


def _has_line(content: bytes) -> bool:
    """Whether any line looks like a whole resource; no pattern, as one could be led to try for ever."""
    whole = (line for line in content.split(b"\n") if line.startswith(b"{") and line.rstrip().endswith(b"}"))
    return any(b'"resourceType"' in line for line in whole)


def _by_line(content: bytes, start: int) -> Iterator[list[Found]]:
    spans = list(_lines(content, start))
    ranks = bytes(_rank(content, *span) for span in spans)
    for rank in sorted(set(ranks)):
        for span, its in zip(spans, ranks, strict=True):
            if its == rank:
                yield read_text(content[slice(*span)].decode("utf-8", "surrogateescape"), span[0])


def _lines(content: bytes, start: int) -> Iterator[tuple[int, int]]:
    while start < len(content):
        end = content.find(b"\n", start)
        end = len(content) if end < 0 else end
        if content[start:end].strip():
            yield start, end
        start = end + 1


def _rank(content: bytes, start: int, end: int) -> int:
    return max((RANKS[name] for name in CLAIM_TYPES.findall(content, start, end)), default=0)


def read_text(document: str, base: int) -> list[Found]:
    """The resources of a text that begins `base` bytes into its file, in its order."""
    return _Walker(document, base).walk()


_Read = Callable[[int], int]


class _Ended(Exception):
    """The text ends inside a resource that is already listed."""


class _Walker:
    """Goes through a text once, key by key at the top of each resource, so that each has its own place and fate."""

    def __init__(self, document: str, base: int) -> None:
        self.text = document
        self.found: list[Found] = []
        self._is_ascii = document.isascii()
        self._has_entries = '"entry"' in document
        self._n_around = 0
        """In how many Bundles the place is that is being read."""
        self._index, self._offset = 0, base

    def walk(self) -> list[Found]:
        try:
            index = self._skip(0)
            while index < len(self.text):
                index = self._skip(self._value(index, None))
        except _Ended:
            pass
        return self.found

    def _skip(self, index: int) -> int:
        if self.text[index : index + 1] > " ":
            return index
        found = SPACE.match(self.text, index)
        return found.end() if found else index

    def _value(self, index: int, full_url: str | None) -> int:
        opening = self.text[index]
        if opening == "{":
            return self._resource(index, full_url)
        if opening == "[":
            try:
                return self._list(index, self._value_alone)
            except NOT_READABLE:
                return self._broken(index, "", BROKEN)
        return self._broken(index, "", NOT_JSON)

    def _value_alone(self, index: int) -> int:
        return self._value(index, None)

    def _resource(self, index: int, full_url: str | None) -> int:
        body: dict[str, object] = {}
        at = len(self.found)
        try:
            end = self._whole(index, body)
        except NOT_READABLE:
            kind = text(body.get("resourceType")) or self._kind_near(index)
            return self._broken(index, kind, BROKEN)
        said = text(body.get("resourceType"))
        if said != "Bundle":
            del self.found[at:]
            self.found.append(self._judged(index, said, body, full_url))
        return end

    def _judged(self, index: int, kind: str | None, body: Json, full_url: str | None) -> Found:
        offset = self._bytes(index)
        if kind is None:
            return Found(offset, "", {}, NO_TYPE)
        if kind not in KNOWN:
            return Found(offset, "", {}, UNKNOWN_TYPE)
        return Found(offset, kind, body, None, full_url)

    def _whole(self, index: int, body: dict[str, object]) -> int:
        """All of a resource: at once, except where the resources of a Bundle have a place and a fate of their own."""
        if not self._has_entries:
            return self._at_once(index, body)
        if self._n_around == 1:  # deeper inside, trying twice at each level would take for ever
            try:
                end = self._at_once(index, body)
            except NOT_READABLE:
                body.clear()
            else:
                if body.get("resourceType") != "Bundle":
                    return end
                body.clear()
        return self._members(index, body)

    def _at_once(self, index: int, body: dict[str, object]) -> int:
        """The whole object, where there is no Bundle to go through entry by entry."""
        whole, end = SCAN(self.text, index)
        body.update(whole)
        return end

    def _members(self, index: int, body: dict[str, object]) -> int:
        """The members of the object at `index` into `body`, the resources of an `entry` into `found`."""
        index = self._skip(index + 1)
        while self.text[index] != "}":
            key, index = self._key(index)
            if key == "entry" and self.text[index] == "[":
                self._n_around += 1
                try:
                    index = self._list(index, self._entry)
                finally:
                    self._n_around -= 1
            else:
                body[key], index = SCAN(self.text, index)
            index = self._behind(index, "}")
        return index + 1

    def _entry(self, index: int) -> int:
        if self.text[index] != "{":
            return int(SCAN(self.text, index)[1])
        full_url: str | None = None
        at = len(self.found)
        index = self._skip(index + 1)
        while self.text[index] != "}":
            key, index = self._key(index)
            if key == "resource" and self.text[index] == "{":
                index = self._resource(index, full_url)
            else:
                value, index = SCAN(self.text, index)
                full_url = text(value) if key == "fullUrl" else full_url
            index = self._behind(index, "}")
        if (
            full_url is not None and len(self.found) == at + 1 and self.found[at].full_url is None
        ):  # said behind
            self.found[at] = replace(self.found[at], full_url=full_url)
        return index + 1

    def _list(self, index: int, read: _Read) -> int:
        index = self._skip(index + 1)
        while self.text[index] != "]":
            index = self._behind(read(index), "]")
        return index + 1

    def _key(self, index: int) -> tuple[str, int]:
        if self.text[index] != '"':
            raise ValueError("a name in quotes")
        key, index = SCAN(self.text, index)
        index = self._skip(index)
        if self.text[index] != ":":
            raise ValueError("a colon")
        return key, self._skip(index + 1)

    def _behind(self, index: int, closing: str) -> int:
        """Past a comma; stays on the closing bracket."""
        index = self._skip(index)
        if self.text[index] == ",":
            return self._skip(index + 1)
        if self.text[index] != closing:
            raise ValueError("a comma or the end")
        return index

    def _broken(self, index: int, kind: str, fault: str) -> int:
        """Lists what can't be read; goes on where its brackets close, or not at all."""
        self.found.append(Found(self._bytes(index), kind if kind in KNOWN else "", {}, fault))
        depth = 0
        for token in BRACKETS.finditer(self.text, index):
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token.group(), 0)
            if depth <= 0:
                return token.end() if depth == 0 and self.text[index] in "{[" else self._end()
        return self._end()

    def _end(self) -> int:
        raise _Ended

    def _kind_near(self, index: int) -> str:
        near = TYPE.search(self.text, index, index + 2000)
        return near.group(1) if near else ""

    def _bytes(self, index: int) -> int:
        """How many bytes into the file the character at `index` stands."""
        if self._is_ascii:
            return self._offset + index
        if index < self._index:
            return self._offset - len(self.text[index : self._index].encode("utf-8", "surrogateescape"))
        self._offset += len(self.text[self._index : index].encode("utf-8", "surrogateescape"))
        self._index = index
        return self._offset
