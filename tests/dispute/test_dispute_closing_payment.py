"""The payment that closes a gap, against own solves in which it goes through deficits."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

import detente as dt
from detente.analyses.talks.closing_payment import PaymentSearch
from detente.analyses.talks.deals import Deals, values_of
from detente.analyses.talks.demand_prices import trade_table
from detente.dispute.negotiation import Negotiation, disagreement_points
from detente.dispute.session import Session

TEXT = """\
dispute: opening
title: One side opens and is paid for it
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: steel, by: USA, on: CHN, status: in-force, from: 2018-03-23, goods: {sectors: [C24A]}, add: 25%}
demands:
  - {id: open, by: USA, of: CHN, stance: red-line, ask: {tariff_cut: {to: 0%, sectors: [C26, C28, C29]}}}
  - {id: probe, by: CHN, of: USA, ask: {structural: {topic: procurement, what: license more}}}
values: {USA: {probe: 2mn}, CHN: {probe: 1mn}}
"""
CUT = ("C26", "C28", "C29")
VALUES = (-2.0, 1.0)
"""What the structural demand costs the United States and brings China, USD million a year."""


@pytest.fixture(scope="module")
def world() -> dt.World:
    whole = dt.load_world("icio-2017")
    kept = {"USA", "CHN", "MEX"}
    return whole.aggregate(economies={"OTH": [code for code in whole.economies if code not in kept]})


@pytest.fixture(scope="module")
def dispute(world: dt.World) -> dt.Dispute:
    return dt.Dispute.parse(TEXT, world=world)


def own_incomes(world: dt.World, amount: float, closure: str = "fixed") -> np.ndarray:
    """Real income of every economy over the law in force, USD million a year, where China opens and is paid."""
    economy = dt.calibrate(world, deficits=closure)
    usa, chn = world.index("USA"), world.index("CHN")
    before = np.array(economy.t)
    before[usa, chn, world.sector_index("C24A")] += 0.25
    after = before.copy()
    after[chn, usa, [world.sector_index(code) for code in CUT]] = 0.0
    paid = np.zeros(len(world.economies))
    paid[usa], paid[chn] = -amount, amount
    stood = dt.solve(economy, dt.Shock(t_cf=before)).W_hat
    if closure == "fixed":
        found = dt.solve(economy, dt.Shock(t_cf=after, D_cf=economy.D + paid))
    else:
        found = dt.solve(economy, dt.Shock(t_cf=after, T_cf=paid))
    return (found.W_hat - stood) * economy.I


def test_the_payment_is_the_transfer_through_deficits_that_leaves_the_receiver_at_no_deal(
    dispute: dt.Dispute, world: dt.World
) -> None:
    talks = dt.talks(dispute, world=world)
    row = talks.zone("red lines")
    usa, chn = world.index("USA"), world.index("CHN")
    assert (row["payer"], row["paid_for"]) == ("USA", "open + probe")

    def second(amount: float) -> float:
        return float(own_incomes(world, amount)[chn] + VALUES[1])

    assert row["lump_sum"] == pytest.approx(-second(0.0), abs=1e-2)
    assert row["payment"] == pytest.approx(brentq(second, 0.0, 2 * row["lump_sum"], xtol=1e-3), abs=0.02)
    assert row["payment"] < 0.95 * row["lump_sum"], "the receiver's terms of trade improve"
    assert row["second_then"] == pytest.approx(0.0, abs=0.02)
    first = own_incomes(world, row["payment"])[usa] + VALUES[0]
    assert row["first_then"] == pytest.approx(first, abs=0.02)
    assert row["closes"] == (first >= 0)
    assert first < own_incomes(world, 0.0)[usa] + VALUES[0] - row["payment"], "the payer loses more than it pays"
    assert talks.headline.count("prices move with a payment") == 1


@pytest.mark.parametrize("closure", ["balanced", "proportional"])
def test_a_payment_lies_outside_the_scaling_of_deficits(dispute: dt.Dispute, world: dt.World, closure: str) -> None:
    talks = dt.talks(dispute, world=world, deficits=closure)
    row = talks.zone("red lines")
    then = own_incomes(world, row["payment"], closure)
    assert then[world.index("CHN")] + VALUES[1] == pytest.approx(0.0, abs=0.05)
    assert row["first_then"] == pytest.approx(then[world.index("USA")] + VALUES[0], abs=0.05)


def test_what_a_payer_cannot_bear_does_not_close_the_gap(dispute: dt.Dispute, world: dt.World) -> None:
    session = Session.of(dispute, world=world, horizon="long")
    negotiation = Negotiation.of(session, ("USA", "CHN"))
    failed = list(disagreement_points(negotiation, with_nash=False))
    table = trade_table(negotiation)
    search = PaymentSearch(Deals.of(negotiation, table, failed, values_of(negotiation)))
    package = int(search._deals.packages.index([1, 0]))
    easy = search.least(package, 0, np.array([-1e9, 0.0]))
    assert easy.closes
    high = search.least(package, 0, np.array([easy.then[0] + 1.0, 0.0]))
    assert (high.amount, high.closes) == (easy.amount, False)
    none = search.least(package, 0, np.array([0.0, search._deals.packages.at(package)[1]]))
    assert none.amount == 0.0
    with_value = int(search._deals.packages.index([1, 1]))
    both = search.least(with_value, 0, np.array([-1e9, 0.0]))
    # a demand that changes no trade and costs the payer nothing in the model is worth 1 mn to who asks
    assert both.amount < easy.amount
