from datetime import date

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from data.policy import PolicyBook
from features.book import AMONG, BYPASSING, FACTS, LINE_FACTS, MEANINGS, BookIndex, book_facts, warm
from features.book_kernel import among as tell_among
from features.book_kernel import by_line
from features.columns import stable_hash
from tests.features.made_book import MadeLine, inputs, made_book, slowly, told

NAN = float("nan")
MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


def said(book, fact, *lines):
    return told(book, *lines)[0][fact]


def line(**more):
    return MadeLine(**more)


def test_every_fact_has_a_meaning():
    assert tuple(MEANINGS) == FACTS == (*LINE_FACTS, *AMONG)


AUTH = [
    ("nothing known", {}, [], NAN),
    ("listed", {}, [{}], 1),
    ("another procedure", {"procedure": "70553"}, [{}], NAN),
    ("another payer", {"payer_id": "P2"}, [{}], NAN),
    ("all payers", {"payer_id": "P2"}, [{"payer_id": "*"}], 1),
    ("no payer on the claim", {"payer_id": None}, [{}], NAN),
    ("no payer, but all payers", {"payer_id": None}, [{"payer_id": "*"}], 1),
    ("its place", {}, [{"place_of_service": "22 11"}], 1),
    ("another place", {"place_of_service": "23"}, [{"place_of_service": "22 11"}], NAN),
    ("type of bill of a hospital", {"place_of_service": "22", "transaction": "837I"}, [{"place_of_service": "22"}], NAN),
    ("place not given", {"place_of_service": None}, [{"place_of_service": "22 11"}], NAN),
    ("its plan", {"plan_type": "MC"}, [{"plan_type": "MB MC"}], 1),
    ("another plan", {"plan_type": "CI"}, [{"plan_type": "MB MC"}], NAN),
    ("known not to be asked", {}, [{"required": False}], 0),
    ("own payer before all", {}, [{"payer_id": "*"}, {"required": False}], 0),
    ("named place before all", {}, [{"place_of_service": "11", "required": False}, {}], 0),
    ("named plan before named place", {"plan_type": "CI"}, [{"place_of_service": "11"}, {"plan_type": "CI", "required": False}], 0),
    ("the newer one", {}, [{"valid_from": MARCH, "required": False}, {}], 0),
    ("of equal ones the later learnt", {}, [{"known_on": MARCH, "required": False}, {}], 0),
    ("of equal ones the last", {}, [{}, {"required": False}], 0),
    ("begins that day", {}, [{"valid_from": date(2026, 3, 10)}], 1),
    ("begins later", {}, [{"valid_from": date(2026, 3, 11)}], NAN),
    ("ends that day", {}, [{"valid_to": date(2026, 3, 10)}], 1),
    ("ended before", {}, [{"valid_to": date(2026, 3, 9)}], NAN),
    ("learnt that day", {}, [{"known_on": date(2026, 3, 17)}], 1),
    ("learnt later", {}, [{"known_on": date(2026, 3, 18)}], NAN),
    ("day of service unknown", {"service_from": None}, [{"valid_from": MARCH}], NAN),
    ("day of service unknown, always so", {"service_from": None}, [{}], 1),
    ("day of submission unknown", {"submitted_on": None}, [{"known_on": MARCH}], NAN),
]  # fmt: skip


@pytest.mark.parametrize(("of", "rows", "wanted"), [c[1:] for c in AUTH], ids=[c[0] for c in AUTH])
@pytest.mark.parametrize(
    ("name", "fact"), [("authorization", "auth_required"), ("attachment", "attachment_required")]
)
def test_what_a_payer_wants(name, fact, of, rows, wanted):
    book = made_book(**{name: [{"procedure": "70551", **row} for row in rows]})
    assert said(book, fact, line(**of)) == pytest.approx(wanted, nan_ok=True)


