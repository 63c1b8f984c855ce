"""Claims and remits made in memory, as short to write as a biller would tell them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa

from data.claim import Claim, Line, claim_tables
from data.schema import ADJUSTMENTS, MODIFIERS, REMARKS, REMITS, SERVICES, RemitTables

PAYER, PROVIDER, MEMBER = "842610001", "1234567893", "W123"
SENT, ANSWERED = date(2026, 1, 10), date(2026, 1, 25)


@dataclass(frozen=True)
class Svc:
    """A service of a remit; adjustments as (group, carc, cents)."""

    procedure: str | None = "72148"
    charge: int = 10_000
    paid: int = 0
    cas: Sequence[tuple[str, str, int]] = ()
    remarks: Sequence[str] = ()
    modifiers: Sequence[str] = ()
    control: str | None = None
    submitted: str | None = None
    day: date | None = date(2026, 1, 5)
    allowed: int | None = None


@dataclass(frozen=True)
class Remit:
    claim_id: str | None = "A1"
    services: Sequence[Svc] = ()
    charge: int | None = None
    paid: int | None = None
    cas: Sequence[tuple[str, str, int]] = ()
    remarks: Sequence[str] = ()
    known_on: date | None = ANSWERED
    status: str = "1"
    more: dict[str, object] = field(default_factory=dict)


def line(n: int = 1, procedure: str = "72148", charge: int = 10_000, **more: object) -> Line:
    return Line(
        **{
            "line": n,
            "procedure": procedure,
            "charge_cents": charge,
            "service_from": date(2026, 1, 5),
            **more,
        }
    )


def claim(claim_id: str = "A1", lines: Sequence[Line] = (), **more: object) -> Claim:
    fields = {"payer_id": PAYER, "billing_npi": PROVIDER, "member_id": MEMBER, "submitted_on": SENT, **more}
    return Claim(claim_id=claim_id, lines=tuple(lines) or (line(),), **fields)


def remit_tables(remits: Sequence[Remit]) -> RemitTables:
    heads, services, adjustments, remarks = [], [], [], []
    for key, remit in enumerate(remits, start=1):
        heads.append(_head(key, remit))
        for n, svc in enumerate(remit.services, start=1):
            services.append(_service(key, n, svc))
            adjustments += _adjustments(key, n, svc.cas)
            remarks += [
                {"remit_key": key, "service": n, "position": p, "rarc": r}
                for p, r in enumerate(svc.remarks, 1)
            ]
        adjustments += _adjustments(key, 0, remit.cas)
        remarks += [
            {"remit_key": key, "service": 0, "position": p, "rarc": r} for p, r in enumerate(remit.remarks, 1)
        ]
    rows = ((heads, REMITS), (services, SERVICES), (adjustments, ADJUSTMENTS), (remarks, REMARKS))
    return RemitTables(*(pa.Table.from_pylist(list(rows), schema=schema) for rows, schema in rows))


def _head(key: int, remit: Remit) -> dict[str, object]:
    charge = remit.charge if remit.charge is not None else sum(s.charge for s in remit.services)
    paid = remit.paid if remit.paid is not None else sum(s.paid for s in remit.services)
    days = [s.day for s in remit.services if s.day]
    return {
        "remit_key": key,
        "claim_id": remit.claim_id,
        "status": remit.status,
        "charge_cents": charge,
        "paid_cents": paid,
        "payer_id": PAYER,
        "payee_npi": PROVIDER,
        "member_id": MEMBER,
        "service_from": min(days, default=date(2026, 1, 5)),
        "service_to": max(days, default=date(2026, 1, 5)),
        "known_on": remit.known_on,
        **remit.more,
    }


def _service(key: int, n: int, svc: Svc) -> dict[str, object]:
    return {
        "remit_key": key,
        "service": n,
        "line_control": svc.control,
        "procedure": svc.procedure,
        "submitted_procedure": svc.submitted,
        "charge_cents": svc.charge,
        "paid_cents": svc.paid,
        "units": 1.0,
        "service_on": svc.day,
        "allowed_cents": svc.allowed,
        **dict(zip(MODIFIERS, svc.modifiers, strict=False)),
    }


def _adjustments(key: int, service: int, cas: Sequence[tuple[str, str, int]]) -> list[dict[str, object]]:
    return [
        {"remit_key": key, "service": service, "position": p, "group_code": g, "carc": c, "amount_cents": a}
        for p, (g, c, a) in enumerate(cas, start=1)
    ]


class Made:
    """What the tests make their tables with."""

    Svc = Svc
    Remit = Remit
    line = staticmethod(line)
    claim = staticmethod(claim)
    remits = staticmethod(remit_tables)
    claims = staticmethod(claim_tables)
