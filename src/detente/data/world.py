"""A world: who sells what to whom, at which tariff, made of what. It knows no model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from detente.data import accounts
from detente.data.aggregate import merge
from detente.data.exported import Exported, cells
from detente.data.labelled import Labelled
from detente.data.provenance import Provenance
from detente.errors import BadWorld
from detente.inputs import require


@dataclass(frozen=True, init=False, eq=False, repr=False)
class World(Labelled, Exported):
    """The accounts of one year, read-only, with the provenance that travels into every result.

    flows (n, i, j), USD million a year, n importer, i exporter, net of tariffs, own sales on the diagonal; tariffs
    (n, i, j), fractions; io (n, k, j), USD million of input k, from anywhere, used by sector j of n; value_added
    (n, j), USD million. Without io and value_added there are no input links and value added is output. `moved` lists
    every cell that a build, a reader or `balance` changed. `services` are the sectors that are no goods; None takes
    them from the sector table, where a code it does not know counts as goods.

    Raises BadWorld for NaN, infinite or negative values, tariffs at or under −100 %, wrong shapes and repeated codes;
    whether the accounts close is `check`'s to say.
    """

    name: str
    year: int | None
    provenance: Provenance
    moved: pd.DataFrame

    def __init__(
        self,
        flows: ArrayLike,
        tariffs: ArrayLike,
        io: ArrayLike | None = None,
        value_added: ArrayLike | None = None,
        economies: Sequence[str] = (),
        sectors: Sequence[str] = (),
        name: str = "unnamed",
        year: int | None = None,
        provenance: Provenance | None = None,
        services: Sequence[str] | None = None,
        moved: pd.DataFrame | None = None,
    ) -> None:
        super().__init__(flows, tariffs, io, value_added, economies, sectors, services)
        moved = accounts.no_moves() if moved is None else moved
        require(pd.DataFrame, moved, "moved", f"give a table with the columns {', '.join(accounts.MOVED_COLUMNS)}")
        if tuple(moved.columns) != accounts.MOVED_COLUMNS:
            raise BadWorld(f"moved has the columns {list(moved.columns)}, not {list(accounts.MOVED_COLUMNS)}")
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "year", year)
        object.__setattr__(self, "provenance", provenance or Provenance())
        object.__setattr__(self, "moved", moved)

    def __repr__(self) -> str:
        year = f", {self.year}" if self.year is not None else ""
        return f"World({self.name!r}{year}: {len(self.economies)} economies × {len(self.sectors)} sectors)"

    def tables(self) -> dict[str, pd.DataFrame]:
        """economies (output, exports, imports, value_added), sectors (goods or not, output, traded), flows, moved.

        USD million a year, net of tariffs; flows leaves out cells without trade; tariffs are fractions.
        """
        own = np.eye(len(self.economies), dtype=bool)[:, :, None]
        abroad = np.where(own, 0.0, self.flows)
        economies = {
            "economy": self.economies,
            "output": self.flows.sum((0, 2)),
            "exports": abroad.sum((0, 2)),
            "imports": abroad.sum((1, 2)),
            "value_added": self.value_added.sum(1),
        }
        sectors = {
            "sector": self.sectors,
            "goods": [code in self.goods for code in self.sectors],
            "output": self.flows.sum((0, 1)),
            "traded": abroad.sum((0, 1)),
        }
        flows = cells({"flow": self.flows, "tariff": self.tariffs}, self.economies, self.sectors, self.flows > 0)
        return {
            "economies": pd.DataFrame(economies), "sectors": pd.DataFrame(sectors), "flows": flows, "moved": self.moved,
        }  # fmt: skip

    def check(self) -> None:
        """Close every account to 1e-6 relative; raises BadWorld naming the worst cell, its gap and what to try."""
        accounts.check(self)

    def balance(self) -> World:
        """A world whose accounts close, flows and tariffs unchanged: see `detente.data.accounts.balance`.

        Every cell that moved is in `moved`, and the provenance says how much that was.
        """
        io, value_added, moved = accounts.balance(self)
        total = float(np.abs(moved["new"] - moved["old"]).sum())
        sentence = (
            f"balance() changed {len(moved)} cells of io and value added, {total:,.6g} USD mn in all, "
            "so that costs equal output and inputs do not exceed expenditure"
        )
        if moved.empty:
            return self
        return World(
            self.flows,
            self.tariffs,
            io,
            value_added,
            self.economies,
            self.sectors,
            self.name,
            self.year,
            self.provenance.with_replaced(sentence),
            self.services,
            moved if self.moved.empty else pd.concat([self.moved, moved], ignore_index=True),
        )

    def aggregate(
        self,
        economies: Mapping[str, Sequence[str]] | None = None,
        sectors: Mapping[str, Sequence[str]] | None = None,
        *,
        name: str | None = None,
    ) -> World:
        """The world with economies and sectors merged, `{"EUN": ["DEU", "FRA"]}`; what is not named stays.

        `name` is what the new world is called, by default the old name and the new size.

        Sums stay, tariffs are weighted by trade and revenue stays, trade inside a merger becomes own sales that keep
        their tariff: see `detente.data.aggregate.merge`, errors included.
        """
        merged = merge(self, economies, sectors)
        size = f"{len(merged.economies)} × {len(merged.sectors)}"
        notes = [f"aggregated from {len(self.economies)} × {len(self.sectors)} to {size}, tariffs weighted by trade"]
        notes += [
            f"trade inside {code} is own sales now and carries {revenue:,.6g} USD mn of its tariffs"
            for code, revenue in merged.own_revenue.items()
        ]
        return World(
            merged.flows,
            merged.tariffs,
            merged.io,
            merged.value_added,
            merged.economies,
            merged.sectors,
            name=name or f"{self.name}, aggregated to {size}",
            year=self.year,
            provenance=self.provenance.with_notes(*notes),
            services=merged.services,
            moved=self.moved,
        )
