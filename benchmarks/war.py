"""Seconds to Nash tariffs, each game in a process of its own, compilation included; and the cost against players.

`python benchmarks/war.py` measures everything and writes docs/benchmarks-war.md; `python benchmarks/war.py NAME` one
game alone. `--certificate` adds the certificate of the largest game, which takes minutes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from reference import Reference, machine

import detente as dt
from detente.optimal_tariffs.game import TariffGame
from detente.optimal_tariffs.governments import Objective, payoff_slopes, tariff_instruments
from detente.optimal_tariffs.nash_equilibrium import certified
from detente.solver.equilibrium import given_of
from detente.solver.fixed_point import weights
from detente.solver.pass_adjoint import PassAdjoint

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("DETENTE_SHARED") or ROOT.parent / "shared").resolve()
RESULTS = ROOT / "docs" / "benchmarks-war.md"
PLAYERS = (1, 2, 4, 8, 16, 32, 81)


@dataclass(frozen=True)
class Promise:
    """A game, how it is played, and the most it may take."""

    what: str
    seconds: float
    play: Callable[[], dt.Equilibrium]


def ossa() -> dt.Equilibrium:
    """Ossa's seven regions × 33 sectors."""
    with np.load(SHARED / "reference/ossa-2014.npz") as z:
        economy = dt.Economy.monopolistic(
            np.moveaxis(z["trade_ijs"], 0, 1),
            np.moveaxis(z["tariff_ijs"], 0, 1),
            z["sigma_s"],
            economies=z["regions"].tolist(),
            sectors=z["labels"].tolist(),
        )
    return dt.nash(economy)


def world(elasticities: str) -> dt.Economy:
    """All 81 at balanced trade: with every tariff high, a surplus kept in dollars might have no buyer."""
    return dt.calibrate(dt.load_world("icio-2017"), elasticities=elasticities, deficits="balanced")


def us_china(elasticities: str) -> dt.Equilibrium:
    """The United States and China against each other, sector by sector, input links, deficits as they are."""
    pair = ["USA", "CHN"]
    return dt.nash(dt.calibrate(dt.load_world("icio-2017"), elasticities=elasticities), pair, against=pair)


GAMES = {
    "ossa": Promise("Ossa's seven regions, 1386 rates", 20, ossa),
    "us-china": Promise("US and China, icio-2017, 56 rates, U4", 15, lambda: us_china("U4")),
    "us-china-cp": Promise("US and China, icio-2017, 56 rates, CP", 15, lambda: us_china("CP")),
    "one-rate": Promise("all 81, one rate each, U4", 60, lambda: dt.nash(world("U4"), uniform=True)),
    "one-rate-cp": Promise("all 81, one rate each, CP", 60, lambda: dt.nash(world("CP"), uniform=True)),
    "all": Promise("all 81 × 28 sectors, 181440 rates, U4", 600, lambda: dt.nash(world("U4"), certify=False)),
    "all-cp": Promise("all 81 × 28 sectors, 181440 rates, CP", 600, lambda: dt.nash(world("CP"), certify=False)),
}


def alone(name: str) -> dict[str, object]:
    """One game in this process: seconds from the economy's data to the equilibrium, rounds, certificate."""
    start = time.perf_counter()
    equilibrium = GAMES[name].play()
    seconds = time.perf_counter() - start
    again = time.perf_counter()
    if name in ("ossa", "us-china", "us-china-cp"):
        GAMES[name].play()
    trade = [found for found in equilibrium.equilibria if found.kind == "trade"]
    return {
        "seconds": seconds,
        "warm": time.perf_counter() - again if name.startswith(("ossa", "us-china")) else None,
        "rounds": equilibrium.rounds,
        "starts": len([start for found in trade for start in found.starts]),
        "equilibria": len(trade),
        "certificate": str(equilibrium.certificate),
        "load": os.getloadavg()[0],
    }


def best_answer() -> dict[str, float]:
    """One government's best answer on icio-2017, sector by sector: seconds, its compilation counted and not."""
    economy = dt.calibrate(dt.load_world("icio-2017"))
    seconds = []
    for _ in range(4):
        start = time.perf_counter()
        dt.best_response(economy, "USA", against=["CHN"])
        seconds.append(time.perf_counter() - start)
    return {"cold": seconds[0], "warm": float(np.median(seconds[1:]))}


def reference() -> dict[str, float]:
    """What times are compared with."""
    return asdict(Reference.measure())


