"""The $200bn of 2018 on icio-2017 under every set of elasticities: who pays by which instrument does not turn on it."""

from __future__ import annotations

import pytest

import detente as dt

#: 200bn of a customs deficit of 375.2bn, of the world's 264.9bn.
GOAL = dt.Balance("USA", "CHN", change=-141e3, scope="goods")


@pytest.mark.slow
@pytest.mark.parametrize("name", dt.list_elasticities()["name"])
def test_who_pays_is_the_same_under_every_set(name: str) -> None:
    """China pays for tariffs and purchases, the United States for a restraint, and no deficit in total moves much."""
    economy = dt.calibrate(dt.load_world("icio-2017"), name)
    income = {}
    for by in ("tariff", "purchases", "restraint"):
        target = dt.reach(economy, GOAL, by=by)  # type: ignore[arg-type]
        assert target.met
        income[by] = target.economies().set_index("economy")["real_income_usd"]
    assert income["tariff"]["CHN"] < income["tariff"]["USA"] < 0
    assert income["purchases"]["CHN"] < 0 < income["purchases"]["USA"]
    assert -60.5e3 < income["restraint"]["USA"] < min(-17.5e3, income["restraint"]["CHN"])


@pytest.mark.slow
def test_computed_totals_hardly_move() -> None:
    """Where total deficits are computed, all but a few hundredths of the bilateral change is diverted."""
    economy = dt.calibrate(dt.load_world("icio-2017"), deficits="proportional")
    target = dt.reach(economy, GOAL)
    assert all(abs(share - 1) < 0.05 for share in target.diverted.values())
    assert set(target.balances()["how"]) == {"computed"}


def test_the_deficit_of_the_united_states_falls_by_200bn_by_its_tariff() -> None:
    """Whichever side the question is told from, the imbalance gets smaller, services counted, as `balance` does."""
    economy = dt.calibrate(dt.load_world("icio-2017"))
    target = dt.reach(economy, dt.Balance("USA", "CHN", change=-200e3), by="tariff")
    before, after = target.solution.balance("USA", "CHN")
    assert target.met
    assert before < after < 0
    assert after - before == pytest.approx(200e3, rel=1e-6)
    assert list(target.rates["set_by"]) == ["USA"]
    assert 0 < target.rates["rate"][0] < 1
    paid = target.payments().set_index("economy")["real_income_usd"]
    assert paid["CHN"] < paid["USA"] < 0 < paid["third countries"]
