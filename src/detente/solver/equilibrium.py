"""Economy + Shock → Solution: the fixed point, and continuation where one leap does not reach it.

The audit decides: every account of an equilibrium is recomputed from the definitions, not from the iterate. What is
solved by itself is solved in NumPy; batches are solved by `detente.solver.compiled`. Both run the equations of this
module, and nothing here imports JAX.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detente.errors import BadEconomy, BadInput, NotSolved
from detente.inputs import FloatArray, one_of, require
from detente.model import equations as eq
from detente.model.arrays import Array
from detente.model.benchmark import Benchmark, Deficits
from detente.model.labour import DOLLAR, Elastic, LabourSupply
from detente.model.shock import Shock, Wedges
from detente.model.varying import VaryingRows
from detente.solver import refusal
from detente.solver.along_path import ADDS_UP, terms_along
from detente.solver.anderson import fixed_point
from detente.solver.audit import EquilibriumState, Gaps, RowsAtEquilibrium, equilibrium_state, gaps
from detente.solver.continuation import Continued, part_of, raised
from detente.solver.fixed_point import (
    HORIZONS,
    NO_LABOUR,
    NO_RATES,
    Given,
    Horizon,
    Unknowns,
    joint_pass,
    weights,
)
from detente.solver.quota_results import QuotaResults
from detente.solver.solution import AUDIT_BOUND, Outcome, Solution
from detente.solver.varying_rates import (
    Realised,
    realised,
    row_rates,
)

if TYPE_CHECKING:
    from jaxtyping import Float, Int

#: The logs of wages, prices and expenditure move less than this in the last pass; a hundredth of the audit's bound,
#: since a gap adds up the moves of many markets.
TOLERANCE = 1e-11
MAX_PASSES = 400


class Raw(NamedTuple):
    """The last unknowns, how the iteration ended, the equilibrium they stand for, and its audit.

    ``found`` are K, v, h and the rates of rows that vary; None where none do.
    """

    x: Unknowns
    passes: Int[Array, ""] | int
    residual: Float[Array, ""] | float
    state: EquilibriumState
    gaps: Gaps
    found: Realised | None = None


def given_of(base: Benchmark, D: FloatArray, horizon: Horizon, T: FloatArray | None = None) -> Given:
    """The benchmark's arrays as the pass takes them, with deficits D and transfers T."""
    labour = base.wL[:, None] if _one_wage(base, horizon) else base.labour
    return Given(
        base.pi,
        base.gamma_va,
        base.gamma_io,
        base.alpha,
        base.theta,
        base.profit_share,
        D,
        base.D / base.I,
        labour,
        base.market,
        T,
        None if base.labour_market.plain else _supply_of(base, labour),
    )


def _one_wage(base: Benchmark, horizon: Horizon) -> bool:
    """Whether one wage holds in an economy."""
    return horizon == "long" and not base.labour_market.by_sector


def _supply_of(base: Benchmark, labour: FloatArray) -> LabourSupply:
    """The labour market in arrays, for wages of what ``labour`` (n, s) earns."""
    market, n = base.labour_market, len(base.wL)
    elastic = market.elastic or Elastic(0.0)
    mobility = np.asarray(market.mobility) if market.by_sector else None
    supply = LabourSupply(
        kappa=np.asarray(elastic.kappa),
        tax=elastic.taxes(n),
        relieves=np.asarray(1.0 if elastic.revenue == "income-tax" else 0.0),
        replaced=np.asarray(elastic.replaced),
        R_share=base.R / base.wL,
        mobility=mobility,
    )
    if market.wages is None:
        return supply
    counted = np.ones(n)
    if market.wages.anchor == "usd":
        counted[:] = 0.0
        counted[base.index(DOLLAR)] = 1.0
    # as fast as the bills of a wage that is free: demand for labour falls by θγ, and (10) supplies m more
    theta = base.theta * base.gamma_va
    ease = (1.0 if mobility is None else mobility) + theta
    if labour.shape[1] == 1:
        ease = (ease * base.labour).sum(1, keepdims=True) / base.wL[:, None]
    return supply._replace(
        ln_floor=np.log(np.asarray(market.wages.floor)), anchor=counted / (counted * base.wL).sum(), ease=ease
    )


Iterate = Callable[[Callable[[Array], Array], Array, float, int], tuple[Array, Any, Any]]
"""A fixed-point iteration (g, x0, tolerance, max_passes) → (x, passes, residual), in NumPy or in JAX."""


