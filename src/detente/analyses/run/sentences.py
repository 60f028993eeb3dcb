"""Which scenario a report leads with, and whom it shows besides the parties.

Sentences that say what a run found. Each is computed from the numbers it names, and claims no more than they hold.

A gain is said where a change is over `numbers.NOISE`, a loss where it is under −`numbers.NOISE`, and neither between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from detente.analyses.run.result import Findings, Scenario
from detente.dispute.scenarios import leading
from detente.report.blocks import number
from detente.report.numbers import (
    ASSUMPTIONS,
    NOISE,
    Names,
    day,
    direction,
    listed,
    of_draws,
    percent,
    points,
    signed_percent,
    usd,
)

if TYPE_CHECKING:
    from detente.analyses.bands.result import Bands


def main_scenario(findings: Findings) -> Scenario:
    """The scenario of the headline; see `detente.dispute.scenarios.leading`."""
    every = (findings.baseline, *findings.scenarios)
    return every[leading([(scenario.kind, len(scenario.measures)) for scenario in every])]


def incomes(scenario: Scenario) -> pd.DataFrame:
    """real_income (fractions) and real_income_usd (USD million) by economy."""
    return scenario.tables["economies"].set_index("economy")[["real_income", "real_income_usd"]]


def third_economies(scenario: Scenario, parties: Sequence[str]) -> pd.DataFrame:
    """`incomes` of all others, largest gain first."""
    others = incomes(scenario).drop(index=list(parties))
    return others.sort_values("real_income", ascending=False, kind="stable")


def gains_most_trade(scenario: Scenario, parties: Sequence[str]) -> str | None:
    """The third economy to which most trade is diverted: the largest sum, in dollars, of what it sells more.

    Summed over the markets of parties where the tariff on goods of another party changed; None where nobody sells more.
    """
    pairs = set(changed_pairs(scenario, parties))
    table = scenario.tables["diversion"]
    if not pairs or table.empty:  # with one party there is no market of another
        return None
    markets = [pair in pairs for pair in zip(table["importer"], table["exporter"], strict=True)]
    sales = table[markets].groupby("economy")["change"].sum().drop(index=list(parties), errors="ignore")
    return str(sales.idxmax()) if len(sales) and sales.max() > 0 else None


def most_affected(scenario: Scenario, parties: Sequence[str], each: int = 2) -> list[str]:
    """Twice `each` third economies: who gains most trade, then those whose real income changes most.

    First is `gains_most_trade`, since who replaces whom is what third countries ask. Then come `each` by the share of
    real income that they gain or lose, and the rest by dollars of it; each economy is named once.
    """
    others = third_economies(scenario, parties).abs()
    others = others[others["real_income"] > NOISE]
    shares = others["real_income"].sort_values(ascending=False, kind="stable").index[:each]
    dollars = others["real_income_usd"].drop(index=shares).sort_values(ascending=False, kind="stable").index
    winner = gains_most_trade(scenario, parties)
    ranked = [str(code) for code in (*([] if winner is None else [winner]), *shares, *dollars)]
    return list(dict.fromkeys(ranked))[: 2 * each]


def columns(findings: Findings, scenario: Scenario) -> list[str]:
    """The economies that tables of scenarios show: the parties, then `most_affected`, who gains most trade first."""
    parties = list(findings.dispute.parties)
    return parties + most_affected(scenario, parties)


@dataclass(frozen=True)
class Group:
    """Scenarios that are shown together because they are measured against the same state."""

    kind: Literal["threats", "steps", "removals"]
    scenarios: tuple[Scenario, ...]


def groups(findings: Findings) -> tuple[Group, ...]:
    """Every scenario in its group, empty groups left out.

    The baseline is among the steps, unless the last of them is the same state already.
    """
    steps = [s for s in findings.scenarios if s.kind == "step"]
    if not steps or set(steps[-1].measures) != set(findings.baseline.measures):
        steps.append(findings.baseline)
    found = (
        Group("threats", tuple(s for s in findings.scenarios if s.kind in ("threat", "answered"))),
        Group("steps", tuple(s for s in steps if s.measures or len(steps) > 1)),
        Group("removals", tuple(s for s in findings.scenarios if s.kind == "removal")),
    )
    return tuple(group for group in found if group.scenarios) or (Group("steps", (findings.baseline,)),)


def changed_pairs(scenario: Scenario, parties: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of parties (importer, exporter) between which a tariff changes in the scenario."""
    table = scenario.tables["tariffs"]
    moved = table[
        (table["before"] != table["after"]) & table["importer"].isin(parties) & table["exporter"].isin(parties)
    ]
    found = set(zip(moved["importer"], moved["exporter"], strict=True))
    return [(n, i) for n in parties for i in parties if (n, i) in found]