ONE_LIST = [
    ("excluded", "excluded", {"procedure": "70551"}, {}, 1),
    ("excluded", "excluded", {"procedure": "70551", "excluded": False}, {}, 0),
    ("days_between_limit", "frequency_limits", {"procedure": "70551", "days": 90}, {}, 90),
    ("filing_limit_days", "filing_limits", {"days": 180}, {}, 180),
    ("filing_limit_days", "filing_limits", {"appeal_days": 60}, {}, NAN),
    ("appeal_limit_days", "filing_limits", {"days": 180, "appeal_days": 60}, {}, 60),
    ("billing_agreed", "contracts", {"facility_npi": "F", "billing": "global"}, {"facility_npi": "F"}, 0),
    ("billing_agreed", "contracts", {"facility_npi": "F", "billing": "26"}, {"facility_npi": "F"}, 1),
    ("billing_agreed", "contracts", {"facility_npi": "F", "billing": "TC"}, {"facility_npi": "F"}, 2),
    ("billing_agreed", "contracts", {"facility_npi": "F", "billing": "TC"}, {}, NAN),
    ("rendering_enrolled", "enrollment", {"rendering_npi": "R"}, {"rendering_npi": "R"}, 1),
    ("rendering_enrolled", "enrollment", {"rendering_npi": "R", "valid_from": APRIL}, {"rendering_npi": "R"}, 0),
    ("rendering_enrolled", "enrollment", {"rendering_npi": "R", "valid_to": MARCH}, {"rendering_npi": "R"}, 0),
    ("rendering_enrolled", "enrollment", {"rendering_npi": "R", "known_on": APRIL}, {"rendering_npi": "R"}, NAN),
    ("rendering_enrolled", "enrollment", {"rendering_npi": "S"}, {"rendering_npi": "R"}, NAN),
    ("unit_limit", "unit_limits", {"procedure": "70551", "units": 2}, {}, 2),
    ("unit_limit", "unit_limits", {"procedure": "70551", "units": 2, "setting": "practitioner"}, {}, 2),
    ("unit_limit", "unit_limits", {"procedure": "70551", "units": 2, "setting": "hospital"}, {}, NAN),
    ("unit_limit", "unit_limits", {"procedure": "70551", "units": 2, "setting": "hospital"}, {"transaction": "837I"}, 2),
    ("addon_needs_primary", "add_on_codes", {"add_on": "70551"}, {}, 1),
    ("addon_needs_primary", "add_on_codes", {"add_on": "76937"}, {}, 0),
    ("addon_needs_primary", "add_on_codes", {"add_on": "76937", "payer_id": "P2"}, {}, NAN),
    ("fee_cents", "fee_schedule", {"procedure": "70551", "allowed_cents": 30_000}, {}, 30_000),
    ("fee_cents", "fee_schedule", {"procedure": "70551", "allowed_cents": 30_000}, {"modifiers": ["26"]}, NAN),
    ("fee_cents", "fee_schedule", {"procedure": "70551", "modifier": "26", "allowed_cents": 7_000}, {"modifiers": ["LT", "26"]}, 7_000),
    ("fee_cents", "fee_schedule", {"procedure": "70551", "allowed_cents": 9, "facility_cents": 5}, {"place_of_service": "22"}, 5),
    ("fee_cents", "fee_schedule", {"procedure": "70551", "allowed_cents": 9, "facility_cents": 5}, {"place_of_service": None}, 9),
    ("fee_cents", "fee_schedule", {"procedure": "70551", "allowed_cents": 9}, {"place_of_service": "22"}, 9),
    ("fee_cents", "fee_schedule", {"procedure": "70551", "allowed_cents": 9, "facility_cents": 5}, {"transaction": "837I"}, 5),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "name", "row", "of", "wanted"),
    ONE_LIST,
    ids=[f"{n}-{case[0]}" for n, case in enumerate(ONE_LIST)],
)
def test_one_entry(fact, name, row, of, wanted):
    assert said(made_book(**{name: [row]}), fact, line(**of)) == pytest.approx(wanted, nan_ok=True)


COVERAGE = [
    ("no list", [], ["M5450"], NAN, NAN),
    ("on it", [{"diagnoses": "M5450 R51"}], ["M5450"], 1, 1),
    ("by its beginning", [{"diagnoses": "M54 R51"}], ["M5450"], 1, 1),
    ("a longer one on the list", [{"diagnoses": "M5450"}], ["M54"], 0, 0),
    ("not on it", [{"diagnoses": "M54 R51"}], ["G43909"], 0, 0),
    ("the second is", [{"diagnoses": "M54"}], ["G43909", "M5450"], 1, 0),
    ("the first is", [{"diagnoses": "M54"}], ["M5450", "G43909"], 1, 1),
    ("none pointed at", [{"diagnoses": "M54"}], [], NAN, NAN),
    ("the first is missing", [{"diagnoses": "M54"}], [None, "M5450"], 1, NAN),
    ("no diagnosis at all", [{"diagnoses": "M54"}], ["not one"], 0, 0),
    ("lists add up", [{"diagnoses": "M54"}, {"diagnoses": "G43"}], ["G43909"], 1, 1),
    ("not covered", [{"diagnoses": "Z00", "covered": False}], ["Z0000"], 0, 0),
    ("not among those not covered", [{"diagnoses": "Z00", "covered": False}], ["M5450"], NAN, NAN),
    ("one is not covered, the other unknown", [{"diagnoses": "Z00", "covered": False}], ["Z0000", "M5450"], NAN, 0),
    ("the longest beginning", [{"diagnoses": "M54"}, {"diagnoses": "M545", "covered": False}], ["M5450"], 0, 0),
    ("its own list, not that of all", [{"diagnoses": "M54", "payer_id": "*"}, {"diagnoses": "G43"}], ["M5450"], 0, 0),
    ("a list that has ended", [{"diagnoses": "M54", "valid_to": MARCH}], ["G43909"], NAN, NAN),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "codes", "any_one", "first"), [c[1:] for c in COVERAGE], ids=[c[0] for c in COVERAGE]
)
def test_coverage(rows, codes, any_one, first):
    book = made_book(coverage=[{"procedure": "70551", **row} for row in rows])
    facts = told(book, line(diagnoses=codes))[0]
    assert [facts["diagnosis_covered"], facts["diagnosis_first_covered"]] == pytest.approx(
        [any_one, first], nan_ok=True
    )


