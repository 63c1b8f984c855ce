import dataclasses
from pathlib import Path

import pyarrow.compute as pc
import pytest

from cleanclaim import read_claims, read_remits
from data.errors import InvalidClaim, UnreadableFile
from data.readers.x12 import read_x12


def test_claims_are_what_the_reader_says(world, upcoming, kinds) -> None:
    read = read_x12(world.upcoming[0].read_bytes(), source="upcoming").claims
    assert len(upcoming.claims) == read.claims.num_rows
    assert len(upcoming.lines) == read.lines.num_rows
    assert upcoming.lines["charge_cents"].sum() == pc.sum(read.lines["charge_cents"]).as_py()
    columns = ("claim_id", "submitted_on", "charge_cents", "has_note")
    assert kinds(upcoming.claims, columns) == ["str", "datetime64[ms]", "Int64", "boolean"]
    assert repr(upcoming).startswith(f"<Claims: {len(upcoming.claims):,} claims")
    back = upcoming.tables()
    assert back.claims.to_pylist() == read.claims.to_pylist()
    assert back.lines.to_pylist() == read.lines.to_pylist()


def test_remits(world) -> None:
    remits = read_remits(world.files / "remits")
    assert set(remits.services["remit_key"]) <= set(remits.remits["remit_key"])
    assert remits.adjustments["amount_cents"].dtype == "Int64"
    assert len(remits.rejects) == 0
    assert repr(remits).startswith("<Remits: ")


def test_the_same_content_counts_once(world, upcoming) -> None:
    again = read_claims(world.files / "upcoming", str(world.upcoming[0]))
    assert len(again.claims) == len(upcoming.claims)


def test_what_cannot_be_read_is_listed_and_the_rest_goes_on(world, upcoming, tmp_path: Path) -> None:
    bad = tmp_path / "bad.837"
    bad.write_text("no X12")
    found = read_claims(bad, world.files / "upcoming")
    assert len(found.claims) == len(upcoming.claims)
    assert found.rejects["source"].tolist() == [str(bad)]
    assert "wanted" in found.rejects["reason"][0]


def test_a_path_that_leads_nowhere(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="nowhere"):
        read_claims(tmp_path / "nowhere")


def test_chosen_claims_come_with_their_lines(upcoming) -> None:
    payer = upcoming.claims["payer_id"].iloc[0]
    chosen = upcoming.where(upcoming.claims["payer_id"] == payer)
    assert set(chosen.claims["payer_id"]) == {payer}
    assert set(chosen.lines["claim_key"]) == set(chosen.claims["claim_key"])
    by_hand = dataclasses.replace(upcoming, claims=chosen.claims).tables()
    assert by_hand.lines.num_rows == len(chosen.lines)


def test_a_missing_column_is_named(upcoming) -> None:
    without = dataclasses.replace(upcoming, lines=upcoming.lines.drop(columns="procedure"))
    with pytest.raises(InvalidClaim, match="lines, procedure"):
        without.tables()
