"""What standard bands vary, and third economies by closure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from detente import bands, run
from detente.analyses.bands.by_closure import closure_table, closure_words
from detente.analyses.bands.compute import _filled
from detente.analyses.bands.options import BandsOptions
from detente.analyses.bands.report import document, drawn_by_command
from detente.analyses.bands.result import Bands
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.ensemble.draws import Over
from detente.errors import BadInput
from detente.report.render import markdown


def test_bands_of_a_run_vary_level_and_horizon_and_those_of_the_long_run_do_not(found: Bands, world: World) -> None:
    for timed, level, horizons in ((True, (0.38, 1.0), ("long", "short")), (False, None, ("long",))):
        over = _filled(Over(), found.settings, {world.name: world}, world, BandsOptions(), timed)
        assert (over.level, over.horizons) == (level, horizons)
    given = BandsOptions(over=Over())
    over = _filled(Over(), found.settings, {world.name: world}, world, given, timed=True)
    assert (over.level, over.horizons) == (None, ("long",))


@pytest.fixture(scope="module")
def leveled(dispute: Dispute, world: World) -> Bands:
    """The level alone: every other assumption is held."""
    held = {"sets": ["U4"], "closures": ["fixed"], "spread": 0, "horizons": ["long"], "rules": [world.tariff_source]}
    return bands(dispute, **held, level=[0.38, 1], draws=64, world=world)


def test_the_level_is_drawn_named_and_credited(leveled: Bands, dispute: Dispute, world: World) -> None:
    assert leveled.draws is not None
    assert leveled.draws["level"].between(0.38, 1).all()
    driver = leveled.driver("first-answered", "USA")
    assert driver is not None
    assert driver["assumption"] == "elasticity level"
    assert driver["share"] == pytest.approx(1.0, abs=0.01)  # a polynomial of degree four follows it
    text = markdown(document(leveled))
    assert "every theta is multiplied by one factor between 0.38 and 1, drawn evenly" in text
    assert "Level of elasticities" in text
    assert "elasticities U4 times 0.38 to 1" in text
    assert not drawn_by_command(leveled)
    assert Bands.from_json(leveled.to_json()).over == leveled.over


def test_numbers_at_a_level_are_those_of_a_run_with_elasticities_of_that_level(dispute: Dispute, world: World) -> None:
    """Half of U4 is 2 in every sector: the front door solves it by itself, from the state before the threat."""
    half = bands(dispute, over=Over(["U4"], ["fixed"], spread=0, level=(0.5, 0.5)), draws=2, world=world)
    alone = run(dispute, world=world, elasticities=np.full(len(world.sectors), 2.0))["first-answered"]
    income = alone.tables["economies"].set_index("economy")["real_income"]
    for code in world.economies:
        assert half.band("first-answered", code)["median"] == pytest.approx(income[code], abs=1e-8)


def test_unknown_horizons_and_levels_are_refused(dispute: Dispute, world: World) -> None:
    with pytest.raises(BadInput, match="horizons names 'middle': choose among long, short"):
        bands(dispute, horizons=["middle"], world=world)
    with pytest.raises(BadInput, match="level holds -1"):
        bands(dispute, level=[-1, 1], world=world)
    with pytest.raises(BadInput, match="leave level out"):
        bands(dispute, level=[0.5, 1], over=Over(), world=world)


def test_third_economies_by_closure_are_the_quantiles_of_their_draws(found: Bands) -> None:
    assert found.draws is not None
    assert set(found.closures["economy"]) == {"MEX", "OTH"}
    assert set(found.closures["deficits"]) == {"fixed", "balanced"}
    place = found.bands.index[
        (found.bands[["scenario", "quantity", "economy"]] == ["first-answered", "real_income", "OTH"]).all(axis=1)
    ][0]
    drawn = found.draws.groupby("deficits")[str(place)]
    rows = found.closures[(found.closures["scenario"] == "first-answered") & (found.closures["economy"] == "OTH")]
    its = rows.set_index("deficits")
    np.testing.assert_allclose(its["median"], drawn.median()[its.index], rtol=1e-12)
    np.testing.assert_allclose(its["low"], drawn.quantile(0.05)[its.index], rtol=1e-12)
    assert "Third economies by closure" in markdown(document(found))


def test_a_sign_that_turns_with_the_closure_stands_first(found: Bands) -> None:
    values = {("MEX", "fixed"): 2e-4, ("MEX", "balanced"): 3e-4, ("OTH", "fixed"): -7e-5, ("OTH", "balanced"): 5e-5}
    rows = [
        {"scenario": "s", "quantity": "real_income", "economy": e, "partner": "", "deficits": d, "median": v,
         "low": v - 1e-5, "high": v + 1e-5}
        for (e, d), v in values.items()
    ]  # fmt: skip
    made = replace(found, closures=pd.DataFrame(rows))
    table = closure_table(made, "s")
    assert table is not None
    assert [row.cells[0] for row in table.rows] == ["OTH", "Mexico"]
    said = closure_words(made, "s").replace("\N{NO-BREAK SPACE}", " ")
    assert "the median of 1 of 2 changes sign with it, among them OTH (−0.0070 % fixed, +0.0050 % balanced)" in said
    one = replace(found, closures=made.closures[:2])
    assert "the median of none changes sign" in closure_words(one, "s")
    none = replace(found, closures=made.closures[:0])
    assert closure_table(none, "s") is None
    assert closure_words(none, "s") == ""
