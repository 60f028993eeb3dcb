"""What measures do to parts is kept by measure, and laid out again as the tables of measures and parts that it was."""

from __future__ import annotations

import numpy as np

from detente.policy.coverage import Covered
from detente.policy.part_columns import PartColumns
from detente.policy.stacking import NONE

WIDTH = 5


def covered(parts: int, width: int, seed: int) -> Covered:
    """A pair whose measures each reach some of the parts, one of them on a share of value and one not at all."""
    random = np.random.default_rng(seed)
    kinds = random.integers(0, 4, (parts, width)).astype(np.int8) * (random.random((parts, width)) < 0.4)
    kinds[:, -1] = NONE
    there = kinds != NONE
    size = (parts, width)
    of, rates = np.where(there, random.random(size), 1.0), np.where(there, random.random(size), 0.0)
    claimed, unit = ~there & (random.random(size) < 0.2), there * random.random(size)
    count = np.arange(parts)
    return Covered(count, np.ones(parts), count, kinds.astype(np.int8), rates, of, claimed, unit)


def test_tables_come_back_as_they_were_with_nothing_where_no_measure_of_the_pair_is() -> None:
    pairs = [(covered(7, 3, 1), (4, 0, 2)), (covered(4, 2, 2), (1, 2)), (covered(0, 1, 3), (3,))]
    done = PartColumns.of_pairs([each for each, _ in pairs], [its for _, its in pairs], WIDTH)
    wanted = [2, 0, 4, 1, 3]
    for name, nothing in (("kinds", NONE), ("rates", 0.0), ("of", 1.0), ("unit", 0.0), ("claimed", False)):
        blocks = []
        for each, its in pairs:
            block = np.full((len(each.share), WIDTH), nothing)
            block[:, list(its)] = getattr(each, name)
            blocks.append(block)
        expected = np.concatenate(blocks)
        if name == "claimed":
            assert np.array_equal(done.claimed, expected)
        else:
            assert np.array_equal(getattr(done, name)(wanted), expected[:, wanted])
    there = done.kinds(range(WIDTH)) != NONE
    assert [[int((a & b).sum()) for b in there.T] for a in there.T] == done.shared().tolist()
