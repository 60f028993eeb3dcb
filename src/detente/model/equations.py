"""The equations of the ricardian structure in changes, one function each, as Caliendo & Parro (2015) number them here.

Axes: n importer, i exporter, j (k) sector. ``x_hat`` is new over old, ``x_cf`` the new level. An empty market or an
empty economy-sector has no demand and no sales: its expenditure is exactly zero, its price and cost changes are
exactly one, and nothing is divided by it.

Arrays are NumPy's or JAX's, all of one kind (`detente.model.arrays`).

Source of (10): S. Galle, A. Rodríguez-Clare and M. Yi (2023), "Slicing the Pie: Quantifying the Aggregate and
Distributional Effects of Trade", Review of Economic Studies 90(1). Of (11): A. Rodríguez-Clare, M. Ulate and J. P.
Vásquez (2020), "New-Keynesian Trade: Understanding the Employment and Welfare Effects of Trade Shocks", NBER 27905.

Source of (9): A. Ignatenko, L. Macedoni, A. Lashkaripour and I. Simonovska (2025), Journal of International Economics
157, with an income tax in the benchmark.

Source of (1)-(8): L. Caliendo and F. Parro (2015), "Estimates of the Trade and Welfare Effects of NAFTA", Review of
Economic Studies 82(1), equations in relative changes; parts of a cell by the same algebra for two varieties.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.model.arrays import Array, namespace

if TYPE_CHECKING:
    from jaxtyping import Bool, Float


def ln_cost_hat(
    ln_w: Float[Array, " n #j"],
    ln_P: Float[Array, "n k"],
    gamma_va: Float[Array, "n j"],
    gamma_io: Float[Array, "n k j"],
) -> Float[Array, "n j"]:
    """(1) ln ĉ_nj = γ_nj ln ŵ_nj + Σ_k γ_nkj ln P̂_nk.

    The wage is one an economy unless labour is held in its sector.
    """
    inputs = namespace(ln_P).matmul(ln_P[:, None, :], gamma_io)[:, 0, :]
    return gamma_va * ln_w + inputs


def price_hat(
    pi: Float[Array, "n i j"],
    K: Float[Array, "n i j"],
    c_hat: Float[Array, "i j"],
    theta: Float[Array, " j"],
    market: Bool[Array, "n j"],
) -> Float[Array, "n j"]:
    """(2) P̂_nj = ( Σ_i π_nij K_nij ĉ_ij^−θ_j )^(−1/θ_j), K = Σ_m s_m k_m^−θ, so k̂^−θ for one part.

    One where there is no market.
    """
    xp = namespace(pi)
    scale = _middle(c_hat)
    total = xp.einsum("nij,nij,ij->nj", pi, K, (c_hat / scale) ** -theta)
    return xp.where(market, scale * xp.where(market, total, 1.0) ** (-1.0 / theta), 1.0)


def trade_shares(
    pi: Float[Array, "n i j"],
    K: Float[Array, "n i j"],
    c_hat: Float[Array, "i j"],
    theta: Float[Array, " j"],
    market: Bool[Array, "n j"],
) -> Float[Array, "n i j"]:
    """(3) π'_nij = π_nij K_nij ĉ_ij^−θ_j over its sum across exporters, which is P̂_nj^−θ_j; zero without a market."""
    xp = namespace(pi)
    shares = pi * K
    shares *= ((c_hat / _middle(c_hat)) ** -theta)[None]  # in place for NumPy, whose time goes into fresh memory
    total = xp.where(market, xp.einsum("nij->nj", shares), 1.0)
    shares *= xp.where(market, 1.0 / total, 0.0)[:, None, :]
    return shares


def _middle(c_hat: Float[Array, "i j"]) -> Float[Array, " j"]:
    """√(least · largest) cost change of a sector; over it, a power of 80 stays in the range of floating point."""
    xp = namespace(c_hat)
    return xp.sqrt(c_hat.min(0) * c_hat.max(0))


