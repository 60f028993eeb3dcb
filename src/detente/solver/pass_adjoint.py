"""The joint pass transposed by hand, for many scalars at once: products over the shares instead of a derivative each.

At an equilibrium x = g(x) a scalar F has the adjoint λ = F_x + (∂g/∂x)ᵀ λ. Here (∂g/∂x)ᵀ is written out for the long
run of `detente.solver.fixed_point.joint_pass`, and applied to all scalars (lanes, axis p, last everywhere) in a few
matrix products. With C = ĉ^−θ, T = Σ_i π K C and Q = X'/T, the levels at the equilibrium are

    S_nij = π K C / T      shares π'                        M_nj = Σ_i F_nij     imports
    F_nij = Q π K v C      paid at the border by n to i     E_ij = Σ_n h F_nij   exports, what producers receive
    O_nj                   own sales                        Y = E + O            sales

(F without own sales, which have no border). Since weights are products, a pass is linear in logs around them:

    d ln C = −θ (γ d ln ŵ + Σ_k γ_k d ln P̂_k),  d ln T = Σ_i S d ln C,  d ln Q = d ln X' − d ln T,
    dM = M d ln Q + Σ_i F d ln C,  dE = Σ_n h F d ln Q + E d ln C,  dO = O (d ln Q + d ln C),
    dR_n = Σ_j (X d ln X' − dM − dO),  dH_i = Σ_nj F (d ln Q + d ln C) − Σ_j dE   (rents; zero without charges),
    D' = f(B), I = B + D' + T', B = Σ ŵ wL + Σ_j ψ γ Y + R + H.

Write ā for the derivative of the scalars by a. Read backwards, each term goes to where it came from:

    B̄ = Ī + f'(B)ᵀ (D̄ + Ī),   R̄ += B̄,   H̄ += B̄,   Ȳ += ψ γ B̄,   M̄ −= R̄,   Ō = Ȳ − R̄,
    q̄_nj = Σ_i F (h Ē + H̄_i) + M M̄ + O Ō                  by ln Q, where Ē = Ȳ − H̄ under charges, else Ȳ
    c̄_ij = Σ_n S (T̄ − q̄)_nj + Σ_n F M̄_n + E Ē + O Ō + Σ_n F H̄_i     by ln C, T̄ given by ln T
    ln X̄' = q̄ + X R̄_n,   ln P̄_k = −Σ_j θ γ_k c̄,   ln w̄ = ŵ wL B̄ − Σ_j θ γ c̄.

The pass gives ln P̂ = −ln T/θ, ln X' by (5), and ln ŵ + step − ln level, where the step is κ (e + D − m)/(e + m + |D|)
of receipts e = ΣE + H and imports m. With u the derivative by the new ln ŵ, s = u − (ŵ wL)/Σ(ŵ wL) Σu stays after (8),
and T̄ = −ln P̄/θ, Ȳ and Ī by (5) transposed, ē = κ s (2m + |D| − D)/(e+m+|D|)² and so on.

Where labour supply is elastic (9), ln L̂ is one more row. Wages are ŵ L̂ wL, so that ln L̂ takes what ln ŵ takes of B̄
and of the level; and with y the derivative by the new ln L̂ = κ (ln net + ln ŵ − Σ α ln P̂), where net is
1 + (R/ŵL̂wL − r)/(1−τ), u gains κ y, ln P̂ loses κ α y, R̄ gains κ y g, and ln ŵ and ln L̂ lose κ y g R. Here
g = 1/(ŵL̂wL (1−τ) net), zero where revenue is handed out.

Every sum over partners is a batched product (j, n, i) @ (j, i, p), every sum over sectors one (n, k, j) @ (n, j, p).
All lanes share the matrix, so Anderson's weights are found for them together, as one vector. Many lanes are iterated in
single precision, on what the residual in double precision says is missing (iterative refinement): with λ' so far and
r = F_x + (∂g/∂x)ᵀ λ' − λ', λ − λ' = r + (∂g/∂x)ᵀ (λ − λ'). The residual that counts is in double precision.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from detente.inputs import FloatArray, IntArray
from detente.model import equations as eq
from detente.model.benchmark import Deficits, proportional_deficits
from detente.model.labour import LabourSupply
from detente.solver.anderson import fixed_point
from detente.solver.equilibrium import MAX_PASSES
from detente.solver.fixed_point import VANISHED, WAGE_STEP, Flows, Given, Unknowns, Weights, flows

if TYPE_CHECKING:
    from jaxtyping import Float

Lanes = FloatArray
"""An array whose last axis p is the scalar that it belongs to."""

#: Random signs with which the residuals of all sectors are added up, so that Anderson's least squares read a tenth of
#: them: angles in a space of eight steps survive (W. B. Johnson and J. Lindenstrauss 1984). The residual that stops the
#: iteration is the whole one.
_SKETCHES = 6
#: No derivative; it takes on the precision of what it is added to.
_NONE: FloatArray = np.zeros((1, 1), np.float32)
#: From so many lanes on, products and memory cost more than the calls, and single precision halves them.
_MANY = 8
#: What an adjoint lacks is found to this part of it in single precision, far over its rounding; then the residual is
#: taken in double precision anew, as long as each time leaves a tenth or less.
_ROUGH, _LEFT = 1e-4, 0.1
#: Keeps a scalar that depends on nothing from being divided by zero.
_TINY = 1e-300


class OutcomeSlopes(NamedTuple):
    """Derivatives of scalars by what they depend on at an equilibrium, a lane each.

    By ln P̂ (j, n, p), sales Y (j, i, p), revenue, rents and deficits (n, p), and by what n buys from i (n, i, p), None
    where nobody looks at pairs. By ln L̂ (n, p), None where labour supply is fixed.
    """

    ln_P: Float[Lanes, "j n p"]
    Y: Float[Lanes, "j i p"]
    R: Float[Lanes, "n p"]
    rents: Float[Lanes, "n p"]
    D: Float[Lanes, "n p"]
    between: Float[Lanes, "n i p"] | None = None
    ln_L: Float[Lanes, "n p"] | None = None


class WeightSlopes(NamedTuple):
    """Derivatives of scalars by the logs of sums over the weights, through the adjoint too.

    By ln T (j, n, p), imports (n, p), which are alike in all sectors, exports (j, i, p), rents (i, p), zero without
    charges, and pairs (n, i, p), None where nobody looks at them.
    """

    ln_T: Float[Lanes, "j n p"]
    imports: Float[Lanes, "n p"]
    exports: Float[Lanes, "j i p"]
    rents: Float[Lanes, "i p"]
    between: Float[Lanes, "n i p"] | None


@dataclass(frozen=True, eq=False)
class PassAdjoint:
    """The transposed pass at an equilibrium; see the head of the module for the letters.

    ``inputs`` (n, 1+j, j) are α and γ over X', from derivatives by ln X' to those by I and Y; ``costs`` (n, 1+j, j) are
    −θγ of labour and of inputs, from derivatives by ln C to those by ln ŵ and ln P̂.
    """

    given: Given
    flows: Flows
    theta: FloatArray
    shares: Float[FloatArray, "j n i"]
    border: Float[FloatArray, "j n i"]
    received: Float[FloatArray, "j n i"]
    charges: bool
    inputs: FloatArray
    costs: FloatArray
    X: FloatArray
    M: FloatArray
    E: FloatArray
    O: FloatArray
    sold: FloatArray
    profits: FloatArray | None
    wages: FloatArray
    level: FloatArray
    step: tuple[FloatArray, FloatArray, FloatArray]
    deficits: tuple[FloatArray, FloatArray] | None
    labour: tuple[FloatArray, FloatArray, FloatArray, FloatArray] | None

    @classmethod
    def at(cls, given: Given, x: Unknowns, weight: Weights, closure: Deficits, *, pairs: bool = False) -> Self:
        """The transposed pass at the unknowns x, in the long run; its flows between pairs where asked for."""
        f = flows(x, given, weight, closure, pairs=pairs)
        spent = f.Q * f.total
        X = eq.expenditure(f.Y, f.I, given.gamma_io, given.alpha)
        live = given.market & (X > VANISHED)
        per_X = np.where(live, 1.0 / np.where(live, X, 1.0), 0.0)
        scale = f.c_power.T[:, None, :]
        traded = f.Q.T[:, :, None] * scale
        border = weight.net * traded
        charges = weight.received is not None
        wages = f.wages
        drift, by_step = _step(f)
        paid = wages * np.exp(drift)
        kept = eq.profits(f.Y, given.gamma_va, given.profit_share)
        return cls(
            given=given,
            flows=f,
            theta=given.theta[:, None],
            shares=weight.cost * (scale * (given.market / f.total).T[:, :, None]),
            border=border,
            received=weight.received * traded if charges else border,
            charges=charges,
            inputs=np.concatenate([given.alpha[:, None], given.gamma_io.swapaxes(1, 2)], 1) * per_X[:, None],
            costs=-given.theta * np.concatenate([given.gamma_va[:, None], given.gamma_io], 1),
            X=_column(spent),
            M=_column(f.imports),
            E=_column(f.exports),
            O=_column(f.own),
            sold=border.sum(1)[:, :, None],
            profits=_column(given.profit_share * given.gamma_va) if given.profit_share.any() else None,
            wages=wages[:, None],
            level=(paid / paid.sum())[:, None],
            step=by_step,
            deficits=_proportional(wages + kept + f.R + f.rents, given.d) if closure == "proportional" else None,
            labour=None if given.supply is None else _supply(given, given.supply, f),
        )

    def slopes(
        self, outcome: OutcomeSlopes, start: FloatArray | None, tolerance: float
    ) -> tuple[WeightSlopes, FloatArray, float]:
        """Slopes of some outcomes over the weights, their adjoints found together.

        Parameters
        ----------
        start
            Adjoints (x, p) to begin from, as they are returned; None for zero.
        tolerance
            The largest residual of an adjoint over the largest slope of its outcome.

        Returns
        -------
        slopes, adjoints, residual
            Adjoints (x, p) are over the largest slope of their outcome.
        """
        direct = self._pull(outcome.Y, outcome.R, outcome.rents, outcome.D, between=outcome.between)
        by_x = self._unknowns(direct)
        lanes = by_x.shape[2]
        by_x[1 : 1 + len(self.theta)] += outcome.ln_P
        if outcome.ln_L is not None:
            by_x[-1] += outcome.ln_L
        scale = np.abs(by_x).max((0, 1)) + _TINY
        by_x /= scale
        begin = np.zeros_like(by_x) if start is None else start.reshape(by_x.shape)
        if lanes >= _MANY:
            begin = self._refined(by_x, begin, tolerance)
        found, residual = self._iterated(by_x, begin, tolerance)
        through = self._backwards(found * scale).by_weights
        first = direct.by_weights
        both = WeightSlopes(
            first.ln_T + through.ln_T,
            first.imports + through.imports,
            first.exports + through.exports,
            first.rents + through.rents,
            first.between,
        )
        return both, found.reshape(-1, lanes), residual

    @np.errstate(all="ignore")  # levels that vanish have no single precision; what is lost is left to the double one
    def _refined(
        self, by_x: Float[Lanes, "x n p"], x: Float[Lanes, "x n p"], tolerance: float
    ) -> Float[Lanes, "x n p"]:
        """Adjoints within the tolerance, or as near to it as single precision comes."""
        single = replace(self, **{its.name: _in_single(getattr(self, its.name)) for its in fields(self)})
        best, last = x, np.inf
        while True:
            missing = self(x)
            missing += by_x
            missing -= x
            size = np.abs(missing).max((0, 1)) + _TINY
            residual = float(size.max())
            if not residual < last:
                return best
            if residual <= tolerance or residual > _LEFT * last:
                return x
            missing /= size
            goal = max(0.5 * tolerance / residual, _ROUGH)
            step, _ = single._iterated(_in_single(missing), _NONE, goal)
            best, last, x = x, residual, x + size * step

    def _iterated(
        self, by_x: Float[Lanes, "x n p"], start: Float[Lanes, "x n p"], tolerance: float
    ) -> tuple[Float[Lanes, "x n p"], float]:
        """The fixed points x = by_x + (∂g/∂x)ᵀ x and the largest residual, in the precision of by_x."""
        rows = len(by_x)
        signs = np.random.default_rng(0).choice((-1.0, 1.0), (_SKETCHES, rows)).astype(by_x.dtype)

        def g(x: FloatArray) -> FloatArray:
            image = self(x.reshape(by_x.shape))
            image += by_x
            return image.ravel()

        def sketch(residual: FloatArray) -> FloatArray:
            return np.asarray(signs @ residual.reshape(rows, -1), dtype=np.float64).ravel()

        begin = np.broadcast_to(start, by_x.shape).ravel()
        found, _, residual = fixed_point(g, begin, tolerance, MAX_PASSES, sketch)
        return found.reshape(by_x.shape), residual

    def over_rates(self, found: WeightSlopes, importers: IntArray, lanes: IntArray) -> Float[FloatArray, "m i j"]:
        """The slopes of some scalars over ln(1+t) of foreign goods, each at one importer; cells have no parts.

        A rate takes dS = −θ S and dF = −(θ+1) F before anything answers.
        """
        ln_T, imports = found.ln_T[:, importers, lanes, None], found.imports[importers, lanes, None]
        at_border = imports + found.rents[:, lanes].T if self.charges else imports
        if found.between is not None:
            at_border = at_border + found.between[importers, :, lanes]
        border, received = self.border[:, importers], self.received[:, importers]
        by_value = border * at_border + received * found.exports[:, :, lanes].swapaxes(1, 2)
        slope = -self.theta[:, None] * (self.shares[:, importers] * ln_T + by_value) - by_value
        return np.asarray(slope.transpose(1, 2, 0))

    def __call__(self, x: Float[Lanes, "x n p"]) -> Float[Lanes, "x n p"]:
        """(∂g/∂x)ᵀ x; rows are by ln ŵ, and by ln P̂ and ln X' of each sector."""
        return self._unknowns(self._backwards(x))

    def _backwards(self, x: Float[Lanes, "x n p"]) -> _Pulled:
        """From derivatives by what the pass hands on to those by its sums."""
        by_receipts, by_imports, by_deficits = self.step
        j = len(self.theta)
        by_wage, by_prices, R, taxed = x[0], x[1 : 1 + j], _NONE, _NONE
        if self.labour is not None:
            kappa, weights, by_revenue, by_wages = self.labour
            worked = kappa * x[-1]
            by_wage, by_prices = by_wage + worked, by_prices - weights * worked
            R, taxed = by_revenue * worked, by_wages * worked
        levelled = self.level * by_wage.sum(0)
        stays = by_wage - levelled
        sold = _by_economy(self.inputs, x[1 + j : 1 + 2 * j])
        pulled = self._pull(
            sold[1:],
            R,
            I=sold[0],
            D=by_deficits * stays,
            receipts=by_receipts * stays,
            imports=by_imports * stays,
            ln_T=by_prices / -self.theta[:, None],
        )
        return pulled._replace(stays=stays - taxed, labour=-levelled - taxed)

    def _pull(
        self,
        Y: Float[Lanes, "j i p"],
        R: Lanes = _NONE,
        rents: Lanes = _NONE,
        D: Lanes = _NONE,
        *,
        I: Lanes = _NONE,
        receipts: Lanes = _NONE,
        imports: Lanes = _NONE,
        ln_T: Lanes = _NONE,
        between: Float[Lanes, "n i p"] | None = None,
    ) -> _Pulled:
        """From derivatives by the intermediate values of a pass to those by the sums over partners."""
        B = I + self._own_income(D + I)
        R = R + B
        imports = imports - R
        if self.profits is not None:
            Y = Y + self.profits * B
        own = Y - R
        own *= self.O
        if self.charges:
            exports = Y - (rents + B)
            rents = rents + B + receipts
        else:
            rents, exports = _NONE, Y + receipts
        ln_Q = np.matmul(self.received, exports)
        ln_Q += self.M * imports
        ln_Q += own
        if self.charges:
            ln_Q += np.matmul(self.border, rents)
        if between is not None:
            ln_Q += np.matmul(self.border.swapaxes(0, 1), between).swapaxes(0, 1)
        ln_T = np.subtract(ln_T, ln_Q, out=ln_T if ln_T.shape == ln_Q.shape else None)
        found = WeightSlopes(ln_T, imports, exports, rents, between)
        return _Pulled(found, ln_Q, R, B, own)

    def _unknowns(self, pulled: _Pulled) -> Float[Lanes, "x n p"]:
        """On to derivatives by ln ŵ, and by ln P̂ and ln X' of each sector."""
        by, j = pulled.by_weights, len(self.theta)
        _, n, lanes = pulled.ln_Q.shape
        ln_C = np.matmul(self.shares.swapaxes(1, 2), by.ln_T)
        ln_C += np.matmul(self.border.swapaxes(1, 2), by.imports)
        ln_C += self.E * by.exports
        ln_C += pulled.own
        if self.charges:
            ln_C += self.sold * by.rents
        if by.between is not None:
            ln_C += np.matmul(self.border.transpose(2, 0, 1), by.between.swapaxes(0, 1)).swapaxes(0, 1)
        out = np.empty((1 + 2 * j + (self.labour is not None), n, lanes), ln_C.dtype)
        _by_economy(self.costs, ln_C, out[: 1 + j])
        out[0] += self.wages * pulled.B + pulled.stays
        spent = out[1 + j : 1 + 2 * j]
        np.multiply(self.X, pulled.R, out=spent)
        spent += pulled.ln_Q
        if self.labour is not None:
            out[-1] = self.wages * pulled.B + pulled.labour
        return out

    def _own_income(self, deficits: Lanes) -> Lanes:
        """From derivatives by D' to those by income without it."""
        if self.deficits is None:
            return _NONE
        per_income, taken = self.deficits
        return np.asarray(per_income[:, None] * (deficits - taken @ deficits))


