"""Covered and uncovered goods of a sector as different products: a nest of product above origin.

In the benchmark model goods of one sector substitute for each other with one elasticity, whether they differ in product
or in origin: buyers of a covered good turn to an uncovered one of the same partner as easily as to the same good of
another. Here they do not. The sector is two sectors, the products of the list and all others, with constant shares of
each buyer's spending (Cobb-Douglas, an elasticity of one between products), and within each the elasticity between
origins is that of the sector.

Both products are made with the same inputs and labour, and labour moves between them, so that nothing changes where a
measure covers both alike or neither. An economy's list says which of its own purchases are which product; lists of two
economies need not be the same. Who sells goods that the list does not name apart sells the same share of them as the
partners that it does name: what is known of a list is what it covers of its partners' goods.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from detente.errors import BadInput
from detente.inputs import BoolArray, FloatArray, IntArray
from detente.model.parts import Parts
from detente.model.shock import Shock
from detente.solver.border_goods import covered_rows
from detente.solver.economy import Economy

_ROUNDING: Final = 1e-12
"""A share within this of none or all of a cell is none or all of it."""


def product_nest(economy: Economy, shock: Shock) -> tuple[Economy, Shock]:
    """The economy in which what the shock covers are products of their own, and the same shock on it.

    Parameters
    ----------
    economy
        A benchmark with perfect competition.
    shock
        Its parts say what is covered: a part on which a duty or charge changes. Cells of which all or nothing is
        covered stay one product.

    Returns
    -------
    The economy has two sectors, ``CODE: listed`` and ``CODE: other``, for every sector of which a part is covered
    anywhere; all else is the benchmark's, and so is its equilibrium. Solve it in the long run: in the short run labour
    would be held in each product.

    Raises
    ------
    BadInput
        Where the shock gives tariffs of whole cells beside parts, has no parts or has quotas, or the economy has a
        fixed number of firms in each sector.
    """
    parts = shock.parts
    if parts is None or shock.t_cf is not None or shock.quotas:
        raise BadInput(
            "a nest of products needs a shock of parts alone, which say what is covered: give Shock(parts=...) without "
            "t_cf and quotas"
        )
    if economy.profit_share.any():
        raise BadInput(f"{economy.name} has a fixed number of firms in each sector, which two products would divide")
    split = _Split.of(economy, parts)
    new = split.economy(economy, parts)
    whole: dict[str, Any] = {
        name: None if array is None else array[:, :, split.old]
        for name, array in (("d_hat", shock.d_hat), ("e_cf", shock.e_cf))
    }
    return new, Shock(parts=split.parts(parts), D_cf=shock.D_cf, T_cf=shock.T_cf, **whole)


@dataclass(frozen=True, eq=False)
class _Split:
    """How sectors become products.

    covered (n, i, j): the share of a cell that is listed; old (k,): the sector of each product; listed, other (k,):
    which products they are; whole sectors are neither.
    """

    covered: FloatArray
    old: IntArray
    listed: BoolArray
    other: BoolArray

    @classmethod
    def of(cls, economy: Economy, parts: Parts) -> _Split:
        """From what is covered of each cell; other cells have the mean of the importer's, or of everybody's."""
        cells, _ = parts.cells
        share = parts.sums(parts.s * covered_rows(parts))
        known = np.full(economy.pi.shape, np.nan)
        hit = share > 0
        known[tuple(axis[hit] for axis in cells)] = np.where(share[hit] > 1 - _ROUNDING, 1.0, share[hit])
        spent = economy.pi * economy.X[:, None, :]
        own = _mean(known, spent, axis=1)[:, None, :]
        world = _mean(known, spent, axis=(0, 1))[None, None, :]
        covered = np.where(np.isnan(known), np.where(np.isnan(own), world, own), known)
        partial = np.asarray(((covered > 0) & (covered < 1)).any((0, 1)), dtype=bool)
        old = np.repeat(np.arange(len(partial)), np.where(partial, 2, 1))
        second = np.r_[False, old[1:] == old[:-1]]
        return cls(np.nan_to_num(covered), old, partial[old] & ~second, second)

    def economy(self, base: Economy, parts: Parts) -> Economy:
        """The benchmark with its products."""
        weight = np.where(self.listed, self.covered[:, :, self.old], 1.0)
        weight = np.where(self.other, 1.0 - self.covered[:, :, self.old], weight)
        spent = (base.pi * base.X[:, None, :])[:, :, self.old] * weight
        X = spent.sum(1)
        before = base.X[:, self.old]
        share = np.where(before > 0, X / np.where(before > 0, before, 1.0), np.where(self.other, 0.0, 1.0))
        names = np.array(base.sectors, dtype=object)[self.old]
        told = np.where(self.listed, ": listed", np.where(self.other, ": other", ""))
        return replace(
            base,
            pi=spent / np.where(X > 0, X, 1.0)[:, None, :],
            X=X,
            gamma_va=base.gamma_va[:, self.old],
            gamma_io=base.gamma_io[:, self.old][:, :, self.old] * share[:, :, None],
            alpha=base.alpha[:, self.old] * share,
            theta=base.theta[self.old],
            t=self._tariffs(base, parts),
            sectors=tuple(f"{name}{which}" for name, which in zip(names, told, strict=True)),
            profit_share=base.profit_share[self.old],
            name=f"{base.name}, listed goods as products",
        )

    def _tariffs(self, base: Economy, parts: Parts) -> FloatArray:
        """The tariff of each product before the shock: where parts are given, the average over its own."""
        t = np.ascontiguousarray(base.t[:, :, self.old])
        row = parts.cells[1]
        hit = parts.sums(covered_rows(parts).astype(np.float64))[row] > 0
        which = self._product(parts)
        flat = np.ravel_multi_index((parts.n[hit], parts.i[hit], which[hit]), t.shape)
        weights = (parts.s[hit], parts.s[hit] / (1 + parts.t[hit]))
        s, v = (np.bincount(flat, weights=weight, minlength=t.size) for weight in weights)
        given = s > 0
        t.reshape(-1)[given] = s[given] / v[given] - 1
        return t

    def _product(self, parts: Parts) -> IntArray:
        """The product (k) of each part: of a divided sector the listed one where it is covered, else the other."""
        first = np.searchsorted(self.old, parts.j)
        return np.asarray(first + (self.listed[first] & ~covered_rows(parts)))

    def parts(self, parts: Parts) -> Parts:
        """The parts of the cells of which something is covered, as parts of their products."""
        hit = parts.sums(covered_rows(parts).astype(np.float64))[parts.cells[1]] > 0
        its = parts.rows(np.flatnonzero(hit))
        k = self._product(its)
        flat = np.ravel_multi_index((its.n, its.i, k), (*self.covered.shape[:2], len(self.old)))
        share = its.s / np.bincount(flat, weights=its.s)[flat]
        return replace(its, j=k, s=share)


def _mean(known: FloatArray, weight: FloatArray, axis: int | tuple[int, ...]) -> FloatArray:
    """The mean of the values that are numbers, by weight; no number where there are none."""
    given = ~np.isnan(known)
    total = np.where(given, weight, 0.0).sum(axis)
    summed = np.where(given, np.nan_to_num(known) * weight, 0.0).sum(axis)
    return np.asarray(np.where(total > 0, summed / np.where(total > 0, total, 1.0), np.nan))
