"""One state solved and measured: the tables of a scenario."""

from __future__ import annotations

import numpy as np
import pandas as pd

from detente.analyses.run.coverage_tables import averaging, coverage
from detente.analyses.run.live_states import SolvedState, live_state
from detente.analyses.run.people import People
from detente.analyses.run.people_tables import PeopleTables
from detente.analyses.run.result import Drawn, Scenario
from detente.dispute.scenarios import Plan
from detente.dispute.session import Session
from detente.model.shock import Shock
from detente.policy.instruments import instruments_of
from detente.policy.measure import Measure
from detente.policy.partner_lists import EVERYONE
from detente.policy.schedule import TariffBook
from detente.solver.decomposition import decompose
from detente.solver.economy import Economy
from detente.solver.equilibrium import solve
from detente.solver.lost_sales import COLUMNS, substitution
from detente.solver.noise import settled
from detente.solver.solution import Solution

WORLD_TOTAL = "all"
"""The partner that stands for all other economies together."""


def measure(plan: Plan, session: Session, economy: Economy, people: People) -> Scenario:
    """Solve a state against its reference `economy`; its tables are drawn when they are read.

    Rates that are found with the equilibrium are no base tariffs of another: a state with such measures, or measured
    against one, is reached from the calibrated world, and so is its reference. Raises NotSolved, BadMeasure; a table
    whose own equilibria are not found raises NotSolved when it is read.
    """
    book = session.schedules.having(plan.all_measures)
    if any(map(instruments_of, plan.all_measures)):
        return _scenario(plan, session, book, live_state(plan, session, book), people)
    shock = book.shock(plan.ids, start=plan.start_ids, theta=economy.theta, on=plan.on)
    solution = solve(economy, shock, horizon=session.horizon)
    return _scenario(
        plan,
        session,
        book,
        SolvedState(
            solution,
            shock,
            lambda: decompose(economy, shock, horizon=session.horizon, solution=solution),
            lambda: coverage(economy, shock.parts),
            lambda: averaging(economy, shock, solution),
            moved=lambda: shock,
        ),
        people,
    )


def _scenario(plan: Plan, session: Session, book: TariffBook, state: SolvedState, people: People) -> Scenario:
    solution = state.solution
    of_people = PeopleTables(solution, state.moved, people, session.parties)
    in_proportion = tuple(m.id for m in _moved(plan) if m.goods.by_value and m.goods.sectors is None)
    tables = Drawn(
        {
            "economies": solution.economies,
            "sectors": lambda: _sectors(solution, session.parties, stand_in=bool(in_proportion)),
            "trade": lambda: _trade(solution, session.parties),
            "balances": lambda: balances(solution, session),
            "diversion": lambda: _diversion(solution, plan, session.parties),
            "substitution": lambda: _substitution(solution, state.shock, plan, session.parties),
            "prices": of_people.prices,
            "pass_through": of_people.pass_through,
            "who_pays": of_people.who_pays,
            "persons": of_people.persons,
            "households": of_people.households,
            "ledger": lambda: _ledger(solution, session),
            "decomposition": state.decomposition,
            "tariffs": lambda: _tariffs(book, plan),
            "coverage": state.coverage,
            "averaging": state.averaging,
        }
        | ({} if people.employment is None else {"jobs": of_people.jobs})
        | ({} if state.instruments is None else {"instruments": state.instruments})
    )
    return Scenario(
        id=plan.id,
        title=plan.title,
        kind=plan.kind,
        on=plan.on,
        reference=plan.reference,
        measures=plan.ids,
        responses=plan.responses,
        notes=(*plan.notes, *_warnings(book, plan)),
        outcome=solution.outcome.name,
        residual=solution.gap,
        passes=solution.passes,
        tables=tables,
        solution=solution,
        in_proportion=in_proportion,
    )


def _warnings(book: TariffBook, plan: Plan) -> list[str]:
    """The parts of measures that a book did not take as written."""
    notes = []
    floored = book.floored(plan.ids, on=plan.on)
    if len(floored):
        cells = floored[["importer", "exporter", "sector"]].drop_duplicates()
        notes.append(f"cuts that would take a duty under zero stop at zero, in {len(cells)} cells")
    return notes


def _sectors(solution: Solution, parties: tuple[str, ...], *, stand_in: bool) -> pd.DataFrame:
    """`Solution.sectors` of the parties; stand_in: a value is in place of a list, and rows are no results."""
    table = solution.sectors()
    return table[table["economy"].isin(parties)].reset_index(drop=True).assign(stand_in=stand_in)


