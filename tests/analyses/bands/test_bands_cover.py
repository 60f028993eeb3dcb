"""Bands hold a simulated truth as often as they say, where it is of the same spread; elsewhere the share is printed."""

from __future__ import annotations

import numpy as np
import pytest

from detente import bands
from detente.analyses.bands.result import Bands
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.ensemble.draws import Over
from detente.errors import BadInput


def made(dispute: Dispute, world: World, name: tuple[str, ...], seed: int, draws: int) -> Bands:
    return bands(dispute, over=Over(elasticities=name, deficits=("fixed",)), draws=draws, seed=seed, world=world)


def share(estimate: Bands, truth: Bands) -> float:
    """Of the numbers of every scenario and economy, real income: how often the band holds the truth."""
    cover = estimate.covers(truth)
    return float(cover.loc[cover["quantity"] == "real_income", "share"].mean())


@pytest.mark.parametrize("sets", [("CP",), ("CP", "U4", "BSY")])
def test_bands_hold_a_truth_of_the_same_spread_nine_times_in_ten(
    dispute: Dispute, world: World, sets: tuple[str, ...]
) -> None:
    """Eighty truths are drawn under another seed, and each is solved as the estimate's draws are."""
    estimate, truth = made(dispute, world, sets, 11, 128), made(dispute, world, sets, 12, 80)
    assert not np.isin(truth.values[:, 0], estimate.values[:, 0]).any()
    assert 0.85 <= share(estimate, truth) <= 0.95


def test_bands_of_one_set_do_not_hold_what_another_set_gives(dispute: Dispute, world: World) -> None:
    """The spread within a set says nothing about which set is right, and a band over several sets does."""
    one, several = made(dispute, world, ("U4",), 11, 128), made(dispute, world, ("U4", "CP"), 11, 128)
    truth = made(dispute, world, ("CP",), 12, 80)
    narrow, wide = share(one, truth), share(several, truth)
    print(f"U4's bands hold the truth of CP {narrow:.0%} of the time, those of U4 and CP {wide:.0%}")
    assert narrow < 0.85 < wide + 0.05
    assert narrow < wide


def test_other_numbers_cannot_be_compared(dispute: Dispute, world: World) -> None:
    one = made(dispute, world, ("U4",), 11, 8)
    with pytest.raises(BadInput, match="same scenarios"):
        one.covers(bands(lambda economy: {"x": 1.0}, over=Over(elasticities=("U4",)), draws=8, world=world))
