"""The labelled arrays of a world, and whether its accounts close.

Arrays that cannot be accounts at all are refused on the way in. Three accounts have to close: what a sector sells is
what it costs to make; what an economy spends on a sector covers what its firms use of it; and every economy that sells
anything earns value added. `balance` makes them close, only when told to, and lists what moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from detente.data.codes import service_codes
from detente.data.rates import refuse_percent_of_world
from detente.errors import BadWorld, UnknownEconomy, UnknownSector
from detente.inputs import BoolArray, FloatArray, floats, names, position

AXES: Final = {"flows": "nij", "tariffs": "nij", "io": "nkj", "value_added": "nj"}
"""n importer (or the economy itself), i exporter, k input sector, j sector."""
TOLERANCE: Final = 1e-6
"""Relative. The bundled worlds are stored in single precision and close to 1e-7; 1e-6 leaves room for sums of them."""
MOVED_COLUMNS: Final = ("account", "importer", "exporter", "sector", "old", "new", "why")
"""Columns of every list of changes. For io, `exporter` holds the input sector; for value added it is empty."""


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Labelled:
    """Four read-only float64 arrays and the codes of their axes.

    flows (n, i, j): what n buys from i of j, USD million a year, net of tariffs, own sales on the diagonal;
    tariffs (n, i, j): ad-valorem fractions; io (n, k, j): what sector j of n uses of k, from anywhere, USD million;
    value_added (n, j): USD million. `services` names the sectors that no tariff measure of goods reaches.
    """

    flows: FloatArray
    tariffs: FloatArray
    io: FloatArray
    value_added: FloatArray
    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    services: tuple[str, ...]

    def __init__(
        self,
        flows: ArrayLike,
        tariffs: ArrayLike,
        io: ArrayLike | None = None,
        value_added: ArrayLike | None = None,
        economies: Sequence[str] = (),
        sectors: Sequence[str] = (),
        services: Sequence[str] | None = None,
    ) -> None:
        economies, sectors = _codes("economies", economies), _codes("sectors", sectors)
        size = {"n": len(economies), "i": len(economies), "j": len(sectors), "k": len(sectors)}
        labels = {"n": economies, "i": economies, "j": sectors, "k": sectors}

        def settle(name: str, given: ArrayLike) -> FloatArray:
            axes = AXES[name]
            array = _floats(name, given, tuple(size[a] for a in axes), axes)
            _refuse(name, array, 0.0, [labels[a] for a in axes])
            return array

        flows = settle("flows", flows)
        output = flows.sum(axis=0)
        if io is not None and value_added is None:
            raise BadWorld("io is given without value_added: give both, or neither for a world without input links")
        known: dict[str, Any] = {
            "flows": flows,
            "tariffs": tariff_array(tariffs, economies, sectors),
            "io": settle("io", np.zeros((size["n"], size["k"], size["j"])) if io is None else io),
            "value_added": settle("value_added", output if value_added is None else value_added),
            "economies": economies,
            "sectors": sectors,
            "services": _services(services, sectors),
        }
        refuse_percent_of_world(known["tariffs"], flows, economies, BadWorld)
        for field, value in known.items():
            object.__setattr__(self, field, value)

    @cached_property
    def goods(self) -> tuple[str, ...]:
        """The sectors that are not services, in order."""
        return tuple(sector for sector in self.sectors if sector not in self.services)

    @property
    def output(self) -> FloatArray:
        """Output (i, j), USD million: what i sells of j to everyone, itself included."""
        return np.asarray(self.flows.sum(axis=0))

    @property
    def expenditure(self) -> FloatArray:
        """Expenditure (n, j), USD million, gross of tariffs."""
        return np.asarray((self.flows * (1.0 + self.tariffs)).sum(axis=1))

    def index(self, economy: str) -> int:
        """Position of an economy on the axes n and i; raises UnknownEconomy."""
        return position(economy, self.economies, UnknownEconomy)

    def sector_index(self, sector: str) -> int:
        """Position of a sector on the axes j and k; raises UnknownSector."""
        return position(sector, self.sectors, UnknownSector)


def tariff_array(
    given: ArrayLike, economies: tuple[str, ...], sectors: tuple[str, ...], what: str = "tariffs"
) -> FloatArray:
    """Tariffs (n, i, j), fractions, read-only; raises BadWorld for another shape, NaN, and rates at or under −100 %."""
    size = len(economies), len(economies), len(sectors)
    array = _floats(what, given, size, AXES["tariffs"])
    _refuse(what, array, -1.0, [economies, economies, sectors])
    return array


def cell(name: str, labels: Sequence[str]) -> str:
    """A cell as a person says it, from its labels in the order of the axes: `flows of USA from CHN in C26`."""
    if name == "value_added":
        return f"value added of {labels[0]} in {labels[1]}"
    if name == "io":
        return f"io of {labels[0]}: input {labels[1]} used by {labels[2]}"
    return f"{name} of {labels[0]} from {labels[1]} in {labels[2]}"


def _codes(what: str, given: Sequence[str]) -> tuple[str, ...]:
    codes = names(given, what, BadWorld)
    if not codes:
        raise BadWorld(f"{what} is empty: name the codes of the axis, in order")
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise BadWorld(f"{what} has {', '.join(twice)} more than once: each code names one place on the axis")
    by_fold = {code.strip().casefold(): code for code in codes}
    alike = next(((code, by_fold[code.strip().casefold()]) for code in codes if code not in by_fold.values()), None)
    if alike is not None:
        raise BadWorld(
            f"{what} has {alike[0]!r} and {alike[1]!r}, which differ by case or blanks alone: write the code in one "
            "way and add up its flows"
        )
    return codes


def _floats(name: str, given: ArrayLike, shape: tuple[int, ...], axes: str) -> FloatArray:
    array = floats(given, name, BadWorld)
    if array.shape != shape:
        raise BadWorld(
            f"{name} has the shape {array.shape}, not {shape} on the axes {axes}: match economies and sectors"
        )
    return array


def _refuse(name: str, array: FloatArray, lowest: float, labels: list[tuple[str, ...]]) -> None:
    """Refuse NaN, infinite and too low values, naming the first cell of the worst kind and how many there are."""

    def place(bad: BoolArray) -> str:
        where = np.unravel_index(int(np.argmax(bad)), bad.shape)
        return cell(name, [axis[position] for axis, position in zip(labels, where, strict=True)])

    broken = ~np.isfinite(array)
    if broken.any():
        raise BadWorld(f"{place(broken)} is NaN or infinite ({broken.sum()} such cells): fill or drop it at the source")
    low = array < lowest if lowest == 0.0 else array <= lowest
    if low.any():
        worst = float(array.min())
        bound = "negative" if lowest == 0.0 else "at or under −100 %"
        raise BadWorld(
            f"{place(array == worst)} is {worst:g}, {bound} ({low.sum()} such cells): mend the source, or read it "
            "with a reader's `negative=` option, which lists what it moves"
        )


def _services(given: Sequence[str] | None, sectors: tuple[str, ...]) -> tuple[str, ...]:
    if given is None:
        return tuple(sector for sector in sectors if sector in service_codes())
    for sector in names(given, "services", BadWorld):
        if sector not in sectors:
            raise UnknownSector(sector, sectors, where="services")
    return tuple(sector for sector in sectors if sector in given)


def check(world: Labelled) -> None:
    """Close every account to 1e-6 relative.

    Raises BadWorld naming the worst cell, its gap, and what to try: output[i, j] = Σ_k io[i, k, j] + value_added[i, j];
    final demand = expenditure − Σ_j io ≥ 0; an economy with sales has value added.
    """
    _check_output(world, world.output, world.io.sum(axis=1) + world.value_added)
    _check_final_demand(world)
    idle = (world.value_added.sum(axis=1) == 0) & (world.output.sum(axis=1) > 0)
    if idle.any():
        raise BadWorld(
            f"{world.economies[int(np.argmax(idle))]} sells but has no value added, so nobody there earns anything: "
            "give its value added, or merge it into another economy with aggregate()"
        )


def balance(world: Labelled) -> tuple[FloatArray, FloatArray, pd.DataFrame]:
    """io (n, k, j) and value_added (n, j), USD million, that close every account of `check`, and the list of moves.

    Flows and tariffs stay. First the costs of each sector, inputs and value added alike, are scaled to its output,
    which keeps the cost shares (where a sector sells but has no costs, all its output becomes value added). Then an
    input use over the economy's whole expenditure on it is scaled down to it, and the value added of its users takes
    the rest.
    """
    output = world.output
    costs = world.io.sum(axis=1) + world.value_added
    scale = np.divide(output, costs, out=np.zeros_like(output), where=costs > 0)
    scale[np.abs(output - costs) <= TOLERANCE * np.maximum(output, costs)] = 1.0
    io = world.io * scale[:, None, :]
    value_added = np.where((costs == 0) & (output > 0), output, world.value_added * scale)
    used, spent = io.sum(axis=2), world.expenditure
    keep = np.where(
        used > spent * (1.0 + TOLERANCE), np.divide(spent, used, out=np.ones_like(used), where=used > 0), 1.0
    )
    freed = (io * (1.0 - keep)[:, :, None]).sum(axis=1)
    io, value_added = io * keep[:, :, None], value_added + freed
    moved = pd.concat(
        [_moves(world, "io", world.io, io), _moves(world, "value_added", world.value_added, value_added)],
        ignore_index=True,
    )
    return io, value_added, moved


def no_moves() -> pd.DataFrame:
    """An empty list of changes."""
    return moves([])


def moves(rows: list[tuple[str, str, str, str, float, float, str]]) -> pd.DataFrame:
    """A list of changes from its rows, in the columns of MOVED_COLUMNS."""
    frame = pd.DataFrame(rows, columns=list(MOVED_COLUMNS))
    return frame.astype({"old": "float64", "new": "float64"})


def _worst(gap: FloatArray, size: FloatArray) -> tuple[float, int, int, int]:
    """The largest gap of an account relative to its size, its row and column, and how many are over TOLERANCE."""
    part = np.divide(gap, size, out=np.zeros_like(size), where=size > 0)
    row, column = np.unravel_index(int(part.argmax()), part.shape)
    return float(part[row, column]), int(row), int(column), int((part > TOLERANCE).sum())


def _check_output(world: Labelled, output: FloatArray, costs: FloatArray) -> None:
    worst, i, j, cells = _worst(np.abs(output - costs), np.maximum(output, costs))
    if worst > TOLERANCE:
        raise BadWorld(
            f"output of {world.economies[i]} in {world.sectors[j]} is {output[i, j]:,.6g} (USD mn) but its inputs and "
            f"value added sum to {costs[i, j]:,.6g}, a gap of {worst:.2%} ({cells} such cells): mend flows, io or "
            "value_added, or run `world.balance()`, which scales costs to output and lists what moved"
        )


def _check_final_demand(world: Labelled) -> None:
    spent, used = world.expenditure, world.io.sum(axis=2)
    worst, n, k, cells = _worst(used - spent, np.maximum(spent, used))
    if worst > TOLERANCE:
        raise BadWorld(
            f"firms of {world.economies[n]} use {used[n, k]:,.6g} (USD mn) of {world.sectors[k]} but the economy "
            f"spends only {spent[n, k]:,.6g} on it, so final demand is negative by {worst:.2%} ({cells} such cells): "
            "mend io or flows, or run `world.balance()`, which cuts the inputs to what is spent and lists what moved"
        )


def _moves(world: Labelled, account: str, old: FloatArray, new: FloatArray) -> pd.DataFrame:
    """Every cell of one account that changed."""
    rows: list[tuple[str, str, str, str, float, float, str]] = []
    for where in np.argwhere(old != new):
        at = tuple(int(position) for position in where)
        source = world.sectors[at[1]] if account == "io" else ""
        rows.append(
            (account, world.economies[at[0]], source, world.sectors[at[-1]], float(old[at]), float(new[at]), "balanced")
        )
    return moves(rows)
