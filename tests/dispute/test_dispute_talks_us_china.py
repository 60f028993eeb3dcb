"""The talks of May 2018 on the whole world: what the literature says comes out, or why it does not."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.analyses.talks.deal_sentences import headline, of_thirds
from detente.analyses.talks.report import document, target_table
from detente.analyses.talks.result import Talks
from detente.dispute.schema import Dispute

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def talks() -> Talks:
    return dt.talks(Dispute.read("us-china-2018"))


def alone(talks: Talks, demand: str, who: str) -> float:
    return float(talks.prices.set_index(["demand", "who"])["alone"][demand, who])


def test_every_demand_of_both_sides_is_listed_with_its_price_or_what_it_would_have_to_be_worth(talks: Talks) -> None:
    asked = Dispute.read("us-china-2018").demands
    assert list(talks.demands["demand"]) == [demand.id for demand in asked]
    assert set(talks.demands["by"]) == {"USA", "CHN"}
    priced, implied = set(talks.prices["demand"][talks.prices["priced"]]), set(talks.implied["demand"])
    assert priced | implied == set(talks.demands["demand"])
    assert not priced & implied
    rows = talks.prices[talks.prices["priced"] & talks.prices["who"].isin(talks.players)]
    assert rows[["alone", "last", "lowest", "highest", "shapley"]].notna().all(axis=None)


def test_the_200bn_are_answered_by_instrument_in_both_figures(talks: Talks) -> None:
    rows = talks.targets[talks.targets["demand"] == "us-surplus"].set_index("instrument")
    assert (rows["asked"] == -200e3).all()
    assert (rows["basis"] == "customs").all()
    np.testing.assert_allclose(rows["asked_here"], -200e3 * rows["ratio"], rtol=1e-9)
    assert 0.69 < rows["ratio"].iloc[0] < 0.74, "264.9bn in the world, 367.8bn by the customs file"
    assert rows.loc["purchases of CHN", "met"]
    assert rows.loc["tariff of USA", "met"]
    assert not rows.loc["tariff cut of CHN", "met"]
    restraint = rows.loc["export restraint of CHN"]
    assert restraint["asker"] < 0 < restraint["giver"], "who restrains its exports keeps the rents"
    assert "−$200bn by customs figures are −$144bn in icio-2017" in target_table(talks).rows[0].cells[0]


def test_who_is_asked_for_200bn_pays_and_the_world_loses(talks: Talks) -> None:
    assert alone(talks, "us-surplus", "CHN") < -alone(talks, "us-surplus", "USA") < 0
    assert alone(talks, "us-surplus", "world") < 0
    assert alone(talks, "us-purchases", "CHN") < 0 < alone(talks, "us-purchases", "USA")


def test_managed_purchases_hurt_those_who_sell_what_is_bought(talks: Talks) -> None:
    """Taiwan and South Korea sell China electronics and machines; others find room where the US sells less."""
    rows = talks.economies[talks.economies["state"] == "demand: us-surplus"].set_index("economy")["real_income_usd"]
    others = rows.drop(["USA", "CHN"])
    assert set(others.nsmallest(2).index) == {"TWN", "KOR"}
    assert others["TWN"] < -500
    assert others["KOR"] < -500
    assert "Taiwan" in of_thirds(talks)[0]


def test_opening_to_all_beats_opening_to_one_for_the_world(talks: Talks) -> None:
    rows = talks.opening.set_index("to")
    assert rows.loc["everybody", "world"] > 5 * rows.loc["the side that asks", "world"] > 0
    assert rows.loc["everybody", "third"] > rows.loc["the side that asks", "third"]


def test_the_us_loses_from_the_answered_threat_in_every_setting_tried(talks: Talks) -> None:
    points = talks.no_deals.set_index("no_deal")
    assert points.loc["answered", "first"] < points.loc["threat", "first"] < 0
    assert points.loc["answered", "second"] < points.loc["threat", "second"] < 0
    assert (talks.stability["answered_first"] < 0).all()
    assert points.loc["nash", "pays_first"], "the larger buyer wins terms of trade"
    assert not points.loc["nash", "pays_second"]


def test_no_package_with_the_red_line_beats_the_answered_threat_and_the_distance_is_told(talks: Talks) -> None:
    row = talks.zone("red lines")
    assert row["packages"] == 0
    assert 20e3 < row["apart"] < 32e3
    assert talks.zone("all")["apart"] > row["apart"]
    assert f"${row['apart'] / 1e3:.1f}bn" in headline(talks)
    assert (talks.stability["apart_red_lines"] > 0).all()
    assert talks.stability["same"].all()
    part = talks.closing.set_index(["demand", "no_deal"]).loc[("us-surplus", "answered")]
    assert 0.25 < part["part"] < 0.55


def test_every_equilibrium_passes_its_audit_and_the_report_is_whole(talks: Talks) -> None:
    assert talks.residual < 1e-9
    report = document(talks)
    assert len(report.sections) >= 9
    assert Talks.from_json(talks.to_json()).to_json() == talks.to_json()
