"""Diagnoses of a claim in the order of an 837: principal first, without the point, each once."""

from dataclasses import dataclass

from data.readers.fhir.references import Scope
from data.readers.fhir.values import Json, codes, elements, preferred, whole, wholes
from data.schema import MAX_DIAGNOSES

ICD = ("icd-10", "icd-9")
APART = {"admitting", "externalcauseofinjury", "external-cause", "patientreasonforvisit"}
"""Types that an 837 keeps apart from those that lines point to."""
PRINCIPAL = "principal"


@dataclass(frozen=True, slots=True)
class Diagnoses:
    """Codes in order, and the place (from 1) of each sequence that items point with."""

    codes: tuple[str, ...]
    places: dict[int, int]

    def pointers(self, item: Json) -> list[int]:
        """Places that an item points to, each once; a pointer to nothing is left out."""
        found: dict[int, None] = {}
        for sequence in wholes(item.get("diagnosisSequence")):
            place = self.places.get(sequence)
            if place is not None and place <= MAX_DIAGNOSES:
                found[place] = None
        return list(found)


def diagnoses_of(scope: Scope) -> Diagnoses:
    """The diagnoses that lines can point to; others (admitting, external cause) only where there are none else."""
    given = elements(scope.body.get("diagnosis"))
    if len(given) > 1:
        given = [one for one in given if not _types(one) & APART] or given
        given.sort(key=lambda one: (PRINCIPAL not in _types(one), whole(one.get("sequence")) or 0))
    order: dict[str, int] = {}
    places: dict[int, int] = {}
    for one in given:
        code = _code(one, scope)
        if code is None:
            continue
        place = order.setdefault(code, len(order) + 1)
        sequence = whole(one.get("sequence"))
        if sequence is not None:
            places[sequence] = place
    return Diagnoses(tuple(order), places)


def _types(diagnosis: Json) -> set[str]:
    return {code for concept in elements(diagnosis.get("type")) for code in codes(concept)}


def _code(diagnosis: Json, scope: Scope) -> str | None:
    concept = diagnosis.get("diagnosisCodeableConcept")
    if concept is None:
        concept = scope.resolve(diagnosis.get("diagnosisReference")).get("code")
    code = preferred(concept, ICD)
    return None if code is None else code.replace(".", "") or None
