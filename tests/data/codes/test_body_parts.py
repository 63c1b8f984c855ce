import numpy as np
import pytest

from data.codes.body_parts import PARTS, parts_meant, parts_shown, study_place
from data.codes.files import rows
from data.simulator.catalogue import catalogue


@pytest.mark.parametrize(
    ("procedure", "parts"),
    [
        ("70450", "head"),
        ("72148", "lumbar"),
        ("72141", "neck cervical"),
        ("73721", "hip knee leg foot"),
        ("73560", "knee"),
        ("74177", "abdomen pelvis"),
        ("74174", ""),
        ("78306", ""),
        ("99213", ""),
        ("", ""),
    ],
)
def test_what_a_study_shows(procedure: str, parts: str) -> None:
    assert parts_shown(procedure) == set(parts.split())


@pytest.mark.parametrize(
    ("procedure", "place"),
    [
        ("70450", "brain"),
        ("70496", "vessels"),
        ("74174", "vessels"),
        ("72148", "lumbar"),
        ("72141", "neck cervical"),
        ("73721", "joint of the leg"),
        ("73718", "lower extremity"),
        ("73560", "knee"),
        ("74177", "abdomen"),
        ("74150", "abdomen"),
        ("99213", "other"),
        ("", "other"),
    ],
)
def test_where_a_study_is_made(procedure: str, place: str) -> None:
    assert study_place(procedure) == place


@pytest.mark.parametrize(
    ("diagnosis", "parts"),
    [
        ("M25562", "knee"),
        ("M5416", "lumbar pelvis"),
        ("M542", "neck cervical"),
        ("R109", "abdomen pelvis"),
        ("S52501A", "arm hand"),
        ("C7951", ""),
        ("R69", ""),
        ("", ""),
    ],
)
def test_what_a_diagnosis_speaks_of(diagnosis: str, parts: str) -> None:
    assert parts_meant(diagnosis) == set(parts.split())


def test_the_tables_name_known_parts_and_ranges_do_not_overlap() -> None:
    procedures = list(rows("procedure_parts.csv"))
    named = {part for row in (*procedures, *rows("diagnosis_parts.csv")) for part in row["parts"].split()}
    assert named <= set(PARTS)
    edges = [edge for row in procedures for edge in (row["first"], row["last"])]
    assert edges == sorted(edges)


def test_what_belongs_together_in_the_simulated_world_does_so_here() -> None:
    shown = catalogue()
    odd = [
        (str(procedure), str(shown.diagnosis[d]))
        for p, procedure in enumerate(shown.procedure)
        for d in np.flatnonzero(shown.fits[shown.region[p]])
        if parts_shown(str(procedure))
        and parts_meant(str(shown.diagnosis[d]))
        and not parts_shown(str(procedure)) & parts_meant(str(shown.diagnosis[d]))
    ]
    assert odd == []
