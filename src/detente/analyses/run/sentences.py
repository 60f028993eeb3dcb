"""Sentences that say what a run found, which economies they are about, and on what they rest.

Each sentence is computed from the numbers it names, and claims no more than they hold. A gain is said where a change is
over `numbers.NOISE`, a loss where it is under −`numbers.NOISE`, and neither between. Tables show the parties and
the third economies that `columns` chooses. What stands under every number is said here too: how it was made, from what,
and what it cannot say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

import pandas as pd

from detente.analyses import reproduce
from detente.analyses.options import Options
from detente.analyses.run.options import RunOptions
from detente.analyses.run.result import Findings, Scenario
from detente.data.bundled import list_elasticities, list_worlds
from detente.dispute.results import RunSettings
from detente.policy.instruments import instruments_of
from detente.report.blocks import number
from detente.report.numbers import Names, capital, day, direction, listed, names_of, percent, stamp_of, usd
from detente.solver.noise import NOISE


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


def noun(findings: Findings) -> str:
    """The name of what the dispute is about: tariffs, or measures where it has quotas, bans or duties by the unit."""
    return "measure" if any(map(instruments_of, findings.dispute.measures)) else "tariff"


def in_force_on(findings: Findings, on: date | None = None) -> str:
    """A day, by default that of the dispute, and whose law holds on it where that of another case lies underneath."""
    base, when = findings.dispute.base, day(on or findings.dispute.as_of)
    if base is None:
        return when
    known = "" if when == day(base.on) else f", as it was on {day(base.on)}"
    return f"{when} (the law of {base.case}{known})"


def subject(findings: Findings, scenario: Scenario) -> str:
    """The subject of a sentence on a scenario."""
    its = noun(findings)
    if scenario.kind == "removal":
        return f"the removal of {its}s (“{scenario.title}”)"
    if scenario.kind in ("baseline", "step"):
        when = "the day" if scenario.on is None else in_force_on(findings, scenario.on)
        return f"the {its}s of this dispute in force on {when}" if scenario.measures else f"no {its} of this dispute"
    new = set(scenario.measures) - set(scenario.responses) - set(findings.baseline.measures)
    threats = len(new)
    statuses = {measure.status for measure in findings.dispute.measures if measure.id in new}
    how = " and ".join(word for word in ("threatened", "proposed") if word in statuses) or "threatened"
    what = f"the {how} {its}" if threats == 1 else f"the {how} {its}s"
    if threats == 0:  # an answer to what is law already
        return f"the answer to the {its}s in force"
    if scenario.kind == "threat":
        return f"{what}, unanswered,"
    rules = {r.rule for r in findings.dispute.responses}
    return f"{what}, answered{' in kind' if rules == {'in-kind'} else ''},"


def effects(findings: Findings, scenario: Scenario) -> str:
    """The cost or gain of each party, as the predicate of a sentence."""
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
    """The reference of a scenario."""
    if scenario.reference == "baseline":
        when = in_force_on(findings)
        return f"against the {noun(findings)}s in force on {when}" if findings.baseline.measures else f"against {when}"
    year = f" of {findings.settings.year}" if findings.settings.year is not None else ""
    return f"against the world{year} without them"


def group_title(findings: Findings, group: Group) -> str:
    """The common feature of the scenarios of a group, and their reference."""
    what = {
        "threats": "If threats are carried out",
        "steps": f"{capital(noun(findings))}s in force by date",
        "removals": "If measures in force are removed",
    }[group.kind]
    return f"{what}, {against(findings, group.scenarios[0])}"


def third_countries(scenario: Scenario, parties: Sequence[str], names: Names) -> str:
    """The third countries that gain and lose: their number, and the largest changes as a share and in dollars."""
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
    said.append(
        "All this is under one closure of deficits. Under another one third economies may gain where they lose here: "
        "compare closures first (--deficits, or --bands N)."
    )
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


HORIZONS: Final = {"long": "long run", "short": "short run"}

CLOSURES: Final = {
    "fixed": "trade deficits keep their size, measured in world income",
    "balanced": "trade balances, before the measures and after",
    "proportional": "trade deficits keep their share of income",
}

CANNOT: Final = (
    ("Investment and growth", "what a trade war does to factories that are not built; true losses are likely larger."),
    ("Uncertainty", "what the mere threat costs before any tariff is levied."),
    ("The time in between", "how long anything takes: equilibria are compared."),
    ("Money and exchange rates", "inflation, interest or a currency: prices are relative to wages."),
    ("Single products and firms", "one crop, one chip, one company: a sector is as wide as food, drink and tobacco."),
    ("Rules without a price", "standards, a licence refused to one firm, an investigation; quotas, bans are priced."),
    ("Politics", "whether a threat is carried out: any probability of it rests on beliefs that are assumed."),
)  # fmt: skip
"""What the model has no word for, and so cannot tell, whatever the options."""


def cannot(findings: Findings) -> list[str]:
    """The limits of the model under the options of the run: with a floor under wages some workers are unemployed."""
    floor = "wage_floor" in (findings.settings.labour or {})
    jobs = (
        "Unemployment: who loses a job in which place: one floor holds for all wages of an economy."
        if floor
        else "Unemployment: how many lose their job: full employment is assumed. Known is who changes sector."
    )
    return [f"{what}: {why}" for what, why in CANNOT[:2]] + [jobs] + [f"{what}: {why}" for what, why in CANNOT[2:]]


def scenario_stamp(findings: Findings, scenario: Scenario) -> str:
    """World, elasticities, closure, horizon, residual, version and id of a number, on one line."""
    return stamp_of(findings, scenario.residual, HORIZONS[findings.settings.horizon])


def method(findings: Findings) -> list[str]:
    """The method behind the numbers, in a few sentences."""
    s = findings.settings
    goods = sorted(s.theta.values())
    same = f"{goods[0]:.3g}" == f"{goods[-1]:.3g}"
    spread = f"{goods[0]:.3g} in every sector" if same else f"from {goods[0]:.3g} to {goods[-1]:.3g} by sector"
    labour = {
        "long": "Workers move between sectors, not between economies: every change is the one after all have settled.",
        "short": "Workers stay in their sector: every change is the one before anybody has moved.",
    }
    return [
        "The model is that of Caliendo and Parro (2015, Review of Economic Studies 82): many economies and sectors, "
        "perfect competition, inputs from every sector, tariff revenue paid out to households. It is solved in "
        "changes, for all economies together, and a solution is used only if an audit closes every account to 1e-9.",
        f"The world is {s.on} ({s.provenance['source']}). The trade elasticities are the set {s.elasticities}: "
        f"{spread}. As closure, {CLOSURES[s.deficits]}. {labour[s.horizon]}{labour_words(s)}",
        "A change in real income is what consumers can buy more or less, exact and not first-order; in dollars it is "
        "that share of their income before the change. It is a level that lasts as long as the measures do. The split "
        "into terms of trade and volume of trade follows the path from the old tariffs to the new and adds up.",
    ]


def labour_words(settings: RunSettings) -> str:
    """What labour does beside that, in sentences; nothing where its supply is fixed and its wages clear markets."""
    its, said = settings.labour or {}, []
    if "labour" in its:
        use = "is handed out" if its["revenue"] == "lump-sum" else "lowers the income tax"
        said.append(
            f"Labour supply answers to the real wage after tax with an elasticity of {its['labour']:g}; tariff revenue "
            f"{use}, from an income tax of {percent(float(its['income_tax']))}. Welfare counts what work is worth."
        )
    if "mobility" in its:
        said.append(f"Workers differ, and change sector for other wages with a mobility of {its['mobility']:g}.")
    if "wage_floor" in its:
        unit = "world factor income" if its["wage_unit"] == "factor-income" else "dollars, US factor income held"
        said.append(
            f"No wage falls under {percent(float(its['wage_floor']))} of what it was in {unit}: who is short of that "
            "is unemployed."
        )
    return "".join(f" {sentence}" for sentence in said)


def assumed(findings: Findings) -> list[str]:
    """The assumptions of the run, with the titles of measures in place of their ids."""
    titles = {f"{measure.id}: ": f"{measure.title}: " for measure in findings.dispute.measures if measure.title}
    found = []
    for text in findings.assumed:
        id = next((id for id in titles if text.startswith(id)), "")
        what = text.removeprefix(id)
        if what.startswith("of ("):  # the key of the share, which is no word
            what = f"the share of value charged {what.removeprefix('of ')}"
        found.append(titles.get(id, "") + what)
    return found


def notes_by_scenario(findings: Findings) -> list[str]:
    """Notes of the scenarios, each once, the headline's first; those of some name the scenarios they are of."""
    every = (findings.main, *(scenario for scenario in findings.states if scenario is not findings.main))
    where: dict[str, list[str]] = {}
    for scenario in every:
        for note in scenario.notes:
            where.setdefault(note, []).append(scenario.id)
    return [note if len(ids) == len(every) else f"{note} ({', '.join(ids)})" for note, ids in where.items()]


