"""Many formulas as one program: what they have in common is worked out once, and registers are used again.

A program also says what it needs of a line - which fields, which traits of which words, which late inputs - so that
`features.encode` fetches these and no others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from features.formula import Derive, Formula, Op, Trait, Word

Steps = npt.NDArray[np.int64]
LateInput = tuple[str, str]


@dataclass(frozen=True, slots=True)
class WordTrait:
    """One number told of a word: what it is derived through, the function, and what is said where it is missing."""

    derive: Derive | None
    of: Trait
    missing: float

    def __call__(self, value: str) -> float:
        """What is told of a value."""
        derived = value if self.derive is None else self.derive(value)
        return self.missing if derived is None else self.of(derived)


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Words whose hashes are asked for together, in this order."""

    words: tuple[Word, ...]


@dataclass(slots=True)
class Needs:
    """What programs fetch of a line, in the order of the arrays they fetch it from; grows as formulas are read."""

    numbers: dict[str, int] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)
    traits: dict[str, dict[WordTrait, int]] = field(default_factory=dict)
    hashed: dict[Word, int] = field(default_factory=dict)
    late: dict[LateInput, int] = field(default_factory=dict)
    groups: dict[Group, npt.NDArray[np.int64]] = field(default_factory=dict)

    def number(self, name: str) -> int:
        """The row of a numeric field."""
        return self.numbers.setdefault(name, len(self.numbers))

    def word(self, column: str) -> int:
        """The row of a word's codes."""
        self.traits.setdefault(column, {})
        return self.words.setdefault(column, len(self.words))

    def trait(self, column: str, trait: WordTrait) -> int:
        """The place of a trait among those of its word."""
        known = self.traits[column]
        return known.setdefault(trait, len(known))

    def hash(self, word: Word) -> int:
        """The row of a word's hashes."""
        self.word(word.column)
        return self.hashed.setdefault(word, len(self.hashed))

    def places(self, group: Group) -> npt.NDArray[np.int64]:
        """The rows of the hashes of a group."""
        if group not in self.groups:
            self.groups[group] = np.array([self.hashed[word] for word in group.words], dtype=np.int64)
        return self.groups[group]

    def late_input(self, name: LateInput) -> int:
        """The column of a late input."""
        return self.late.setdefault(name, len(self.late))


@dataclass(frozen=True)
class Program:
    """Steps for `features.machine.run`, the numbers in them, and how many registers they take."""

    steps: Steps
    constants: npt.NDArray[np.float64]
    n_registers: int
    n_columns: int
    reads: tuple[frozenset[str], ...]
    """For each column the fields of the line table that it reads; late inputs as `group:name`."""

    @cached_property
    def all_read(self) -> frozenset[str]:
        """The fields that any column reads."""
        return frozenset[str]().union(*self.reads)


@dataclass(slots=True)
class _Node:
    op: int
    args: tuple[int, ...]
    fetch: tuple[int, int, int]
    """Parameters of operations that fetch, or of steps."""
    reads: frozenset[str]
    last_use: int = -1


class Compiler:
    """Turns formulas into programs that share one set of needs."""

    def __init__(self, needs: Needs | None = None) -> None:
        self.needs = needs if needs is not None else Needs()

    def compile(self, formulas: Sequence[Formula]) -> Program:
        """A program with one column a formula."""
        return _Graph(self.needs).program(formulas)


