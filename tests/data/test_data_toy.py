import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.data.bundled import toy_world
from detente.errors import BadInput


@given(st.integers(0, 100_000), st.integers(1, 6), st.integers(1, 5), st.booleans())
def test_every_toy_world_closes(seed, n, j, io):
    world = toy_world(seed, n=n, j=j, io=io, empty=1 if n > 1 and j > 1 else 0)
    world.check()
    assert (world.io > 0).any() == io
    assert np.diagonal(world.tariffs).max() == 0.0


def test_the_same_seed_gives_the_same_world_and_another_another():
    once, again, other = toy_world(7), toy_world(7), toy_world(8)
    np.testing.assert_array_equal(once.flows, again.flows)
    np.testing.assert_array_equal(once.io, again.io)
    assert (once.flows != other.flows).all()


def test_trade_is_unbalanced_and_taxed():
    world = toy_world(3, n=4)
    gaps = world.flows.sum(axis=(1, 2)) - world.flows.sum(axis=(0, 2))
    assert np.abs(gaps).max() > 1.0
    assert (world.flows * world.tariffs).sum() > 0
    assert not toy_world(3, highest_tariff=0.0).tariffs.any()


def test_empty_cells_are_where_they_were_asked_for():
    world = toy_world(1, n=3, j=3, empty=[(0, 2), (1, 1)])
    assert np.argwhere(world.output == 0).tolist() == [[0, 2], [1, 1]]
    assert not world.io[0, :, 2].any()
    assert world.value_added[1, 1] == 0.0
    assert (toy_world(5, n=4, j=3, empty=5).output == 0).sum() == 5


@pytest.mark.parametrize("empty", [[(0, 0), (0, 1)], [(0, 0), (1, 0), (2, 0)], 5])
def test_too_many_empty_cells_are_refused(empty):
    with pytest.raises(BadInput, match="leave a sector without seller"):
        toy_world(1, n=3, j=2, empty=empty)


def test_an_empty_size_is_refused():
    with pytest.raises(BadInput, match="at least one economy"):
        toy_world(1, n=0)
