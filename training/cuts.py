"""How lines are parted so that each part can be looked at on its own: by payer, plan kind, modality, month ...

A line bears one value under each cut. Reason families are no cut of this kind (an undenied line belongs to all of
them): `told_of` says which lines tell of a family.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.codes import procedure_info
from training.cohort import texts
from training.metrics import Labels

Values = NDArray[np.str_]

CODES = "codes"
KNOWN, NEW_PROCEDURE, NEW_PAYER = "known", "new procedure", "new payer"
NOT_SAID = "not said"

PLANS: Mapping[str, str] = {
    "CI": "commercial",
    "BL": "blue plan",
    "HM": "HMO",
    "12": "PPO",
    "13": "point of service",
    "14": "exclusive provider",
    "MA": "Medicare A",
    "MB": "Medicare B",
    "16": "Medicare HMO",
    "MC": "Medicaid",
    "OF": "other federal",
    "CH": "military",
    "VA": "veterans",
    "AM": "car insurance",
    "LM": "liability",
    "WC": "work accident",
    "ZZ": "mutually defined",
}
"""Kinds of plan (SBR09) in our own words."""


def cuts(outcomes: pa.Table) -> dict[str, Values]:
    """[n] The value of each labelled line under each cut that the line itself tells."""
    return {
        "payer": _said(texts(outcomes["payer_id"])),
        "plan kind": plan_kind(texts(outcomes["plan_type"])),
        "modality": modality(texts(outcomes["procedure"])),
        "facility": _said(texts(outcomes["facility_npi"])),
        "month": texts(outcomes["submitted_on"].cast(pa.string())).astype("U7"),
    }


def modality(procedures: Values) -> Values:
    """[n] Modality of each procedure code."""
    codes, which = np.unique(procedures, return_inverse=True)
    return np.array([procedure_info(str(code)).modality for code in codes], dtype=np.str_)[which]


def plan_kind(plans: Values) -> Values:
    """[n] Each kind of plan in words; a code that has none stands as it is."""
    codes, which = np.unique(plans, return_inverse=True)
    return np.array([PLANS.get(str(code), str(code) or NOT_SAID) for code in codes], dtype=np.str_)[which]


@dataclass(frozen=True, slots=True)
class Met:
    """The payers and procedures that had been met by the day a model was made."""

    payer_ids: pa.Array
    procedures: pa.Array

    @classmethod
    def of(cls, sent: pa.Table) -> "Met":
        """Those of lines that had been sent."""
        return cls(*(pc.unique(sent[name]).drop_null() for name in ("payer_id", "procedure")))

    def values(self, lines: pa.Table) -> Values:
        """[n] Under the cut `codes`: whether a line's payer and procedure had been met."""
        payer, procedure = (
            np.asarray(pc.is_in(lines[name], value_set=seen).to_numpy(zero_copy_only=False), dtype=bool)
            for name, seen in (("payer_id", self.payer_ids), ("procedure", self.procedures))
        )
        return np.where(payer, np.where(procedure, KNOWN, NEW_PROCEDURE), NEW_PAYER)


def told_of(family: str, denied: Labels, families: Values) -> NDArray[np.bool_]:
    """[n] Lines that tell of a reason family: denied for it, or not denied.

    Causes compete: a line denied for another reason says nothing of this one.
    """
    return np.asarray((denied == 0) | (families == family))


def _said(values: Values) -> Values:
    return np.where(values == "", NOT_SAID, values)