class _Graph:
    """Formulas as numbered nodes, equal ones once, in an order in which each comes after what it needs."""

    def __init__(self, needs: Needs) -> None:
        self.needs = needs
        self.nodes: list[_Node] = []
        self.by_key: dict[tuple[object, ...], int] = {}
        self.constants: dict[tuple[float, ...], int] = {}
        self.numbers: list[float] = []

    def program(self, formulas: Sequence[Formula]) -> Program:
        roots = [self.add(each) for each in formulas]
        steps, n_registers = self.steps(roots)
        return Program(
            np.array(steps, dtype=np.int64).reshape(-1, 5),
            np.array(self.numbers or [0.0]),
            n_registers,
            len(roots),
            tuple(self.nodes[root].reads for root in roots),
        )

    def add(self, formula: Formula) -> int:
        """The node of a formula and of all that it needs."""
        args = tuple(self.add(arg) for arg in formula.args)
        key = (formula.op, args, tuple(map(_same, formula.extra)))
        if key not in self.by_key:
            fetch, own = self.fetched(formula)
            reads = own.union(*(self.nodes[arg].reads for arg in args))
            self.nodes.append(_Node(int(formula.op), args, fetch, reads))
            self.by_key[key] = len(self.nodes) - 1
        return self.by_key[key]

    def fetched(self, formula: Formula) -> tuple[tuple[int, int, int], frozenset[str]]:
        """Where an operation finds what it fetches, and the fields that this reads."""
        extra = formula.extra
        match formula.op, extra:
            case Op.CONSTANT, (float(value),):
                return (self.constant((value,)), 0, 0), frozenset()
            case Op.STEP, _:
                return (self.constant(tuple(map(_number, extra))), len(extra), 0), frozenset()
            case Op.NUMBER, (str(name),):
                return (self.needs.number(name), 0, 0), frozenset({name})
            case Op.LATE, (str(group), str(name)):
                return (self.needs.late_input((group, name)), 0, 0), frozenset({f"{group}:{name}"})
            case Op.PRESENT, (Word() as word,) if word.derive is None:
                return (self.needs.word(word.column), 0, 0), frozenset({word.column})
            case Op.TRAIT, (Word() as word, of, missing) if callable(of):
                row = self.needs.word(word.column)
                trait = WordTrait(word.derive, of, _number(missing))
                return (row, self.needs.trait(word.column, trait), 0), frozenset({word.column})
            case Op.SAME, (Word() as one, Word() as other):
                return (self.needs.hash(one), self.needs.hash(other), 0), frozenset(
                    {one.column, other.column}
                )
        return (0, 0, 0), frozenset()

    def constant(self, values: tuple[float, ...]) -> int:
        """Where these numbers stand, one behind the other."""
        if values not in self.constants:
            self.constants[values] = len(self.numbers)
            self.numbers.extend(values)
        return self.constants[values]

    def steps(self, roots: Sequence[int]) -> tuple[list[tuple[int, ...]], int]:
        """The steps, each result stored as soon as it is there, in as few registers as will do."""
        columns: dict[int, list[int]] = {}
        for column, root in enumerate(roots):
            columns.setdefault(root, []).append(column)
        for place, node in enumerate(self.nodes):
            for arg in node.args:
                self.nodes[arg].last_use = place
        steps: list[tuple[int, ...]] = []
        register: dict[int, int] = {}
        free: list[int] = []
        n_registers = 0
        for place, node in enumerate(self.nodes):
            operands = [register[arg] for arg in node.args]
            # What is read here for the last time makes room at once: every step reads a line before it writes it.
            free += {register[arg] for arg in node.args if self.nodes[arg].last_use == place}
            if not free:
                free.append(n_registers)
                n_registers += 1
            register[place] = target = free.pop()
            steps.append((node.op, target, *_operands(node, operands)))
            steps += [(int(Op.STORE), column, target, 0, 0) for column in columns.get(place, ())]
            if node.last_use < 0:
                free.append(target)
        return steps, n_registers


def _operands(node: _Node, registers: Sequence[int]) -> tuple[int, int, int]:
    if node.op == Op.STEP:
        return registers[0], node.fetch[0], node.fetch[1]
    if not registers:
        return node.fetch
    a, b, c = (*registers, 0, 0)[:3]
    return a, b, c


def _same(value: object) -> object:
    """A key that takes the unknown for equal to itself."""
    return "nan" if isinstance(value, float) and value != value else value


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise TypeError(f"a formula holds {type(value).__name__} where a number is wanted")
    return float(value)
