"""Percent where a fraction belongs: one rule for arrays, beside that of `parse_rate` for single numbers.

A rate is a fraction, 0.25 for 25 %. Written as text it may have a sign, `25%`, and is read whatever its size.

1. A bare number over 1 is refused wherever rates are single numbers: dispute files, product lists, tables of tariffs,
   arguments, forms, JSON (`detente.data.quantities.parse_rate`).
2. The base tariffs of a world are refused where an importer's mean over its imports, weighted by trade, is over 100 %.
   The highest mean of a bundled world is under 30 %; single cells may lie over 100 %, as Japan's duty on rice does.
3. The base tariffs of an economy in shares are refused where that holds and they also look like percentages: three or
   more different duties, one over 5. Made-up economies may have one high duty everywhere.
4. A shock's tariffs may be over 1, as 145 % on China was law, and autarky is studied with duties of any size. They are
   refused where half of the duties of the base come back times one hundred, and where all new duties, or all that is
   added to the base, are written as percentages are: multiples of 0.25, none under 1 and none over 200, of which one
   is over 20 (2000 %) or three or more differ and one is over 3.
5. Bounds of duties that governments choose are refused where the upper one is such a number over 20; lower ones may be
   the caps that they say, and a bound over 200 leaves duties free.
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
"""Fraction: a duty of 2000 % ends trade at every published elasticity, so that more is levied for nothing."""
HIGHEST_CELL: Final = 5.0
"""Fraction: an economy in shares whose duties are all under it is not suspected."""
_HIGHEST_PERCENTAGE: Final = 200.0
"""A number over it is not levied even as a percentage: it was put there to end trade."""
_STEP: Final = 0.25
"""Percentages of law are multiples of it; duties from a search or a random draw are not."""
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
    if t_cf.max(initial=0.0) <= 1.0:
        return
    remedy = f"{_FRACTION}; divide percentages by 100, and close a cell with d_hat=inf"
    levied = _abroad(base) & (base > 0)
    again = np.isclose(t_cf[levied], 100.0 * base[levied], rtol=1e-6, atol=0.0)
    if levied.sum() >= _LOOKS and again.mean() >= 0.5:
        raise error(f"t_cf holds {again.sum()} duties of the base times one hundred: {remedy}")
    changed = _abroad(base) & (t_cf != base)
    for rates, what in ((t_cf[changed], "new duties"), (t_cf[changed] - base[changed], "additions to the base")):
        if _are_percentages(rates):
            raise error(f"t_cf holds {what} of {rates.min():.0%} to {rates.max():.0%}: {remedy}")


def refuse_percent_of_bounds(high: float, error: type[BadInput]) -> None:
    """Rule 5. high: the upper bound of duties, a fraction. Raises the error."""
    if _are_percentages(np.array([high])):
        raise error(
            f"bounds allow duties of up to {high:.0%}: {_FRACTION}; divide percentages by 100, or give a bound over "
            f"{_HIGHEST_PERCENTAGE:g} to leave duties free"
        )


def _are_percentages(rates: FloatArray) -> bool:
    """Whether all rates are written as percentages are; see rule 4."""
    if not len(rates) or rates.min() < 1.0 or rates.max() > _HIGHEST_PERCENTAGE:
        return False
    written = np.round(rates / _STEP) * _STEP
    if not np.allclose(rates, written, rtol=0.0, atol=1e-9):
        return False
    highest = float(written.max())
    return highest > HIGHEST_DUTY or (highest > 3.0 and len(np.unique(written)) >= _LOOKS)


def mean_duty(tariffs: FloatArray, flows: FloatArray) -> FloatArray:
    """Each importer's mean duty (n,), weighted by its imports net of tariffs; 0 where it imports nothing."""
    bought = np.where(_abroad(flows), flows, 0.0)
    imports = bought.sum((1, 2))
    return np.asarray((bought * tariffs).sum((1, 2)) / np.where(imports > 0, imports, 1.0))


def _abroad(array: FloatArray) -> BoolArray:
    """(n, i, j) true where importer and exporter differ."""
    return np.broadcast_to(~np.eye(len(array), dtype=bool)[:, :, None], array.shape)
