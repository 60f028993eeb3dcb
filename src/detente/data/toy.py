"""Small random worlds whose accounts close, for tests and for trying things out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detente.data.world import Provenance, World
from detente.errors import BadInput
from detente.inputs import FloatArray


def toy_world(
    seed: int,
    n: int = 3,
    j: int = 2,
    io: bool = True,
    empty: int | Sequence[tuple[int, int]] = 0,
    highest_tariff: float = 0.3,
) -> World:
    """A world of n economies (E1, E2, ...) and j sectors (S1, S2, ...), the same for the same seed.

    Sizes differ by a factor of about ten, trade is unbalanced, and tariffs lie between 0 and `highest_tariff`, none at
    home. `empty` economy-sectors sell nothing: a number of them drawn at random, or (economy, sector) positions; each
    sector keeps a seller and each economy something to sell. With `io`, firms use between 10 % and 70 % of their output
    as inputs and no final demand is negative. Money is in USD million.

    Raises BadInput for a size under 1 or more empty cells than leave every sector a seller and every economy a sale.
    """
    if n < 1 or j < 1:
        raise BadInput(f"a toy world of {n} × {j} is empty: give at least one economy and one sector")
    draw = np.random.default_rng(seed)
    size = np.exp(draw.normal(0.0, 1.0, n)) * 1000.0
    flows = size[:, None, None] * size[None, :, None] / size.sum() * np.exp(draw.normal(0.0, 0.7, (n, n, j)))
    flows[np.arange(n), np.arange(n)] *= 4.0
    tariffs = draw.uniform(0.0, highest_tariff, (n, n, j))
    tariffs[np.arange(n), np.arange(n)] = 0.0
    for position in _empty_cells(draw, empty, n, j):
        flows[:, position[0], position[1]] = 0.0
    uses = _input_uses(draw, flows, tariffs) if io else np.zeros((n, j, j))
    return World(
        flows,
        tariffs,
        uses,
        flows.sum(axis=0) - uses.sum(axis=1),
        [f"E{position + 1}" for position in range(n)],
        [f"S{position + 1}" for position in range(j)],
        name=f"toy-{seed}",
        provenance=Provenance(source="random numbers", notes=(f"toy world, seed {seed}",)),
    )


def _empty_cells(
    draw: np.random.Generator, empty: int | Sequence[tuple[int, int]], n: int, j: int
) -> list[tuple[int, int]]:
    """The positions that sell nothing, never a whole row or column."""
    wanted = [] if isinstance(empty, int) else [(int(i), int(s)) for i, s in empty]
    order = [divmod(int(cell), j) for cell in draw.permutation(n * j)]
    alive = np.ones((n, j), dtype=bool)
    for i, s in order if isinstance(empty, int) else wanted:
        if isinstance(empty, int) and (~alive).sum() == empty:
            break
        if alive[i].sum() > 1 and alive[:, s].sum() > 1:
            alive[i, s] = False
    emptied = [(int(i), int(s)) for i, s in np.argwhere(~alive)]
    if len(emptied) != (empty if isinstance(empty, int) else len(set(wanted))):
        raise BadInput(f"{empty} empty cells in {n} × {j} leave a sector without seller or an economy without sales")
    return emptied


def _input_uses(draw: np.random.Generator, flows: FloatArray, tariffs: FloatArray) -> FloatArray:
    """io (n, k, j): random cost shares of output, cut where they would use more than 90 % of what is spent on k."""
    output = flows.sum(axis=0)
    spent = (flows * (1.0 + tariffs)).sum(axis=1)
    n, j = output.shape
    shares = draw.dirichlet(np.ones(j), size=(n, j)).transpose(0, 2, 1) * draw.uniform(0.1, 0.7, (n, 1, j))
    uses = shares * output[:, None, :]
    used = uses.sum(axis=2)
    cut = np.minimum(1.0, np.divide(0.9 * spent, used, out=np.ones_like(used), where=used > 0))
    return np.asarray(uses * cut[:, :, None])
