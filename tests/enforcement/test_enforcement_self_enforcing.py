"""Temptation, threat and patience: closed forms, sums over periods, and clauses that take a concession back."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.enforcement.self_enforcing import Incentive, SnapBack, worth_of_next
from detente.errors import BadInput

PAYOFFS = st.floats(-10, 10)
GAPS = st.floats(1e-3, 10)


@st.composite
def incentives(draw: st.DrawFn) -> Incentive:
    """A deal under which a side is tempted, and worse off in war."""
    deal = draw(PAYOFFS)
    return Incentive(deal, deal + draw(GAPS), deal - draw(GAPS))


def test_the_value_of_the_reference_comes_out(shared: Path) -> None:
    reference = json.loads((shared / "truth/closed-forms.json").read_text("utf-8"))
    patience = Incentive(deal=0, deviation=0.6, war=-0.4).patience
    assert patience == pytest.approx(reference["grim_trigger C=0,D=.6,N=-.4"], abs=1e-15)


@given(incentives(), st.floats(0.01, 0.999))
def test_a_deal_is_kept_from_the_critical_patience_on(its: Incentive, delta: float) -> None:
    """Against the sums over all periods of keeping it, and of cheating once and war ever after."""
    keeping, cheating = its.deal / (1 - delta), its.deviation + delta * its.war / (1 - delta)
    assert its.patience is not None
    if abs(delta - its.patience) > 1e-9:
        assert (keeping >= cheating) == (delta >= its.patience)


@given(incentives(), st.floats(0.01, 0.999))
def test_the_shortest_punishment_is_the_first_that_deters(its: Incentive, delta: float) -> None:
    found = its.shortest_punishment(delta)

    def gain(periods: int) -> float:
        lost = sum(delta**t for t in range(1, periods + 1)) * its.threat
        return its.temptation - lost

    assert its.patience is not None
    if found is None:
        assert delta <= its.patience + 1e-9
        return
    if found < 2000:
        assert gain(found) <= 1e-9
        assert gain(found - 1) > -1e-9


@given(incentives(), st.floats(0.01, 0.999), st.floats(0.001, 0.999))
def test_a_truce_is_kept_if_it_is_expected_to_last_long_enough(its: Incentive, delta: float, ends: float) -> None:
    """Against the worth of keeping a truce that may end after every period, and of cheating; war follows both."""
    war = its.war / (1 - delta)
    keeping = (its.deal + delta * ends * war) / (1 - delta * (1 - ends))
    cheating = its.deviation + delta * war
    least = its.shortest_truce(delta)
    assert its.patience is not None
    if least is None:
        assert delta <= its.patience
        assert keeping <= cheating + 1e-9
    elif abs(1 / ends - least) > 1e-6 * least:
        assert (keeping > cheating) == (1 / ends > least)


def test_endless_war_is_the_longest_punishment() -> None:
    its = Incentive(deal=0, deviation=1, war=-1)
    assert its.patience == 0.5
    assert its.shortest_punishment(0.49) is None
    assert its.shortest_punishment(0.5) is None  # exactly endless
    assert its.shortest_punishment(0.51) == 5
    assert its.shortest_punishment(0.9) == 2
    assert its.shortest_punishment(0.999) == 2


@given(incentives(), st.floats(0.05, 5), st.floats(0.01, 1))
def test_rate_period_and_lag_say_the_same(its: Incentive, period: float, rate: float) -> None:
    highest, lag = its.annual_rate(period), its.longest_lag(rate)
    assert its.patience is not None
    assert highest is not None
    assert lag is not None
    if math.isfinite(highest) and highest < 1e6:
        assert worth_of_next(highest, period) == pytest.approx(its.patience, rel=1e-9)
    assert worth_of_next(rate, lag) == pytest.approx(its.patience, rel=1e-9)
    # a side that discounts at less than the rate keeps it, and the other way round
    if abs(rate - highest) > 1e-9:
        assert (rate < highest) == (lag > period)


@given(incentives(), st.floats(0.05, 3), st.floats(0.02, 40), st.floats(0.005, 2))
def test_a_snap_back_keeps_a_deal_where_its_sums_say_so(
    its: Incentive, lag: float, lasting: float, rate: float
) -> None:
    clause = SnapBack(lag, lasting)
    beta = 1 / (1 + rate)
    gain = its.temptation * (1 - beta**lag)
    loss = its.threat * (beta**lag - beta ** (lag + lasting))
    if abs(gain - loss) > 1e-9:
        assert clause.holds(its, rate) == (gain <= loss)


@given(incentives(), st.floats(0.05, 3), st.floats(0.05, 3))
def test_a_longer_withdrawal_and_a_shorter_lag_hold_more(its: Incentive, lag: float, further: float) -> None:
    def rate(clause: SnapBack) -> float:
        return clause.annual_rate(its) or 0.0

    assert rate(SnapBack(lag, 5)) <= rate(SnapBack(lag, 5 + further)) * (1 + 1e-9)
    assert rate(SnapBack(lag, 5)) <= rate(SnapBack(lag)) * (1 + 1e-9)
    assert rate(SnapBack(lag + further)) <= rate(SnapBack(lag)) * (1 + 1e-9)


def test_without_deal_over_war_no_threat_supports_it() -> None:
    for war in (0.0, 0.5, 2.0):
        its = Incentive(deal=0, deviation=1, war=war)
        assert its.patience is None
        assert its.annual_rate(1) is None
        assert its.longest_lag(0.05) is None
        assert its.shortest_punishment(0.9) is None
        assert its.shortest_truce(0.9) is None
        assert SnapBack(0.25, 1).annual_rate(its) is None
        assert not SnapBack(0.25).holds(its, 0.01)


def test_without_temptation_a_deal_needs_no_patience() -> None:
    its = Incentive(deal=0, deviation=0, war=-1)
    assert its.patience == 0
    assert its.annual_rate(1) == math.inf
    assert its.longest_lag(0.05) == math.inf
    assert its.shortest_punishment(0.5) == 0
    assert its.shortest_truce(0.5) == 1
    assert SnapBack(1, 1).holds(its, 10)
    assert Incentive(deal=0, deviation=1e-9, war=-1).annual_rate(0.02) == math.inf  # over the highest float


def test_a_withdrawal_that_is_too_short_never_deters() -> None:
    its = Incentive(deal=0, deviation=3, war=-1)
    assert SnapBack(lag=1, lasting=3).annual_rate(its) is None
    assert SnapBack(lag=1, lasting=3.1).annual_rate(its) is not None


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(BadInput, match="keeping the deal is one of the ways"):
        Incentive(deal=1, deviation=0.5, war=0)
    with pytest.raises(BadInput, match="give three numbers"):
        Incentive(deal=math.nan, deviation=0.5, war=0)
    its = Incentive(0, 1, -1)
    for delta in (0.0, 1.0, 1.2, math.nan):
        with pytest.raises(BadInput, match="between 0 and 1"):
            its.shortest_punishment(delta)
        with pytest.raises(BadInput, match="between 0 and 1"):
            its.shortest_truce(delta)
    with pytest.raises(BadInput, match="found out is 0: give a number above zero, years"):
        its.annual_rate(0)
    with pytest.raises(BadInput, match=r"discount rate is -0\.1"):
        its.longest_lag(-0.1)
    with pytest.raises(BadInput, match="lag of a snap-back is 0"):
        SnapBack(0)
    with pytest.raises(BadInput, match="withdrawn is inf"):
        SnapBack(1, math.inf)
