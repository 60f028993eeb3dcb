"""A world: who sells what to whom, at which tariff, made of what, and where these numbers come from. It knows no model.

`Provenance` travels with a world into every result: its source, its known defects, and what was changed to make it.
`Source` says where a single fact comes from: the words, the document, and their place in it.

Economies and sectors can be merged: see `detente.data.merging`. A party that is a bloc, a customs union, enters the
world as one economy made of its members. Base tariffs may be known by several rules: see `detente.data.base_tariffs`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, Field, model_validator

from detente.data import accounts
from detente.data.accounts import Labelled
from detente.data.base_tariffs import (
    GIVEN,
    NOTE,
    BaseRevenue,
    Origins,
    TariffSources,
    cells_of,
    revenue_of,
    sources_of,
)
from detente.data.exported import Exported, cells
from detente.data.merging import merge
from detente.data.persons import counted
from detente.data.plausibility import believed_year, doubts, warned
from detente.data.us_check import check_products
from detente.errors import BadInput, BadTable, BadWorld, UnknownTariffs
from detente.inputs import FloatArray, require
from detente.usual_names import bloc_called


@dataclass(frozen=True)
class Provenance:
    """The provenance of a world, which every result repeats.

    `known_defects` are the source's, `replaced` is what was changed on purpose (by a build, a reader, `balance` or
    `aggregate`), one sentence each; both are printed with every result.
    """

    source: str = "given by the user"
    licence: str = "not stated"
    attribution: str = ""
    vintage: str = ""
    known_defects: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def with_replaced(self, *sentences: str) -> Self:
        """The same provenance with more changes listed."""
        return replace(self, replaced=(*self.replaced, *sentences))

    def with_notes(self, *sentences: str) -> Self:
        """The same provenance with more notes."""
        return replace(self, notes=(*self.notes, *sentences))

    def as_dict(self) -> dict[str, str | list[str]]:
        """Plain values for JSON; `from_dict` reads them back."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, given: Mapping[str, object]) -> Self:
        """The provenance that `as_dict` wrote; raises BadTable for a key it does not know."""
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(given) - known)
        if unknown:
            raise BadTable(f"provenance has the keys {', '.join(unknown)}; allowed: {', '.join(sorted(known))}")
        texts = {key: str(value) for key, value in given.items() if isinstance(value, str)}
        lists = {
            key: tuple(str(item) for item in value) for key, value in given.items() if isinstance(value, list | tuple)
        }
        if len(texts) + len(lists) != len(given):
            raise BadTable("provenance holds texts and lists of texts, nothing else")
        return cls(**texts, **lists)  # type: ignore[arg-type]  # keys are checked above, kinds by the file's writer


class Source(BaseModel):
    """The source of one fact of a dispute file.

    A fact has at least one of a quote, a document or an address. `span` counts characters of the document, first
    included, last excluded, so `document_text[start:end] == quote`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    quote: str | None = Field(default=None, min_length=1, description="the words of the document that state the fact")
    document: str | None = Field(default=None, min_length=1, description="name of the document, without its suffix")
    span: tuple[int, int] | None = Field(default=None, description="characters of the document: [start, end)")
    url: str | None = Field(default=None, min_length=1, description="the address of the document")
    note: str | None = Field(default=None, min_length=1, description="a remark on the source")

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if self.quote is None and self.document is None and self.url is None:
            raise ValueError("a source says where the fact is from: give a quote, a document or a url")
        if self.span is not None:
            start, end = self.span
            if self.document is None:
                raise ValueError(f"span [{start}, {end}] counts characters of a document: name the document")
            if not 0 <= start < end:
                raise ValueError(f"span [{start}, {end}] is empty or negative: give [start, end) with 0 <= start < end")
        return self

    def verify(self, text: str) -> None:
        """Check the quote against the text of its document; raises BadInput where it is not there.

        Line breaks and runs of blanks count as one blank when no span is given; a span has to match exactly.
        """
        if self.quote is None:
            return
        if self.span is not None:
            found = text[self.span[0] : self.span[1]]
            if found != self.quote:
                raise BadInput(f"{self.document} has {found!r} at {list(self.span)}, not {self.quote!r}: mend the span")
        elif " ".join(self.quote.split()) not in " ".join(text.split()):
            raise BadInput(f"{self.document or 'the document'} does not say {self.quote!r}: quote its words exactly")


def _with_members(
    world: World, economies: Mapping[str, Sequence[str]] | None
) -> tuple[Mapping[str, Sequence[str]] | None, list[str]]:
    """Groups of economies with the members of the world's year in place of blocs, and a note for each bloc."""
    if not isinstance(economies, Mapping) or world.year is None:
        return economies, []
    day, notes, groups = f"{world.year}-12-31", [], {}
    for code, given in economies.items():
        members: list[str] = []
        for name in given if isinstance(given, list | tuple) else ():
            bloc = bloc_called(name) if isinstance(name, str) and name not in world.economies else None
            its_day = bloc.day_of(name, day) if bloc is not None else day
            known = bloc.members(its_day, world.economies) if bloc is not None else ()
            if bloc is not None and known:
                notes.append(f"{name} is read as the {len(known)} members of {bloc.title} on {its_day}")
            members += known or [name]
        groups[code] = members if isinstance(given, list | tuple) else given
    return groups, notes


