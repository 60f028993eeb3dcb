"""What a target takes: the rates, the levels before and after, who pays, and how much trade is only diverted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from detente.data.exported import Exported, html_of
from detente.errors import BadInput
from detente.inputs import FloatArray, number
from detente.model.benchmark import Benchmark
from detente.model.shock import Shock
from detente.solver.solution import Solution
from detente.targets.goals import Balance, Goal
from detente.targets.problem import TargetProblem, to_rate
from detente.targets.search import MET, Cheapest, SearchEnd


@dataclass(frozen=True, eq=False, repr=False)
class Target(Exported):
    """The rates that meet a goal at an equilibrium, or that come nearest where none do.

    ``met`` says which. ``shock`` holds the rates on top of what was in force; ``solution`` is its equilibrium relative
    to the benchmark, ``start`` the one before. Levels are USD million a year at border prices, in the numeraire (world
    factor income); rates and changes of real income are fractions. ``cheapest_for`` are the economies for whom rates
    were chosen, none where the goal left no choice; ``left`` is what slopes at the rates found still promise them, USD
    million. ``note`` says what stopped a search that did not arrive.
    """

    economy: Benchmark
    goal: Goal
    by: tuple[str, ...]
    cheapest_for: tuple[str, ...]
    met: bool
    note: str
    shock: Shock
    solution: Solution
    start: Solution
    rates: pd.DataFrame
    levels: pd.DataFrame
    subsidies: FloatArray
    left: float

    @classmethod
    def of(
        cls,
        economy: Benchmark,
        goal: Goal,
        by: tuple[str, ...],
        problem: TargetProblem,
        start: Solution,
        search: Cheapest,
        cheapest_for: tuple[str, ...],
    ) -> Target:
        """From where a search ended."""
        found, point = search.found, search.found.point
        return cls(
            economy=economy,
            goal=goal,
            by=by,
            cheapest_for=cheapest_for,
            met=found.met,
            note=found.note,
            shock=point.shock,
            solution=point.solution,
            start=start,
            rates=_rates(problem, point.y),
            levels=_levels(problem, goal, start, found),
            subsidies=problem.subsidies(point),
            left=search.left,
        )

    @property
    def sides(self) -> tuple[str, str]:
        """The two economies of the goal, as it names them."""
        return self.goal.parties

    @property
    def reading(self) -> str:
        """The goal in levels, so that nobody reads a sign the wrong way round."""
        if not isinstance(self.goal, Balance):
            return str(self.goal)
        one, other = self.goal.parties
        first, asked = (float(self.levels[column].iloc[0]) for column in ("benchmark", "asked"))
        text = f"the balance of {one} with {other} (exports − imports) is to go from {first:+,.0f} to {asked:+,.0f}"
        what = "deficit" if first < 0 else "surplus"
        if first * asked < 0:
            return f"{text} USD million: the {what} of {one} turns round"
        how = "smaller" if abs(asked) < abs(first) else "larger"
        return f"{text} USD million, a {how} {what} of {one}"

    def __repr__(self) -> str:
        verdict = "met" if self.met else "out of reach"
        rates = ", ".join(f"{row.instrument} {row.rate:.4g}" for row in self.rates.itertuples())
        if len(self.rates) > 4:
            rates = f"{len(self.rates)} rates"
        return f"<Target by {' and '.join(self.by)}: {self.goal}: {verdict}; {rates}>"

    def tables(self) -> dict[str, pd.DataFrame]:
        """Rates, levels, who pays, balances, and what the target does to every economy."""
        return {
            "rates": self.rates,
            "levels": self.levels,
            "payments": self.payments(),
            "balances": self.balances(),
            "economies": self.economies(),
        }

    def _repr_html_(self) -> str:
        tables = {name: table for name, table in self.tables().items() if name != "economies"}
        verdict = "met" if self.met else "out of reach, the nearest is shown"
        return html_of(". ".join(filter(None, (f"{self.reading}: {verdict}", self.note))), tables)

    def economies(self) -> pd.DataFrame:
        """One row an economy: what the target does to it, against the start.

        real_income: a fraction; real_income_usd: USD million at base prices; revenue: change of tariff revenue less
        what the treasury pays for purchases; subsidies: those payments; rents: what it charges on its exports.
        """
        after, before, base = self.solution, self.start, self.economy
        return pd.DataFrame(
            {
                "economy": base.economies,
                "real_income": after.W_hat / before.W_hat - 1,
                "real_income_usd": (after.W_hat - before.W_hat) * base.I,
                "revenue": after.R_cf - before.R_cf,
                "subsidies": self.subsidies,
                "rents": after.rents_cf - before.rents_cf,
            }
        )

    def payments(self) -> pd.DataFrame:
        """Who pays: the two sides, third countries together and the world, in the columns of `economies`.

        The change of real income of several is that of their sum, at base prices.
        """
        table, base = self.economies(), self.economy
        sides = [base.index(code) for code in self.sides]
        third = [n for n in range(len(base.economies)) if n not in sides]
        groups = {base.economies[n]: [n] for n in sides}
        groups |= {"third countries": third, "world": [*sides, *third]}
        rows = []
        for name, members in groups.items():
            sums = table.loc[members, ["real_income_usd", "revenue", "subsidies", "rents"]].sum()
            worth = float((self.start.W_hat * base.I)[members].sum())
            share = float(sums["real_income_usd"]) / worth if worth else np.nan
            rows.append({"economy": name, "real_income": share, **sums.to_dict()})
        return pd.DataFrame(rows)

    def third_countries(self) -> pd.DataFrame:
        """The rows of `economies` of everybody else, the largest loser first."""
        table = self.economies()
        others = table[~table["economy"].isin(self.sides)]
        return others.sort_values("real_income_usd", ignore_index=True)

    def balances(self) -> pd.DataFrame:
        """Where the balances (exports − imports, USD million) of the two sides go: each other, all others, the world.

        ``how`` says whether the total is computed, or held by the closure: under ``fixed`` and ``balanced`` it cannot
        move, so that all of a bilateral change is made up for elsewhere by assumption.
        """
        held = self.economy.deficits != "proportional" or self.shock.D_cf is not None
        rows = []
        for one, other in (self.sides, self.sides[::-1]):
            both = [sol.balance(one, other) for sol in (self.start, self.solution)]
            goods = [sol.balance(one, other, goods_only=True) for sol in (self.start, self.solution)]
            total = [sol.balance(one) for sol in (self.start, self.solution)]
            for name, before, after in (
                (f"with {other}, goods", goods[0][1], goods[1][1]),
                (f"with {other}, services", both[0][1] - goods[0][1], both[1][1] - goods[1][1]),
                ("with all others", total[0][1] - both[0][1], total[1][1] - both[1][1]),
                ("total", total[0][1], total[1][1]),
            ):
                how = "held by assumption" if name == "total" and held else "computed"
                rows.append((one, name, before, after, after - before, how))
        return pd.DataFrame(rows, columns=["economy", "balance", "before", "after", "change", "how"])

    @property
    def diverted(self) -> dict[str, float]:
        """Of each side: the part of the change of its balance with the other that is undone with all others."""
        table = self.balances().set_index(["economy", "balance"])["change"]
        out = {}
        for one, other in (self.sides, self.sides[::-1]):
            bilateral = table[one, f"with {other}, goods"] + table[one, f"with {other}, services"]
            out[one] = float(-table[one, "with all others"] / bilateral) if bilateral else np.nan
        return out

    def timetable(self, steps: Sequence[tuple[date | str, float]]) -> pd.DataFrame:
        """The way to the goal by dates: arithmetic on a schedule of the user's. The model has no dates.

        Parameters
        ----------
        steps
            The last day of each step and its change, USD million a year; in order, and summing to the goal.

        Raises
        ------
        BadInput
            Where the steps are not in order, or do not sum to what the goal asks for.
        """
        whole = self.goal.change if isinstance(self.goal, Balance) else sum(self.goal.amounts.values())
        try:
            days = [date.fromisoformat(day) if isinstance(day, str) else day for day, _ in steps]
        except (TypeError, ValueError) as problem:
            raise BadInput(
                f"steps cannot be read ({problem}): give (day, change), such as ('2019-12-31', 1e5)"
            ) from None
        changes = np.array([number(change, "the change of a step") for _, change in steps])
        if days != sorted(set(days)) or not days:
            raise BadInput(f"the steps end on {', '.join(map(str, days)) or 'no day'}: give each day once, in order")
        if abs(changes.sum() - whole) > 1e-6 * abs(whole):
            raise BadInput(
                f"the steps sum to {changes.sum():,.0f} USD million, the goal asks for {whole:,.0f}: make them agree"
            )
        first, last = (float(self.levels[column].sum()) for column in ("benchmark", "asked"))
        return pd.DataFrame(
            {
                "by": days,
                "change": changes,
                "cumulative": changes.cumsum(),
                "level": first + (last - first) * changes.cumsum() / whole,
                "how": "arithmetic on the schedule",
            }
        )

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as JSON has them."""
        return {
            "goal": str(self.goal),
            "reading": self.reading,
            "by": list(self.by),
            "cheapest_for": list(self.cheapest_for),
            "left": self.left,
            "met": self.met,
            "note": self.note,
            "rates": self.rates.to_dict("records"),
            "levels": self.levels.to_dict("records"),
            "payments": self.payments().to_dict("records"),
            "balances": self.balances().to_dict("records"),
            "diverted": self.diverted,
            "third_countries": self.third_countries().to_dict("records"),
            "provenance": dict(self.solution.provenance),
        }


