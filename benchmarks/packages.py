"""Packages of demands: frontier, zone of agreement and every pick, beside plain loops over the same packages.

`python benchmarks/packages.py` measures and writes docs/benchmarks-talks.md. Payoffs are drawn at random, since only
their number matters here; solving the equilibria behind a table is not part of it.
"""

from __future__ import annotations

import os
import sys
import tracemalloc
from dataclasses import asdict, dataclass
from itertools import product

import more
import numpy as np
from clock import Timing, in_turn, in_words, once, ratio
from reference import keep

import detente as dt
from detente.bargaining.implied_values import implied_prices, marginal_contributions
from detente.bargaining.unknowns import Refusal, StructuralDemand

NO_DEAL = (-4e3, -6e3)


@dataclass(frozen=True)
class Promise:
    """What was measured, and the most it may be."""

    what: str
    found: float
    most: float
    unit: str = "s"

    @property
    def met(self) -> bool:
        return self.found <= self.most

    def __str__(self) -> str:
        shown = in_words(self.found) if self.unit == "s" else f"{self.found:.3g} {self.unit}"
        return f"{shown} (at most {self.most:g} {self.unit})"


def structural(count: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Demands of both sides in turn, each worth up to 20bn to who asks and costing the other up to as much."""
    worth, cost = np.random.default_rng(seed).uniform(100, 20e3, (2, count))
    values = np.where((np.arange(count) % 2 == 0)[:, None], np.c_[worth, -cost], np.c_[-cost, worth])
    return {f"s{k}": row for k, row in enumerate(values)}


def table(bits: int, seed: int = 1) -> np.ndarray:
    """Payoffs over demands that change trade: sums of their values, and what pairs of them do together."""
    random = np.random.default_rng(seed)
    met = np.array(list(product((0.0, 1.0), repeat=bits)))
    values = np.array(list(structural(bits, seed).values()))
    pairs = random.normal(0, 500, (bits, bits, 2))
    return met @ values + np.einsum("pk,pl,kls->ps", met, met, pairs)


def every_answer(packages: dt.Packages) -> dict[str, object]:
    """Frontier, zone, distance, and all picks over packages and over lotteries."""
    bargain = packages.bargain(NO_DEAL, (0, 0))
    return {
        "frontier": bargain.payoffs[bargain.frontier()],
        "zone": bargain.zone(),
        "gap": bargain.gap(),
        "picks": bargain.picks(),
        "lotteries": bargain.picks(over="lotteries"),
    }


def plain_loop(rows: list[list[float]], values: list[list[float]]) -> dict[str, object]:
    """Payoffs, frontier, zone and the picks over packages, one package after the other."""
    payoffs = []
    for row in rows:
        for met in product((0, 1), repeat=len(values)):
            a, b = row
            for bit, (first, second) in zip(met, values, strict=True):
                if bit:
                    a, b = a + first, b + second
            payoffs.append((a, b))
    frontier, best = [], float("-inf")
    for a, b in sorted(payoffs, key=lambda u: (-u[0], -u[1])):
        if b > best:
            frontier.append((a, b))
            best = b
    zone = [k for k, (a, b) in enumerate(payoffs) if a >= 0 and b >= 0 and (a > 0 or b > 0)]
    gains = [(payoffs[k][0] - NO_DEAL[0], payoffs[k][1] - NO_DEAL[1]) for k in zone]
    ideal = max(g for g, _ in gains), max(g for _, g in gains)
    rules = {
        "nash": lambda g: g[0] * g[1],
        "egalitarian": min,
        "kalai-smorodinsky": lambda g: min(g[0] / ideal[0], g[1] / ideal[1]),
        "utilitarian": sum,
    }
    return {"frontier": frontier, "zone": zone, "picks": {name: max(gains, key=rule) for name, rule in rules.items()}}


def all_sums(values: np.ndarray) -> dict[str, np.ndarray]:
    """The best of all 2^24 packages by product, least gain and sum, from a list of all sums in NumPy."""
    payoffs = np.zeros((1, 2))
    for row in values:
        payoffs = np.concatenate([payoffs, payoffs + row])
    gains = payoffs[(payoffs >= 0).all(1)] - np.array(NO_DEAL)
    return {
        "nash": gains[gains.prod(1).argmax()],
        "egalitarian": gains[gains.min(1).argmax()],
        "utilitarian": gains[gains.sum(1).argmax()],
    }


def peak(task: object) -> float:
    """The most memory that Python and NumPy held at a time, MB."""
    tracemalloc.start()
    task()  # type: ignore[operator]
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 1e6


def listed() -> tuple[dict[str, Timing], list[Promise]]:
    """2^16 packages, 12 bits of them in a table, beside the loop."""
    packages = dt.Packages.of([f"t{k}" for k in range(12)], table(12), structural(4))
    rows, values = table(12).tolist(), [row.tolist() for row in structural(4).values()]
    ours, loop = every_answer(packages), plain_loop(rows, values)
    np.testing.assert_allclose(ours["frontier"], loop["frontier"])
    np.testing.assert_array_equal(ours["zone"], loop["zone"])
    for name, gains in loop["picks"].items():  # type: ignore[attr-defined]
        np.testing.assert_allclose(ours["picks"][name].gains, gains)  # type: ignore[index]
    payoffs = np.array(packages.bargain(NO_DEAL, (0, 0)).payoffs)
    tasks = {
        "ours": lambda: every_answer(packages),
        "loop": lambda: plain_loop(rows, values),
        "pass": lambda: (payoffs - NO_DEAL).min(1),
    }
    times = in_turn(tasks, 5, 1)
    return times, [Promise("2^16 packages, 12 bits in a table: every answer", times["ours"].median, 1.0)]


def unlisted() -> tuple[dict[str, float], list[Promise]]:
    """24 structural bits without a list, beside a list in NumPy; and 40."""
    values = structural(24)
    packages = dt.Packages.of([], (0.0, 0.0), values)
    stack = np.array(list(values.values()))
    ours, theirs = every_answer(packages), all_sums(stack)
    for name, gains in theirs.items():
        np.testing.assert_allclose(ours["picks"][name].gains, gains)  # type: ignore[index]
    forty = dt.Packages.of([], (0.0, 0.0), {name: np.round(row) for name, row in structural(40).items()})
    found = {
        "ours": once(lambda: every_answer(packages)),
        "list": once(lambda: all_sums(stack)),
        "ours MB": peak(lambda: every_answer(packages)),
        "list MB": peak(lambda: all_sums(stack)),
        "forty": once(lambda: every_answer(forty)),
        "points": float(len(packages.frontier().payoffs)),
        "forty points": float(len(forty.frontier().payoffs)),
    }
    return found, [
        Promise("24 structural bits: every answer", found["ours"], 10.0),
        Promise("24 structural bits: memory", found["ours MB"], 500.0, "MB"),
        Promise("40 structural bits: every answer", found["forty"], 60.0),
    ]


def others() -> list[Promise]:
    """Margins over all orders of 16 members, and implied prices of 20 demands of which nothing is known."""
    worth = np.concatenate([table(12)] * 16) + np.arange(16).repeat(4096)[:, None]
    trade = dt.Packages.of([f"t{k}" for k in range(12)], table(12) - 2e5)
    asks = [StructuralDemand(f"s{k}", k % 2) for k in range(20)]
    refused = [Refusal(1 - side, tuple(its.demand for its in asks if its.asker == side)) for side in (0, 1)]
    return [
        Promise("Shapley values and ranges over orders, 16 members", once(lambda: marginal_contributions(worth)), 2.0),
        Promise(
            "implied prices of 20 demands, 12 bits in a table, two refusals",
            once(lambda: implied_prices(trade, asks, NO_DEAL, refusals=refused)),
            30.0,
        ),
    ]


def main() -> int:
    """Zero where every promise is kept."""
    times, promises = listed()
    sums, of_sums = unlisted()
    promises = [*promises, *of_sums, *others()]
    for promise in promises:
        print(f"{promise}  {promise.what}{'' if promise.met else '  NOT KEPT'}")
    kept = {
        "load": os.getloadavg()[0],
        "promises": [{**asdict(its), "shown": str(its), "met": its.met} for its in promises],
        "loop": times["loop"].median,
        "loop_to_ours": ratio(times["loop"], times["ours"]),
        "ours_to_pass": ratio(times["ours"], times["pass"]),
        "list": sums["list"],
        "list_to_ours": sums["list"] / sums["ours"],
        "list_megabytes": sums["list MB"],
        "undominated": sums["points"],
        "undominated_of_40": sums["forty points"],
    }
    keep("packages", kept)
    print(f"written: {more.write()}")
    return 0 if all(promise.met for promise in promises) else 1


if __name__ == "__main__":
    sys.exit(main())
