"""The world of 2017 at other sizes: its small economies and sectors merged, or its large ones split.

Random worlds converge in half the passes of real ones, so their times say little. A merged world keeps its trade. A
split economy trades abroad in proportion to its parts, which also trade with each other; a split sector buys and sells
in proportion. The two economies of the task stay whole.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

import detente as dt

#: Of each economy or sector that is split in two.
_PARTS = (0.6, 0.4)
#: What a part of a split economy buys from the other, over what it would buy if the border were not there.
_ACROSS = 0.2


def of_size(world: dt.World, theta: np.ndarray, n: int, j: int, whole: Sequence[str]) -> tuple[dt.World, np.ndarray]:
    """A world of n economies and j sectors, and its elasticities (j,), those of merged sectors weighted by output.

    Raises ValueError where more economies or sectors are asked for than twice what there is.
    """
    world, theta = _merged(world, theta, min(n, len(world.economies)), min(j, len(world.sectors)), whole)
    return _split(world, theta, n, j, whole)


def _merged(world: dt.World, theta: np.ndarray, n: int, j: int, whole: Sequence[str]) -> tuple[dt.World, np.ndarray]:
    """The smallest economies as one, and neighbouring sectors together."""
    output = np.array(world.flows).sum((0, 2))
    output[[world.economies.index(code) for code in whole]] = np.inf
    rest = np.argsort(output)[: len(output) - n + 1]
    economies = {"REST": [world.economies[k] for k in sorted(rest)]} if len(rest) > 1 else None
    groups = np.array_split(np.arange(len(world.sectors)), j)
    sectors = {f"S{k}": [world.sectors[s] for s in group] for k, group in enumerate(groups) if len(group) > 1}
    sold = np.array(world.flows).sum((0, 1))
    means = {
        name: np.average(theta[group], weights=sold[group])
        for name, group in ((sectors_of(world, group, k), group) for k, group in enumerate(groups))
    }
    merged = world.aggregate(economies, sectors or None) if economies or sectors else world
    return merged, np.array([means[name] for name in merged.sectors])


def sectors_of(world: dt.World, group: np.ndarray, k: int) -> str:
    """What the k-th group of sectors is called once merged."""
    return f"S{k}" if len(group) > 1 else world.sectors[group[0]]


def _split(world: dt.World, theta: np.ndarray, n: int, j: int, whole: Sequence[str]) -> tuple[dt.World, np.ndarray]:
    """The largest economies and sectors in two parts each, until there are n and j."""
    flows = np.array(world.flows)
    kept = [k for k, code in enumerate(world.economies) if code in whole]
    names, of, w = _parts(world.economies, np.delete(flows.sum((0, 2)), kept), n, kept)
    sectors, by, u = _parts(world.sectors, flows.sum((0, 1)), j, [])
    same = of[:, None] == of[None, :]
    share = w[:, None] * w[None, :]
    across = np.where(same & ~np.eye(n, dtype=bool), _ACROSS * share, 0.0)
    own = np.diag(w - across.sum(0))
    share = np.where(same, across + own, share)
    size = share[:, :, None] * u
    inputs = w[:, None, None] * u[:, None] * u[None, :]
    cells = np.ix_(of, of, by)
    return (
        dt.World(
            flows=flows[cells] * size,
            tariffs=np.array(world.tariffs)[cells],
            io=np.array(world.io)[np.ix_(of, by, by)] * inputs,
            value_added=np.array(world.value_added)[np.ix_(of, by)] * w[:, None] * u,
            economies=names,
            sectors=sectors,
        ),
        theta[by],
    )


def _parts(
    names: Sequence[str], size: np.ndarray, count: int, kept: Sequence[int]
) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names of the parts, which of the old ones each is of, and its share of it."""
    free = np.delete(np.arange(len(names)), kept)
    if not 0 <= count - len(names) <= len(free):
        raise ValueError(f"{count} of {len(names)} of which {len(free)} may be split")
    halved = set(free[np.argsort(-size)[: count - len(names)]].tolist())
    found = [
        (f"{name}{label}", k, share)
        for k, name in enumerate(names)
        for label, share in (zip("ab", _PARTS, strict=True) if k in halved else [("", 1.0)])
    ]
    return [f[0] for f in found], np.array([f[1] for f in found]), np.array([f[2] for f in found])
