"""The benchmark equilibrium in shares, as papers publish it: what equations (1)-(8) take as given.

From the accounts of a world to shares and levels is arithmetic; nothing is rebalanced.

What happens to a trade deficit when trade policy changes is a closure. D is imports − exports net of tariffs, positive
for a deficit.

``fixed``         D'_n = D_n in the numeraire (8), world factor income; a shock may name other levels.
``balanced``      no deficits: the benchmark is solved with D = 0 at unchanged tariffs, and then D'_n = 0.
``proportional``  D'_n = d_n I'_n for surplus economies and λ d_n I'_n for deficit ones, d = D/I, λ such that Σ D' = 0.

The monopolistic structure is that of Ossa (2014): Krugman varieties, CES by sector, a fixed number of firms, no input
links. In changes it is (1)-(8) with γ^va = 1, no inputs, θ_j = σ_j − 1, and a share ψ_j = 1/σ_j of sales as profit. The
price of a variety is a constant markup over the wage, so ĉ = ŵ, and with the number of firms fixed the price index
moves by (2). Labour earns the share (σ_j − 1)/σ_j of sales, and profits stay in the economy.

Source: R. Ossa (2014), "Trade Wars and Trade Talks with Data", American Economic Review 104(12), equations (1)-(13).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from detente.data.plausibility import doubted_elasticities, refuse_no_own_sales
from detente.data.rates import HIGHEST_CELL, refuse_percent_of_economy
from detente.data.world import World
from detente.errors import BadEconomy, BadWorld, UnknownEconomy, UnknownSector
from detente.inputs import BoolArray, FloatArray, floats, names, position
from detente.model.arrays import Array, namespace
from detente.model.equations import effort
from detente.model.labour import DOLLAR, LabourMarket

if TYPE_CHECKING:
    from jaxtyping import Float

Deficits = Literal["fixed", "balanced", "proportional"]
CLOSURES: tuple[Deficits, ...] = get_args(Deficits)

#: Newton steps on 1/λ, over which 1/Σ D' of who borrows is almost straight. It starts at one, where it stays for
#: a zero shock, and converges from either side.
_NEWTON_STEPS = 8
#: How far 1/λ is kept from the largest D/I, where the deficit of that economy would be infinite.
_OFF_THE_POLE = 1e-6
#: Published shares are rounded, some to four digits; sums further off than this mean that something is missing. What is
#: left within it is listed in `notes`, and `closed()` makes the sums exact and lists the move.
SHARE_TOLERANCE = 2e-3
#: Deficits of a world in single precision sum to rounding of this share of its income.
DEFICIT_TOLERANCE = 1e-5
#: Ten times the bound of the audit, so that a solved equilibrium always serves as a benchmark.
OPEN_ACCOUNT = 1e-8
_AXES = {
    "pi": "nij",
    "X": "nj",
    "wL": "n",
    "gamma_va": "nj",
    "gamma_io": "njj",
    "alpha": "nj",
    "theta": "j",
    "t": "nij",
    "D": "n",
    "profit_share": "j",
}


def proportional_deficits(
    own_income: Float[Array, " n"],
    d: Float[Array, " n"],
) -> tuple[Float[Array, " n"], Float[Array, ""]]:
    """D' and λ of the proportional closure.

    With I = B + D and D = λ d I, B the income without the transfer, D = λ d B / (1 − λ d).

    Parameters
    ----------
    own_income
        B_n = Σ_j ŵ_nj (wL)_nj + R'_n, USD million.
    d
        D_n / I_n of the benchmark, a fraction; under one.

    Returns
    -------
    D_cf, lam
        Transfers in USD million, and the factor on the deficits.
    """
    xp = namespace(own_income)
    paid = xp.where(d < 0, -d * own_income / (1.0 - d), 0.0).sum()
    deficit = xp.maximum(d, 0.0)
    least = deficit.max() * (1.0 + _OFF_THE_POLE)
    inverse = xp.ones(())
    for _ in range(_NEWTON_STEPS):
        apart = inverse - deficit
        received = (deficit * own_income / apart).sum()
        slope = (deficit * own_income / apart**2).sum()
        moves = (slope > 0) & (paid > 0)
        step = received * (received / xp.where(moves, paid, 1.0) - 1.0) / xp.where(moves, slope, 1.0)
        inverse = xp.where(moves, xp.maximum(inverse + step, least), inverse)
    lam = xp.where(paid > 0, 1.0 / inverse, xp.where(deficit.max() > 0, 0.0, 1.0))
    rate = xp.where(d < 0, d, lam * d)
    return rate * own_income / (1.0 - rate), lam


@dataclass(frozen=True, eq=False, repr=False)
class Benchmark:
    """An economy in shares and levels. Arrays are float64 and read-only.

    Parameters
    ----------
    pi
        Expenditure shares (n, i, j), gross of tariffs; sum to one over exporters i.
    X
        Expenditure (n, j), USD million a year, gross of tariffs.
    wL
        Wage income (n,), USD million: all of value added, or what is left of it after profits.
    gamma_va, gamma_io
        Cost shares of value added (n, j) and of input k (n, k, j); together they sum to one.
    alpha
        Shares of final spending (n, j); sum to one over sectors.
    theta
        Trade elasticities (j,), above zero.
    t
        Tariffs (n, i, j), fractions.
    D
        Deficits (n,), imports − exports net of tariffs, USD million; sum to zero.
    profit_share
        Share of sales that is profit (j,): zero under perfect competition, 1/sigma in the monopolistic structure.
    deficits
        Closure, see `detente.model.benchmark`.
    labour_market
        What is said of labour supply, see `detente.model.labour`; nothing unless given.

    Raises
    ------
    BadEconomy
        Where axes do not fit, a value is not a number, shares do not sum to one, or nobody buys at home.

    Trade elasticities that no estimate has are named in `notes`; `calibrate` and `monopolistic` warn of them.
    """

    pi: FloatArray
    X: FloatArray
    wL: FloatArray
    gamma_va: FloatArray
    gamma_io: FloatArray
    alpha: FloatArray
    theta: FloatArray
    t: FloatArray
    D: FloatArray
    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    profit_share: FloatArray = field(default_factory=lambda: np.zeros(1))
    deficits: Deficits = "fixed"
    name: str = "economy"
    provenance: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    labour_market: LabourMarket = field(default_factory=LabourMarket)

    def __post_init__(self) -> None:
        for axis in ("economies", "sectors"):
            object.__setattr__(self, axis, names(getattr(self, axis), axis, BadEconomy))
        if np.size(self.profit_share) == 1:  # none, or the same everywhere
            object.__setattr__(self, "profit_share", np.full(len(self.sectors), np.ravel(self.profit_share)[0]))
        for name in _AXES:
            object.__setattr__(self, name, floats(getattr(self, name), name, BadEconomy))
        _check_axes(self)
        _check_shares(self)
        _check_labour(self)
        doubt = doubted_elasticities(self.theta, self.sectors)
        if doubt is not None and doubt not in self.notes:  # draws pass here too: the doors warn
            object.__setattr__(self, "notes", (*self.notes, doubt))
        gap, where = self.open_account
        if gap > OPEN_ACCOUNT:
            note = f"the account is open: {where} by {gap:.3g} of itself; `closed()` solves for a benchmark that closes"
            object.__setattr__(self, "notes", (*self.notes, note))

    def __repr__(self) -> str:
        n, j = self.X.shape
        return f"<{type(self).__name__} {self.name}: {n} economies × {j} sectors, deficits {self.deficits}>"

    def index(self, economy: str) -> int:
        """Position of an economy. Raises UnknownEconomy with the nearest name."""
        return position(economy, self.economies, UnknownEconomy)

    def sector_index(self, sector: str) -> int:
        """Position of a sector. Raises UnknownSector with the nearest name."""
        return position(sector, self.sectors, UnknownSector)

    @cached_property
    def market(self) -> BoolArray:
        """(n, j) true where the economy buys in the sector at all: for final use, or as input of a sector that sells.

        A market without demand may come with shares all the same (own sales put at one, say); they are inert.
        """
        sells = self.Y > 0
        demand = (self.alpha > 0) | ((self.gamma_io * sells[:, None, :]) != 0).any(2)
        return np.asarray((self.pi.sum(1) > 0) & demand)

    @cached_property
    def v(self) -> FloatArray:
        """What producers receive of what buyers pay (n, i, j), 1/(1+t)."""
        return np.asarray(1 / (1 + self.t))

    @cached_property
    def M(self) -> FloatArray:
        """Imports (n, i, j) net of tariffs, own sales included, USD million."""
        return np.asarray(self.pi * self.v * self.X[:, None, :])

    @cached_property
    def Y(self) -> FloatArray:
        """Sales of producers (i, j), USD million, by (4)."""
        return np.asarray(self.M.sum(0))

    @cached_property
    def labour(self) -> FloatArray:
        """The labour income of each sector (n, j), USD million, by (7)."""
        return np.asarray((1 - self.profit_share) * self.gamma_va * self.Y)

    @cached_property
    def profits(self) -> FloatArray:
        """Profits (n,), USD million; zero under perfect competition."""
        return np.asarray((self.profit_share * self.gamma_va * self.Y).sum(1))

    @cached_property
    def R(self) -> FloatArray:
        """Tariff revenue (n,), USD million."""
        return np.asarray((self.t * self.M).sum((1, 2)))

    @cached_property
    def I(self) -> FloatArray:
        """Income (n,), USD million, by (6)."""
        return np.asarray(self.wL + self.profits + self.R + self.D)

    @property
    def gdp(self) -> FloatArray:
        """Nominal GDP (n,) at buyers' prices, USD million: what factors and owners earn, and tariff revenue."""
        return np.asarray(self.I - self.D)

    @cached_property
    def open_account(self) -> tuple[float, str]:
        """The largest relative gap of (5), (7), the shares and the deficits, and where it is. Zero when closed."""
        X = np.einsum("njk,nk->nj", self.gamma_io, self.Y) + self.alpha * self.I[:, None]
        market = np.abs(X - self.X) / np.where(self.X > 0, self.X, 1.0)
        factor = np.abs(self.labour.sum(1) / self.wL - 1)
        cost = np.abs(self.gamma_va + self.gamma_io.sum(1) - 1)
        final = np.abs(self.alpha.sum(1) - 1)
        shares = np.where(self.X > 0, np.abs(self.pi.sum(1) - 1), 0.0)
        world = abs(self.D.sum()) / self.wL.sum()
        n, j = (int(a) for a in np.unravel_index(market.argmax(), market.shape))
        m, k = (int(a) for a in np.unravel_index(cost.argmax(), cost.shape))
        gaps = [
            (
                float(market.max()),
                f"expenditure of {self.economies[n]} on {self.sectors[j]} differs from inputs and final demand",
            ),
            (
                float(factor.max()),
                f"value added of {self.economies[int(factor.argmax())]} differs from what its factors earn",
            ),
            (float(cost.max()), f"cost shares of {self.economies[m]} in {self.sectors[k]} do not sum to one"),
            (float(final.max()), f"final spending shares of {self.economies[int(final.argmax())]} do not sum to one"),
            (float(shares.max()), f"import shares of {self.economies[int(shares.max(1).argmax())]} do not sum to one"),
            (float(world), "deficits do not sum to zero"),
        ]
        return max(gaps)

    def require_closed(self) -> None:
        """Raise BadEconomy where the account is open."""
        gap, where = self.open_account
        if gap > OPEN_ACCOUNT:
            raise BadEconomy(f"{self.name}: {where} by {gap:.3g} of itself: run `economy = economy.closed()` first")


