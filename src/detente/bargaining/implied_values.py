"""The value of single demands: implied values, least concessions, logrolling, Shapley values.

- A demand without a price has an implied value: what it would have to be worth for there to be a deal. Refusals say
  more about it.
- A least concession is how little a side has to give up of what it stands on today for there to be a deal.
- Logrolling, your X for my Y: two demands, one of each side, that neither grants alone and both would grant together.
- The Shapley value of a member of a set is what it adds on average over all orders in which the set can come together;
  what it adds by itself and last are given too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import factorial
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from detente.bargaining.bargain import ROUNDING, Bargain, pair
from detente.bargaining.packages import Frontier, Packages
from detente.bargaining.unknowns import Corner, Refusal, StructuralDemand, UnknownValues, least_norm
from detente.errors import BadInput
from detente.inputs import FloatArray, IntArray

Deals = Literal["for all stated values", "for some stated values", "for none of the stated values"]
_CORNERS: tuple[tuple[Corner, str], ...] = (
    ("stated", "least_value"),
    ("best", "least_value_low"),
    ("worst", "least_value_high"),
)
_COLUMNS = [
    *("demand", "asker", "giver", "least_value", "least_value_low", "least_value_high", "most_cost"),
    *("value_low", "value_high", "cost_low", "cost_high"),
]
#: Members of a set, of which all 2^m subsets are given.
MOST_MEMBERS = 16


@dataclass(frozen=True, eq=False)
class ImpliedPrices:
    """Implied prices of structural demands, in the unit of payoffs (USD million a year).

    Attributes
    ----------
    table
        One row a demand, in the order given: ``demand``, ``asker`` and ``giver``;

        ``least_value``: the least it must be worth to the asker for some package to be acceptable to both, all others
        as stated (the middle of a range; unstated values and costs count as zero) and its own cost as stated;
        ``least_value_low`` and ``least_value_high``: the same at the best and the worst corner of all ranges, between
        which it lies for every other choice from them. Zero: there is a deal without it. Infinite: no value is enough.

        ``most_cost``: the most it may cost the giver in a package that meets it, its value as stated, or without limit
        where it is not; below zero, even at no cost there is none.

        ``value_low``, ``value_high``, ``cost_low``, ``cost_high``: what refusals and ranges leave; infinite where they
        bound nothing, NaN where they contradict each other.
    deal
        Whether there is a deal with what is stated, unstated values and costs at zero.
    least_norm
        The smallest unknown values and costs, in Euclid's norm, that allow a deal and every refusal, one row a demand
        (``demand``, ``value``, ``cost``); None where none do.
    norm
        Its length; infinite where there is none.
    met
        The demands of the package that is then acceptable.
    contradiction
        Refusals that cannot all be true beside what is stated; empty where they can.
    """

    table: pd.DataFrame
    deal: Deals
    least_norm: pd.DataFrame | None
    norm: float
    met: tuple[str, ...]
    contradiction: tuple[Refusal, ...]

    def __str__(self) -> str:
        lines = [f"a deal {self.deal}, unstated ones at zero"]
        for row in self.table.to_dict("records"):
            least = in_words(row["least_value_low"], row["least_value_high"])
            value = in_words(row["value_low"], row["value_high"])
            cost = in_words(row["cost_low"], row["cost_high"])
            lines.append(
                f"{row['demand']}: must be worth {least} to {row['asker']}; worth {value}, costs {row['giver']} {cost}"
            )
        lines += [f"cannot all be true: {'; '.join(map(str, self.contradiction))}"] if self.contradiction else []
        return "\n".join(lines)


@dataclass(frozen=True, eq=False)
class _Setting:
    """Packages over the table, the demands that have no place in it, and what the sides insist on."""

    trade: Packages
    demands: tuple[StructuralDemand, ...]
    floor: FloatArray

    def rest(self, corner: Corner, but: int) -> Frontier:
        """Undominated packages of the table and all demands but one, at a corner of their ranges."""
        kept = [its for k, its in enumerate(self.demands) if k != but and (its.value or its.cost)]
        return self.packages(kept, corner).frontier()

    def packages(self, kept: Sequence[StructuralDemand], corner: Corner) -> Packages:
        """The table's packages with some of the others, each within its red line."""
        packages = self.trade.with_structural({its.demand: its.at(corner) for its in kept})
        fixed = {its.demand: its.level for its in kept if its.level is not None}
        return packages.within({k: v for k, v in fixed.items() if v == 1}, {k: v for k, v in fixed.items() if v == 0})

    def rounding(self, front: Frontier) -> FloatArray:
        return np.asarray(ROUNDING * np.abs(front.payoffs - self.floor).max(0))

    def deal(self, front: Frontier) -> bool:
        """Whether one of the packages leaves both at their floor and one better."""
        over, rounding = front.payoffs - self.floor, self.rounding(front)
        return bool(((over >= -rounding).all(1) & (over > rounding).any(1)).any())


