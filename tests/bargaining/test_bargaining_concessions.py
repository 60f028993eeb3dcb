"""Least concessions and trades of one demand for another, against loops over all packages."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.bargaining.bargain import Bargain
from detente.bargaining.implied_values import least_concessions, logrolling
from detente.bargaining.packages import Packages
from detente.errors import BadInput

NAMES = ["a", "b", "c", "d", "e"]


@st.composite
def disputes(draw):
    """Two demands in a table, one of them with three levels, three others; both sides' positions; no deal and truce."""
    number = st.integers(-9, 9).map(float)
    pair = st.tuples(number, number)
    table = draw(st.lists(pair, min_size=6, max_size=6))
    structural = {"c": draw(pair), "d": [draw(pair), draw(pair)], "e": draw(pair)}
    packages = Packages.of(["a", "b"], table, structural, levels={"a": 3})
    positions = [draw(st.integers(0, packages.size - 1)) for _ in range(2)]
    point = st.tuples(st.integers(-5, 5).map(float), st.integers(-5, 5).map(float))
    return packages, packages.levels_of(positions), draw(point), draw(point)


@given(disputes())
def test_concessions_are_the_least_of_all_packages(dispute):
    packages, positions, no_deal, truce = dispute
    bargain = packages.bargain(no_deal, truce, sides=("USA", "CHN"))
    found = least_concessions(packages, bargain, positions)
    zone = bargain.zone()
    if not len(zone):
        assert found == ()
        return
    levels = packages.levels_of(zone)
    assert [(its.side, its.by) for its in found] == [
        ("USA", "moves"), ("USA", "money"), ("CHN", "moves"), ("CHN", "money")
    ]  # fmt: skip
    for side in (0, 1):
        moves = (levels != positions[side]).sum(1)
        worth = bargain.payoffs[zone, side]
        today = packages.at(packages.index(positions[side]))[side]
        by_moves, by_money = found[2 * side : 2 * side + 2]
        assert by_moves.moves == moves.min()
        assert by_moves.cost == pytest.approx(today - worth[moves == moves.min()].max())
        assert by_money.cost == pytest.approx(today - worth.max())
        for its in (by_moves, by_money):
            assert its.package in zone
            assert its.moves == len(its.changes) == (packages.levels_of(its.package) != positions[side]).sum()
            for name, before, after in its.changes:
                k = NAMES.index(name)
                assert (before, after) == (positions[side][k], packages.levels_of(its.package)[k])


@given(disputes(), st.integers(0, 2))
def test_concessions_stay_within_red_lines(dispute, level):
    packages, positions, no_deal, truce = dispute
    inside = packages.within({"a": level}, {"e": 0})
    bargain = inside.bargain(no_deal, truce)
    for its in least_concessions(inside, bargain, positions):
        assert its.package in bargain.packages[bargain.zone()]


def test_a_side_that_stands_on_a_package_both_sign_has_nothing_to_give():
    packages = Packages.of([], (0, 0), {"a": (5, -2), "b": (-1, 4)})
    bargain = packages.bargain((0, 0), sides=("USA", "CHN"))
    stands = [packages.levels_of(3), packages.levels_of(1)]  # the USA on both demands, China on its own alone
    usa_moves, usa_money, chn_moves, chn_money = least_concessions(packages, bargain, stands)
    assert (usa_moves.moves, usa_moves.cost, usa_moves.changes) == (0, 0, ())
    assert usa_money == type(usa_money)("USA", "money", 3, 0, 0.0, ())
    assert (chn_moves.changes, chn_moves.cost) == ((("a", 0, 1),), 2)
    assert chn_money.changes == chn_moves.changes


def test_your_demand_for_mine():
    """a and b cost more alone than they bring the other; a and c cannot be traded, for c costs more than a is worth."""
    packages = Packages.of([], (0, 0), {"a": (5, -2), "b": (-1, 4), "c": (-6, 9), "d": (1, 1)})
    found = logrolling(packages, [0, 1, 1, 0])
    assert found.to_dict("records") == [
        {
            "first_gets": "a", "second_gets": "b", "first_gain": 4, "second_gain": 2, "first_pays": 1, "second_pays": 2
        }
    ]  # fmt: skip
    assert logrolling(packages, [0, 1, 1, 0], base=int(packages.index([0, 1, 0, 0]))).empty
    assert logrolling(packages.within(None, {"b": 0}), [0, 1, 1, 0]).empty


def test_demands_that_only_work_together_are_a_trade():
    """In the table each alone hurts its giver by 3; together they bring 2 to both, more than their sum."""
    packages = Packages.of(["a", "b"], [(0, 0), (-3, 1), (1, -3), (2, 2)])
    found = logrolling(packages, [0, 1])
    assert found[["first_gain", "second_gain", "first_pays", "second_pays"]].to_numpy().tolist() == [[2, 2, 3, 3]]


@given(disputes())
def test_trades_are_those_of_a_loop(dispute):
    packages = dispute[0]
    found = logrolling(packages, [0, 1, 0, 1, 0])
    pairs = set()
    top = packages.levels - 1
    for mine in (0, 2, 4):
        for yours in (1, 3):
            unit = np.eye(5, dtype=int) * top
            a, b, both = (
                packages.at(packages.index(levels)) - packages.at(0)
                for levels in (unit[mine], unit[yours], unit[mine] + unit[yours])
            )
            if a[1] < 0 and b[0] < 0 and (both >= 0).all() and (both > 0).any():
                pairs.add((NAMES[mine], NAMES[yours]))
    assert set(zip(found["first_gets"], found["second_gets"], strict=True)) == pairs
    assert found[["first_gain", "second_gain"]].min(axis=1).is_monotonic_decreasing


def test_what_makes_no_sense_is_refused():
    packages = Packages.of([], (0, 0), {"a": (5, -2), "b": (-1, 4)})
    with pytest.raises(BadInput, match="give 0 or 1 for each of 2 demands"):
        logrolling(packages, [0, 2])
    with pytest.raises(BadInput, match="do not fit"):
        least_concessions(packages, Bargain.of([(0, 0)], (0, 0)), [[0, 2], [0, 0]])
