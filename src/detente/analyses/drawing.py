"""One door to every chart: what is given decides which."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from detente.analyses.run import charts, who_replaces
from detente.analyses.run.result import Scenario
from detente.analyses.run.sentences import HORIZONS
from detente.dispute.results import Result
from detente.errors import BadInput, enumerate_names
from detente.optimal_tariffs.best_responses import BestResponse
from detente.optimal_tariffs.cooperation import Cooperation
from detente.optimal_tariffs.history import History
from detente.optimal_tariffs.nash_equilibrium import Equilibrium
from detente.report.numbers import Names
from detente.solver.solution import Solution
from detente.targets.target import Target

Solved = Solution | BestResponse | Equilibrium | Cooperation | Target | History
"""What ends in an equilibrium."""
Drawn = Result | Scenario | Solved | pd.DataFrame
"""What has a chart."""


def chart(obj: Drawn, *, parties: Sequence[str] = ()) -> Any:
    """An altair chart of what was found, whatever it is.

    Parameters
    ----------
    obj
        The answer to a question: its first chart, as `plot` draws it. A scenario, a solution, or what a search ended at
        (a best response, Nash or cooperative tariffs, a target, the last round of moves): who gains and who loses. A
        table of findings or states: the chart of that table, told by its columns; a table of several scenarios,
        economies or pairs is refused, since a chart shows one.
    parties
        Economies that stand out, or, where a chart shows only some, those it shows.

    Raises
    ------
    BadInput
        Where the object has no chart, or the table holds more than one chart shows.
    """
    if isinstance(obj, Result):
        names = [figure.name for figure in obj.presenter.figures(obj)]
        return obj.plot(next((name for name in names if parties and name.endswith(f"-{parties[0].lower()}")), None))
    called = Names()
    if isinstance(obj, Scenario):
        gap = f"{obj.title}; largest gap of the audit {obj.residual:.0e}"
        return charts.winners_losers(obj.tables["economies"], parties, called, [gap])
    if isinstance(obj, Solved):
        solution = _solution_of(obj)
        return charts.winners_losers(solution.economies(), parties, called, [_stamp(solution)])
    if isinstance(obj, pd.DataFrame):
        return _of_table(obj, parties, called)
    raise BadInput(
        f"{type(obj).__name__} has no chart: give the answer to a question, a scenario or a table of one, a solution, "
        "or what a search of tariffs ended at"
    )


def _solution_of(obj: Solved) -> Solution:
    """The equilibrium in which it ends."""
    if isinstance(obj, Solution):
        return obj
    return obj.rounds[-1].solution if isinstance(obj, History) else obj.solution


def _stamp(solution: Solution) -> str:
    about: Mapping[str, Any] = solution.provenance
    world, theta = about.get("world", solution.base.name), about.get("elasticities", "given")
    return (
        f"{world}, elasticities {theta}, deficits {solution.base.deficits}, {HORIZONS[solution.horizon]}; "
        f"largest gap of the audit {solution.gap:.0e}"
    )


def _of_table(table: pd.DataFrame, parties: Sequence[str], names: Names) -> Any:
    """The chart of a table, told by columns that no other table has."""
    if "scenario" in table and table["scenario"].nunique() > 1:
        ids = enumerate_names([str(name) for name in table["scenario"].unique()])
        raise BadInput(f"the table holds several scenarios ({ids}), a chart shows one: choose it by its column")

    def one(column: str) -> str:
        found = list(parties) or list(table[column].unique())
        if len(found) != 1:
            raise BadInput(f"the table holds {len(found)} economies, this chart shows one: name it, parties=['USA']")
        return str(found[0])

    shown = list(parties) or (list(table["economy"].unique()) if "economy" in table else [])
    drawers: dict[str, Callable[[], Any]] = {
        "workers_moving": lambda: charts.winners_losers(table, parties, names, []),
        "final_spending_share": lambda: charts.sectors(table, one("economy"), names, []),
        "volume_of_trade": lambda: charts.decomposition(table, _few(shown, "decomposition"), names, []),
        "error_of_averaging": lambda: charts.averaging(table, _few(shown, "averaging"), names, []),
        "average_before": lambda: charts.coverage(table, names, []),
        "tariff_before": lambda: charts.trade(table, names, []),
        "balance_before": lambda: charts.balances(table, _few(shown, "balances"), names, []),
        "change_at_base_prices": lambda: who_replaces.chart(table, names, []),
        "growth": lambda: charts.diversion(table, names, []),
        "item": lambda: charts.ledger(table, names, []),
        "covered": lambda: charts.tariffs(table, names, []),
    }
    for column, draw in drawers.items():
        if column in table:
            return draw()
    raise BadInput(f"no chart is known for a table with the columns {enumerate_names([str(c) for c in table.columns])}")


def _few(shown: list[str], what: str) -> list[str]:
    if len(shown) > 12:
        raise BadInput(
            f"a chart of {what} shows at most 12 economies, the table has {len(shown)}: name them, parties=[...]"
        )
    return shown