def iterated(
    iterate: Iterate,
    given: Given,
    I: Float[Array, " n"],
    K: Float[Array, "n i j"],
    v: Float[Array, "n i j"],
    x0: Unknowns,
    closure: Deficits,
    horizon: Horizon,
    h: Float[Array, "n i j"] | None = None,
    ln_scale: Float[Array, " j"] | None = None,
    rows: VaryingRows | None = None,
) -> Raw:
    """From x0 to the fixed point, what it stands for, and the audit of that; other arguments as in `weights`."""
    weight = weights(given, K, v, h, ln_scale, rows)

    def g(x: Float[Array, " x"]) -> Float[Array, " x"]:
        return joint_pass(x0.unstacked(x), given, weight, closure, horizon).stacked()

    x, passes, residual = iterate(g, x0.stacked(), TOLERANCE, MAX_PASSES)
    unknowns = x0.unstacked(x)
    found, at_end = None, None
    if rows is not None:
        ln_c = eq.ln_cost_hat(unknowns.ln_w, unknowns.ln_P, given.gamma_va, given.gamma_io)
        found = realised(rows, row_rates(rows, unknowns.ln_r, ln_c), given.theta, K, v, h)
        at_end = RowsAtEquilibrium(rows, found.rates, found.share)
        K, v, h = found.K, found.v, found.h
    solved = equilibrium_state(unknowns, given, K, v, I, closure, h, at_end)
    return Raw(unknowns, passes, residual, solved, gaps(solved, given, K, at_end), found)


def in_numpy(
    given: Given,
    I: FloatArray,
    K: FloatArray,
    v: FloatArray,
    x0: Unknowns,
    closure: Deficits,
    horizon: Horizon,
    h: FloatArray | None = None,
    ln_scale: FloatArray | None = None,
    rows: VaryingRows | None = None,
) -> Raw:
    """The fixed point from x0 in NumPy."""
    with np.errstate(all="ignore"):  # what is no longer a number ends the iteration, and the audit names it
        return iterated(fixed_point, given, I, K, v, x0, closure, horizon, h, ln_scale, rows)


def solve(
    economy: Benchmark,
    shock: Shock,
    *,
    horizon: Horizon = "long",
    throw: bool = True,
    start: Solution | None = None,
) -> Solution:
    """Solve for the equilibrium after a shock: equations (1) to (8) of the page "The model".

    Parameters
    ----------
    economy
        A closed benchmark; `economy.closed()` makes one from published shares.
    shock
        The new tariffs, trade costs, export charges and deficits.
    horizon
        ``long``: labour moves between sectors until one wage holds in an economy. ``short``: labour is held in its
        sector, and each sector has its own wage.
    throw
        Raise an error if the audit fails. With False the solution is returned, and its outcome names the failure.
    start
        A solution of a nearby shock on the same economy, to begin from.

    Raises
    ------
    BadEconomy
        Where the benchmark's account is open.
    BadShock
        Where the shock does not fit.
    NotSolved
        Where no equilibrium with positive incomes was found in which every relative gap of the audit is at most 1e-9,
        neither for the whole shock at once nor in steps. The message names the economy, the amount and a remedy.
    """
    one_of(horizon, "horizon", HORIZONS)
    require_closed(economy)
    require_one_mobility(economy, horizon)
    require(Shock, shock, "shock", "give a Shock, such as dt.Shock(t_cf=tariffs)")
    if start is not None:
        require_alike(economy, start, "start", horizon)
    solution = equilibrium(economy, shock.wedges(economy), horizon, throw, start)
    return replace(solution, shock=shock, splitting=split_of)


def split_of(shock: Shock, last: Solution, adds_up: float = ADDS_UP) -> dict[str, FloatArray]:
    """The terms of real income and real GDP along the path to a solved shock: see `terms_along`."""
    economy = last.base

    def solver(step: Shock, near: Unknowns) -> Solution:
        return equilibrium(economy, step.wedges(economy), last.horizon, start=near)

    return terms_along(shock, last, benchmark_unknowns(economy, last.horizon), solver, adds_up)


def require_one_mobility(economy: Benchmark, horizon: Horizon) -> None:
    """Raise BadInput where labour is to be held in its sector and to move between sectors."""
    if horizon == "short" and economy.labour_market.by_sector:
        raise BadInput(
            f"horizon='short' holds labour in its sector, and mobility={economy.labour_market.mobility:g} says how it "
            "moves: leave one out; mobility=1 is the short run"
        )