def implied_prices(
    trade: Packages,
    structural: Sequence[StructuralDemand],
    no_deal: ArrayLike,
    truce: ArrayLike | None = None,
    *,
    refusals: Sequence[Refusal] = (),
    sides: tuple[str, str] = ("1", "2"),
) -> ImpliedPrices:
    """The implied values of structural demands, against no deal and, if it is given, the truce.

    A package counts as a deal where both have at least no deal (and the truce) and one has more, or would with any
    further gain. Red lines are the levels of ``trade`` and of each demand; leave them open, or the truce out, to ask
    the same against another reference.

    Parameters
    ----------
    trade
        Packages over the table alone, within the levels that are allowed.
    structural
        All other demands.
    no_deal, truce
        (2,) payoffs.
    refusals
        Packages that a side turned down with no deal at hand.

    Raises
    ------
    UnknownDemand, BadInput
        Where a name is missing or appears twice, a range is not in order, or there is too much to go through (see
        `least_norm` and `combine`).
    NotSolved
        Where a linear programme fails.
    """
    point = pair("no deal", no_deal)
    floor = point if truce is None else np.maximum(point, pair("truce", truce))
    setting = _Setting(trade, tuple(structural), floor)
    unknowns = UnknownValues.of(trade, structural, refusals, point)
    bounds = unknowns.bounds()
    count = len(structural)
    left = np.full((2 * count, 2), np.nan) if bounds is None else bounds
    rows = [
        {"demand": its.demand, "asker": sides[its.asker], "giver": sides[1 - its.asker], **_prices(setting, k)}
        | {"value_low": left[k, 0], "value_high": left[k, 1]}
        | {"cost_low": left[count + k, 0], "cost_high": left[count + k, 1]}
        for k, its in enumerate(structural)
    ]
    contradiction = () if bounds is not None else tuple(refusals[r] for r in unknowns.contradiction())
    table, norm, met = _smallest(setting, refusals, point) if bounds is not None else (None, np.inf, ())
    return ImpliedPrices(pd.DataFrame(rows, columns=_COLUMNS), _deals(setting), table, norm, met, contradiction)


def in_words(low: float, high: float) -> str:
    """A range of amounts as a person writes it."""
    if np.isnan(low):
        return "nothing that all refusals allow (an empty set)"
    if np.isinf(low):
        return "more than any amount (there is none)"
    if np.isinf(high):
        return f"at least {low:,.0f} (unbounded)"
    return f"{low:,.0f}" if low == high else f"{low:,.0f} to {high:,.0f}"


def _prices(setting: _Setting, k: int) -> dict[str, float]:
    its = setting.demands[k]
    found = {}
    for corner, name in _CORNERS:
        front = setting.rest(corner, k)
        found[name] = _least_value(setting, its, front, -its.at(corner)[1 - its.asker])
        if corner == "stated":
            found["most_cost"] = _most_cost(setting, its, front)
    return found


def _least_value(setting: _Setting, its: StructuralDemand, rest: Frontier, cost: float) -> float:
    """Zero where there is a deal without the demand, infinity where no value makes one."""
    if its.level != 1 and setting.deal(rest):
        return 0.0
    if its.level == 0:
        return np.inf
    over = rest.payoffs - setting.floor
    granted = over[:, 1 - its.asker] - cost >= -setting.rounding(rest)[1 - its.asker]
    return float(np.maximum(-over[granted, its.asker], 0.0).min(initial=np.inf))


def _most_cost(setting: _Setting, its: StructuralDemand, rest: Frontier) -> float:
    """Minus infinity where the asker would not sign any package with it, or the other never grants it."""
    over = rest.payoffs - setting.floor
    value = np.inf if its.value is None else its.at("stated")[its.asker]
    wanted = over[:, its.asker] + value >= -setting.rounding(rest)[its.asker]
    if its.level == 0 or not wanted.any():
        return -np.inf
    return float(over[wanted, 1 - its.asker].max())


def _deals(setting: _Setting) -> Deals:
    if setting.deal(setting.rest("worst", -1)):
        return "for all stated values"
    return "for some stated values" if setting.deal(setting.rest("best", -1)) else "for none of the stated values"


