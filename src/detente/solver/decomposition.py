"""The change of real income, split along the path of the shock so that the terms add up to it.

With E sales and M purchases at exporters' prices net of tariffs, own sales in both,

    I dln W = Σ E dln c − Σ M dln c   (terms of trade)
            + Σ t M (dln M − dln c)   (volume of trade)
            + Σ ψ Y (dln Y − dln c)   (profit shifting, where sales carry a markup)
            + dD                      (transfers)
            − Σ (1+t) M dln d         (trade costs).

Where exporters charge e on their goods, E and M are counted at the border, where the price is (1+e) c and not c, and
what is exported adds Σ e M/(1+e) (dln M − dln(1+e) − dln c) to the volume term. It follows from I = wL + R + H + D, the
envelope of (2), and the accounts (4)-(7): the tariff itself drops out, since what buyers pay of it is what the
government receives. Along the straight line in ln(1+t), and in ln d, ln(1+e) and D, the integral is exact; taken in one
step at the old tariffs it is the first-order form that Caliendo & Parro (2015) print. Of the labour term the part τ' is
a gain of welfare as well; the rest pays for the work.

Quotas and duties per unit are taken at the rates of the equilibrium, to which the line in ln(1+t) and ln(1+e) leads:
what they keep out is volume, and a rent that goes abroad is a transfer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from detente.errors import BadShock, NotSolved
from detente.inputs import FloatArray, IntArray, require
from detente.model.benchmark import Benchmark
from detente.model.parts import Parts
from detente.model.shock import Shock
from detente.solver.equilibrium import benchmark_unknowns, require_alike, require_closed, solve
from detente.solver.fixed_point import NO_RATES, Horizon, Unknowns
from detente.solver.held import held_at
from detente.solver.solution import Solution

#: The terms sum to the exact change within this, in logs, and within a thousandth of the largest change, or the path is
#: cut finer. What the sum misses is what the worst term misses: both are the error of one quadrature.
ADDS_UP = 1e-6
_OF_THE_CHANGE = 1e-3
#: A gap of the audit's bound in every account is no error of the path.
_AUDITED = 1e-9
_DEGREES = (2, 4, 8, 16, 32, 64)
TERMS = ("terms_of_trade", "volume_of_trade", "profit_shifting", "labour", "transfers", "trade_costs")
"""The terms that sum to the change of real income."""


def decompose(
    economy: Benchmark, shock: Shock, *, horizon: Horizon = "long", solution: Solution | None = None
) -> pd.DataFrame:
    """One row an economy: the terms and their ``total`` in log points, the ``exact`` ln Ŵ, and memo lines.

    ``terms_of_trade_and_transfers`` is their sum: with D ≠ 0 each depends on the numeraire, the sum does not.
    ``revenue`` is the memo (R' − R)/I, never a further term. ``solution`` is that of the shock, where it is at hand.

    Raises
    ------
    BadInput
        Where the solution is of another economy.
    BadShock
        Where the shock closes a cell or a part of one: no path of finite trade costs leads there.
    NotSolved
        Where the terms do not add up to 1e-6 on the finest path.
    """
    require(Shock, shock, "shock", "give a Shock, such as dt.Shock(t_cf=tariffs)")
    if solution is not None:
        require_closed(economy)
        require_alike(economy, solution, "solution")
    if shock.d_hat is not None and not np.isfinite(shock.d_hat).all():
        raise BadShock(
            "the split of real income needs finite trade costs: d_hat=inf closes a cell, for which no path exists"
        )
    if shock.parts is not None and shock.parts.closed is not None:
        raise BadShock(
            "the split of real income needs trade that goes on: `closed` ends that of a part, for which no path exists"
        )
    last = solve(economy, shock, horizon=horizon) if solution is None else solution
    shock, _ = held_at(shock, last)
    path = {0.0: _start(economy, shock, benchmark_unknowns(economy, last.horizon)), 1.0: _node(last, shock)}
    change = np.log(last.W_hat)
    enough = max(min(ADDS_UP, _OF_THE_CHANGE * float(np.abs(change).max())), _AUDITED)
    for degree in _DEGREES:
        terms = _along(economy, shock, degree, last, path)
        gap = float(np.abs(sum(terms.values()) - change).max())
        if gap <= enough:
            return _table(terms, last)
    raise NotSolved(
        f"{economy.name}: the terms of real income miss the exact change by {gap:.3g} on the finest path: "
        "try a smaller shock"
    )


def first_order(economy: Benchmark, solution: Solution) -> pd.DataFrame:
    """The one-step form at the old tariffs, in log points, to compare with papers only.

    Terms of trade Σ (E dln c − M dln c)/I and volume Σ t M (dln M − dln c)/I with log changes between the two
    equilibria (Caliendo & Parro 2015, equation 15).
    """
    b = economy
    ln_c = np.log(solution.c_hat)
    traded = (b.M > 0) & (solution.M_cf > 0)
    ln_M = np.log(np.where(traded, solution.M_cf, 1.0) / np.where(traded, b.M, 1.0))
    terms = (b.Y * ln_c).sum(1) - (b.M * ln_c[None]).sum((1, 2))
    volume = (b.t * b.M * (ln_M - ln_c[None])).sum((1, 2))
    return pd.DataFrame({"economy": b.economies, "terms_of_trade": terms / b.I, "volume_of_trade": volume / b.I})


class _Node(NamedTuple):
    """The inputs of the integrand from one equilibrium on the path."""

    unknowns: Unknowns
    ln_c: FloatArray
    Y: FloatArray
    M: FloatArray
    tM: FloatArray
    t: FloatArray
    parts_M: FloatArray
    parts_t: FloatArray
    D: FloatArray
    I: FloatArray
    wages: FloatArray
    ln_L: FloatArray


def _along(
    economy: Benchmark, shock: Shock, degree: int, last: Solution, known: dict[float, _Node]
) -> dict[str, FloatArray]:
    """Integrate over Chebyshev points: the path is smooth, so the error falls faster than any power of 1/degree.

    The points of a degree are among those of twice the degree; ``known`` keeps what is solved.
    """
    points, derivative, quadrature = chebyshev(degree)
    at_hand = dict(known)
    for a in points.tolist():
        if a not in known:
            step = _at(economy, shock, a)
            near = replace(last, unknowns=_between(at_hand, a))
            known[a] = _node(solve(economy, step, horizon=last.horizon, start=near), step)
    nodes = [known[a] for a in points.tolist()]
    I, Y, ln_c, D = (np.stack([getattr(node, name) for node in nodes]) for name in ("I", "Y", "ln_c", "D"))
    dln_c = np.tensordot(derivative, ln_c, 1)
    sales = zip(nodes, Y, dln_c, strict=True)
    terms = np.stack([(Y * dln).sum(1) - np.einsum("nij,ij->n", node.M, dln) for node, Y, dln in sales])
    volume = _volume(nodes, derivative, dln_c, shock.parts)
    profits = (economy.profit_share * (np.tensordot(derivative, Y, 1) - Y * dln_c)).sum(2)
    wages, ln_L = (np.stack([getattr(node, name) for node in nodes]) for name in ("wages", "ln_L"))
    labour = wages * (derivative @ ln_L)
    transfers = derivative @ D
    costs = np.zeros_like(transfers)
    if shock.d_hat is not None:
        ln_d = np.log(shock.d_hat)
        costs = np.stack([-np.einsum("nij,nij->n", node.M + node.tM, ln_d) for node in nodes])
    if (charged := _charged(shock, nodes)) is not None:
        at_border, on_exports = _charges(nodes, derivative, dln_c, charged, points)
        terms, volume = terms + at_border, volume + on_exports
    values = (terms, volume, profits, labour, transfers, costs)
    return {name: (quadrature @ (value / I)) for name, value in zip(TERMS, values, strict=True)}


def _between(known: dict[float, _Node], a: float) -> Unknowns:
    """The unknowns at a, on the polynomial through the points at hand: a start that is nearly there."""
    points = np.array(sorted(known))
    weights = [np.prod([(a - q) / (p - q) for q in points if q != p]) for p in points]
    columns = zip(*(known[float(p)].unknowns for p in points), strict=True)
    return Unknowns(*(np.tensordot(weights, np.stack(column), 1) for column in columns))


def _volume(nodes: list[_Node], derivative: FloatArray, dln_c: FloatArray, parts: Parts | None) -> FloatArray:
    """Σ t dM − Σ t M dln c at every point (s, n), with dM taken part by part where a cell has parts.

    The trade of every point meets the tariffs of every other, so that no derivative of a whole matrix of trade is
    ever written out.
    """
    whole = [node.t for node in nodes]
    parts_t = np.stack([node.parts_t for node in nodes])
    by_part = parts_t * (derivative @ np.stack([node.parts_M for node in nodes]))
    change = np.zeros((len(nodes), len(nodes[0].I)))
    if parts is not None:
        whole = [t.copy() for t in whole]
        for t in whole:
            t[parts.n, parts.i, parts.j] = 0.0
        np.add.at(change.T, parts.n, by_part.T)
    paid = np.stack([[np.einsum("nij,nij->n", t, node.M) for node in nodes] for t in whole])
    kept = np.stack([np.einsum("nij,ij->n", node.tM, dln) for node, dln in zip(nodes, dln_c, strict=True)])
    return np.asarray(change + np.einsum("sr,srn->sn", derivative, paid) - kept)


class _Charged(NamedTuple):
    """The goods that exporters charge: cells of parts and whole cells (c), ln(1+e'), and M and t M (s, c)."""

    n: IntArray
    i: IntArray
    j: IntArray
    ln: FloatArray
    M: FloatArray
    tM: FloatArray


def _charged(shock: Shock, nodes: list[_Node]) -> _Charged | None:
    """The goods that exporters charge, part by part where a cell has parts; None where there are none."""
    ln = np.zeros_like(nodes[0].t) if shock.e_cf is None else np.log1p(shock.e_cf)
    n, i, j, by_part = (np.zeros(0, dtype=np.int64),) * 3 + (np.zeros(0),)
    whole = ln != 0
    if (parts := shock.parts) is not None:
        n, i, j = parts.n, parts.i, parts.j
        by_part = ln[n, i, j] + np.log1p(parts.column("e_cf"))
        whole[n, i, j] = False
    if not whole.any() and not by_part.any():
        return None
    cells = np.nonzero(whole)
    n, i, j, by_part = (np.concatenate(pair) for pair in zip((n, i, j, by_part), (*cells, ln[cells]), strict=True))
    M = np.stack([np.concatenate([x.parts_M, x.M[cells]]) for x in nodes])
    tM = np.stack([np.concatenate([x.parts_M * x.parts_t, x.tM[cells]]) for x in nodes])
    return _Charged(n, i, j, by_part, M, tM)


def _charges(
    nodes: list[_Node], derivative: FloatArray, dln_c: FloatArray, charged: _Charged, points: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The addition of export charges to terms of trade and to volume at every point (s, n).

    The border price is (1+e) c, and sales at it are M. Terms of trade gain Σ M dln(1+e) on exports and the charge in
    Σ M dln c, and lose Σ M dln(1+e) on imports; volume gains the charge times the change of the quantity exported, and
    loses t M dln(1+e), since the quantity on which a tariff is levied falls with the border price too.
    """
    n, i, j, ln, M, tM = charged
    share = -np.expm1(-points[:, None] * ln)  # of what is paid at the border, e/(1+e)
    dear = share * M * dln_c[:, i, j]
    terms = _sums(M * ln + dear, i, nodes) - _sums(M * ln, n, nodes)
    quantities = share * (derivative @ M - M * ln) - dear
    return terms, _sums(quantities, i, nodes) - _sums(tM * ln, n, nodes)


def _sums(values: FloatArray, of: IntArray, nodes: list[_Node]) -> FloatArray:
    """Values of cells at every point (s, cell), summed by economy (s, n)."""
    out = np.zeros((len(nodes), len(nodes[0].I)))
    np.add.at(out.T, of, values.T)
    return out


def _at(economy: Benchmark, shock: Shock, a: float) -> Shock:
    """The shock at a fraction of the way, straight in ln(1+t), ln d and D."""

    def between(t: FloatArray, t_cf: FloatArray) -> FloatArray:
        return np.asarray((1 + t) ** (1 - a) * (1 + t_cf) ** a - 1)

    parts = shock.parts
    return Shock(
        t_cf=None if shock.t_cf is None else between(economy.t, shock.t_cf),
        d_hat=None if shock.d_hat is None else shock.d_hat**a,
        e_cf=None if shock.e_cf is None else np.expm1(a * np.log1p(shock.e_cf)),
        D_cf=None if shock.D_cf is None else economy.D + a * (shock.D_cf - economy.D),
        parts=None
        if parts is None
        else parts.held(between(parts.t, parts.t_cf), np.expm1(a * np.log1p(parts.column("e_cf")))),
        T_cf=None if shock.T_cf is None else a * shock.T_cf,
    )


def _start(economy: Benchmark, shock: Shock, begin: Unknowns) -> _Node:
    """The benchmark as the first point of the path."""
    b, p = economy, shock.parts
    parts_M = parts_t = np.zeros(0)
    if p is not None:
        parts_M, parts_t = p.s * b.pi[p.n, p.i, p.j] * b.X[p.n, p.j] / (1 + p.t), p.t
    still = np.zeros_like(b.I)
    return _Node(begin, np.zeros_like(b.Y), b.Y, b.M, b.t * b.M, b.t, parts_M, parts_t, b.D, b.I, b.wL, still)


def _node(solution: Solution, step: Shock) -> _Node:
    M, t = solution.M_cf, solution.t_cf
    parts_M = parts_t = np.zeros(0)
    if step.parts is not None:
        p = step.parts
        after = p.at(solution.base.theta)
        gross = solution.pi_cf[p.n, p.i, p.j] * solution.X_cf[p.n, p.j]
        parts_M, parts_t = after.s * gross / (1 + p.t_cf), p.t_cf
    return _Node(
        solution.unknowns._replace(ln_r=NO_RATES),
        np.log(solution.c_hat),
        solution.Y_cf,
        M,
        t * M,
        t,
        parts_M,
        parts_t,
        solution.net_imports_cf,
        solution.I_cf,
        solution.w_hat * solution.L_hat * solution.base.wL,
        np.log(solution.L_hat),
    )


def chebyshev(degree: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Chebyshev points on [0, 1] ascending, the differentiation matrix and the Clenshaw-Curtis weights there.

    L. N. Trefethen (2000), Spectral Methods in MATLAB, chapters 6 and 12.
    """
    k = np.arange(degree + 1)
    x = np.cos(np.pi * k / degree)
    scale = np.where((k == 0) | (k == degree), 2.0, 1.0) * (-1.0) ** k
    D = scale[:, None] / scale[None, :] / (x[:, None] - x[None, :] + np.eye(degree + 1))
    D -= np.diag(D.sum(1))
    moments = np.array([2.0 / (1 - m * m) if m % 2 == 0 else 0.0 for m in k])
    weights = np.linalg.solve(np.polynomial.chebyshev.chebvander(x, degree).T, moments)
    # x runs from 1 to −1; on the path a = (1 − x)/2, so da = −dx/2
    return (1 - x) / 2, -2 * D, weights / 2


def _table(terms: dict[str, FloatArray], last: Solution) -> pd.DataFrame:
    b = last.base
    total = sum(terms.values(), start=np.zeros(len(b.economies)))
    return pd.DataFrame(
        {
            "economy": b.economies,
            **terms,
            "terms_of_trade_and_transfers": terms["terms_of_trade"] + terms["transfers"],
            "total": total,
            "exact": np.log(last.W_hat),
            "revenue": (last.R_cf - b.R) / b.I,
        }
    )
