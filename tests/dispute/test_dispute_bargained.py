"""Duties that both sides of a dispute would agree on: better for both than no deal, by the product the best tried."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.bargaining.packages import UnknownDemand
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.errors import BadInput

TEXT = """\
dispute: small-duties
title: A threat, its answer, and one demand that changes no trade
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: steel, by: USA, on: CHN, status: in-force, from: 2018-03-23, goods: {sectors: [C24A]}, add: 25%}
  - {id: first, by: USA, on: CHN, status: threatened, goods: {value: 50bn, basis: customs}, add: 25%}
responses:
  - {by: CHN, to: first, rule: in-kind, match: value}
demands:
  - {id: patents, by: USA, of: CHN, ask: {structural: {topic: intellectual-property, what: protect it}}}
  - {id: cyber, by: USA, of: CHN, ask: {structural: {topic: cyber, what: stop it}}}
  - {id: stop, by: CHN, of: USA, ask: {withdraw: first}}
values:
  CHN: {patents: 0.5bn..1.5bn}
  USA: {patents: 2bn}
"""


@pytest.fixture(scope="module")
def dispute(small_world: World) -> Dispute:
    return Dispute.parse(TEXT, world=small_world)


@pytest.fixture(scope="module")
def deal(dispute: Dispute, small_world: World) -> dt.TariffDeal:
    return dt.bargain_tariffs(dispute, world=small_world)


def gains(deal: dt.TariffDeal) -> np.ndarray:
    return deal.economies.set_index("economy")["gain"][list(deal.players)].to_numpy()


def test_both_gain_over_the_answered_threat(deal: dt.TariffDeal) -> None:
    assert (deal.no_deal, deal.concept, deal.met) == ("answered", "nash-product", ())
    assert (gains(deal) > 0).all()
    assert deal.certificate.holds
    assert deal.certificate.agrees
    assert (deal.economies["values"] == 0).all()
    assert repr(deal).startswith("<TariffDeal by nash-product over answered: USA +")


@pytest.mark.slow
def test_gains_are_those_of_the_states_of_the_run(deal: dt.TariffDeal, dispute: Dispute, small_world: World) -> None:
    """Solved again from the duties alone; no deal is the scenario of the run in which the threat is answered."""
    found = dt.run(dispute, world=small_world)
    answered = found["first-answered"].tables["economies"].set_index("economy")["real_income"]
    economy = dt.calibrate(small_world)
    status_quo = dt.solve(economy, standing(economy))
    t_cf = np.array(standing(economy).t_cf)
    for row in deal.duties.itertuples():
        t_cf[economy.index(row.by), economy.index(row.on), economy.sector_index(row.sector)] = row.agreed
    W_hat = dt.solve(economy, dt.Shock(t_cf=t_cf)).W_hat
    table = deal.economies.set_index("economy")
    for code in economy.economies:
        n = economy.index(code)
        income = economy.I[n]
        assert table["deal"][code] == pytest.approx((W_hat[n] - status_quo.W_hat[n]) * income, abs=1e-3)
        without = status_quo.W_hat[n] * (1 + answered[code])
        assert table["gain"][code] == pytest.approx((W_hat[n] - without) * income, abs=0.05)


def standing(economy: dt.Economy) -> dt.Shock:
    """The duty on steel that is in force."""
    t_cf = np.array(economy.t)
    t_cf[economy.index("USA"), economy.index("CHN"), economy.sector_index("C24A")] += 0.25
    return dt.Shock(t_cf=t_cf)


@pytest.mark.slow
def test_talks_bargain_over_the_same_duties(dispute: Dispute, small_world: World) -> None:
    alone = dt.bargain_tariffs(dispute, world=small_world, met=["patents"])
    beside = dt.talks(dispute, world=small_world, tariffs=True, met=["patents"])
    np.testing.assert_allclose(beside.duties["agreed"], alone.duties["agreed"], atol=1e-9)
    np.testing.assert_allclose(beside.tariff_deal["gain"], alone.economies["gain"], atol=1e-3)
    assert dt.Talks.from_json(beside.to_json()).to_json() == beside.to_json()


def test_no_duties_and_the_truce_have_smaller_products(deal: dt.TariffDeal, small_world: World) -> None:
    economy = dt.calibrate(small_world)
    seats = [economy.index(code) for code in deal.players]
    table = deal.economies.set_index("economy")
    without = deal.solution.W_hat[seats] * economy.I[seats] - table["gain"][list(deal.players)].to_numpy()
    free = np.array(standing(economy).t_cf)
    for n, i in (seats, seats[::-1]):
        for sector in small_world.goods:
            free[n, i, economy.sector_index(sector)] = 0.0
    for t_cf in (free, standing(economy).t_cf):
        other = dt.solve(economy, dt.Shock(t_cf=t_cf)).W_hat[seats] * economy.I[seats] - without
        assert min(*other, other.prod()) < gains(deal).prod()
        assert (other < gains(deal)).any()


@pytest.mark.slow
def test_a_demand_that_is_met_is_paid_for_in_duties(deal: dt.TariffDeal, dispute: Dispute, small_world: World) -> None:
    """Protection of patents is worth 2bn to the US and costs China 1bn: duties then leave China more than before."""
    paid = dt.bargain_tariffs(dispute, world=small_world, met=["patents"])
    values = paid.economies.set_index("economy")["values"]
    assert (values["USA"], values["CHN"]) == (2000, -1000)
    before, after = (its.economies.set_index("economy")["deal"] for its in (deal, paid))
    assert after["CHN"] > before["CHN"]
    assert after["USA"] < before["USA"]
    assert (gains(paid) > gains(deal)).all()  # the 1bn that is left over is shared


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"met": ["stop"]}, BadInput, "'stop' changes trade"),
        ({"met": ["cyber"]}, BadInput, "'cyber' has no value in the file; demands with one: patents"),
        ({"met": ["patent"]}, UnknownDemand, "did you mean 'patents'"),
        ({"met": "patents"}, BadInput, "give a list"),
        ({"no_deal": "war"}, BadInput, "choose one of"),
        ({"weights": (0.0, 1.0)}, BadInput, "power of USA is 0"),
        ({"concept": "nash"}, BadInput, "choose one of equal-gain, nash-product"),
    ],
)
def test_what_makes_no_sense_is_refused(
    dispute: Dispute, small_world: World, given: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        dt.bargain_tariffs(dispute, world=small_world, **given)  # type: ignore[arg-type]