def exact_changes(scenario: Scenario) -> dict[str, float]:
    """Change in real income by economy, fractions."""
    return {str(code): float(value) for code, value in incomes(scenario)["real_income"].items()}


MOST_PARTIES = 4
"""Parties that one sentence can hold."""


def names_of(findings: Findings) -> Names:
    """The names that the dispute gives its parties, over those of the data."""
    return Names(findings.dispute.called)


def headline(findings: Findings, bands: Bands | None = None) -> str:
    """The first thing a reader has to know: what the widest scenario does to each party, and against what.

    With bands, also how sure that is.
    """
    scenario = main_scenario(findings)
    if not any(each.measures or each.kind == "removal" for each in (findings.baseline, *findings.scenarios)):
        when = day(findings.dispute.as_of)
        nothing = "No scenario of this dispute changes anything"
        return f"{nothing}: no tariff of it is in force on {when}, and none is threatened."
    text = f"{subject(findings, scenario)} {effects(findings, scenario)}, {against(findings, scenario)}."
    left = len(findings.dispute.parties) - MOST_PARTIES
    more = f" The other parties ({left}) are in the table." if left > 0 else ""
    sure = "" if bands is None else f" {ranges(findings, bands) or how_sure(findings, bands)}".rstrip()
    return f"{text[0].upper()}{text[1:]}{more}{sure}"


def how_sure(findings: Findings, bands: Bands) -> str:
    """In how many draws each party gains or loses as the headline says, its band, and what drives it most.

    Empty where the scenario of the headline changes nothing, in any draw.
    """
    scenario, names = main_scenario(findings), names_of(findings)
    parties = list(findings.dispute.parties)[:MOST_PARTIES]
    if not (bands.bands["scenario"] == scenario.id).any():
        return ""
    changes = {p: number(incomes(scenario), p, "real_income") for p in parties}
    rows = {p: bands.band(scenario.id, p) for p in parties}
    said = [
        f"{names.the(p)} {in_draws(changes[p], row['negative'], row['positive'])}, {signed_percent(changes[p])} "
        f"({nine_in_ten(row['low'], row['high'])} in nine draws of ten)"
        for p, row in rows.items()
    ]
    drivers = {p: bands.driver(scenario.id, p) for p in parties}
    most = [
        f"the {ASSUMPTIONS.get(row['assumption'], row['assumption'])} for {names.the(p)} "
        f"({of_draws(row['share'])} of the variance)"
        for p, row in drivers.items()
        if row is not None
    ]
    driven = f"What drives it most: {listed(most)}." if most else "What drives it takes more draws to say."
    return f"How sure, by {bands.solved} draws: {'; '.join(said)}. {driven}"


def by_sets(bands: Bands) -> bool:
    """Whether the draws are the sets of elasticities as published, each once, and nothing else is varied."""
    over = bands.over
    alone = all(len(axis) == 1 for axis in (over.worlds, over.deficits, over.horizons)) and not over.ranges
    return alone and over.spread == 0 and bands.count == len(over.elasticities)


def ranges(findings: Findings, bands: Bands) -> str:
    """How far each party's change lies apart between sets of elasticities, and in how many it goes as in the headline.

    Empty where more than sets is varied, or the scenario of the headline changes nothing.
    """
    scenario, names = main_scenario(findings), names_of(findings)
    if not by_sets(bands) or not (bands.bands["scenario"] == scenario.id).any():
        return ""
    said = []
    for party in list(findings.dispute.parties)[:MOST_PARTIES]:
        row = bands.band(scenario.id, party)
        losing = _sets(bands, row["negative"])
        said.append(f"{names.the(party)} {row_range(row['least'], row['most'])}, a loss under {losing}")
    return f"Over the {bands.solved} sets of elasticities: {'; '.join(said)}."


def row_range(least: float, most: float) -> str:
    """The smallest and the largest change: `−0.067 % to −0.057 %`."""
    return f"{signed_percent(least)} to {signed_percent(most)}"


def _sets(bands: Bands, share: float) -> str:
    """How many sets a share of them is: `all`, `none`, or `5 of them`."""
    number = round(share * bands.solved)
    return {0: "none", bands.solved: "all"}.get(number, f"{number} of them")


def in_draws(change: float, negative: float, positive: float) -> str:
    """In how many draws a change goes the way it goes in the run: `loses in 97 % of draws`."""
    turn = direction(change)
    if turn == "none":
        return f"loses in {of_draws(negative)} and gains in {of_draws(positive)} of draws"
    return f"{'gains' if turn == 'gain' else 'loses'} in {of_draws(positive if turn == 'gain' else negative)} of draws"


