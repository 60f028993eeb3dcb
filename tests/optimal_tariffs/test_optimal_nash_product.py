"""Nash's product over tariffs, against the picks of a bargain over a grid of the same tariffs."""

from __future__ import annotations

import numpy as np
import pytest
from war_lab import one_sector

import detente as dt
from detente.bargaining.bargain import Bargain
from detente.errors import BadInput, NotSolved

#: ln(1+t) of both, tariffs and no subsidies up to 82 %.
GRID = np.linspace(0.0, 0.6, 13)
RATES = np.array([(a, b) for a in GRID for b in GRID])


@pytest.fixture(scope="module")
def grid(economy):
    """Real income of both at every point of the grid, USD million over the benchmark."""
    payoffs = []
    solution = None
    for a, b in RATES:
        t_cf = np.expm1(np.array([[[0.0], [a]], [[b], [0.0]]]))
        solution = dt.solve(economy, dt.Shock(t_cf=t_cf), start=solution)
        payoffs.append((solution.W_hat - 1) * economy.I)
    return np.array(payoffs)


def no_deal(economy, war):
    return (war.solution.W_hat - 1) * economy.I


def gains_of(economy, war, deal, extra=0.0):
    return (deal.solution.W_hat - 1) * economy.I + extra - no_deal(economy, war)


@pytest.fixture(scope="module")
def deals(economy, war):
    return {concept: dt.cooperate(economy, start=war, concept=concept) for concept in ("equal-gain", "nash-product")}


def test_the_product_is_that_of_the_best_package_on_a_grid_or_more(economy, war, grid, deals):
    """A point of the grid can be no better, and lies so near that it is hardly worse: the product is flat on top."""
    pick = Bargain.of(grid, no_deal(economy, war)).pick("nash")
    found = gains_of(economy, war, deals["nash-product"])
    assert found.min() > 0
    assert found.prod() >= pick.gains.prod() * (1 - 1e-9)
    assert found.prod() == pytest.approx(pick.gains.prod(), rel=0.02)
    assert deals["nash-product"].certificate.holds
    assert deals["nash-product"].certificate.agrees


def test_equal_gains_are_those_of_the_best_package_on_a_grid_or_more(economy, war, grid, deals):
    """Ossa's equal percentages are the egalitarian pick with weights in proportion to what each has without a deal."""
    base = economy.I * war.solution.W_hat
    pick = Bargain.of(grid, no_deal(economy, war)).pick("egalitarian", weights=base)
    found = gains_of(economy, war, deals["equal-gain"]) / base
    assert found == pytest.approx(deals["equal-gain"].gain, abs=1e-6)
    least = (pick.gains / base).min()
    assert found.min() >= least - 1e-9
    assert found.min() == pytest.approx(least, rel=0.1)
    assert deals["equal-gain"].gain > 0.001


def test_the_concepts_share_one_frontier(economy, war, deals):
    """At each deal its own blend of gains is level, so that neither deal is better for both than the other."""
    even, product = (gains_of(economy, war, deals[name]) for name in ("equal-gain", "nash-product"))
    assert ((even - product) > 0).any()
    assert ((product - even) > 0).any()
    assert product.prod() > even.prod()
    for name, deal in deals.items():
        assert deal.certificate.promised < 1e-8, name
    # w/(1 − exp(−g)) are the slopes of the logarithm of the product
    certificate = deals["nash-product"].certificate
    slopes = (1 + certificate.gains) / certificate.gains
    np.testing.assert_allclose(certificate.multipliers, slopes / slopes.sum(), rtol=1e-6)


def test_alike_economies_split_alike_and_trade_freely():
    """By symmetry both gain the same under either concept, and no tariff can raise both over free trade."""
    economy = one_sector((1.0, 1.0), 3.0)
    war = dt.nash(economy, certify=False)
    for concept in ("equal-gain", "nash-product"):
        deal = dt.cooperate(economy, start=war, concept=concept)
        assert np.ptp(deal.certificate.gains) < 2e-7
        np.testing.assert_allclose(deal.tariffs, 0, atol=1e-4)  # flat on top: the loss is of the order of its square


@pytest.mark.slow
def test_more_power_more_gain(economy, war, deals, grid):
    strong = dt.cooperate(economy, start=war, concept="nash-product", power={"H": 3.0})
    found = gains_of(economy, war, strong)
    assert found[0] > gains_of(economy, war, deals["nash-product"])[0]
    pick = Bargain.of(grid, no_deal(economy, war)).pick("nash", weights=(3, 1))
    assert found[0] ** 3 * found[1] >= (pick.gains[0] ** 3 * pick.gains[1]) * (1 - 1e-9)


def test_what_a_package_brings_apart_from_tariffs_is_part_of_the_gain(economy, war, grid, deals):
    """A structural demand worth a tenth of the tariff gains to F: tariffs then leave more to H."""
    extra = 0.1 * gains_of(economy, war, deals["nash-product"])[1]
    deal = dt.cooperate(economy, start=war, concept="nash-product", extra={"F": extra})
    found = gains_of(economy, war, deal, np.array([0.0, extra]))
    pick = Bargain.of(grid + np.array([0.0, extra]), no_deal(economy, war)).pick("nash")
    assert found.prod() >= pick.gains.prod() * (1 - 1e-9)
    assert found.prod() == pytest.approx(pick.gains.prod(), rel=0.02)
    assert found[0] > gains_of(economy, war, deals["nash-product"])[0]
    base = economy.I * war.solution.W_hat
    np.testing.assert_allclose(deal.certificate.gains, found / base, rtol=1e-6)


@pytest.mark.slow
def test_no_deal_need_not_be_where_the_search_starts(economy, war, deals):
    """Where players set every tariff, what the package says of tariffs is only where the search begins."""
    again = dt.cooperate(economy, concept="nash-product", no_deal=war)
    np.testing.assert_allclose(again.certificate.gains, deals["nash-product"].certificate.gains, atol=1e-7)
    assert "nash-product" in repr(again)
    solved = dt.cooperate(economy, concept="nash-product", no_deal=war.solution)
    np.testing.assert_allclose(solved.certificate.gains, again.certificate.gains, atol=1e-9)


def test_no_deal_is_of_the_same_economy(war):
    with pytest.raises(BadInput, match="not of this"):
        dt.cooperate(one_sector((1.0, 2.0), 3.0), no_deal=war.solution)


def test_where_nothing_is_to_be_gained_for_both_there_is_no_product(economy):
    free = np.zeros_like(economy.t)
    with pytest.raises(NotSolved, match="the product of gains is zero"):
        dt.cooperate(economy, start=free, concept="nash-product")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"concept": "nash"}, "choose one of equal-gain, nash-product"),
        ({"power": {"H": 2.0}}, "powers are of Nash's product"),
        ({"concept": "nash-product", "power": {"H": 0.0}}, "power of H is 0"),
        ({"concept": "nash-product", "power": {"X": 1.0}}, "'X', which is not a player"),
        ({"extra": {"H": float("nan")}}, "extra of H is nan"),
        ({"extra": {"H": -1e9}}, "all of its income"),
    ],
)
def test_what_makes_no_sense_is_refused(economy, given, words):
    with pytest.raises(BadInput, match=words):
        dt.cooperate(economy, **given)