class _Pulled(NamedTuple):
    """Derivatives half way back: by sums over the weights, and what of them unknowns need as well."""

    by_weights: WeightSlopes
    ln_Q: Float[Lanes, "j n p"]
    R: Float[Lanes, "n p"]
    B: Float[Lanes, "n p"]
    own: Float[Lanes, "j n p"]
    stays: Float[Lanes, "n p"] = _NONE
    labour: Float[Lanes, "n p"] = _NONE


def _in_single(value: Any) -> Any:
    """Arrays in single precision, those of a pair too; everything else as it is."""
    if isinstance(value, np.ndarray):
        return value.astype(np.float32)
    return tuple(map(_in_single, value)) if type(value) is tuple else value


def _column(levels: Float[FloatArray, "n j"]) -> Float[FloatArray, "j n 1"]:
    return np.ascontiguousarray(levels.T)[:, :, None]


def _by_economy(
    matrices: Float[FloatArray, "n a b"], values: Float[Lanes, "b n p"], out: Lanes | None = None
) -> Float[Lanes, "a n p"]:
    """Each economy's matrix on its values, sector first on both sides."""
    if out is None:
        out = np.empty((matrices.shape[1], *values.shape[1:]), values.dtype)
    np.matmul(matrices, values.swapaxes(0, 1), out=out.swapaxes(0, 1))
    return out


