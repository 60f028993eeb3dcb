"""Random shocks: solved at positive incomes with every account closed, or refused by name with its cause."""

from __future__ import annotations

from collections import Counter

import pytest

from oracle.judge import Judged, judged

#: At most this share of tariffs between −20 and 300 % may have no equilibrium.
REFUSED = 0.01
#: Seeds of `make test` and of `make acceptance`; the auditor solves one in so many of the solved cases as well.
FEW, MANY, EVERY = 300, 10_000, 10


def judge(seeds: range) -> list[Judged]:
    found = [judged(seed, second=seed % EVERY == 0) for seed in seeds]
    wrong = [(its.case.seed, its.case.family, its.outcome, its.wrong) for its in found if its.wrong]
    assert not wrong
    assert {its.outcome for its in found} <= {"SOLVED", "NOT_ADMISSIBLE"}, Counter(its.outcome for its in found)
    return found


def test_three_hundred_shocks_are_solved_or_refused_with_a_cause():
    found = judge(range(FEW))
    assert len(found) == FEW
    refused = [its for its in found if its.refused]
    assert refused
    for its in refused:
        assert any(name in its.cause for name in its.case.world.economies), its.cause


@pytest.mark.slow
def test_ten_thousand_shocks_are_solved_or_refused_with_a_cause():
    found = judge(range(MANY))
    ordinary = [its.refused for its in found if its.case.ordinary]
    assert len(ordinary) > MANY / 3
    assert sum(ordinary) <= REFUSED * len(ordinary)
