"""The war of attrition: hazards by hand, nobody gains by another time, private resolves against both closed forms."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import BadInput
from detente.timing.attrition import Attrition, attrition, attrition_under_prior
from detente.timing.prior import Resolve


def test_the_reference_hazard_and_the_rule(shared: Path) -> None:
    truth = json.loads((shared / "truth" / "closed-forms.json").read_text("utf-8"))
    assert attrition((1.0, 1.0), (10.0, 10.0)).hazards[0] == truth["war_of_attrition c/V=1/10 hazard"]
    assert attrition((1.0, 3.0), (10.0, 20.0)).hazards == (3 / 20, 1 / 10)


@given(
    costs=st.tuples(st.floats(0.2, 3), st.floats(0.2, 3)),
    prizes=st.tuples(st.floats(1, 9), st.floats(1, 9)),
    tough=st.tuples(st.floats(0.05, 0.6), st.floats(0.05, 0.6)),
)
def test_no_time_to_give_way_is_better_than_another(
    costs: tuple[float, float], prizes: tuple[float, float], tough: tuple[float, float]
) -> None:
    found = attrition(costs, prizes, tough=tough)
    assert min(found.at_once) == 0.0
    ends = found.standing(found.ends)
    assert ends == pytest.approx(tough, abs=1e-9)  # only who never gives way is left, on both sides at once
    for i in (0, 1):
        worth = [payoff(found, i, costs[i], prizes[i], t * found.ends) for t in (0.01, 0.3, 0.7, 1.0)]
        assert worth == pytest.approx([found.at_once[1 - i] * prizes[i]] * 4, abs=2e-3 * prizes[i])
        assert payoff(found, i, costs[i], prizes[i], found.ends + 1) < worth[-1]


def payoff(found: Attrition, side: int, cost: float, prize: float, stop: float) -> float:
    """Of giving way at `stop`: what the other gives before, less what the time costs."""
    times = np.linspace(0, stop, 4001)
    alone = found.standing(times)[1 - side]
    return float(prize * (1 - alone[-1]) - cost * np.trapezoid(alone, times))


def test_who_gave_way_first_adds_up() -> None:
    found = attrition((1.0, 2.0), (5.0, 6.0), tough=(0.2, 0.4))
    times = np.array([0.0, 0.5, 2.0, 50.0])
    both = found.standing(times)
    assert found.first(times).sum(0) == pytest.approx(1 - both[0] * both[1])


@given(
    tough=st.tuples(st.floats(0.01, 0.9), st.floats(0.01, 0.9)),
    losses=st.tuples(st.floats(0.1, 20), st.floats(0.1, 20)),
    deadline=st.floats(0.01, 5),
)
def test_on_the_deadline_nobody_would_rather_have_stood(
    tough: tuple[float, float], losses: tuple[float, float], deadline: float
) -> None:
    prizes = (4.0, 7.0)
    found = attrition((1.0, 1.5), prizes, tough=tough, deadline=deadline, losses=losses)
    if deadline >= found.ends:
        assert found.at_deadline == (0.0, 0.0)
        return
    left = [1 - tough[i] / float(found.standing(deadline)[i]) for i in (0, 1)]
    for i in (0, 1):
        gives = found.at_deadline[1 - i]
        stand = gives * prizes[i] - (1 - gives) * losses[i]
        # standing never pays; where it costs, everybody who is not tough gives way
        assert stand <= 1e-9
        assert found.at_deadline[i] <= left[i] + 1e-9
        if stand < -1e-9:
            assert found.at_deadline[i] == pytest.approx(left[i], abs=1e-9)
    assert min(found.at_once) == 0.0


def test_a_side_that_is_surely_soft_gives_way_at_once_to_one_that_may_be_tough() -> None:
    assert attrition((1.0, 1.0), (5.0, 5.0), tough=(0.0, 0.3)).at_once == (1.0, 0.0)
    found = attrition((1.0, 1.0), (5.0, 5.0), tough=(0.3, 0.3), deadline=0.1, losses=(2.0, 2.0))
    assert found.at_once == (0.0, 0.0)
    assert found.at_deadline == pytest.approx((2 / 7, 2 / 7))


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"costs": (0.0, 1.0)}, "count it as tough"),
        ({"tough": (1.2, 0.0)}, "two probabilities"),
        ({"deadline": 1.0}, "what the clash on it costs"),
        ({"deadline": -1.0, "losses": (1.0, 1.0)}, "positive time"),
    ],
)
def test_what_is_no_war_of_attrition_is_refused(given_: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        attrition(**{"costs": (1.0, 1.0), "prizes": (2.0, 2.0), **given_})  # type: ignore[arg-type]


def test_private_resolves_alike_have_the_integral_of_riley() -> None:
    """With both sides alike t = (1/r) ∫ x dF/(1 − F): the strategy that Riley (1980) has for one prior."""
    resolve, loss, rate = Resolve(3.0, 0.8), 5.0, 0.25
    spell = attrition_under_prior((loss, loss), (resolve, resolve), rate)
    assert spell.at_once == pytest.approx((0, 0), abs=1e-8)
    for z in (1.0, 2.5, 4.9):
        grid = np.exp(np.linspace(math.log(1e-4), math.log(z), 40001))
        expected = float(np.trapezoid(resolve.hazard(grid) / loss, grid)) / rate
        assert float(spell.stops(0, z)) == pytest.approx(expected, rel=1e-3)
    assert float(spell.stops(0, 5.1)) == math.inf


def test_known_resolves_have_the_constant_hazard() -> None:
    """As the prior narrows, hazards go to those of the closed form: the loss of the other over its prize z/rate."""
    resolve = Resolve(5.0, 0.01)
    spell = attrition_under_prior((10.0, 10.0), (resolve, resolve), 0.25)
    known = attrition((10.0, 10.0), (5.0 / 0.25, 5.0 / 0.25))
    times = np.array([0.0, 0.1, 0.5, 1.0, 2.0])
    assert spell.still(times) == pytest.approx(known.standing(times).prod(0), abs=0.01)


@given(
    losses=st.tuples(st.floats(0.5, 30), st.floats(0.5, 30)),
    medians=st.tuples(st.floats(1, 20), st.floats(1, 20)),
    sigma=st.floats(0.4, 1.5),
)
def test_no_private_resolve_gains_by_another_time(
    losses: tuple[float, float], medians: tuple[float, float], sigma: float
) -> None:
    rate = 0.3
    resolves = (Resolve(medians[0], sigma), Resolve(medians[1], 1.0))
    spell = attrition_under_prior(losses, resolves, rate)
    assert min(spell.at_once) == pytest.approx(0, abs=1e-8)
    assert [float(r.above(loss)) for r, loss in zip(resolves, losses, strict=True)] == pytest.approx(
        spell.standing[:, -1].tolist(), abs=1e-6
    )
    for i in (0, 1):
        z = float(np.exp(0.5 * (np.log(spell.marginal[i, 0] + 1e-9) + np.log(losses[i]))))
        own = float(spell.stops(i, z))
        gain = np.diff(spell.standing[1 - i], prepend=1.0) * -z / rate
        cost = losses[i] * np.concatenate([[0.0], np.diff(spell.years) * (spell.standing[1 - i][1:])])
        worth = np.cumsum(gain - cost)
        here = float(np.interp(own, spell.years, worth))
        assert here >= worth.max() - 2e-3 * z / rate


@pytest.mark.parametrize(
    ("losses", "standing"), [((-1.0, 5.0), (1.0, 0.5)), ((5.0, 0.0), (0.5, 1.0)), ((-1.0, -1.0), (1.0, 1.0))]
)
def test_who_gains_never_gives_way_and_the_other_at_once_or_never(
    losses: tuple[float, float], standing: tuple[float, float]
) -> None:
    spell = attrition_under_prior(losses, (Resolve(5.0, 1.0), Resolve(5.0, 1.0)), 0.25)
    assert spell.standing[:, 0] == pytest.approx(standing)
    assert float(spell.still(3.0)) == pytest.approx(standing[0] * standing[1])
    for i in (0, 1):
        if losses[i] <= 0:
            assert float(spell.stops(i, 0.01)) == math.inf
        else:
            assert [float(spell.stops(i, z)) for z in (4.9, 5.1)] == [0.0, math.inf]


def test_bad_numbers_are_refused() -> None:
    resolves = (Resolve(5.0, 1.0), Resolve(5.0, 1.0))
    with pytest.raises(BadInput, match="impatience"):
        attrition_under_prior((1.0, 1.0), resolves, 0.0)
    with pytest.raises(BadInput, match="not finite"):
        attrition_under_prior((math.nan, 1.0), resolves, 0.2)
    with pytest.raises(BadInput, match="median of a resolve"):
        Resolve(-1.0, 1.0)
