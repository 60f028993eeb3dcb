"""What each rule promises, against searches and solves that know nothing of the rule."""

from __future__ import annotations

import numpy as np
import pytest
from response_lab import measure, standoff

from detente.data.quantities import format_money
from detente.errors import BadInput, BadMeasure
from detente.optimal_tariffs.retaliation import RULES
from detente.optimal_tariffs.retaliation.rule import Standoff
from detente.policy.measure import Measure
from detente.policy.retaliation import retaliate

Best, EqualHarm, InKind = RULES["best"], RULES["equal-harm"], RULES["in-kind"]
Targeted, TitForTat = RULES["targeted"], RULES["tit-for-tat"]


@pytest.fixture(scope="module")
def face() -> Standoff:
    return standoff()


@pytest.fixture(scope="module")
def threat() -> Measure:
    return measure(goods={"sectors": ["C26"]}, add=0.25)


def money(amount: float) -> str:
    return format_money(round(amount, 3))


def incomes(face: Standoff, *measures: Measure) -> np.ndarray:
    return face.solve(measures).W_hat


@pytest.mark.parametrize("match", ["rate", "value", "duty"])
def test_in_kind_is_the_mirror_of_the_policy_layer(face, threat, match) -> None:
    answer = InKind(match=match).respond(face, "CHN", "USA", [threat], id="reply")
    assert answer.measures == (retaliate(face.world, threat, by="CHN", match=match, name="reply").measure,)


def test_in_kind_counts_goods_once(face) -> None:
    bought, sold = (float(face.world.flows[n, i, :3].sum()) for n, i in ((1, 0), (0, 1)))
    each = money(0.45 * sold)
    two = [measure(id, goods={"value": each, "basis": "world"}, add=0.2) for id in ("a", "b")]
    answer = InKind().respond(face, "CHN", "USA", two, id="reply")
    covered = [m.goods.value or bought for m in answer.measures]
    assert [m.id for m in answer.measures] == ["reply-1", "reply-2"]
    assert sum(covered) == pytest.approx(min(0.9 * sold, bought), rel=1e-6)
    assert answer.reached == (0.9 * sold <= bought)
    face.solve((*two, *answer.measures))


def test_in_kind_is_not_reached_where_the_goods_run_out(face) -> None:
    bought, sold = (float(face.world.flows[n, i, :3].sum()) for n, i in ((0, 1), (1, 0)))
    assert sold > bought
    each = money(0.45 * sold)
    two = [measure(id, "CHN", "USA", goods={"value": each, "basis": "world"}, add=0.2) for id in ("a", "b")]
    assert InKind().respond(face, "USA", "CHN", two[:1]).reached
    assert not InKind().respond(face, "USA", "CHN", two).reached


@pytest.mark.parametrize("unit", ["usd", "share"])
def test_equal_harm_is_equal(face, threat, unit) -> None:
    small = measure(goods={"sectors": ["C28"]}, add=0.05)
    answer = EqualHarm(unit=unit).respond(face, "CHN", "USA", [small])
    assert answer.reached
    before, hit, both = (incomes(face, *m) for m in ((), (small,), (small, *answer.measures)))
    scale = face.economy.I[:2] if unit == "usd" else np.ones(2)
    suffered, done = (before - hit)[1] * scale[1], (hit - both)[0] * scale[0]
    assert suffered > 0
    assert done == pytest.approx(suffered, rel=1e-5)


def test_equal_harm_out_of_reach_does_the_most_and_says_how_much(face) -> None:
    answer = EqualHarm(factor=50.0, most=0.5).respond(face, "CHN", "USA", [measure()])
    assert not answer.reached
    assert "out of reach of any rate up to 50%" in answer.notes[-1]
    rate = answer.measures[0].add
    hit = incomes(face, measure())
    harms = [
        (hit - incomes(face, measure(), answer.measures[0].model_copy(update={"add": r})))[0] for r in (0.1, 0.3, rate)
    ]
    assert harms[2] == max(harms)


def test_a_measure_that_does_no_harm_has_no_equal(face) -> None:
    cut = measure(goods={"sectors": ["C26"]}, add=-0.01)
    answer = EqualHarm().respond(face, "CHN", "USA", [cut])
    assert answer.measures == ()
    assert "no harm" in answer.notes[0]


def test_the_best_answer_beats_every_other_answer(face, threat) -> None:
    best = Best().respond(face, "CHN", "USA", [threat])
    top = incomes(face, threat, *best.measures)[1]
    for rule in (InKind(), InKind(match="duty"), EqualHarm(), Targeted(), RULES["nothing"]()):
        other = rule.respond(face, "CHN", "USA", [threat])
        assert incomes(face, threat, *other.measures)[1] <= top + 1e-10
    draw = np.random.default_rng(1)
    for _ in range(10):
        rates = dict(zip(face.world.goods, draw.uniform(0, 0.6, 3), strict=True))
        random = measure("r", by="CHN", on="USA", goods={"sector_rates": rates})
        assert incomes(face, threat, random)[1] <= top


