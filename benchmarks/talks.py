"""2^16 packages of 12 demands that change trade and 4 that do not: every equilibrium, prices, frontier and picks.

The world is icio-2017, 81 × 28; the demands are tariff cuts of both sides by groups of sectors, and two purchases that
are kept in every package. Compilation, once a size and closure, is not counted. `python benchmarks/talks.py` writes
docs/benchmarks-talks.md.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import asdict, dataclass

import more
import numpy as np
from reference import Reference, keep

import detente as dt
from detente.bargaining.implied_values import marginal_contributions
from detente.dispute.pledges import KEPT, Outcomes, Pledge, State, solve_states
from detente.dispute.promises import Cover, Cut, Duties
from detente.solver.equilibrium import equilibrium

CUTS, PLEDGES, STRUCTURAL = 10, 2, 4
PROMISE = 60.0
"""Seconds for all of it."""


@dataclass(frozen=True)
class Times:
    """Wall-clock and processor seconds of one part."""

    what: str
    wall: float
    cpu: float


class Clock:
    """Times of parts that follow each other."""

    def __init__(self) -> None:
        self.parts: list[Times] = []
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def lap(self, what: str) -> None:
        """The time since the last lap."""
        wall, cpu = time.perf_counter(), time.process_time()
        self.parts.append(Times(what, wall - self._wall, cpu - self._cpu))
        self._wall, self._cpu = wall, cpu


def demands(world: dt.World, economy: dt.Economy) -> tuple[dict[str, Cut], dict[str, Cover], list[Pledge]]:
    """Tariff cuts by half of each side on groups of sectors, and more purchases of farm goods and of machines."""
    usa, chn = world.index("USA"), world.index("CHN")
    goods = np.array([world.sector_index(code) for code in world.goods])
    cuts = {}
    for k in range(CUTS):
        n, i = (usa, chn) if k % 2 else (chn, usa)
        j = goods[k % 5 :: 5]
        cuts[f"cut-{k}"] = Cut(np.full(len(j), n), np.full(len(j), i), j, 0.5 * economy.t[n, i, j])
    bought, pledges = {}, []
    for name, codes, extra in (("farm", ("A01", "C10T12"), 10e3), ("machines", ("C28", "C27"), 8e3)):
        j = np.array([world.sector_index(code) for code in codes])
        bought[name] = Cover(np.full(len(j), chn), np.full(len(j), usa), j, np.ones(len(j)), name)
        weights = np.zeros((2, 2, len(world.sectors)))
        weights[1, 0, j] = 1.0
        pledges.append(Pledge(name, weights, float(economy.M[chn, usa, j].sum()) + extra, extra, 0.05))
    return cuts, bought, pledges


def states(world: dt.World, economy: dt.Economy) -> Outcomes:
    """All 2^12 equilibria, the first demand slowest."""
    cuts, bought, pledges = demands(world, economy)
    names, m = [*cuts, *bought], CUTS + PLEDGES
    duties = Duties(world, economy, (), cuts, bought)
    levels = np.array(list(np.ndindex(*(2,) * m)))
    sets = [[name for name, level in zip(names, row, strict=True) if level and name in cuts] for row in levels]
    rates = [duties.of((), kept) for kept in sets]
    weights = np.stack([pledge.weights for pledge in pledges])

    def lay(p: int, y: np.ndarray) -> State:
        return State(duties.wedges(duties.subsidised(rates[p], dict(zip(bought, y.tolist(), strict=True)))), weights)

    return solve_states(
        economy,
        lay,
        levels,
        [rate.tobytes() for rate in rates],
        [world.index("USA"), world.index("CHN")],
        pledges=[(names.index(name), 1, pledge) for name, pledge in zip(bought, pledges, strict=True)],
    )


def main() -> int:
    """Zero where the promise is kept."""
    world = dt.load_world("icio-2017")
    economy = dt.calibrate(world)
    equilibrium(economy, dt.Shock().wedges(economy), "long")
    clock = Clock()
    found = states(world, economy)
    clock.lap(f"{found.solved:,} equilibria, pledges kept in each")
    usa, chn = world.index("USA"), world.index("CHN")
    worth = (found.welfare_hat - found.welfare_hat[0])[:, [usa, chn]] * economy.I[[usa, chn]]
    marginal_contributions(worth)
    clock.lap("prices: alone, last, over all orders, Shapley values")
    plain = {f"value-{k}": ((3e3 * (k + 1), -2e3) if k % 2 else (-1e3, 4e3)) for k in range(STRUCTURAL)}
    packages = dt.Packages.of([f"d{k}" for k in range(CUTS + PLEDGES)], worth, plain)
    bargain = packages.bargain((-10e3, -10e3), (0.0, 0.0))
    bargain.picks()
    bargain.picks(over="lotteries")
    bargain.gap()
    clock.lap(f"{packages.size:,} packages: zone, frontier, picks, distance")
    total, met = sum(part.wall for part in clock.parts), bool((found.short <= KEPT).all())
    its = Reference.measure()
    one = clock.parts[0].cpu / found.solved
    kept = {
        "load": os.getloadavg()[0],
        "parts": [asdict(part) for part in clock.parts],
        "total": total,
        "promise": PROMISE,
        "met": total < PROMISE and met,
        "equilibria": found.solved,
        "one": one,
        "one_in_passes": its.passes(one),
        "numpy_to_one": its.numpy_solve / one,
        "packages": packages.size,
        "gap": found.gap,
    }
    keep("talks", kept)
    for part in clock.parts:
        print(f"{part.wall:8.1f} s wall, {part.cpu:6.1f} s of processors  {part.what}")
    print(f"largest gap of any audit {found.gap:.0e}; every pledge {'kept' if met else 'NOT kept'}")
    late = "" if total < PROMISE else "  NOT KEPT"
    print(f"{total:8.1f} s  (under {PROMISE:.0f} s)  {packages.size:,} packages on {os.cpu_count()} processors{late}")
    print(f"written: {more.write()}")
    return 0 if kept["met"] else 1


if __name__ == "__main__":
    sys.exit(main())
