"""Formulas run by the machine say what plain Python says of each line, whatever the line and the company."""

import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.formula import (
    Formula,
    Op,
    Word,
    any_of,
    count_of,
    day_of_year,
    floor,
    formula,
    least,
    log,
    month,
    most,
    step,
    weekday,
    where,
)
from features.line import LINE
from features.machine import BLOCK, MISSING, run
from features.program import Compiler, Program

NAN = math.nan
A, B = LINE.number("a"), LINE.number("b")


def ran(formulas: list[Formula], **fields: list[float]) -> np.ndarray:
    """Formulas over numeric fields alone. Shape (n, formulas)."""
    compiler = Compiler()
    program = compiler.compile(formulas)
    numbers = np.array([fields[name] for name in compiler.needs.numbers], dtype=np.float64)
    return executed(
        program, numbers.reshape(len(compiler.needs.numbers), -1), len(next(iter(fields.values())))
    )


def executed(program: Program, numbers: np.ndarray, n: int, **more: np.ndarray) -> np.ndarray:
    """The program on these arrays; words and late inputs are empty unless given."""
    out = np.empty((n, program.n_columns))
    run(
        program.steps,
        program.constants,
        numbers,
        more.get("codes", np.empty((0, n), np.int32)),
        more.get("traits", np.zeros(1)),
        more.get("trait_at", np.zeros(0, np.int64)),
        more.get("widths", np.zeros(0, np.int64)),
        more.get("hashes", np.empty((0, n), np.uint64)),
        more.get("late", np.empty((n, 0))),
        program.n_registers,
        out,
    )
    return out


CASES = [
    (A + B, 2.0, 3.0, 5.0),
    (A + B, NAN, 3.0, NAN),
    (1 - A, 2.0, 0.0, -1.0),
    (2 * A, 2.0, 0.0, 4.0),
    (A / B, 3.0, 2.0, 1.5),
    (A / B, 3.0, 0.0, NAN),
    (A < B, 1.0, 2.0, 1.0),
    (A < B, 2.0, 2.0, 0.0),
    (A < B, NAN, 2.0, NAN),
    (A <= B, 2.0, 2.0, 1.0),
    (A > B, 3.0, 2.0, 1.0),
    (A >= B, 1.0, 2.0, 0.0),
    (A.equals(B), 2.0, 2.0, 1.0),
    (A.equals(B), 2.0, NAN, NAN),
    (A & B, 0.0, NAN, 0.0),
    (A & B, NAN, 0.0, 0.0),
    (A & B, 1.0, NAN, NAN),
    (A & B, 1.0, 1.0, 1.0),
    (A | B, 1.0, NAN, 1.0),
    (A | B, NAN, 1.0, 1.0),
    (A | B, 0.0, NAN, NAN),
    (A | B, 0.0, 0.0, 0.0),
    (~A, 0.0, 0.0, 1.0),
    (~A, 1.0, 0.0, 0.0),
    (~A, NAN, 0.0, NAN),
    (where(A, B, 7.0), 1.0, 2.0, 2.0),
    (where(A, B, 7.0), 0.0, 2.0, 7.0),
    (where(A, B, 7.0), NAN, 2.0, NAN),
    (A.or_else(B), NAN, 2.0, 2.0),
    (A.or_else(B), 1.0, 2.0, 1.0),
    (A.surely, NAN, 0.0, 0.0),
    (A.known, NAN, 0.0, 0.0),
    (A.known, 5.0, 0.0, 1.0),
    (A.only_where(B), 5.0, 1.0, 5.0),
    (A.only_where(B), 5.0, 0.0, NAN),
    (least(A, B), NAN, 2.0, 2.0),
    (least(A, B), 1.0, 2.0, 1.0),
    (most(A, B), 1.0, NAN, 1.0),
    (most(A, B, 9.0), 1.0, 2.0, 9.0),
    (floor(A), -1.5, 0.0, -2.0),
    (log(A), 1.0, 0.0, 0.0),
    (log(A), 0.0, 0.0, NAN),
    (step(A, (3, 7)), 3.0, 0.0, 0.0),
    (step(A, (3, 7)), 4.0, 0.0, 1.0),
    (step(A, (3, 7)), 8.0, 0.0, 2.0),
    (step(A, (3, 7)), NAN, 0.0, NAN),
    (any_of([A, B]), 0.0, 1.0, 1.0),
    (count_of([A, B, B]), 1.0, NAN, 1.0),
    (month(A), NAN, 0.0, NAN),
]


@pytest.mark.parametrize(("what", "a", "b", "expected"), CASES, ids=range(len(CASES)))
def test_each_operation(what: Formula, a: float, b: float, expected: float) -> None:
    np.testing.assert_equal(ran([what, A + 0, B + 0], a=[a], b=[b])[0, 0], expected)


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_the_calendar(day: date) -> None:
    number = float((day - date(1970, 1, 1)).days)
    told = ran([month(A), weekday(A), day_of_year(A)], a=[number])[0]
    assert tuple(told) == (day.month, day.weekday(), day.timetuple().tm_yday - 1)


