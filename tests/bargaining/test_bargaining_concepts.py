"""Every concept on every kind of set: what it picks is in the zone and keeps the axioms that it promises."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from bargain_lab import as_sets, bargains, better_for_both, payoffs
from hypothesis import assume, given
from hypothesis import strategies as st

from detente.bargaining.bargain import Bargain
from detente.bargaining.concepts import CONCEPTS, Axiom, Concept, Over

KINDS = [(name, over) for name in CONCEPTS for over in get_args(Over)]
every = pytest.mark.parametrize(("name", "over"), KINDS)
weights = st.tuples(st.floats(0.1, 0.9), st.floats(0.1, 0.9))


def promising(axiom):
    kinds = [(name, over) for name, over in KINDS if axiom in CONCEPTS[name].promises[over]]
    assert kinds, axiom
    return pytest.mark.parametrize(("name", "over"), kinds)


def test_there_are_these_concepts_and_each_says_what_it_promises():
    assert list(CONCEPTS) == ["egalitarian", "kalai-smorodinsky", "nash", "utilitarian"]
    for concept in CONCEPTS.values():
        assert isinstance(concept, Concept)
        assert set(concept.promises) == set(get_args(Over))
        for axioms in concept.promises.values():
            assert set(axioms) <= set(get_args(Axiom))
            assert {"efficiency", "symmetry"} <= set(axioms)


@every
@given(bargain=bargains(), weights=weights)
def test_a_pick_is_in_the_zone_and_says_what_it_is(name, over, bargain, weights):
    pick = bargain.pick(name, over=over, weights=weights)
    if over == "packages":
        assert (pick is None) == (len(bargain.zone()) == 0)
    elif len(bargain.zone()):
        assert pick is not None
    if pick is None:
        return
    assert (pick.payoffs >= bargain.floor() - 1e-9 - bargain.rounding).all()
    np.testing.assert_allclose(pick.gains, pick.payoffs - bargain.no_deal)
    np.testing.assert_array_equal(pick.packages, bargain.packages[pick.rows])
    assert pick.weights.sum() == pytest.approx(1)
    if over == "packages":
        assert set(pick.rows.tolist()) <= set(bargain.zone().tolist())
        np.testing.assert_array_equal(pick.payoffs, bargain.payoffs[pick.rows[0]])
        assert pick.unique == (len(pick.rows) == 1)
    else:
        assert len(pick.rows) <= 2
        assert pick.chances.sum() == pytest.approx(1)
        np.testing.assert_allclose(pick.chances @ bargain.payoffs[pick.rows], pick.payoffs, atol=1e-9)


@promising("efficiency")
@given(bargain=bargains(), weights=weights)
def test_nothing_is_better_for_both(name, over, bargain, weights):
    pick = bargain.pick(name, over=over, weights=weights)
    assume(pick is not None)
    for tied in pick.tied:
        gain = bargain.payoffs - tied
        assert not ((gain >= -1e-9).all(1) & (gain.max(1) > 1e-6)).any()
    if over == "lotteries":
        assert better_for_both(bargain.payoffs, pick.payoffs) < 1e-6


def mirrored(bargain):
    return Bargain.of(bargain.payoffs[:, ::-1], bargain.no_deal[::-1], bargain.truce[::-1])


@promising("symmetry")
@given(bargain=bargains())
def test_exchanging_the_sides_exchanges_the_pick(name, over, bargain):
    pick, other = bargain.pick(name, over=over), mirrored(bargain).pick(name, over=over)
    assert (pick is None) == (other is None)
    if pick is None:
        return
    if over == "packages":
        assert set(pick.rows.tolist()) == set(other.rows.tolist())
    else:
        np.testing.assert_allclose(pick.payoffs, other.payoffs[::-1], atol=1e-7)


@every
@given(bargain=bargains(), weights=weights)
def test_names_of_sides_do_not_matter_where_weights_go_with_them(name, over, bargain, weights):
    pick = bargain.pick(name, over=over, weights=weights)
    other = mirrored(bargain).pick(name, over=over, weights=weights[::-1])
    if pick is not None:
        assert as_sets(pick.tied) == as_sets(other.tied[:, ::-1])


def in_other_units(bargain, scale, shift):
    return Bargain.of(bargain.payoffs * scale + shift, bargain.no_deal * scale + shift, bargain.truce * scale + shift)


scales = st.floats(0.05, 20)


@promising("scale invariance")
@given(bargain=bargains(), weights=weights, scale=st.tuples(scales, scales), shift=st.integers(-5, 5))
def test_each_side_may_have_a_unit_of_its_own(name, over, bargain, weights, scale, shift):
    check_units(name, over, bargain, weights, np.array(scale), np.array([shift, -2 * shift]))


@promising("common scale invariance")
@given(bargain=bargains(), weights=weights, scale=scales, shift=st.integers(-5, 5))
def test_both_sides_may_have_another_unit(name, over, bargain, weights, scale, shift):
    check_units(name, over, bargain, weights, np.full(2, scale), np.array([shift, -2 * shift]))


def check_units(name, over, bargain, weights, scale, shift):
    pick = bargain.pick(name, over=over, weights=weights)
    other = in_other_units(bargain, scale, shift).pick(name, over=over, weights=weights)
    assert (pick is None) == (other is None)
    if pick is None:
        return
    if over == "packages":
        np.testing.assert_array_equal(pick.rows, other.rows)
    else:
        np.testing.assert_allclose(pick.payoffs * scale + shift, other.payoffs, rtol=1e-6, atol=1e-6)


@promising("independence of irrelevant alternatives")
@given(bargain=bargains(), weights=weights, data=st.data())
def test_packages_that_are_not_picked_can_go(name, over, bargain, weights, data):
    pick = bargain.pick(name, over=over, weights=weights)
    assume(pick is not None)
    assume((pick.gains > bargain.rounding).all())
    rest = sorted(set(range(len(bargain.payoffs))) - set(pick.rows.tolist()))
    gone = data.draw(st.sets(st.sampled_from(rest)) if rest else st.just(set()))
    left = np.array([row for row in range(len(bargain.payoffs)) if row not in gone])
    assume(np.ptp(bargain.payoffs[left], axis=0).max() > 0)
    smaller = Bargain.of(bargain.payoffs[left], bargain.no_deal, bargain.truce)
    again = smaller.pick(name, over=over, weights=weights)
    if over == "packages":
        np.testing.assert_array_equal(left[again.rows], pick.rows)
    elif pick.unique:
        np.testing.assert_allclose(again.payoffs, pick.payoffs, atol=1e-7)
    else:  # of what tied, what is left ties, and nothing else does
        assert again.weights @ again.payoffs == pytest.approx(pick.weights @ pick.payoffs)


@promising("restricted monotonicity")
@given(base=payoffs(), more=payoffs(), weights=weights)
def test_more_packages_at_the_same_ideal_point_hurt_nobody(name, over, base, more, weights):
    base, more = np.abs(base), np.abs(more)
    assume(base.max(0).min() > 0)
    before = Bargain.of(base, (0.0, 0.0))
    after = Bargain.of(np.vstack([base, np.minimum(more, base.max(0))]), (0.0, 0.0))
    old, new = (one.pick(name, over=over, weights=weights) for one in (before, after))
    assert (new.payoffs >= old.payoffs - 1e-9).all()


@promising("monotonicity of the least gain")
@given(bargain=bargains(), more=payoffs(), weights=weights)
def test_more_packages_never_lower_the_least_gain(name, over, bargain, more, weights):
    pick = bargain.pick(name, over=over, weights=weights)
    assume(pick is not None)
    larger = Bargain.of(np.vstack([bargain.payoffs, more]), bargain.no_deal, bargain.truce)
    after = larger.pick(name, over=over, weights=weights)
    assert (after.gains / after.weights).min() >= (pick.gains / pick.weights).min() - 1e-6


def test_concepts_differ_where_they_should():
    """A package is added at the same ideal point: Nash's pick then costs the second side, the other concept's does not.

    On the line through (1/2, 1) and (1, 1/2) Nash is at (3/4, 3/4). With (1, 7/10) the edge is u2 = 1.3 − 0.6 u1, on
    which the product rises to the end, and the diagonal is met at 13/16.
    """
    corners = [(0, 1), (0.5, 1), (1, 0.5), (1, 0)]
    before, after = Bargain.of(corners, (0, 0)), Bargain.of([*corners, (1, 0.7)], (0, 0))
    assert before.pick("nash", over="lotteries").payoffs == pytest.approx((0.75, 0.75))
    assert after.pick("nash", over="lotteries").payoffs == pytest.approx((1, 0.7))
    assert before.pick("kalai-smorodinsky", over="lotteries").payoffs == pytest.approx((0.75, 0.75))
    assert after.pick("kalai-smorodinsky", over="lotteries").payoffs == pytest.approx((13 / 16, 13 / 16))