def _smallest(
    setting: _Setting, refusals: Sequence[Refusal], no_deal: FloatArray
) -> tuple[pd.DataFrame | None, float, tuple[str, ...]]:
    """The vector of least norm as a table, its norm, and the demands that are met."""
    open_ = [its for its in setting.demands if not its.stated]
    packages = setting.packages([its for its in setting.demands if its.stated], "stated")
    rest = packages.frontier()
    unknowns = UnknownValues.of(packages, open_, refusals, no_deal)
    found = least_norm(unknowns, rest, setting.floor, setting.rounding(rest))
    if found is None:
        return None, np.inf, ()
    names = [its.demand for its in open_]
    values = {"demand": names, "value": found.x[: len(names)], "cost": found.x[len(names) :]}
    met = (*packages.met(found.package), *(name for name, is_met in zip(names, found.met, strict=True) if is_met))
    return pd.DataFrame(values), found.norm, met


@dataclass(frozen=True)
class Concession:
    """The least that one side gives up of its position, by the number of demands or by money.

    ``moves`` counts the demands to which the package gives another level than the position does, listed as
    ``(demand, from, to)`` in ``changes``; ``cost`` is how much less the package is worth to the side than its position.
    """

    side: str
    by: Literal["moves", "money"]
    package: int
    moves: int
    cost: float
    changes: tuple[tuple[str, int, int], ...]


def least_concessions(
    packages: Packages, bargain: Bargain, positions: ArrayLike, *, truce: bool = True
) -> tuple[Concession, ...]:
    """The least concessions of each side, if the other signs every package that leaves it at its floor.

    By ``moves`` it is the fewest demands, and of the packages with as few the best for the side; by ``money`` it is the
    package that is worth most to the side. Where several tie, one is given.

    Parameters
    ----------
    packages
        Within the red lines that hold.
    bargain
        Whose no deal, truce and names of sides are meant; its packages are not read.
    positions
        (2, K) levels that each side stands on today.

    Returns
    -------
    tuple[Concession, ...]
        Both kinds for each side; empty where both would sign nothing.

    Raises
    ------
    BadInput
        Where positions are no levels of the packages, or too many packages are undominated.
    """
    found: list[Concession] = []
    for side, position in enumerate(np.asarray(positions)):
        layers = {
            moves: inside
            for moves, front in packages.by_moves(position).items()
            if len((inside := _signed(front, bargain, truce)).packages)
        }
        if not layers:
            return ()
        worth = {moves: float(front.payoffs[:, side].max()) for moves, front in layers.items()}
        picked: tuple[tuple[Literal["moves", "money"], int], ...]
        picked = ("moves", min(layers)), ("money", max(worth, key=worth.__getitem__))
        for by, moves in picked:
            package = int(layers[moves].packages[layers[moves].payoffs[:, side].argmax()])
            found.append(_concession(packages, position, package, side, by, bargain))
    return tuple(found)


def _signed(front: Frontier, bargain: Bargain, truce: bool) -> Frontier:
    over = front.payoffs - bargain.floor(truce)
    kept = (over >= -bargain.rounding).all(1) & (over > bargain.rounding).any(1)
    return Frontier(front.payoffs[kept], front.packages[kept])


def _concession(
    packages: Packages, position: IntArray, package: int, side: int, by: Literal["moves", "money"], of: Bargain
) -> Concession:
    now, then = position.tolist(), packages.levels_of(package).tolist()
    changes = tuple((name, a, b) for name, a, b in zip(packages.demands, now, then, strict=True) if a != b)
    cost = float(packages.at(packages.index(position))[side] - packages.at(package)[side])
    return Concession(of.sides[side], by, package, len(changes), cost, changes)


