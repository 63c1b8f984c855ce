from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest

from data.few import FewLines
from features import interned
from features.columns import MISSING, stable_hash
from features.compiled import compiled
from features.encode import Encoder
from features.formula import Word
from features.interned import Interned
from features.program import Compiler
from tests.features.made_lines import labelled, lines_of

PAYER, REGION = Word("payer_id"), Word("procedure").words(lambda code: code[0] if code != "none" else None)


def needs():
    compiler = Compiler()
    compiler.compile(
        [PAYER.number(len, missing=-1.0), PAYER.number(ord_of), REGION.present, PAYER.differs(REGION)]
    )
    compiler.needs.word("member_id")
    return compiler.needs


def ord_of(value):
    return float(ord(value[0]))


def test_each_value_is_told_once_and_found_again():
    asked = needs()
    known, words = Interned(asked), list(asked.words)
    payer, procedure = words.index("payer_id"), words.index("procedure")
    codes = np.full((len(words), 3), -1, np.int32)
    codes[payer] = known.codes(payer, ["A", None, "BB"])
    codes[procedure] = known.codes(procedure, ["71046", "none", None])
    assert known.codes(payer, ["BB", "A"]) == [codes[payer, 2], codes[payer, 0]]
    hashes = known.hashes(codes)
    by_word = dict(zip(asked.hashed, hashes.tolist(), strict=True))
    assert by_word[PAYER] == [stable_hash("A"), MISSING, stable_hash("BB")]
    assert by_word[REGION] == [stable_hash("7"), MISSING, MISSING]
    traits = [known.records[known.at[payer] + (code + 1) * known.widths[payer]] for code in codes[payer]]
    assert traits == [1.0, -1.0, 2.0]


def test_of_members_nothing_is_remembered():
    asked = needs()
    known, member = Interned(asked), list(asked.words).index("member_id")
    assert known.codes(member, ["M1", None, "M2"]) == [0, -1, 0]
    assert not {"M1", "M2"} & known._known[member].keys()


def test_many_values_from_many_threads_stay_what_they_are():
    asked = needs()
    known, payer = Interned(asked), list(asked.words).index("payer_id")
    values = [f"{n:x}" for n in range(20_000)]
    with ThreadPoolExecutor(4) as pool:
        told = list(
            pool.map(lambda some: known.codes(payer, some), [values, values[::-1], values, values[::2]])
        )
    assert told[0] == told[1][::-1] == told[2]
    assert len(set(told[0])) == len(values)
    at = known.at[payer] + (np.array(told[0]) + 1) * known.widths[payer]
    assert known.records[at].tolist() == [float(len(value)) for value in values]
    assert known.records[at + 1].tolist() == [ord_of(value) for value in values]


def test_a_full_memory_is_begun_anew(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(interned, "MOST", 40)
    encoder, table = Encoder(compiled().encoder.needs), lines_of(labelled(60))
    whole = encoder.encode(table)
    first = encoder.interned[0]
    keys = table.column("claim_key").to_numpy()
    for key in np.unique(keys):
        rows = np.flatnonzero(keys == key)
        some = encoder.encode(FewLines.of_table(table.take(pa.array(rows))))
        np.testing.assert_array_equal(some.hashes(), whole.hashes()[:, rows])
        np.testing.assert_array_equal(some.numbers, whole.numbers[:, rows])
        np.testing.assert_array_equal(some.codes >= 0, whole.codes[:, rows] >= 0)
    assert encoder.interned[0] is not first