def _rates(problem: TargetProblem, y: FloatArray) -> pd.DataFrame:
    """One row a rate: instrument, who sets it, what it covers, and the rate, a fraction."""
    levers, g, economy = problem.instruments.levers, problem.instruments.goods, problem.instruments.economy
    return pd.DataFrame(
        {
            "instrument": [lever.kind for lever in levers],
            "set_by": [lever.by for lever in levers],
            "importer": [economy.economies[g.n[lever.rows[0]]] for lever in levers],
            "exporter": [economy.economies[g.i[lever.rows[0]]] for lever in levers],
            "sectors": [tuple(economy.sectors[j] for j in np.unique(g.j[lever.rows])) for lever in levers],
            "covers": [lever.label for lever in levers],
            "rate": [float(to_rate(lever.kind, value)) for lever, value in zip(levers, y, strict=True)],
            "at_bound": [bool(value >= lever.largest) for lever, value in zip(levers, y, strict=True)],
        }
    )


def _levels(problem: TargetProblem, goal: Goal, start: Solution, found: SearchEnd) -> pd.DataFrame:
    """One row a level that the goal counts: the benchmark, before, after, what was asked for, and how much is short."""
    count, after = problem.count, found.point.levels
    before = problem.levels(np.zeros(problem.size), start)
    turned = isinstance(goal, Balance) and goal.sides(problem.instruments.economy)[0] != goal.economy
    sign = -1.0 if turned else 1.0
    names = (f"balance of {goal.economy} with {goal.partner}",) if isinstance(goal, Balance) else count.names
    return pd.DataFrame(
        {
            "level": names,
            "benchmark": sign * (count.asked - count.scale),
            "before": sign * before,
            "after": sign * after,
            "asked": sign * count.asked,
            "short": np.maximum(count.asked - after, 0.0),
            "met": found.point.gaps >= -MET,
        }
    )
