"""Pools and scores by hand; forecasts of a file as probabilities; legal dates in order."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.analyses.clock.outlook import experts
from detente.analyses.clock.stages import calendar
from detente.dispute.blocks import Demand, Forecast, Milestone
from detente.errors import BadInput
from detente.policy.measure import Goods, Measure
from detente.timing.scores import STATE_OF, STATES, Ending, brier, log_score, pool, spread

DAY = date(2018, 5, 4)


def test_scores_by_hand() -> None:
    p = [0.5, 0.3, 0.2, 0.0]
    assert brier(p, 0) == pytest.approx(0.25 + 0.09 + 0.04)
    assert log_score(p, 1) == pytest.approx(-math.log(0.3))
    assert log_score(p, 3) == math.inf
    uniform = [0.25] * 4
    assert (brier(uniform, 2), log_score(uniform, 2)) == pytest.approx((0.75, math.log(4)))


@given(st.lists(st.floats(0.05, 1), min_size=4, max_size=4), st.lists(st.floats(0.05, 1), min_size=4, max_size=4))
def test_the_truth_scores_best_of_all_forecasts(truth: list[float], other: list[float]) -> None:
    p, q = (np.array(x) / sum(x) for x in (truth, other))
    for score in (brier, log_score):
        mine, its = (sum(p[s] * score(f, s) for s in range(4)) for f in (p, q))
        assert mine <= its + 1e-12


def test_pools_by_hand() -> None:
    a, b = [0.8, 0.2], [0.2, 0.8]
    assert pool([a, b]) == pytest.approx([0.5, 0.5])
    assert pool([a, b], [3, 1]) == pytest.approx([0.65, 0.35])
    root = np.sqrt([0.8 * 0.5, 0.2 * 0.5])
    assert pool([a, [0.5, 0.5]], by="log") == pytest.approx(root / root.sum())
    assert pool([[1.0, 0.0], [0.4, 0.6]], by="log") == pytest.approx([1.0, 0.0])
    assert pool([[1.0, 0.0], [0.0, 1.0]], [1, 0], by="log") == pytest.approx([1.0, 0.0])
    assert pool([a], by="log") == pytest.approx(a)


@pytest.mark.parametrize(
    ("forecasts", "weights", "by", "said"),
    [
        ([[0.5, 0.6]], None, "linear", "sum to 1"),
        ([[0.5, -0.5, 1.0]], None, "linear", "none may be negative"),
        ([[0.5, 0.5]], [1, 2], "linear", "as many weights"),
        ([[0.5, 0.5]], [0], "linear", "not all zero"),
        ([[1.0, 0.0], [0.0, 1.0]], None, "log", "ruled out by some forecast"),
        ([[0.5, 0.5]], None, "mean", "is no pool"),
    ],
)
def test_what_cannot_be_pooled_is_refused(forecasts: object, weights: object, by: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        pool(forecasts, weights, by=by)  # type: ignore[arg-type]


def test_places_and_probabilities_are_checked() -> None:
    with pytest.raises(BadInput, match="none of the 4"):
        brier([0.25] * 4, 4)
    with pytest.raises(BadInput, match="between 0 and 1"):
        spread("war", 1.5)


def test_every_ending_of_a_file_is_a_state() -> None:
    assert set(STATE_OF) == set(Ending.__args__)  # type: ignore[attr-defined]
    assert set(STATE_OF.values()) <= set(STATES)


def forecast(who: str, outcome: Ending, probability: float | None, by: date | None = None) -> Forecast:
    return Forecast(who=who, date=DAY, outcome=outcome, probability=probability, by=by)


def test_what_a_person_said_becomes_one_forecast() -> None:
    a, b, c = experts(
        [
            forecast("A", "truce", 0.5),
            forecast("B", "truce", None),
            forecast("A", "deal", 0.2),
            forecast("A", "deal", 0.6, date(2018, 12, 1)),
        ]
    )
    assert a.chances == pytest.approx([0.2, 0.5, 0.15, 0.15])
    assert b.chances is None
    assert c.by == date(2018, 12, 1)
    assert c.chances == pytest.approx([0.6, *[0.4 / 3] * 3])
    assert spread("deal", 0.6) == pytest.approx(c.chances)


def test_probabilities_over_one_are_refused() -> None:
    with pytest.raises(BadInput, match=r"sum to 1\.2"):
        experts([forecast("A", "truce", 0.6), forecast("A", "stalemate", 0.6)])


def test_legal_dates_are_in_order_and_undated_threats_last() -> None:
    threat = {"by": "USA", "on": ("CHN",), "status": "threatened", "goods": Goods(sectors=("C26",)), "add": 0.25}
    measures = [Measure(id="more", **threat), Measure(id="first", earliest=date(2018, 5, 23), **threat)]
    ask = {"bilateral_balance": {"partner": "USA", "change": "-200bn", "base": 2018}}
    demands = [
        Demand.model_validate({"id": d, "by": "USA", "of": "CHN", "ask": ask, "deadline": day})
        for d, day in (("late", date(2020, 12, 31)), ("now", "immediate"), ("open", None))
    ]
    found = calendar(DAY, [Milestone(id="comments", date=date(2018, 5, 22), what="comments end")], demands, measures)
    assert [(entry.id, entry.kind) for entry in found] == [
        ("now", "deadline"),
        ("comments", "milestone"),
        ("first", "threat"),
        ("late", "deadline"),
        ("more", "threat"),
    ]
    assert found[0].day == DAY
    assert found[-1].day is None