def by_players() -> dict[str, dict[str, float]]:
    """Seconds of one warm evaluation (equilibrium and every player's slopes) on icio-2017, against players."""
    economy = world("U4")
    found = {}
    for count in PLAYERS:
        game = TariffGame.of(economy, tariff_instruments(economy, economy.economies[:count]), Objective(), dt.Shock())
        y = game.first()
        here = game.at(y, accuracy=1e-6)
        seconds = []
        for step in (0.01, 0.02, 0.03):
            start = time.perf_counter()
            here = game.at(y + step, here, 1e-6)
            seconds.append(time.perf_counter() - start)
        found[str(count)] = {"rates": float(game.instruments.size), "seconds": float(np.median(seconds))}
    return found


def slopes_and_products(elasticities: str) -> dict[str, float]:
    """All 81 × 28 slopes of all 81 payoffs to 1e-9, from nothing, beside NumPy's bare products of the same shapes.

    Processor time in ms, the median of five in turn: what the transposed passes read, once for each product they take.
    """
    economy = world(elasticities)
    n, j = economy.X.shape
    t_cf = economy.t + 0.1 * (1 - np.eye(n))[:, :, None]
    solution = dt.solve(economy, dt.Shock(t_cf=t_cf))
    given, wedges = given_of(economy, economy.D, "long"), solution.wedges
    everyone, parameters = np.arange(n), Objective().parameters(economy)
    passes = {np.dtype(kind): 0 for kind in (np.float64, np.float32)}

    class Counted(PassAdjoint):
        def __call__(self, x: np.ndarray) -> np.ndarray:
            passes[x.dtype] += 1
            return super().__call__(x)

    def slopes() -> None:
        here = Counted.at(given, solution.unknowns, weights(given, wedges.K, wedges.v, wedges.h), economy.deficits)
        outcome = payoff_slopes(here.flows, given, parameters, np.eye(n))
        by_weights, _, residual = here.slopes(outcome, None, 1e-9)
        here.over_rates(by_weights, everyone, everyone)
        assert residual <= 1e-9

    def products(counts: dict[np.dtype, int]) -> float:
        """Milliseconds of as many passes' products; a pass takes three over partners and two over sectors."""
        draw, spent = np.random.default_rng(0), 0.0
        for kind, count in counts.items():
            for shapes, times in ((((j, n, n), (j, n, n)), 3 * count), (((n, 1 + j, j), (n, j, n)), 2 * count)):
                left, right = (draw.random(shape).astype(kind) for shape in shapes)
                out = left @ right
                spent += _processor(partial(_repeat, times, left, right, out))
        return spent

    slopes()
    taken = dict(passes)
    every = {np.dtype(np.float64): sum(taken.values())}
    times = np.array([[_processor(slopes), products(every), products(taken)] for _ in range(5)])
    ours, double, _ = np.median(times, 0)
    ratios = np.median(times[:, :1] / times[:, 1:], 0)
    single = taken[np.dtype(np.float32)]
    return {
        **{"passes": sum(taken.values()), "single": single, "products": 5 * sum(taken.values())},
        **{"ms": ours, "bare": double, "ratio": float(ratios[0]), "as_taken": float(ratios[1])},
    }


def _repeat(times: int, left: np.ndarray, right: np.ndarray, out: np.ndarray) -> None:
    for _ in range(times):
        np.matmul(left, right, out=out)


def _processor(work: Callable[[], None]) -> float:
    """Milliseconds of processor time."""
    start = time.process_time()
    work()
    return 1000 * (time.process_time() - start)


def largest_certificate() -> dict[str, object]:
    """The certificate of all 81 × 28: seconds, beside those of the search."""
    economy = world("U4")
    start = time.perf_counter()
    equilibrium = dt.nash(economy, certify=False)
    found = time.perf_counter()
    game = TariffGame.of(economy, tariff_instruments(economy), Objective(), dt.Shock())
    position = game.at(game.instruments.read(equilibrium.tariffs, economy.M))
    proof, _ = certified(game, position, True, 0)
    return {"search": found - start, "certificate": time.perf_counter() - found, "says": str(proof)}


def elsewhere(name: str) -> dict[str, object]:
    """The same in a fresh process."""
    here = str(Path(__file__).resolve())
    out = subprocess.run([sys.executable, here, name], check=True, capture_output=True, text=True)
    return dict(json.loads(out.stdout))


