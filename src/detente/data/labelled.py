"""The arrays of a world with their labels, refused on the way in where they cannot be accounts at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.data.names import service_codes
from detente.errors import BadWorld, UnknownEconomy, UnknownSector
from detente.inputs import floats, names

Floats = NDArray[np.float64]

AXES: Final = {"flows": "nij", "tariffs": "nij", "io": "nkj", "value_added": "nj"}
"""n importer (or the economy itself), i exporter, k input sector, j sector."""


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Labelled:
    """Four read-only float64 arrays and the codes of their axes.

    flows (n, i, j): what n buys from i of j, USD million a year, net of tariffs, own sales on the diagonal;
    tariffs (n, i, j): ad-valorem fractions; io (n, k, j): what sector j of n uses of k, from anywhere, USD million;
    value_added (n, j): USD million. `services` names the sectors that no tariff measure of goods reaches.
    """

    flows: Floats
    tariffs: Floats
    io: Floats
    value_added: Floats
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

        def settle(name: str, given: ArrayLike, lowest: float) -> Floats:
            axes = AXES[name]
            array = _floats(name, given, tuple(size[a] for a in axes), axes)
            _refuse(name, array, lowest, [labels[a] for a in axes])
            return array

        flows = settle("flows", flows, 0.0)
        output = flows.sum(axis=0)
        if io is not None and value_added is None:
            raise BadWorld("io is given without value_added: give both, or neither for a world without input links")
        known = {
            "flows": flows,
            "tariffs": settle("tariffs", tariffs, -1.0),
            "io": settle("io", np.zeros((size["n"], size["k"], size["j"])) if io is None else io, 0.0),
            "value_added": settle("value_added", output if value_added is None else value_added, 0.0),
            "economies": economies,
            "sectors": sectors,
            "services": _services(services, sectors),
        }
        for field, value in known.items():
            object.__setattr__(self, field, value)

    @property
    def goods(self) -> tuple[str, ...]:
        """The sectors that are not services, in order."""
        return tuple(sector for sector in self.sectors if sector not in self.services)

    @property
    def output(self) -> Floats:
        """Output (i, j), USD million: what i sells of j to everyone, itself included."""
        return np.asarray(self.flows.sum(axis=0))

    @property
    def expenditure(self) -> Floats:
        """Expenditure (n, j), USD million, gross of tariffs."""
        return np.asarray((self.flows * (1.0 + self.tariffs)).sum(axis=1))

    def index(self, economy: str) -> int:
        """Position of an economy on the axes n and i; raises UnknownEconomy."""
        if economy not in self.economies:
            raise UnknownEconomy(economy, self.economies)
        return self.economies.index(economy)

    def sector_index(self, sector: str) -> int:
        """Position of a sector on the axes j and k; raises UnknownSector."""
        if sector not in self.sectors:
            raise UnknownSector(sector, self.sectors)
        return self.sectors.index(sector)


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
    return codes


def _floats(name: str, given: ArrayLike, shape: tuple[int, ...], axes: str) -> Floats:
    array = floats(given, name, BadWorld)
    if array.shape != shape:
        raise BadWorld(
            f"{name} has the shape {array.shape}, not {shape} on the axes {axes}: match economies and sectors"
        )
    return array


def _refuse(name: str, array: Floats, lowest: float, labels: list[tuple[str, ...]]) -> None:
    """Refuse NaN, infinite and too low values, naming the first cell of the worst kind and how many there are."""

    def place(bad: NDArray[np.bool_]) -> str:
        where = np.unravel_index(int(np.argmax(bad)), bad.shape)
        return cell(name, [axis[position] for axis, position in zip(labels, where, strict=True)])

    broken = ~np.isfinite(array)
    if broken.any():
        raise BadWorld(f"{place(broken)} is NaN or infinite ({broken.sum()} such cells): fill or drop it at the source")
    low = array <= lowest if name == "tariffs" else array < lowest
    if low.any():
        worst = float(array.min())
        bound = "at or under −100 %" if name == "tariffs" else "negative"
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