def require_closed(economy: Benchmark) -> None:
    """Raise BadEconomy where the account is open, or where a balanced economy still has deficits.

    Raises BadInput for an argument that is not an economy.
    """
    require(Benchmark, economy, "economy", "give an Economy: dt.calibrate(world), or dt.Economy(...)")
    economy.require_closed()
    if economy.deficits == "balanced" and np.abs(economy.D).max() > AUDIT_BOUND * economy.wL.sum():
        raise BadEconomy(f"{economy.name} is to be balanced but has deficits: run `economy = economy.closed()` first")


def require_alike(economy: Benchmark, solution: Solution, what: str, horizon: Horizon | None = None) -> None:
    """Raise BadInput where a solution is of an economy of another size, or of another horizon than that given."""
    require(Solution, solution, what, "give a Solution of the same economy, or leave it out")
    size, found = economy.X.shape, solution.base.X.shape
    if found != size or horizon not in (None, solution.horizon):
        raise BadInput(
            f"{what} is a solution of {solution.base.name}, {found[0]} economies × {found[1]} sectors in the "
            f"{solution.horizon} run, but {economy.name} has {size[0]} × {size[1]} and this is the "
            f"{horizon or solution.horizon} run: give one of the same economy and horizon, or leave it out"
        )


def equilibrium(
    economy: Benchmark,
    wedges: Wedges,
    horizon: Horizon,
    throw: bool = True,
    start: Solution | Unknowns | None = None,
    *,
    leap: bool = False,
) -> Solution:
    """The equilibrium for given wedges; `solve` and `closed()` come here after their checks.

    The iteration begins at ``start``, a solution or unknowns guessed from several. With ``leap`` the equilibrium is not
    looked for in small steps where one leap from the start fails: a search that can itself step back saves the many
    solves that this takes.
    """
    closure: Deficits = "fixed" if wedges.D_cf is not None else economy.deficits
    target = economy.D if wedges.D_cf is None else wedges.D_cf
    if isinstance(start, Unknowns):
        x0 = start
    else:
        x0 = benchmark_unknowns(economy, horizon) if start is None else start.unknowns
    x0 = _with_rates(x0, wedges)
    given = given_of(economy, target, horizon, wedges.T_cf)
    raw = in_numpy(given, economy.I, *wedges.fixed[:2], x0, closure, horizon, wedges.fixed[2], None, wedges.rows)
    cause = ""
    if (outcome := _outcome(raw)) is not Outcome.SOLVED and not leap:
        raw, outcome, cause = _in_steps(economy, wedges, target, closure, horizon, raw)
    solution = _solution(economy, wedges, horizon, raw, outcome, cause)
    if throw and outcome is not Outcome.SOLVED:
        raise NotSolved(f"{economy.name}: {solution.verdict}")
    return solution


def benchmark_unknowns(economy: Benchmark, horizon: Horizon) -> Unknowns:
    """The start of the iteration: nothing changed."""
    n, j = economy.X.shape
    ln_X = np.log(np.where(economy.market & (economy.X > 0), economy.X, 1.0))
    market = economy.labour_market
    labour = NO_LABOUR if market.plain else np.zeros(n)
    unit = NO_LABOUR if market.wages is None else np.zeros(1)
    wages = np.zeros((n, 1 if _one_wage(economy, horizon) else j))
    return Unknowns(wages, np.zeros((n, j)), ln_X, ln_L=labour, ln_a=unit)


def _with_rates(x: Unknowns, wedges: Wedges) -> Unknowns:
    """Unknowns with a rate for each quota: the low one where they have none of these quotas."""
    low = NO_RATES if wedges.rows is None else np.log1p(wedges.rows.low)
    return x if len(x.ln_r) == len(low) else x._replace(ln_r=low)