def _check_axes(base: Benchmark) -> None:
    size = {"n": len(base.economies), "i": len(base.economies), "j": len(base.sectors)}
    if not base.economies or not base.sectors:
        raise BadEconomy("an economy of no economies or no sectors: name at least one of each")
    for name, axes in _AXES.items():
        array, expected = getattr(base, name), tuple(size[a] for a in axes)
        if array.shape != expected:
            raise BadEconomy(
                f"{name} has shape {array.shape}, but {size['n']} economies and {size['j']} sectors make it {expected}"
            )
        if not np.isfinite(array).all():
            where = tuple(int(a) for a in np.argwhere(~np.isfinite(array))[0])
            raise BadEconomy(f"{name}{list(where)} is not a number: every share and level must be given")
    for axis in (base.economies, base.sectors):
        if len(set(axis)) < len(axis):
            raise BadEconomy(
                f"{next(a for a in axis if axis.count(a) > 1)!r} is named twice: names are unique on each axis"
            )
    if base.deficits not in CLOSURES:
        raise BadEconomy(f"deficits={base.deficits!r} is not a closure: choose one of {', '.join(CLOSURES)}")


def _check_shares(base: Benchmark) -> None:
    for name in ("pi", "X", "alpha", "gamma_va"):
        array = getattr(base, name)
        if (array < 0).any():
            where = tuple(int(a) for a in np.argwhere(array < 0)[0])
            raise BadEconomy(f"{name}{list(where)} is {array[where]:.6g}: shares and levels cannot be negative")
    if (base.theta <= 0).any():
        j = int(base.theta.argmin())
        raise BadEconomy(f"theta of {base.sectors[j]} is {base.theta[j]:.6g}: a trade elasticity is above zero")
    if (base.profit_share < 0).any() or (base.profit_share >= 1).any():
        raise BadEconomy("profit_share holds a value outside [0, 1): it is the share of sales that is profit, 1/sigma")
    if (base.t <= -1).any():
        raise BadEconomy(f"t holds {base.t.min():.6g}: a tariff is a fraction over −1 (0.25 is 25 %)")
    if base.t.max() > HIGHEST_CELL:
        refuse_percent_of_economy(base.t, base.pi * base.X[:, None, :], base.economies, BadEconomy)
    if (base.wL <= 0).any():
        raise BadEconomy(
            f"wL of {base.economies[int(base.wL.argmin())]} is {base.wL.min():.6g}: every economy has factor income"
        )
    own = (np.einsum("nnj->nj", base.pi) * base.X).sum(1)
    refuse_no_own_sales(own, base.X.sum(1), BadEconomy)
    _check_sum("import shares", base.pi.sum(1), base, where=base.X > 0)
    _check_sum("final spending shares", base.alpha.sum(1)[:, None], base)
    _check_sum("cost shares", base.gamma_va + base.gamma_io.sum(1), base)
    if abs(base.D.sum()) > DEFICIT_TOLERANCE * base.wL.sum():
        raise BadEconomy(f"D sums to {base.D.sum():.6g} USD million, not 0: one economy's deficit is another's surplus")


