import csv

import numpy as np

from data.simulator.catalogue import catalogue
from data.simulator.causes import CAUSES
from data.simulator.policies import FAMILIES
from data.simulator.settings import WorldSettings


def test_procedures_and_diagnoses_are_listed_once():
    shown = catalogue()
    assert len(shown.procedure) >= 200
    assert len(np.unique(shown.procedure)) == len(shown.procedure)
    assert len(np.unique(shown.diagnosis)) == len(shown.diagnosis)


def test_every_region_has_diagnoses_of_its_own():
    shown = catalogue()
    known = shown.diagnosis_kind != "unspecific"
    assert (shown.fits[:, known].sum(axis=1) >= 2).all()


def test_procedures_are_real_code_numbers(reference):
    with (reference / "mpfs_rvu_imaging.csv").open(newline="") as file:
        real = {row["hcpcs_code"] for row in csv.DictReader(file)}
    assert set(catalogue().procedure.tolist()) <= real


def test_reasons_are_real_and_in_use(reference):
    settings = WorldSettings.load()
    told = {cause.reason for cause in CAUSES}
    told |= {payer.documentation_reason for payer in settings.payers}
    told |= {payer.not_covered_reason for payer in settings.payers}
    told |= {payer.bundling_reason for payer in settings.payers}
    with (reference / "carc_rarc_ids.csv").open(newline="") as file:
        real = {(row["adj_type"], row["adj_code"]) for row in csv.DictReader(file) if not row["adj_end_date"]}
    assert {("CARC", reason.split("/")[0]) for reason in told} <= real
    assert {("RARC", reason.split("/")[1]) for reason in told if "/" in reason} <= real


def test_each_reason_belongs_to_its_family_in_the_code_sets():
    from data.codes import reason_family

    settings = WorldSettings.load()
    wrong = {cause.name for cause in CAUSES if reason_family(cause.reason) != cause.family}
    assert not wrong
    for payer in settings.payers:
        assert reason_family(payer.documentation_reason) == "documentation"
        assert reason_family(payer.not_covered_reason) == "not_covered"
        assert reason_family(payer.bundling_reason) == "bundling"
    assert {cause.family for cause in CAUSES} == set(FAMILIES)