def test_the_best_answer_replaces_what_stands_and_not_what_others_do(threat) -> None:
    old = measure("old", by="CHN", on="USA", goods={"value": "9bn", "basis": "world"}, add=0.5)
    free = Best().respond(standoff(), "CHN", "USA", [threat])
    held = Best().respond(standoff(old), "CHN", "USA", [threat])
    assert held.measures[0].goods.sector_rates == pytest.approx(free.measures[0].goods.sector_rates, abs=1e-5)


def test_the_best_answer_counts_from_a_duty_that_is_set(threat) -> None:
    put = measure("put", by="CHN", on="USA", goods={"sectors": ["C26"]}, set=0.3)
    free, held = standoff(), standoff(put)
    made = [Best().respond(face, "CHN", "USA", [threat]).measures for face in (free, held)]
    assert incomes(held, threat, *made[1]) == pytest.approx(incomes(free, threat, *made[0]), abs=1e-9)


def test_law_that_stands_in_the_way_of_the_best_is_refused(threat) -> None:
    fixed = measure("fixed", by="CHN", on="USA", goods={"sectors": ["C26"]}, set=0.3, stacking="replace")
    fixed = fixed.model_copy(update={"earliest": None, "from_": threat.from_})
    with pytest.raises(BadMeasure, match=r"sets or replaces|start on the same day"):
        Best().respond(standoff(fixed), "CHN", "USA", [threat])


def test_harm_for_free_costs_nothing_and_a_dearer_one_hurts_more(face, threat) -> None:
    hit = incomes(face, threat)
    harm = []
    for cost in (0.0, 60.0, 400.0):
        answer = Targeted(cost=cost).respond(face, "CHN", "USA", [threat])
        both = incomes(face, threat, *answer.measures)
        assert (hit - both)[1] * face.economy.I[1] <= cost + 1e-3
        harm.append((hit - both)[0])
    assert 0 < harm[0] < harm[1] < harm[2]
    best = incomes(face, threat, *Best().respond(face, "CHN", "USA", [threat]).measures)
    assert harm[0] > (hit - best)[0]


def test_targeted_beats_a_uniform_rate_of_the_same_cost(face, threat) -> None:
    hit = incomes(face, threat)
    uniform = measure("u", by="CHN", on="USA", add=0.4)
    of_uniform = hit - incomes(face, threat, uniform)
    cost = float(of_uniform[1] * face.economy.I[1])
    assert cost > 0
    answer = Targeted(cost=cost).respond(face, "CHN", "USA", [threat])
    assert (hit - incomes(face, threat, *answer.measures))[0] >= of_uniform[0] - 1e-9


def test_a_sector_that_the_other_government_favours_is_hit_harder(face, threat) -> None:
    weights = np.ones((3, 4))
    weights[0] = [2.2, 0.6, 0.6, 0.6]
    plain, aimed = (Targeted(cost=100.0, weights=w).respond(face, "CHN", "USA", [threat]) for w in (None, weights))
    rates = [a.measures[0].goods.sector_rates for a in (plain, aimed)]
    assert rates[1]["C24A"] > rates[0]["C24A"] + 0.01
    assert "as its government weighs sectors" in aimed.notes[0]


def test_tit_for_tat_waits_as_long_as_it_is_told(face, threat) -> None:
    rule = TitForTat(patience=2)
    assert rule.respond(face, "CHN", "USA", [threat]).measures == ()
    assert rule.respond(face, "CHN", "USA", [threat], past=[()]).measures == ()
    assert rule.respond(face, "CHN", "USA", [threat], past=[(threat,)]).measures != ()
    assert rule.respond(face, "CHN", "USA", [], past=[(threat,)]).measures == ()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: InKind(match="volume"), "match='volume' is not known"),
        (lambda: TitForTat(patience=0), r"patience .* is 0: give a whole number, 1 or more"),
        (lambda: EqualHarm(unit="eur"), "unit='eur' is not known"),
        (lambda: EqualHarm(factor=0.0), "give a number over 0"),
        (lambda: EqualHarm(most=20.0), "at most 10"),
        (lambda: Targeted(cost=-1.0), "0 or more"),
        (lambda: Targeted(most=0.0), "over 0"),
        (lambda: Best(rates="two"), "rates='two' is not known"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(make, said) -> None:
    with pytest.raises(BadInput, match=said):
        make()


def test_weights_that_do_not_average_one_are_refused(face, threat) -> None:
    with pytest.raises(BadInput, match="average"):
        Targeted(weights=np.full((3, 4), 2.0)).respond(face, "CHN", "USA", [threat])