def nine_in_ten(low: float, high: float) -> str:
    """The ends of a band of changes, without the sign of per cent: `−0.092 to −0.036`."""
    return f"{points(low)} to {points(high)}"


def subject(findings: Findings, scenario: Scenario) -> str:
    """What acts, as the subject of a sentence."""
    if scenario.kind == "removal":
        return f"the removal of tariffs (“{scenario.title}”)"
    if scenario.kind in ("baseline", "step"):
        when = day(scenario.on) if scenario.on is not None else "the day"
        return f"the tariffs of this dispute in force on {when}" if scenario.measures else "no tariff of this dispute"
    threats = len(scenario.measures) - len(scenario.responses) - len(findings.baseline.measures)
    what = "the threatened tariff" if threats == 1 else "the threatened tariffs"
    if threats == 0:  # an answer to what is law already
        return "the answer to the tariffs in force"
    if scenario.kind == "threat":
        return f"{what}, unanswered,"
    rules = {r.rule for r in findings.dispute.responses}
    return f"{what}, answered{' in kind' if rules == {'in-kind'} else ''},"


def effects(findings: Findings, scenario: Scenario) -> str:
    """What it would cost, bring or leave each party, as the predicate of a sentence."""
    names, changes = names_of(findings), incomes(scenario)
    parties = list(findings.dispute.parties)[:MOST_PARTIES]
    by = {
        name: [p for p in parties if direction(number(changes, p, "real_income")) == name]
        for name in ("loss", "gain", "none")
    }

    def amount(party: str, word: str = "") -> str:
        share, money = percent(number(changes, party, "real_income")), usd(number(changes, party, "real_income_usd"))
        first = party == (by["loss"] + by["gain"])[0]
        unit = (" of real income", " a year") if first else ("", "")
        return f"{names.the(party)} {word}{share}{unit[0]} ({money}{unit[1]})"

    said = []
    if by["loss"]:
        said.append(f"would cost {listed([amount(p) for p in by['loss']])}")
    if by["gain"]:
        said.append(f"would bring {listed([amount(p, 'a gain of ') for p in by['gain']])}")
    if by["none"]:
        said.append(f"would leave the real income of {listed([names.the(p) for p in by['none']])} as it is")
    return listed(said)


def against(findings: Findings, scenario: Scenario) -> str:
    """What a scenario is measured against."""
    if scenario.reference == "baseline":
        when = day(findings.dispute.as_of)
        return f"against the tariffs in force on {when}" if findings.baseline.measures else f"against {when}"
    year = f" of {findings.settings.year}" if findings.settings.year is not None else ""
    return f"against the world{year} without them"


def group_title(findings: Findings, group: Group) -> str:
    """What the scenarios of a group have in common, and what they are measured against."""
    what = {
        "threats": "If threats are carried out",
        "steps": "Tariffs in force by date",
        "removals": "If measures in force are removed",
    }[group.kind]
    return f"{what}, {against(findings, group.scenarios[0])}"


def change_of(name: str, change: float, amount: float) -> str:
    """One economy: `Viet Nam would gain 0.082 % of real income ($198mn a year)`."""
    turn = direction(change)
    if turn == "none":
        return f"{name} would neither gain nor lose"
    return (
        f"{name} would {'gain' if turn == 'gain' else 'lose'} {percent(change)} of real income ({usd(amount)} a year)"
    )


def third_countries(scenario: Scenario, parties: Sequence[str], names: Names) -> str:
    """Who else gains and who else loses: how many, who most as a share, and who most in dollars."""
    others = third_economies(scenario, parties)
    if others.empty:
        return "The world has no other economies."
    turns = [direction(change) for change in others["real_income"]]
    gain, loss = turns.count("gain"), turns.count("loss")
    said = [f"Of {len(others)} other economies {_count(gain)} would gain and {_count(loss)} would lose."]
    if gain:
        said.append(_extreme(others[others["real_income"] > 0], "gain", names))
    if loss:
        said.append(_extreme(-others[others["real_income"] < 0], "loss", names))
    return " ".join(said)


def _count(number: int) -> str:
    return "none" if number == 0 else str(number)


def _extreme(sizes: pd.DataFrame, word: str, names: Names) -> str:
    """The largest gain or loss, as a share and in dollars; `sizes` are positive."""
    by_share, by_money = str(sizes["real_income"].idxmax()), str(sizes["real_income_usd"].idxmax())

    def size(code: str) -> str:
        share, money = percent(number(sizes, code, "real_income")), usd(number(sizes, code, "real_income_usd"))
        return f"{names.the(code)} ({share}, {money} a year)"

    if by_share == by_money:
        return f"The largest {word} is that of {size(by_share)}, both as a share of income and in dollars."
    return f"The largest {word} as a share of income is that of {size(by_share)}, in dollars that of {size(by_money)}."