def main(words: list[str]) -> int:
    """Zero where every promise is kept."""
    single = {
        "players": by_players,
        "certificate": largest_certificate,
        "answer": best_answer,
        "reference": reference,
        "slopes": lambda: {name: slopes_and_products(name) for name in ("U4", "CP")},
    }
    if words and not words[0].startswith("--"):
        print(json.dumps(single[words[0]]() if words[0] in single else alone(words[0])))
        return 0
    its_reference = Reference(**elsewhere("reference"))  # type: ignore[arg-type]
    lines, kept = [], True
    for name, promise in GAMES.items():
        if name == "ossa" and not SHARED.is_dir():
            print(f"{promise.what}: the reference folder {SHARED} is absent", file=sys.stderr)
            continue
        its = elsewhere(name)
        met = float(str(its["seconds"])) <= promise.seconds
        kept &= met
        warm = f"{its['warm']:.1f} s" if its["warm"] is not None else ""
        lines.append(
            f"| {promise.what} | {its['seconds']:.1f} s | {warm} | {its['rounds']} | {its['starts']} | "
            f"{promise.seconds:g} s | {'yes' if met else '**no**'} | {its['load']:.1f} | "
            f"{its_reference.solves(float(str(its['seconds']))):.0f} |"
        )
        print(lines[-1], its["certificate"], flush=True)
    proof = elsewhere("certificate") if "--certificate" in words else None
    write(lines, its_reference, elsewhere("answer"), elsewhere("players"), elsewhere("slopes"), proof)
    print(f"written: {RESULTS.relative_to(ROOT)}")
    return 0 if kept else 1


def write(
    lines: list[str],
    its: Reference,
    answer: dict[str, object],
    players: dict[str, object],
    slopes: dict[str, object],
    certificate: dict[str, object] | None,
) -> None:
    """The page of results."""
    rows = [
        f"| {count} | {one['rates']:.0f} | {1000 * one['seconds']:.0f} | {its.passes(one['seconds']):.0f} | "  # type: ignore[index]
        f"{its.solves(one['seconds']):.2g} |"  # type: ignore[index]
        for count, one in players.items()
    ]
    adjoints = [
        f"| {name} | {one['passes']} | {one['single']} | {one['products']} | {one['ms']:.0f} | {one['bare']:.0f} | "  # type: ignore[index]
        f"{one['ratio']:.2f} | {one['as_taken']:.2f} |"  # type: ignore[index]
        for name, one in slopes.items()
    ]
    cold, warm = (float(str(answer[name])) for name in ("cold", "warm"))
    proof = "Run with `--certificate` to measure the certificate of the largest game."
    if certificate is not None:
        proof = (
            f"The certificate of all 81 × 28 (U4) took {certificate['certificate']:.0f} s beside "
            f"{certificate['search']:.0f} s for the search: {certificate['says']}."
        )
    text = f"""# War: seconds to Nash tariffs

Each game in a fresh process, from the economy's data to the equilibrium: calibration, compilation and every start of
the search included, and the certificate too except for all 81 × 28. `warm` is the same again in that process.
{machine()}; `load` is the machine's over the last minute, so that at 4 with two cores times are about double. The last
column has the cold time in counterfactuals of plain NumPy on icio-2017 ({its.numpy_solve * 1e3:.0f} ms each in the
same run, by the quickest loops of [Benchmarks](benchmarks.md#the-two-references)): a search that took its slopes by
differences would spend one for every rate in every step.

| game | cold | warm | rounds | starts | at most | kept | load | NumPy solves |
|---|---:|---:|---:|---:|---:|---|---:|---:|
{chr(10).join(lines)}

{proof}

## A best answer

The best duties of the United States on China, 28 rates on icio-2017, certificate included: {cold:.1f} s in a fresh
process, {warm:.2f} s after that, which is {its.solves(warm):.0f} counterfactuals in plain NumPy and
{its.passes(warm):.0f} passes over the trade shares.

## Against the number of players

One warm evaluation on icio-2017, sector by sector: the equilibrium, and the slopes of every player's payoff over its
own rates, to 1e-6. The adjoints of all players are found together, so that 81 cost far less than 81 times one. Passes
are NumPy's over the trade shares, {its.numpy_pass * 1e3:.2f} ms each in the same run; NumPy solves are of one
equilibrium, without slopes.

| players | rates | ms | passes | NumPy solves |
|---:|---:|---:|---:|---:|
{chr(10).join(rows)}

## Slopes and bare products

The slopes of all 81 payoffs over all 81 × 28 of each one's duties, to 1e-9 from nothing: transposed passes, the matrix
products in them, and processor time beside that of `np.matmul` for as many products of the same shapes, in turn. Most
passes are in single precision; the last column has the bare products in the precision that each was taken in.

| elasticities | passes | in single | products | ms | bare products in double, ms | ratio | as taken |
|---|---:|---:|---:|---:|---:|---:|---:|
{chr(10).join(adjoints)}
"""
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