PAIR = {"column_1": "70553", "column_2": "70551", "payer_id": "*"}
BACK = {"column_1": "70551", "column_2": "70553", "payer_id": "*"}
BUNDLED = [
    ("no list", [], [line(), line(procedure="70553")], (NAN, NAN, NAN)),
    ("alone", [PAIR], [line()], (0, NAN, NAN)),
    ("beside the first of the pair", [PAIR], [line(), line(procedure="70553")], (1, 0, 0)),
    ("is the first of the pair", [PAIR], [line(procedure="70553"), line()], (0, NAN, NAN)),
    ("on another claim", [PAIR], [line(), line(procedure="70553", claim=1)], (0, NAN, NAN)),
    ("on another day", [PAIR], [line(), line(procedure="70553", service_from=MARCH)], (0, NAN, NAN)),
    ("on a day nobody knows", [PAIR], [line(service_from=None), line(procedure="70553", service_from=None)], (NAN, NAN, NAN)),
    ("a modifier may help", [PAIR | {"modifier_indicator": 1}], [line(), line(procedure="70553")], (1, 1, 0)),
    ("on this line", [PAIR | {"modifier_indicator": 1}], [line(modifiers=["26", "59"]), line(procedure="70553")], (1, 1, 1)),
    ("on the other line", [PAIR | {"modifier_indicator": 1}], [line(), line(procedure="70553", modifiers=["XS"])], (1, 1, 1)),
    ("one that doesn't help", [PAIR | {"modifier_indicator": 1}], [line(modifiers=["26"]), line(procedure="70553")], (1, 1, 0)),
    ("the pair doesn't hold", [PAIR | {"modifier_indicator": 9}], [line(), line(procedure="70553")], (0, NAN, NAN)),
    ("this payer doesn't go by it", [PAIR, PAIR | {"payer_id": "P1", "modifier_indicator": 9}], [line(), line(procedure="70553")], (0, NAN, NAN)),
    ("listed both ways, the earlier line", [PAIR, BACK], [line(), line(procedure="70553")], (0, NAN, NAN)),
    ("the way back doesn't hold", [PAIR, BACK | {"modifier_indicator": 9}], [line(), line(procedure="70553")], (1, 0, 0)),
    ("no longer in force", [PAIR | {"valid_to": MARCH}, {"column_1": "1", "column_2": "2"}], [line(), line(procedure="70553")], (0, NAN, NAN)),
    ("of hospitals", [PAIR | {"setting": "hospital"}], [line(), line(procedure="70553")], (NAN, NAN, NAN)),
    ("in a hospital", [PAIR | {"setting": "hospital"}], [line(transaction="837I"), line(procedure="70553")], (1, 0, 0)),
    ("the harder of two", [PAIR | {"modifier_indicator": 1}, PAIR | {"column_1": "70552"}],
     [line(modifiers=["59"]), line(procedure="70553"), line(procedure="70552")], (1, 0, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "lines", "wanted"), [c[1:] for c in BUNDLED], ids=[c[0] for c in BUNDLED])
def test_pairs(rows, lines, wanted):
    facts = told(made_book(ncci_pairs=rows), *lines)[0]
    assert tuple(
        facts[name] for name in ("ncci_denied", "ncci_modifier_allowed", "ncci_modifier_given")
    ) == pytest.approx(wanted, nan_ok=True)


ADD_ON = {"add_on": "70551", "primary": "70553"}
PRIMARY = [
    ("is no add-on", [{"add_on": "76937"}], [line()], NAN),
    ("alone", [ADD_ON], [line()], 0),
    ("beside it", [ADD_ON], [line(), line(procedure="70553")], 1),
    ("beside another", [ADD_ON], [line(), line(procedure="70552")], 0),
    ("on another day", [ADD_ON], [line(), line(procedure="70553", service_from=MARCH)], 0),
    ("others may be right", [ADD_ON, ADD_ON | {"primary": "*"}], [line()], NAN),
    ("others may be right, but it is there", [ADD_ON | {"primary": "*"}, ADD_ON], [line(), line(procedure="70553")], 1),
    ("one of all payers'", [ADD_ON | {"payer_id": "*"}], [line(), line(procedure="70553")], 1),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "lines", "wanted"), [c[1:] for c in PRIMARY], ids=[c[0] for c in PRIMARY])
