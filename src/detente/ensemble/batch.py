"""Many draws through one compiled solve: every state of a draw, audited as a single solve is.

The compiled solve of `detente.solver` is batched with vmap over `lanes` draws, so an ensemble compiles once for a size,
a closure and a horizon. On a processor one lane is fastest: a batch reads the trade shares of every lane and goes on
until the slowest has converged. An accelerator hides both behind its width (docs/decisions/0067-ensembles.md).
With one lane the numbers of a draw are the same to the last bit whatever else is solved with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd

from detente.ensemble.draws import Draw
from detente.ensemble.padded import PaddedStates, at_prices, padded_states, wedges_of
from detente.inputs import BoolArray, FloatArray
from detente.model.benchmark import Deficits
from detente.model.shock import Shock
from detente.solver.compiled import compiled_solve
from detente.solver.economy import Economy
from detente.solver.equilibrium import Raw, benchmark_unknowns, equilibrium, given_of
from detente.solver.fixed_point import Given, Horizon, Unknowns
from detente.solver.jax_context import compiled
from detente.solver.solution import AUDIT_BOUND, Outcome, Solution, consumer_prices

if TYPE_CHECKING:
    from jaxtyping import Array, Bool, Float

WIDE: Final = 16
"""Lanes on an accelerator."""


class StateResults(NamedTuple):
    """The inputs of numbers by state (axis u). `trade` is goods at exporters' prices, importer by exporter."""

    W_hat: Any
    I_cf: Any
    R_cf: Any
    w_hat: Any
    consumer_prices: Any
    trade: Any
    gap: Any


@dataclass(frozen=True, eq=False)
class StateBatch:
    """States of one world that no elasticity enters, so that every draw is solved from the same ones.

    A state is reached from the calibrated world in one step, for a change in shares composes: what is measured against
    another state is the ratio of two such steps.

    Attributes
    ----------
    economy
        The world as calibrated, with its own deficits whatever the closure.
    goods
        (j,): true for goods.
    shocks
        Of each state against `economy`, of parts, quotas and transfers; nothing for the calibrated world itself. Prices
        and flows of quotas and duties per unit are counted from the benchmark of the closure.
    keys
        scenario, quantity, economy, partner (`detente.ensemble.summary.KEYS`) of every number, one row a number.
    numbers
        The results of all states of a draw → its numbers, in the order of `keys`.
    notes
        What the states assume in every draw, in sentences.
    """

    economy: Economy
    goods: BoolArray
    shocks: tuple[Shock, ...]
    keys: pd.DataFrame
    numbers: Callable[[StateResults], FloatArray]
    notes: tuple[str, ...]


class Before(NamedTuple):
    """What a state begins with: the unknowns it starts from, and whether it is the first of its draw."""

    start: Unknowns
    first: Any


def lanes() -> int:
    """The number of draws solved at once: one on a processor, `WIDE` on an accelerator."""
    return 1 if jax.default_backend() == "cpu" else WIDE


def solve_draws(
    states: StateBatch, wanted: Sequence[Draw], width: int | None = None
) -> Iterator[tuple[Draw, StateResults, str]]:
    """Every state of every draw, in the order given, and how it ended: `SOLVED`, or the name of the first failure.

    The draws are of the world of `states`. A state that the compiled solve does not reach is tried again in small
    steps, as `detente.solver` does; `width` is the number of lanes, by default `lanes()`.
    """
    size = width or lanes()
    padded_shocks = padded_states(states.economy, states.shocks)
    groups: dict[tuple[Deficits, Horizon], list[int]] = {}
    for place, draw in enumerate(wanted):
        groups.setdefault((draw.deficits, draw.horizon), []).append(place)
    done: dict[int, tuple[Draw, StateResults, str]] = {}
    for (deficits, horizon), places in groups.items():
        for first in range(0, len(places), size):
            some = places[first : first + size]
            padded = [*some, *some[-1:] * (size - len(some))]
            theta = np.stack([wanted[place].theta for place in padded])
            found = _solve(states, padded_shocks, theta, deficits, horizon)
            for lane, place in enumerate(some):
                done[place] = _settled(states, wanted[place], StateResults(*(field[lane] for field in found)))
    return (done[place] for place in range(len(wanted)))


def _solve(
    states: StateBatch, shocks: tuple[PaddedStates, bool], theta: FloatArray, deficits: Deficits, horizon: Horizon
) -> StateResults:
    base = states.economy
    closure, D = _closure(states, deficits)
    rows, charged = shocks
    balanced = deficits == "balanced"
    moved, priced = balanced and horizon == "short", balanced and rows.rows is not None
    with compiled():
        given = given_of(base, D, horizon)
        x0 = benchmark_unknowns(base, "long"), benchmark_unknowns(base, horizon)
        found = _compiled(
            given,
            base.I,
            1 / (1 + base.t),
            rows,
            x0,
            states.goods,
            theta,
            closure=closure,
            horizon=horizon,
            moved=moved,
            priced=priced,
            charged=charged,
        )
        return StateResults(*(np.array(field) for field in found))


def _closure(states: StateBatch, deficits: Deficits) -> tuple[Deficits, FloatArray]:
    """The closure as the pass takes it, and the deficits it holds: those of ``balanced`` are zero."""
    base = states.economy
    if deficits == "balanced":
        return "fixed", np.zeros_like(base.D)
    return deficits, base.D


