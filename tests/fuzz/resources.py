"""FHIR damaged the way that it is damaged: parts lost, doubled, of another type, nested, referred to from elsewhere."""

import json
import random
from collections.abc import Callable

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
Damage = Callable[[list[Json], random.Random], None]

WORDS = [
    "Claim",
    "ClaimResponse",
    "ExplanationOfBenefit",
    "Bundle",
    "Patient",
    "Coverage",
    "Organization",
    "Practitioner",
    "active",
    "draft",
    "claim",
    "preauthorization",
    "complete",
    "error",
    "queued",
    "urn:uuid:1",
    "#1",
    "Claim/1",
    "Patient/1",
    "USD",
    "EUR",
    "2025-01-01",
    "2025-13-01",
    "2025",
    "2025-01-01T25:00:00Z",
    "10.005",
    "1e5",
    "-1",
    "NaN",
    "CO",
    "PR",
    "16",
    "submitted",
    "benefit",
    "paidtoprovider",
    "deductible",
    "noncovered",
]
KEYS = [
    "resourceType",
    "id",
    "item",
    "adjudication",
    "extension",
    "contained",
    "reference",
    "value",
    "code",
    "coding",
    "system",
    "total",
    "insurance",
    "sequence",
    "detailSequence",
    "subDetail",
    "detail",
    "addItem",
    "request",
    "claim",
    "use",
    "status",
    "outcome",
    "created",
    "currency",
    "productOrService",
    "entry",
    "resource",
    "fullUrl",
    "identifier",
    "type",
    "category",
    "reason",
    "amount",
    "net",
    "unitPrice",
    "quantity",
    "servicedDate",
    "servicedPeriod",
    "start",
    "end",
]
ODD: tuple[Json, ...] = (
    None,
    True,
    0,
    -1,
    10**30,
    1.5,
    1e308,
    "",
    " ",
    [],
    {},
    [[]],
    [None],
    {"": None},
    "\x00",
    "\ud800",
)


def damaged(content: bytes, max_size: int, chance: random.Random) -> bytes | None:
    """One to four damages done to the values of a JSON text (or of each of its lines); None where it is no JSON."""
    try:
        text = content.decode()
        bodies = [json.loads(text)] if chance.random() < 0.8 or "\n{" not in text else _lines(text)
    except (ValueError, RecursionError):
        return None
    try:
        for _ in range(chance.randint(1, 4)):
            chance.choice(DAMAGES)(bodies, chance)
        return "\n".join(json.dumps(body) for body in bodies).encode()[:max_size]
    except (ValueError, RecursionError):  # nested deeper than json goes
        return None


def _lines(text: str) -> list[Json]:
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _containers(body: Json) -> list[dict[str, Json] | list[Json]]:
    """Every object and array that holds something."""
    found: list[dict[str, Json] | list[Json]] = []
    waiting = [body]
    while waiting and len(found) < 2000:
        value = waiting.pop()
        if isinstance(value, dict | list) and value:
            found.append(value)
            waiting += value.values() if isinstance(value, dict) else value
    return found


def _place(bodies: list[Json], chance: random.Random) -> tuple[dict[str, Json] | list[Json], str | int]:
    places = _containers(bodies)
    holder = chance.choice(places)
    return holder, chance.choice(list(holder)) if isinstance(holder, dict) else chance.randrange(len(holder))


def _value(bodies: list[Json], chance: random.Random) -> Json:
    holder, key = _place(bodies, chance)
    return json.loads(json.dumps(holder[key]))  # type: ignore[index]


def _odd(bodies: list[Json], chance: random.Random) -> None:
    holder, key = _place(bodies, chance)
    holder[key] = chance.choice((*ODD, *WORDS))  # type: ignore[index]


def _drop(bodies: list[Json], chance: random.Random) -> None:
    holder, key = _place(bodies, chance)
    if holder is not bodies:
        del holder[key]  # type: ignore[arg-type]


def _copy(bodies: list[Json], chance: random.Random) -> None:
    value = _value(bodies, chance)
    holder, key = _place(bodies, chance)
    holder[key] = value  # type: ignore[index]


def _repeat(bodies: list[Json], chance: random.Random) -> None:
    value = _value(bodies, chance)
    holder, _ = _place(bodies, chance)
    if isinstance(holder, list):
        holder += [value] * chance.choice((1, 1, 2, 20))
    else:
        holder[chance.choice(KEYS)] = value


def _nest(bodies: list[Json], chance: random.Random) -> None:
    holder, key = _place(bodies, chance)
    value = _value(bodies, chance)
    for _ in range(chance.choice((1, 2, 50, 600))):
        value = {chance.choice(KEYS): value} if chance.random() < 0.5 else [value]
    holder[key] = value  # type: ignore[index]


def _name(bodies: list[Json], chance: random.Random) -> None:
    holder, key = _place(bodies, chance)
    if isinstance(holder, dict):
        holder[chance.choice(KEYS)] = holder.pop(str(key))


DAMAGES: tuple[Damage, ...] = (_odd, _odd, _drop, _copy, _repeat, _nest, _name)