def test_words() -> None:
    code, other = Word("procedure"), Word("auth_procedure")
    compiler = Compiler()
    said = [
        code.present,
        code.is_in("72148"),
        code.number(float),
        code.words(_first_digit).is_in("7"),
        code.words(_first_digit).present,
        code.same(other),
        code.differs(other),
    ]
    program = compiler.compile(said)
    codes = np.array([[0, 1, -1]], dtype=np.int32)
    traits = [0.0, NAN, 0.0, 0.0, 1.0, 72148.0, 1.0, 1.0, 0.0, 99.0, 0.0, 0.0]
    hashes = np.array([[1, 2, MISSING], [1, 1, 1]], dtype=np.uint64)
    told = executed(
        program, np.empty((0, 3)), 3,
        codes=np.repeat(codes, 2, axis=0), traits=np.array(traits), trait_at=np.zeros(2, np.int64),
        widths=np.array([4, 0]), hashes=hashes,
    )  # fmt: skip
    assert list(compiler.needs.words) == ["procedure", "auth_procedure"]
    np.testing.assert_equal(told[0], [1, 1, 72148, 1, 1, 1, 0])
    np.testing.assert_equal(told[1], [1, 0, 99, 0, 0, 0, 1])
    np.testing.assert_equal(told[2], [0, 0, NAN, 0, 0, NAN, NAN])


def _first_digit(code: str) -> str | None:
    return code[:1] if code.startswith("7") else None


numbers = st.one_of(st.none(), st.integers(-3, 3)).map(lambda x: NAN if x is None else float(x))
leaves = st.one_of(st.just(A), st.just(B), numbers.map(formula))
BINARY = (
    Op.ADD,
    Op.SUBTRACT,
    Op.MULTIPLY,
    Op.DIVIDE,
    Op.LESS,
    Op.AT_MOST,
    Op.EQUAL,
    Op.AND,
    Op.OR,
    Op.OR_ELSE,
)


def _grown(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    two = st.tuples(st.sampled_from(BINARY), inner, inner).map(lambda t: Formula(t[0], (t[1], t[2])))
    one = st.tuples(st.sampled_from((Op.NOT, Op.KNOWN, Op.FLOOR)), inner).map(
        lambda t: Formula(t[0], (t[1],))
    )
    three = st.tuples(inner, inner, inner).map(lambda t: where(*t))
    return st.one_of(two, one, three)


formulas = st.recursive(leaves, _grown, max_leaves=12)


@given(
    st.lists(formulas, min_size=1, max_size=6), st.lists(st.tuples(numbers, numbers), min_size=1, max_size=4)
)
@settings(max_examples=150, deadline=None)
def test_any_program_says_what_its_formulas_say_one_by_one(
    made: list[Formula], rows: list[tuple[float, float]]
) -> None:
    a, b = [row[0] for row in rows], [row[1] for row in rows]
    together = ran([*made, A, B], a=a, b=b)
    for place, what in enumerate(made):
        expected = [_plain(what, one, other) for one, other in rows]
        np.testing.assert_equal(together[:, place], expected)


def _plain(what: Formula, a: float, b: float) -> float:
    """The formula by plain Python, for one line."""
    if what.op == Op.CONSTANT:
        return float(what.extra[0])  # type: ignore[arg-type]
    if what.op == Op.NUMBER:
        return a if what.extra == ("a",) else b
    args = [_plain(arg, a, b) for arg in what.args]
    unknown = [math.isnan(arg) for arg in args]
    match what.op:
        case Op.AND:
            return 0.0 if 0.0 in args else NAN if any(unknown) else 1.0
        case Op.OR:
            yes = any(not lost and arg != 0 for arg, lost in zip(args, unknown, strict=True))
            return 1.0 if yes else NAN if any(unknown) else 0.0
        case Op.IF:
            return NAN if unknown[0] else args[1] if args[0] != 0 else args[2]
        case Op.OR_ELSE:
            return args[1] if unknown[0] else args[0]
        case Op.KNOWN:
            return float(not unknown[0])
    if any(unknown):
        return NAN
    return _of_known(what.op, args)


def _of_known(op: Op, args: list[float]) -> float:
    x, y = (*args, 0.0)[:2]
    if op == Op.DIVIDE:
        return NAN if y == 0 else x / y
    table = {
        Op.ADD: x + y,
        Op.SUBTRACT: x - y,
        Op.MULTIPLY: x * y,
        Op.LESS: float(x < y),
        Op.AT_MOST: float(x <= y),
        Op.EQUAL: float(x == y),
        Op.NOT: float(x == 0),
        Op.FLOOR: float(math.floor(x)) if math.isfinite(x) else x,
    }
    return table[op]


def test_one_line_is_told_as_in_a_crowd() -> None:
    rng = np.random.default_rng(7)
    n = 3 * BLOCK + 5
    a, b = rng.integers(-3, 4, n).astype(float), np.where(rng.random(n) < 0.3, NAN, rng.random(n))
    said = [A / B, (A < B) | ~B, where(A > 0, log(B), A * B), step(B, (0.25, 0.5))]
    crowd = ran(said, a=a.tolist(), b=b.tolist())
    for row in (0, BLOCK - 1, BLOCK, n - 1):
        np.testing.assert_array_equal(ran(said, a=[a[row]], b=[b[row]])[0], crowd[row])


def test_a_formula_refuses_to_be_asked_itself() -> None:
    with pytest.raises(TypeError, match="no answer of its own"):
        bool(A < B)


def test_what_a_column_reads_is_known() -> None:
    program = Compiler().compile([A + B, A.known, LINE.sent("same_n") + LINE.word("payer_id").present])
    assert program.reads == ({"a", "b"}, {"a"}, {"sent:same_n", "payer_id"})


def test_equal_formulas_are_worked_out_once() -> None:
    apart, together = Compiler().compile([A + B]), Compiler().compile([A + B, A + B, (A + B) * 2])
    assert len(together.steps) == len(apart.steps) + 1 + 3  # a store more; a constant, a product, its store


def test_days_far_apart() -> None:
    start = date(1969, 12, 25)
    days = [start + timedelta(days=n) for n in range(20)]
    told = ran([day_of_year(A)], a=[float((day - date(1970, 1, 1)).days) for day in days])[:, 0]
    assert told.tolist() == [day.timetuple().tm_yday - 1 for day in days]
