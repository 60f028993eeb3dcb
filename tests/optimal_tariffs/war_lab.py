"""Small economies in which governments choose, all of one shape, so that the tests compile once a closure."""

from __future__ import annotations

import numpy as np

import detente as dt
from detente.data.bundled import toy_world
from detente.optimal_tariffs.game import TariffGame
from detente.optimal_tariffs.governments import Objective, Rates, tariff_instruments

THETA = (4.0, 6.0)


def ricardian(seed: int = 3, deficits: str = "balanced", io: bool = True) -> dt.Economy:
    """Three economies, two sectors, input links unless told otherwise."""
    world = toy_world(seed, io=io)
    return dt.calibrate(world, elasticities=np.array(THETA), deficits=deficits)  # type: ignore[arg-type]


def monopolistic(seed: int = 3, deficits: str = "balanced") -> dt.Economy:
    """The same trade under monopolistic competition."""
    world = toy_world(seed, io=False)
    return dt.Economy.monopolistic(
        world.flows,
        world.tariffs,
        1 + np.array(THETA),
        deficits,  # type: ignore[arg-type]
        economies=world.economies,
        sectors=world.sectors,
        name=world.name,
    )


def one_sector(size: tuple[float, float], theta: float, own: float = 0.8, structure: str = "ricardian") -> dt.Economy:
    """Two economies of given sizes, one sector, balanced trade, no tariffs: `own` is what the second buys at home."""
    sales = np.array(size)
    traded = (1 - own) * sales[1]
    flows = np.array([[[sales[0] - traded], [traded]], [[traded], [sales[1] - traded]]])
    names = {"economies": ["H", "F"], "sectors": ["S"]}
    if structure == "monopolistic":
        return dt.Economy.monopolistic(flows, 0 * flows, [1 + theta], **names)  # type: ignore[arg-type]
    return dt.calibrate(dt.World(flows, 0 * flows, **names), elasticities=np.array([theta]), deficits="balanced")


def game(
    economy: dt.Economy,
    players: list[str] | None = None,
    objective: Objective | None = None,
    start: dt.Shock | None = None,
    rates: Rates = "sector",
) -> TariffGame:
    """A game on an economy, from its benchmark unless told otherwise."""
    set_by = tariff_instruments(economy, players, rates=rates)
    return TariffGame.of(economy, set_by, objective or Objective(), start or dt.Shock())


def weights(economy: dt.Economy, seed: int = 0) -> np.ndarray:
    """Political weights, one on average."""
    drawn = np.random.default_rng(seed).uniform(0.5, 1.5, economy.X.shape)
    return drawn / drawn.mean(1, keepdims=True)


def uniform_tariffs(economy: dt.Economy, n: int, rate: float, of: np.ndarray | None = None) -> np.ndarray:
    """The benchmark's tariffs, or those given, with one rate of economy n on everybody else."""
    t_cf = np.array(economy.t if of is None else of)
    t_cf[n] = rate
    t_cf[n, n] = 0.0
    return t_cf
