"""The instruments of a government, and its objective.

It sets tariffs: on which cells, in which groups of one rate, between which bounds. It wants real income, with political
weights on sectors if it has them, and what it adds to that; people write it `real income + 0.5 revenue - 0.1 balance`.

Real income with sector weights is Ossa's (2014) G_n = Σ_j λ_nj W_nj: W_nj is the real income of sector j, its wages and
profits plus the share of tariff revenue and transfers that goes with its labour. Weights are one on average, so weights
of one are real income itself.

Where labour supply is elastic the government wants welfare: from G over prices is taken what the change of work is
worth, v(L') − v(L), so that it is I plus the change of utility C − v(L) where weights are one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike

from detente import inputs
from detente.data.exported import Shown
from detente.errors import BadInput
from detente.inputs import FloatArray, IntArray, floats, mapping, names, number, one_of
from detente.model import equations as eq
from detente.model.arrays import Array, namespace
from detente.model.benchmark import Benchmark
from detente.optimal_tariffs.rate_bounds import Bounds, rate_bounds
from detente.solver.fixed_point import Flows, Given, Unknowns
from detente.solver.pass_adjoint import OutcomeSlopes

if TYPE_CHECKING:
    from jaxtyping import Float

Rates = Literal["sector", "mfn", "one"]
"""sector: a rate for each partner and sector. mfn: one for each sector, the same to every partner it applies to. one: a
single rate for all."""

#: Weights are given to a few digits.
_MEAN_TOLERANCE = 1e-3
_TERM: Final = re.compile(r"\s*([+-])\s*(?:([0-9]*\.?[0-9]+)\s*(?:\*\s*)?)?(revenue|balance)\b")
_INCOME: Final = re.compile(r"\s*real[ -]income\b")


@dataclass(frozen=True, eq=False)
class TariffInstruments:
    """The rates that players set, each a group of cells of one importer.

    ``cells`` lists importer, exporter and sector of every cell that is set, and ``group`` the rate that it takes; rates
    of one player are consecutive, and ``owner`` says whose each rate is (a position among ``players``). ``market``
    numbers the importer and sector of each cell.
    """

    players: tuple[str, ...]
    positions: IntArray
    cells: tuple[IntArray, IntArray, IntArray]
    group: IntArray
    market: IntArray
    owner: IntArray
    lower: FloatArray
    upper: FloatArray

    @property
    def size(self) -> int:
        """The number of rates."""
        return len(self.owner)

    def of(self, player: str) -> TariffInstruments:
        """The rates of one player."""
        seat = self.players.index(player)
        mine = self.owner == seat
        kept = mine[self.group]
        n, i, j = self.cells
        return TariffInstruments(
            (player,),
            self.positions[seat : seat + 1],
            (n[kept], i[kept], j[kept]),
            (np.cumsum(mine) - 1)[self.group[kept]],
            np.unique(self.market[kept], return_inverse=True)[1].ravel(),
            np.zeros(int(mine.sum()), dtype=np.int64),
            self.lower[mine],
            self.upper[mine],
        )

    def over(self, tariffs: FloatArray, weight: FloatArray) -> TariffInstruments:
        """The same rates, none of them below what it is in a tariff array (n, i, j) inside the bounds (`read`)."""
        return replace(self, lower=self.read(tariffs, weight))

    def sums(self, values: FloatArray) -> FloatArray:
        """Values of the cells, summed over those that take one rate."""
        return np.bincount(self.group, weights=values, minlength=self.size).astype(np.float64)

    def means(self, values: FloatArray, weight: FloatArray) -> FloatArray:
        """Values of the cells as values of the rates; where a group has several, their mean by weight (n, i, j)."""
        mass = weight[self.cells] + 1e-12 * weight.sum() / weight.size  # a group without trade takes the plain mean
        return self.sums(values * mass) / self.sums(mass)

    def read(self, tariffs: FloatArray, weight: FloatArray) -> FloatArray:
        """ln(1+t) of each rate in a tariff array (n, i, j), groups averaged by weight, within the bounds."""
        return np.clip(self.means(np.log1p(tariffs[self.cells]), weight), self.lower, self.upper)

    def write(self, y: FloatArray, tariffs: FloatArray) -> FloatArray:
        """The tariff array with the rates y = ln(1+t) put in."""
        out = tariffs.copy()
        out[self.cells] = np.expm1(y[self.group])
        return out


def tariff_instruments(
    economy: Benchmark,
    players: Sequence[str] | None = None,
    *,
    against: Sequence[str] | None = None,
    sectors: Sequence[str] | None = None,
    rates: Rates = "sector",
    bounds: Bounds | None = None,
) -> TariffInstruments:
    """The rates of some players: on whom, in which sectors, in which groups, between which bounds.

    Parameters
    ----------
    players
        Importers that choose; None for all.
    against
        Exporters whose goods they tax; None for every other economy. A player never taxes itself.
    sectors
        None for all.
    bounds
        Lowest and highest tariff, fractions: each a number, or an array (n, i, j). Cells that take one rate keep the
        bounds of them all.

    Raises
    ------
    UnknownEconomy, UnknownSector
        Where a name is not in the economy.
    BadInput
        Where nothing is left to set, names repeat, or bounds have another shape, are not in order over −100 % or are
        percentages.
    """
    one_of(rates, "rates", get_args(Rates))
    inputs.require(Benchmark, economy, "economy", "give an Economy: dt.calibrate(world), or dt.Economy(...)")
    names = _listed("players", players, economy.economies)
    positions = np.array([economy.index(name) for name in names], dtype=np.int64)
    partners = sorted(economy.index(name) for name in _listed("against", against, economy.economies))
    kept = sorted(economy.sector_index(name) for name in _listed("sectors", sectors, economy.sectors))
    seat, i, j = (grid.ravel() for grid in np.meshgrid(np.arange(len(names)), partners, kept, indexing="ij"))
    foreign = positions[seat] != i
    seat, i, j = seat[foreign], i[foreign], j[foreign]
    idle = sorted(set(range(len(names))) - set(seat.tolist()))
    if idle:
        raise BadInput(f"{names[idle[0]]} would tax only itself: name another economy in `against`")
    by_sector = seat * len(economy.sectors) + j
    key = {"sector": by_sector * len(economy.economies) + i, "mfn": by_sector, "one": seat}[rates]
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    cells = (positions[seat], i, j)
    return TariffInstruments(
        names,
        positions,
        cells,
        group.ravel(),
        np.unique(by_sector, return_inverse=True)[1].ravel(),
        seat[first],
        *rate_bounds(bounds, economy, cells, group.ravel()),
    )


def _listed(what: str, names: Sequence[str] | None, every: tuple[str, ...]) -> tuple[str, ...]:
    """The names asked for, or all. Raises BadInput for a bare string, an empty list, or a name given twice."""
    listed = every if names is None else inputs.names(names, what)
    if not listed or len(set(listed)) < len(listed):
        raise BadInput(f"{what} {list(listed)}: name at least one, each once")
    return listed


class Parameters(NamedTuple):
    """An objective in arrays: sector weights, the benchmark's income, weights on revenue and on balances with i."""

    weights: Float[Array, "n j"]
    income: Float[Array, " n"]
    revenue: Float[Array, " n"]
    balance: Float[Array, "n i"]


