"""Broken equations, by name: what detente would be with one plausible mistake made throughout.

Each mutant changes the pass and the audit alike wherever both use the equation, so that the solver converges and is
content with itself; a check has to see the mistake from outside. `broken` applies one, uncompiled, and without the
search for a path to an equilibrium that is not there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from detente.model import equations as eq
from detente.model import parts, shock
from detente.model.arrays import Array, namespace
from detente.model.benchmark import Benchmark
from detente.solver import adjoint, compiled, equilibrium
from detente.solver import fixed_point as joint

Patch = pytest.MonkeyPatch
MUTANTS: dict[str, Callable[[Patch], None]] = {}


def mutant(break_it: Callable[[Patch], None]) -> Callable[[Patch], None]:
    """Enter a mutant in the list under its name."""
    MUTANTS[break_it.__name__] = break_it
    return break_it


@contextmanager
def broken(name: str) -> Iterator[None]:
    """detente with one equation broken."""
    with Patch.context() as patch:
        MUTANTS[name](patch)
        patch.setattr(equilibrium, "_in_steps", lambda *asked: (asked[-1], equilibrium._outcome(asked[-1]), ""))
        patch.setattr(equilibrium, "MAX_PASSES", 60)
        for jitted in (compiled.compiled_solve, adjoint._adjoint):
            _everywhere(patch, jitted, _on_jax_arrays(jitted))
        with jax.disable_jit():  # nothing compiled before is used, and nothing of this stays
            yield


def _on_jax_arrays(compiled: Callable[..., Any]) -> Callable[..., Any]:
    """The function as compilation would call it: uncompiled it is handed NumPy's arrays as they are."""

    def call(*args: Any) -> Any:
        return compiled(*jax.tree.map(lambda leaf: jnp.asarray(leaf) if isinstance(leaf, np.ndarray) else leaf, args))

    return call


def _everywhere(patch: Patch, right: Callable[..., Any], wrong: Callable[..., Any]) -> None:
    """Put `wrong` in place of the function `right` in every module of detente that has imported it by name."""
    for module in [module for name, module in sys.modules.items() if name.startswith("detente.")]:
        if getattr(module, right.__name__, None) is right:
            patch.setattr(module, right.__name__, wrong)


def _given(patch: Patch, change: Callable[[joint.Given], joint.Given]) -> None:
    """Change what the benchmark hands to every pass, audit and adjoint."""
    right = equilibrium.given_of

    def wrong(*args: Any, **kwargs: Any) -> joint.Given:
        return change(right(*args, **kwargs))

    _everywhere(patch, right, wrong)


def _wedges(patch: Patch, change: Callable[[shock.Wedges, Benchmark, shock.Shock], shock.Wedges]) -> None:
    """Change what a shock becomes."""
    right = shock.Shock.wedges
    patch.setattr(shock.Shock, "wedges", lambda self, base: change(right(self, base), base, self))


def _numeraire(patch: Patch, level: Callable[[Array], Array]) -> None:
    """Another numeraire than (8): ln w is measured from level(ln w)."""
    right = joint.joint_pass

    def wrong(x: joint.Unknowns, *args: Any) -> joint.Unknowns:
        after = right(x, *args)
        return after._replace(ln_w=after.ln_w - level(after.ln_w))

    _everywhere(patch, right, wrong)


@mutant
def tariff_revenue_forgotten(patch: Patch) -> None:
    right = eq.income
    patch.setattr(eq, "income", lambda wages, profits, R, H, D: right(wages, profits, 0.0 * R, H, D))


@mutant
def deficits_forgotten(patch: Patch) -> None:
    right = eq.income
    patch.setattr(eq, "income", lambda wages, profits, R, H, D: right(wages, profits, R, H, 0.0 * D))


@mutant
def rents_forgotten(patch: Patch) -> None:
    """What exporters charge is nobody's income."""
    right = eq.income
    patch.setattr(eq, "income", lambda wages, profits, R, H, D: right(wages, profits, R, 0.0 * H, D))


@mutant
def rents_stay_with_the_producers(patch: Patch) -> None:
    """An export restraint as a dearer good: what is paid at the border is sales."""
    right = shock.Shock.wedges
    patch.setattr(shock.Shock, "wedges", lambda self, base: replace(right(self, base), h=None))


@mutant
def restraints_as_tariffs(patch: Patch) -> None:
    """The wedge of a restraint, with its rents collected by the importer."""
    right = shock.Shock.wedges

    def wrong(self: shock.Shock, base: Benchmark) -> shock.Wedges:
        w = right(self, base)
        return w if w.h is None else replace(w, v=w.v * w.h, h=None)

    patch.setattr(shock.Shock, "wedges", wrong)


@mutant
def flows_gross_of_tariff(patch: Patch) -> None:
    """Producers are paid what buyers pay, and the tariff is collected on top."""
    right = joint.weights

    def wrong(*args: Any) -> joint.Weights:
        weight = right(*args)
        return weight._replace(net=weight.cost, own=namespace(weight.cost).diagonal(weight.cost, axis1=1, axis2=2).T)

    _everywhere(patch, right, wrong)
    patch.setattr(eq, "sales", lambda pi, v, X: (pi * X[:, None, :]).sum(0))