def test_primaries(rows, lines, wanted):
    assert said(made_book(add_on_codes=rows), "addon_primary_present", *lines) == pytest.approx(
        wanted, nan_ok=True
    )


def test_an_empty_book_says_nothing():
    assert np.isnan(book_facts(inputs([line()] * 3), BookIndex.of(PolicyBook.empty()))).all()


def test_no_lines():
    book = made_book(filing_limits=[{"days": 90}])
    assert book_facts(inputs([]), BookIndex.of(book)).shape == (0, len(FACTS))


def days():
    """Days that make entries overlap, and end and begin on the days of lines; often none."""
    return st.sampled_from([None, None, None, date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 11)])


CODES = st.sampled_from(["70551", "70551", "70553"])
COMMON = {
    "payer_id": st.sampled_from(["*", "P1", "P1", "P2"]),
    "valid_from": days(),
    "valid_to": days(),
    "known_on": days(),
}
PLANNED = {**COMMON, "plan_type": st.sampled_from([None, "CI", "CI MB"])}
PLACED = {**PLANNED, "procedure": CODES, "place_of_service": st.sampled_from([None, "11", "11 22"])}
SET = {**COMMON, "setting": st.sampled_from([None, "practitioner", "hospital"])}
NUMBERS = st.integers(1, 5)
MODIFIERS = st.sampled_from(["26", "TC", "53", "59", "LT"])
ROWS = {
    "authorization": {**PLACED, "required": st.booleans()},
    "attachment": {**PLACED, "required": st.booleans()},
    "excluded": {**PLACED, "excluded": st.booleans()},
    "coverage": {
        **PLANNED,
        "procedure": CODES,
        "diagnoses": st.lists(st.sampled_from(["M", "M54", "M545", "G43"]), min_size=1, max_size=2, unique=True).map(" ".join),
        "covered": st.booleans(),
    },
    "frequency_limits": {**PLANNED, "procedure": CODES, "days": NUMBERS},
    "filing_limits": {**PLANNED, "days": NUMBERS | st.none(), "appeal_days": NUMBERS},
    "contracts": {**PLANNED, "facility_npi": st.just("F"), "billing": st.sampled_from(["global", "26", "TC"])},
    "enrollment": {**COMMON, "rendering_npi": st.just("R")},
    "ncci_pairs": {**SET, "column_1": CODES, "column_2": CODES, "modifier_indicator": st.sampled_from([0, 1, 9])},
    "unit_limits": {**SET, "procedure": CODES, "units": NUMBERS},
    "add_on_codes": {**COMMON, "add_on": CODES, "primary": CODES | st.just("*")},
    "fee_schedule": {
        **PLANNED,
        "procedure": CODES,
        "modifier": MODIFIERS | st.none(),
        "allowed_cents": NUMBERS,
        "facility_cents": NUMBERS | st.none(),
    },
}  # fmt: skip
LINES = st.builds(
    MadeLine,
    payer_id=st.sampled_from(["P1", "P1", "P2", None]),
    procedure=CODES | st.none(),
    plan_type=st.sampled_from([None, "CI", "MB"]),
    place_of_service=st.sampled_from([None, "11", "22"]),
    facility_npi=st.sampled_from([None, "F"]),
    rendering_npi=st.sampled_from([None, "R"]),
    transaction=st.sampled_from(["837P", "837I"]),
    modifiers=st.lists(MODIFIERS, max_size=2),
    diagnoses=st.lists(st.sampled_from([None, "M5450", "M54", "G43909", "?"]), max_size=3),
    claim=st.integers(0, 1),
    service_from=days(),
    submitted_on=days(),
)


PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)


def rows_of(name):
    return st.lists(st.fixed_dictionaries(ROWS[name]), min_size=1, max_size=6)


