"""Measures on a world: the parts of its cells, the tariff on each on any date, and the shock between two states.

Partial coverage is never averaged into one rate: a cell that measures cover in part is handed to the model as parts,
each with its share and its own tariff before and after.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from detente.data.exported import Exported
from detente.data.world import World
from detente.errors import BadMeasure, UnknownName, enumerate_names
from detente.inputs import BoolArray, FloatArray, IntArray, day_of, require
from detente.model.shock import Shock
from detente.policy.border_terms import BorderParts, BorderTerms, lay_terms, shock_of, statutory_table
from detente.policy.coverage import Covered, cover, depends_on_partner
from detente.policy.explanation import Explanation, explain, only_importer
from detente.policy.export_views import pairs_of, seen_by
from detente.policy.list_readings import codes_table, counts_table, list_readings, refuse_unknown
from detente.policy.measure import Measure, in_force, since, superseded
from detente.policy.part_columns import PartColumns
from detente.policy.preferences import unclaimed
from detente.policy.reach import bases, partners, tables_held_already
from detente.policy.stacking import NONE, SET, TOTAL, TRADE, ChargedTerms, Displaced
from detente.policy.stacking_rules import StackingRule, displacements, refuse_contradictions, unsettled

Laid = dict[tuple[str, ...], Covered]
"""What measures cover of a pair, by importer, exporter (empty where it does not matter) and the measures as written."""


class TariffBook(Exported):
    """The measures of a dispute, laid on a world.

    Parameters
    ----------
    world
        Its tariffs are the base rate of every part, its flows the weights of averages.
    measures
        In any order; ids are told apart.
    stacking
        Rules on how the duties of different authorities go together, `dt.StackingRule(...)`.
    day
        The day of a state whose measures all began before it: rules of stacking hold between their dates. A state is on
        this day, or on the day on which its last measure begins, whichever is later; without either every rule holds.
    laid
        What books of the same world have laid out already, and where this one adds what it lays out: laying product
        codes on a pair takes longer than solving, and the states of a dispute differ in few pairs.

    Attributes
    ----------
    atoms
        One row a part of a cell that some measure reaches: importer, exporter, sector, share (of the cell; sums to 1),
        base (rate, a fraction), codes (product codes in the part; 0 where it is told apart by no code).
    notes
        Sentences the reader of a result has to see: how codes were weighed, which figures a value was measured in.
    pairs, reach
        The (importer, exporter) pairs that measures reach, and for each the positions of those measures.
    left_out
        (measure, code): product codes that are unknown, too few of a list to refuse it, or in no goods sector.
    scalings
        A `Scaling` for each list with an official total and each partner: what product trade gives, the total, factor.

    Raises
    ------
    UnknownEconomy, UnknownSector, BadMeasure
        Where a measure names what the world lacks, matches nothing, or covers more than is traded.
    """

    def __init__(
        self,
        world: World,
        measures: Iterable[Measure],
        stacking: Iterable[StackingRule] = (),
        *,
        day: date | None = None,
        laid: Laid | None = None,
    ) -> None:
        require(World, world, "world", "give a World: dt.load_world('icio-2017'), or dt.World(...)")
        require(Iterable, measures, "measures", "give a list of measures, [dt.Measure(...)]")
        self.world = world
        self.measures = tuple(measures)
        for measure in self.measures:
            require(Measure, measure, "an entry of measures", "give measures, dt.Measure(...)")
        require(Iterable, stacking, "stacking", "give a list of rules, [dt.StackingRule(...)]")
        self.stacking = tuple(stacking)
        for rule in self.stacking:
            require(StackingRule, rule, "an entry of stacking", "give rules, dt.StackingRule(...)")
        refuse_contradictions(self.stacking)
        self.day = day
        self.ids = tuple(measure.id for measure in self.measures)
        twice = sorted({name for name in self.ids if self.ids.count(name) > 1})
        if twice:
            raise BadMeasure(f"measure id {enumerate_names(twice)} is given twice: each measure has its own")
        reach: dict[tuple[str, str], list[int]] = {}
        for m, measure in enumerate(self.measures):
            for pair in pairs_of(world, measure):
                reach.setdefault(pair, []).append(m)
        self.lists = list_readings(self.measures)
        refuse_unknown(self.lists)
        self.reach = {pair: tuple(its) for pair, its in reach.items()}
        self.pairs = tuple(reach)
        found = self._covered({} if laid is None else laid)
        self._lay(found)
        self._latest: tuple[tuple[tuple[str, ...], date | None], BorderTerms] | None = None
        self.notes = tuple(dict.fromkeys([*self._remarks(), *(note for each in found for note in each.notes)]))
        self.scalings = tuple(its for each in found for its in each.scalings)
        self.left_out = tuple(sorted({pair for each in found for pair in each.unmatched}))

    def _covered(self, laid: Laid) -> list[Covered]:
        """The coverage of each pair by the measures, computed where it is missing."""
        found = []
        for (importer, exporter), its in self.reach.items():
            measures = [seen_by(self.world, self.measures[m], importer) for m in its]
            whose = exporter if depends_on_partner(importer, exporter, measures) else ""
            key = (importer, whose, *(self.measures[m].written for m in its))
            if key not in laid:
                laid[key] = cover(self.world, importer, exporter, measures)
            flows = self.world.flows[self.world.index(importer), self.world.index(exporter)]
            found.append(laid[key].only(flows[laid[key].sector] > 0))
        return found

    def _lay(self, found: Sequence[Covered]) -> None:
        """Put the parts of all pairs on one axis."""
        world = self.world
        sizes = [len(each.share) for each in found]
        empty = np.zeros(0, dtype=np.int64)
        self._n = np.repeat([world.index(n) for n, _ in self.pairs], sizes).astype(np.int64)
        self._i = np.repeat([world.index(i) for _, i in self.pairs], sizes).astype(np.int64)
        self._j = np.concatenate([empty, *(each.sector for each in found)])
        self._share: FloatArray = np.concatenate([np.zeros(0), *(each.share for each in found)])
        self._done = PartColumns.of_pairs(found, list(self.reach.values()), len(self.measures))
        self._base: FloatArray = world.tariffs[self._n, self._i, self._j]
        inside = (rates[self._n, self._i, self._j] for rates in world.origins.in_force.values())
        self._in_base: FloatArray = sum(inside, np.zeros(len(self._base)))
        flat = np.ravel_multi_index((self._n, self._i, self._j), world.flows.shape)
        cells, self._cell = np.unique(flat, return_inverse=True)
        self._place = np.unravel_index(cells, world.flows.shape)
        self._codes = np.concatenate([empty, *(each.codes for each in found)])

    @property
    def claimed(self) -> BoolArray:
        """Whether the goods of each row of `atoms` are outside a measure because they claim its preference (a, m)."""
        return self._done.claimed

    @cached_property
    def atoms(self) -> pd.DataFrame:
        """One row a part of a cell that some measure reaches; see the class."""
        every = np.ones(len(self._n), dtype=bool)
        return pd.DataFrame({**self._named(every), "share": self._share, "base": self._base, "codes": self._codes})

    def _named(self, rows: BoolArray) -> dict[str, NDArray[np.object_]]:
        """The codes of importer, exporter and sector of chosen parts."""
        economies, sectors = (np.array(codes, dtype=object) for codes in (self.world.economies, self.world.sectors))
        return {
            "importer": economies[self._n[rows]],
            "exporter": economies[self._i[rows]],
            "sector": sectors[self._j[rows]],
        }

    @cached_property
    def unmatched(self) -> pd.DataFrame:
        """`left_out` as a table: measure, code."""
        return pd.DataFrame(self.left_out, columns=["measure", "code"])

    def _remarks(self) -> list[str]:
        """The remarks on measures that do nothing, or that the world's base tariffs contain already."""
        idle = [name for name in self.ids if not (self._done.kinds(self._columns((name,))) != NONE).any()]
        said = [f"measure {name!r} reaches no trade of the base year" for name in idle]
        said += [*unclaimed(self.measures), *(its.note for its in self.lists)]
        said += unsettled(self.measures, self.stacking, self._done.shared() > 0)
        return said + tables_held_already(self.world, self.measures)

    def measure(self, name: str) -> Measure:
        """The measure of an id; raises UnknownName."""
        return self.measures[self._columns((name,))[0]]

    def in_force(self, on: date) -> tuple[str, ...]:
        """Ids of the measures in force on a day, in the order given.

        A threat or a proposal never is; of the dates of a bundled table the latest one is.
        """
        return tuple(measure.id for measure in in_force(self.measures, on))

    def on(self, day: date) -> TariffBook:
        """The book of the same measures as they stand on a day: with the exemptions that hold on it.

        A book as it is made has measures as they stand on their first day.
        """
        standing = tuple(measure.on_day(day) for measure in self.measures)
        return self if standing == self.measures else TariffBook(self.world, standing, self.stacking, day=self.day)

    def rate(self, ids: Iterable[str], *, base: FloatArray | None = None, on: date | None = None) -> FloatArray:
        """The tariff on each row of `atoms` where the measures `ids` hold, a fraction, never under zero.

        Of duties by the unit and of quotas it is what base-year trade would pay: see `BorderTerms.statutory`.

        `base` are base tariffs (a,) in place of the world's, such as those that somebody promises to cut; `on` is the
        day of the state, for rules of stacking, in place of that of the class. Raises UnknownName for an id that is not
        there, BadMeasure where two measures contradict each other.
        """
        return self.terms(ids, base=base, on=on).statutory

    def terms(self, ids: Iterable[str], *, base: FloatArray | None = None, on: date | None = None) -> BorderTerms:
        """All that holds on each row of `atoms` where the measures `ids` hold; arguments as in `rate`.

        Raises as `rate` does, and BadMeasure where a quota cannot be laid.
        """
        key = (tuple(ids), on)
        if base is None and self._latest is not None and self._latest[0] == key:
            return self._latest[1]
        terms, columns = self._terms(key[0], self._base if base is None else base)
        parts = BorderParts(self.world, self._n, self._i, self._j, self._share, self._done.unit(columns))
        found = lay_terms(parts, terms, displacements(self.stacking, self._day_of(terms.measures, on)))
        if base is None:  # a state is asked for its shock, what was cut to zero and its rates, one after another
            self._latest = key, found
        return found

    def terms_of(self, ids: Iterable[str], *, on: date | None = None) -> tuple[ChargedTerms, Displaced]:
        """What the measures `ids` do to each row of `atoms`, and which authorities displace which on a day.

        Duties by the unit and quotas are at their statutory rates: see `rate`.
        """
        terms, columns = self._terms(ids, self._base)
        rates = terms.rates + self._done.unit(columns)
        place = {measure.id: m for m, measure in enumerate(terms.measures)}
        for pool in self.terms(ids, on=on).quotas:
            rates[pool.rows, place[pool.measure]] += pool.above_low
        terms = replace(terms, rates=rates)
        return terms, displacements(self.stacking, self._day_of(terms.measures, on))

    def added(self, exporter: str) -> tuple[IntArray, FloatArray, FloatArray]:
        """Of the parts that are an exporter's and that some measure reaches, where all measures hold.

        The position of the sector, the share of the cell, and the duty on top of the world's (fractions), (a,) each.
        """
        rows = (self._i == self.world.index(exporter)) & self.covered(self.ids)
        return self._j[rows], self._share[rows], (self.rate(self.ids) - self._base)[rows]

    @property
    def dutiable(self) -> tuple[tuple[str, str], ...]:
        """The pairs on which some measure lays a duty, and not only a limit, a ban or a charge on exports."""
        return tuple(pair for pair in self.pairs if any(self.measures[m].is_duty for m in self.reach[pair]))

    @property
    def depends_on_base(self) -> bool:
        """Whether what the measures add depends on base tariffs.

        One sets a rate, is a floor for it, or cuts it, which stops at zero.
        """
        return any(bool((np.isin(its.kinds, (SET, TOTAL)) | (its.rates < 0)).any()) for its in self._done.measures)

    def covered(self, ids: Iterable[str]) -> BoolArray:
        """Whether a duty of some measure of `ids` reaches each row of `atoms`."""
        kinds = self._done.kinds(self._columns(ids))
        return np.asarray(((kinds != NONE) & (kinds != TRADE)).any(axis=1))

    def floored(self, ids: Iterable[str], *, on: date | None = None) -> pd.DataFrame:
        """The parts whose cuts would go under zero: importer, exporter, sector, share, asked, given (fractions)."""
        wanted = tuple(ids)
        asked = self.terms(wanted, on=on).asked
        given = np.maximum(asked, np.minimum(self._base, 0.0))
        cut = asked < given
        return pd.DataFrame({**self._named(cut), "share": self._share[cut], "asked": asked[cut], "given": given[cut]})

    def shock(
        self,
        ids: Iterable[str],
        *,
        start: Iterable[str] = (),
        theta: ArrayLike | None = None,
        on: date | None = None,
        flows: FloatArray | None = None,
    ) -> Shock:
        """The shock from the state where the measures `start` hold to the state where `ids` hold.

        With `start` the parts' shares are those of that state, s_m k_m^−θ / Σ_l s_l k_l^−θ with k_m the tariff factor
        from the base to it; `theta` (j,) is then needed, and the economy is the one at that state's solution. `on` is
        the day of the state where `ids` hold; see `rate`. `flows` are the imports (n, i, j) of the economy that is
        shocked, of which quotas are a share, by default the world's. Raises BadMeasure where theta is missing or has
        another length, and where `start` is given for states that hold more than duties in per cent.
        """
        before, share, after = self._base, self._share, self.terms(ids, on=on)
        begun = tuple(start)
        if begun:
            earlier = self.terms(begun)
            if not (earlier.moves_only_rates and after.moves_only_rates):
                raise BadMeasure(
                    f"{enumerate_names([*begun, *self.ids])} hold quotas, duties by the unit or measures on exports, "
                    "whose rates are found with the equilibrium: take the shock from the calibrated world, without "
                    "start, and compare the two solutions"
                )
            before = earlier.t
            share = self._shares_at(before, theta)
        rows = self._in_moving_cells(before, after)
        traded = self.traded(self.world.flows if flows is None else flows)
        return shock_of((self._n, self._i, self._j, share, before), after, rows, traded)

    def _in_moving_cells(self, before: FloatArray, after: BorderTerms) -> BoolArray:
        """The parts (a,) of cells in which anything changes from duties `before`."""
        return np.asarray((self._mean(after.moves_from(before).astype(np.float64)) > 0)[self._cell])

    def moved(self, ids: Iterable[str], *, on: date | None = None) -> BoolArray:
        """Which rows of `atoms` are the rows of the parts of `shock(ids, on=on)`, in their order."""
        return self._in_moving_cells(self._base, self.terms(ids, on=on))

    @property
    def columns(self) -> tuple[IntArray, IntArray, IntArray, FloatArray, FloatArray]:
        """Importer, exporter and sector by position, share of the cell and base tariff of each row of `atoms`."""
        return self._n, self._i, self._j, self._share, self._base

    def traded(self, flows: FloatArray) -> FloatArray:
        """Imports (n, i, j) by row of `atoms` (a,)."""
        return np.asarray(self._share * flows[self._n, self._i, self._j])

    def instruments(self, ids: Iterable[str], *, on: date | None = None) -> pd.DataFrame:
        """What is no duty in per cent where the measures `ids` hold: see `border_terms.statutory_table`."""
        return statutory_table(self.terms(ids, on=on), self.traded(self.world.flows))

    def tariffs(self, ids: Iterable[str], *, on: date | None = None) -> FloatArray:
        """The average tariff of every cell (n, i, j) where the measures `ids` hold, weighted by base-year imports.

        For printing and comparing; the model takes `shock`, in which nothing is averaged.
        """
        dense = self.world.tariffs.copy()
        dense[self._place] = self._mean(self.rate(ids, on=on))
        return dense

    def effective(self, ids: Iterable[str], *, start: Iterable[str] = (), on: date | None = None) -> pd.DataFrame:
        """Average tariff of each cell that has parts, before and on the day `on`, weighted by base-year imports.

        Columns importer, exporter, sector, before, after (fractions; where `start` and where `ids` hold), covered
        (share of the cell that some measure of `ids` reaches), imports (USD million net of tariffs, base year).
        """
        wanted = tuple(ids)
        n, i, j = self._place
        return pd.DataFrame(
            {
                "importer": np.array(self.world.economies, dtype=object)[n],
                "exporter": np.array(self.world.economies, dtype=object)[i],
                "sector": np.array(self.world.sectors, dtype=object)[j],
                "before": self._mean(self.rate(start)),
                "after": self._mean(self.rate(wanted, on=on)),
                "covered": self._mean(self.covered(wanted).astype(np.float64)),
                "imports": self.world.flows[self._place],
            }
        )

    def totals(self, ids: Iterable[str], *, start: Iterable[str] = (), on: date | None = None) -> pd.DataFrame:
        """`effective` averaged over the goods sectors of each pair by base-year imports, with the trade covered.

        Columns importer, exporter, before, after, covered (shares of imports), imports, covered_imports (USD million).
        """
        cells = self.effective(ids, start=start, on=on)
        keys = ["importer", "exporter"]
        averaged = ["before", "after", "covered"]
        weighted = cells[[*keys, "imports"]].join(cells[averaged].mul(cells["imports"], axis=0))
        sums = weighted.groupby(keys, sort=False, as_index=False).sum()
        means = sums[averaged].div(sums["imports"], axis=0)
        return sums[keys].join(means).assign(imports=sums["imports"], covered_imports=sums["covered"])

    def __repr__(self) -> str:
        return f"<TariffBook on {self.world.name}: {', '.join(self.ids) or 'no measures'}>"

    def tables(self) -> dict[str, pd.DataFrame]:
        """The parts that measures reach, both figures of each pair, and the lists with their counts and codes."""
        lists = {"lists": counts_table(self.lists), "codes": codes_table(self.lists)}
        return {"atoms": self.atoms, "bases": self.bases(), "unmatched": self.unmatched, **lists}

    def explain(
        self, code: str, exporter: str, *, importer: str | None = None, on: date | str | None = None
    ) -> Explanation:
        """How the duty on one product of a partner comes about, act by act.

        The importer is the only one whose measures reach the partner unless it is named. With a day the measures of
        that day hold, else all of them. Raises UnknownEconomy, BadInput for a code that is unknown or of no sector.
        """
        day = None if on is None else day_of(on)
        self.world.index(exporter)
        by = importer or only_importer(exporter, self.pairs)
        self.world.index(by)
        law = self.measures if day is None else in_force(self.measures, day)
        mine = [its for its in law if its.by == by and its.is_duty and exporter in partners(self.world, its)]
        return explain(self.world, by, exporter, code, mine, displacements(self.stacking, self._day_of(mine, day)), day)

    def bases(self) -> pd.DataFrame:
        """importer, exporter, world, customs (USD million of goods), ratio: both figures of each pair, for printing."""
        return bases(self.world, self.pairs)

    def _columns(self, ids: Iterable[str]) -> list[int]:
        places = {name: m for m, name in enumerate(self.ids)}
        wanted = list(dict.fromkeys(ids))
        for name in wanted:
            if name not in places:
                raise UnknownName(name, self.ids, where="the tariff book")
        return [places[name] for name in wanted]

    def _terms(self, ids: Iterable[str], base: FloatArray) -> tuple[ChargedTerms, list[int]]:
        """What the measures `ids` do to the parts, those left out that a later one of their table takes the place of.

        Also their positions. A base tariff cut below the measures in force in it is no ordinary duty at all.
        """
        columns = self._columns(ids)
        gone = superseded([self.measures[m] for m in columns])
        columns = [m for m in columns if self.ids[m] not in gone]
        ordinary = np.maximum(base - self._in_base, np.minimum(base, 0.0))
        chosen = [self.measures[m] for m in columns]
        its = (self._done.kinds(columns), self._done.rates(columns), self._done.of(columns))
        return ChargedTerms(base, ordinary, *its, chosen), columns

    def _day_of(self, measures: Sequence[Measure], on: date | None) -> date | None:
        """The day of the state where measures hold; see the class."""
        known = [day for day in (self.day, *map(since, measures)) if day not in (None, date.min)]
        return on or max(known, default=None)

    def _mean(self, values: FloatArray) -> FloatArray:
        """Values of the parts averaged over each cell."""
        sums = np.bincount(self._cell, weights=self._share * values, minlength=len(self._place[0]))
        return sums.astype(np.float64)

    def _shares_at(self, rates: FloatArray, theta: ArrayLike | None) -> FloatArray:
        if theta is None:
            raise BadMeasure("a shock from a state with measures needs theta (j,): the economy's trade elasticities")
        elasticity = np.asarray(theta, dtype=np.float64)
        if elasticity.shape != (len(self.world.sectors),):
            raise BadMeasure(f"theta has shape {elasticity.shape}, not one a sector: ({len(self.world.sectors)},)")
        factor = self._share * ((1 + rates) / (1 + self._base)) ** -elasticity[self._j]
        return np.asarray(factor / np.bincount(self._cell, weights=factor)[self._cell])