def with_blocs(world: World, parties: Mapping[str, Any]) -> World:
    """The world with every bloc among the parties as one economy; `parties` as the file has them, or validated.

    A bloc whose code the world has already is left as it is, and so is one with a member that the world lacks or that
    stands in two blocs: the checks of the file name it.
    """
    groups: dict[str, tuple[str, ...]] = {}
    taken: set[str] = set()
    for code, party in parties.items():
        given = party.get("members") if isinstance(party, Mapping) else getattr(party, "members", ())
        members = tuple(given) if isinstance(given, list | tuple) else ()
        known = all(isinstance(member, str) and member in world.economies for member in members)
        if members and known and code not in world.economies and not taken & set(members):
            groups[code] = members
            taken |= set(members)
    return world.aggregate(economies=groups, name=world.name) if groups else world


_ARGUMENTS: Final = (
    "flows", "tariffs", "io", "value_added", "economies", "sectors", "name", "year", "provenance", "services", "moved",
    "tariff_sources", "tariff_source", "origins", "persons",
)  # fmt: skip


@dataclass(frozen=True, init=False, eq=False, repr=False)
class World(Labelled, Exported):
    """The accounts of one year, read-only, with the provenance that travels into every result.

    flows (n, i, j), USD million a year, n importer, i exporter, net of tariffs, own sales on the diagonal; tariffs
    (n, i, j), fractions; io (n, k, j), USD million of input k, from anywhere, used by sector j of n; value_added
    (n, j), USD million. Without io and value_added there are no input links and value added is output. `moved` lists
    every cell that a reader or `balance` changed. `services` are the sectors that are no goods; None takes
    them from the sector table, where a code it does not know counts as goods.

    `tariff_sources` holds the base tariffs (n, i, j) by rule, and `tariff_source` names the rule of `tariffs`. A world
    of your own has one rule, called `given`, unless you give more. Bundled worlds have `simple`, `scaled` and
    `collected`: see `detente.data.base_rules`. `origins` says where each cell is from; a world of your own needs none.

    Raises BadWorld for NaN, infinite or negative values, tariffs at or under −100 %, wrong shapes, codes that repeat or
    differ by case or blanks alone, and a world in which nobody buys at home; whether the accounts close is `check`'s
    to say. Warns of what no bundled world comes near, and keeps the sentences in the notes of the provenance: see
    `detente.data.plausibility`.
    """

    name: str
    year: int | None
    provenance: Provenance
    moved: pd.DataFrame
    tariff_source: str
    tariff_sources: TariffSources
    origins: Origins
    persons: FloatArray

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
        tariff_sources: Mapping[str, ArrayLike] | None = None,
        tariff_source: str = GIVEN,
        origins: Origins | None = None,
        persons: ArrayLike | None = None,
    ) -> None:
        self._settle(
            flows, tariffs, io, value_added, economies, sectors, name, year, provenance, services, moved,
            tariff_sources, tariff_source, origins, persons,
        )  # fmt: skip
        notes = warned(doubts(self, self.year), self.provenance.notes)
        object.__setattr__(self, "provenance", self.provenance.with_notes(*notes))

    def _settle(
        self,
        flows: ArrayLike,
        tariffs: ArrayLike,
        io: ArrayLike | None,
        value_added: ArrayLike | None,
        economies: Sequence[str],
        sectors: Sequence[str],
        name: str,
        year: int | None,
        provenance: Provenance | None,
        services: Sequence[str] | None,
        moved: pd.DataFrame | None,
        tariff_sources: Mapping[str, ArrayLike] | None,
        tariff_source: str,
        origins: Origins | None,
        persons: ArrayLike | None,
    ) -> None:
        """Set every field; whether the world is plausible is not asked."""
        super().__init__(flows, tariffs, io, value_added, economies, sectors, services)
        moved = accounts.no_moves() if moved is None else moved
        require(pd.DataFrame, moved, "moved", f"give a table with the columns {', '.join(accounts.MOVED_COLUMNS)}")
        if tuple(moved.columns) != accounts.MOVED_COLUMNS:
            raise BadWorld(f"moved has the columns {list(moved.columns)}, not {list(accounts.MOVED_COLUMNS)}")
        known = {
            "name": name,
            "year": believed_year(year),
            "provenance": provenance or Provenance(),
            "moved": moved,
            "tariff_source": tariff_source,
            "tariff_sources": sources_of(self.tariffs, tariff_source, tariff_sources, self.economies, self.sectors),
            "origins": origins or Origins(),
            "persons": counted(persons, self.economies),
        }
        for field, value in known.items():
            object.__setattr__(self, field, value)

    def _derived(self, **changes: Any) -> World:
        """The world with some arguments changed. What was unlikely about it is in its provenance, and not asked again:
        merged economies may be as closed or as large as no single one."""
        world = World.__new__(World)
        world._settle(**{name: getattr(self, name) for name in _ARGUMENTS} | changes)
        return world

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
        """Close every account to 1e-6 relative; raises BadWorld naming the worst cell, its gap and what to try.

        In a bundled world the US row is also compared with its products: partners without a named preference pay the
        same on the same code. See `detente.data.us_check`.
        """
        accounts.check(self)
        check_products(self, self.tariff_sources, self.origins)

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
        return self._derived(
            io=io,
            value_added=value_added,
            provenance=self.provenance.with_replaced(sentence),
            moved=moved if self.moved.empty else pd.concat([self.moved, moved], ignore_index=True),
        )

    def with_tariffs(self, rule: str) -> World:
        """The world with the base tariffs of another rule, a name in `tariff_sources`; the provenance says so.

        Raises UnknownTariffs for a name that the world does not have.
        """
        if rule not in self.tariff_sources:
            raise UnknownTariffs(rule, self.tariff_sources, where=self.name)
        if rule == self.tariff_source:
            return self
        kept = tuple(note for note in self.provenance.notes if not note.startswith(NOTE))
        provenance = replace(self.provenance, notes=(f"{NOTE}the rule {rule!r}", *kept))
        return self._derived(tariffs=self.tariff_sources[rule], tariff_source=rule, provenance=provenance)

    def tariff_cells(self, importer: str | None = None, exporter: str | None = None) -> pd.DataFrame:
        """One row a cell between two economies, at the rule in use; rates are fractions.

        Columns: importer, exporter, sector, tariff; source, such as `customs 2017` or `simple average`; ordinary and
        additional, the ordinary duty and the measures in force, which sum to the tariff; preference, the agreement or
        scheme under which the importer takes the exporter's goods, empty where none is known; and a column an authority
        of the measures in force, which sum to `additional`. Give an importer or an exporter for its cells alone.

        Raises UnknownEconomy.
        """
        return cells_of(self, self.origins, self.tariff_source, importer, exporter)

    def base_revenue(self, importer: str) -> BaseRevenue:
        """Tariff revenue of an importer before any shock, at the rule in use, beside what customs collected.

        The difference of rates is split into coverage and composition, and the ratio of imports says why dollars
        differ where rates agree: see `detente.data.base_tariffs.BaseRevenue`. An importer that was merged with others,
        or is of a world of your own, has no collected figure. Raises UnknownEconomy.
        """
        return revenue_of(self, self.origins, importer)

    def aggregate(
        self,
        economies: Mapping[str, Sequence[str]] | None = None,
        sectors: Mapping[str, Sequence[str]] | None = None,
        *,
        name: str | None = None,
    ) -> World:
        """The world with economies and sectors merged, `{"EUN": ["DEU", "FRA"]}`; what is not named stays.

        `name` is what the new world is called, by default the old name and the new size. A member may be named as
        usual, `UK`, and may be a bloc, `EU`: its members at the end of the world's year are meant, and a note says so.

        Sums stay, tariffs are weighted by trade and revenue stays, trade inside a merger becomes own sales that keep
        their tariff: see `detente.data.merging.merge`, errors included. The tariffs of every rule are merged alike.
        """
        others = {rule: tariffs for rule, tariffs in self.tariff_sources.items() if rule != self.tariff_source}
        economies, read = _with_members(self, economies)
        merged = merge(self, economies, sectors, others)
        groups = merged.groups
        size = f"{len(groups.economies)} × {len(groups.sectors)}"
        notes = [
            f"aggregated from {len(self.economies)} × {len(self.sectors)} to {size}, tariffs weighted by trade",
            *read,
        ]
        notes += [
            f"trade inside {code} is own sales now and carries {revenue:,.6g} USD mn of its tariffs"
            for code, revenue in merged.own_revenue.items()
        ]
        return self._derived(
            flows=merged.flows,
            tariffs=merged.tariffs,
            io=merged.io,
            value_added=merged.value_added,
            economies=groups.economies,
            sectors=groups.sectors,
            name=name or f"{self.name}, aggregated to {size}",
            provenance=self.provenance.with_notes(*notes),
            services=merged.services,
            tariff_sources={rule: merged.rates.get(rule, merged.tariffs) for rule in self.tariff_sources},
            origins=self.origins.merged(groups, self.economies, self.flows),
            persons=np.bincount(groups.economy_of, weights=self.persons),
        )