@pytest.mark.parametrize("name", list(ROWS))
@settings(max_examples=12, deadline=None, phases=PHASES)
@given(data=st.data(), lines=st.lists(LINES, min_size=1, max_size=4))
def test_each_list_says_what_a_person_would_look_up(name, data, lines):
    book = made_book(**{name: data.draw(rows_of(name))})
    np.testing.assert_array_equal(book_facts(inputs(lines), BookIndex.of(book)), slowly(book, lines))


@settings(max_examples=12, deadline=None, phases=PHASES)
@given(
    lists=st.fixed_dictionaries({}, optional={name: rows_of(name) for name in ROWS}),
    lines=st.lists(LINES, min_size=1, max_size=4),
)
def test_all_lists_together_too(lists, lines):
    book = made_book(**lists)
    facts = book_facts(inputs(lines), BookIndex.of(book))
    np.testing.assert_array_equal(facts, slowly(book, lines))


class Fields:
    """Encoded lines, as `features.encode` makes them."""

    def __init__(self, lines):
        self.lines, self.n = lines, len(lines)
        self.claims = np.array([one.claim for one in lines], dtype=np.int64)

    def hashes_of(self, group):
        told = [[one.words.get(word.column) for one in self.lines] for word in group.words]
        hashed = [[0x9E3779B97F4A7C15 if one is None else stable_hash(one) for one in row] for row in told]
        return np.array(hashed, np.uint64)

    def number(self, name):
        row = {"service_from": 0, "submitted_on": 2}[name]
        days = inputs(self.lines).days[row].astype(float)
        return np.where(days == -(1 << 31), np.nan, days)

    def told(self, name, of, *, missing):
        at = 0 if name == "pointed_diagnosis" else int(name[-1]) - 1
        told = [one.diagnoses[at] if len(one.diagnoses) > at else None for one in self.lines]
        return np.array([missing if one is None else of(one) for one in told], np.float64)


def test_encoded_lines_are_asked_alike():
    from features.book import among, ask

    book = made_book(
        coverage=[{"procedure": "70551", "diagnoses": "M54"}], ncci_pairs=[PAIR], filing_limits=[{"days": 90}]
    )
    lines = [
        line(diagnoses=["G43909", "M5450"]),
        line(procedure="70553"),
        line(claim=1, service_from=None, plan_type="CI"),
    ]
    index, encoded = BookIndex.of(book), Fields(lines)
    both = np.concatenate((ask(index, encoded), among(index, encoded)), axis=1)
    np.testing.assert_array_equal(both, book_facts(inputs(lines), index))


def test_lines_stand_in_any_order():
    book = made_book(ncci_pairs=[PAIR], add_on_codes=[ADD_ON])
    lines = [line(claim=n % 7, procedure=code) for n, code in enumerate(["70551", "70553", "70552"] * 9)]
    index = BookIndex.of(book)
    order = np.random.default_rng(3).permutation(len(lines))
    facts = book_facts(inputs(lines), index)
    np.testing.assert_array_equal(book_facts(inputs([lines[n] for n in order]), index), facts[order])


def test_a_claim_alone_is_told_as_in_any_batch():
    book = made_book(
        ncci_pairs=[PAIR | {"modifier_indicator": 1}],
        add_on_codes=[ADD_ON],
        coverage=[{"procedure": "70551", "diagnoses": "M54"}],
        authorization=[{"procedure": "70553", "place_of_service": "11"}],
    )
    lines = [
        line(claim=n // 3, procedure=code, modifiers=["59"] if n % 5 == 0 else [], diagnoses=["M5450"])
        for n, code in enumerate(["70551", "70553", "70552", "70551"] * 6)
    ]
    index = BookIndex.of(book)
    facts = book_facts(inputs(lines), index)
    for claim in range(8):
        of_claim = [n for n, one in enumerate(lines) if one.claim == claim]
        alone = book_facts(inputs([lines[n] for n in of_claim]), index)
        np.testing.assert_array_equal(alone, facts[of_claim])


def test_warming_up_compiles_for_real_lines():
    """Nothing is compiled again for the first claim."""
    warm()
    before = [len(kernel.signatures) for kernel in (by_line, tell_among)]
    book_facts(inputs([line()]), BookIndex.of(made_book(filing_limits=[{"days": 90}])))
    assert [len(kernel.signatures) for kernel in (by_line, tell_among)] == before


def test_the_modifiers_that_let_a_pair_pass_are_those_of_the_manual():
    assert len(set(BYPASSING)) == len(BYPASSING) == 44
