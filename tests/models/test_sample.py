import numpy as np
import pyarrow as pa

from models.sample import Sample
from tests.models.made_world import planted, sample_of


def test_every_array_speaks_of_the_same_lines(unseen: Sample) -> None:
    table = planted(400, seed=99)
    assert len(unseen) == table.num_rows
    denied = unseen.denied == 1
    assert np.all((unseen.family != "") == denied)
    assert np.all((unseen.reason != "") == denied)
    assert np.all(np.isnan(unseen.allowed_cents[denied]))
    assert unseen.payer_ids.tolist() == table.column("payer_id").to_pylist()


def test_rows_and_joining_are_each_others_reverse(unseen: Sample) -> None:
    half = np.arange(len(unseen)) < len(unseen) // 2
    again = unseen.rows(half).followed_by(unseen.rows(~half))
    assert np.array_equal(again.x.values, unseen.x.values, equal_nan=True)
    assert np.array_equal(again.day, unseen.day)
    assert again.reason.tolist() == unseen.reason.tolist()


def test_a_denial_without_a_family_is_other(model) -> None:
    table = planted(30)
    place = table.schema.get_field_index("family")
    nameless = table.set_column(place, table.schema.field("family"), pa.nulls(table.num_rows, pa.string()))
    sample = sample_of(nameless, model.state)
    assert set(sample.family[sample.denied == 1]) == {"other"}