def logrolling(packages: Packages, askers: Sequence[int], *, base: int = 0) -> pd.DataFrame:
    """Pairs of demands that both sides gain from granting together, where each alone costs the side that grants it.

    J. M. Buchanan and G. Tullock (1962), "The Calculus of Consent", chapter 10.

    Parameters
    ----------
    packages
        What demands do together is taken from their payoffs, so that a pair that changes trade is more than its parts.
    askers
        (K,) which side makes each demand, 0 or 1.
    base
        The package to which the pair is added, each at its highest allowed level; demands that are there already are
        passed over.

    Returns
    -------
    DataFrame
        ``first_gets`` and ``second_gets``, the demands of side 0 and of side 1; ``first_gain`` and ``second_gain`` of
        both together over the base; ``first_pays`` and ``second_pays``, what granting the other's demand alone costs.
        The pair whose smaller gain is largest comes first.

    Raises
    ------
    BadInput
        Where askers do not fit the demands.
    """
    if len(askers) != len(packages.demands) or not set(askers) <= {0, 1}:
        raise BadInput(f"askers {list(askers)}: give 0 or 1 for each of {len(packages.demands)} demands")
    levels = packages.levels_of(base)
    open_ = [k for k in range(len(askers)) if levels[k] < packages.high[k]]
    own = [[k for k in open_ if askers[k] == side] for side in (0, 1)]
    start = packages.at(base)
    rows = []
    for mine in own[0]:
        for yours in own[1]:
            (alone_mine, alone_yours, both) = (
                packages.at(packages.index(_raised(packages, levels, ks))) - start
                for ks in ([mine], [yours], [mine, yours])
            )
            pays = -alone_yours[0], -alone_mine[1]
            if min(pays) > 0 and both.min() >= 0 and both.max() > 0:
                rows.append((packages.demands[mine], packages.demands[yours], *both.tolist(), *map(float, pays)))
    columns = ["first_gets", "second_gets", "first_gain", "second_gain", "first_pays", "second_pays"]
    rows.sort(key=lambda row: (-min(row[2:4]), -sum(row[2:4])))
    return pd.DataFrame(rows, columns=columns)


def _raised(packages: Packages, levels: np.ndarray, ks: Sequence[int]) -> np.ndarray:
    out = levels.copy()
    out[list(ks)] = packages.high[list(ks)]
    return out


@dataclass(frozen=True, eq=False)
class MarginalContributions:
    """The contribution of each of m members, (m, ...) with the further axes of the worth.

    ``alone`` is what it adds to the empty set and ``last`` to all others; ``lowest`` and ``highest`` are over all
    orders; ``shapley`` is the mean over all orders, and sums to what the whole set is worth over the empty one.
    """

    alone: FloatArray
    last: FloatArray
    lowest: FloatArray
    highest: FloatArray
    shapley: FloatArray


def marginal_contributions(worth: ArrayLike) -> MarginalContributions:
    """The contribution of each member to a set, exactly, from the worth of all subsets.

    Parameters
    ----------
    worth
        (2^m, ...), m from 1 to 16. Bits of the row's number say who is in, the first member the highest bit, as
        packages are numbered. Further axes, such as sides, are kept.

    Returns
    -------
    MarginalContributions
        The Shapley value weighs a subset of s others by s!(m−s−1)!/m!, the share of orders in which it comes before (L.
        S. Shapley 1953, "A Value for n-Person Games"). What comes before a member in some order can be any subset of
        the others, so that ranges over orders are ranges over subsets.

    Raises
    ------
    BadInput
        Where rows are not a power of two, members are over 16, or a number is not finite.
    """
    array = np.asarray(worth, dtype=np.float64)
    rows = array.shape[0] if array.ndim else 0
    m = rows.bit_length() - 1
    if rows < 2 or rows != 2**m:
        raise BadInput(f"worth has shape {array.shape}: give a row for each of the 2^m subsets, m at least 1")
    if m > MOST_MEMBERS:
        raise BadInput(
            f"worth has {m} members, over the {MOST_MEMBERS} whose subsets are gone through: group or settle some"
        )
    if not np.isfinite(array).all():
        raise BadInput(f"worth of subset {int(np.argwhere(~np.isfinite(array))[0][0])} is not a number")
    weight = _weights(m)
    found = [_adds(array, k, m) for k in range(m)]
    return MarginalContributions(
        alone=np.array([added[0] for added in found]),
        last=np.array([added[-1] for added in found]),
        lowest=np.array([added.min(0) for added in found]),
        highest=np.array([added.max(0) for added in found]),
        shapley=np.array([np.tensordot(weight, added, 1) for added in found]),
    )


def shapley(worth: ArrayLike) -> FloatArray:
    """The Shapley value (m, ...) of a worth (2^m, ...); see `marginal_contributions`."""
    return marginal_contributions(worth).shapley


def _adds(worth: FloatArray, k: int, m: int) -> FloatArray:
    """The contribution of member k to each subset of the others (2^(m−1), ...), in the order of their bits."""
    split = worth.reshape(2**k, 2, 2 ** (m - 1 - k), *worth.shape[1:])
    return np.asarray((split[:, 1] - split[:, 0]).reshape(-1, *worth.shape[1:]))


def _weights(m: int) -> FloatArray:
    """The share of orders (2^(m−1),) in which exactly a subset of the others comes before."""
    sizes = np.array([subset.bit_count() for subset in range(2 ** (m - 1))])
    share = np.array([factorial(s) * factorial(m - s - 1) / factorial(m) for s in range(m)])
    return np.asarray(share[sizes])
