"""The split of the law by authority: it sums to the whole, and agrees with states solved without an act."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.analyses.registry import analysis_of
from detente.analyses.run.act_sentences import left_out
from detente.analyses.run.result import Findings
from detente.data.bundled import load_world
from detente.data.world import World
from detente.dispute.schema import Dispute
from detente.report.render import markdown

LAW = """\
dispute: acts
title: Three laws
as_of: 2019-01-01
world: icio-2017
parties: {USA: {name: United States}, CHN: {name: China}}
stacking:
  - {authority: metals, displaces: [emergency], from: 2018-01-01}
measures:
  - {id: steel, by: USA, on: all, status: in-force, from: 2018-03-01, goods: {sectors: [C24A]}, add: 25%,
     authority: metals}
  - {id: everything, by: USA, on: CHN, status: in-force, from: 2018-07-01, goods: {all: true}, add: 10%,
     authority: emergency}
  - {id: answer, by: CHN, on: USA, status: in-force, from: 2018-09-01, until: 2018-11-30, goods: {sectors: [A01]},
     add: 20%, authority: answers}
"""


@pytest.fixture(scope="module")
def world() -> World:
    whole = load_world("icio-2017")
    kept = {"USA", "CHN", "MEX"}
    return whole.aggregate(economies={"OTH": [code for code in whole.economies if code not in kept]})


@pytest.fixture(scope="module")
def found(world: World) -> Findings:
    return dt.run(Dispute.parse(LAW, world=world), world=world, acts=True)


def test_every_order_sums_to_the_whole_of_the_state(found: Findings) -> None:
    assert found.acts is not None
    days = ["2018-03-01", "2018-07-01", "2018-09-01", "2018-12-01"]
    assert list(dict.fromkeys(found.acts["on"])) == days
    for (scenario, party), its in found.acts.groupby(["scenario", "economy"]):
        income = found[str(scenario)].tables["economies"].set_index("economy")["real_income"][party]
        for column in ("in_order", "in_reverse", "real_income"):
            assert its[column].sum() == pytest.approx(income, abs=1e-9), (scenario, column)  # two solves of 1e-10


def test_the_first_act_alone_is_the_state_without_the_others(found: Findings, world: World) -> None:
    assert found.acts is not None
    last = found.acts[(found.acts["on"] == "2018-09-01") & (found.acts["economy"] == "USA")].set_index("authority")
    alone = dt.run(Dispute.parse(LAW.replace("as_of: 2019-01-01", "as_of: 2018-04-01"), world=world), world=world)
    income = alone.baseline.tables["economies"].set_index("economy")["real_income"]["USA"]
    assert last["in_order"]["metals"] == pytest.approx(income, abs=1e-9)
    assert last["in_order"]["answers"] < 0 < last["revenue_usd_mn"]["emergency"]
    assert last["revenue_usd_mn"]["answers"] == 0, "China has the revenue of its answer"


def test_revenue_by_act_and_the_base_is_the_revenue_of_the_state(found: Findings) -> None:
    """Duties of acts on the trade of the state, and the base tariffs on it, against the solver's account of revenue."""
    assert found.acts is not None
    scenario = found["step-2018-09-01"]
    state = scenario.solution
    assert state is not None
    for party in ("USA", "CHN"):
        n = state.base.index(party)
        acts = found.acts[(found.acts["scenario"] == scenario.id) & (found.acts["economy"] == party)]
        # every measure covers whole cells, so that the base tariffs are charged on the new flows
        rest = float((state.base.t * state.M_cf)[n].sum())
        assert acts["revenue_usd_mn"].sum() + rest == pytest.approx(state.R_cf[n], rel=1e-9)


def test_what_is_laid_counts_the_days_of_each_state(found: Findings) -> None:
    assert found.acts is not None
    its = found.acts[(found.acts["authority"] == "answers") & (found.acts["economy"] == "CHN")]
    assert list(its["days"]) == [91]
    assert np.allclose(its["laid_usd_mn"], its["revenue_usd_mn"] * 91 / 365.25)
    metals = found.acts[(found.acts["authority"] == "metals") & (found.acts["economy"] == "USA")]
    assert metals["days"].sum() == 306
    assert metals["laid_usd_mn"].iloc[-1] == pytest.approx((metals["revenue_usd_mn"] * metals["days"]).sum() / 365.25)


def test_the_report_and_the_json_have_it_and_a_plain_run_has_none(found: Findings) -> None:
    report = markdown(analysis_of("run").document(found))
    assert "What each act does" in report
    assert "Refunds of duties that a court voided are not counted" in report
    assert "acts=True" in report, "the call that reproduces it"
    again = Findings.from_json(found.to_json())
    assert again.acts is not None
    assert again.acts.equals(found.acts)
    assert "acts" in found.written()
    assert "acts" not in Findings.from_dict({k: v for k, v in found.as_dict().items() if k != "acts"}).as_dict()


def test_the_report_names_the_states_that_have_quotas_and_are_not_split(world: World) -> None:
    quota = """\
  - {id: beans, by: CHN, on: USA, status: in-force, from: 2018-10-01, until: 2018-11-30, goods: {sectors: [A01]},
     quota: {value: 5bn, in: 0%, over: 20%}}
"""
    with_quota = dt.run(Dispute.parse(LAW + quota, world=world), world=world, acts=True)
    said = left_out(with_quota)
    assert said.startswith("The state of 2018-10-01 is not split")
    assert "“beans”" in said
    assert said in markdown(analysis_of("run").document(with_quota))


def test_nothing_is_said_to_be_left_out_where_every_state_is_split(found: Findings) -> None:
    assert left_out(found) == ""
