"""How the duty on one product from one partner comes about, act by act.

The goods of the product are told apart as the model tells them apart: goods that claim a preference, exempt lines, the
share that a measure by value covers. On each piece the acts stand in the order in which they began; what each adds is
its contribution, so that the acts and the base tariff add up to the duty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import numpy as np

from detente.data.exported import Shown
from detente.data.products.reading import Product, read_codes
from detente.data.world import World
from detente.errors import BadInput, enumerate_names
from detente.inputs import BoolArray, IntArray
from detente.policy.contributions import contributions
from detente.policy.coverage import KINDS, Sheet, sheet_of
from detente.policy.distinct import distinct_rows
from detente.policy.exemptions import spared
from detente.policy.instruments import in_words
from detente.policy.measure import Goods, Measure, TariffLine, since
from detente.policy.reach import left_over
from detente.policy.stacking import NONE, ChargedTerms, Displaced, Layers, layers, over_base

State = Literal["charged", "displaced", "exempt", "claims a preference", "not in its goods", "held by the base tariff"]
"""What an act does to goods; `displaced` is displaced from all of their value."""


@dataclass(frozen=True)
class Act:
    """One measure on one piece of the product.

    state: what it does. kind, rate: what it asks for (`add`, `set` or `total`, a fraction); of: the share of value
    that it is charged on, after what displaces it; adds: to the duty, a fraction of the whole value. displaced_by,
    displaces: ids of other measures; preference: that goods outside it claim.
    """

    measure: str
    title: str | None
    authority: str | None
    state: State
    kind: str | None = None
    rate: float = 0.0
    of: float = 0.0
    adds: float = 0.0
    displaced_by: tuple[str, ...] = ()
    displaces: tuple[str, ...] = ()
    preference: str | None = None


@dataclass(frozen=True)
class Piece:
    """Goods of the product that every act treats alike.

    share: of its trade; ordinary: the ordinary duty of its sector; in_base: authority → measure in force in the base
    tariff; acts; cut: what is given back where cuts would take the duty under zero; duty: the sum. Fractions.
    """

    sector: str
    share: float
    ordinary: float
    in_base: Mapping[str, float]
    acts: tuple[Act, ...]
    cut: float
    duty: float


@dataclass(frozen=True)
class Explanation(Shown):
    """How the duty of an importer on one product of a partner comes about.

    code, edition: the product as it was read; pieces: its goods; duty: their average, weighted by trade; notes.
    """

    importer: str
    exporter: str
    code: str
    edition: str
    on: str | None
    world: str
    pieces: tuple[Piece, ...]
    duty: float
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain values; rates are fractions."""
        pieces = [
            {**vars(piece), "in_base": dict(piece.in_base), "acts": [_plain(act) for act in piece.acts]}
            for piece in self.pieces
        ]
        return {**vars(self), "pieces": pieces, "notes": list(self.notes)}


def _plain(act: Act) -> dict[str, Any]:
    return {**vars(act), "displaced_by": list(act.displaced_by), "displaces": list(act.displaces)}


def product_of(code: str, importer: str) -> Product:
    """The product of a code that has goods of a sector. Raises BadInput with what is wrong with any other."""
    reading = read_codes([code], importer=importer)
    if reading.faults:
        raise BadInput(reading.faults[0].message)
    product = reading.products[0]
    if product.status == "unknown":
        near = f"; near it are {', '.join(product.suggestions)}" if product.suggestions else ""
        raise BadInput(f"product code {code} is not known{near}: `detente products WORDS` finds codes by words")
    if not product.covers or product.status == "no-sector":
        raise BadInput(f"product code {code} is of no goods sector ({product.kind}): no duty is computed for it")
    return product


def only_importer(exporter: str, pairs: Sequence[tuple[str, str]]) -> str:
    """The economy whose measures reach the goods of a partner; raises BadInput where there are several, or none."""
    found = [importer for importer, other in pairs if other == exporter]
    if len(found) == 1:
        return found[0]
    said = f"{enumerate_names(found)} have" if found else "nobody has"
    raise BadInput(f"{said} measures on the goods of {exporter}: name the importer (--by, importer=)")