def _check_labour(base: Benchmark) -> None:
    """Raise BadEconomy where the labour market does not fit, or nobody would be better off for working."""
    elastic, wages = base.labour_market.elastic, base.labour_market.wages
    if wages is not None and wages.anchor == "usd" and DOLLAR not in base.economies:
        raise BadEconomy(
            f"anchor='usd' holds the factor income of {DOLLAR} in dollars, and {base.name} has no such economy: take "
            "anchor='factor-income'"
        )
    if elastic is None:
        return
    tax = elastic.taxes(len(base.economies))
    if elastic.replaced and np.abs(base.R).max() > 0:
        n = int(np.abs(base.R).argmax())
        raise BadEconomy(
            f"tax='replaced' is of a world without tariff revenue, but {base.economies[n]} collects {base.R[n]:,.0f} "
            "USD million: give the income tax as a number, such as 0.25"
        )
    utility = base.I - effort(base.wL, tax, np.asarray(elastic.kappa))
    if (utility <= 0).any():
        n = int((utility / base.I).argmin())
        raise BadEconomy(
            f"{base.economies[n]} spends {base.I[n]:,.0f} USD million, less than its work is worth to it at "
            f"kappa={elastic.kappa:g}: utility C − v(L) is {utility[n]:,.0f}; give a lower kappa, a higher tax, or "
            "deficits='balanced'"
        )


