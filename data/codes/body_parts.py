"""Which part of the body a procedure shows and a diagnosis speaks of, where that is plain. Our own tables.

Left out is what may be anywhere: cancers and what they spread to, fever, vessels, bones as such, the whole body.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from data.codes.files import rows
from data.codes.procedures import procedure_info

PARTS = (
    "head", "neck", "cervical", "thoracic", "lumbar", "chest", "heart", "breast", "abdomen", "pelvis",
    "shoulder", "arm", "hand", "hip", "knee", "leg", "foot",
)  # fmt: skip

OF_REGION: Mapping[str, frozenset[str]] = {
    "brain": frozenset({"head"}),
    "head": frozenset({"head"}),
    "eye": frozenset({"head"}),
    "neck": frozenset({"neck"}),
    "chest": frozenset({"chest"}),
    "heart": frozenset({"heart"}),
    "breast": frozenset({"breast"}),
    "abdomen": frozenset({"abdomen"}),
    "abdomen and pelvis": frozenset({"abdomen", "pelvis"}),
    "kidney": frozenset({"abdomen"}),
    "pelvis": frozenset({"pelvis"}),
    "pregnancy": frozenset({"pelvis"}),
    "hip": frozenset({"hip", "pelvis"}),
    "spine": frozenset({"cervical", "thoracic", "lumbar"}),
    "upper extremity": frozenset({"shoulder", "arm", "hand"}),
    "lower extremity": frozenset({"hip", "knee", "leg", "foot"}),
}
"""The parts of each body region of `procedures.csv` that is one place."""

JOINTS: Mapping[str, tuple[str, str]] = {
    "joint of the arm": ("73221", "73223"),
    "joint of the leg": ("73721", "73723"),
}
"""MRI codes that are of any joint of a limb, apart from those of the rest of it."""

NOWHERE: frozenset[str] = frozenset()


@cache
def _of_procedures() -> tuple[Sequence[str], Sequence[str], Sequence[frozenset[str]]]:
    read = list(rows("procedure_parts.csv"))
    return (
        [row["first"] for row in read],
        [row["last"] for row in read],
        [frozenset(row["parts"].split()) for row in read],
    )


@cache
def parts_shown(procedure: str) -> frozenset[str]:
    """The parts of the body that a study shows; none where it isn't one place that we know."""
    first, last, parts = _of_procedures()
    at = bisect_right(first, procedure) - 1
    if at >= 0 and procedure <= last[at]:
        return parts[at]
    return OF_REGION.get(procedure_info(procedure).body_region, NOWHERE)


@cache
def study_place(procedure: str) -> str:
    """Where a study is made, as finely as its code says: the level of the spine, the joint, the vessels of any part.

    Payers count by it how soon a study is made again. The body region where nothing more is known; the pelvis beside
    the abdomen is no other place.
    """
    first, last, parts = _of_procedures()
    at = bisect_right(first, procedure) - 1
    if at >= 0 and procedure <= last[at]:
        return " ".join(part for part in PARTS if part in parts[at]) or "vessels"
    joints = (joint for joint, (low, high) in JOINTS.items() if low <= procedure <= high)
    region = procedure_info(procedure).body_region
    return next(joints, "abdomen" if region == "abdomen and pelvis" else region)


@cache
def _of_diagnoses() -> Mapping[str, frozenset[str]]:
    return {row["prefix"]: frozenset(row["parts"].split()) for row in rows("diagnosis_parts.csv")}


@lru_cache(maxsize=1 << 16)
def parts_meant(diagnosis: str) -> frozenset[str]:
    """The parts of the body that a diagnosis speaks of, by the longest prefix known; none where it speaks of no one."""
    known = _of_diagnoses()
    return next(
        (known[diagnosis[:n]] for n in range(len(diagnosis), 0, -1) if diagnosis[:n] in known), NOWHERE
    )
