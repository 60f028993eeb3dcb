"""A target: the goal, and the means to reach it.

A goal is a bilateral balance, or purchases by category, both at border prices and net of tariffs. A target says by
which rates it is met, the levels before and after, who pays, and how much trade is only diverted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal, get_args

import numpy as np
import pandas as pd

from detente.data.exported import Exported, Shown, html_of
from detente.errors import BadInput
from detente.inputs import FloatArray, names, number, one_of, require
from detente.model.benchmark import Benchmark
from detente.model.shock import Shock
from detente.solver.noise import without_noise
from detente.solver.solution import Solution
from detente.solver.solution import goods as goods
from detente.targets.caps import caps_frame, caps_said
from detente.targets.problem import TargetProblem, to_rate
from detente.targets.search import BOUND, MET, Cheapest, SearchEnd
from detente.targets.uniform_rates import rates_frame, signs_said

Scope = Literal["goods", "all"]

GOODS: Final = "goods"
"""What the one category of a commitment without categories is called."""


@dataclass(frozen=True)
class Balance(Shown):
    """The imbalance of trade between two economies shall change: the deficit of the one, the surplus of the other.

    Which of the two has the deficit is read from the benchmark, so that neither the order of the names nor a sign can
    turn the goal round: where the United States buys more from China than it sells, ``Balance("USA", "CHN",
    change=-200e3)`` and ``Balance("CHN", "USA", change=-200e3)`` both ask for 200bn less of it.

    Parameters
    ----------
    economy, partner
        Between whom.
    change
        USD million a year, counted from the benchmark; negative for a smaller imbalance, positive for a larger one. A
        fall by more than there is turns the imbalance round.
    scope
        ``all`` counts what `Solution.balance` counts; ``goods`` leaves services out.
    """

    economy: str
    partner: str
    change: float
    scope: Scope = "all"

    def __post_init__(self) -> None:
        _require_two(self.economy, self.partner, "a balance")
        one_of(self.scope, "scope", get_args(Scope))
        if number(self.change, f"the change of the balance of {self.economy} with {self.partner}") == 0:
            raise BadInput(
                f"the imbalance between {self.economy} and {self.partner} is to change by {self.change}: give USD "
                "million a year, not zero; negative for a smaller one"
            )

    @property
    def parties(self) -> tuple[str, str]:
        """The two economies as the goal names them."""
        return self.economy, self.partner

    def counted(self, economy: Benchmark) -> list[int]:
        """Positions of the sectors that the balance counts."""
        return [j for j, name in enumerate(economy.sectors) if self.scope == "all" or name in goods(economy)]

    def level(self, economy: Benchmark) -> float:
        """Exports of the economy named first to the other less its imports from it in the benchmark, USD million."""
        n, i = economy.index(self.economy), economy.index(self.partner)
        counted = self.counted(economy)
        return float((economy.M[i, n, counted] - economy.M[n, i, counted]).sum())

    def sides(self, economy: Benchmark) -> tuple[str, str]:
        """The side that is to sell more to the other or buy less from it, and the other side. Raises BadInput."""
        level = self.level(economy)
        if level == 0:
            raise BadInput(
                f"trade between {self.economy} and {self.partner} is balanced: there is no deficit to change; ask for "
                "purchases"
            )
        return self.parties if (level < 0) == (self.change < 0) else self.parties[::-1]

    def __str__(self) -> str:
        what = "" if self.scope == "all" else " in goods"
        return (
            f"the imbalance between {self.economy} and {self.partner}{what} changes by {self.change:+,.0f} USD million"
        )


@dataclass(frozen=True)
class Purchases(Shown):
    """The buyer shall buy more from the seller, category by category, each at least so much.

    Parameters
    ----------
    buyer, seller
        Who buys from whom.
    extra
        USD million a year over the benchmark's purchases, at border prices: one number, or category → number.
    sectors
        What each category covers: sectors, or sector → share of the buyer's purchases there that is in the category.
        With one number for `extra`, the sectors themselves. A category that is not named here covers all goods.
    """

    buyer: str
    seller: str
    extra: float | Mapping[str, float]
    sectors: Iterable[str] | Mapping[str, Iterable[str] | Mapping[str, float]] = field(default=())

    def __post_init__(self) -> None:
        _require_two(self.buyer, self.seller, "a purchase commitment")
        require(Iterable, self.sectors, "sectors", "give a list of sectors, or category → sectors")
        if not self.amounts:
            raise BadInput("a purchase commitment names no category: give extra as a number, or category → number")
        for category, amount in self.amounts.items():
            if amount <= 0:
                raise BadInput(
                    f"{self.buyer} is to buy {amount} USD million more of {category} from {self.seller}: give what it "
                    "buys more than in the benchmark, above zero"
                )
        unknown = [name for name in self._coverage() if name not in self.amounts]
        if unknown:
            raise BadInput(f"sectors are given for {unknown[0]!r}, which has no amount: add it to extra")

    def sides(self, economy: Benchmark) -> tuple[str, str]:
        """The side that is to sell more, and the side that is to buy more, in any benchmark."""
        return self.seller, self.buyer

    @property
    def parties(self) -> tuple[str, str]:
        """The two economies as the goal names them."""
        return self.buyer, self.seller

    @property
    def amounts(self) -> dict[str, float]:
        """Category → USD million over the benchmark."""
        if isinstance(self.extra, Mapping):
            return {str(name): number(amount, f"extra of {name}") for name, amount in self.extra.items()}
        return {GOODS: number(self.extra, "extra")}

    def shares(self, economy: Benchmark) -> FloatArray:
        """The share of each cell that each category covers (category, sector).

        Raises
        ------
        UnknownSector
            Where a sector is not in the economy.
        BadInput
            Where a share is outside (0, 1], or the categories cover more than the whole of a sector.
        """
        coverage, out = self._coverage(), np.zeros((len(self.amounts), len(economy.sectors)))
        for row, category in enumerate(self.amounts):
            for sector, share in coverage.get(category, dict.fromkeys(goods(economy), 1.0)).items():
                if not 0 < share <= 1:
                    raise BadInput(f"{category} covers {share:g} of {sector}: give a share over 0 and up to 1")
                out[row, economy.sector_index(sector)] = share
        if (total := out.sum(0)).max() > 1 + 1e-9:
            worst = economy.sectors[int(total.argmax())]
            raise BadInput(
                f"the categories cover {total.max():g} of {worst} together: no goods are in two categories, give "
                "shares that sum to at most 1"
            )
        return out

    def _coverage(self) -> dict[str, dict[str, float]]:
        """Category → sector → share, of the categories that name sectors."""
        given: Mapping[str, Iterable[str] | Mapping[str, float]]
        if isinstance(self.extra, Mapping):
            if not isinstance(self.sectors, Mapping):
                if tuple(self.sectors):
                    raise BadInput("extra has categories: give sectors for each, category → sectors")
                return {}
            given = self.sectors
        else:
            given = {GOODS: self.sectors} if isinstance(self.sectors, Mapping) or tuple(self.sectors) else {}
        return {
            name: {str(s): number(share, f"the share of {s}") for s, share in its.items()}
            if isinstance(its, Mapping)
            else dict.fromkeys(names(its, "sectors"), 1.0)
            for name, its in given.items()
        }

    def __str__(self) -> str:
        parts = ", ".join(f"{amount:,.0f} of {category}" for category, amount in self.amounts.items())
        return f"{self.buyer} buys more from {self.seller} by {parts}, USD million a year"


Goal = Balance | Purchases


def _require_two(one: str, other: str, what: str) -> None:
    if one == other:
        raise BadInput(f"{what} is between two economies, not {one} and itself")


@dataclass(frozen=True, eq=False, repr=False)
class Target(Exported):
    """The rates that meet a goal at an equilibrium, or that come nearest where none do.

    ``met`` says which. ``shock`` holds the rates on top of what was in force; ``solution`` is its equilibrium relative
    to the benchmark, ``start`` the one before. Levels are USD million a year at border prices, in the numeraire (world
    factor income); rates and changes of real income are fractions. ``cheapest_for`` are the economies for whom rates
    were chosen, none where the goal left no choice; ``left`` is what slopes at the rates found still promise them, USD
    million. ``note`` says what stopped a search that did not arrive, and what of the start was held. ``one_rate`` is
    the target of the same instrument with one rate on everything, beside rates by sector where it meets the goal too.
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
    one_rate: Target | None = None

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
        one_rate: Target | None = None,
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
            one_rate=one_rate,
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
        said = "".join(f"; {text}" for text in self.warnings)
        return f"<Target by {' and '.join(self.by)}: {self.goal}: {verdict}; {rates}{said}>"

    @property
    def caps(self) -> pd.DataFrame:
        """The sectors of rates that end at their cap, with the trade left: see `detente.targets.caps.caps_frame`."""
        return caps_frame(self.rates, self.start, self.solution)

    @property
    def rates_compared(self) -> pd.DataFrame | None:
        """One rate beside rates by sector: see `detente.targets.uniform_rates.rates_frame`; None without both."""
        return None if self.one_rate is None else rates_frame(self.one_rate.payments(), self.payments())

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the rates has to know, with codes for names: caps that bind, signs that differ."""
        compared = self.rates_compared
        return (*caps_said(self.caps), *(() if compared is None else signs_said(compared, self.cheapest_for)))

    def tables(self) -> dict[str, pd.DataFrame]:
        """Rates, levels, who pays, balances, what the target does to every economy, and caps and one rate beside."""
        compared = self.rates_compared
        return {
            "rates": self.rates,
            "levels": self.levels,
            "payments": self.payments(),
            "balances": self.balances(),
            "economies": self.economies(),
            "caps": self.caps,
            **({} if compared is None else {"rates_compared": compared}),
        }

    def _repr_html_(self) -> str:
        tables = {name: table for name, table in self.tables().items() if name != "economies"}
        verdict = "met" if self.met else "out of reach, the nearest is shown"
        return html_of(". ".join(filter(None, (f"{self.reading}: {verdict}", self.note, *self.warnings))), tables)

    def economies(self) -> pd.DataFrame:
        """One row an economy: what the target does to it, against the start.

        real_income: a fraction; real_income_usd: USD million at base prices; revenue: change of tariff revenue less
        what the treasury pays for purchases; subsidies: those payments; rents: what it charges on its exports.
        """
        after, before, base = self.solution, self.start, self.economy
        return pd.DataFrame(
            {
                "economy": base.economies,
                "real_income": without_noise(after.welfare_hat / before.welfare_hat - 1),
                "real_income_usd": without_noise((after.welfare_hat - before.welfare_hat) * base.I, of=base.I),
                "revenue": after.R_cf - before.R_cf,
                "subsidies": self.subsidies,
                "rents": after.rents_cf - before.rents_cf,
            }
        )

    def payments(self) -> pd.DataFrame:
        """The cost for the two sides, third countries together and the world, in the columns of `economies`.

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
            worth = float((self.start.welfare_hat * base.I)[members].sum())
            share = float(sums["real_income_usd"]) / worth if worth else np.nan
            rows.append({"economy": name, "real_income": share, **sums.to_dict()})
        return pd.DataFrame(rows)

    def third_countries(self) -> pd.DataFrame:
        """The rows of `economies` of everybody else, the largest loser first."""
        table = self.economies()
        others = table[~table["economy"].isin(self.sides)]
        return others.sort_values("real_income_usd", ignore_index=True)

    def balances(self) -> pd.DataFrame:
        """The balances (exports − imports, USD million) of the two sides: with each other, all others, the world.

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
            "warnings": list(self.warnings),
            "rates": self.rates.to_dict("records"),
            "levels": self.levels.to_dict("records"),
            "caps": self.caps.to_dict("records"),
            "rates_compared": None if self.rates_compared is None else self.rates_compared.to_dict("records"),
            "payments": self.payments().to_dict("records"),
            "balances": self.balances().to_dict("records"),
            "diverted": self.diverted,
            "third_countries": self.third_countries().to_dict("records"),
            "provenance": dict(self.solution.provenance),
        }


def _rates(problem: TargetProblem, y: FloatArray) -> pd.DataFrame:
    """One row a rate: instrument, who sets it, what it covers, and the rate, a fraction."""
    instruments, g, economy = problem.instruments.each, problem.instruments.goods, problem.instruments.economy
    return pd.DataFrame(
        {
            "instrument": [instrument.kind for instrument in instruments],
            "set_by": [instrument.by for instrument in instruments],
            "importer": [economy.economies[g.n[instrument.rows[0]]] for instrument in instruments],
            "exporter": [economy.economies[g.i[instrument.rows[0]]] for instrument in instruments],
            "sectors": [
                tuple(economy.sectors[j] for j in np.unique(g.j[instrument.rows])) for instrument in instruments
            ],
            "covers": [instrument.label for instrument in instruments],
            "rate": [float(to_rate(instrument.kind, value)) for instrument, value in zip(instruments, y, strict=True)],
            "at_bound": [
                bool(value >= instrument.largest - BOUND) for instrument, value in zip(instruments, y, strict=True)
            ],
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
