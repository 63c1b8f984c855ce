"""The same values taken from X12 by pyx12 and by x12sdk, as tuples: what a user of theirs would have to write.

Both walk a file and hand each segment over with the loop it stands in; one taker, shared by both, makes records of
claims, lines, codes, details, providers, payers, remits, services, adjustments and remarks. It costs some 1% of them.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import pyx12.error_handler
import pyx12.params
import pyx12.x12context
from x12sdk.io import X12ModelReader
from x12sdk.models import X12Segment, X12SegmentGroup

Element = str | None
Row = tuple[object, ...]
DETAILS = {"REF", "DTP", "AMT", "QTY", "PWK", "NTE", "K3"}
REMIT_DETAILS = {"REF", "DTM", "AMT", "QTY"}


def cents(text: Element) -> int | None:
    """An amount in whole cents."""
    return int((Decimal(text) * 100).to_integral_value()) if text else None


def number(text: Element) -> float | None:
    """A quantity."""
    return float(text) if text else None


def day(text: Element) -> date | None:
    """A date, or the first day of a period."""
    return date(int(text[:4]), int(text[4:6]), int(text[6:8])) if text else None


@dataclass(slots=True)
class Taken:
    """Records, a list each."""

    claims: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    codes: list[Row] = field(default_factory=list)
    details: list[Row] = field(default_factory=list)
    providers: list[Row] = field(default_factory=list)
    other_payers: list[Row] = field(default_factory=list)
    other_adjustments: list[Row] = field(default_factory=list)
    remits: list[Row] = field(default_factory=list)
    services: list[Row] = field(default_factory=list)
    adjustments: list[Row] = field(default_factory=list)
    remarks: list[Row] = field(default_factory=list)
    remit_details: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)


Known = dict[str, list[str]]


class Taker:
    """Takes segments with their loops, in the order of the file."""

    def __init__(self) -> None:
        self.taken = Taken()
        self._known: Known = {}
        self._claim = self._line = self._other = self._service = ""
        self._n_other = self._n_services = 0
        self._open: Known = {}
        self._head: Known = {}

    def take(self, loop: str, e: list[str]) -> None:
        """One segment: its loop, and its elements with its id first."""
        e = e + [""] * (21 - len(e))
        if loop.startswith(("23", "24")):
            self._in_claim(loop, e)
        elif loop in ("2100", "2110"):
            self._in_remit(e)
        elif e[0] == "PLB":
            self._payment(e)
        else:
            self._before(loop, e)

    def end(self) -> Taken:
        """What was taken."""
        self._close_line()
        self._close_claim()
        self._close_other()
        self._close_service()
        self._close_remit()
        return self.taken

    def _before(self, loop: str, e: list[str]) -> None:
        """What is said before claims or remits, for all that follow."""
        if e[0] in ("HL", "ST", "SE"):
            self.end()
            self._claim = ""
        if e[0] == "HL" and e[3] == "22":
            self._known = {k: v for k, v in self._known.items() if k[:3] != "sub"}
        level = "sub " if loop[:5] in ("2000B", "2010B", "2000C", "2010C") else ""
        key = e[0] if e[0] in ("BHT", "BPR", "TRN") else f"{level}{loop} {e[0]}"
        self._known.setdefault(key, e) if level else self._known.update({key: e})

    def _said(self, key: str, element: int) -> Element:
        return self._known[key][element] or None if key in self._known else None

    def _in_claim(self, loop: str, e: list[str]) -> None:
        name = e[0]
        if name == "CLM":
            self.end()
            self._claim, self._line, self._n_other = e[1], "0", 0
            self._head = {"CLM": e}
        elif name == "SBR":
            self._close_other()
            self._n_other += 1
            self._other = str(self._n_other)
            self._open = {"SBR": e}
        elif name == "LX":
            self._close_line()
            self._close_other()
            self._line, self._head["LX"] = e[1], e
        elif name in ("SV1", "SV2"):
            self._head["SV"] = e
        elif name == "HI":
            self._codes(e)
        elif name == "NM1":
            self._name(loop, e)
        elif name == "PRV":
            if self.taken.providers:
                self.taken.providers[-1] = (*self.taken.providers[-1][:-1], e[3] or None)
        elif name == "CAS":
            self._cas(self.taken.other_adjustments, (self._claim, int(self._line), int(self._other or 0)), e)
        elif name in DETAILS:
            self._detail(loop, e)

    def _codes(self, e: list[str]) -> None:
        for composite in e[1:]:
            if composite:
                parts = composite.split(":")
                self.taken.codes.append((self._claim, parts[0], parts[1].replace(".", "")))

    def _name(self, loop: str, e: list[str]) -> None:
        if e[1] in ("IL", "PR", "QC"):
            if e[1] == "PR":
                self._open["PR"] = e
            return
        other = int(self._other or 0) if loop.startswith("233") else 0
        self.taken.providers.append((self._claim, int(self._line), other, e[1], e[9] or None, None))

    def _detail(self, loop: str, e: list[str]) -> None:
        other = int(self._other or 0) if loop[:3] in ("232", "233") else 0
        name = e[0]
        value = {"REF": e[2], "PWK": e[6]}.get(name, "") or None
        amount = cents(e[2]) if name == "AMT" else None
        from_on = day(e[3]) if name == "DTP" else None
        self.taken.details.append(
            (self._claim, int(self._line), other, name, e[1] or None, value, amount, from_on)
        )
        if name == "AMT" and e[1] == "D" and other:
            self._open["AMT"] = e
        elif name == "REF" and e[1] == "6R":
            self._head["6R"] = e
        elif name == "DTP" and e[1] == "472":
            self._head["472" if self._line != "0" else "claim 472"] = e

    def _cas(self, into: list[Row], of: Row, e: list[str]) -> None:
        into += [(*of, e[1], e[k], cents(e[k + 1]), number(e[k + 2])) for k in range(2, 20, 3) if e[k]]

    def _close_other(self) -> None:
        if "SBR" in self._open:
            sbr, payer, paid = self._open["SBR"], self._open.get("PR"), self._open.get("AMT")
            who = (payer[9] or None, payer[3] or None) if payer else (None, None)
            row = (self._claim, int(self._other), sbr[1] or None, sbr[2] or None, sbr[9] or None, *who)
            self.taken.other_payers.append((*row, cents(paid[2]) if paid else None))
        self._open, self._other = {}, ""

    def _close_line(self) -> None:
        if "SV" not in self._head:
            return
        sv, control, served = self._head.pop("SV"), self._head.pop("6R", None), self._head.pop("472", None)
        procedure = sv[1].split(":") + [""] * 6
        pointers = tuple(int(p) for p in sv[7].split(":") if p)
        place = sv[5] or self._head["CLM"][5].split(":")[0]
        self.taken.lines.append(
            (
                self._claim,
                int(self._head["LX"][1]),
                control[2] if control else None,
                procedure[1],
                tuple(m for m in procedure[2:6] if m),
                cents(sv[2]),
                number(sv[4]),
                sv[3] or None,
                place or None,
                pointers,
                day(served[3]) if served else None,
            )
        )

    def _close_claim(self) -> None:
        if "CLM" not in self._head:
            return
        clm, said = self._head["CLM"], self._said
        place = clm[5].split(":") + [""] * 3
        born = said("sub 2010BA DMG", 2)
        self.taken.claims.append(
            (
                clm[1],
                cents(clm[2]),
                *(value or None for value in (place[0], place[2], clm[6], clm[7], clm[8], clm[9])),
                day(self._known["BHT"][4]),
                *(said("sub 2010BB NM1", k) for k in (9, 3)),
                *(said("sub 2000B SBR", k) for k in (9, 1, 2)),
                *(said("2010AA NM1", k) for k in (9, 3)),
                said("2000A PRV", 3),
                said("sub 2010BA NM1", 9),
                int(born[:4]) if born else None,
                said("sub 2010BA DMG", 3),
            )
        )
        self._head = {}

    def _in_remit(self, e: list[str]) -> None:
        name = e[0]
        if name == "CLP":
            self._close_service()
            self._close_remit()
            self._claim, self._n_services = e[1], 0
            self._head = {"CLP": e}
        elif name == "SVC":
            self._close_service()
            self._n_services += 1
            self._head["SVC"] = e
        elif name == "NM1":
            self._head.setdefault(f"NM1 {e[1]}", e)
        elif name == "CAS":
            self._cas(self.taken.adjustments, (self._claim, self._n_services), e)
        elif name == "LQ":
            self.taken.remarks.append((self._claim, self._n_services, e[2]))
        elif name == "MOA":
            self.taken.remarks += [(self._claim, 0, code) for code in e[3:8] if code]
        elif name in REMIT_DETAILS:
            self._remit_detail(e)

    def _remit_detail(self, e: list[str]) -> None:
        name = e[0]
        value = e[2] if name == "REF" else None
        row = (value, cents(e[2]) if name == "AMT" else None, day(e[2]) if name == "DTM" else None)
        self.taken.remit_details.append((self._claim, self._n_services, name, e[1], *row))
        if self._n_services and (e[0], e[1]) in (("REF", "6R"), ("DTM", "472"), ("AMT", "B6")):
            self._head[e[1]] = e

    def _close_service(self) -> None:
        if "SVC" not in self._head:
            return
        svc = self._head.pop("SVC")
        control, served, allowed = (self._head.pop(name, None) for name in ("6R", "472", "B6"))
        procedure = svc[1].split(":") + [""] * 6
        self.taken.services.append(
            (
                self._claim,
                self._n_services,
                control[2] if control else None,
                procedure[1],
                tuple(m for m in procedure[2:6] if m),
                cents(svc[2]),
                cents(svc[3]),
                number(svc[5] or "1"),
                day(served[2]) if served else None,
                cents(allowed[2]) if allowed else None,
            )
        )

    def _close_remit(self) -> None:
        if "CLP" not in self._head:
            return
        clp, said = self._head["CLP"], self._said
        member = self._head.get("NM1 IL", self._head.get("NM1 QC"))
        rendering = self._head.get("NM1 82")
        self.taken.remits.append(
            (
                clp[1],
                clp[2],
                *(cents(clp[k]) for k in (3, 4, 5)),
                *(clp[k] or None for k in (6, 7, 9)),
                *(said("1000A N1", k) for k in (4, 2)),
                *(said("1000B N1", k) for k in (4, 2)),
                member[9] or None if member else None,
                rendering[9] or None if rendering else None,
                day(self._known["BPR"][16]),
                said("TRN", 2),
            )
        )
        self._head = {}

    def _payment(self, e: list[str]) -> None:
        for at in range(3, 15, 2):
            if e[at]:
                parts = [*e[at].split(":"), ""]
                self.taken.payments.append((e[1], day(e[2]), parts[0], parts[1] or None, cents(e[at + 1])))


def with_pyx12(text: str) -> Taken:
    """All values of a file, by pyx12's context reader."""
    reader = pyx12.x12context.X12ContextReader(
        pyx12.params.params(), pyx12.error_handler.errh_null(), io.StringIO(text)
    )
    taker = Taker()
    for node in reader.iter_segments():
        segment = node.seg_data
        elements = [segment.get_seg_id(), *(element.format() for element in segment.elements)]
        taker.take(node.x12_map_node.parent.id, elements)
    return taker.end()


def with_x12sdk(text: str) -> Taken:
    """All values of a file, by x12sdk's models."""
    taker = Taker()
    with X12ModelReader(text) as reader:
        for model in reader.models():
            for loop, elements in _walked(model, ""):
                taker.take(loop, elements)
    return taker.end()


def _walked(group: X12SegmentGroup, loop: str) -> Iterator[tuple[str, list[str]]]:
    """Every segment below a loop, with that loop's name, in the order of the guide."""
    for name, value in group.__dict__.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, X12Segment):
                yield loop, [_text(element) for element in list(one.__dict__.values())[1:]]
            elif isinstance(one, X12SegmentGroup):
                yield from _walked(one, name.removeprefix("loop_").upper())


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ":".join(_text(part) for part in value)
    if isinstance(value, datetime | date):
        return f"{value:%Y%m%d}"
    return format(value, "f") if isinstance(value, Decimal) else str(value)