def sales(
    pi_cf: Float[Array, "n i j"],
    v: Float[Array, "n i j"],
    X_cf: Float[Array, "n j"],
) -> Float[Array, "i j"]:
    """(4) Y'_ij = Σ_n π'_nij v_nij X'_nj; v = 1/(1+t') for one part, Σ_m (s_m k_m^−θ / K) / (1+t'_m) for several.

    Where exporters charge e', producers receive the part h = 1/(1+e') of what is paid at the border: v·h stands for v.
    """
    return namespace(pi_cf).einsum("nij,nij,nj->ij", pi_cf, v, X_cf)


def expenditure(
    Y_cf: Float[Array, "n k"],
    I_cf: Float[Array, " n"],
    gamma_io: Float[Array, "n j k"],
    alpha: Float[Array, "n j"],
) -> Float[Array, "n j"]:
    """(5) X'_nj = Σ_k γ_njk Y'_nk + α_nj I'_n."""
    inputs = namespace(Y_cf).matmul(gamma_io, Y_cf[:, :, None])[:, :, 0]
    return inputs + alpha * I_cf[:, None]


def revenue(
    pi_cf: Float[Array, "n i j"],
    v: Float[Array, "n i j"],
    X_cf: Float[Array, "n j"],
) -> Float[Array, " n"]:
    """(6, second part) R'_n = Σ_ij (1 − v_nij) π'_nij X'_nj, since t'/(1+t') = 1 − 1/(1+t')."""
    return namespace(pi_cf).einsum("nij,nij,nj->n", 1.0 - v, pi_cf, X_cf)


def rents(
    pi_cf: Float[Array, "n i j"],
    v: Float[Array, "n i j"],
    h: Float[Array, "n i j"],
    X_cf: Float[Array, "n j"],
) -> Float[Array, " i"]:
    """(6, third part) H'_i = Σ_nj (1 − h_nij) v_nij π'_nij X'_nj: what exporters charge at the border, h = 1/(1+e')."""
    return namespace(pi_cf).einsum("nij,nij,nij,nj->i", 1.0 - h, v, pi_cf, X_cf)


def income(
    wages: Float[Array, " n"],
    profits_cf: Float[Array, " n"],
    R_cf: Float[Array, " n"],
    rents_cf: Float[Array, " n"],
    transfers_cf: Float[Array, " n"],
) -> Float[Array, " n"]:
    """(6) I'_n = Σ_j ŵ_nj (wL)_nj + Π'_n + R'_n + H'_n + D'_n + T'_n.

    Most worlds have no profits Π', no rents H' and no transfers T' beside deficits; transfers are D' + T'.
    """
    return wages + profits_cf + R_cf + rents_cf + transfers_cf


def labour_demand(
    Y_cf: Float[Array, "n j"],
    gamma_va: Float[Array, "n j"],
    profit_share: Float[Array, " j"],
) -> Float[Array, "n j"]:
    """(7, right side) (1 − ψ_j) γ_nj Y'_nj: what sector j of economy n pays to labour; ψ = 0, or 1/σ_j with markups."""
    return (1.0 - profit_share) * gamma_va * Y_cf


def profits(
    Y_cf: Float[Array, "n j"],
    gamma_va: Float[Array, "n j"],
    profit_share: Float[Array, " j"],
) -> Float[Array, " n"]:
    """Π'_n = Σ_j ψ_j γ_nj Y'_nj, the rest of value added: a fixed number of firms keep a markup (Ossa 2014)."""
    return (profit_share * gamma_va * Y_cf).sum(1)


def real_income_hat(
    I: Float[Array, " n"],
    I_cf: Float[Array, " n"],
    P_hat: Float[Array, "n j"],
    alpha: Float[Array, "n j"],
) -> Float[Array, " n"]:
    """Ŵ_n = (I'_n / I_n) / Π_j P̂_nj^α_nj, exact."""
    xp = namespace(P_hat)
    return I_cf / I / xp.exp((alpha * xp.log(P_hat)).sum(1))


