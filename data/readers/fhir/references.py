"""What claims refer to - patient, coverage, organisations, people - found in the same file, reduced to what is kept."""

from dataclasses import dataclass, field

from data.readers.fhir.kinds import SUPPORTING
from data.readers.fhir.resources import Found
from data.readers.fhir.told import Information
from data.readers.fhir.values import NOTHING, Faults, Json, code_of, codes, element, elements, is_of, text

KEPT = frozenset(
    {
        *("resourceType", "id", "identifier", "type", "code", "specialty"),
        *("gender", "birthDate", "subscriberId", "payor", "relationship"),
        *("practitioner", "organization", "managingOrganization", "requester"),
    }
)
"""Names, addresses and contacts of people are dropped here."""

PERSONS = {"Patient", "RelatedPerson"}
NPI_SYSTEMS = ("us-npi", "2.16.840.1.113883.4.6")
NPI_TYPES = {"NPI", "npi"}
MEMBER_TYPES = {"MB", "MC", "um", "SN"}
MEMBER_SYSTEMS = ("us-mbi", "us-medicare", "hicn")


def reduced(resource: Json) -> Json:
    """A resource without what nobody may keep; the name stays where it is an organisation's."""
    kept = {name: value for name, value in resource.items() if name in KEPT}
    if resource.get("resourceType") == "Organization":
        kept["name"] = resource.get("name")
    born = text(resource.get("birthDate"))
    if born is not None:
        kept["birthDate"] = born[:4]
    return kept


@dataclass(slots=True)
class Index:
    """The resources of a file that others may refer to, by `Type/id` and by full URL."""

    resources: dict[str, tuple[int, Json]] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    """Offsets of those that were referred to."""

    def add(self, found: Found) -> None:
        """Takes a resource in, if it is one that claims refer to."""
        if found.kind not in SUPPORTING:
            return
        held = (found.offset, reduced(found.body))
        for name in (found.full_url, f"{found.kind}/{text(found.body.get('id'))}"):
            if name is not None:
                self.resources.setdefault(name, held)

    def get(self, reference: str) -> Json:
        """The resource referred to; an empty one where it is not in the file."""
        for name in (reference, tail(reference)) if self.resources else ():
            held = self.resources.get(name)
            if held is not None:
                self.used.add(held[0])
                return held[1]
        return NOTHING


def tail(reference: str) -> str:
    """`Type/id` of a reference that may be a whole address, without its version."""
    parts = reference.split("/_history/")[0].rstrip("/").split("/")
    return "/".join(parts[-2:])


def last(reference: str) -> str | None:
    """The id at the end of a reference."""
    return tail(reference).split("/")[-1] or None


class Scope:
    """One claim or answer with all that it may refer to, and a list of what in it could not be read."""

    def __init__(self, found: Found, index: Index) -> None:
        self.body = found.body
        self.faults = Faults()
        self.information: Information | None = None
        """What supportingInfo says, once it is read (`information_of`)."""
        self._index = index
        contained = elements(found.body.get("contained"))
        self._contained = {text(one.get("id")): one for one in contained}
        self._resolved: dict[str, Json] = {}

    def resolve(self, reference: object) -> Json:
        """The resource that a Reference points at; an empty one where the file doesn't hold it."""
        if not isinstance(reference, dict) or (said := reference.get("reference")) is None:
            return NOTHING
        address = text(said)
        if address is None:
            return NOTHING
        if address not in self._resolved:
            held = self._contained.get(address[1:]) if address.startswith("#") else None
            self._resolved[address] = self._index.get(address) if held is None else reduced(held)
        return self._resolved[address]

    def identifiers(self, reference: object) -> list[Json]:
        """Identifiers given with a Reference, then those of what it points at."""
        if not isinstance(reference, dict):
            return []
        own = elements(reference.get("identifier"))
        held = self.resolve(reference)
        return own + elements(held.get("identifier")) if held else own

    def npi(self, reference: object) -> str | None:
        """The NPI of whom a Reference points at; of a role, its own or its practitioner's or organisation's."""
        for identifier in self.identifiers(reference):
            if is_npi(identifier):
                return text(identifier.get("value"))
        held = self.resolve(reference)
        if not held:
            return None
        behind = ("practitioner", "organization", "managingOrganization", "requester")
        for name in behind if held.get("resourceType") not in (None, "Organization", "Practitioner") else ():
            for identifier in self.identifiers(held.get(name)):
                if is_npi(identifier):
                    return text(identifier.get("value"))
        return None

    def organisation_name(self, reference: object) -> str | None:
        """The name of an organisation; never a person's."""
        held = self.resolve(reference)
        if held:
            return text(held.get("name")) if held.get("resourceType") == "Organization" else None
        said = element(reference)
        if said.get("type") == "Organization" or "Organization/" in (text(said.get("reference")) or ""):
            return text(said.get("display"))
        return None

    def payer(self, reference: object) -> tuple[str | None, str | None]:
        """Id and name of a payer: its identifier, else where it is kept (`Organization/2`); nothing of a person."""
        if self._is_person(reference):
            return None, None
        said = element(reference)
        name = self.organisation_name(said) or text(said.get("display"))
        for identifier in self.identifiers(said):
            value = text(identifier.get("value"))
            if value is not None:
                return value, name
        address = text(said.get("reference"))
        return (None if address is None or address.startswith("#") else tail(address) or None), name

    def _is_person(self, reference: object) -> bool:
        """Whether this is somebody who pays for himself or for a relative."""
        said = element(reference)
        if text(said.get("type")) in PERSONS or text(self.resolve(said).get("resourceType")) in PERSONS:
            return True
        address = text(said.get("reference")) or ""
        return "Patient/" in address or "RelatedPerson/" in address

    def member_id(self, coverage: object) -> str | None:
        """The insured's number: of the coverage, else of the patient, else the patient's place on the server."""
        patient = self.body.get("patient")
        held = self.resolve(coverage)
        said = text(held.get("subscriberId"))
        for identifier in self.identifiers(patient) if said is None else ():
            system = (text(identifier.get("system")) or "").lower()
            if is_of(system, MEMBER_SYSTEMS) or not MEMBER_TYPES.isdisjoint(codes(identifier.get("type"))):
                said = said or text(identifier.get("value"))
        for identifier in self.identifiers(coverage) if said is None else ():
            if not (text(identifier.get("system")) or "").endswith("payers-name"):
                said = said or text(identifier.get("value"))
        address = text(element(patient).get("reference")) or "#"
        return said or (None if address.startswith("#") else last(address))


def is_npi(identifier: Json) -> bool:
    """Whether an identifier says that it is an NPI, by its system or its type."""
    system = (text(identifier.get("system")) or "").lower()
    return is_of(system, NPI_SYSTEMS) or not NPI_TYPES.isdisjoint(codes(identifier.get("type")))


def identifier_of(resource: Json, *types: str) -> str | None:
    """The first identifier of one of the types (`uc`: unique claim id); without types the first of all."""
    for identifier in elements(resource.get("identifier")):
        if not types or code_of(identifier.get("type")) in types:
            value = text(identifier.get("value"))
            if value is not None:
                return value
    return None
