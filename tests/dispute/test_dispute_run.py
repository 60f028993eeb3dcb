"""A run end to end on a small world: the states, their references, the rule against averaging, what is said with it."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from detente import run
from detente.analyses.run import coverage_tables, scenario_tables
from detente.analyses.run.coverage_tables import averaged
from detente.analyses.run.figures import who_pays
from detente.analyses.run.headlines import headline
from detente.analyses.run.result import TABLES, Findings
from detente.data.world import World
from detente.dispute.scenarios import prepare
from detente.dispute.schema import Dispute, list_cases
from detente.errors import BadDispute, BadMeasure, UnknownElasticities, UnknownWorld
from detente.model.parts import Parts
from detente.policy.schedule import TariffBook
from detente.report.numbers import Names
from detente.solver.economy import calibrate
from detente.solver.equilibrium import solve
from detente.solver.lost_sales import COVERED, THIRD


def change(findings: Findings, scenario: str, economy: str) -> float:
    table = findings[scenario].tables["economies"].set_index("economy")
    return float(table["real_income"][economy])


def test_every_state_is_solved_and_says_how_well(found: Findings) -> None:
    for scenario in found.states:
        assert scenario.outcome == "SOLVED"
        assert scenario.residual <= 1e-9
        assert scenario.passes > 0


def test_a_run_solves_its_states_alone_until_a_table_is_read(
    small: Dispute, small_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved: list[str] = []

    def counted(module: ModuleType, name: str) -> None:
        whole = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *args, **kwargs: (solved.append(name), whole(*args, **kwargs))[1])

    counted(scenario_tables, "solve")
    counted(coverage_tables, "solve")
    counted(scenario_tables, "decompose")
    findings = run(small, world=small_world)
    assert solved == ["solve"] * len({(each.reference, each.measures) for each in findings.states})
    scenario = findings["all-threats"]
    tables = [scenario.tables[name] for name in ("averaging", "decomposition")]
    assert solved[-2:] == ["solve", "decompose"]
    assert all(
        scenario.tables[name] is table for name, table in zip(("averaging", "decomposition"), tables, strict=True)
    )
    assert solved[-2:] == ["solve", "decompose"]
    assert list(scenario.tables) == list(TABLES)


def test_both_lose_from_an_answered_threat_and_third_countries_gain(found: Findings) -> None:
    for scenario in ("first-answered", "all-threats-answered"):
        assert change(found, scenario, "USA") < 0
        assert change(found, scenario, "CHN") < 0
        assert change(found, scenario, "MEX") > 0
        assert change(found, scenario, "VNM") > 0
    assert change(found, "all-threats-answered", "USA") < change(found, "first-answered", "USA")


def test_averaging_would_have_flipped_the_sign_for_the_united_states(found: Findings) -> None:
    """DESIGN 4: a rate on a share of a cell costs the side that charges it, its average over the cell would gain."""
    table = found["all-threats"].tables["averaging"].set_index("economy")
    assert table["real_income"]["USA"] < 0 < table["real_income_if_averaged"]["USA"]
    np.testing.assert_allclose(
        table["error_of_averaging"], table["real_income_if_averaged"] - table["real_income"], atol=1e-15
    )


def test_without_partial_coverage_averaging_changes_nothing(found: Findings) -> None:
    assert set(found["step-2018-03-23"].tables["averaging"]["error_of_averaging"]) == {0.0}
    assert len(found["step-2018-03-23"].coverage) == 0


def test_the_share_covered_is_the_value_over_customs_imports(found: Findings) -> None:
    coverage = found["first"].coverage
    assert set(coverage["importer"] + coverage["exporter"]) == {"USACHN"}
    untouched = coverage[coverage["sector"] != "C24A"]
    np.testing.assert_allclose(untouched["covered"], 50_000 / 497_600, rtol=1e-3)
    np.testing.assert_allclose(untouched["after"] - untouched["before"], 0.25, rtol=1e-12)
    np.testing.assert_allclose(
        untouched["average_after"] - untouched["average_before"], 0.25 * untouched["covered"], rtol=1e-9
    )


def test_a_threat_from_the_baseline_ends_where_all_measures_from_nothing_end(
    found: Findings, small_world: World, small: Dispute
) -> None:
    """Income after baseline and threat, step by step, is that of both at once from the calibrated world."""
    ids = found["first"].measures
    economy = calibrate(small_world, elasticities=found.settings.elasticities)
    book = TariffBook(small_world, [small.measure(name) for name in ids])
    direct = solve(economy, book.shock(ids))
    baseline, threat = (s.tables["economies"]["real_income"].to_numpy() for s in (found.baseline, found["first"]))
    np.testing.assert_allclose((1 + baseline) * (1 + threat), direct.W_hat, rtol=1e-9)


def test_removal_undoes_the_baseline(found: Findings) -> None:
    baseline, removal = (found[name].tables["economies"]["real_income"] for name in ("baseline", "removal"))
    np.testing.assert_allclose((1 + baseline) * (1 + removal), 1.0, rtol=1e-9)


def test_the_last_step_is_the_baseline(found: Findings) -> None:
    pd.testing.assert_frame_equal(
        found["step-2018-04-02"].tables["economies"], found.baseline.tables["economies"], rtol=1e-9
    )


def test_the_split_of_real_income_adds_up(found: Findings) -> None:
    for scenario in found.scenarios:
        split = scenario.decomposition
        np.testing.assert_allclose(split["total"], split["exact"], atol=1e-6)
        np.testing.assert_allclose(split["exact"], np.log1p(scenario.tables["economies"]["real_income"]), atol=1e-10)


def test_balances_are_exports_less_imports_and_mirror_each_other(found: Findings) -> None:
    table = found["first-answered"].tables["balances"]
    np.testing.assert_allclose(table["balance_after"], table["exports_after"] - table["imports_after"])
    goods = table[table["scope"] == "goods"].set_index(["economy", "partner"])
    for when in ("before", "after"):
        assert goods[f"balance_{when}"]["USA", "CHN"] == pytest.approx(-goods[f"balance_{when}"]["CHN", "USA"])
        others = goods.loc["USA"].drop("all")
        assert others[f"balance_{when}"].sum() == pytest.approx(goods[f"balance_{when}"]["USA", "all"])
    solution = found["first-answered"].solution
    assert solution is not None
    assert goods["balance_after"]["USA", "CHN"] == pytest.approx(solution.balance("USA", "CHN", goods_only=True)[1])


def test_trade_holds_the_flows_between_parties(found: Findings) -> None:
    scenario = found["first-answered"]
    assert scenario.solution is not None
    every = scenario.solution.trade()
    pair = (every["importer"] == "USA") & (every["exporter"] == "CHN")
    mine = scenario.tables["trade"]
    pd.testing.assert_frame_equal(
        mine[mine["importer"] == "USA"].reset_index(drop=True), every[pair].reset_index(drop=True), check_dtype=False
    )


def test_diversion_and_ledger_are_those_of_the_solution(found: Findings) -> None:
    scenario = found["first-answered"]
    assert scenario.solution is not None
    diversion = scenario.tables["diversion"]
    assert list(zip(diversion["importer"], diversion["exporter"], strict=True))[:: len(diversion) - 1] == [
        ("USA", "CHN"),
        ("CHN", "USA"),
    ]
    mexico = diversion[(diversion["importer"] == "USA") & (diversion["economy"] == "MEX")]
    assert mexico["change"].item() > 0
    ledger = scenario.tables["ledger"]
    per_household = ledger[ledger["economy"] == "USA"]
    np.testing.assert_allclose(per_household["usd_per_household"], per_household["usd"] * 1e6 / 126_000_000)
    assert ledger[ledger["economy"] == "CHN"]["usd_per_household"].isna().all()


def test_a_ledger_per_household_is_filled_or_absent(small: Dispute, small_world: World) -> None:
    settings = small.settings.model_copy(update={"households": {}})
    uncounted = run(small.model_copy(update={"settings": settings}), world=small_world)["first-answered"]
    assert "usd_per_household" not in uncounted.tables["ledger"]
    assert "a household" not in who_pays(uncounted, "USA", Names({}))


def test_substitution_is_that_of_every_market_and_sums_to_the_loss(found: Findings) -> None:
    scenario = found["first-answered"]
    table, diversion = scenario.tables["substitution"], scenario.tables["diversion"]
    assert list(table["importer"].unique()) == ["USA", "CHN"]
    for importer, rows in table.groupby("importer"):
        sums = rows.groupby("who")["change"].sum()
        loss = -sums.pop(COVERED)
        assert loss > 0
        assert sums.sum() == pytest.approx(loss, rel=1e-9)
        third = rows[rows["who"] == THIRD].set_index("economy")["change"]
        theirs = diversion[diversion["importer"] == importer].set_index("economy")["change"]
        np.testing.assert_allclose(third, theirs[third.index], rtol=1e-9)  # the measures reach every goods sector
    steel = found.baseline.tables["substitution"]
    assert len(steel[steel["who"] == COVERED]) == 2, "one partner in each market"


def test_what_is_assumed_is_said_as_the_file_writes_it(small_text: str, small_world: World) -> None:
    text = small_text.replace(
        "add: 25%, assumed: [add]", "add: 25%, assumed: [goods, on, exempt, earliest], exempt: {sectors: [A01]}"
    )
    findings = run(Dispute.parse(text, world=small_world), world=small_world)
    said = ("goods (USD 100bn)", "on (CHN)", "exempt (sectors A01)", "earliest (left open)")
    assert findings.assumed == tuple(f"second: {what} is assumed; no source states it" for what in said)


def test_what_is_assumed_and_how_statistics_disagree_is_said(found: Findings) -> None:
    assert found.assumed == ("second: add (25%) is assumed; no source states it",)
    text = "\n".join(found.notes)
    assert "USA bought goods of $497.6bn from CHN in 2017 by customs figures and of $367.8bn" in text
    assert "the balance of USA in goods with CHN is −$367.8bn by customs figures and −$264.9bn" in text


def test_settings_say_how_the_numbers_were_made(found: Findings, small_world: World) -> None:
    settings = found.settings
    assert (settings.world, settings.year, settings.deficits, settings.horizon) == (
        small_world.name,
        2017,
        "fixed",
        "long",
    )
    assert set(settings.theta) == set(small_world.sectors)
    assert settings.provenance["source"] == small_world.provenance.source


@pytest.mark.parametrize("deficits", ["balanced", "proportional"])
def test_other_closures_and_horizons(small: Dispute, small_world: World, deficits: str) -> None:
    findings = run(small, world=small_world, deficits=deficits, horizon="short")  # type: ignore[arg-type]
    assert (findings.settings.deficits, findings.settings.horizon) == (deficits, "short")
    assert change(findings, "all-threats-answered", "CHN") < 0
    assert set(findings["first"].tables["economies"]["workers_moving"]) == {0.0}


def test_elasticities_may_be_given_as_numbers(small: Dispute, small_world: World, found: Findings) -> None:
    mild = run(small, world=small_world, elasticities=np.full(len(small_world.sectors), 2.0))
    assert mild.settings.elasticities == "given as an array"
    assert mild.id != found.id
    four = run(small, world=small_world, elasticities=np.full(len(small_world.sectors), 4.0))
    assert change(four, "first", "CHN") == pytest.approx(change(found, "first", "CHN"), rel=1e-9)


def test_settings_of_the_file_hold_unless_others_are_given(small_text: str, small_world: World) -> None:
    text = small_text.replace("settings: {", "settings: {deficits: balanced, elasticities: CP, ")
    dispute = Dispute.parse(text, world=small_world)
    assert run(dispute, world=small_world).settings.deficits == "balanced"
    other = run(dispute, world=small_world, elasticities="U4", deficits="fixed").settings
    assert (other.elasticities, other.deficits) == ("U4", "fixed")


def test_progress_is_told_of_every_state(small: Dispute, small_world: World, found: Findings) -> None:
    seen: list[tuple[int, int, str]] = []
    run(small, world=small_world, progress=lambda *step: seen.append(step))
    states = 1 + len(found.scenarios)
    assert [done for done, _, _ in seen] == list(range(states + 1))
    assert {total for _, total, _ in seen} == {states}
    titles = [title for _, _, title in seen[1:-1]]
    assert titles[0] == found.main.title  # what a headline is about is solved before the rest
    assert sorted(titles) == sorted(scenario.title for scenario in found.scenarios)


def told_early(dispute: Dispute, **given: Any) -> tuple[Findings, Findings]:
    """What is told before the rest is solved, and what is found in the end."""
    told: list[Findings] = []
    findings = run(dispute, early=told.append, **given)
    assert len(told) == 1
    return told[0], findings


def test_what_is_told_early_is_what_is_found_in_the_end(small: Dispute, small_world: World, found: Findings) -> None:
    first, findings = told_early(small, world=small_world)
    assert findings == found
    assert first.id == findings.id
    assert headline(first) == headline(findings)
    assert first.main.as_dict() == findings.main.as_dict()
    assert first.main.residual <= 1e-9


@pytest.mark.slow
@pytest.mark.parametrize("case", list_cases())
def test_what_is_told_early_of_a_bundled_case_is_what_is_found_in_the_end(case: str) -> None:
    first, findings = told_early(Dispute.read(case), accept_defaults=True)
    assert headline(first) == headline(findings)
    assert first.main.as_dict() == findings.main.as_dict()


def test_nothing_is_told_early_where_an_answer_has_yet_to_be_found(small_text: str, small_world: World) -> None:
    text = small_text.replace("match: value", "match: best")
    assert text != small_text
    told: list[Findings] = []
    run(Dispute.parse(text, world=small_world), world=small_world, early=told.append)
    assert told == []


def test_without_measures_in_force_the_baseline_is_the_world_itself(small_text: str, small_world: World) -> None:
    lines = [
        line for line in small_text.splitlines(keepends=True) if "id: steel" not in line and "id: pork" not in line
    ]
    findings = run(Dispute.parse("".join(lines), world=small_world), world=small_world)
    np.testing.assert_allclose(findings.baseline.tables["economies"]["real_income"], 0.0, atol=1e-9)
    assert [scenario.id for scenario in findings.scenarios if scenario.kind in ("step", "removal")] == []


def test_names_that_the_world_lacks_are_refused_before_anything_is_solved(small: Dispute) -> None:
    with pytest.raises(UnknownWorld):
        run(small, world="icio-2071")
    with pytest.raises(UnknownElasticities):
        run(small, elasticities="CPP")
    without = {"USA", "MEX"}
    world = World(np.ones((2, 2, 1)), np.zeros((2, 2, 1)), economies=sorted(without), sectors=["C24A"])
    with pytest.raises(BadDispute, match=r"parties\.CHN: is not an economy of unnamed"):
        run(small, world=world)


def test_every_measure_that_cannot_be_applied_is_named_at_once(small_text: str, small_world: World) -> None:
    text = small_text.replace("value: 100bn", "value: 500bn").replace("{sectors: [A01]}, add", "{sectors: [SERV]}, add")
    with pytest.raises(BadDispute) as problem:
        run(Dispute.parse(text, world=small_world), world=small_world)
    first, second = map(str, problem.value.faults)
    assert first.startswith("line 8: measures.pork: measure 'pork': SERV is services, which pay no customs duty")
    assert second.startswith("line 11: measures.second: measure 'second' covers 500bn of goods, but USA bought 497")


def test_measures_that_cannot_hold_together_are_refused(small_text: str, small_world: World) -> None:
    text = small_text.replace("value: 100bn", "value: 480bn")
    with pytest.raises(BadMeasure, match="measures by value are of different goods"):
        run(Dispute.parse(text, world=small_world), world=small_world)


def test_what_is_prepared_has_every_state_and_note_and_solves_nothing(
    small: Dispute, small_world: World, found: Findings
) -> None:
    prepared = prepare(small, small_world)
    assert [state.id for state in prepared.plans] == ["baseline", *(scenario.id for scenario in found.scenarios)]
    assert tuple(map(str, prepared.later)) == found.ignored
    assert any("rules still open: duty, harm" in note for note in prepared.notes)
    assert set(prepared.schedules.notes) <= set(found.notes)


def test_the_average_of_parts_is_by_trade_net_of_duty(small_world: World) -> None:
    economy = calibrate(small_world)
    base = float(economy.t[0, 1, 0])
    parts = Parts(
        np.array([0, 0]), np.array([1, 1]), np.array([0, 0]),
        np.array([0.3, 0.7]), np.array([base, base]), np.array([0.5, base]),
    )  # fmt: skip
    shock = averaged(economy, parts)
    assert shock.t_cf is not None
    assert shock.t_cf[0, 1, 0] == pytest.approx(0.3 * 0.5 + 0.7 * base)
    assert shock.t_cf[1, 0, 0] == economy.t[1, 0, 0]