@mutant
def shares_transposed(patch: Patch) -> None:
    """Importer and exporter exchanged, and the shares made to sum to one again."""

    def change(given: joint.Given) -> joint.Given:
        swapped = np.swapaxes(np.asarray(given.pi), 0, 1)
        total = swapped.sum(1, keepdims=True)
        return given._replace(pi=swapped / np.where(total > 0, total, 1.0))

    _given(patch, change)


@mutant
def input_shares_transposed(patch: Patch) -> None:
    _given(patch, lambda given: given._replace(gamma_io=np.swapaxes(np.asarray(given.gamma_io), 1, 2)))


@mutant
def elasticity_of_the_wrong_sign(patch: Patch) -> None:
    """Buyers turn to who becomes dearer."""
    _given(patch, lambda given: given._replace(theta=-given.theta))


@mutant
def tariff_without_elasticity(patch: Patch) -> None:
    """Shares move with the tariff factor itself, not with its power theta."""

    def change(w: shock.Wedges, base: Benchmark, _: shock.Shock) -> shock.Wedges:
        return replace(w, K=w.K ** (1 / base.theta))

    _wedges(patch, change)


@mutant
def the_old_tariff_is_collected(patch: Patch) -> None:
    _wedges(patch, lambda w, base, _: replace(w, v=1 / (1 + base.t)))


@mutant
def parts_are_averaged(patch: Patch) -> None:
    """A measure on part of a cell as its average rate on all of it."""

    def average(parts: parts.Parts, base: Benchmark, K: Any, v: Any, *, afresh: bool) -> None:
        t_cf = np.array(1 / v - 1)
        cell = (parts.n, parts.i, parts.j)
        t_cf[cell] = 0.0
        np.add.at(t_cf, cell, parts.s * parts.t_cf)
        K[:], v[:] = ((1 + t_cf) / (1 + base.t)) ** -base.theta, 1 / (1 + t_cf)

    patch.setattr(shock, "_put_parts", average)


@mutant
def a_barrier_helps_trade(patch: Patch) -> None:
    """Trade costs enter with the wrong sign."""

    def change(w: shock.Wedges, base: Benchmark, given: shock.Shock) -> shock.Wedges:
        if given.d_hat is None:
            return w
        finite = np.where(np.isfinite(given.d_hat), given.d_hat, 1.0)
        return replace(w, K=w.K * finite ** (2 * base.theta))

    _wedges(patch, change)


@mutant
def final_shares_do_not_sum(patch: Patch) -> None:
    """alpha taken from data and not made to sum to one."""
    _given(patch, lambda given: given._replace(alpha=0.98 * given.alpha))


@mutant
def inputs_left_out_of_cost(patch: Patch) -> None:
    patch.setattr(eq, "ln_cost_hat", lambda ln_w, ln_P, va, io: va * ln_w)


@mutant
def one_wage_for_held_labour(patch: Patch) -> None:
    """Cost takes the average wage where each sector has its own."""
    right = eq.ln_cost_hat

    def wrong(ln_w: Array, *given: Array) -> Array:
        xp = namespace(ln_w)
        return right(xp.log(xp.exp(ln_w).mean(1, keepdims=True)), *given)

    patch.setattr(eq, "ln_cost_hat", wrong)


@mutant
def real_income_by_a_plain_mean_of_prices(patch: Patch) -> None:
    def wrong(I: Array, I_cf: Array, P: Array, alpha: Array) -> Array:
        xp = namespace(P)
        return I_cf / I / xp.exp(xp.log(P).mean(1))

    patch.setattr(eq, "real_income_hat", wrong)


@mutant
def numeraire_of_the_first_economy(patch: Patch) -> None:
    _numeraire(patch, lambda ln_w: ln_w[0])


@mutant
def numeraire_without_weights(patch: Patch) -> None:
    def mean(ln_w: Array) -> Array:
        xp = namespace(ln_w)
        return xp.log(xp.exp(ln_w).mean())

    _numeraire(patch, mean)


@mutant
def a_little_in_every_market(patch: Patch) -> None:
    """An epsilon of money where a market may be empty, as codes add so as not to divide by zero."""
    right = eq.expenditure
    patch.setattr(eq, "expenditure", lambda Y, I, io, alpha: right(Y, I, io, alpha) + 1e-3)


@mutant
def empty_markets_divide(patch: Patch) -> None:
    """No market is known to be empty."""
    _given(patch, lambda given: given._replace(market=np.ones_like(np.asarray(given.market))))


@mutant
def deficits_grow_alone(patch: Patch) -> None:
    """Each deficit is a share of its own income, whatever the others lend."""
    patch.setattr(joint, "proportional_deficits", lambda own, d: (d * own / (1.0 - d), 1.0))


@mutant
def elasticity_of_the_next_sector(patch: Patch) -> None:
    _given(patch, lambda given: given._replace(theta=np.roll(np.asarray(given.theta), 1)))


@mutant
def the_gradient_forgets_revenue(patch: Patch) -> None:
    """The slope of the prices alone, without what the tariff collects."""
    right = adjoint._over_tariffs
    patch.setattr(adjoint, "_over_tariffs", lambda *given: right(*given[:-2], 0.0 * given[-2], given[-1]))
