"""Your X for my Y: two demands, one of each side, that neither grants alone and both would grant together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from detente.errors import BadInput
from detente.talks.packages import Packages


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
