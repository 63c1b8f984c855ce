"""What one code tells, asked once a distinct code: a procedure's modality, a diagnosis's chapter.

Formulas take these functions as traits of words; each is pure.
"""

import numpy as np

from data.codes import procedure_info

CONTRAST = ("none", "without", "with", "both")

CHAPTERS = (
    ("A00", 1), ("C00", 2), ("D50", 3), ("E00", 4), ("F01", 5), ("G00", 6), ("H00", 7), ("H60", 8), ("I00", 9),
    ("J00", 10), ("K00", 11), ("L00", 12), ("M00", 13), ("N00", 14), ("O00", 15), ("P00", 16), ("Q00", 17),
    ("R00", 18), ("S00", 19), ("U00", 22), ("V00", 20), ("Z00", 21),
)  # fmt: skip
"""Where each chapter of ICD-10-CM begins."""


def modality_of(code: str) -> str:
    """The modality of a procedure code: CT, MRI, ultrasound, ..."""
    return procedure_info(code).modality


def region_of(code: str) -> str:
    """The body region of a procedure code."""
    return procedure_info(code).body_region


def is_paired(code: str) -> float:
    """Whether the procedure is of a body part that has a left and a right one."""
    return float(procedure_info(code).paired)


def is_split(code: str) -> float:
    """Whether reading and picture of the procedure may be billed apart."""
    return float(procedure_info(code).component == "split")


def is_whole(code: str) -> float:
    """Whether the procedure is only billed as a whole."""
    return float(procedure_info(code).component == "whole")


def category_of(diagnosis: str) -> str:
    """The category of a diagnosis: its first three characters."""
    return diagnosis[:3]


def code_number(code: str) -> float:
    """A procedure code as a number, to say how near two codes are; unknown for codes with letters."""
    return float(code) if len(code) == 5 and code.isascii() and code.isdigit() else np.nan


def is_visit(code: str) -> float:
    """Whether the code is a visit (evaluation and management), which a procedure of the day may include."""
    if code in {"G0402", "G0438", "G0439"}:
        return 1.0
    return float(len(code) == 5 and ("99202" <= code <= "99499" or "92002" <= code <= "92014"))


def chapter(category: str) -> float:
    """The ICD-10-CM chapter of a diagnosis category; NaN before the first."""
    found = [number for first, number in CHAPTERS if first <= category.upper()]
    return float(found[-1]) if found else np.nan


def contrast_of(code: str) -> float:
    """Contrast of a procedure: 0 there is none in such studies, 1 without, 2 with, 3 both."""
    return float(CONTRAST.index(procedure_info(code).contrast))


def is_symptom(category: str) -> float:
    """Whether a diagnosis category is a symptom or an abnormal finding (chapter R)."""
    return float(category.startswith("R"))


def is_injury(category: str) -> float:
    """Whether a diagnosis category is an injury or a poisoning (chapters S and T)."""
    return float(category.startswith(("S", "T")))


def is_encounter(category: str) -> float:
    """Whether a diagnosis category is a screening or another encounter without illness (chapter Z)."""
    return float(category.startswith("Z"))


def is_unspecific(diagnosis: str) -> float:
    """Whether a diagnosis ends in 9, or has three characters only."""
    return float(len(diagnosis) <= 3 or diagnosis.endswith("9"))


def characters(diagnosis: str) -> float:
    """How many characters a diagnosis has."""
    return float(len(diagnosis))


def is_radiology(taxonomy: str) -> float:
    """Whether a taxonomy code is one of radiology, or of a center or mobile unit for it."""
    return float(taxonomy.startswith(("2085", "261QR", "293D")))


PROVIDER_KINDS = (
    (("2085",), 1.0),
    (("20",), 2.0),
    (("363", "367"), 3.0),
    (("261", "291", "292", "293"), 4.0),
    (("27", "28"), 5.0),
)
"""How codes of the provider taxonomy (NUCC) begin, and what kind of provider that is; the first that fits."""


def provider_kind(taxonomy: str) -> float:
    """1 radiologist, 2 other physician, 3 advanced practice nurse or assistant, 4 center or laboratory, 5 hospital,
    6 other.
    """
    return next((kind for begins, kind in PROVIDER_KINDS if taxonomy.startswith(begins)), 6.0)
