"""What each measure adds comes to the duty less the base, whatever their rules."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from detente.policy.contributions import contributions
from detente.policy.measure import Goods, Measure
from detente.policy.stacking import ADD, NONE, SET, TOTAL, ChargedTerms, over_base, stacked

RULES = ("add", "max", "replace")


def measure(name: str, rule: str, day: int, authority: str | None = None) -> Measure:
    return Measure(
        id=name,
        by="USA",
        on="CHN",
        status="in-force",
        from_=date(2025, 1, day),
        goods=Goods(all=True),
        add=0.1,
        stacking=rule,
        authority=authority,
    )


@pytest.mark.parametrize("seed", range(20))
def test_they_come_to_the_duty(seed):
    rng = np.random.default_rng(seed)
    measures = [measure(f"m{m}", RULES[rng.integers(3)], m + 1, "ab"[m % 2]) for m in range(5)]
    parts = 40
    base = rng.uniform(0, 0.2, parts)
    terms = ChargedTerms(
        base,
        base * rng.uniform(0.5, 1.0, parts),
        rng.choice(np.array([NONE, ADD, SET, TOTAL], dtype=np.int8), (parts, 5)),
        rng.uniform(0, 0.5, (parts, 5)).round(3),
        np.where(rng.random((parts, 5)) < 0.3, 0.4, 1.0),
        measures,
    )
    for displaced in ((), (("a", "b"),)):
        added = contributions(terms, displaced)
        assert base + added.sum(axis=1) == pytest.approx(stacked(terms, displaced), abs=1e-12)
        assert (added[terms.kinds == NONE] == 0).all()


def test_each_has_what_it_adds():
    measures = [measure("tenth", "add", 1), measure("floor", "add", 2), measure("high", "max", 3)]
    measures += [measure("higher", "max", 4)]
    one = np.ones((1, 4))
    terms = ChargedTerms(
        np.array([0.03]),
        np.array([0.025]),
        np.array([[ADD, TOTAL, ADD, ADD]], dtype=np.int8),
        np.array([[0.1, 0.15, 0.05, 0.25]]),
        one,
        measures,
    )
    assert contributions(terms)[0] == pytest.approx([0.1, 0.125, 0.0, 0.25])


def test_of_each_authority_the_highest_counts():
    measures = [measure("low", "max", 1, "a"), measure("high", "max", 2, "a"), measure("other", "max", 3, "b")]
    rates = np.array([[0.1, 0.25, 0.05]])
    terms = ChargedTerms(
        np.zeros(1), np.zeros(1), np.full((1, 3), ADD, dtype=np.int8), rates, np.ones((1, 3)), measures
    )
    assert stacked(terms) == pytest.approx([0.30])
    assert contributions(terms)[0] == pytest.approx([0.0, 0.25, 0.05])


def test_what_the_base_holds_is_not_charged_again():
    held = measure("held", "max", 1, "a").model_copy(update={"in_base": True})
    terms = ChargedTerms(
        np.array([0.24]),
        np.array([0.02]),
        np.full((1, 2), ADD, dtype=np.int8),
        np.array([[0.25, 0.5]]),
        np.ones((1, 2)),
        [held, measure("raised", "max", 2, "a")],
    )
    assert over_base(terms) == pytest.approx([0.49])  # what customs collected, and the step from 25 to 50
    alone = ChargedTerms(terms.base, terms.ordinary, terms.kinds[:, :1], terms.rates[:, :1], terms.of[:, :1], [held])
    assert over_base(alone) == pytest.approx([0.24])
