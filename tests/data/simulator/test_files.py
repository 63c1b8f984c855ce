"""What is written is real: read, linked and labelled again it says what the truth says."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from data.context import read_context
from data.denial_policy import DenialPolicy
from data.label import label
from data.link import link
from data.readers.x12 import read_x12
from data.schema import ClaimTables, RemitTables
from data.simulator import simulate


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    out = tmp_path_factory.mktemp("world")
    return out, simulate(out=out, n_claims=2500, months=8, seed=21)


def read(folder):
    readings = [read_x12(path.read_bytes(), source=path.name) for path in sorted(folder.iterdir())]
    assert sum(reading.rejects.num_rows for reading in readings) == 0
    claims = ClaimTables(*_joined([reading.claims for reading in readings], ("claims", "lines")))
    names = ("remits", "services", "adjustments", "remarks")
    return claims, RemitTables(*_joined([reading.remits for reading in readings], names))


def _joined(parts, names):
    return [pa.concat_tables([getattr(part, name) for part in parts]) for name in names]


def test_claims_come_back_with_their_lines(written):
    out, truth = written
    for folder, upcoming in (("claims", False), ("upcoming", True)):
        claims, _ = read(out / folder)
        wanted = truth.filter(pc.equal(truth["in_upcoming"], upcoming))
        assert claims.lines.num_rows == wanted.num_rows
        assert claims.claims["claim_id"].to_pylist() == wanted["claim_id"].unique().to_pylist()
        assert claims.lines["charge_cents"].to_pylist() == wanted["charge_cents"].to_pylist()
        assert claims.lines["procedure"].to_pylist() == wanted["procedure"].to_pylist()


def test_the_labels_are_the_truth(written):
    out, truth = written
    (claims, _), (_, remits) = read(out / "claims"), read(out / "remits")
    links = link(claims, remits)
    assert links.ambiguous.num_rows == links.unmatched.num_rows == 0
    outcomes = label(claims, remits, links, DenialPolicy.load())
    ids = claims.claims.select(["claim_key", "claim_id"])
    told = outcomes.join(ids, "claim_key").join(truth, ["claim_id", "line"], right_suffix="_true")
    assert told.num_rows == outcomes.num_rows == pc.sum(truth["answered"]).as_py()
    assert pc.all(told["answered"]).as_py()
    assert pc.cast(told["label"], pa.bool_()).to_pylist() == told["denied"].to_pylist()
    assert told["known_on"].to_pylist() == told["known_on_true"].to_pylist()
    assert told["is_weak"].to_pylist() == told["is_weak_true"].to_pylist()
    # A weak denial hides its reason behind the contract write-off.
    plain = told.filter(pc.and_(told["denied"], pc.invert(told["is_weak"])))
    assert plain["reason"].to_pylist() == plain["reason_true"].to_pylist()
    assert plain["family"].to_pylist() == plain["true_family"].to_pylist()


def test_the_context_is_read_as_it_was_meant(written):
    out, truth = written
    context = read_context(out / "context.csv")
    assert set(context["claim_id"].to_pylist()) <= set(truth["claim_id"].to_pylist())
    assert pc.sum(pc.is_valid(context["auth_procedure"])).as_py() > 0
    assert set(context["eligibility_status"].unique().to_pylist()) == {"active", "inactive", "unverified"}
