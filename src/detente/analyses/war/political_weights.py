"""Political weights of governments on sectors, as they are written: `USA C24A 2.5 a source`.

Ossa (2014) has governments maximise Σ_j λ_nj W_nj, with weights λ of one on average over sectors. No list of weights
comes with the package: they are the user's own, or a paper's, with its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from detente.dispute.session import Pair
from detente.errors import BadInput
from detente.inputs import FloatArray
from detente.model.benchmark import Benchmark


class PoliticalWeights(NamedTuple):
    """Weights (n, j), one on average over the sectors of each economy, and what is said of those that are given."""

    weights: FloatArray
    said: tuple[str, ...]


def political_weights(economy: Benchmark, pair: Pair, statements: Sequence[str]) -> PoliticalWeights:
    """The weights that statements give: an economy, a sector, a number, and its source if there is one.

    Sectors that are not named weigh one before all weights of an economy are divided by their mean. Raises BadInput for
    a statement that cannot be read, an economy that is no player, a sector given twice and a number under 0;
    UnknownEconomy and UnknownSector.
    """
    given = np.ones(economy.X.shape)
    named: dict[tuple[int, int], tuple[str, str, str]] = {}
    for statement in statements:
        words = statement.split(maxsplit=3)
        if len(words) < 3:
            raise BadInput(f"the political weight {statement!r} is no weight: write 'USA C24A 2.5', then its source")
        code, sector, number, source = (*words, "") if len(words) == 3 else words
        place = economy.index(code), economy.sector_index(sector)
        if code not in pair:
            raise BadInput(f"the political weight {statement!r} is of {code}, which is no side: {', '.join(pair)} are")
        weight = _number(number, statement)
        if place in named:
            raise BadInput(f"the political weight of {code} on {sector} is given twice: give it once")
        given[place] = weight
        named[place] = code, sector, source or "no source given"
    if (given.sum(1) == 0).any():
        raise BadInput(
            f"all political weights of {economy.economies[int(given.sum(1).argmin())]} are 0: give one over 0"
        )
    scaled = given / given.mean(1, keepdims=True)
    said = tuple(
        f"political weight of {code} on {sector}: {given[place]:g} as given, {scaled[place]:.4g} after division by the "
        f"mean ({source})"
        for place, (code, sector, source) in named.items()
    )
    return PoliticalWeights(scaled, said)


def _number(text: str, statement: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not 0 <= value < np.inf:
        raise BadInput(f"the political weight {statement!r} has {text!r} for a number: give one that is not negative")
    return value