@dataclass(frozen=True, eq=False)
class Objective(Shown):
    """ln G plus weights on tariff revenue and on trade balances, both over benchmark income.

    Revenue and balances are in the numeraire (8), world factor income.

    Parameters
    ----------
    weights
        Political weights (n, j), not negative, one on average over sectors; None for one everywhere.
    revenue
        What a government adds for revenue: economy → weight on R'/I.
    balance
        What it adds for its trade balance, net of tariffs, all sectors: economy, or (economy, partner) → weight on
        (exports − imports)/I with the world, or with that partner.
    """

    weights: ArrayLike | None = None
    revenue: Mapping[str, float] = field(default_factory=dict)
    balance: Mapping[str | tuple[str, str], float] = field(default_factory=dict)

    def __str__(self) -> str:
        words = ["real income" if self.weights is None else "real income with political weights on sectors"]
        words += [f"{weight:g} × revenue of {code}" for code, weight in self.revenue.items()]
        for key, weight in self.balance.items():
            pair = key if isinstance(key, str) else " with ".join(key)
            words.append(f"{weight:g} × trade balance of {pair}")
        return " + ".join(words)

    def parameters(self, economy: Benchmark) -> Parameters:
        """The objective on an economy.

        Raises
        ------
        BadInput
            Where weights are negative, do not average one over sectors, or have another shape, or a weight on revenue
            or a balance is not a number.
        UnknownEconomy
            Where an economy is not there.
        """
        shape = economy.X.shape
        weights = np.ones(shape) if self.weights is None else checked_weights(self.weights, economy)
        n = len(economy.economies)
        revenue, balance = np.zeros(n), np.zeros((n, n))
        for code, weight in mapping(self.revenue, "the revenue of an objective").items():
            revenue[economy.index(code)] = number(weight, f"the weight on revenue of {code}")
        for key, weight in mapping(self.balance, "the balance of an objective").items():
            pair = (key,) if isinstance(key, str) else names(key, "a key of an objective's balance")
            if len(pair) != (1 if isinstance(key, str) else 2):
                raise BadInput(f"an objective has the balance of {key!r}: give an economy, or (economy, partner)")
            partners = economy.index(pair[1]) if len(pair) == 2 else slice(None)
            balance[economy.index(pair[0]), partners] += number(weight, f"the weight on the balance of {key}")
        return Parameters(weights, economy.I, revenue, balance)


