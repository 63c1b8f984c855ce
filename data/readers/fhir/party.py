"""Who stands behind a claim: the people of its care team, its patient, its coverages."""

from dataclasses import dataclass

from data.readers.fhir.references import Scope
from data.readers.fhir.values import Json, code_of, element, elements, meaning, text, whole, wholes

ROLES = {
    "rendering": "rendering",
    "performing": "rendering",
    "primary": "rendering",
    "referring": "referring",
    "supervisor": "supervising",
    "supervising": "supervising",
    "ordering": "ordering",
}
TAXONOMY = "provider-taxonomy"

SEX = {"male": "M", "female": "F", "other": "U", "unknown": "U"}
RELATIONSHIP = {"self": "18", "spouse": "01", "child": "19", "common": "53", "other": "G8"}
PLANS = {
    "HMO": "HM",
    "PPO": "12",
    "POS": "13",
    "EHCPOL": "CI",
    "HIP": "CI",
    "WCBPOL": "WC",
    "AUTOPOL": "AM",
    "Part A": "MA",
    "Part B": "MB",
}
"""Types of coverage (v3 ActCode; Medicare's parts as CMS displays them) to claim filing indicators (SBR09)."""
TYPOLOGY = {"1": "MB", "2": "MC", "5": "CI", "6": "BL"}
"""Source of Payment Typology, by its first digit."""
SEQUENCE = ("P", "S", "T")


@dataclass(frozen=True, slots=True)
class Member:
    """One of the care team: what it does, and which number items call it by."""

    sequence: int | None
    role: str
    npi: str
    taxonomy: str | None
    is_responsible: bool


class Team:
    """The care team of one claim."""

    def __init__(self, scope: Scope) -> None:
        given = elements(scope.body.get("careTeam"))
        self._members = [m for m in (_member(one, scope, n_given=len(given)) for one in given) if m]
        self._members.sort(key=lambda member: not member.is_responsible)

    def first(self, role: str) -> Member | None:
        """Who does this for the claim: the responsible one, else the first named."""
        for member in self._members:
            if member.role == role:
                return member
        return None

    def npi(self, role: str, item: Json | None = None) -> str | None:
        """Who does this for an item of the claim, else for the claim."""
        member = self.first(role)
        if member is not None and item is not None and len(self._members) > 1:
            numbers = wholes(item.get("careTeamSequence"))
            own = (m for m in self._members if m.role == role and m.sequence in numbers)
            member = next(own, member)
        return None if member is None else member.npi


def _member(given: Json, scope: Scope, *, n_given: int) -> Member | None:
    npi = scope.npi(given.get("provider"))
    if npi is None:
        return None
    role = meaning(given.get("role"), ROLES) or ""
    if not role and n_given == 1 and given.get("role") is None:
        role = "rendering"  # a team of one without a role: who else would have done it
    taxonomy = code_of(given.get("qualification"), TAXONOMY)
    return Member(whole(given.get("sequence")), role, npi, taxonomy, given.get("responsible") is True)


@dataclass(frozen=True, slots=True)
class Insurance:
    """The coverage that the claim is billed to, and the others."""

    coverage: object
    auth_number: str | None
    payer_sequence: str | None
    others: tuple[object, ...]


def insurance_of(scope: Scope) -> Insurance:
    """The focal coverage, else the first; its place among all says primary, secondary or tertiary."""
    given = elements(scope.body.get("insurance"))
    if not given:
        return Insurance(None, None, None, ())
    at = next((n for n, one in enumerate(given) if one.get("focal") is True), 0)
    place = whole(given[at].get("sequence")) or at + 1
    references = given[at].get("preAuthRef") or scope.body.get("preAuthRef")
    auth = references[0] if isinstance(references, list) and references else references
    others = tuple(one.get("coverage") for n, one in enumerate(given) if n != at)
    sequence = SEQUENCE[place - 1] if place <= len(SEQUENCE) else None
    return Insurance(given[at].get("coverage"), text(auth), sequence, others)


def plan_type(scope: Scope, coverage: object) -> str | None:
    """The claim filing indicator that the type of coverage comes to."""
    kind = scope.resolve(coverage).get("type")
    plan = meaning(kind, PLANS) or PLANS.get(text(element(coverage).get("display")) or "")
    if plan is not None or kind is None:
        return plan
    typology = code_of(kind, "payment-typology", "sopt", "2.16.840.1.113883.3.221.5")
    return TYPOLOGY.get((typology or " ")[0])


def payer_of(scope: Scope, coverage: object) -> tuple[str | None, str | None]:
    """Id and name of the payer: the insurer, else the payor of the coverage."""
    insurer = scope.payer(scope.body.get("insurer"))
    if insurer[0] is not None:
        return insurer
    behind = _payor(scope, coverage)
    return behind[0], insurer[1] or behind[1]


def other_payer_id(scope: Scope, others: tuple[object, ...]) -> str | None:
    """The first other payer that has an id."""
    found = (_payor(scope, coverage)[0] for coverage in others)
    return next((one for one in found if one is not None), None)


def _payor(scope: Scope, coverage: object) -> tuple[str | None, str | None]:
    for payor in elements(scope.resolve(coverage).get("payor")):
        return scope.payer(payor)
    for identifier in elements(element(coverage).get("identifier")):
        if (text(identifier.get("system")) or "").endswith("payers-name"):
            return None, text(identifier.get("value"))  # CMS: the payer's name stands for the coverage
    return None, None
