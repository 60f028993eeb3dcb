"""A draw solved in a batch is what the front door gives, audited alike, whatever it is solved with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detente import run
from detente.analyses.run.batch import states as states_of
from detente.analyses.run.result import numbers
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.dispute.session import Session
from detente.ensemble.batch import StateBatch, solve_again, solve_draws
from detente.ensemble.draws import Draw, Over, draws
from detente.solver.solution import AUDIT_BOUND, Outcome


@pytest.fixture(scope="module")
def states(dispute: Dispute, world: World) -> StateBatch:
    return states_of(Session.of(dispute, world=world))


@pytest.fixture(scope="module")
def some(world: World) -> tuple[Draw, ...]:
    over = Over(deficits=("fixed", "balanced"), worlds=(world.name,), horizons=("long",))
    return draws(over, {world.name: world.sectors}, 1, 0, 12)


@pytest.mark.parametrize(
    ("deficits", "horizon"),
    [
        ("fixed", "long"),
        pytest.param("balanced", "short", marks=pytest.mark.slow),
        pytest.param("proportional", "long", marks=pytest.mark.slow),
        pytest.param("fixed", "short", marks=pytest.mark.slow),
        pytest.param("balanced", "long", marks=pytest.mark.slow),
        pytest.param("proportional", "short", marks=pytest.mark.slow),
    ],
)
def test_numbers_are_those_of_run(
    states: StateBatch, dispute: Dispute, world: World, deficits: str, horizon: str
) -> None:
    """`run` goes through the baseline in two steps, the batch straight from the calibrated world: shares compose."""
    theta = states.economy.theta * np.linspace(0.8, 1.3, len(world.sectors))
    draw = Draw(0, world.name, "given", deficits, horizon, theta, np.zeros(len(theta)), {})
    [(_, found, end)] = solve_draws(states, [draw])
    assert end == "SOLVED"
    assert found.gap.max() <= AUDIT_BOUND
    keys = states.keys.assign(value=states.numbers(found))
    expected = run(dispute, world=world, elasticities=theta, deficits=deficits, horizon=horizon)
    alone = numbers(expected)
    assert [tuple(row) for row in states.keys.itertuples(index=False)] == list(alone)
    for row in keys.itertuples():
        scenario = expected[row.scenario]
        of = scenario.tables["economies"].set_index("economy").loc[row.economy]
        if row.quantity == "goods_balance":
            table = scenario.tables["balances"]
            its = table[(table["scope"] == "goods") & (table["economy"] == row.economy)].set_index("partner")
            its = its.loc[row.partner]
            wanted, size = its["balance_after"] - its["balance_before"], its["exports_before"]
        elif row.quantity == "revenue":
            wanted, size = of["revenue_after"] - of["revenue_before"], of["revenue_before"]
        else:
            wanted, size = of[row.quantity], of["income_before"] if row.quantity.endswith("usd") else 1.0
        assert row.value == pytest.approx(wanted, abs=1e-8 * max(1.0, size)), row
        assert alone[row.scenario, row.quantity, row.economy, row.partner] == wanted, row


def test_a_draw_is_the_same_to_the_last_bit_whatever_it_is_solved_with(
    states: StateBatch, some: tuple[Draw, ...]
) -> None:
    together = {draw.number: states.numbers(found) for draw, found, _ in solve_draws(states, some)}
    for draw in some[::3]:
        [(_, alone, _)] = solve_draws(states, [draw])
        np.testing.assert_array_equal(states.numbers(alone), together[draw.number])


def test_lanes_change_a_number_by_rounding_alone(states: StateBatch, some: tuple[Draw, ...]) -> None:
    one, four = ([states.numbers(found) for _, found, _ in solve_draws(states, some, width)] for width in (1, 4))
    keys = states.keys
    size = np.where(keys["quantity"].isin(["real_income", "real_wage", "consumer_prices"]), 1.0, 1e6)
    np.testing.assert_allclose(np.stack(one) / size, np.stack(four) / size, atol=1e-10)


def test_what_the_batch_does_not_reach_is_tried_again_and_then_reported(
    states: StateBatch, some: tuple[Draw, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = some[0]
    first, direct = solve_again(states, draw, states.shocks[1])
    assert direct.outcome is Outcome.SOLVED
    calls = []

    def failing(states: StateBatch, draw: Draw, parts: object) -> object:
        calls.append(draw.number)
        return first, replace(direct, outcome=Outcome.NOT_CONVERGED)

    monkeypatch.setattr("detente.ensemble.batch.AUDIT_BOUND", -1.0)
    [(_, found, end)] = solve_draws(states, [draw])
    assert end == "SOLVED"  # each state again by the front door, to the same numbers
    monkeypatch.setattr("detente.ensemble.batch.solve_again", failing)
    [(_, _, end)] = solve_draws(states, [draw])
    assert end == "NOT_CONVERGED"
    assert calls == [draw.number]
    monkeypatch.undo()
    [(_, batched, _)] = solve_draws(states, [draw])
    np.testing.assert_allclose(states.numbers(found)[:4], states.numbers(batched)[:4], atol=1e-10)


def test_no_shock_changes_nothing(states: StateBatch, some: tuple[Draw, ...]) -> None:
    for draw, found, _ in solve_draws(states, [d for d in some if d.deficits != "balanced"]):
        np.testing.assert_allclose(found.W_hat[0], 1.0, atol=1e-9, err_msg=str(draw.number))