def _check_sum(what: str, sums: FloatArray, base: Benchmark, where: BoolArray | None = None) -> None:
    gap = np.abs(sums - 1) if where is None else np.where(where, np.abs(sums - 1), 0.0)
    if gap.max() > SHARE_TOLERANCE:
        n, j = (int(a) for a in np.unravel_index(gap.argmax(), gap.shape))
        place = f"{base.economies[n]} in {base.sectors[j]}" if gap.shape[1] > 1 else base.economies[n]
        raise BadEconomy(
            f"{what} of {place} sum to {sums[n, j]:.6g}, not 1: give shares that sum to one, "
            "or build a World from flows and calibrate"
        )


def shares(world: World) -> dict[str, Any]:
    """The arrays of `Benchmark` from a world, in float64.

    Y = Σ_n flows; γ^io = io/Y; γ^va = 1 − Σ_k γ^io; X = Σ_i flows·(1+t); final demand = X − Σ_j io; all of value added
    is factor income wL; D = imports − exports net of tariffs. Inputs count at buyers' prices, so the tariffs on inputs
    are paid by firms through their input bill. An empty economy-sector gets γ^va = 1 and no inputs, which no equation
    ever multiplies by anything but zero; an empty market has π = 0.

    Raises
    ------
    BadWorld
        Where an economy has no final demand, or a negative one in a cell: inputs exceed what the economy buys.
    """
    F, t, io = world.flows, world.tariffs, world.io
    Y = F.sum(0)
    produces = Y > 0
    gamma_io = io / np.where(produces, Y, 1.0)[:, None, :]
    if (io.sum(1)[~produces] > 0).any():
        i, j = (int(a) for a in np.argwhere((io.sum(1) > 0) & ~produces)[0])
        raise BadWorld(
            f"{world.name}: {world.economies[i]} sells no {world.sectors[j]} but buys inputs for it: "
            "run `world.check()`"
        )
    gamma_va = 1.0 - gamma_io.sum(1)
    if (gamma_va < 0).any():
        i, j = (int(a) for a in np.argwhere(gamma_va < 0)[0])
        raise BadWorld(
            f"{world.name}: inputs of {world.economies[i]} in {world.sectors[j]} exceed its output "
            f"by {-gamma_va[i, j]:.3g} of it: run `world.check()`"
        )
    gross = F * (1 + t)
    X = gross.sum(1)
    final = X - io.sum(2)
    # Differences of large float64 sums carry rounding of their size; anything below it is zero, not a purchase.
    rounding = 1e-12 * X
    if (final < -rounding).any():
        n, j = (int(a) for a in np.argwhere(final < -rounding)[0])
        raise BadWorld(
            f"{world.name}: {world.economies[n]} uses {io[n, j].sum():.6g} of {world.sectors[j]} as input "
            f"but buys {X[n, j]:.6g} USD million: final demand would be negative; run `world.check()`"
        )
    final = np.where(final > rounding, final, 0.0)
    if (idle := final.sum(1) == 0).any():
        raise BadWorld(
            f"{world.name}: {world.economies[int(idle.argmax())]} buys nothing for final use, so that it has no real "
            "income: give its purchases, or merge it into another economy with aggregate()"
        )
    wL = (gamma_va * Y).sum(1)
    return {
        "pi": gross / np.where(X > 0, X, 1.0)[:, None, :],
        "X": X,
        "wL": wL,
        "gamma_va": gamma_va,
        "gamma_io": gamma_io,
        "alpha": final / final.sum(1, keepdims=True),
        "t": t,
        "D": F.sum((1, 2)) - Y.sum(1),
    }


