"""The bundled disputes on the real world: the signs and sizes that an economist would expect."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from detente import Shock, TariffBook, calibrate, load_world, run, solve
from detente.analyses.run.result import Findings
from detente.dispute.schema import Dispute


@pytest.fixture(scope="module")
def may_2018() -> Findings:
    return run(Dispute.read("us-china-2018"))


def income(findings: Findings, scenario: str) -> dict[str, float]:
    table = findings[scenario].tables["economies"]
    return dict(zip(table["economy"], table["real_income"], strict=True))


def test_each_step_of_may_2018(may_2018: Findings) -> None:
    """Of the order of hundredths of a per cent; the baseline's duties on metals and farm goods of thousandths."""
    for scenario, low, high in (("us-301-answered", -4e-4, -1e-4), ("all-threats-answered", -1.5e-3, -4e-4)):
        changes = income(may_2018, scenario)
        for party in ("USA", "CHN"):
            assert low < changes[party] < high, (scenario, party)
        assert changes["MEX"] > 0
        assert changes["VNM"] > changes["MEX"]
    assert -5e-5 < income(may_2018, "baseline")["USA"] < 0


def test_an_unanswered_threat_costs_china_more_and_averaging_flips_the_sign_for_the_united_states(
    may_2018: Findings,
) -> None:
    changes = income(may_2018, "all-threats")
    assert changes["CHN"] < changes["USA"] < 0
    averaging = may_2018["all-threats"].tables["averaging"].set_index("economy")["real_income_if_averaged"]
    assert averaging["USA"] > 0


def test_china_cannot_answer_150bn_in_kind_and_the_note_says_so(may_2018: Findings) -> None:
    notes = "\n".join(may_2018["all-threats-answered"].notes)
    assert "20.2bn short" in notes
    assert "rules still open: duty, harm, or a higher rate" in notes


def test_facts_after_4_may_are_not_read(may_2018: Findings) -> None:
    assert may_2018.ignored == (
        "outcomes truce of 2018-05-19",
        "outcomes escalation of 2018-07-06",
        "outcomes deal of 2020-01-15",
    )
    assert "us-301-more: add (25%) is assumed; no source states it" in may_2018.assumed


def test_the_tariffs_of_early_2020_cost_what_is_expected() -> None:
    """About −0.04 % for the United States and −0.16 % for China.

    On the simple averages, with a table by six-digit code, the average US duty on China rose by 17.0 points, and the
    losses were 0.05 and 0.20 %. On what was collected, with each list at its official total, it rises by 14.5.

    A single duty on all goods of the other side, of the same average, needs no list. China loses about as much. It
    loses a little less under lists, since buyers switch to Chinese goods that are not listed. The United States lose
    more under lists, because the cost of a duty grows with its square, so that 25 % on some goods costs more than a
    lower duty on all.
    """
    dispute, world = Dispute.read("us-china-2018-2020"), load_world("icio-2017")
    findings = run(dispute)
    changes = income(findings, "baseline")
    assert changes["USA"] == pytest.approx(-4e-4, rel=0.1)
    assert changes["CHN"] == pytest.approx(-1.6e-3, rel=0.1)

    book = TariffBook(world, dispute.measures)
    after, even = book.tariffs(book.in_force(date(2020, 2, 14))), np.array(world.tariffs)
    goods = [world.sector_index(code) for code in world.goods]
    usa, chn = world.index("USA"), world.index("CHN")
    for importer, exporter in ((usa, chn), (chn, usa)):
        bought = world.flows[importer, exporter, goods]
        even[importer, exporter, goods] += np.average(
            (after - world.tariffs)[importer, exporter, goods], weights=bought
        )
    single = solve(calibrate(world, elasticities="U4", deficits="fixed"), Shock(t_cf=even)).W_hat - 1
    assert single[chn] < changes["CHN"] < 0.8 * single[chn]
    assert changes["USA"] < single[usa] < 0
    assert changes["MEX"] > 0
    assert changes["VNM"] > 0
    steps = [scenario for scenario in findings.scenarios if scenario.kind == "step"]
    assert len(steps) == 13
    assert [scenario.on for scenario in steps] == sorted(scenario.on for scenario in steps if scenario.on is not None)


@pytest.mark.slow
def test_the_tariffs_of_2025_solve_on_every_date() -> None:
    findings = run(Dispute.read("us-2025"))
    assert len([scenario for scenario in findings.scenarios if scenario.kind == "step"]) == 23
    worst = income(findings, "step-2025-04-08")
    assert worst["USA"] < 0
    assert worst["CHN"] < 0
