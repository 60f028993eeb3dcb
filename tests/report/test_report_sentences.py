"""Sentences never contradict the numbers they are made from."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import detente as dt
from detente.analyses.run import report as sections
from detente.analyses.run import sentences
from detente.analyses.run.figures import TERMS, Figures, averaging, balance_moves, covered, explained, paid, who_pays
from detente.analyses.run.headlines import headline
from detente.analyses.run.result import Scenario
from detente.analyses.run.sentences import groups
from detente.report.blocks import Text
from detente.report.numbers import NOISE, Names, direction

changes = st.one_of(st.floats(-0.5, 0.5), st.sampled_from([0.0, 1e-10, -1e-10, 1e-9, -1e-9, 2e-9, -2e-9, 1e-7, -1e-7]))
amounts = st.floats(-1e7, 1e7)
fixed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def with_incomes(findings: dt.Findings, income: dict[str, float]) -> dt.Findings:
    """The findings with other changes of real income in every scenario."""

    def changed(scenario: Scenario) -> Scenario:
        table = scenario.tables["economies"].copy()
        new = table["economy"].map(income).fillna(table["real_income"])
        table["real_income_usd"] = new * table["income_before"]
        table["real_income"] = new
        return replace(scenario, tables={**scenario.tables, "economies": table})

    return replace(
        findings,
        baseline=changed(findings.baseline),
        scenarios=tuple(changed(s) for s in findings.scenarios),
        other_rules=None,  # those of the scenarios as they were
    )


@given(changes, changes)
@fixed
def test_the_headline_says_cost_exactly_of_those_who_lose(findings: dt.Findings, usa: float, chn: float) -> None:
    text = headline(with_incomes(findings, {"USA": usa, "CHN": chn}))
    costs = text.partition(" would cost ")[2].partition(" would ")[0]
    brings = text.partition(" would bring ")[2].partition(" would ")[0]
    leaves = text.partition(" would leave ")[2]
    for name, change in (("United States", usa), ("China", chn)):
        assert (name in costs.partition(", against")[0]) == (change < -NOISE)
        assert (name in brings.partition(", against")[0]) == (change > NOISE)
        assert (name in leaves) == (abs(change) <= NOISE)


@given(st.dictionaries(st.sampled_from(["MEX", "VNM", "CAN", "JPN", "DEU", "ROW", "KOR"]), changes, min_size=1))
@fixed
def test_third_countries_are_counted_as_they_are(findings: dt.Findings, income: dict[str, float]) -> None:
    codes = ["USA", "CHN", *income]
    values = [0.0, 0.0, *income.values()]
    table = pd.DataFrame({"economy": codes, "real_income": values, "real_income_usd": [v * 1e5 for v in values]})
    scenario = replace(findings.baseline, tables={"economies": table})
    text = sentences.third_countries(scenario, ["USA", "CHN"], Names())
    gain, loss = sum(v > NOISE for v in income.values()), sum(v < -NOISE for v in income.values())
    assert f"{gain or 'none'} would gain and {loss or 'none'} would lose" in text
    assert "one closure of deficits" in text
    assert ("The largest gain" in text) == (gain > 0)
    assert ("The largest loss" in text) == (loss > 0)
    if gain:
        best = Names().the(max(income, key=lambda code: income[code]))
        assert best in re.split(r"The largest loss", text)[0]


terms = st.fixed_dictionaries({name: st.one_of(st.just(0.0), st.floats(-0.1, 0.1)) for name in TERMS})


@given(terms)
def test_the_explanation_names_the_largest_term_first(parts: dict[str, float]) -> None:
    total = sum(parts.values())
    text = explained("China", {**parts, "total": total})
    main = max(TERMS, key=lambda name: abs(parts[name]))
    if abs(parts[main]) <= NOISE:
        assert text == "Nothing moves the real income of China."
        return
    words = {
        "terms_of_trade_and_transfers": "terms of trade",
        "volume_of_trade": "volume of trade",
        "trade_costs": "trade costs",
        "labour": "labour supply",
    }
    named = sorted((text.index(f"({word}") if f"({word}" in text else len(text), word) for word in words.values())
    assert named[0][1] == words[main]
    verdict = {"gain": "gains", "loss": "loses", "none": "neither gains nor loses"}[direction(total)]
    assert text.startswith(f"China {verdict}, ")
    assert ("mainly because" in text) == (direction(parts[main]) == direction(total))
    for name, value in parts.items():
        shown = f"({words[name]}" in text
        assert shown == (abs(value) > NOISE)


def test_a_term_adds_or_takes_as_its_sign_says() -> None:
    base = {
        "terms_of_trade_and_transfers": 0.0005,
        "volume_of_trade": -0.002,
        "trade_costs": 0.0,
        "labour": 0.0,
        "total": -0.0015,
    }
    text = explained("the United States", base)
    assert text.startswith("The United States loses, mainly because tariffs block more trade")
    assert "fetches more" in text
    assert "which adds 0.050 (terms of trade)" in text
    assert "Together −0.15" in text
    worse = explained("the United States", {**base, "terms_of_trade_and_transfers": -0.0005, "total": -0.0025})
    assert "fetches less" in worse
    assert "which takes 0.050" in worse


@given(amounts, amounts)
def test_a_balance_grows_shrinks_or_turns_as_it_does(before: float, after: float) -> None:
    text = balance_moves("China", "Mexico", before, after)
    if before * after < 0:
        kinds = ("surplus", "deficit") if before > 0 else ("deficit", "surplus")
        assert f"from a {kinds[0]} of" in text
        assert f"into a {kinds[1]} of" in text
    elif "stays" in text:
        assert abs(after) == pytest.approx(abs(before), rel=1e-8, abs=1e-8)
    else:
        assert ("grows" in text) == (abs(after) > abs(before))
        assert ("surplus" in text) == (before > 0 or after > 0)


@given(amounts, amounts, amounts)
def test_the_ledger_says_more_exactly_where_it_is_more(revenue: float, consumers: float, firms: float) -> None:
    amounts = {
        "change in tariff revenue": revenue,
        "extra cost of the old final basket (consumers)": consumers,
        "extra cost of the old inputs (firms)": firms,
    }
    text = paid("Mexico", amounts, dict.fromkeys(amounts, float("nan")))
    found = re.search(r"collects (.+?)\. What .* costs them (.+?), and what .* costs them (.+?), both", text)
    assert found is not None
    for said, amount in zip(found.groups(), (revenue, consumers, firms), strict=True):
        assert (" more" in said) == (amount > 0)
        assert (" less" in said.replace("less than", "")) == (amount < 0)


def test_a_household_is_named_where_it_was_counted(findings: dt.Findings) -> None:
    names = sentences.names_of(findings)
    assert "a household)" in who_pays(findings.main, "USA", names)
    assert "household" not in who_pays(findings.main, "CHN", names)


def test_the_headline_says_what_acts_and_against_what(findings: dt.Findings) -> None:
    text = headline(findings)
    assert text.startswith("The threatened tariffs, answered in kind, would ")
    assert "against the tariffs in force on 4 May 2018. One measure is a value without a list of products" in text
    law = replace(findings, scenarios=(), other_rules=None)
    assert headline(law).startswith("The tariffs of this dispute in force on 4 May 2018 would ")
    assert headline(law).endswith("against the world of 2017 without them. The file has no answer of China.")
    nothing = replace(findings, scenarios=(), other_rules=None, baseline=replace(findings.baseline, measures=()))
    assert headline(nothing) == (
        "No scenario of this dispute changes anything: "
        "no tariff of it is in force on 4 May 2018, and none is threatened."
    )


def test_a_threat_alone_is_called_unanswered(findings: dt.Findings) -> None:
    threat = next(s for s in findings.scenarios if s.id == "us-steel")
    assert sentences.subject(findings, threat) == "the threatened tariff, unanswered,"


def test_parties_beyond_a_sentence_are_counted(findings: dt.Findings) -> None:
    parties = dict(findings.dispute.parties)
    parties |= {code: parties["USA"].model_copy(update={"name": code}) for code in ("MEX", "CAN", "JPN")}
    many = replace(findings, dispute=findings.dispute.model_copy(update={"parties": parties}))
    assert ". The other parties (1) are in the table. " in headline(many)


def test_every_group_says_what_it_is_measured_against(findings: dt.Findings) -> None:
    titles = [sentences.group_title(findings, group) for group in groups(findings)]
    assert titles == [
        "If threats are carried out, against the tariffs in force on 4 May 2018",
        "Tariffs in force by date, against the world of 2017 without them",
        "If measures in force are removed, against the tariffs in force on 4 May 2018",
    ]


def test_averaging_is_mentioned_only_where_the_digits_differ(findings: dt.Findings) -> None:
    names, scenario = sentences.names_of(findings), findings.main
    assert "instead of" in str(averaging(scenario, ["USA", "CHN"], names))
    same = scenario.tables["averaging"].assign(real_income_if_averaged=lambda t: t["real_income"])
    told = averaging(replace(scenario, tables={**scenario.tables, "averaging": same}), ["USA"], names)
    assert told is None


def test_the_average_tariff_is_the_mean_over_what_is_bought(findings: dt.Findings) -> None:
    scenario = findings.main
    table = scenario.tables["tariffs"].query("importer == 'USA' and exporter == 'CHN'")
    after = (table["after"] * table["imports"]).sum() / table["imports"].sum()
    text = covered(scenario, "USA", "CHN", sentences.names_of(findings))
    assert f" to {after * 100:.1f}" in str(text)
    assert "it buys in the sectors that measures reach, in the world of the model" in str(text)
    blocks = sections.tariffs(findings, Figures(findings, scenario)).blocks
    said = [block.text for block in blocks if isinstance(block, Text)]
    assert sum("`detente tariffs` takes all goods sectors" in each for each in said) == 1
    assert covered(findings["us-more"], "CHN", "USA", Names()) is None


def test_names_have_the_article_that_english_gives_them() -> None:
    names = Names({"USA": "United States", "CHN": "Middle Kingdom"})
    assert [names.the(c) for c in ("USA", "CHN", "NLD", "ROW", "FRA")] == [
        "the United States", "Middle Kingdom", "the Netherlands", "the rest of the world", "France",
    ]  # fmt: skip
    assert Names({"USA": "America"}).the("USA") == "America"
    assert names.economy("OTH") == "OTH"
