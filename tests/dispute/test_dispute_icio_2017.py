"""The bundled disputes on the real world: the signs and sizes that an economist would expect."""

from __future__ import annotations

import pytest

from detente import run
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
    """Of the order of −0.05 % for the United States and −0.2 % for China."""
    findings = run(Dispute.read("us-china-2018-2020"))
    changes = income(findings, "baseline")
    assert changes["USA"] == pytest.approx(-5e-4, rel=0.3)
    assert changes["CHN"] == pytest.approx(-2e-3, rel=0.3)
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