def payoffs(x: Unknowns, f: Flows, given: Given, p: Parameters) -> Float[Array, " n"]:
    """The objective of every government (n,) at an equilibrium; `payoff_slopes` are its derivatives.

    Flows may be without pairs where no weight is on a balance.
    """
    labour = eq.labour_demand(f.Y, given.gamma_va, given.profit_share)
    profit = given.profit_share * given.gamma_va * f.Y
    shared = 1.0 + (f.R + f.rents + f.transfers) / labour.sum(1)
    ln_cpi = (given.alpha * x.ln_P).sum(1)
    G = (p.weights * (labour * shared[:, None] + profit)).sum(1)
    balances = 0.0 if f.between is None else (p.balance * (f.between.T - f.between)).sum(1)
    xp = namespace(G)
    ln_welfare = xp.log(G) - ln_cpi if given.supply is None else xp.log(G * xp.exp(-ln_cpi) - _more_effort(x, given)[0])
    return ln_welfare + (p.revenue * f.R + balances) / p.income


def _more_effort(x: Unknowns, given: Given) -> tuple[Float[Array, " n"], Float[Array, " n"]]:
    """v(L') − v(L) (n,), USD million, and its derivative by ln L̂; zero where labour supply is fixed."""
    assert given.supply is not None
    xp, kappa = namespace(x.ln_L), given.supply.kappa
    before = eq.effort(given.labour.sum(1), given.supply.tax, kappa)
    after = before * eq.effort_hat(xp.exp(x.ln_L), kappa)
    return after - before, after * (1.0 + 1.0 / kappa)


