"""Frontier, zone of agreement and distance, against loops over all packages and against the equilibria of a game."""

from __future__ import annotations

import nashpy
import numpy as np
import pytest
from bargain_lab import bargains, payoffs
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull, QhullError

from detente.bargaining.bargain import Bargain, UnknownConcept
from detente.bargaining.concepts import Chain, undominated
from detente.errors import BadInput


def dominated(array, row):
    return any((other >= array[row]).all() and (other > array[row]).any() for other in array)


@given(payoffs(most=20))
def test_the_frontier_is_what_no_pair_of_loops_finds_dominated(array):
    found = undominated(array)
    assert sorted(found.tolist()) == [row for row in range(len(array)) if not dominated(array, row)]
    assert (np.diff(array[found, 0]) <= 0).all()


@given(payoffs(most=20))
def test_corners_of_the_hull_are_those_of_qhull(array):
    chain = Chain.of(array)
    try:
        hull = ConvexHull(array)
    except (QhullError, ValueError):  # fewer than three points, or all on a line
        return
    corners = {tuple(array[k]) for k in hull.vertices}
    assert {tuple(corner) for corner in chain.corners} <= corners
    assert (np.diff(chain.corners[:, 0]) < 0).all()
    assert (np.diff(chain.corners[:, 1]) > 0).all()
    top = array[np.lexsort((array[:, 1], array[:, 0]))[-1]]
    assert tuple(chain.corners[0]) == tuple(top)


def test_points_on_a_straight_line_are_no_corners():
    chain = Chain.of(np.array([(2.0, 0.0), (1.0, 1.0), (0.0, 2.0), (1.5, 0.5)]))
    assert chain.corners.tolist() == [[2, 0], [0, 2]]
    assert chain.rows.tolist() == [0, 2]


@given(bargains())
def test_the_zone_is_what_a_loop_finds(bargain):
    for truce in (True, False):
        floor = np.maximum(bargain.no_deal, bargain.truce) if truce else bargain.no_deal
        inside = [row for row, u in enumerate(bargain.payoffs) if (u >= floor).all() and (u > floor).any()]
        assert bargain.zone(truce=truce).tolist() == inside


@settings(max_examples=25)
@given(payoffs(most=5), st.tuples(st.integers(-3, 3), st.integers(-3, 3)))
def test_the_zone_is_where_naming_the_same_package_is_an_equilibrium(array, no_deal):
    """Each names a package; both get it if they name the same, and no deal otherwise. nashpy finds the equilibria.

    Naming the same package is an equilibrium exactly where each has at least no deal from it; a lone exception, a
    package worth no deal to both, is no agreement.
    """
    count = len(array)
    first, second = (np.full((count, count), float(no_deal[side])) for side in (0, 1))
    np.fill_diagonal(first, array[:, 0])
    np.fill_diagonal(second, array[:, 1])
    game = nashpy.Game(first, second)
    found = [
        row for row in range(count) if game.is_best_response(np.eye(count)[row], np.eye(count)[row]) == (True, True)
    ]  # fmt: skip
    if count > 1:
        agreed = [row for row in found if tuple(array[row]) != no_deal]
        assert Bargain.of(array, no_deal).zone(truce=False).tolist() == agreed


def test_red_lines_of_either_side_leave_the_zone_and_can_be_passed_over():
    honours = [(True, False), (True, True), (False, True)]
    bargain = Bargain.of([(3, 3), (1, 1), (2, 2)], (0, 0), honours=honours)
    assert bargain.zone().tolist() == [1]
    assert bargain.zone(red_lines=False).tolist() == [0, 1, 2]
    assert bargain.frontier().tolist() == [1]
    assert bargain.frontier(red_lines=False).tolist() == [0]
    assert bargain.pick("nash").packages.tolist() == [1]
    assert bargain.pick("nash", over="lotteries", red_lines=False).payoffs.tolist() == [3, 3]
    none = Bargain.of([(3, 3)], (0, 0), honours=[False])
    assert none.gap() is None
    assert none.gap(over="lotteries") is None
    assert none.pick("nash", over="lotteries") is None
    assert none.gap(red_lines=False).apart == 0


def test_the_three_zones_of_a_dispute():
    """War is bad for both, the truce is easy, and one package beats both, at the price of a red line."""
    payoffs = [(0, 0), (-4, 6), (2, -1), (1, 1)]
    bargain = Bargain.of(payoffs, (-5, -5), (0, 0), honours=[True, True, True, False])
    assert bargain.zone(truce=False).tolist() == [0, 1, 2]
    assert bargain.zone(red_lines=False).tolist() == [3]
    assert bargain.zone().tolist() == []


# -- distance


@given(bargains())
def test_the_distance_is_the_least_improvement_over_packages(bargain):
    floor = bargain.floor()
    lacks = [np.maximum(floor - u, 0).sum() for u in bargain.payoffs if tuple(u) != tuple(floor)]
    gap = bargain.gap()
    if not lacks:
        assert gap is None
        return
    assert gap.apart == pytest.approx(min(lacks), abs=1e-6)
    assert gap.shortfall.sum() == pytest.approx(gap.apart)
    assert (gap.apart == 0) == (len(bargain.zone()) > 0)
    assert set(gap.packages.tolist()) <= {
        row for row, u in enumerate(bargain.payoffs) if np.maximum(floor - u, 0).sum() <= gap.apart + 1e-6
    }


