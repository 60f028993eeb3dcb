"""Two sides facing each other: the world, its economy, and the measures that stand before anybody moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from detente.data.exported import Shown
from detente.data.world import World
from detente.errors import BadInput
from detente.inputs import FloatArray, require
from detente.model.shock import Shock
from detente.policy.measure import Measure
from detente.policy.schedule import Laid, TariffBook
from detente.solver.economy import Economy
from detente.solver.equilibrium import solve
from detente.solver.fixed_point import HORIZONS, Horizon
from detente.solver.solution import Solution

#: Tariffs of the world and of the economy calibrated on it are the same numbers.
_SAME = 1e-12


@dataclass(frozen=True, eq=False)
class Standoff(Shown):
    """The position from which sides move.

    Parameters
    ----------
    world
        On whose base-year trade measures are laid.
    economy
        Calibrated on that world, with none of the measures in it; every solution is relative to it.
    standing
        Measures in force before anybody moves.
    horizon
        Whether labour has moved between sectors (``long``) where harm is measured.
    laid
        What books of this world have laid out already (`TariffBook`).

    Raises
    ------
    BadInput
        Where the economy is of other economies, sectors or tariffs than the world.
    """

    world: World
    economy: Economy
    standing: tuple[Measure, ...] = ()
    horizon: Horizon = "long"
    laid: Laid = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        require(World, self.world, "world", "give a World: dt.load_world('icio-2017'), or dt.World(...)")
        require(Economy, self.economy, "economy", "give the Economy of that world, dt.calibrate(world)")
        if self.horizon not in HORIZONS:
            raise BadInput(f"horizon={self.horizon!r} is not known: choose one of {', '.join(HORIZONS)}")
        require(Iterable, self.standing, "standing", "give a list of measures")
        object.__setattr__(self, "standing", tuple(self.standing))
        for measure in self.standing:
            require(Measure, measure, "an entry of standing", "give measures, dt.Measure(...)")
        same = self.economy.economies == self.world.economies and self.economy.sectors == self.world.sectors
        if not same or np.abs(self.economy.t - self.world.tariffs).max() > _SAME:
            raise BadInput(
                f"{self.economy.name} is not the benchmark of {self.world.name}: other economies, sectors or tariffs; "
                "give calibrate(world), and the measures in force as `standing`"
            )

    def __repr__(self) -> str:
        return f"<Standoff on {self.world.name}, {len(self.standing)} measures in force>"

    def having(self, measures: Sequence[Measure]) -> Standoff:
        """The position in which these measures are in force too."""
        return replace(self, standing=(*self.standing, *measures))

    def shock(self, measures: Sequence[Measure] = ()) -> Shock:
        """From the calibrated economy to the state in which the measures hold beside those in force.

        Raises BadMeasure where they cannot be applied, or not together.
        """
        book = TariffBook(self.world, (*self.standing, *measures), laid=self.laid)
        return book.shock(book.ids)

    def solve(self, measures: Sequence[Measure] = (), near: Solution | None = None) -> Solution:
        """The equilibrium in which the measures hold beside those in force. Raises BadMeasure, NotSolved."""
        return solve(self.economy, self.shock(measures), horizon=self.horizon, start=near)

    @cached_property
    def before(self) -> Solution:
        """The equilibrium before anybody moves."""
        return self.solve()

    def average(self, by: str, on: str, measures: Sequence[Measure] = ()) -> FloatArray:
        """Duties (j,) of one economy on another where the measures hold beside those in force.

        Fractions; over the parts of a cell weighted by base-year imports. Raises UnknownEconomy.
        """
        n, i = self.world.index(by), self.world.index(on)
        book = TariffBook(self.world, (*self.standing, *measures), laid=self.laid)
        return np.asarray(book.tariffs(book.ids)[n, i])

    def loss(self, code: str, before: Solution, after: Solution) -> float:
        """Real income that an economy loses between two equilibria, USD million a year at base-year prices."""
        n = self.economy.index(code)
        return float((before.W_hat[n] - after.W_hat[n]) * self.economy.I[n])