@partial(jax.jit, static_argnames=("closure", "horizon", "moved", "priced", "charged"))
def _compiled(
    given: Given,
    I: Float[Array, " n"],
    v: Float[Array, "n i j"],
    shocks: PaddedStates,
    x0: tuple[Unknowns, Unknowns],
    goods: Bool[Array, " j"],
    theta: Float[Array, "lane j"],
    closure: Deficits,
    horizon: Horizon,
    moved: bool,
    priced: bool,
    charged: bool,
) -> StateResults:
    """All states of `lane` draws; one state after the other, so that the memory of one serves all.

    The first state starts at the benchmark, the others where the first one ended: that is the calibrated world under
    the closure of the draw, from which every threat is as near as it is from the benchmark of ``fixed``.

    `moved`: labour is held where it is once deficits are balanced, which is a benchmark of the long run. `priced`:
    prices at the border are counted from that benchmark. `charged`: exporters charge something at given rates. `x0` is
    where the long run starts, and where these states do.
    """

    def one(theta: Float[Array, " j"]) -> StateResults:
        its, c_hat, start = given._replace(theta=theta), None, x0[1]
        if moved or priced:
            whole = its._replace(labour=its.labour.sum(1, keepdims=True))
            benchmark = compiled_solve(whole, I, jnp.ones_like(v), v, x0[0], closure, "long")
            s, c_hat = benchmark.state, benchmark.state.c_hat
            start = _where_closed(benchmark, start)
        if moved:
            its = its._replace(labour=its.gamma_va * (1 - its.profit_share) * s.Y_cf / s.w_hat[:, None])

        def state(before: Before, shock: PaddedStates) -> tuple[Before, StateResults]:
            K, v_cf, h = wedges_of(shock.parts, theta, v, charged)
            x, rows = before.start, shock.rows
            if rows is not None:
                x, rows = x._replace(ln_r=jnp.log1p(rows.low)), at_prices(rows, c_hat)
            raw = compiled_solve(its._replace(T=shock.T), I, K, v_cf, x, closure, horizon, h, None, rows)
            s = raw.state
            cpi = jnp.exp((its.alpha * jnp.log(s.P_hat)).sum(1))
            trade = jnp.einsum("nij,nij,nj,j->ni", s.pi_cf, s.v, s.X_cf, goods.astype(s.X_cf.dtype))
            gap = jnp.stack([g.max() for g in raw.gaps]).max()
            found = StateResults(s.W_hat, s.I_cf, s.R_cf, s.w_hat, cpi, trade, gap)
            following = _where_closed(raw, before.start, before.first)
            return Before(following, jnp.zeros_like(before.first)), found

        begin = Before(start, jnp.ones((), bool))
        return StateResults(*jax.lax.scan(state, begin, shocks)[1])

    return StateResults(*jax.vmap(one)(theta))


def _where_closed(solved: Raw, start: Unknowns, wanted: Bool[Array, ""] | bool = True) -> Unknowns:
    """The wages, prices and expenditure of an equilibrium if its audit closed and it is wanted, else the start."""
    closed = wanted & (jnp.stack([gap.max() for gap in solved.gaps]).max() <= AUDIT_BOUND)
    ln_w = jnp.where(closed, solved.x.ln_w, start.ln_w)  # one wage of the long run is that of every sector
    ln_P, ln_X = (jnp.where(closed, *pair) for pair in ((solved.x.ln_P, start.ln_P), (solved.x.ln_X, start.ln_X)))
    return start._replace(ln_w=ln_w, ln_P=ln_P, ln_X=ln_X)


def _settled(states: StateBatch, draw: Draw, found: StateResults) -> tuple[Draw, StateResults, str]:
    """Try again what did not close at positive incomes; the name of the first state's outcome that still does not."""
    holds = (found.gap <= AUDIT_BOUND) & (found.I_cf > 0).all(1) & (found.W_hat > 0).all(1)
    for u in np.flatnonzero(~holds):
        first, solution = solve_again(states, draw, states.shocks[int(u)])
        if solution.outcome is not Outcome.SOLVED:
            return draw, found, solution.outcome.name
        for name, value in _of(first, solution, states)._asdict().items():
            getattr(found, name)[u] = value
    return draw, found, Outcome.SOLVED.name


def solve_again(states: StateBatch, draw: Draw, shock: Shock) -> tuple[Solution, Solution]:
    """One state of a draw through the front door's own solver, with its continuation in small steps.

    Two solutions one after the other: the benchmark of the closure, of the long run, and from it the state.
    """
    closure, D = _closure(states, draw.deficits)
    economy = replace(states.economy, theta=draw.theta, deficits=closure)
    first = equilibrium(economy, Shock(D_cf=D if draw.deficits == "balanced" else None).wedges(economy), "long")
    benchmark = economy.at(first)
    return first, equilibrium(benchmark, shock.wedges(benchmark), draw.horizon, throw=False)


def _of(first: Solution, s: Solution, states: StateBatch) -> StateResults:
    """The two as one, from the calibrated world."""
    trade = s.M_cf[:, :, states.goods].sum(2)
    prices = consumer_prices(first) * consumer_prices(s)
    return StateResults(first.W_hat * s.W_hat, s.I_cf, s.R_cf, first.w_hat * s.w_hat, prices, trade, s.gap)