def explain(
    world: World,
    importer: str,
    exporter: str,
    code: str,
    measures: Sequence[Measure],
    displaced: Displaced,
    on: date | None = None,
) -> Explanation:
    """The duty on a product where measures that reach the pair hold, none of which another one supersedes.

    Raises BadInput for a code that is not known or is of no goods sector, BadMeasure where measures contradict each
    other.
    """
    product = product_of(code, importer)
    probe = Measure(
        id="-".join(["explained", *(measure.id for measure in measures)]),
        by=importer,
        on=(exporter,),
        status="proposed",
        goods=Goods(codes=(TariffLine(hs=product.code),), hs=product.edition),
        add="0%",
    )
    order = sorted(measures, key=lambda its: (since(its), its.id))
    sheet = sheet_of(world, importer, exporter, [*order, probe])
    sheet = replace(sheet, rates=sheet.rates + sheet.unit)
    rows = sheet.kinds[:, -1] != NONE
    if not rows.any():
        raise BadInput(f"product code {code} is of no goods sector of {world.name}: no duty is computed for it")
    groups = _grouped(sheet, np.flatnonzero(rows), _exempt(world, sheet, order))
    flows = world.flows[world.index(importer), world.index(exporter)]
    notes = list(sheet.units.notes)
    notes += [
        f"measure {its.id!r} is {in_words(its)}: the rate within it is shown" for its in order if its.quota is not None
    ]
    worth = np.array([share * flows[sheet.sector[first]] for first, share, _ in groups])
    if not worth.sum():
        notes.insert(0, f"{importer} bought none of {product.code} from {exporter}: its parts count alike")
        worth = np.ones(len(groups))
    pieces = [
        replace(piece, share=piece.share * part)
        for (first, _, exempt), part in zip(groups, worth / worth.sum(), strict=True)
        for piece in _pieces(world, importer, exporter, sheet, first, exempt, order, displaced)
    ]
    if not any(act.state != "not in its goods" for piece in pieces for act in piece.acts):
        notes.insert(0, f"no measure in force names {product.code} of {exporter}: it pays the ordinary duty")
    duty = float(sum(piece.share * piece.duty for piece in pieces))
    day = None if on is None else on.isoformat()
    listed = tuple(sorted(pieces, key=lambda piece: -piece.share))
    return Explanation(importer, exporter, product.code, product.edition, day, world.name, listed, duty, tuple(notes))


def _exempt(world: World, sheet: Sheet, measures: Sequence[Measure]) -> BoolArray:
    """Whether each row (u, m) is exempt from a measure, by its code or its sector."""
    found = np.zeros((len(sheet.row), len(measures)), dtype=bool)
    for m, measure in enumerate(measures):
        goods, codes = (sheet.units.listed(measure, part)[sheet.row] for part in ("goods", "exempt"))
        without = measure.exempted
        named = (without.sectors if without is not None else None) or ()
        inside = np.isin(sheet.sector, [world.sector_index(sector) for sector in named])
        found[:, m] = spared(measure, goods, codes) | inside
    return found


def _grouped(sheet: Sheet, rows: IntArray, exempt: BoolArray) -> list[tuple[int, float, BoolArray]]:
    """(a row, share of the cell, exempt (m,)) of the rows that every measure treats alike."""
    keys = np.column_stack([sheet.sector, sheet.kinds, sheet.rates, sheet.of, sheet.claimed, exempt])[rows]
    first, group = distinct_rows(keys)
    share = np.bincount(group, weights=sheet.share[rows])
    return [(int(rows[at]), float(part), exempt[rows[at]]) for at, part in zip(first, share, strict=True)]


