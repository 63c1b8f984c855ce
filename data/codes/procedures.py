"""Imaging procedures by code number: modality, body region, contrast, sides and parts, in our own words."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from data.codes.files import rows


@dataclass(frozen=True, slots=True)
class ProcedureInfo:
    """What kind of study a procedure code is."""

    modality: str = "other"
    """x-ray, CT, MRI, ultrasound, mammography, nuclear medicine, PET, fluoroscopy, interventional, DXA, other"""
    body_region: str = "other"
    contrast: str = "none"
    """none (no contrast in this kind of study), without, with, both"""
    paired: bool = False
    """the body part has a left and a right one: the side must be told"""
    component: str = "whole"
    """split: 26 and TC may be billed apart; whole: they may not"""

    @property
    def laterality(self) -> bool:
        """The same as `paired`."""
        return self.paired


UNKNOWN = ProcedureInfo()


@cache
def _ranges() -> tuple[Sequence[str], Sequence[str], Sequence[ProcedureInfo]]:
    """First codes, last codes and infos, sorted; ranges never overlap."""
    read = sorted(rows("procedures.csv"), key=lambda row: row["first"])
    infos = [
        ProcedureInfo(
            row["modality"], row["body_region"], row["contrast"], row["paired"] == "yes", row["component"]
        )
        for row in read
    ]
    return [row["first"] for row in read], [row["last"] for row in read], infos


@cache
def procedure_info(code: str | None) -> ProcedureInfo:
    """What is known of a procedure code; a code that is no imaging we know has the modality `other`."""
    first, last, infos = _ranges()
    at = bisect_right(first, code or "") - 1
    return infos[at] if at >= 0 and code is not None and code <= last[at] else UNKNOWN


@cache
def modalities() -> frozenset[str]:
    """Every modality that a procedure may have, `other` among them."""
    return frozenset({UNKNOWN.modality, *(info.modality for info in _ranges()[2])})
