"""What each measure adds comes to the duty less the base, whatever their rules."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from detente.policy.contributions import contributions
from detente.policy.measure import Goods, Measure
from detente.policy.stacking import ADD, NONE, SET, TOTAL, ChargedTerms, stacked

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
