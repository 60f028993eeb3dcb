"""Implied prices against lists of all packages, closed forms, and another solver for the least norm."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from detente.bargaining import unknowns as norms
from detente.bargaining.implied_values import implied_prices, in_words
from detente.bargaining.packages import Packages, UnknownDemand
from detente.bargaining.unknowns import Refusal, StructuralDemand, least_distance
from detente.errors import BadInput

SIDES = ("USA", "CHN")


def no_trade():
    return Packages.of([], (0.0, 0.0))


# -- values that can be checked by hand


def test_one_demand_must_be_worth_what_its_asker_lacks():
    """Ending tariffs brings China 8 and costs the US 3: a demand of the US must be worth 3 to it, and may cost 8."""
    trade = Packages.of(["end-tariffs"], [(0, 0), (-3, 8)])
    found = implied_prices(trade, [StructuralDemand("x", 0)], (0, 0), sides=SIDES)
    # granting x alone costs nobody anything that is known: any value makes a deal
    assert found.table.loc[0, "least_value"] == 0
    insisted = implied_prices(trade.within({"end-tariffs": 1}), [StructuralDemand("x", 0)], (0, 0), sides=SIDES)
    row = insisted.table.iloc[0]
    assert (row["asker"], row["giver"]) == SIDES
    assert (row["least_value"], row["most_cost"]) == (3, 8)
    assert insisted.deal == "for none of the stated values"
    assert insisted.met == ("end-tariffs", "x")
    assert insisted.least_norm["demand"].tolist() == ["x"]
    assert insisted.least_norm[["value", "cost"]].to_numpy() == pytest.approx(np.array([[3, 0]]))
    assert insisted.norm == pytest.approx(3)


def test_the_least_norm_shares_what_is_lacking_alike():
    """The US lacks 6 and asks for three things: 2 each, and √12 in all."""
    trade = Packages.of(["a"], [(0, 0), (-6, 1)]).within({"a": 1})
    found = implied_prices(trade, [StructuralDemand(name, 0) for name in "xyz"], (0, 0))
    assert found.least_norm["value"].tolist() == pytest.approx([2, 2, 2])
    assert found.norm == pytest.approx(np.sqrt(12))
    assert found.table["least_value"].tolist() == [6, 6, 6]


def test_a_refusal_says_what_a_demand_costs_at_least():
    """China turned down a tariff cut worth 5 to it together with x, which therefore costs it 5 or more."""
    trade = Packages.of(["cut"], [(0, 0), (-1, 5)])
    refused = Refusal(1, ("cut", "x"))
    found = implied_prices(trade, [StructuralDemand("x", 0, value=(4, 4))], (0, 0), refusals=[refused], sides=SIDES)
    row = found.table.iloc[0]
    assert (row["cost_low"], row["cost_high"]) == (5, np.inf)
    assert (row["value_low"], row["value_high"]) == (4, 4)
    assert "costs CHN at least 5 (unbounded)" in str(found)
    # at a cost of exactly 5 China is at no deal with both, and the US gains 3
    assert found.least_norm["cost"].tolist() == pytest.approx([5])
    assert set(found.met) == {"cut", "x"}


def test_refusals_that_contradict_are_named_and_the_set_is_empty():
    """China refused the cut alone, worth 5 to it, and its own demand y, known to be worth 2."""
    trade = Packages.of(["cut"], [(0, 0), (-1, 5)])
    refusals = [Refusal(0, ("y",)), Refusal(1, ("cut", "y"))]
    found = implied_prices(trade, [StructuralDemand("y", 1, value=(2, 2))], (0, 0), refusals=refusals)
    assert found.contradiction == (refusals[1],)
    assert found.least_norm is None
    assert found.norm == np.inf
    assert found.table[["value_low", "cost_high"]].isna().all(axis=None)
    assert "side 1 refused cut, y" in str(found)
    assert "an empty set" in str(found)


def test_the_package_of_the_lowest_bound_need_not_be_the_best():
    """The US lacks 6 and asks x and y; China has 5 and asks w; what it refused says that x costs it 10.

    With x each of x and y is worth 3, and w the 5 that x costs over what China has: 9 + 9 + 100 + 25 = 143.
    Without x, y alone is worth 6: 36 + 100 = 136, although sharing 6 between two looked better.
    """
    trade = Packages.of(["a"], [(0, 0), (-6, 5)]).within({"a": 1})
    asks = [StructuralDemand("x", 0), StructuralDemand("y", 0), StructuralDemand("w", 1)]
    found = implied_prices(trade, asks, (0, 0), refusals=[Refusal(1, ("x",), no_deal=-10.0)])
    assert found.norm == pytest.approx(np.sqrt(136))
    assert "x" not in found.met
    assert found.least_norm[["value", "cost"]].to_numpy() == pytest.approx(np.array([[0, 10], [6, 0], [0, 0]]))


def test_a_refusal_with_another_outcome_at_hand():
    """The US turned down x when it had 7 instead: x is worth no more than 7 to it."""
    found = implied_prices(no_trade(), [StructuralDemand("x", 0)], (0, 0), refusals=[Refusal(0, ("x",), no_deal=7.0)])
    assert found.table.loc[0, ["value_low", "value_high"]].tolist() == [0, 7]


def test_no_value_is_enough_where_the_giver_never_agrees():
    trade = Packages.of([], (-1.0, -2.0))
    found = implied_prices(trade, [StructuralDemand("x", 0)], (0, 0), sides=SIDES)
    assert found.table.loc[0, "least_value"] == np.inf
    assert found.table.loc[0, "most_cost"] == -2
    assert found.least_norm is None
    assert "must be worth more than any amount (there is none) to USA" in str(found)
    never = implied_prices(
        Packages.of(["a"], [(0, 0), (-3, 8)]).within({"a": 1}), [StructuralDemand("x", 0, level=0)], (0, 0)
    )
    assert never.table.loc[0, ["least_value", "most_cost"]].tolist() == [np.inf, -np.inf]
    assert never.least_norm is None


def test_the_truce_raises_what_a_demand_must_be_worth():
    trade = Packages.of(["a"], [(0, 0), (-6, 4)])
    asks = [StructuralDemand("x", 0, level=1)]
    war = (-5.0, -5.0)
    assert implied_prices(trade.within({"a": 1}), asks, war).table.loc[0, "least_value"] == 1
    assert implied_prices(trade.within({"a": 1}), asks, war, (0, 0)).table.loc[0, "least_value"] == 6
    # the truce itself is a package, and no deal: without a red line any positive value makes one
    open_ = implied_prices(trade, [StructuralDemand("x", 0)], war, (0, 0))
    assert open_.norm == 0
    assert open_.deal == "for none of the stated values"


def test_amounts_in_words():
    assert in_words(3, 3) == "3"
    assert in_words(1000, 2000) == "1,000 to 2,000"
    assert in_words(0, np.inf) == "at least 0 (unbounded)"


# -- against lists of all packages


@st.composite
def disputes(draw, ranges=True):
    """A table of one or two demands and up to three others, their values exact, ranges or unknown."""
    number = st.integers(-9, 9).map(float)
    traded = draw(st.integers(1, 2))
    table = draw(st.lists(st.tuples(number, number), min_size=2**traded, max_size=2**traded))
    amount = st.integers(0, 9).map(float)
    sized = st.tuples(amount, amount).map(lambda pair: (min(pair), max(pair)))
    given = st.one_of(st.none(), sized if ranges else amount.map(lambda a: (a, a)))
    level = st.sampled_from([None, None, 0, 1])
    structural = [
        StructuralDemand(f"s{k}", draw(st.integers(0, 1)), draw(given), draw(given), draw(level))
        for k in range(draw(st.integers(1, 3)))
    ]
    trade = Packages.of([f"t{k}" for k in range(traded)], table)
    if draw(st.booleans()):
        trade = trade.within({"t0": 1})
    point = st.tuples(st.integers(-4, 4).map(float), st.integers(-4, 4).map(float))
    return trade, structural, draw(point), draw(st.one_of(st.none(), point))


def listed(trade, structural, added):
    """All packages that red lines allow, with what each demand adds (S, 2)."""
    packages = trade.with_structural({its.demand: row for its, row in zip(structural, added, strict=True)})
    fixed = {its.demand: its.level for its in structural if its.level is not None}
    return packages.within({k: v for k, v in fixed.items() if v}, {k: v for k, v in fixed.items() if not v})


def has_deal(trade, structural, added, no_deal, truce):
    return bool(len(listed(trade, structural, added).bargain(no_deal, truce).zone()))


@given(disputes(), st.data())
def test_below_the_least_value_there_is_no_deal_and_above_there_is(dispute, data):
    trade, structural, no_deal, truce = dispute
    found = implied_prices(trade, structural, no_deal, truce)
    k = data.draw(st.integers(0, len(structural) - 1))
    for corner, name in (("stated", "least_value"), ("best", "least_value_low"), ("worst", "least_value_high")):
        added = np.array([its.at(corner) for its in structural])
        least = found.table.loc[k, name]
        own = structural[k].asker
        for value in {max(least - 0.25, 0.0), least + 0.25} if np.isfinite(least) else {1e3}:
            added[k, own] = value
            expected = np.isfinite(least) and (value > least or (least == 0 and value == 0))
            if least == 0 and value == 0:  # zero: without the demand, or at its edge with any positive value
                continue
            assert has_deal(trade, structural, added, no_deal, truce) == expected
    low, mid, high = (found.table.loc[k, f"least_value{end}"] for end in ("_low", "", "_high"))
    assert low <= mid <= high


@given(disputes(), st.data())
def test_the_box_of_ranges_lies_between_its_corners(dispute, data):
    trade, structural, no_deal, truce = dispute
    found = implied_prices(trade, structural, no_deal, truce)
    share = data.draw(st.lists(st.floats(0, 1), min_size=6, max_size=6))

    def inside(given, at):
        return None if given is None else (given[0] + at * (given[1] - given[0]),) * 2

    exact = [
        StructuralDemand(
            its.demand, its.asker, inside(its.value, share[2 * k]), inside(its.cost, share[2 * k + 1]), its.level
        )
        for k, its in enumerate(structural)
    ]
    other = implied_prices(trade, exact, no_deal, truce)
    assert (other.table["least_value"] >= found.table["least_value_low"] - 1e-9).all()
    assert (other.table["least_value"] <= found.table["least_value_high"] + 1e-9).all()
    if found.deal == "for all stated values":
        assert other.deal == "for all stated values"
    if found.deal == "for none of the stated values":
        assert other.deal == "for none of the stated values"


@given(disputes(ranges=False), st.data())
def test_above_the_most_cost_no_package_with_the_demand_is_a_deal(dispute, data):
    trade, structural, no_deal, truce = dispute
    found = implied_prices(trade, structural, no_deal, truce)
    k = data.draw(st.integers(0, len(structural) - 1))
    its = structural[k]
    assume(its.level != 0)
    most = found.table.loc[k, "most_cost"]
    added = np.array([one.at("stated") for one in structural])
    added[k, its.asker] = 1e3 if its.value is None else its.value[0]
    for cost in (max(most - 0.25, 0.0), max(most + 0.25, 0.0)):
        added[k, 1 - its.asker] = -cost
        packages = listed(trade, structural, added).within({its.demand: 1})
        floor = np.asarray(no_deal) if truce is None else np.maximum(no_deal, truce)
        acceptable = (packages.payoffs() >= floor - 1e-9).all(1).any()
        assert acceptable == (cost <= most)


def by_slsqp(trade, structural, no_deal, truce, refusals):
    """The least norm over all packages, one convex programme each, by a solver that knows nothing of ours."""
    floor = np.asarray(no_deal) if truce is None else np.maximum(no_deal, truce)
    count = len(structural)
    value, cost = ([its.value for its in structural], [its.cost for its in structural])
    known = np.array([0.0 if given is None else given[0] for given in (*value, *cost)])
    free = np.array([given is None for given in (*value, *cost)])
    asker = np.array([its.asker for its in structural])

    def row(side, met):
        return np.r_[met * (asker == side), -met * (asker != side)].astype(float)

    rows, limits = [], []
    for refusal in refusals:
        met = np.array([int(its.demand in refusal.met) for its in structural])
        levels = [int(name in refusal.met) for name in trade.demands]
        rows.append(row(refusal.side, met))
        limits.append(no_deal[refusal.side] - trade.at(trade.index(levels))[refusal.side])
    best = np.inf
    for number in trade.allowed():
        for met in product(*[(0, 1) if its.level is None else (its.level,) for its in structural]):
            need = [row(side, np.array(met)) for side in (0, 1)]
            G = np.array([*need, *(-np.array(rows) if rows else np.zeros((0, 2 * count)))])
            h = np.array([*(floor - trade.at(number)), *(-np.array(limits))]) - G @ known
            helps = any(free[k] and met[k] for k in range(count))
            if not helps and (np.array([*(floor - trade.at(number))]) - np.array(need) @ known >= 0).all():
                continue
            G = G[:, free]
            if (h <= 1e-12).all():
                return 0.0
            if not free.any():
                continue
            solved = minimize(
                lambda x: 0.5 * x @ x,
                np.full(free.sum(), 5.0),
                jac=lambda x: x,
                constraints={"type": "ineq", "fun": lambda x, G=G, h=h: G @ x - h, "jac": lambda x, G=G: G},
                bounds=[(0, None)] * int(free.sum()),
                method="SLSQP",
                options={"ftol": 1e-12, "maxiter": 300},
            )
            if solved.success and (G @ solved.x >= h - 1e-6).all():
                best = min(best, float(np.linalg.norm(solved.x)))
    return best


@settings(max_examples=20)
@given(disputes(ranges=False), st.data())
def test_the_least_norm_is_that_of_another_solver(dispute, data):
    trade, structural, no_deal, truce = dispute
    names = [*trade.demands, *(its.demand for its in structural)]
    refusals = [
        Refusal(data.draw(st.integers(0, 1)), tuple(sorted(data.draw(st.sets(st.sampled_from(names))))))
        for _ in range(data.draw(st.integers(0, 2)))
    ]
    found = implied_prices(trade, structural, no_deal, truce, refusals=refusals)
    expected = by_slsqp(trade, structural, no_deal, truce, refusals)
    assert found.norm == pytest.approx(expected, abs=1e-4) if np.isfinite(expected) else found.norm == np.inf
    if found.least_norm is not None:
        x = found.least_norm[["value", "cost"]].to_numpy()
        assert (x >= 0).all()
        free = np.array([[its.value is None, its.cost is None] for its in structural if not its.stated], bool).reshape(
            -1, 2
        )
        assert np.linalg.norm(x[free]) == pytest.approx(found.norm)


@given(disputes(), st.data())
def test_bounds_from_refusals_hold_and_cannot_be_tightened(dispute, data):
    """Every x that all refusals allow lies within them, and each end is reached or is no end at all."""
    trade, structural, no_deal, _ = dispute
    names = [*trade.demands, *(its.demand for its in structural)]
    refusal = Refusal(
        data.draw(st.integers(0, 1)), tuple(sorted(data.draw(st.sets(st.sampled_from(names), min_size=1))))
    )
    found = implied_prices(trade, structural, no_deal, refusals=[refusal])
    limit = no_deal[refusal.side] - trade.at(trade.index([int(n in refusal.met) for n in trade.demands]))[refusal.side]
    signs = np.array(
        [[1 if its.asker == refusal.side else 0, 0 if its.asker == refusal.side else -1] for its in structural]
    ) * np.array([[its.demand in refusal.met] for its in structural])
    low = np.array([[(its.value or (0, 0))[0], (its.cost or (0, 0))[0]] for its in structural])
    high = np.array([[(its.value or (0, np.inf))[1], (its.cost or (0, np.inf))[1]] for its in structural])
    # Σ a x ≤ limit over a box: what the others take at least is what is left for one
    takes = np.where(signs > 0, low, 0.0) - np.where(signs < 0, high, 0.0)
    if takes.sum() > limit + 1e-9:
        assert found.contradiction == (refusal,)
        return
    assert found.contradiction == ()
    lowest = found.table[["value_low", "cost_low"]].to_numpy()
    highest = found.table[["value_high", "cost_high"]].to_numpy()
    for k, c in np.ndindex(signs.shape):
        others = np.delete(takes.ravel(), 2 * k + c).sum()
        low_end, high_end = low[k, c], high[k, c]
        if signs[k, c] > 0:
            high_end = min(high_end, limit - others)
        if signs[k, c] < 0:
            low_end = max(low_end, others - limit)
        assert (lowest[k, c], highest[k, c]) == pytest.approx((low_end, high_end), abs=1e-6)


# -- the distance problem by itself


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 10_000))
def test_the_least_distance_is_feasible_and_level(n, m, seed):
    """x meets G x ≥ h, is a combination of binding rows with multipliers above zero, and none is shorter (KKT)."""
    random = np.random.default_rng(seed)
    G, h = random.normal(size=(m, n)), random.normal(size=m)
    x = least_distance(G, h)
    if x is None:
        assert not any((G @ y >= h).all() for y in random.normal(size=(2000, n)) * 20)
        return
    assert (G @ x >= h - 1e-7).all()
    for y in random.normal(size=(2000, n)) * 3:
        if (G @ y >= h).all():
            assert np.linalg.norm(y) >= np.linalg.norm(x) - 1e-7


# -- many demands


def test_twenty_unknown_demands_that_are_alike_are_quick():
    """Each side asks for ten things and refused the other's whole list: 121 sets that differ, not 2^20."""
    random = np.random.default_rng(0)
    trade = Packages.of([f"t{k}" for k in range(6)], random.normal(0, 5e3, (64, 2)) - 2e4)
    asks = [StructuralDemand(f"s{k}", k % 2) for k in range(20)]
    refusals = [
        Refusal(1, tuple(f"s{k}" for k in range(0, 20, 2))),
        Refusal(0, tuple(f"s{k}" for k in range(1, 20, 2))),
    ]
    found = implied_prices(trade, asks, (0, 0), refusals=refusals)
    assert np.isfinite(found.norm)
    assert (found.least_norm["value"] > 0).all()