def absorbed_gap(world: World) -> float:
    """The largest relative gap between output and cost that calibration absorbs in value added: |Y − Σ_k io − va| / Y.

    Files in single precision carry gaps of about 1e-7; `World.check` refuses anything over 1e-6.
    """
    Y = world.flows.sum(0)
    gap = np.abs(Y - world.io.sum(1) - world.value_added)
    return float((gap / np.where(Y > 0, Y, 1.0)).max())


def revenue_on_inputs(world: World) -> float:
    """The share of the world's tariff revenue that firms pay on inputs, if inputs carry the tariffs of their sector.

    Input-output tables count inputs without saying whose tariff they paid; detente counts them at buyers' prices.
    """
    X = (world.flows * (1 + world.tariffs)).sum(1)
    revenue = (world.flows * world.tariffs).sum(1)
    if revenue.sum() == 0:
        return 0.0
    return float((revenue * world.io.sum(2) / np.where(X > 0, X, 1.0)).sum() / revenue.sum())


def monopolistic_shares(trade: ArrayLike, tariffs: ArrayLike, sigma: ArrayLike) -> dict[str, Any]:
    """The arrays of `Benchmark` from trade, tariffs and elasticities of substitution.

    Parameters
    ----------
    trade
        (n, i, j), importer, exporter, sector; USD million at world prices, net of tariffs, own sales included.
    tariffs
        (n, i, j), fractions.
    sigma
        Elasticities of substitution (j,), over one.

    Raises
    ------
    BadEconomy
        Where axes do not fit, trade is negative or not a number, or an elasticity is not over one.
    """
    given = {"trade": trade, "tariffs": tariffs, "sigma": sigma}
    M, t, s = (floats(array, name, BadEconomy) for name, array in given.items())
    if M.ndim != 3 or M.shape[0] != M.shape[1] or t.shape != M.shape or s.shape != M.shape[2:]:
        raise BadEconomy(
            f"trade {M.shape}, tariffs {t.shape} and sigma {s.shape} do not fit: give (n, i, j), (n, i, j) and (j,)"
        )
    if not np.isfinite(M).all() or (M < 0).any():
        n, i, j = (int(a) for a in np.argwhere(~np.isfinite(M) | (M < 0))[0])
        raise BadEconomy(f"trade[{n}, {i}, {j}] is {M[n, i, j]:.6g}: give every flow, own sales included, not negative")
    if not np.isfinite(t).all():
        n, i, j = (int(a) for a in np.argwhere(~np.isfinite(t))[0])
        raise BadEconomy(f"tariffs[{n}, {i}, {j}] is {t[n, i, j]:.6g}: give every tariff as a fraction, own sales zero")
    for what, sums in (("sells", M.sum((0, 2))), ("buys", M.sum((1, 2)))):
        if not (sums > 0).all():
            raise BadEconomy(f"the economy in place {int(sums.argmin())} {what} nothing, itself included: leave it out")
    if not (np.isfinite(s) & (s > 1)).all():
        j = int(np.argmin(np.isfinite(s) & (s > 1)))
        raise BadEconomy(f"sigma[{j}] is {s[j]:.6g}: an elasticity of substitution is over one")
    gross = M * (1 + t)
    X = gross.sum(1)
    Y = M.sum(0)
    N, J = X.shape
    return {
        "pi": gross / np.where(X > 0, X, 1.0)[:, None, :],
        "X": X,
        "wL": (Y * (1 - 1 / s)).sum(1),
        "gamma_va": np.ones((N, J)),
        "gamma_io": np.zeros((N, J, J)),
        "alpha": X / X.sum(1, keepdims=True),
        "theta": s - 1,
        "t": t,
        "D": M.sum((1, 2)) - Y.sum(1),
        "profit_share": 1 / s,
    }
