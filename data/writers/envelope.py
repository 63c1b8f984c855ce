"""The envelope around transactions: one ISA, one GS, control numbers and counts that agree."""

from collections.abc import Sequence
from dataclasses import dataclass

from data.errors import InvalidClaim
from data.writers.segments import COMPONENT, ELEMENT, LINE_END, REPETITION, segment


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends to whom, what, and under which control number."""

    functional_id: str
    """GS01: HC claims, HP remits."""
    transaction: str
    """ST01: 837, 835."""
    version: str
    control: int
    sender: str
    receiver: str
    test: bool

    def __post_init__(self) -> None:
        if not 0 < self.control < 10**9:
            raise InvalidClaim("interchange", field="control", found=self.control, wanted="1 to 999999999")
        for field, name in (("sender", self.sender), ("receiver", self.receiver)):
            if not 2 <= len(name) <= 15 or not name.isalnum():
                raise InvalidClaim(
                    "interchange", field=field, found=repr(name), wanted="2 to 15 letters or digits"
                )

    def around(self, bodies: Sequence[bytes], counts: Sequence[int], *, day: str) -> bytes:
        """The interchange around transactions, each given as what stands between ST and SE and how many segments it is.

        `day` (CCYYMMDD) dates the envelope.
        """
        parts: list[bytes] = [self._text(self._isa(day), self._gs(day))]
        for number, (body, count) in enumerate(zip(bodies, counts, strict=True), start=1):
            control = f"{number:04d}"
            version = () if self.transaction == "835" else (self.version,)
            parts.append(self._text(segment("ST", self.transaction, control, *version)))
            parts += [body, self._text(segment("SE", str(count + 2), control))]
        ends = segment("GE", str(len(bodies)), str(self.control)), segment("IEA", "1", f"{self.control:09d}")
        return b"".join([*parts, self._text(*ends)])

    def _text(self, *segments: str) -> bytes:
        return "".join(text + LINE_END for text in segments).encode()

    def _isa(self, day: str) -> str:
        parties = (*("00", " " * 10) * 2, "ZZ", f"{self.sender:<15}", "ZZ", f"{self.receiver:<15}")
        rest = (REPETITION, "00501", f"{self.control:09d}", "0", "T" if self.test else "P", COMPONENT)
        return ELEMENT.join(("ISA", *parties, day[2:], "0000", *rest))

    def _gs(self, day: str) -> str:
        parties = (self.sender, self.receiver, day, "0000", str(self.control))
        return segment("GS", self.functional_id, *parties, "X", self.version)
