"""Shocks and the parts of a cell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import detente as dt
from detente.data.bundled import toy_world
from detente.errors import BadShock
from detente.model.parts import Parts


@pytest.fixture(scope="module")
def economy() -> dt.Economy:
    return dt.calibrate(toy_world(5, n=3, j=2), np.array([4.0, 6.0]))


def one_cell(economy: dt.Economy, share: float, rate: float) -> Parts:
    """`share` of cell (0, 1, 0) gets `rate` on top of its tariff."""
    t = economy.t[0, 1, 0]
    return Parts([0, 0], [1, 1], [0, 0], [share, 1 - share], [t, t], [t + rate, t])


def test_a_full_part_is_the_whole_cell(economy: dt.Economy) -> None:
    t_cf = economy.t.copy()
    t_cf[0, 1, 0] += 0.25
    whole = dt.Shock(t_cf=t_cf).wedges(economy)
    part = dt.Shock(parts=one_cell(economy, 1.0, 0.25)).wedges(economy)
    np.testing.assert_allclose(part.K, whole.K, rtol=1e-14)
    np.testing.assert_allclose(part.v, whole.v, rtol=1e-14)


def test_dense_parts_are_the_same_parts(economy: dt.Economy) -> None:
    s = np.zeros(economy.t.shape)
    s[0, 1, 0] = 0.3
    dense = [(s, economy.t, economy.t + 0.25), (1 - s, economy.t, economy.t)]
    a = dt.Shock(parts=dense).wedges(economy)
    b = dt.Shock(parts=one_cell(economy, 0.3, 0.25)).wedges(economy)
    np.testing.assert_allclose(a.K, b.K, rtol=1e-14)
    np.testing.assert_allclose(a.v, b.v, rtol=1e-14)


def split(economy: dt.Economy, share: float, rate: float) -> Parts:
    """Every cell in two parts, and `rate` more on `share` of cell (0, 1, 0) alone."""
    covered = np.full(economy.t.shape, share)
    t_cf = economy.t.copy()
    t_cf[0, 1, 0] += rate
    return Parts.from_dense([(covered, economy.t, t_cf), (1 - covered, economy.t, economy.t)])


def test_cells_in_which_no_tariff_changes_stay_as_they_were(economy: dt.Economy) -> None:
    alone, every = one_cell(economy, 0.3, 0.25), split(economy, 0.3, 0.25)
    assert len(every.moving) == 2
    for t_cf in (None, economy.t + 0.5):
        wedges = dt.Shock(t_cf=t_cf, parts=every).wedges(economy)
        expected = dt.Shock(parts=alone).wedges(economy)  # parts take the place of t_cf, those that stay too
        np.testing.assert_array_equal(wedges.K, expected.K)
        np.testing.assert_array_equal(wedges.v, expected.v)


def test_the_order_of_parts_and_their_number_change_nothing(economy: dt.Economy) -> None:
    """Many parts find their cells in a table, few by sorting."""
    every = split(economy, 0.3, 0.25)
    shuffled = np.random.default_rng(1).permutation(len(every))
    columns = [getattr(every, name)[shuffled] for name in ("n", "i", "j", "s", "t", "t_cf")]
    for parts in (every, Parts(*columns), one_cell(economy, 0.3, 0.25)):
        cells, row = parts.cells
        np.testing.assert_array_equal(np.stack(cells)[:, row], np.stack([parts.n, parts.i, parts.j]))
        assert len(np.unique(row)) == len(cells[0])
    a, b = dt.Shock(parts=every).wedges(economy), dt.Shock(parts=Parts(*columns)).wedges(economy)
    np.testing.assert_allclose(a.K, b.K, rtol=1e-14)
    np.testing.assert_allclose(a.v, b.v, rtol=1e-14)


@given(share=st.floats(0.01, 0.99), rate=st.floats(0.01, 3.0))
def test_covered_goods_lose_share_and_the_average_rate_lies_between(share: float, rate: float) -> None:
    economy = dt.calibrate(toy_world(5, n=3, j=2), np.array([4.0, 6.0]))
    parts = one_cell(economy, share, rate)
    after = parts.at(economy.theta)
    assert after.s[0] < share
    np.testing.assert_allclose(after.s.sum(), 1.0, rtol=1e-12)
    t = economy.t[0, 1, 0]
    assert t < dt.Shock(parts=parts).wedges(economy).t_cf[0, 1, 0] < t + share * rate


def test_parts_after_a_shock_are_the_base_of_the_next(economy: dt.Economy) -> None:
    first = one_cell(economy, 0.4, 0.10)
    direct = dt.Shock(parts=one_cell(economy, 0.4, 0.25)).wedges(economy)
    moved = economy.at(dt.solve(economy, dt.Shock(parts=first)))
    base = first.at(economy.theta)
    second = dt.Shock(parts=Parts(base.n, base.i, base.j, base.s, base.t, one_cell(economy, 0.4, 0.25).t_cf))
    step = second.wedges(moved)
    np.testing.assert_allclose(
        dt.Shock(parts=first).wedges(economy).K[0, 1, 0] * step.K[0, 1, 0], direct.K[0, 1, 0], rtol=1e-12
    )
    np.testing.assert_allclose(step.v[0, 1, 0], direct.v[0, 1, 0], rtol=1e-12)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda e: dt.Shock(t_cf=e.t - 2), "a tariff is a fraction over −1"),
        (lambda e: dt.Shock(t_cf=e.t * np.nan), "to close a cell use d_hat=inf"),
        (lambda e: dt.Shock(d_hat=e.t * 0), "not above zero"),
        (lambda e: dt.Shock(D_cf=[np.inf, 0, 0]), "not a number"),
        (lambda e: dt.Shock(t_cf=e.t[:2]).wedges(e), "t_cf has shape \\(2, 3, 2\\)"),
        (lambda e: dt.Shock(D_cf=[100.0, 0, 0]).wedges(e), "D_cf sums to 100"),
        (lambda e: dt.Shock(D_cf=[1.0, -1.0]).wedges(e), "has 3 economies"),
        (lambda e: dt.Shock(t_cf="abc"), "t_cf holds no numbers"),
        (lambda e: dt.Shock(parts=[(0.3, e.t, e.t)]), "give \\(importer, exporter, sector\\)"),
        (lambda e: dt.Shock(parts=[]), "an empty list of parts"),
        (lambda e: Parts([0], [1], [0], [0.3], [0.1], [0.2]), "sum to 0.3, not 1"),
        (lambda e: Parts([-1], [1], [0], [1.0], [0.1], [0.2]), "from -1 to -1: give positions of cells, from 0"),
        (lambda e: Parts([1e18], [1], [0], [1.0], [0.1], [0.2]), "give positions of cells, from 0"),
        (lambda e: Parts([0], [1], [0], [-1.0], [0.1], [0.2]), "negative or not a number"),
        (lambda e: Parts([0, 0], [1], [0], [1.0], [0.1], [0.2]), "one row a part"),
        (
            lambda e: dt.Shock(parts=Parts([0], [1], [0], [1.0], [0.9], [0.9])).wedges(e),
            "Σ s/\\(1\\+t\\) over the parts",
        ),
        (lambda e: dt.Shock(parts=Parts([9], [1], [0], [1.0], [0.1], [0.1])).wedges(e), "outside"),
        (lambda e: dt.Shock(d_hat=np.full(e.t.shape, np.inf)).wedges(e), "closes every supplier"),
    ],
)
def test_shock_refusals(economy: dt.Economy, make: object, words: str) -> None:
    with pytest.raises(BadShock, match=words):
        make(economy)  # type: ignore[operator]


def test_demand_beyond_floating_point_is_refused_by_name() -> None:
    base = dt.calibrate(toy_world(7, n=3, j=2), np.array([3.0, 100.0]))
    t_cf = np.where(np.eye(3, dtype=bool)[:, :, None], 0.0, -0.9999) * np.ones(base.t.shape)
    with pytest.raises(BadShock, match=r"E1 would want over 1e308 times as much S2 from E2, at an elasticity of 100"):
        dt.Shock(t_cf=t_cf).wedges(base)
    share = np.where(t_cf < 0, 0.5, 0.0)
    with pytest.raises(BadShock, match="give a rate further from −100 %, or a lower elasticity"):
        dt.Shock(parts=[(1 - share, base.t, base.t), (share, base.t, np.where(share > 0, t_cf, base.t))]).wedges(base)


def test_parts_whose_trade_ends_close_their_cell() -> None:
    """A rate whose power is below floating point ends the trade of a cell, whole or in parts."""
    economy = dt.calibrate(toy_world(7, n=4, j=3), np.array([3.0, 5.0, 8.0]))
    t, rate = float(economy.t[0, 1, 2]), 1e150
    t_cf = economy.t.copy()
    t_cf[0, 1, 2] = rate
    parts = dt.Parts([0, 0], [1, 1], [2, 2], [0.25, 0.75], [t, t], [rate, rate])
    whole, parted = (dt.solve(economy, shock) for shock in (dt.Shock(t_cf=t_cf), dt.Shock(parts=parts)))
    assert parted.pi_cf[0, 1, 2] == 0
    np.testing.assert_array_equal(parts.at(economy.theta).s, parts.s)
    np.testing.assert_allclose(parted.W_hat, whole.W_hat, rtol=1e-12)