def is_bundled(findings: Findings) -> bool:
    """Whether world and elasticities have names that the package knows, so that a command can name them."""
    s = findings.settings
    return s.world in set(list_worlds()["name"]) and s.elasticities in set(list_elasticities()["name"])


def command_line(findings: Findings, kinds: Sequence[str] = (), more: Sequence[str] = ()) -> str:
    """The command that makes the same findings from dispute.yaml, and results of other kinds; where `is_bundled`."""
    options = _run_options(findings)
    beside = ["--with", ",".join(kinds)] if kinds else []
    return reproduce.command_line("run", options, ["--out", "report", *beside, *more])


def python_lines(findings: Findings, made: Sequence[tuple[str, str, str]] = ()) -> str:
    """The Python that makes the same findings; a world or elasticities of the user's own are his to give.

    `made` are results of other kinds: the function that finds it, its kind and its id.
    """
    others = Options.read(_settings(findings))
    options = _run_options(findings)
    calls = [("run", "findings", findings.id, options), *((door, kind, id, others) for door, kind, id in made)]
    lines = ["import detente as dt", "", f'dispute = dt.Dispute.read("{reproduce.FILE}")']
    for door, name, id, given in calls:
        lines += [f"{name} = {reproduce.python_call(door, given)}", f"assert {name}.id == {id!r}"]
    return "\n".join(lines)


def _run_options(findings: Findings) -> RunOptions:
    """The options of the run."""
    asked = {name: True for name in ("acts", "third_markets", "signs") if getattr(findings, name) is not None}
    return RunOptions.read({**_settings(findings), "horizon": findings.settings.horizon, **asked})


def _settings(findings: Findings) -> dict[str, Any]:
    """The settings of the numbers, as options; a world or elasticities of the user's own have no name."""
    s, own = findings.settings, object()
    world, theta = (s.world, s.elasticities) if is_bundled(findings) else (own, own)
    rest = {name: getattr(s, name) for name in ("deficits", "base_tariffs", "accept_defaults")}
    return {"world": world, "elasticities": theta, **rest, **(s.labour or {})}
