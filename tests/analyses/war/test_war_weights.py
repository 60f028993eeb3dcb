"""Political weights of a war: how they are read, the game that is played with them, and the words."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.analyses.war.compute import _with_weights
from detente.analyses.war.options import WarOptions
from detente.analyses.war.political_weights import political_weights
from detente.dispute.session import MOST, Session
from detente.errors import BadInput, UnknownEconomy, UnknownSector
from detente.optimal_tariffs.governments import Objective

TEXT = """
dispute: small
title: A small dispute
as_of: 2018-05-04
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
measures:
  - {id: us-steel, title: Steel, by: USA, on: CHN, status: threatened, goods: {sectors: [C24A, C26]}, add: 25%}
"""
PAIR = ("USA", "CHN")
STEEL = "USA C24A 3 Ossa (2014), Table 2"


@pytest.fixture(scope="module")
def session() -> Session:
    whole = dt.load_world("icio-2017")
    world = whole.aggregate(economies={"OTH": [code for code in whole.economies if code not in PAIR]})
    return Session.of(dt.Dispute.parse(TEXT), world=world)


def test_weights_are_one_on_average_and_one_where_none_is_given(session: Session) -> None:
    weights, said = political_weights(session.economy, PAIR, [STEEL, "CHN C26 0.5"])
    np.testing.assert_allclose(weights.mean(1), 1.0, rtol=1e-14)
    usa, steel = session.economy.index("USA"), session.economy.sector_index("C24A")
    others = np.delete(weights[usa], steel)
    assert weights[usa, steel] == pytest.approx(3 * others[0])
    assert np.ptp(others) == 0
    assert said[0] == (
        "political weight of USA on C24A: 3 as given, 2.8 after division by the mean (Ossa (2014), Table 2)"
    )
    assert "no source given" in said[1]


@pytest.mark.parametrize(
    ("statement", "error", "said"),
    [
        ("USA C24A", BadInput, "is no weight"),
        ("USA C24A much", BadInput, "give one that is not negative"),
        ("USA C24A -1", BadInput, "give one that is not negative"),
        ("USA C24A inf", BadInput, "give one that is not negative"),
        ("USB C24A 2", UnknownEconomy, "USB"),
        ("USA C24Z 2", UnknownSector, "C24Z"),
        ("OTH C24A 2", BadInput, "which is no side"),
        (STEEL, BadInput, "given twice"),
    ],
)
def test_weights_that_cannot_be_read_are_refused(session: Session, statement: str, error: type, said: str) -> None:
    with pytest.raises(error, match=said):
        political_weights(session.economy, PAIR, [STEEL, statement])


def test_the_game_with_weights_is_the_nash_of_the_theory_with_them(session: Session) -> None:
    """The search is called by hand on the economy; a government that favours steel protects it more."""
    found = _with_weights(
        session.long_run, PAIR, WarOptions(political_weights=[STEEL], one_rate=False, objective=Objective())
    )
    assert found is not None
    rows = found.games.set_index("player")
    assert list(rows["game"].unique()) == ["weighted"]
    economy, world = session.economy, session.world
    weights, _ = political_weights(economy, PAIR, [STEEL])
    asked = {"start": session.standoff.shock(), "against": PAIR, "sectors": world.goods, "bounds": (0.0, MOST)}
    apart = dt.nash(economy, PAIR, **asked, floor="in-force", weights=weights)
    plain = session.nash(PAIR)
    usa, chn, steel = economy.index("USA"), economy.index("CHN"), economy.sector_index("C24A")
    bought = world.flows[usa, chn] * np.isin(world.sectors, world.goods)
    assert rows.at["USA", "average"] == pytest.approx(np.average(apart.tariffs[usa, chn], weights=bought), abs=1e-6)
    assert rows.at["USA", "real_income"] == pytest.approx(apart.solution.W_hat[usa] - 1, abs=1e-6)
    assert apart.tariffs[usa, chn, steel] > plain.tariffs[usa, chn, steel] + 0.01


def test_an_objective_with_weights_of_its_own_takes_no_others(session: Session) -> None:
    own = Objective(weights=np.ones(session.economy.X.shape))
    with pytest.raises(BadInput, match="leave political_weights out"):
        _with_weights(session, PAIR, WarOptions(political_weights=[STEEL], objective=own))
    assert _with_weights(session, PAIR, WarOptions(objective=own)) is None
