"""Sentences that say what a run found. Each is computed from the numbers it names, and claims no more than they hold.

A gain is said where a change is over `numbers.NOISE`, a loss where it is under −`numbers.NOISE`, and neither between.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from detente.dispute import Findings, Scenario
from detente.report.cells import number
from detente.report.names import ASSUMPTIONS, Names
from detente.report.numbers import direction, listed, of_draws, percent, points, signed_percent, usd
from detente.report.select import Group, incomes, main_scenario, third_economies

if TYPE_CHECKING:
    from detente.ensemble import Bands

MOST_PARTIES = 4
"""Parties that one sentence can hold."""


def names_of(findings: Findings) -> Names:
    """The names that the dispute gives its parties, over those of the data."""
    return Names(findings.dispute.called)


def day(when: date) -> str:
    """A date in words: 4 May 2018."""
    return f"{when.day} {when:%B %Y}"


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
