"""Packages in numbers, their payoffs, and the frontier that is found without a list of them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.bargaining import packages
from detente.bargaining import packages as additive
from detente.bargaining.concepts import undominated
from detente.bargaining.packages import Packages, RedLines, UnknownDemand
from detente.errors import BadInput


@pytest.fixture
def small():
    """Two demands in a table, one of them with three levels, and two others, one of them with three."""
    table = np.arange(12.0).reshape(6, 2)
    structural = {"subsidies": (5, -7), "courts": [(1, -1), (2, -4)]}
    return Packages.of(["cut", "buy"], table, structural, levels={"cut": 3})


@st.composite
def random_packages(draw):
    number = st.integers(-20, 20).map(float)
    traded = draw(st.integers(0, 3))
    counts = draw(st.lists(st.integers(2, 3), min_size=traded, max_size=traded))
    rows = int(np.prod(counts, dtype=int))
    table = draw(st.lists(st.tuples(number, number), min_size=rows, max_size=rows))
    steps = st.lists(st.tuples(number, number), min_size=1, max_size=2)
    added = draw(st.lists(steps, max_size=4))
    return Packages.of(
        [f"t{k}" for k in range(traded)],
        table,
        {f"s{k}": values for k, values in enumerate(added)},
        levels={f"t{k}": count for k, count in enumerate(counts)},
    )


def test_numbers_count_in_mixed_radix_with_the_first_demand_slowest(small):
    assert small.size == 3 * 2 * 2 * 3
    for number, levels in enumerate(itertools.product(range(3), range(2), range(2), range(3))):
        assert small.levels_of(number).tolist() == list(levels)
        assert small.index(levels) == number
    assert small.met(0) == ()
    assert small.met(small.index([2, 1, 0, 1])) == ("cut=2", "buy", "courts=1")


def test_a_payoff_is_the_row_of_the_table_plus_what_the_levels_add(small):
    # cut=1 and buy=1 is row 3 of the table, (6, 7); subsidies add (5, −7) and courts at 2 (2, −4)
    assert small.at(small.index([1, 1, 1, 2])).tolist() == [6 + 5 + 2, 7 - 7 - 4]
    np.testing.assert_array_equal(small.payoffs(), small.at(np.arange(small.size)))


@given(random_packages())
def test_payoffs_are_those_of_a_loop(given):
    found = given.payoffs()
    assert len(found) == given.size == given.count
    for number in given.allowed():
        levels = given.levels_of(number)
        row = 0
        for k in range(given.traded):
            row = row * given.levels[k] + levels[k]
        expected = given.table[row] + sum(
            (steps[levels[k]] for k, steps in enumerate(given.added, given.traded)), start=np.zeros(2)
        )
        np.testing.assert_allclose(found[number], expected)
        np.testing.assert_allclose(given.at(number), expected)


@given(random_packages(), st.data())
def test_red_lines_leave_the_numbers_as_they_are(given, data):
    if not given.demands:
        return
    name = data.draw(st.sampled_from(given.demands))
    k = given.demands.index(name)
    level = data.draw(st.integers(0, int(given.levels[k]) - 1))
    for kept, rule in (
        (given.within({name: level}), np.greater_equal),
        (given.within(None, {name: level}), np.less_equal),
    ):
        numbers = np.arange(given.size)
        expected = numbers[rule(given.levels_of(numbers)[:, k], level)]
        np.testing.assert_array_equal(kept.allowed(), expected)
        np.testing.assert_allclose(kept.payoffs(), given.at(expected))


@given(random_packages(), st.data())
def test_the_frontier_without_a_list_is_the_frontier_of_the_list(given, data):
    if given.demands:
        name = data.draw(st.sampled_from(given.demands))
        given = given.within({name: 1}) if data.draw(st.booleans()) else given
    found = given.frontier()
    listed = given.payoffs()
    expected = np.unique(listed[undominated(listed)], axis=0)
    np.testing.assert_array_equal(np.unique(found.payoffs, axis=0), expected)
    assert len(found.payoffs) == len(expected)
    np.testing.assert_allclose(given.at(found.packages), found.payoffs)
    assert set(found.packages.tolist()) <= set(given.allowed().tolist())


def many(count, seed=0, whole=False):
    """Demands of either side in turn: worth something to who asks, and costing the other."""
    random = np.random.default_rng(seed)
    worth, cost = random.uniform(100, 20e3, (2, count))
    values = np.where((np.arange(count) % 2 == 0)[:, None], np.c_[worth, -cost], np.c_[-cost, worth])
    return {f"d{k}": row for k, row in enumerate(np.round(values) if whole else values)}


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_a_bargain_without_the_dominated_gives_the_same_answers(seed):
    """Picks, distance and payment from the frontier alone, and from all 2^13 packages."""
    random = np.random.default_rng(seed)
    table = np.cumsum(random.normal(0, 2e3, (8, 2)), axis=0)
    given = Packages.of(["a", "b", "c"], table, many(10, seed))
    lines = (RedLines({"d0": 1}), RedLines({}, {"d2": 0}))
    no_deal = random.uniform(-2e4, 3e4, 2)
    whole = given.bargain(no_deal, (0, 0), red_lines=lines)
    assert whole.complete
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packages, "MOST_COMPLETE", 1)
        edge = given.bargain(no_deal, (0, 0), red_lines=lines)
    assert not edge.complete
    assert len(edge.payoffs) < len(whole.payoffs)
    for red_lines in (True, False):
        assert bool(len(edge.zone(red_lines=red_lines))) == bool(len(whole.zone(red_lines=red_lines)))
        for over in ("packages", "lotteries"):
            for name, pick in whole.picks(over=over, red_lines=red_lines).items():
                other = edge.pick(name, over=over, red_lines=red_lines)
                assert (pick is None) == (other is None)
                if pick is not None:
                    np.testing.assert_allclose(other.payoffs, pick.payoffs)
            gaps = [one.gap(over=over, red_lines=red_lines) for one in (whole, edge)]
            assert gaps[0].apart == pytest.approx(gaps[1].apart)
            assert gaps[0].short_of_payments == pytest.approx(gaps[1].short_of_payments)
            assert (gaps[0].side_payment is None) == (gaps[1].side_payment is None)


def test_red_lines_of_the_two_sides_that_leave_nothing():
    given = Packages.of([], (0, 0), many(4))
    lines = (RedLines({"d0": 1}), RedLines({}, {"d0": 0}))
    bargain = given.bargain((0, 0), red_lines=lines)
    assert bargain.gap() is None
    assert bargain.gap(red_lines=False) is not None
    with pytest.raises(BadInput, match="'d0' must have level 1 or more and 0 or less: the red lines leave no package"):
        given.within({"d0": 1}).within(None, {"d0": 0})


def test_2_to_the_24_packages_are_not_listed():
    given = Packages.of([], (0, 0), many(24))
    assert given.count == 2**24
    with pytest.raises(BadInput, match=r"16,777,216 packages.*use `frontier`"):
        given.payoffs()
    bargain = given.bargain((0, 0))
    assert not bargain.complete
    picks = bargain.picks()
    # meeting every demand that is worth more than it costs is the largest sum that there is
    best = sum(max(sum(values), 0.0) for values in many(24).values())
    assert picks["utilitarian"].payoffs.sum() == pytest.approx(best)
    for pick in picks.values():
        np.testing.assert_allclose(given.at(pick.packages), pick.tied)


@pytest.mark.slow
def test_2_to_the_24_packages_against_all_of_them():
    """The sums of 2^24 packages, formed a part at a time: the largest product, least gain and sum are those picked."""
    given = Packages.of([], (0, 0), many(24))
    low, high = (
        Packages.of([], (0, 0), dict(list(many(24).items())[part])).payoffs() for part in (slice(12), slice(12, 24))
    )
    best = {"nash": -np.inf, "egalitarian": -np.inf, "utilitarian": -np.inf}
    for row in low:
        sums = high + row
        zone = sums[(sums >= 0).all(1)]
        if len(zone):
            for name, value in (("nash", zone.prod(1)), ("egalitarian", zone.min(1)), ("utilitarian", zone.sum(1))):
                best[name] = max(best[name], value.max())
    picks = given.bargain((0, 0)).picks()
    assert picks["nash"].payoffs.prod() == pytest.approx(best["nash"])
    assert picks["egalitarian"].payoffs.min() == pytest.approx(best["egalitarian"])
    assert picks["utilitarian"].payoffs.sum() == pytest.approx(best["utilitarian"])


def test_40_demands_are_answered_exactly_or_refused_in_words():
    given = Packages.of([], (0, 0), many(40, whole=True))
    assert given.count == 2**40
    bargain = given.bargain((0, 0))
    best = sum(max(sum(values), 0.0) for values in many(40, whole=True).values())
    assert bargain.pick("utilitarian").payoffs.sum() == pytest.approx(best)
    # what one side gains the other loses, and no two sums are alike: nothing is dominated
    worst = {f"d{k}": (2.0**k, -(2.0**k)) for k in range(40)}
    with pytest.raises(BadInput, match=r"with 'd\d\d' there are .* undominated packages.*round them"):
        Packages.of([], (0, 0), worst).frontier()


def test_the_worst_case_is_refused_at_the_first_demand_too_many(monkeypatch):
    monkeypatch.setattr(additive, "MOST_UNDOMINATED", 2**5)
    worst = {f"d{k}": (2.0**k, -(2.0**k)) for k in range(8)}
    with pytest.raises(BadInput, match="with 'd5' there are 64 undominated packages, over the 32"):
        Packages.of([], (0, 0), worst).frontier()


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"trade": [f"t{k}" for k in range(13)], "table": np.zeros((8192, 2))}, BadInput, "8,192 rows, over 4,096"),
        ({"table": np.zeros((3, 2))}, BadInput, "make 2 rows"),
        ({"table": [(0, 0), (np.nan, 0)]}, BadInput, "not a number"),
        ({"structural": {"a": (1, 1)}}, BadInput, "'a' appears twice"),
        ({"structural": {"b": (1, 1, 1)}}, BadInput, "one number a side"),
        ({"structural": {"b": (1, np.inf)}}, BadInput, "one number a side"),
        ({"structural": {f"b{k}": (1, 1) for k in range(70)}}, BadInput, "more than 64-bit"),
        ({"levels": {"b": 3}}, UnknownDemand, "levels names 'b'"),
        ({"levels": {"a": 1}}, BadInput, "one level only"),
        ({"levels": {"a": "x"}}, BadInput, "the number of levels of 'a' is 'x': give a whole number"),
        ({"levels": 3}, BadInput, "levels is 3: give a mapping"),
        ({"trade": 3}, BadInput, "demands of the table is 3: give a list"),
        ({"table": "x"}, BadInput, "the table holds no numbers"),
        ({"structural": {"b": "x"}}, BadInput, "what 'b' adds holds no numbers"),
        ({"structural": 3}, BadInput, "structural is 3: give a mapping"),
    ],
)
def test_packages_that_make_no_sense_are_refused(change, error, words):
    given = {"trade": ["a"], "table": np.zeros((2, 2)), "structural": None, "levels": None} | change
    with pytest.raises(error, match=words):
        Packages.of(given["trade"], given["table"], given["structural"], levels=given["levels"])


def test_numbers_levels_and_red_lines_that_are_not_there_are_refused(small):
    with pytest.raises(BadInput, match="numbered from 0"):
        small.at(36)
    with pytest.raises(BadInput, match="do not fit"):
        small.index([3, 0, 0, 0])
    with pytest.raises(BadInput, match=r"numbers of packages are 0\.5: give whole numbers"):
        small.at(0.5)
    with pytest.raises(BadInput, match="the level of 'courts' is 'x': give a whole number"):
        small.within({"courts": "x"})
    with pytest.raises(BadInput, match="red_lines is 3: give those of both sides"):
        small.bargain((0, 0), red_lines=3)
    with pytest.raises(UnknownDemand, match="did you mean 'subsidies'"):
        small.within({"subsidy": 1})
    with pytest.raises(BadInput, match="levels 0 to 2"):
        small.within({"courts": 3})
    with pytest.raises(UnknownDemand, match="a red line names"):
        small.bargain((0, 0), red_lines=(RedLines({"x": 1}), RedLines()))


def test_packages_are_numbered_exactly_where_a_float_would_round():
    many = Packages.of([], [[0, 0]], structural={f"d{k}": np.array([1.0, -0.5]) for k in range(58)})
    assert many.levels_of(2**57 + 1).sum() == 2
    assert many.levels_of(2**58 - 1).sum() == 58
    assert many.index(np.ones(58, dtype=np.int64)) == 2**58 - 1
