"""What is imaged and why: procedures and diagnoses of the world, as columns of numbers and names."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent
ADVANCED = ("CT", "MRI", "PET", "nuclear medicine")
"""Modalities that payers look at before they are done."""
SCREENINGS = ("77067", "77063", "71271")
"""Studies that are made on a schedule: no other study of their region counts as one."""

Names = NDArray[np.str_]
Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Procedures (P of them), diagnoses (D) and body regions (R), each thing by its number."""

    procedure: Names
    modality: Names
    region: Numbers
    contrast: Names
    paired: Flags
    female: Flags
    weight: Floats
    rvu: Floats
    is_new: Flags
    """Codes that come into use on the first of January after the world's start."""
    diagnosis: Names
    diagnosis_kind: Names
    diagnosis_weight: Floats
    fits: Flags
    """[R, D]: a diagnosis that speaks of the region."""

    @property
    def advanced(self) -> Flags:
        """[P]: procedures that some payer may want to be asked about first."""
        return np.isin(self.modality, ADVANCED)

    @property
    def group(self) -> Numbers:
        """[P]: modality and region as one number; what payers' coverage lists and edits speak of."""
        _, modality = np.unique(self.modality, return_inverse=True)
        return np.asarray(modality * self.fits.shape[0] + self.region, dtype=np.int64)

    @property
    def kind(self) -> Numbers:
        """[P]: studies of one kind are the same one again: of one group, but each screening by itself."""
        alone = np.isin(self.procedure, SCREENINGS)
        return np.where(alone, self.group.max() + 1 + np.arange(len(self.procedure)), self.group)


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def catalogue() -> Catalogue:
    """The shipped procedures and diagnoses (code numbers only, with our own words for what they are)."""
    procedures, diagnoses = _rows("procedures.csv"), _rows("diagnoses.csv")
    regions = sorted({row["region"] for row in procedures})
    fits = [
        [row["regions"] == "*" or region in row["regions"].split() for row in diagnoses] for region in regions
    ]
    return Catalogue(
        procedure=np.array([row["procedure"] for row in procedures]),
        modality=np.array([row["modality"] for row in procedures]),
        region=np.array([regions.index(row["region"]) for row in procedures]),
        contrast=np.array([row["contrast"] for row in procedures]),
        paired=np.array([row["paired"] == "1" for row in procedures]),
        female=np.array([row["female"] == "1" for row in procedures]),
        weight=np.array([float(row["weight"]) for row in procedures]),
        rvu=np.array([float(row["rvu"]) for row in procedures]),
        is_new=np.array([row["new"] == "1" for row in procedures]),
        diagnosis=np.array([row["diagnosis"] for row in diagnoses]),
        diagnosis_kind=np.array([row["kind"] for row in diagnoses]),
        diagnosis_weight=np.array([float(row["weight"]) for row in diagnoses]),
        fits=np.array(fits),
    )