def _pieces(
    world: World,
    importer: str,
    exporter: str,
    sheet: Sheet,
    row: int,
    exempt: BoolArray,
    measures: Sequence[Measure],
    displaced: Displaced,
) -> list[Piece]:
    """The pieces of a row: what measures by value cover of it, and the rest."""
    j, width = int(sheet.sector[row]), len(measures)
    left = float(left_over(world, [shares for *_, shares in sheet.slices])[j])
    cuts = [(-1, NONE, 0.0, left)]
    for m, kind, rate, its in sheet.slices:
        unit = float(sheet.unit_of_slice[m][j]) if m in sheet.unit_of_slice else 0.0
        cuts.append((m, kind, rate + unit, float(its.by_sector[j])))
    place = world.index(importer), world.index(exporter), j
    in_base = {name: float(rates[place]) for name, rates in world.origins.in_force.items() if rates[place]}
    base = float(world.tariffs[place])
    ordinary = max(base - sum(in_base.values()), min(base, 0.0))
    found = []
    for m, kind, rate, share in cuts:
        if share <= 0:
            continue
        kinds, rates = sheet.kinds[row : row + 1, :width].copy(), sheet.rates[row : row + 1, :width].copy()
        if m >= 0 and not sheet.claimed[row, m]:
            kinds[0, m], rates[0, m] = kind, rate
        of = sheet.of[row : row + 1, :width]
        terms = ChargedTerms(np.array([base]), np.array([ordinary]), kinds, rates, of, measures)
        acts, asked = _acts(terms, displaced, sheet.claimed[row], exempt)
        duty = max(asked, min(base, 0.0))
        found.append(Piece(world.sectors[j], share, ordinary, in_base, acts, duty - asked, duty))
    return found


def _acts(
    terms: ChargedTerms, displaced: Displaced, claimed: BoolArray, exempt: BoolArray
) -> tuple[tuple[Act, ...], float]:
    """What each measure does to one part, in the order given, and the duty before the floor at zero."""
    found, added = layers(terms, displaced), contributions(terms, displaced)[0]
    held = terms.held_by_base
    if held:  # what they come to by themselves is in the base tariff
        added[held] -= contributions(terms.of_measures(held), displaced)[0]
    acts = [
        _act(terms, found, displaced, m, float(adds), bool(claimed[m]), bool(exempt[m])) for m, adds in enumerate(added)
    ]
    return tuple(acts), float(over_base(terms, displaced)[0])


def _act(
    terms: ChargedTerms, found: Layers, displaced: Displaced, m: int, adds: float, claimed: bool, exempt: bool
) -> Act:
    measure = terms.measures[m]
    said = Act(measure.id, measure.title, measure.authority, "charged")
    if claimed and measure.claims is not None:
        return replace(said, state="claims a preference", preference=measure.claims.preference)
    if terms.kinds[0, m] == NONE:
        return replace(said, state="exempt" if exempt else "not in its goods")
    here = found.charged[:, m]
    lost = found.named[:, m] & ~here
    kind = next(name for name, its in KINDS.items() if its == terms.kinds[0, m])
    return replace(
        said,
        state="held by the base tariff" if measure.in_base else "charged" if here.any() else "displaced",
        kind=kind,
        rate=float(terms.rates[0, m]),
        of=float(found.width[here].sum()),
        adds=adds,
        displaced_by=_others(terms, found.charged & lost[:, None], displaced, by=measure.authority),
        displaces=_others(terms, found.named & ~found.charged & here[:, None], displaced, of=measure.authority),
    )


def _others(
    terms: ChargedTerms, there: BoolArray, displaced: Displaced, by: str | None = None, of: str | None = None
) -> tuple[str, ...]:
    """Ids of the measures that are on some slice of `there` and displace authority `by`, or are displaced by `of`."""
    names = {one for one, other in displaced if other == by} | {other for one, other in displaced if one == of}
    return tuple(its.id for m, its in enumerate(terms.measures) if its.authority in names and there[:, m].any())
