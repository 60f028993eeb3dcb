"""Economy + Shock → Solution: the fixed point, and continuation where one leap does not reach it.

The audit decides: every account of an equilibrium is recomputed from the definitions, not from the iterate. What is
solved by itself is solved in NumPy; batches are solved by `detente.solver.compiled`. Both run the equations of this
module, and nothing here imports JAX.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from detente.errors import BadEconomy, BadInput, NotSolved
from detente.inputs import FloatArray, one_of, require
from detente.model import equations as eq
from detente.model.arrays import Array, namespace
from detente.model.benchmark import Benchmark, Deficits
from detente.model.shock import Shock, Wedges
from detente.model.varying import VaryingRows
from detente.solver import refusal
from detente.solver.anderson import fixed_point
from detente.solver.continuation import Continued, part_of, raised
from detente.solver.fixed_point import (
    HORIZONS,
    NO_RATES,
    VANISHED,
    Given,
    Horizon,
    Unknowns,
    deficits_cf,
    joint_pass,
    weights,
)
from detente.solver.quota_results import QuotaResults
from detente.solver.solution import AUDIT_BOUND, Outcome, Solution
from detente.solver.varying_rates import (
    Realised,
    RowRates,
    by_importer,
    off_complementarity,
    realised,
    row_accounts,
    row_rates,
)

if TYPE_CHECKING:
    from jaxtyping import Float, Int

#: The logs of wages, prices and expenditure move less than this in the last pass; a hundredth of the audit's bound,
#: since a gap adds up the moves of many markets.
TOLERANCE = 1e-11
MAX_PASSES = 400


class EquilibriumState(NamedTuple):
    """An equilibrium in full; what outcomes, tables and gradients are computed from.

    flow and rent are those of quotas, and off is how far each is from its regime.
    """

    wage_hat: Float[Array, "n s"]
    w_hat: Float[Array, " n"]
    P_hat: Float[Array, "n j"]
    c_hat: Float[Array, "i j"]
    pi_cf: Float[Array, "n i j"]
    X_cf: Float[Array, "n j"]
    Y_cf: Float[Array, "n j"]
    I_cf: Float[Array, " n"]
    R_cf: Float[Array, " n"]
    rents_cf: Float[Array, " n"]
    D_cf: Float[Array, " n"]
    W_hat: Float[Array, " n"]
    v: Float[Array, "n i j"]
    transfers_cf: Float[Array, " n"]
    net_imports_cf: Float[Array, " n"]
    flow: Float[Array, " q"]
    rent: Float[Array, " q"]
    off: Float[Array, " q"]


class RowsAtEquilibrium(NamedTuple):
    """The rows whose rates vary, with those rates and their shares of their cells."""

    rows: VaryingRows
    rates: RowRates
    share: Float[Array, " m"]


class Gaps(NamedTuple):
    """Relative gaps, one an economy, the largest over its sectors."""

    goods: Float[Array, " n"]
    price: Float[Array, " n"]
    factor: Float[Array, " n"]
    trade: Float[Array, " n"]
    transfers: Float[Array, " n"]
    numeraire: Float[Array, " n"]
    quotas: Float[Array, " n"]


def equilibrium_state(
    x: Unknowns,
    given: Given,
    K: Float[Array, "n i j"],
    v: Float[Array, "n i j"],
    I: Float[Array, " n"],
    closure: Deficits,
    h: Float[Array, "n i j"] | None = None,
    rows: RowsAtEquilibrium | None = None,
) -> EquilibriumState:
    """The equilibrium that the unknowns stand for, by (1)-(6) and the definition of real income.

    K, v and h have the rows in them whose rates vary.
    """
    xp = namespace(x.ln_w)
    wage_hat = xp.exp(x.ln_w)
    P_hat = xp.exp(x.ln_P)
    X_cf = xp.where(given.market, xp.exp(x.ln_X), 0.0)
    c_hat = xp.exp(eq.ln_cost_hat(x.ln_w, x.ln_P, given.gamma_va, given.gamma_io))
    pi_cf = eq.trade_shares(given.pi, K, c_hat, given.theta, given.market)
    Y_cf = eq.sales(pi_cf, v if h is None else v * h, X_cf)
    R_cf = eq.revenue(pi_cf, v, X_cf)
    wages = (wage_hat * given.labour).sum(1)
    profits = eq.profits(Y_cf, given.gamma_va, given.profit_share)
    rents_cf = xp.zeros_like(R_cf) if h is None else eq.rents(pi_cf, v, h, X_cf)
    its = None
    if rows is not None:
        cells = rows.rows.n, rows.rows.i, rows.rows.j
        gross = rows.share * pi_cf[cells] * X_cf[cells[0], cells[2]]
        its = row_accounts(rows.rows, rows.rates, gross, len(X_cf))
    D_cf = deficits_cf(given, wages + profits + R_cf + rents_cf, closure)
    if its is not None:
        R_cf, rents_cf = R_cf - its.of_revenue, rents_cf - its.of_charges + its.earned
    transfers = D_cf if given.T is None else D_cf + given.T
    I_cf = eq.income(wages, profits, R_cf, rents_cf, transfers)
    return EquilibriumState(
        wage_hat=wage_hat,
        w_hat=wages / given.labour.sum(1),
        P_hat=P_hat,
        c_hat=c_hat,
        pi_cf=pi_cf,
        X_cf=X_cf,
        Y_cf=Y_cf,
        I_cf=I_cf,
        R_cf=R_cf,
        rents_cf=rents_cf,
        D_cf=D_cf,
        W_hat=eq.real_income_hat(I, I_cf, P_hat, given.alpha),
        v=v,
        transfers_cf=transfers,
        net_imports_cf=transfers if its is None else transfers + its.across,
        flow=NO_RATES if its is None else its.flow,
        rent=NO_RATES if its is None else its.rent,
        off=NO_RATES if its is None or rows is None else off_complementarity(rows.rows, rows.rates, its.flow),
    )


def gaps(s: EquilibriumState, given: Given, K: Float[Array, "n i j"], rows: RowsAtEquilibrium | None = None) -> Gaps:
    """The gaps of the accounts, each relative to the account itself, and how far quotas are from their regimes."""
    demand = eq.expenditure(s.Y_cf, s.I_cf, given.gamma_io, given.alpha)
    price = eq.price_hat(given.pi, K, s.c_hat, given.theta, given.market)
    paid = eq.labour_demand(s.Y_cf, given.gamma_va, given.profit_share)
    if s.wage_hat.shape[1] == 1:
        paid = paid.sum(1, keepdims=True)
    earned = s.wage_hat * given.labour
    xp = namespace(s.X_cf)
    bought = xp.einsum("nij,nij,nj->ni", s.pi_cf, s.v, s.X_cf)
    bought = bought * (1.0 - xp.eye(len(bought)))  # own sales would hide a gap where little is traded
    imports, exports = bought.sum(1), bought.sum(0)
    traded = imports + exports + xp.abs(s.net_imports_cf)
    world = given.labour.sum()
    everyone = xp.ones_like(imports)
    return Gaps(
        goods=_relative(s.X_cf, demand).max(1),
        price=_relative(s.P_hat, price).max(1),
        factor=_relative(paid, earned).max(1),
        trade=xp.abs(imports - exports - s.net_imports_cf) / xp.where(traded > VANISHED, traded, 1.0),
        transfers=xp.abs(s.net_imports_cf.sum()) / world * everyone,
        numeraire=xp.abs(earned.sum() / world - 1.0) * everyone,
        quotas=0.0 * everyone if rows is None else by_importer(rows.rows, s.off, len(everyone)),
    )


def _relative(a: Float[Array, "n j"], b: Float[Array, "n j"]) -> Float[Array, "n j"]:
    """|a − b| over the larger; two levels that both vanished agree."""
    xp = namespace(a)
    size = xp.maximum(xp.abs(a), xp.abs(b))
    return xp.where(size > VANISHED, xp.abs(a - b) / xp.maximum(size, VANISHED), 0.0)


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
    labour = base.wL[:, None] if horizon == "long" else base.labour
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
    require(Shock, shock, "shock", "give a Shock, such as dt.Shock(t_cf=tariffs)")
    if start is not None:
        require_alike(economy, start, "start", horizon)
    return equilibrium(economy, shock.wedges(economy), horizon, throw, start)


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
    return Unknowns(np.zeros((n, 1 if horizon == "long" else j)), np.zeros((n, j)), ln_X)


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
_OF_THE_STATE_ALONE = ("v", "transfers_cf", "flow", "rent", "off")


def _closes(raw: Raw) -> bool:
    return float(np.max(raw.gaps)) <= AUDIT_BOUND


def _admissible(state: EquilibriumState) -> bool:
    """Incomes, wages and prices are finite and positive, and so is real income.

    Purchases and shares need no look: with these, and accounts that close, they are sums and parts of what is positive.
    """
    levels = (state.I_cf, state.wage_hat, state.P_hat, state.W_hat)
    return all(bool((level > 0).all() and np.isfinite(level).all()) for level in levels)


def _outcome(raw: Raw) -> Outcome:
    if _closes(raw):
        return Outcome.SOLVED if _admissible(raw.state) else Outcome.NOT_ADMISSIBLE
    if not np.isfinite(float(np.max(raw.gaps)) + float(raw.residual)):
        return Outcome.NOT_FINITE
    return Outcome.ACCOUNT_OPEN if float(raw.residual) <= TOLERANCE else Outcome.NOT_CONVERGED
