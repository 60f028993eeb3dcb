"""A world: who sells what to whom, at which tariff, made of what, and where these numbers come from. It knows no model.

`Provenance` travels with a world into every result: its source, its known defects, and what was changed to make it.
`Source` says where a single fact comes from: the words, the document, and their place in it.

Economies and sectors can be merged: sums stay sums, and tariff revenue stays tariff revenue. A party that is a bloc, a
customs union, enters the world as one economy made of its members.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, Field, model_validator

from detente import inputs
from detente.data import accounts
from detente.data.accounts import Labelled
from detente.data.exported import Exported, cells
from detente.errors import BadInput, BadTable, BadWorld, UnknownEconomy, UnknownName, UnknownSector
from detente.inputs import FloatArray, require


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


@dataclass(frozen=True)
class Merged:
    """The arrays and codes of a merged world, and the tariff revenue (USD mn) on the own sales of each merger."""

    flows: FloatArray
    tariffs: FloatArray
    io: FloatArray
    value_added: FloatArray
    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    services: tuple[str, ...]
    own_revenue: dict[str, float]


def merge(
    world: Labelled,
    economies: Mapping[str, Sequence[str]] | None = None,
    sectors: Mapping[str, Sequence[str]] | None = None,
) -> Merged:
    """Merge the members of each group into one economy or sector; what is not named stays.

    A merger takes the place of its first member on the axis, so the order in which groups or members are written
    changes nothing. Flows, io and value added are summed. A tariff is weighted by trade, Σ t F / Σ F, so the revenue of
    every merged cell is the sum of its members'; where the members trade nothing it is their plain mean. Trade between
    members becomes own sales and keeps its tariff, on the diagonal, so revenue, expenditure and deficits stay as they
    were. A merged sector is a service only if all its members are.

    Raises UnknownEconomy or UnknownSector for a member that the world lacks, BadInput for a code used twice, an empty
    group, or a new code that an economy or sector outside the group already has.
    """
    names, group = _groups(world.economies, economies or {}, "economies", UnknownEconomy)
    sector_names, sector_group = _groups(world.sectors, sectors or {}, "sectors", UnknownSector)
    at = _membership(group, len(names))
    of = _membership(sector_group, len(sector_names))

    def cells(array: FloatArray) -> FloatArray:
        return np.asarray(np.einsum("nij,nN,iI,jJ->NIJ", array, at, at, of, optimize=True))

    flows, revenue = cells(world.flows), cells(world.flows * world.tariffs)
    members = cells(np.ones_like(world.tariffs))
    plain = cells(world.tariffs) / members
    tariffs = np.divide(revenue, flows, out=plain, where=(flows > 0) & (members > 1))
    services = tuple(
        name
        for J, name in enumerate(sector_names)
        if all(code in world.services for code, g in zip(world.sectors, sector_group, strict=True) if g == J)
    )
    own = np.einsum("NNJ,NNJ->N", flows, tariffs)
    return Merged(
        flows=flows,
        tariffs=tariffs,
        io=np.asarray(np.einsum("nkj,nN,kK,jJ->NKJ", world.io, at, of, of, optimize=True)),
        value_added=at.T @ world.value_added @ of,
        economies=names,
        sectors=sector_names,
        services=services,
        own_revenue={names[g]: float(own[g]) for g in range(len(names)) if group.count(g) > 1 and own[g] > 0},
    )


def _groups(
    codes: tuple[str, ...], wanted: Mapping[str, Sequence[str]], what: str, unknown: type[UnknownName]
) -> tuple[tuple[str, ...], list[int]]:
    """The new codes in order, and for each old code the position of its new one."""
    into: dict[str, str] = {}
    for name, given in inputs.mapping(wanted, what).items():
        inputs.names([name], f"the new codes of {what}")
        members = inputs.names(given, f"group {name!r} of {what}")
        if not members:
            raise BadInput(f"group {name!r} of {what} is empty: list at least one code")
        for code in members:
            if code not in codes:
                raise unknown(code, codes, where=f"group {name!r} of {what}")
            if code in into:
                raise BadInput(f"{code!r} is used twice among the {what}: in {into[code]!r} and in {name!r}")
            into[code] = name
    for name in wanted:
        if name in codes and into.get(name) != name:
            raise BadInput(f"group {name!r} has the code of one of the {what} outside it: give the group another code")
    new = [into.get(code, code) for code in codes]
    names = tuple(dict.fromkeys(new))
    place = {name: position for position, name in enumerate(names)}
    return names, [place[name] for name in new]


def _membership(group: list[int], size: int) -> FloatArray:
    """(old, new) matrix of ones and zeros."""
    member = np.zeros((len(group), size))
    member[np.arange(len(group)), group] = 1.0
    return member


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
        known = {"name": name, "year": year, "provenance": provenance or Provenance(), "moved": moved}
        for field, value in known.items():
            object.__setattr__(self, field, value)

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
        their tariff: see `detente.data.world.merge`, errors included.
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