def tax_relief(
    R_cf: Float[Array, " n"],
    wages: Float[Array, " n"],
    R_share: Float[Array, " n"],
) -> Float[Array, " n"]:
    """(9, first part) τ_n − τ'_n = R'_n/(ŵ L̂ wL)_n − R_n/(wL)_n: by how much new revenue lowers the income tax."""
    return R_cf / wages - R_share


def net_of_tax_hat(relief: Float[Array, " n"], tax: Float[Array, " n"]) -> Float[Array, " n"]:
    """(9, second part) (1 − τ'_n)/(1 − τ_n): what is kept of the wage."""
    return 1.0 + relief / (1.0 - tax)


def ln_labour_supply(
    net_hat: Float[Array, " n"],
    ln_wage: Float[Array, " n"],
    ln_cpi: Float[Array, " n"],
    kappa: Float[Array, ""],
) -> Float[Array, " n"]:
    """(9) ln L̂_n = κ (ln (1 − τ')/(1 − τ) + ln ŵ_n − ln P̂_n), P̂ the prices of final spending."""
    return kappa * (namespace(net_hat).log(net_hat) + ln_wage - ln_cpi)


def effort(
    wL: Float[Array, " n"],
    tax: Float[Array, " n"],
    kappa: Float[Array, ""],
) -> Float[Array, " n"]:
    """v(L)_n = κ/(1+κ) · (1 − τ_n) (wL)_n: the disutility of work in the benchmark, USD million."""
    return kappa / (1.0 + kappa) * (1.0 - tax) * wL


def effort_hat(L_hat: Float[Array, " n"], kappa: Float[Array, ""]) -> Float[Array, " n"]:
    """v(L')/v(L) = L̂^(1 + 1/κ); one where labour supply is fixed."""
    xp = namespace(L_hat)
    elastic = kappa > 0
    return xp.where(elastic, L_hat ** (1.0 + 1.0 / xp.where(elastic, kappa, 1.0)), 1.0)


def sector_earnings(
    ln_w: Float[Array, "n j"],
    labour: Float[Array, "n j"],
    mobility: Float[Array, ""],
) -> Float[Array, "n j"]:
    """(10) π'_ns Φ_n (wL)_n, π'_ns = π_ns ŵ_ns^m / Σ_s π_ns ŵ_ns^m and Φ_n = (Σ_s π_ns ŵ_ns^m)^(1/m).

    ``labour`` is π_ns (wL)_n, what the labour of each sector earns in the benchmark.
    """
    xp = namespace(ln_w)
    total = labour.sum(1, keepdims=True)
    power = labour / total * xp.exp(mobility * ln_w)
    mean = power.sum(1, keepdims=True)
    return power / mean * mean ** (1.0 / mobility) * total


def floored(
    ln_w: Float[Array, " n #j"],
    ln_floor: Float[Array, ""],
    ease: Float[Array, " n #j"],
) -> tuple[Float[Array, " n #j"], Float[Array, " n #j"]]:
    """(11) The log of the wage, at its floor or above, and of employment over supply, zero unless it is at the floor.

    ``ln_w`` is the wage where it is above the floor; how far it lies under it stands for employment that is short.
    """
    under = namespace(ln_w).minimum(ln_w - ln_floor, 0.0)
    return ln_w - under, ease * under


def off_floor(
    wage_hat: Float[Array, " n #j"],
    employed: Float[Array, " n #j"],
    floor: Float[Array, ""],
) -> Float[Array, " n"]:
    """(11) How far wages and employment are from complementarity: ŵ ≥ floor, L̂ ≤ L̂ˢ, one of the two with equality."""
    xp = namespace(wage_hat)
    return xp.abs(xp.minimum(wage_hat / floor - 1.0, 1.0 - employed)).max(1)
