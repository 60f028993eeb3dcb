"""The tariffs in force on a day, as frames: in total, by partner, by sector, by product, and by authority.

    in_force = dt.schedule("us-2025", on="2026-08-19")
    in_force.total("USA")
    in_force.partners("USA")

Rates are statutory: what the law charges, weighted by trade. They are never mixed with what customs collected, which
lags (goods afloat, deferred payment) and follows the trade of the day. For US imports on a recent world they are laid
line by line on customs imports of 2024; for other importers, other years and measures by value, on the goods sectors of
the world.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from detente.data.bundled import DEFAULT, load_world
from detente.data.exported import Exported
from detente.data.products.lines import LINES_YEAR, has_lines
from detente.data.products.weights import chapter_years
from detente.data.world import World, with_blocs
from detente.dispute.after_substitution import MovedTrade, moved_trade, with_new_imports
from detente.dispute.schema import Dispute
from detente.errors import BadInput, UnknownEconomy
from detente.inputs import day_of, require
from detente.policy.line_duties import LineLaw, record_of, recorded_partners
from detente.policy.measure import Measure, in_force
from detente.policy.pair_duties import PairDuties, book_duties
from detente.policy.schedule import TariffBook
from detente.usual_names import economy_called

COLUMNS: Final = ["imports_usd_mn", "ordinary", "additional", "total"]
"""The columns of every frame: USD million a year, and duties as fractions of it."""
BY_LINE: Final = f"US imports by line of ten digits and partner, customs records of {LINES_YEAR}"


class DaySchedule(Exported):
    """The tariffs in force on a day. Rates are fractions; frames have `imports_usd_mn, ordinary, additional, total`.

    Attributes
    ----------
    on
        The day.
    known_until
        The last day on which the law is known: that of the file; None for a world without measures.
    measures
        Those in force on the day, as they stand on it.
    importers
        The economies whose measures are in force.
    notes
        Sentences the reader has to see; first up to which day the law is known.
    """

    def __init__(self, world: World, dispute: Dispute | None, on: date) -> None:
        self.world, self.on, self._dispute = world, on, dispute
        self.known_until = None if dispute is None else dispute.law_known_until
        if dispute is not None and dispute.base is not None:
            dispute.base.refuse_before(on)
        self.measures: tuple[Measure, ...] = () if dispute is None else in_force(dispute.measures, on)
        self.importers = tuple(dict.fromkeys(measure.by for measure in self.measures))
        self._pairs: dict[str, tuple[PairDuties, ...]] = {}

    def total(self, importer: str, *, ordinary: bool = True, after_substitution: bool = False) -> float:
        """The average tariff on all goods, weighted by imports; without the ordinary duty if `ordinary` is False.

        `after_substitution` weighs the same statutory duties by the imports that are left where all measures of the day
        hold, in the long run; what customs collect is neither. Raises UnknownEconomy, and after substitution NotSolved.
        """
        pairs = self._after(importer) if after_substitution else self._duties(importer)
        row = _frame([_summed("", pairs)], "code").iloc[0]
        return float(row["total"] if ordinary else row["additional"])

    def partners(self, importer: str) -> pd.DataFrame:
        """One row a partner (index: its code), those that sell most first. Raises UnknownEconomy."""
        rows = [_summed(its.exporter, [its]) for its in self._duties(importer)]
        return _frame(rows, "code").sort_values("imports_usd_mn", ascending=False, kind="stable")

    def sectors(self, importer: str, exporter: str | None = None) -> pd.DataFrame:
        """One row a goods sector (index: its code), of one partner or of all; `none` holds goods of no sector.

        Raises UnknownEconomy.
        """
        pairs = self._of(importer, exporter)
        order = [*self.world.goods, "none"]
        rows = [_summed(name, [its.only(its.sector == name) for its in pairs]) for name in order]
        found = _frame(rows, "code")
        return found[found["imports_usd_mn"] > 0]

    def products(self, importer: str, exporter: str) -> pd.DataFrame:
        """One row a product line (index: its ten digits), the largest first.

        Raises UnknownEconomy, and BadInput where trade by product is not bundled for the importer.
        """
        (its,) = self._of(importer, exporter)
        if not its.by_line:
            raise BadInput(
                f"the imports of {importer} are not known by product here: only US imports are, on a world of after "
                f"{max(chapter_years())} and without measures by value; ask for sectors"
            )
        code, place = np.unique(its.product.astype(str), return_inverse=True)
        weights = (its.imports, its.imports * its.ordinary, its.imports * its.additional)
        sold, ordinary, added = (np.bincount(place, weights=each) for each in weights)
        rows = list(zip(code, sold, ordinary, added, strict=True))
        return _frame(rows, "code").sort_values("imports_usd_mn", ascending=False, kind="stable")

    def authorities(self, importer: str, exporter: str | None = None) -> pd.DataFrame:
        """One row an authority (index: its name): the goods its measures are charged on.

        `additional` is what it adds to their duty; `points` what it adds to the average tariff on all goods of the
        importer (or of the pair), which sum to `total(importer, ordinary=False)`. Raises UnknownEconomy.
        """
        pairs = self._of(importer, exporter)
        whole = sum(float(its.imports.sum()) for its in pairs) or 1.0
        names = dict.fromkeys(name for its in pairs for name in its.authorities)
        rows, points = [], []
        for name in names:
            charged = [its.under(name) for its in pairs]
            rows.append(_summed(name, charged))
            points.append(rows[-1][3] / whole)
        found = _frame(rows, "authority").assign(points=points)
        return found[found["imports_usd_mn"] > 0].sort_values("points", ascending=False, kind="stable")

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """See the class."""
        return tuple(dict.fromkeys(self._sentences()))

    def tables(self) -> dict[str, pd.DataFrame]:
        """Of each importer with measures in force its partners, sectors and authorities, as columns."""
        found = {}
        for importer in self.importers or (self.world.economies[0],):
            frames = (self.partners(importer), self.sectors(importer), self.authorities(importer))
            for name, frame in zip(("partners", "sectors", "authorities"), frames, strict=True):
                found[f"{name}-{importer}"] = frame.reset_index()
        return found

    def __repr__(self) -> str:
        where = self.world.name if self._dispute is None else f"{self._dispute.dispute} on {self.world.name}"
        return f"<DaySchedule of {where}, {self.on}; {self.notes[0]}>"

    def by_line(self, importer: str) -> bool:
        """Whether the duties of an importer are laid line by line on customs records."""
        own = [measure for measure in self.measures if measure.by == importer]
        recent = self.world.year is not None and self.world.year not in chapter_years()
        return has_lines(importer) and recent and not any(measure.goods.by_value for measure in own)

    def _sentences(self) -> list[str]:
        if self.known_until is None:
            return [f"base tariffs of {self.world.name}: no measure is laid on them"]
        base = None if self._dispute is None else self._dispute.base
        said = [f"the law is known up to {self.known_until.isoformat()}"]
        if self.on > self.known_until:
            said = [
                f"the law is known up to {self.known_until.isoformat()}; what was decided after it is not known here, "
                f"and {self.on.isoformat()} is shown as if nothing was"
            ]
        return said if base is None else [*said, base.note]

    def _of(self, importer: str, exporter: str | None) -> list[PairDuties]:
        pairs = self._duties(importer)
        if exporter is None:
            return list(pairs)
        name = economy_called(exporter) or exporter
        for wanted in (name, record_of(name)):
            found = [its for its in pairs if its.exporter == wanted]
            if found:
                return found
        raise UnknownEconomy(exporter, [its.exporter for its in pairs], where="the schedule")

    def _duties(self, importer: str) -> tuple[PairDuties, ...]:
        name = economy_called(importer) or importer
        if name not in self.world.economies:
            raise UnknownEconomy(importer, self.world.economies, where="the schedule")
        if name not in self._pairs:
            self._pairs[name] = self._laid(name, self.measures)
        return self._pairs[name]

    def _after(self, importer: str) -> tuple[PairDuties, ...]:
        """The duties of an importer with the imports that are left after substitution."""
        pairs = self._duties(importer)
        if self._dispute is None or not self.measures:
            return pairs
        name = economy_called(importer) or importer
        held = self._laid(name, [measure for measure in self.measures if measure.in_base])
        return with_new_imports(name, pairs, held, self._moved)

    @cached_property
    def _moved(self) -> MovedTrade:
        assert self._dispute is not None
        return moved_trade(self.world, self._dispute, self.measures, self.on)

    def _laid(self, importer: str, measures: Sequence[Measure]) -> tuple[PairDuties, ...]:
        stacking = () if self._dispute is None else self._dispute.stacking
        own = [measure for measure in measures if measure.by == importer]
        if self.by_line(importer):
            law = LineLaw(self.world, importer, own, stacking, self.on)
            return tuple(law.duties(partner) for partner in recorded_partners())
        book = TariffBook(self.world, own, stacking, day=self.on)
        return book_duties(book, importer, self.on)


def schedule(
    source: str | Path | Dispute | World | None = None, *, on: date | str, world: World | str | None = None
) -> DaySchedule:
    """The tariffs in force on a day: of a bundled case, a path, a Dispute, or of a world alone.

    Parameters
    ----------
    source
        A bundled case such as `us-2025`, the path of a dispute file, a Dispute, or a World, whose base tariffs it is.
    on
        The day, a date or text such as `2026-08-19`. After the last day that the file knows, the schedule says that the
        law after it is not known.
    world
        The world to lay the measures on; by default that of the file.

    Raises
    ------
    UnknownCase, BadDispute, BadInput, BadMeasure
        Where the source or the day cannot be read, or measures cannot be laid.
    """
    day = day_of(on)
    if isinstance(source, World):
        return DaySchedule(source, None, day)
    if source is None:
        return DaySchedule(_world(world or DEFAULT), None, day)
    dispute = source if isinstance(source, Dispute) else Dispute.read(source)
    require(Dispute, dispute, "the source", "give a bundled case, a path, a Dispute or a World")
    return DaySchedule(with_blocs(_world(world or dispute.world), dispute.parties), dispute, day)


def _world(given: World | str) -> World:
    return load_world(given) if isinstance(given, str) else given


def _summed(name: str, pairs: Sequence[PairDuties]) -> tuple[str, float, float, float]:
    """Name, imports, and the duties on them in USD million: ordinary and additional."""
    weighted = [(its.imports, its.imports * its.ordinary, its.imports * its.additional) for its in pairs]
    sold, ordinary, added = (float(sum(each[at].sum() for each in weighted)) for at in range(3))
    return name, sold, ordinary, added


def _frame(rows: Sequence[tuple[str, float, float, float]], index: str) -> pd.DataFrame:
    """Rows of imports and duties in USD million as rates; NaN where nothing is bought."""
    table = pd.DataFrame(rows, columns=[index, *COLUMNS[:3]]).set_index(index)
    for name in COLUMNS[1:3]:
        table[name] = table[name] / table["imports_usd_mn"].where(table["imports_usd_mn"] > 0)
    return table.assign(total=table["ordinary"] + table["additional"])[COLUMNS]