@given(bargains())
def test_adding_the_distance_from_outside_makes_a_deal_and_less_does_not(bargain):
    gap = bargain.gap()
    if gap is None or gap.apart < 1e-6:
        return
    helped = np.array(bargain.payoffs)
    helped[gap.packages[0]] += gap.shortfall + 1e-3  # what leaves both exactly at their floor nobody needs to sign
    assert gap.packages[0] in Bargain.of(helped, bargain.no_deal, bargain.truce).zone()
    deals = bargain.payoffs[(bargain.payoffs != bargain.floor()).any(1)]
    for share in np.linspace(0, 1, 5):  # however less is divided, nobody would sign
        less = deals + 0.99 * gap.apart * np.array([share, 1 - share])
        assert len(Bargain.of(less, bargain.no_deal, bargain.truce).zone()) == 0


@given(bargains())
def test_a_side_payment_closes_the_gap_and_a_smaller_one_does_not(bargain):
    gap = bargain.gap()
    if gap is None:
        return
    floor = bargain.floor()
    deals = bargain.payoffs[(bargain.payoffs != floor).any(1)]
    assert gap.short_of_payments == pytest.approx(max(0.0, (floor.sum() - deals.sum(1)).min()), abs=1e-6)
    payment = gap.side_payment
    if payment is None:
        assert gap.apart == 0 or gap.short_of_payments > 0
        return
    direction = np.array([-1.0, 1.0]) if payment.payer == "1" else np.array([1.0, -1.0])
    assert (bargain.payoffs[payment.package] + payment.amount * direction >= floor - 1e-6).all()
    for turn in (direction, -direction):
        paid = deals + 0.99 * payment.amount * turn
        assert not (paid >= floor).all(1).any()


def test_the_gap_in_words():
    """A deal is worth 10 to one side and costs the other 4; another is nearer but cannot be paid for."""
    bargain = Bargain.of([(10, -4), (1, -3)], (0, 0), sides=("USA", "CHN"), packages=[7, 9])
    gap = bargain.gap()
    assert (gap.apart, gap.shortfall.tolist(), gap.packages.tolist()) == (3, [0, 3], [9])
    assert gap.short_of_payments == 0
    assert (gap.side_payment.payer, gap.side_payment.payee) == ("USA", "CHN")
    assert (gap.side_payment.amount, gap.side_payment.package) == (4, 7)
    hopeless = Bargain.of([(1, -4)], (0, 0)).gap()
    assert hopeless.side_payment is None
    assert hopeless.short_of_payments == 3


@given(bargains())
def test_lotteries_are_never_farther_from_a_deal(bargain):
    packages, lotteries = bargain.gap(), bargain.gap(over="lotteries")
    assert (packages is None) == (lotteries is None)
    if packages is None:
        return
    assert lotteries.apart <= packages.apart + 1e-6
    assert lotteries.short_of_payments == pytest.approx(
        packages.short_of_payments, abs=1e-6
    )  # a sum is best at a corner
    mixed = lotteries.chances @ bargain.payoffs[lotteries.packages]
    assert np.maximum(bargain.floor() - mixed, 0).sum() == pytest.approx(lotteries.apart, abs=1e-6)
    random = np.random.default_rng(1)
    keep = (np.abs(bargain.payoffs - bargain.floor()) > bargain.rounding).any(1)
    for chances in random.dirichlet(np.full(keep.sum(), 0.3), size=50):
        other = np.maximum(bargain.floor() - chances @ bargain.payoffs[keep], 0).sum()
        assert other >= lotteries.apart - 1e-6


# -- refusals


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"payoffs": np.zeros((0, 2))}, "at least one"),
        ({"payoffs": [1.0, 2.0]}, "shape"),
        ({"payoffs": [(1.0, np.nan)]}, "side 1 in row 0 is nan"),
        ({"no_deal": (0.0,)}, "no deal is"),
        ({"truce": (0.0, np.inf)}, "truce is"),
        ({"honours": [True, False]}, "1 packages"),
        ({"honours": [1.5]}, "true or false"),
        ({"packages": [0.5]}, "whole number"),
        ({"sides": ("USA", "USA")}, "each once"),
        ({"sides": 3}, "sides is 3: give a list"),
        ({"payoffs": "x"}, "a table of payoffs holds no numbers"),
        ({"no_deal": ("a", "b")}, "no deal holds no numbers"),
    ],
)
def test_what_makes_no_sense_is_refused(change, words):
    given = {"payoffs": [(1.0, 1.0)], "no_deal": (0.0, 0.0)} | change
    array, point = given.pop("payoffs"), given.pop("no_deal")
    with pytest.raises(BadInput, match=words):
        Bargain.of(array, point, **given)


def test_unknown_concepts_and_weights_are_refused():
    bargain = Bargain.of([(1, 1)], (0, 0))
    with pytest.raises(UnknownConcept, match="did you mean 'nash'"):
        bargain.pick("nahs")
    with pytest.raises(BadInput, match="above zero"):
        bargain.pick("nash", weights=(1, 0))
    with pytest.raises(BadInput, match="choose one of packages, lotteries"):
        bargain.pick("nash", over="mixtures")
    with pytest.raises(BadInput, match="choose one of packages, lotteries"):
        bargain.gap(over="mixtures")