def payoff_slopes(
    x: Unknowns, f: Flows, given: Given, p: Parameters, mixture: Float[FloatArray, "n p"]
) -> OutcomeSlopes:
    """Derivatives of Σ_n mixture_np · payoff_n, a blend of `payoffs` in each lane p, by what payoffs depend on.

    With labour's income ℓ_nj and transfers τ = R + H + D + T, G = Σ_j λ (ℓ_j (1 + τ/Σℓ) + profit_j), so that
    ∂G/∂τ = Σ λℓ / Σℓ and ∂G/∂ℓ_j = λ_j (1 + τ/Σℓ) − (τ/Σℓ) ∂G/∂τ. Where labour supply is elastic the payoff is the
    log of Z = G/P̂ − (v' − v), in which G/P̂ has the share s = (G/P̂)/Z.
    """
    labour = eq.labour_demand(f.Y, given.gamma_va, given.profit_share)
    profit = given.profit_share * given.gamma_va * f.Y
    earned = labour.sum(1)
    ratio = (f.R + f.rents + f.transfers) / earned
    by_transfers = (p.weights * labour).sum(1) / earned
    by_labour = p.weights * (1.0 + ratio)[:, None] - (ratio * by_transfers)[:, None]
    G = (p.weights * (labour * (1.0 + ratio)[:, None] + profit)).sum(1)
    by_sales = given.gamma_va * ((1.0 - given.profit_share) * by_labour + given.profit_share * p.weights)
    spent, ln_L = mixture, None
    if given.supply is not None:
        real, (more, by_labour_supply) = G * np.exp(-(given.alpha * x.ln_P).sum(1)), _more_effort(x, given)
        spent = mixture * (real / (real - more))[:, None]
        ln_L = -mixture * (by_labour_supply / (real - more))[:, None]
    per_G = spent / G[:, None]
    transfers = by_transfers[:, None] * per_G
    between = None
    if p.balance.any():
        bought = p.balance[:, :, None] * (mixture / p.income[:, None])[:, None]
        between = bought.swapaxes(0, 1) - bought
    return OutcomeSlopes(
        ln_P=-given.alpha.T[:, :, None] * spent,
        Y=by_sales.T[:, :, None] * per_G,
        R=transfers + (p.revenue / p.income)[:, None] * mixture,
        rents=transfers,
        D=transfers,
        between=between,
        ln_L=ln_L,
    )


def checked_weights(weights: ArrayLike, economy: Benchmark) -> FloatArray:
    """Political weights as an array (n, j). Raises BadInput."""
    array = floats(weights, "political weights")
    if array.shape != economy.X.shape:
        raise BadInput(
            f"political weights have shape {array.shape}, but {economy.name} is {economy.X.shape}: one a sector"
        )
    if not np.isfinite(array).all() or (array < 0).any():
        n, j = (int(a) for a in np.argwhere(~np.isfinite(array) | (array < 0))[0])
        raise BadInput(
            f"the political weight of {economy.economies[n]} on {economy.sectors[j]} is {array[n, j]:g}: not negative"
        )
    mean = array.mean(1)
    if np.abs(mean - 1).max() > _MEAN_TOLERANCE:
        n = int(np.abs(mean - 1).argmax())
        raise BadInput(
            f"political weights of {economy.economies[n]} average {mean[n]:.4g}, not 1: divide them by their mean"
        )
    return array


def wanted(text: str | Objective, players: Sequence[str]) -> Objective:
    """The objective that every player has: real income, plus weights on tariff revenue and on the trade balance.

    Weights are on R'/I and on (exports − imports)/I; one that is not written is 1. An objective is returned as it is.
    Raises BadInput for other words.
    """
    if isinstance(text, Objective):
        return text
    start = _INCOME.match(text)
    weights = {"revenue": 0.0, "balance": 0.0}
    at = start.end() if start else 0
    while start and (term := _TERM.match(text, at)):
        sign, number, what = term.groups()
        weights[what] += (-1.0 if sign == "-" else 1.0) * float(number or 1)
        at = term.end()
    if start is None or text[at:].strip():
        raise BadInput(
            f"objective {text!r} is not understood at {text[at:].strip()[:20]!r}: write 'real income', or with "
            "weights, such as 'real income + 0.5 revenue' or 'real income + 0.1 balance'"
        )
    revenue, balance = weights["revenue"], weights["balance"]
    return Objective(
        revenue=dict.fromkeys(players, revenue) if revenue else {},
        balance=dict.fromkeys(players, balance) if balance else {},
    )
