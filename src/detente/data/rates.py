"""Percent where a fraction belongs: one rule for arrays, beside that of `parse_rate` for single numbers.

A rate is a fraction, 0.25 for 25 %. Written as text it may have a sign, `25%`, and is read whatever its size.

1. A bare number over 1 is refused wherever rates are single numbers: dispute files, product lists, tables of tariffs,
   arguments, forms, JSON (`detente.data.quantities.parse_rate`).
2. The base tariffs of a world are refused where an importer's mean over its imports, weighted by trade, is over 100 %.
   The highest mean of a bundled world is under 30 %; single cells may lie over 100 %, as Japan's duty on rice does.
3. The base tariffs of an economy in shares are refused where that holds and they also look like percentages: three or
   more different duties, one over 5. Made-up economies may have one high duty everywhere.
4. A shock's tariffs may be over 1, as 145 % on China was law and as autarky is studied with 20. They are refused where
   one is over 20 (2000 %) and not over 1,000, which is there to end trade; where half of the duties of the base come
   back times one hundred; and where three or more different new duties are all at 1 or more and one is over 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from detente.errors import BadInput
from detente.inputs import BoolArray, FloatArray

HIGHEST_MEAN: Final = 1.0
"""Fraction: the highest import-weighted mean duty of an importer that is believed."""
HIGHEST_DUTY: Final = 20.0
"""Fraction: the highest duty of a shock; a duty of 2000 % ends trade at every published elasticity."""
HIGHEST_CELL: Final = 5.0
"""Fraction: an economy in shares whose duties are all under it is not suspected."""
_NO_PERCENTAGE: Final = 1000.0
"""A number that nobody levies even as a percentage, so that it was put there to end trade."""
_LOOKS: Final = 3
_FRACTION: Final = "a rate is a fraction, 0.25 for 25 %"


def refuse_percent_of_world(
    tariffs: FloatArray, flows: FloatArray, economies: Sequence[str], error: type[BadInput]
) -> None:
    """Rule 2. tariffs, flows (n, i, j), flows net of tariffs. Raises the error."""
    if tariffs.max(initial=0.0) <= HIGHEST_MEAN:
        return
    mean = mean_duty(tariffs, flows)
    if mean.max() > HIGHEST_MEAN:
        n = int(mean.argmax())
        raise error(
            f"tariffs: {economies[n]} would levy {mean[n]:.0%} on average on what it imports: {_FRACTION}; divide "
            "percentages by 100"
        )


def refuse_percent_of_economy(
    t: FloatArray, imports: FloatArray, economies: Sequence[str], error: type[BadInput]
) -> None:
    """Rule 3, where a duty is over `HIGHEST_CELL`. t, imports (n, i, j), gross of tariffs. Raises the error."""
    duties = t[_abroad(t) & (t > 0)]
    mean = mean_duty(t, imports)
    if mean.max() > HIGHEST_MEAN and len(np.unique(duties)) >= _LOOKS:
        n = int(mean.argmax())
        raise error(
            f"t: {economies[n]} would levy {mean[n]:.0%} on average on what it imports: {_FRACTION}; "
            "divide percentages by 100"
        )


def refuse_percent_of_shock(t_cf: FloatArray, base: FloatArray, error: type[BadInput]) -> None:
    """Rule 4. t_cf, base (n, i, j): the tariffs after and before. Raises the error."""
    highest = t_cf.max(initial=0.0)
    if highest <= 1.0:
        return
    remedy = f"{_FRACTION}; divide percentages by 100, and close a cell with d_hat=inf"
    over = t_cf[(t_cf > HIGHEST_DUTY) & (t_cf <= _NO_PERCENTAGE)]
    if len(over):
        raise error(f"t_cf holds {over.max():g}, which is {over.max():.0%}, over {HIGHEST_DUTY:.0%}: {remedy}")
    levied = _abroad(base) & (base > 0)
    again = np.isclose(t_cf[levied], 100.0 * base[levied], rtol=1e-6, atol=0.0)
    if levied.sum() >= _LOOKS and again.mean() >= 0.5:
        raise error(f"t_cf holds {again.sum()} duties of the base times one hundred: {remedy}")
    new = t_cf[_abroad(base) & (t_cf != base)]
    if 3.0 < highest <= _NO_PERCENTAGE and new.min() >= 1.0 and len(np.unique(new)) >= _LOOKS:
        raise error(f"t_cf holds new duties of {new.min():.0%} to {highest:.0%}: {remedy}")


def mean_duty(tariffs: FloatArray, flows: FloatArray) -> FloatArray:
    """Each importer's mean duty (n,), weighted by its imports net of tariffs; 0 where it imports nothing."""
    bought = np.where(_abroad(flows), flows, 0.0)
    imports = bought.sum((1, 2))
    return np.asarray((bought * tariffs).sum((1, 2)) / np.where(imports > 0, imports, 1.0))


def _abroad(array: FloatArray) -> BoolArray:
    """(n, i, j) true where importer and exporter differ."""
    return np.broadcast_to(~np.eye(len(array), dtype=bool)[:, :, None], array.shape)
