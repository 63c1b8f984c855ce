"""Law: the claim with a shown fix made, posted as a new one, is as likely denied as the fix said, to the bit.

The fixed claims are made here from their JSON, by none of the code that tried the fixes.
"""

import copy
from dataclasses import asdict, replace
from datetime import date

import orjson
import pytest

from data.claim import claim_tables, claims_of
from data.claim_json import read_claim
from data.context import Context, context_table, read_context
from data.policy import PolicyBook
from data.readers.x12 import read_x12
from serving.result import ClaimResult, Fix, from_json, to_json
from serving.scorer import Scorer

TODAY = date(2025, 1, 6)
INHERITED = (
    "auth_number",
    "referring_npi",
    "attachment_type",
    "attachment_transmission",
    "attachment_control",
)
LISTS = {"modifier": "modifiers", "pointer": "pointers", "diagnosis": "diagnoses"}
Json = dict[str, object]


@pytest.fixture(scope="module")
def scorer(world) -> Scorer:
    loaded = Scorer.load(world.model, world.store)
    state = loaded.model.state.with_policy(PolicyBook.load(world.files / "policy"))
    return replace(loaded, model=replace(loaded.model, state=state))


@pytest.fixture(scope="module")
def claims(world) -> list[Json]:
    found = [
        read_x12(path.read_bytes(), source="week").claims for path in sorted(world.files.glob("*/*.837"))
    ]
    return [as_json(claim) for tables in found[-4:] for claim in claims_of(tables)]


@pytest.fixture(scope="module")
def context(world, claims) -> dict[str, list[Json]]:
    """What is known beside each claim, by its number, as JSON."""
    known: dict[str, list[Json]] = {str(claim["claim_id"]): [] for claim in claims}
    for row in read_context(world.context).to_pylist():
        if row["claim_id"] in known:
            known[row["claim_id"]].append({k: v for k, v in row.items() if v is not None})
    return orjson.loads(orjson.dumps(known))


@pytest.fixture(scope="module")
def results(scorer, claims, context) -> list[ClaimResult]:
    return answered(scorer, claims, [row for rows in context.values() for row in rows])


def test_every_shown_fix_is_true(scorer, claims, context, results) -> None:
    made, rows, stated = [], [], []
    for claim, result in zip(claims, results, strict=True):
        for line, fix in shown(result):
            fixed, beside = with_fix(claim, context[str(claim["claim_id"])], fix)
            fixed["claim_id"] = name = f"fixed {len(made)}"
            made.append(fixed)
            rows += [row | {"claim_id": name} for row in beside]
            stated.append((line, fix))
    assert len(made) > 10
    for (line, fix), result in zip(stated, answered(scorer, made, rows), strict=True):
        after = result if line == 0 else next(one for one in result.lines if one.line == line)
        assert after.denial_probability == fix.probability_after
        assert after.probability_interval == fix.interval_after


def test_a_shown_fix_lowers_the_risk_by_five_points(results) -> None:
    for result in results:
        before = {0: result.denial_probability} | {one.line: one.denial_probability for one in result.lines}
        assert all(before[line] - fix.probability_after >= 0.05 for line, fix in shown(result))


def test_no_fix_changes_who_pays_who_the_patient_is_or_what_was_done(results) -> None:
    untouched = {
        "payer_id", "plan_type", "member_id", "birth_year", "patient_sex", "relationship", "procedure",
        "service_from", "service_to", "submitted_on", "charge_cents", "rendering_npi", "billing_npi",
    }  # fmt: skip
    changed = {change["field"] for r in results for _, fix in shown(r) for change in (fix.change, *fix.also)}
    assert changed
    assert not changed & untouched


def test_what_must_be_obtained_is_never_given_as_a_value(results) -> None:
    changes = [change for r in results for _, fix in shown(r) for change in (fix.change, *fix.also)]
    obtained = [change for change in changes if change["stand_in"] is not None]
    assert obtained
    assert all(change["to"] is None for change in obtained)
    assert not [
        change for change in changes if change["to"] == "OBTAINED" and change["field"] == "auth_number"
    ]


def test_an_answer_with_fixes_reads_back_as_it_was(results) -> None:
    assert [from_json(to_json(result)) for result in results] == results


def answered(scorer: Scorer, claims: list[Json], rows: list[Json]) -> list[ClaimResult]:
    """What is answered to these claims, posted as JSON."""
    read = [read_claim(claim, today=TODAY) for claim in claims]
    beside = context_table(
        [Context.from_json(without(row, "claim_id"), claim_id=str(row["claim_id"])) for row in rows]
    )
    return scorer.explain(claim_tables(read), beside, today=TODAY, with_factors=False, with_fixes=True)


def shown(result: ClaimResult) -> list[tuple[int, Fix]]:
    of_lines = [(line.line, fix) for line in result.lines for fix in line.fixes]
    return of_lines + [(0, fix) for fix in result.fixes]


def with_fix(claim: Json, beside: list[Json], fix: Fix) -> tuple[Json, list[Json]]:
    """The claim and its context, written anew as the fix says."""
    claim = copy.deepcopy(claim)
    lines: dict[int, Json] = {line["line"]: line for line in claim["lines"]}  # type: ignore[index, union-attr]
    known = {number: of_line(beside, number) for number in lines}
    for change in (fix.change, *fix.also):
        value = change["to"] if change["stand_in"] is None else change["stand_in"]
        field, number = change["field"], change["line"]
        if field == "line":
            claim["lines"] = [line for n, line in lines.items() if n != number]
            claim["charge_cents"] -= lines[number]["charge_cents"]  # type: ignore[operator]
        elif field.startswith("context_"):
            known[number][field.removeprefix("context_")] = value
        elif number:
            write(lines[number], field, value)
        else:
            for line in lines.values():
                if field in INHERITED and line.get(field) in {None, claim.get(field)}:
                    line[field] = value
            write(claim, field, value)
    rows = [{k: v for k, v in row.items() if v is not None} for row in known.values() if row]
    return claim, rows


def of_line(beside: list[Json], number: int) -> Json:
    """What is known of one line: its own rows over those of the claim."""
    told: Json = {}
    for row in sorted(beside, key=lambda row: "line" in row):
        if row.get("line", number) == number:
            told |= row
    return told | {"line": number} if told else {}


def write(record: Json, field: str, value: object) -> None:
    kind, _, place = field.rpartition("_")
    if kind in LISTS and place.isdigit():
        name = LISTS[kind]
        values = list(record.get(name, ()))  # type: ignore[call-overload]
        values += [None] * (int(place) - len(values))
        values[int(place) - 1] = value
        record[name] = values
        # Emptied places are closed up at the very end of a fix: later ones are emptied after earlier ones.
        while values and values[-1] is None:
            values.pop()
    elif value is None:
        record.pop(field, None)
    else:
        record[field] = value


def without(record: Json, name: str) -> Json:
    return {key: value for key, value in record.items() if key != name}


def as_json(claim: object) -> Json:
    given = {name: value for name, value in asdict(claim).items() if value is not None}  # type: ignore[call-overload]
    given["lines"] = [{k: v for k, v in line.items() if v is not None} for line in given["lines"]]
    return orjson.loads(orjson.dumps(given))