def _step(f: Flows) -> tuple[FloatArray, tuple[FloatArray, FloatArray, FloatArray]]:
    """The step of ln ŵ (n,), and its derivatives (n, 1) by receipts, imports and deficits."""
    receipts, imports = f.exports.sum(1) + f.rents, f.imports.sum(1)
    size, gap = receipts + imports + np.abs(f.net_imports), receipts + f.net_imports - imports
    trades = size > 0
    per = np.where(trades, WAGE_STEP / np.where(trades, size, 1.0), 0.0)[:, None]
    ratio, sign = (gap / np.where(trades, size, 1.0))[:, None], np.sign(f.net_imports)[:, None]
    return WAGE_STEP * ratio[:, 0], (per * (1.0 - ratio), -per * (1.0 + ratio), per * (1.0 - sign * ratio))


def _supply(given: Given, supply: LabourSupply, f: Flows) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """κ, α (j, n, 1), and the derivatives of ln net by revenue, and less that by ln of wages (n, 1)."""
    relief = supply.relieves * eq.tax_relief(f.R, f.wages, supply.R_share)
    by_revenue = supply.relieves / (f.wages * (1.0 - supply.tax) * eq.net_of_tax_hat(relief, supply.tax))
    return supply.kappa, _column(given.alpha), by_revenue[:, None], (f.R * by_revenue)[:, None]


def _proportional(own_income: Float[FloatArray, " n"], d: Float[FloatArray, " n"]) -> tuple[FloatArray, FloatArray]:
    """D' = a B with a = λd/(1−λd), and λ such that Σ D' = 0: dD' = a dB − b/Σb · Σ a dB, b = ∂D'/∂ ln λ; a and b/Σb."""
    _, lam = proportional_deficits(own_income, d)
    rate = np.where(d < 0, d, lam * d)
    by_factor = np.where(d > 0, rate * own_income / (1.0 - rate) ** 2, 0.0)
    total = by_factor.sum()
    return rate / (1.0 - rate), by_factor / total if total > 0 else by_factor