def _in_steps(
    economy: Benchmark, wedges: Wedges, D: FloatArray, closure: Deficits, horizon: Horizon, leap: Raw
) -> tuple[Raw, Outcome, str]:
    """What one leap did not solve, with the shock raised from nothing: the end of it, its outcome, and the cause."""
    if (cause := refusal.of_closed_borders(economy, wedges, D, closure)) is not None:
        return leap, Outcome.NOT_ADMISSIBLE, cause

    def at(a: float, x: Unknowns) -> Raw:
        part, transfers = part_of(wedges, economy, D, a)
        given = given_of(economy, transfers, horizon, part.T_cf)
        ln_c = eq.ln_cost_hat(x.ln_w, x.ln_P, given.gamma_va, given.gamma_io)
        middle = (ln_c.min(0) + ln_c.max(0)) / 2
        K, v, h = part.fixed
        return in_numpy(given, economy.I, K, v, x, closure, horizon, h, middle, part.rows)

    start = _with_rates(benchmark_unknowns(economy, horizon), wedges)
    path = raised(at, start, lambda raw: _outcome(raw) is Outcome.SOLVED)
    if path.last is not None and path.failed is None:
        return path.last, Outcome.SOLVED, ""
    return leap, *_cause(economy, path, closure, leap)


def _cause(economy: Benchmark, path: Continued[Raw], closure: Deficits, leap: Raw) -> tuple[Outcome, str]:
    """Why the way to the shock ends where it does."""
    failed = path.failed
    ends = [(1.0, leap)] + ([] if failed is None else [(path.tried, failed)])
    for at, end in ends:
        if _closes(end) and (cause := refusal.of_income(economy, end.state, closure, path.reached, at)):
            return Outcome.NOT_ADMISSIBLE, cause
        if _closes(end) and (cause := refusal.of_utility(economy, end.state.U_hat, end.state.L_hat, path.reached, at)):
            return Outcome.NOT_ADMISSIBLE, cause
    if path.last is not None and (
        cause := refusal.of_vanishing_income(economy, path.last.state, closure, path.reached)
    ):
        return Outcome.NOT_ADMISSIBLE, cause
    return _outcome(leap), refusal.of_standstill(path.reached)


def _solution(base: Benchmark, wedges: Wedges, horizon: Horizon, raw: Raw, outcome: Outcome, cause: str) -> Solution:
    """The solution from what the solve hands back, with the verdict."""
    arrays = {name: value for name, value in raw.state._asdict().items() if name not in _OF_THE_STATE_ALONE}
    T = np.zeros_like(base.D) if wedges.T_cf is None else wedges.T_cf
    held, quotas, parts = wedges, None, None
    if (varying := wedges.varying) is not None and raw.found is not None:
        rates = raw.found.rates
        paid = raw.state.net_imports_cf - raw.state.D_cf
        held = Wedges(raw.found.K, raw.found.v, wedges.D_cf, raw.found.h, paid)
        parts = varying.held(rates.t, rates.e) if outcome is Outcome.SOLVED else None
        quotas = QuotaResults(varying.rows, rates.rate, raw.state.flow, raw.state.rent)
    arrays["wage_hat"] = np.broadcast_to(arrays["wage_hat"], base.X.shape)
    gaps = raw.gaps._asdict()
    for array in (*arrays.values(), *gaps.values()):
        array.setflags(write=False)
    return Solution(
        base=base,
        wedges=held,
        T_cf=T,
        quota_results=quotas,
        parts=parts,
        horizon=horizon,
        outcome=outcome,
        cause=cause,
        passes=int(raw.passes),
        residual=float(raw.residual),
        gaps=gaps,
        unknowns=raw.x,
        **arrays,
    )


#: What of a state is in the wedges of a solution, or in its table of quotas.
_OF_THE_STATE_ALONE = ("v", "transfers_cf", "flow", "rent", "off", "wages", "employed")


def _closes(raw: Raw) -> bool:
    return float(np.max(raw.gaps)) <= AUDIT_BOUND


def _admissible(state: EquilibriumState) -> bool:
    """Incomes, wages and prices are finite and positive, and so are real income and utility.

    Purchases and shares need no look: with these, and accounts that close, they are sums and parts of what is positive.
    """
    levels = (state.I_cf, state.wage_hat, state.P_hat, state.W_hat, state.U_hat)
    return all(bool((level > 0).all() and np.isfinite(level).all()) for level in levels)


def _outcome(raw: Raw) -> Outcome:
    if _closes(raw):
        return Outcome.SOLVED if _admissible(raw.state) else Outcome.NOT_ADMISSIBLE
    if not np.isfinite(float(np.max(raw.gaps)) + float(raw.residual)):
        return Outcome.NOT_FINITE
    return Outcome.ACCOUNT_OPEN if float(raw.residual) <= TOLERANCE else Outcome.NOT_CONVERGED
