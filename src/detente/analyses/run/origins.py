"""What stands under every number: how it was made, from what, and what it cannot say."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Final

from detente.analyses.run.result import Findings, Scenario
from detente.data.bundled import list_elasticities, list_worlds

HORIZONS: Final = {"long": "long run", "short": "short run"}

CLOSURES: Final = {
    "fixed": "trade deficits keep their size, measured in world income",
    "balanced": "trade balances, before the measures and after",
    "proportional": "trade deficits keep their share of income",
}

CANNOT: Final = (
    ("Investment and growth", "what a trade war does to factories that are not built; true losses are likely larger."),
    ("Uncertainty", "what the mere threat costs before any tariff is levied."),
    ("Unemployment", "how many lose their job: full employment is assumed. Known is who changes sector."),
    ("The time in between", "how long anything takes: two resting points are compared."),
    ("Money and exchange rates", "inflation, interest or a currency: prices are relative to wages."),
    ("Single products and firms", "one crop, one chip, one company: a sector is as wide as food, drink and tobacco."),
    ("Rules other than tariffs", "export bans, licences, an investigation: they have no price here."),
    ("Politics", "whether a threat is carried out."),
)  # fmt: skip
"""What the model has no word for, and so cannot tell."""


def stamp(findings: Findings, scenario: Scenario) -> str:
    """World, elasticities, closure, horizon, residual, version and id of a number, on one line."""
    s = findings.settings
    return (
        f"{s.world}, elasticities {s.elasticities}, deficits {s.deficits}, {HORIZONS[s.horizon]}; "
        f"largest gap of the audit {scenario.residual:.0e}; detente {s.version}, {findings.id[:12]}"
    )


def method(findings: Findings) -> list[str]:
    """How the numbers were made, in a few sentences."""
    s = findings.settings
    goods = sorted(s.theta.values())
    labour = {
        "long": "Workers move between sectors, not between economies: every change is the one after all have settled.",
        "short": "Workers stay in their sector: every change is the one before anybody has moved.",
    }
    return [
        "The model is that of Caliendo and Parro (2015, Review of Economic Studies 82): many economies and sectors, "
        "perfect competition, inputs from every sector, tariff revenue paid out to households. It is solved in "
        "changes, for all economies together, and a solution is used only if an audit closes every account to 1e-9.",
        f"The world is {s.world} ({s.provenance['source']}). The trade elasticities are the set {s.elasticities}: "
        f"from {goods[0]:.3g} to {goods[-1]:.3g} by sector. As closure, {CLOSURES[s.deficits]}. {labour[s.horizon]}",
        "A change in real income is what consumers can buy more or less, exact and not first-order; in dollars it is "
        "that share of their income before the change. It is a level that lasts as long as the measures do. The split "
        "into terms of trade and volume of trade follows the path from the old tariffs to the new and adds up.",
    ]


def assumed(findings: Findings) -> list[str]:
    """What no source states, as the run lists it, with the titles of measures in place of their ids."""
    titles = {f"{measure.id}: ": f"{measure.title}: " for measure in findings.dispute.measures if measure.title}
    found = []
    for text in findings.assumed:
        id = next((id for id in titles if text.startswith(id)), "")
        found.append(titles.get(id, "") + text.removeprefix(id))
    return found


def notes_by_scenario(findings: Findings) -> list[str]:
    """Notes of the scenarios, each once; those of a part of them name the scenarios they belong to."""
    every = (findings.baseline, *findings.scenarios)
    where: dict[str, list[str]] = {}
    for scenario in every:
        for note in scenario.notes:
            where.setdefault(note, []).append(scenario.id)
    return [note if len(ids) == len(every) else f"{note} ({', '.join(ids)})" for note, ids in where.items()]


def is_bundled(findings: Findings) -> bool:
    """Whether world and elasticities have names that the package knows, so that a command can name them."""
    s = findings.settings
    return s.world in set(list_worlds()["name"]) and s.elasticities in set(list_elasticities()["name"])


def command_line(findings: Findings, kinds: Sequence[str] = (), draws: int | None = None) -> str:
    """The command that makes the same findings from dispute.yaml, and results of other kinds; where `is_bundled`."""
    s = findings.settings
    words = ["detente", "run", "dispute.yaml", "--world", s.world, "--elasticities", s.elasticities]
    words += ["--deficits", s.deficits, "--horizon", s.horizon, "--out", "report"]
    words += ["--with", ",".join(kinds)] if kinds else []
    words += ["--bands", str(draws)] if draws is not None else []
    return shlex.join(words + (["--accept-defaults"] if s.accept_defaults else []))


def python_lines(findings: Findings, made: Sequence[tuple[str, str, str]] = ()) -> str:
    """The Python that makes the same findings; a world or elasticities of the user's own are his to give.

    `made` are results of other kinds: the function that finds it, its kind and its id.
    """
    s = findings.settings
    world, theta = (repr(s.world), repr(s.elasticities)) if is_bundled(findings) else ("world", "theta")
    given = f"world={world}, elasticities={theta}, deficits={s.deficits!r}"
    given += ", accept_defaults=True" if s.accept_defaults else ""
    held = "".join(f", {name}=True" for name in ("war", "talks") if getattr(findings, name) is not None)
    lines = [
        "import detente as dt",
        "",
        'dispute = dt.Dispute.read("dispute.yaml")',
        f"findings = dt.run(dispute, {given}, horizon={s.horizon!r}{held})",
        f"assert findings.id == {findings.id!r}",
    ]
    for door, kind, id in made:
        lines += [f"{kind} = dt.{door}(dispute, {given})", f"assert {kind}.id == {id!r}"]
    return "\n".join(lines)