def test_too_many_sets_are_refused_in_words(monkeypatch):
    monkeypatch.setattr(norms, "MOST_SETS", 3)
    asks = [StructuralDemand("x", 0, cost=(1, 1)), StructuralDemand("y", 0, cost=(2, 2))]
    with pytest.raises(BadInput, match="4 sets that differ, times 1 packages"):
        implied_prices(no_trade(), asks, (1, 1))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"asker": 2}, "asked by side 2"),
        ({"value": (-1, 2)}, "at least zero"),
        ({"cost": (3, 2)}, "the lower first"),
        ({"value": (0, np.inf)}, "at least zero"),
    ],
)
def test_demands_of_the_wrong_sign_are_refused(given, words):
    with pytest.raises(BadInput, match=words):
        StructuralDemand(**({"demand": "x", "asker": 0} | given))


def test_names_that_are_not_there_or_there_twice_are_refused():
    trade = Packages.of(["a"], [(0, 0), (1, 1)])
    with pytest.raises(BadInput, match="'a' appears twice"):
        implied_prices(trade, [StructuralDemand("a", 0)], (0, 0))
    with pytest.raises(UnknownDemand, match="a refusal names 'y'"):
        implied_prices(trade, [StructuralDemand("x", 0)], (0, 0), refusals=[Refusal(0, ("y",))])
    with pytest.raises(BadInput, match="by side 3"):
        implied_prices(trade, [StructuralDemand("x", 0)], (0, 0), refusals=[Refusal(3, ("x",))])
