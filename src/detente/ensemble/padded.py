"""The states of an ensemble as arrays of one size: parts of cells, and rows whose rates are found with each state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from detente.errors import BadShock
from detente.inputs import FloatArray
from detente.model.benchmark import Benchmark
from detente.model.parts import Parts
from detente.model.shock import Shock
from detente.model.varying import NO_ROWS, VaryingRows, varying_of

if TYPE_CHECKING:
    from jaxtyping import Array, Float


class PaddedParts(NamedTuple):
    """The parts of every state (axis u), padded: rows (r) with the place of their cell among the cells (m).

    cell, sector, s, open, k, kept and received are (u, r): the row's cell and sector, its base share, the share that is
    traded at given rates (zero for what is closed, and for rows whose rates vary), its factor (1+t')(1+e')/(1+t), and
    what is left of a unit spent at the border, 1/(1+t'), and to producers. n, i and j are (u, m). A padded row has
    share 0; a padded cell lies outside, and is dropped.
    """

    cell: Any
    sector: Any
    s: Any
    open: Any
    k: Any
    kept: Any
    received: Any
    n: Any
    i: Any
    j: Any


class PaddedStates(NamedTuple):
    """The states (axis u): parts, the rows whose rates vary and transfers, each None where no state has any."""

    parts: PaddedParts
    rows: VaryingRows | None
    T: FloatArray | None


def padded_states(economy: Benchmark, shocks: Sequence[Shock]) -> tuple[PaddedStates, bool]:
    """The states that shocks lead to from an economy, and whether exporters charge anything at given rates.

    Raises BadShock for a shock with anything but parts, quotas and transfers.
    """
    for shock in shocks:
        if not all(getattr(shock, name) is None for name in ("t_cf", "d_hat", "D_cf", "e_cf")):
            raise BadShock("a state of an ensemble has parts, quotas and transfers alone: give rates as those of parts")
    shape = economy.pi.shape
    varying = [
        None if shock.parts is None else varying_of(shock.parts, shock.quotas, economy.theta, None, None)
        for shock in shocks
    ]
    places = [None if its is None else its.place for its in varying]
    columns = [_columns(shock.parts, place, shape) for shock, place in zip(shocks, places, strict=True)]
    rows = None
    if any(its is not None for its in varying):
        rows = _stacked([NO_ROWS if its is None else its.rows for its in varying])
    T = None
    if any(shock.T_cf is not None for shock in shocks):
        none = np.zeros(shape[0])
        T = np.stack([none if shock.T_cf is None else shock.T_cf for shock in shocks])
    charged = any(shock.parts is not None and shock.parts.e_cf is not None for shock in shocks)
    return PaddedStates(_padded(columns, shape), rows, T), charged


def wedges_of(
    row: PaddedParts, theta: Float[Array, " j"], v: Float[Array, "n i j"], charged: bool
) -> tuple[Array, Array, Array | None]:
    """K, v and h of `Shock.wedges` from the parts at given rates, for one theta; v is that of the base."""
    cells = row.n.shape[0]
    factor = row.open * row.k ** -theta[row.sector]
    total = jnp.zeros(cells).at[row.cell].add(factor)
    traded, where = total > 0, (row.n, row.i, row.j)

    def mean(of: Array) -> Array:
        net = jnp.zeros(cells).at[row.cell].add(factor * of)
        old = jnp.zeros(cells).at[row.cell].add(row.s * of)
        return jnp.where(traded, net / jnp.where(traded, total, 1.0), old)

    at_border = mean(row.kept)
    K = jnp.ones_like(v).at[where].set(total, mode="drop")
    v_cf = v.at[where].set(at_border, mode="drop")
    if not charged:
        return K, v_cf, None
    return K, v_cf, jnp.ones_like(v).at[where].set(mean(row.received) / at_border, mode="drop")


def _padded(columns: Sequence[tuple[NDArray[Any], ...]], shape: tuple[int, ...]) -> PaddedParts:
    """The parts of all states, padded to the longest."""
    rows = max([1, *(len(its[0]) for its in columns)])
    cells = max([1, *(len(its[7]) for its in columns)])
    fill = (0, 0, 0.0, 0.0, 1.0, 1.0, 1.0, *shape)
    length = (rows,) * 7 + (cells,) * 3
    padded = (
        np.stack([np.concatenate([its[c], np.full(length[c] - len(its[c]), fill[c], its[c].dtype)]) for its in columns])
        for c in range(len(fill))
    )
    return PaddedParts(*padded)


def _columns(parts: Parts | None, varying: Any, shape: tuple[int, ...]) -> tuple[NDArray[Any], ...]:
    if parts is None:
        return (*(np.zeros(0, np.int64),) * 2, *(np.zeros(0),) * 5, *(np.zeros(0, np.int64),) * 3)
    flat = np.ravel_multi_index((parts.n, parts.i, parts.j), shape)
    cells, cell = np.unique(flat, return_inverse=True)
    e = parts.column("e_cf")
    k = (1 + parts.t_cf) * (1 + e) / (1 + parts.t)
    traded = parts.s.copy()
    if parts.closed is not None:
        traded[parts.closed] = 0.0
    if varying is not None:
        traded[varying] = 0.0
    kept = 1 / (1 + parts.t_cf)
    return (cell.ravel(), parts.j, parts.s, traded, k, kept, kept / (1 + e), *np.unravel_index(cells, shape))


def _stacked(each: Sequence[VaryingRows]) -> VaryingRows:
    """Rows, memberships and quotas of all states, padded to the longest.

    A padded row has no share, a padded quota no rate; padded memberships are of one padded row in one padded quota.
    """
    rows, members, quotas = (1 + max(len(getattr(its, name)) for its in each) for name in ("s", "row", "limit"))
    length = dict.fromkeys(VaryingRows._fields, rows)
    length |= dict.fromkeys(("row", "of"), members)
    length |= dict.fromkeys(("tariff", "volume", "low", "high", "limit", "holder"), quotas)
    fill = {"d_hat": 1.0, "c_base": 1.0, "limit": 1.0, "holder": -1, "row": rows - 1, "of": quotas - 1}

    def column(name: str) -> NDArray[Any]:
        return np.stack(
            [
                np.concatenate([its, np.full(length[name] - len(its), fill.get(name, 0), its.dtype)])
                for its in (getattr(one, name) for one in each)
            ]
        )

    return VaryingRows(*(column(name) for name in VaryingRows._fields))


def at_prices(rows: VaryingRows, c_hat: Float[Array, "i j"] | None) -> VaryingRows:
    """The rows with prices counted from an equilibrium whose costs are c_hat over those of the economy."""
    return rows if c_hat is None else rows._replace(c_base=c_hat[rows.i, rows.j])
