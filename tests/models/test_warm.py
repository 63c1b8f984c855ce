import models.walk
from models.treeshap import shares
from models.warm import warm


def test_warming_compiles_every_way_in() -> None:
    warm()
    for kernel in (models.walk._one_by_one, models.walk._in_blocks, shares._add):
        assert kernel.signatures