def _tariffs(book: TariffBook, plan: Plan) -> pd.DataFrame:
    """`TariffBook.effective` of the cells that a measure of either state reaches."""
    table = book.effective(plan.ids, start=plan.start_ids, on=plan.on)
    return table[(table["covered"] > 0) | (table["before"] != table["after"])].reset_index(drop=True)


def _trade(solution: Solution, parties: tuple[str, ...]) -> pd.DataFrame:
    """`Solution.trade` between different parties."""
    base = solution.base
    pairs = [(base.index(n), base.index(i)) for n in parties for i in parties if n != i]
    n, i = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    economies = np.asarray(base.economies)
    flows = {"before": base.M, "after": solution.M_cf, "tariff_before": base.t, "tariff_after": solution.t_cf}
    return pd.DataFrame(
        {
            "importer": np.repeat(economies[n], len(base.sectors)),
            "exporter": np.repeat(economies[i], len(base.sectors)),
            "sector": np.tile(np.asarray(base.sectors), len(pairs)),
            **{name: array[n, i].ravel() for name, array in flows.items()},
        }
    )


def balances(solution: Solution, session: Session) -> pd.DataFrame:
    """One row a party, partner and scope (goods, all): exports, imports and balance before and after, USD million.

    The partner `all` is every other economy together. Exports and imports are net of tariffs. Differences within
    `detente.solver.noise.NOISE` of income are none.
    """
    base, world = solution.base, session.world
    goods = np.isin(base.sectors, world.goods)
    flows = {"before": base.M, "after": solution.M_cf}
    frames = []
    for party in session.parties:
        n = base.index(party)
        others = [i for i in range(len(base.economies)) if i != n]
        for scope, chosen in (("goods", goods), ("all", np.ones_like(goods))):
            columns: dict[str, np.ndarray] = {}
            for when, M in flows.items():
                exports, imports = M[others, n][:, chosen].sum(1), M[n, others][:, chosen].sum(1)
                columns[f"exports_{when}"] = np.append(exports, exports.sum())
                columns[f"imports_{when}"] = np.append(imports, imports.sum())
                columns[f"balance_{when}"] = columns[f"exports_{when}"] - columns[f"imports_{when}"]
            for flow in ("exports", "imports", "balance"):
                columns[f"{flow}_after"] = settled(columns[f"{flow}_after"], columns[f"{flow}_before"], base.I[n])
            partners = [*(base.economies[i] for i in others), WORLD_TOTAL]
            frames.append(pd.DataFrame({"economy": party, "partner": partners, "scope": scope, **columns}))
    return pd.concat(frames, ignore_index=True)


def _moved(plan: Plan) -> list[Measure]:
    """The measures that are in force in the state or in its start, and not in both."""
    return [measure for measure in plan.all_measures if (measure in plan.measures) != (measure in plan.start)]


def _diversion(solution: Solution, plan: Plan, parties: tuple[str, ...]) -> pd.DataFrame:
    """The gains of third economies from changed measures of one party on another: `Solution.diversion` by pair."""
    sides = ((m.by, on) if m.export is None else (on, m.by) for m in _moved(plan) for on in m.on if on in parties)
    pairs = list(dict.fromkeys(sides))
    frames = []
    for importer, exporter in pairs:
        frame = solution.diversion(importer, exporter)
        frame.insert(0, "importer", importer)
        frame.insert(1, "exporter", exporter)
        frames.append(frame)
    empty = {
        "importer": str,
        "exporter": str,
        "economy": str,
        "before": float,
        "after": float,
        "change": float,
        "growth": float,
    }
    return (
        pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({k: np.array([], v) for k, v in empty.items()})
    )


def _substitution(solution: Solution, shock: Shock | None, plan: Plan, parties: tuple[str, ...]) -> pd.DataFrame:
    """`detente.solver.lost_sales.substitution` of every importer whose measures changed, with all goods covered.

    Of measures on exports the importers are the parties that buy. Without a shock from the reference there is none.
    """
    frames = []
    buyers = (
        importer
        for measure in _moved(plan)
        for importer in ((measure.by,) if measure.export is None else parties)
        if measure.export is None or (importer != measure.by and {importer, EVERYONE} & set(measure.on))
    )
    for importer in dict.fromkeys(buyers):
        if shock is not None:
            frame = substitution(solution, shock, importer)
            frame.insert(0, "importer", importer)
            frames.append(frame)
    kept = [frame for frame in frames if len(frame)] or frames[:1]
    names = ("importer", *COLUMNS)
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame({name: [] for name in names})


def _ledger(solution: Solution, session: Session) -> pd.DataFrame:
    """`Solution.ledger` of every party; a column per household where the file counts those of a party."""
    frames = []
    for party in session.parties:
        frame = solution.ledger(party, session.dispute.settings.households.get(party))
        frame.insert(0, "economy", party)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)
