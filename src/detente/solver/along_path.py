"""What is integrated along the path of a shock: the terms of real income, and real GDP.

The path is the straight line in ln(1+t), and in ln d, ln(1+e) and D, from the benchmark to the shock; its points are
equilibria. `detente.solver.decomposition` derives the terms of real income. Real GDP at base prices is the volume of
what is made: with q the log of a quantity,

    GDP dln GDP = ŵ L̂ wL dln L̂                 (labour at work)
                + Σ t M dq                      (taxed imports, on which buyers pay more than sellers receive)
                + Σ e M/(1+e) dq                (goods that exporters charge)
                + Σ ψ Y (dln Y − dln c)          (sales with a markup),

GDP = I − D at the prices of each point. Prices, terms of trade and iceberg costs are no volumes, so that it does not
depend on the numeraire. For a tariff it is the volume term of real income, and labour.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from detente.errors import BadShock, NotSolved
from detente.inputs import FloatArray, IntArray
from detente.model.benchmark import Benchmark
from detente.model.parts import Parts
from detente.model.shock import Shock
from detente.solver.fixed_point import NO_RATES, Unknowns
from detente.solver.held_rates import held_at
from detente.solver.solution import Solution

Solver = Callable[[Shock, Unknowns], Solution]
"""From a shock, and unknowns to begin from, to its equilibrium. Raises NotSolved."""

#: The terms sum to the exact change within this, in logs, and within a thousandth of the largest change, or the path is
#: cut finer. What the sum misses is what the worst term misses: both are the error of one quadrature.
ADDS_UP = 1e-6
_OF_THE_CHANGE = 1e-3
#: A gap of the audit's bound in every account is no error of the path.
_AUDITED = 1e-9
_DEGREES = (2, 4, 8, 16, 32, 64)
_INTERVALS = (4, 8, 16)
TERMS = ("terms_of_trade", "volume_of_trade", "profit_shifting", "labour", "transfers", "trade_costs")
"""The terms that sum to the change of real income."""


REAL_GDP = "real_gdp"
"""ln of real GDP at base prices, beside the terms."""


def terms_along(
    shock: Shock, last: Solution, begin: Unknowns, solver: Solver, adds_up: float = ADDS_UP
) -> dict[str, FloatArray]:
    """`TERMS` and `REAL_GDP` of every economy (n,), in log points, from the benchmark of a solution to its shock.

    ``begin`` are the unknowns of the benchmark. The terms sum to the exact change within ``adds_up``. Raises BadShock
    where no path of finite rates leads to the shock, NotSolved where an equilibrium on the path is not found or the
    terms do not add up on the finest one.
    """
    economy = last.base
    if shock.d_hat is not None and not np.isfinite(shock.d_hat).all():
        raise BadShock(
            "the split of real income needs finite trade costs: d_hat=inf closes a cell, for which no path exists"
        )
    if shock.parts is not None and shock.parts.closed is not None:
        raise BadShock(
            "the split of real income needs trade that goes on: `closed` ends that of a part, for which no path exists"
        )
    shock, _ = held_at(shock, last)
    path = {0.0: _start(economy, shock, begin, _by_sector(last)), 1.0: _node(last, shock)}
    change = np.log(last.W_hat)
    of_the_change = _OF_THE_CHANGE * float(np.abs(change).max())
    enough = max(min(adds_up, of_the_change), _AUDITED)
    rules = [chebyshev(degree) for degree in _DEGREES]
    if economy.labour_market.wages is not None:  # where a wage reaches its floor the path has a kink
        enough, rules = max(adds_up, of_the_change), [broken_line(intervals) for intervals in _INTERVALS]
    for rule in rules:
        terms = _along(economy, shock, rule, solver, path)
        gap = float(np.abs(sum(terms[name] for name in TERMS) - change).max())
        if gap <= enough:
            return terms
    raise NotSolved(
        f"{economy.name}: the terms of real income miss the exact change by {gap:.3g} on the finest path: "
        "try a smaller shock"
    )


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
    earned: FloatArray
    ln_L: FloatArray


def _along(
    economy: Benchmark,
    shock: Shock,
    rule: tuple[FloatArray, FloatArray, FloatArray],
    solver: Solver,
    known: dict[float, _Node],
) -> dict[str, FloatArray]:
    """Integrate over Chebyshev points: the path is smooth, so the error falls faster than any power of 1/degree.

    The points of a degree are among those of twice the degree; ``known`` keeps what is solved.
    """
    points, derivative, quadrature = rule
    at_hand = dict(known)
    for a in points.tolist():
        if a not in known:
            step = _at(economy, shock, a)
            known[a] = _node(solver(step, _between(at_hand, a)), step)
    nodes = [known[a] for a in points.tolist()]
    I, Y, ln_c, D = (np.stack([getattr(node, name) for node in nodes]) for name in ("I", "Y", "ln_c", "D"))
    dln_c = np.tensordot(derivative, ln_c, 1)
    sales = zip(nodes, Y, dln_c, strict=True)
    terms = np.stack([(Y * dln).sum(1) - np.einsum("nij,ij->n", node.M, dln) for node, Y, dln in sales])
    volume = _volume(nodes, derivative, dln_c, shock.parts)
    profits = (economy.profit_share * (np.tensordot(derivative, Y, 1) - Y * dln_c)).sum(2)
    earned, ln_L = (np.stack([getattr(node, name) for node in nodes]) for name in ("earned", "ln_L"))
    labour = (earned * np.tensordot(derivative, ln_L, 1)).sum(2)
    transfers = derivative @ D
    costs, in_transit = np.zeros_like(transfers), np.zeros_like(transfers)
    if shock.d_hat is not None:
        ln_d = np.log(shock.d_hat)
        costs = np.stack([-np.einsum("nij,nij->n", node.M + node.tM, ln_d) for node in nodes])
        in_transit = np.stack([np.einsum("nij,nij->n", node.tM, ln_d) for node in nodes])
    if (charged := _charged(shock, nodes)) is not None:
        at_border, on_exports = _charges(nodes, derivative, dln_c, charged, points)
        terms, volume = terms + at_border, volume + on_exports
        if shock.d_hat is not None:
            share = -np.expm1(-points[:, None] * charged.ln) * ln_d[charged.n, charged.i, charged.j]
            in_transit = in_transit + _sums(share * charged.M, charged.i, nodes)
    values = (terms, volume, profits, labour, transfers, costs)
    split = {name: (quadrature @ (value / I)) for name, value in zip(TERMS, values, strict=True)}
    split[REAL_GDP] = quadrature @ ((volume - in_transit + profits + labour) / (I - D))
    return split


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


def _start(economy: Benchmark, shock: Shock, begin: Unknowns, by_sector: bool) -> _Node:
    """The benchmark as the first point of the path."""
    b, p = economy, shock.parts
    parts_M = parts_t = np.zeros(0)
    if p is not None:
        parts_M, parts_t = p.s * b.pi[p.n, p.i, p.j] * b.X[p.n, p.j] / (1 + p.t), p.t
    earned = b.labour if by_sector else b.wL[:, None]
    return _Node(
        begin,
        np.zeros_like(b.Y),
        b.Y,
        b.M,
        b.t * b.M,
        b.t,
        parts_M,
        parts_t,
        b.D,
        b.I,
        earned,
        np.zeros_like(earned),
    )


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
        *_labour(solution),
    )


def _by_sector(s: Solution) -> bool:
    """Whether each sector has its wage, and employment of its own."""
    market = s.base.labour_market
    return market.by_sector or (market.wages is not None and s.horizon == "short")


def _labour(s: Solution) -> tuple[FloatArray, FloatArray]:
    """What labour earns by the wage it earns, and the log of how much of it works (n, s)."""
    b = s.base
    if not _by_sector(s):
        return (s.w_hat * s.L_hat * b.wL)[:, None], np.log(s.L_hat)[:, None]
    earned = (1 - b.profit_share) * b.gamma_va * s.Y_cf
    there = (b.labour > 0) & (earned > 0)
    units = np.where(there, earned, 1.0) / np.where(there, b.labour * s.wage_hat, 1.0)
    return earned, np.log(units)


def broken_line(intervals: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Points on [0, 1], each inner one twice, with the slopes to the left and to the right, and the trapezoidal rule.

    A kink costs it no more than a bend does.
    """
    ends = np.arange(intervals + 1) / intervals
    points = np.stack([ends[:-1], ends[1:]], 1).ravel()
    slopes = np.kron(np.eye(intervals), np.array([[-1.0, 1.0], [-1.0, 1.0]])) * intervals
    return points, slopes, np.full(2 * intervals, 0.5 / intervals)


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
