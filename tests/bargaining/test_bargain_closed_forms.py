"""Values that can be checked by hand, for every concept."""

from __future__ import annotations

import json

import numpy as np
import pytest

from detente.bargaining.bargain import Bargain
from detente.bargaining.concepts import CONCEPTS


@pytest.fixture(scope="module")
def published(shared):
    return json.loads((shared / "truth/closed-forms.json").read_text())


def test_the_published_line(published):
    """u1 + u2 = 1 with no deal at (.1, .3): each gains half of what is left, by every symmetric concept."""
    bargain = Bargain.of([(1, 0), (0, 1)], (0.1, 0.3))
    for name in ("nash", "kalai-smorodinsky", "egalitarian"):
        pick = bargain.pick(name, over="lotteries")
        assert pick.payoffs == pytest.approx(published["nash_linear_frontier u1+u2=1,d=(.1,.3)"], abs=1e-12)
        assert dict(zip(pick.packages.tolist(), pick.chances, strict=True)) == pytest.approx({0: 0.4, 1: 0.6})
    assert bargain.pick("nash") is None  # neither package leaves both at no deal


@pytest.fixture(scope="module")
def curve():
    """u2 = √(1 − u1) at 3,001 points, 2/3 among them."""
    u1 = np.arange(3001) / 3000
    return Bargain.of(np.column_stack([u1, np.sqrt(1 - u1)]), (0, 0))


@pytest.mark.parametrize("over", ["packages", "lotteries"])
def test_the_published_curve(published, curve, over):
    values = published["frontier u2=sqrt(1-u1),d=0"]
    # packages are 1/3000 apart; a chord leaves the curve by less than the square of that
    coarse = 1 / 3000 if over == "packages" else 1e-7
    assert curve.pick("nash", over=over).payoffs == pytest.approx(values["nash"], abs=1e-7)
    for name in ("kalai-smorodinsky", "egalitarian"):
        found = curve.pick(name, over=over).payoffs
        assert found == pytest.approx(values["kalai_smorodinsky=egalitarian"], abs=coarse)


@pytest.mark.parametrize("over", ["packages", "lotteries"])
def test_the_curve_under_other_concepts_and_weights(curve, over):
    """u1^a √(1−u1)^(1−a) is largest at u1 = 2a/(1+a); u1 + √(1−u1) at 3/4; with weight ½ on the sum of gains w."""
    coarse = 1 / 3000
    for a in (0.2, 0.5, 0.75):
        assert curve.pick("nash", over=over, weights=(a, 1 - a)).payoffs[0] == pytest.approx(
            2 * a / (1 + a), abs=coarse
        )
    assert curve.pick("utilitarian", over=over).payoffs == pytest.approx((0.75, 0.5), abs=coarse)
    # gains in proportion 2 : 1 solve u² = 4(1 − u)
    u = 2 * (np.sqrt(2) - 1)
    found = curve.pick("egalitarian", over=over, weights=(2, 1)).payoffs
    assert found == pytest.approx((u, u / 2), abs=coarse)


def test_scales_tell_the_concepts_apart():
    """The triangle (2, 0), (0, 1): Nash and Kalai-Smorodinsky give half the best to each, equal gains 2/3 to each."""
    bargain = Bargain.of([(2, 0), (0, 1)], (0, 0))
    found = {name: pick.payoffs.tolist() for name, pick in bargain.picks(over="lotteries").items()}
    assert found["nash"] == pytest.approx([1, 0.5])
    assert found["kalai-smorodinsky"] == pytest.approx([1, 0.5])
    assert found["egalitarian"] == pytest.approx([2 / 3, 2 / 3])
    assert found["utilitarian"] == pytest.approx([2, 0])


def test_where_everything_ties_the_middle_is_picked_and_the_ends_are_named():
    bargain = Bargain.of([(3, 0), (0, 3), (1, 1)], (0, 0))
    pick = bargain.pick("utilitarian", over="lotteries")
    assert pick.payoffs == pytest.approx((1.5, 1.5))
    assert pick.tied.tolist() == [[3, 0], [0, 3]]
    assert not pick.unique
    both = bargain.pick("utilitarian")
    assert both.packages.tolist() == [0, 1]
    assert both.tied.tolist() == [[3, 0], [0, 3]]


def test_picks_over_packages_list_all_ties():
    bargain = Bargain.of([(4, 2), (2, 4), (4, 2), (1, 4)], (0, 0), packages=[10, 20, 30, 40])
    for name in ("nash", "kalai-smorodinsky", "egalitarian", "utilitarian"):
        assert bargain.pick(name).packages.tolist() == [10, 20, 30], name


def test_equal_gains_that_waste_nothing():
    """Where the side with less can get no more, the other still gets what is there (the least gain first)."""
    bargain = Bargain.of([(1, 2), (1, 7), (0.5, 9)], (0, 0))
    assert bargain.pick("egalitarian").payoffs.tolist() == [1, 7]
    assert bargain.pick("egalitarian", over="lotteries").payoffs.tolist() == [1, 7]


def test_the_truce_moves_the_zone_and_not_what_gains_are_counted_from():
    """With outside options the split stays where it is unless one binds, and then that side gets it exactly."""
    pie = [(1, 0), (0, 1)]
    assert Bargain.of(pie, (0, 0), (0.3, 0.3)).pick("nash", over="lotteries").payoffs == pytest.approx((0.5, 0.5))
    assert Bargain.of(pie, (0, 0), (0.7, 0.1)).pick("nash", over="lotteries").payoffs == pytest.approx((0.7, 0.3))
    assert Bargain.of(pie, (0, 0), (0.7, 0.5)).pick("nash", over="lotteries") is None
    free = Bargain.of(pie, (0, 0), (0.7, 0.5)).pick("nash", over="lotteries", truce=False)
    assert free.payoffs == pytest.approx((0.5, 0.5))


@pytest.mark.parametrize("name", CONCEPTS)
@pytest.mark.parametrize("over", ["packages", "lotteries"])
def test_where_only_one_can_gain_it_gains_all_there_is(name, over):
    bargain = Bargain.of([(5, 0), (3, 0), (6, -1), (-5, -2)], (0, 0))
    assert bargain.pick(name, over=over).payoffs.tolist() == [5, 0]


def test_no_package_but_a_lottery():
    bargain = Bargain.of([(10, -1), (-1, 10)], (0, 0))
    assert bargain.pick("nash") is None
    assert len(bargain.zone()) == 0
    assert bargain.pick("nash", over="lotteries").payoffs == pytest.approx((4.5, 4.5))
