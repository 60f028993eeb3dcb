"""Groups, vetoes and weights: what is ratified, who decides, what consent costs, and what sectors earn."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.data.bundled import toy_world
from detente.enforcement.ratification import Ballot, DomesticGroup, factor_income
from detente.errors import BadInput, UnknownSector
from detente.model.shock import Shock
from detente.solver.economy import calibrate
from detente.solver.equilibrium import solve
from detente.solver.fixed_point import Horizon


@st.composite
def ballots(draw: st.DrawFn) -> Ballot:
    count = draw(st.integers(1, 6))
    groups = [
        DomesticGroup(
            f"g{k}",
            draw(st.floats(-100, 100)),
            draw(st.floats(0.1, 5)),
            draw(st.booleans()),
            draw(st.floats(0.5, 50)),
        )
        for k in range(count)
    ]
    return Ballot(tuple(groups), draw(st.sampled_from([0.0, 0.3, 0.5, 2 / 3])))


def wins(ballot: Ballot, joined: set[str]) -> bool:
    weight = sum(group.weight for group in ballot.groups if group.name in joined)
    total = sum(group.weight for group in ballot.groups)
    vetoes = all(group.name in joined for group in ballot.groups if group.veto)
    return vetoes and weight / total > ballot.quota + 1e-12


@given(ballots())
def test_ratified_is_no_veto_and_more_than_the_quota(ballot: Ballot) -> None:
    assert ballot.ratified == wins(ballot, {group.name for group in ballot.groups if group.gain >= 0})


@given(ballots())
def test_no_cheaper_payment_gets_it_ratified(ballot: Ballot) -> None:
    """Against every set of losers."""
    yes = {group.name for group in ballot.groups if group.gain >= 0}
    losers = [group for group in ballot.groups if group.name not in yes]
    costs = [
        sum(-group.gain for group in bought)
        for size in range(len(losers) + 1)
        for bought in combinations(losers, size)
        if wins(ballot, yes | {group.name for group in bought})
    ]
    assert ballot.payment.total == pytest.approx(min(costs), abs=1e-9)
    assert wins(ballot, yes | {name for name, _ in ballot.payment.to})
    assert (ballot.payment.to == ()) == ballot.ratified


@given(ballots())
def test_power_is_the_share_of_orders_in_which_a_group_decides(ballot: Ballot) -> None:
    names = [group.name for group in ballot.groups]
    decided = dict.fromkeys(names, 0)
    orders = list(permutations(names))
    for order in orders:
        first = next(k for k in range(len(order)) if wins(ballot, set(order[: k + 1])))
        decided[order[first]] += 1
    for name in names:
        assert ballot.power[name] == pytest.approx(decided[name] / len(orders), abs=1e-12)


@given(ballots())
def test_with_the_pivotal_group_and_all_that_gain_more_it_is_ratified(ballot: Ballot) -> None:
    order = sorted(ballot.groups, key=lambda group: -group.gain / group.size)
    names = [group.name for group in order]
    at = names.index(ballot.pivotal)
    assert wins(ballot, set(names[: at + 1]))
    assert not wins(ballot, set(names[:at]))
    # the deal is ratified exactly where the group that decides does not lose
    assert ballot.ratified == (order[at].gain >= 0)


def test_a_veto_decides_however_small() -> None:
    groups = (DomesticGroup("city", 90, 9), DomesticGroup("farms", -2, 1, veto=True), DomesticGroup("steel", -5, 2))
    ballot = Ballot(groups)
    assert ballot.share == pytest.approx(0.75)
    assert ballot.vetoed_by == ("farms",)
    assert not ballot.ratified
    assert ballot.payment.to == (("farms", 2),)
    assert ballot.pivotal == "farms"
    assert ballot.surplus == 90
    assert ballot.power["steel"] == 0  # city and farms suffice, and no set without them does


def test_half_of_the_weight_is_no_majority_and_a_tie_is_no_loss() -> None:
    groups = (DomesticGroup("a", 1), DomesticGroup("b", -1e-7))
    assert not Ballot(groups).ratified
    assert Ballot(groups, tie=1e-6).ratified
    assert Ballot(groups, quota=0.49).ratified


def test_what_cannot_be_voted_on_is_refused() -> None:
    with pytest.raises(BadInput, match="at least one group"):
        Ballot(())
    with pytest.raises(BadInput, match="'a' is named twice"):
        Ballot((DomesticGroup("a", 1), DomesticGroup("a", 2)))
    with pytest.raises(BadInput, match="17 groups are more than 16"):
        Ballot(tuple(DomesticGroup(str(k), 1) for k in range(17)))
    with pytest.raises(BadInput, match="a quota of 1 is not"):
        Ballot((DomesticGroup("a", 1),), quota=1)
    with pytest.raises(BadInput, match="gains nan"):
        DomesticGroup("a", float("nan"))
    with pytest.raises(BadInput, match="has weight 0"):
        DomesticGroup("a", 1, 0)


@pytest.mark.parametrize("horizon", ["long", "short"])
def test_incomes_of_all_sectors_are_the_real_income_of_the_economy(horizon: Horizon) -> None:
    """An account that groups do not impose; and a sector's part is that of its wages."""
    economy = calibrate(toy_world(3), elasticities=np.array([4.0, 6.0]))
    shock = Shock(t_cf=np.where(economy.t > 0, economy.t + 0.2, economy.t))
    solution = solve(economy, shock, horizon=horizon)
    for k, code in enumerate(economy.economies):
        everything = factor_income(solution, code, economy.sectors)
        assert everything == pytest.approx(economy.I[k] * solution.W_hat[k], rel=1e-9)
        parts = sum(factor_income(solution, code, [sector]) for sector in economy.sectors)
        assert parts == pytest.approx(everything, rel=1e-12)
    with pytest.raises(UnknownSector, match="a group names 'C99'"):
        factor_income(solution, economy.economies[0], ["C99"])