class Schedules:
    """The tariff books of one world, each laid once and shared by all who ask for the same measures.

    Laying product codes on many pairs takes longer than solving. The states of a run, which are laid in advance
    (`lay`), take as few books as will do: `having` reads measures that are all in one of these from it.

    `like` are those of the same world under other base tariffs. What measures cover follows from trade, not from
    tariffs, so that nothing is laid twice. `stacking` and `day` are those of every book; see `TariffBook`.
    """

    def __init__(
        self,
        world: World,
        like: Schedules | None = None,
        *,
        stacking: Iterable[StackingRule] = (),
        day: date | None = None,
    ) -> None:
        self.world = world
        self.stacking = tuple(stacking)
        self.day = day
        self._laid: Laid = {} if like is None else like._laid
        self._books: dict[tuple[str, ...], TariffBook] = {}
        self._wide: dict[frozenset[str], tuple[Measure, ...]] = {}
        self._sets: list[tuple[Measure, ...]] = []

    def lay(self, sets: Iterable[Sequence[Measure]], *, books: bool = True) -> None:
        """Lay sets of measures in advance; one whose measures are all in another set is read from that one.

        Without `books` a set is laid when it is asked for: those that `like` has laid can be laid here. Measures of two
        sets are never laid together for that alone: by value they might cover more than there is.
        Raises BadMeasure where a measure cannot be applied.
        """
        wanted = [tuple(measures) for measures in sets]
        for measures in sorted(wanted, key=len, reverse=True):
            texts = frozenset(measure.written for measure in measures)
            if not any(texts <= wide for wide in self._wide):
                self._wide[texts] = measures
        self._sets += wanted
        for measures in wanted if books else ():
            self.having(measures)

    def book(self, measures: Iterable[Measure]) -> TariffBook:
        """The book of exactly these measures in this order. Raises BadMeasure where one cannot be applied."""
        listed = tuple(measures)
        key = tuple(measure.written for measure in listed)
        if key not in self._books:
            self._books[key] = TariffBook(self.world, listed, self.stacking, day=self.day, laid=self._laid)
        return self._books[key]

    def having(self, measures: Iterable[Measure]) -> TariffBook:
        """A book that has these measures and may have more. Raises BadMeasure where one cannot be applied."""
        listed = tuple(measures)
        texts = frozenset(measure.written for measure in listed)
        return self.book(next((kept for held, kept in self._wide.items() if texts <= held), listed))

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes of the books laid in advance, each once."""
        return tuple(dict.fromkeys(note for measures in self._sets for note in self.having(measures).notes))
