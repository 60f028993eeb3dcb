"""The economy that `solve` is given: a benchmark that can be closed and moved, calibrated on a world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from detente.data import accounts
from detente.data.bundled import DEFAULT
from detente.data.bundled import elasticities as bundled_elasticities
from detente.data.exported import Exported
from detente.data.plausibility import doubted_elasticities
from detente.data.world import World
from detente.errors import BadEconomy, BadInput, warn
from detente.inputs import floats, names, one_of, require
from detente.model.benchmark import Benchmark, Deficits, absorbed_gap, monopolistic_shares, revenue_on_inputs, shares
from detente.model.labour import Elastic, LabourMarket, Sticky, labour_market
from detente.model.shock import Shock
from detente.solver.equilibrium import equilibrium
from detente.solver.solution import AUDIT_BOUND, Solution

GIVEN: Final = "given as an array"
"""What elasticities are called that are those of no set."""


@dataclass(frozen=True, eq=False, repr=False)
class Economy(Benchmark, Exported):
    """`Benchmark`, with the two operations that solve for a new one."""

    def tables(self) -> dict[str, pd.DataFrame]:
        """economies (income, factor income, tariff revenue, deficit; USD million a year) and sectors (theta)."""
        economies = {"economy": self.economies, "income": self.I, "wL": self.wL, "revenue": self.R, "deficit": self.D}
        return {
            "economies": pd.DataFrame(economies),
            "sectors": pd.DataFrame({"sector": self.sectors, "theta": self.theta}),
        }

    @classmethod
    def monopolistic(
        cls,
        trade: ArrayLike,
        tariffs: ArrayLike,
        sigma: ArrayLike,
        deficits: Deficits = "balanced",
        *,
        economies: Sequence[str],
        sectors: Sequence[str],
        name: str = "economy",
        provenance: Mapping[str, Any] | None = None,
    ) -> Economy:
        """The monopolistic structure of Ossa (2014) from trade, tariffs and elasticities of substitution.

        Parameters
        ----------
        trade
            (n, i, j), importer, exporter, sector; USD million at world prices, net of tariffs, own sales included.
        tariffs
            (n, i, j), fractions.
        sigma
            Elasticities of substitution (j,), over one.
        deficits
            Closure; ``balanced`` first solves with no deficits, and that equilibrium is the benchmark.

        Raises
        ------
        BadEconomy
            Where axes do not fit, a flow is negative or missing, or an elasticity is not over one.
        """
        economy = cls(
            **monopolistic_shares(trade, tariffs, sigma),
            economies=names(economies, "economies", BadEconomy),
            sectors=names(sectors, "sectors", BadEconomy),
            deficits=deficits,
            name=name,
            provenance=provenance or {},
        )
        _warn_of_elasticities(economy)
        return economy.closed() if deficits == "balanced" else economy

    def closed(self) -> Economy:
        """The solution of (1)-(8) at unchanged tariffs and the given D, from the given pi and wL, as new benchmark.

        alpha, gamma_io, theta, t and D are kept, and labour works as much as before. Where published numbers are
        rounded no account can close, so pi and alpha are divided by their sums, gamma_va becomes 1 − Σ gamma_io, and
        what Σ D misses is spread by wL; under ``balanced`` D becomes zero. ``notes`` lists what moved.

        Raises
        ------
        BadEconomy
            Where inputs cost more than output.
        NotSolved
            Where no such equilibrium is found.
        """
        exact = replace(self._summing(), labour_market=LabourMarket())
        D_cf = np.zeros_like(self.D) if self.deficits == "balanced" else exact.D
        solution = equilibrium(exact, Shock(D_cf=D_cf).wedges(exact), "long")
        moved = exact.at(solution)
        kept = (note for note in self.notes if not note.startswith("the account is open"))
        notes = (*kept, *_moved(self, moved))
        return replace(moved, notes=notes, labour_market=self.labour_market)

    def _summing(self) -> Economy:
        """The same shares and deficits with their sums exact."""
        gamma_va = 1.0 - self.gamma_io.sum(1)
        if (gamma_va < 0).any():
            i, j = (int(a) for a in np.argwhere(gamma_va < 0)[0])
            raise BadEconomy(
                f"{self.name}: inputs of {self.economies[i]} in {self.sectors[j]} cost {1 - gamma_va[i, j]:.6g} of its "
                "output: give cost shares that sum to one"
            )
        total = self.pi.sum(1)
        return replace(
            self,
            pi=self.pi / np.where(total > 0, total, 1.0)[:, None, :],
            alpha=self.alpha / self.alpha.sum(1, keepdims=True),
            gamma_va=gamma_va,
            D=self.D - self.D.sum() * self.wL / self.wL.sum(),
            notes=tuple(note for note in self.notes if not note.startswith("the account is open")),
        )

    def at(self, solution: Solution) -> Economy:
        """The equilibrium of a solution as the new benchmark, from which later changes are measured.

        Tariffs become the averages over the parts of a cell, 1/v − 1; a later shock names the parts with the shares
        they then have (`Parts.at`). Transfers beside the deficits become part of them.

        Raises
        ------
        BadEconomy
            Where the solution is of another benchmark, has export charges, or has transfers that the closure would not
            hold.
        """
        if solution.base is not self:
            raise BadEconomy(f"the solution is of {solution.base.name}, another benchmark: solve on this one first")
        if solution.wedges.h is not None:
            raise BadEconomy(
                "the solution has export charges, whose rents no benchmark holds: measure from the one before them"
            )
        if self.deficits != "fixed" and np.abs(solution.net_imports_cf - solution.D_cf).max() > 0:
            raise BadEconomy(
                f"the solution has transfers beside its deficits, which deficits={self.deficits!r} would not hold: "
                "take deficits='fixed', or name them in every shock"
            )
        return replace(
            self,
            pi=solution.pi_cf,
            X=solution.X_cf,
            wL=((1 - self.profit_share) * self.gamma_va * solution.Y_cf).sum(1),
            t=solution.t_cf,
            D=solution.net_imports_cf,
            labour_market=_market_at(self, solution),
        )


def _market_at(base: Benchmark, solution: Solution) -> LabourMarket:
    """The labour market of the benchmark that a solution becomes: income taxes are those that revenue left."""
    market = base.labour_market
    if market.wages is not None and solution.unemployment.max() > AUDIT_BOUND:
        n = int(solution.unemployment.argmax())
        raise BadEconomy(
            f"{solution.unemployment[n]:.2%} of labour in {base.economies[n]} is without work, which no benchmark has: "
            "measure from the one before, or lower the floor of wages"
        )
    if market.plain or market.elastic is None or market.elastic.revenue == "lump-sum":
        return market
    if market.elastic.replaced:
        raise BadEconomy(
            "tax='replaced' is of one change from a world without tariff revenue, and the solution is no such world: "
            "give the income tax as a number to go on from it"
        )
    relief = solution.R_cf / (solution.w_hat * solution.L_hat * base.wL) - base.R / base.wL
    return replace(market, elastic=replace(market.elastic, tax=market.elastic.taxes(len(base.wL)) - relief))


def _moved(before: Benchmark, after: Benchmark) -> tuple[str, ...]:
    """The changes that closing made, largest first, as a text."""
    notes = []
    for name, axes in {"X": "nj", "wL": "n", "gamma_va": "nj", "alpha": "nj", "pi": "nij", "D": "n"}.items():
        old, new = getattr(before, name), getattr(after, name)
        scale = before.X.sum(1, keepdims=True) if name == "X" else before.wL if name in ("wL", "D") else 1.0
        change = np.abs(new - old) / scale
        if change.max() > 1e-12:
            where = [int(a) for a in np.unravel_index(change.argmax(), change.shape)]
            labels = [
                before.economies[a] if axis != "j" else before.sectors[a] for axis, a in zip(axes, where, strict=True)
            ]
            unit = {"X": "of its expenditure", "wL": "of itself", "D": "of factor income"}.get(name, "(share)")
            notes.append(f"closing moved {name} by at most {change.max():.3g} {unit}, in {' '.join(labels)}")
    return tuple(notes)


def _warn_of_elasticities(economy: Benchmark) -> None:
    """Warn of trade elasticities that no estimate has."""
    doubt = doubted_elasticities(economy.theta, economy.sectors)
    if doubt is not None:
        warn(doubt)


Structure = Literal["ricardian", "monopolistic"]


def calibrate(
    world: World,
    elasticities: str | ArrayLike = DEFAULT,
    structure: Structure = "ricardian",
    deficits: Deficits = "fixed",
    *,
    labour: Elastic | None = None,
    mobility: float | None = None,
    wages: Sticky | None = None,
) -> Economy:
    """The benchmark economy of a world.

    Parameters
    ----------
    world
        Accounts that close (`world.check()`).
    elasticities
        The name of a bundled set, or theta (j,), above zero.
    structure
        ``ricardian``: Caliendo & Parro (2015); without input links, multi-sector Eaton-Kortum / Armington.
        ``monopolistic``: Ossa (2014), for a world without input links; the elasticity of substitution is σ = 1 + θ.
    deficits
        ``fixed``, ``balanced`` or ``proportional``; ``balanced`` first solves with D = 0 at unchanged tariffs, and that
        equilibrium is the benchmark.
    labour
        Labour supply that answers to the real wage, `Elastic(kappa=0.5)`; by default it is fixed.
    mobility
        How readily workers, who differ, change sector: 1 (none does) to 100; by default they are alike, and one wage
        holds.
    wages
        Wages that do not fall, `Sticky(floor=0.98)`, so that there may be unemployment; by default they clear markets.

    Raises
    ------
    UnknownElasticities, BadEconomy, BadWorld, BadInput
        Where the set is unknown or lacks a sector, the accounts do not close, the world does not fit the structure, or
        an argument is of another kind.
    """
    economy = calibrate_drawn(world, elasticities, structure, deficits, labour_market(labour, mobility, wages))
    _warn_of_elasticities(economy)
    return economy


def calibrate_drawn(
    world: World,
    elasticities: str | ArrayLike = DEFAULT,
    structure: Structure = "ricardian",
    deficits: Deficits = "fixed",
    market: LabourMarket | None = None,
) -> Economy:
    """`calibrate` with elasticities that nobody typed: one that no estimate has is in the notes, without a warning."""
    require(World, world, "world", "give a World: dt.load_world('icio-2017'), or dt.World(...)")
    one_of(structure, "structure", get_args(Structure))
    accounts.check(world)
    if isinstance(elasticities, str):
        label, theta = elasticities, bundled_elasticities(elasticities, world.sectors)
    else:
        label, theta = GIVEN, floats(elasticities, "theta", BadEconomy)
    if theta.shape != (len(world.sectors),):
        raise BadEconomy(
            f"theta has shape {theta.shape}, but {world.name} has {len(world.sectors)} sectors: "
            "give one elasticity a sector"
        )
    provenance = {
        "world": world.name,
        "year": world.year,
        "elasticities": label,
        "gap_absorbed": absorbed_gap(world),
        "revenue_on_inputs": revenue_on_inputs(world),
        **world.provenance.as_dict(),
    }
    if structure == "monopolistic" and world.io.any():
        raise BadInput(
            f"{world.name} has input links, which the monopolistic structure has not: give a World without io, or take "
            "structure='ricardian'"
        )
    arrays = shares(world) if structure == "ricardian" else monopolistic_shares(world.flows, world.tariffs, 1 + theta)
    economy = Economy(
        **arrays | {"theta": theta},
        economies=world.economies,
        sectors=world.sectors,
        deficits=deficits,
        name=world.name,
        provenance=provenance,
        labour_market=market or LabourMarket(),
    )
    return economy.closed() if deficits == "balanced" else economy
