"""The schedule of a day as a document: in total, by partner, authority, sector or product, and its change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import pandas as pd

from detente.dispute.day_schedule import BY_LINE, DaySchedule, schedule
from detente.dispute.schema import Dispute
from detente.errors import BadInput
from detente.policy.periods import parse_day
from detente.report.blocks import Block, Bullets, Document, Row, Section, Table, Text
from detente.report.numbers import MISSING, Names, level_percent, level_usd, points
from detente.usual_names import economy_called
from detente.usual_names import title as title_of

SHOWN: Final = 15
"""Rows that a terminal shows of partners, sectors or products; JSON has all."""
STATUTORY: Final = (
    "Rates are statutory, weighted by {weights}. What customs collects differs: it lags (goods afloat, deferred "
    "payment), and trade has moved since. The ordinary duty is {ordinary}."
)
AFTER: Final = (
    "The trade that is left is that of the long-run equilibrium in which all measures of the day hold: buyers have "
    "turned from goods that pay more. It is neither the trade of any month nor what customs collected. Goods of no "
    "sector keep their trade."
)
_TOO: Final = "Also in force"
_COLLECTED: Final = "what customs collected in the year of the weights"


def day_report(
    dispute: Dispute,
    on: str,
    world: str | None = None,
    *,
    by: str | None = None,
    partner: str | None = None,
    by_sector: bool = False,
    product: str | None = None,
    since: str | None = None,
    after_substitution: bool = False,
) -> DayReport:
    """The schedule of a day of one importer, by default the first party whose measures are in force then.

    Where nothing more is asked for, the schedules of the others who levy measures follow it.
    Raises BadInput where nobody's measures are in force and no importer is named, UnknownEconomy for an unknown one.
    """
    found = schedule(dispute, on=_day(on, "--on"), world=world)
    importer = (economy_called(by) or by) if by is not None else next(iter(found.importers), None)
    if importer is None:
        raise BadInput(
            f"no measure of {dispute.dispute} is in force on {found.on}: say whose tariffs with --by, as USA"
        )
    before = None if since is None else schedule(dispute, on=_day(since, "--since"), world=world)
    if before is not None and before.on >= found.on:
        raise BadInput(
            f"--since {before.on} is not before {found.on}: the change is from the earlier day to the later one"
        )
    names = Names(dispute.called)
    asked = by_sector or after_substitution or any(given is not None for given in (by, partner, product, since))
    others = () if asked else tuple(code for code in found.importers if code != importer)
    return DayReport(found, importer, partner, by_sector, product, before, names, after_substitution, others)


def shows_schedule(dispute: Dispute, on: str, world: str | None = None) -> bool:
    """Whether the first importer with measures in force on a day has them by authority, and laid line by line."""
    found = schedule(dispute, on=_day(on, "--on"), world=world)
    first = next(iter(found.importers), None)
    own = [measure for measure in found.measures if measure.by == first]
    return first is not None and found.by_line(first) and all(measure.authority is not None for measure in own)


def _day(given: str, option: str) -> date:
    try:
        return parse_day(given)
    except ValueError as problem:
        raise BadInput(f"{option}: {problem}") from problem


@dataclass(frozen=True)
class DayReport:
    """A schedule as a terminal shows it: of one importer, on one partner or all, and of a day before beside it.

    importer, partner: codes; by_sector: whether sectors are shown; product: the beginning of product codes, or None;
    before: the schedule of an earlier day, or None; after_substitution: whether the total is also weighed by new trade;
    others: the importers whose schedules follow.
    """

    schedule: DaySchedule
    importer: str
    partner: str | None
    by_sector: bool
    product: str | None
    before: DaySchedule | None
    names: Names
    after_substitution: bool = False
    others: tuple[str, ...] = ()

    @property
    def following(self) -> tuple[DayReport, ...]:
        """The schedules of the other importers."""
        return tuple(replace(self, importer=code, others=()) for code in self.others)

    def document(self) -> Document:
        """What is asked for, and first up to which day the law is known."""
        title = f"Tariffs of {self.names.the(self.importer)} on {self.schedule.on}; {self.schedule.notes[0]}"
        weights = BY_LINE if self.schedule.by_line(self.importer) else f"the imports of {self.schedule.world.name}"
        ordinary = _COLLECTED if self.schedule.by_line(self.importer) else "the base tariff of that world"
        blocks: list[Block] = [
            self._total(),
            *self._tables(),
            Text(STATUTORY.format(weights=weights, ordinary=ordinary)),
        ]
        if self.after_substitution:
            blocks.append(Text(AFTER))
        if len(self.schedule.notes) > 1:
            blocks.append(Bullets(self.schedule.notes[1:]))
        others = (each.document() for each in self.following)
        following = (Section(_TOO, (Text(its.title), *its.sections[0].blocks)) for its in others)
        return Document(title, "", title, (), (Section(title, tuple(blocks)), *following), "", "")

    def as_dict(self) -> dict[str, Any]:
        """All of it, as plain values: rates are fractions."""
        schedule, importer = self.schedule, self.importer
        found: dict[str, Any] = {
            "on": schedule.on.isoformat(),
            "known_until": None if schedule.known_until is None else schedule.known_until.isoformat(),
            "importer": importer,
            "notes": list(schedule.notes),
            "total": schedule.total(importer),
            "additional": schedule.total(importer, ordinary=False),
        }
        if self.after_substitution:
            found["total_after_substitution"] = schedule.total(importer, after_substitution=True)
        if self.before is not None:
            found["since"] = self.before.on.isoformat()
            found["change"] = schedule.total(importer) - self.before.total(importer)
        for name, frame in self._frames().items():
            found[name] = frame.reset_index().to_dict("records")
        if self.others:
            found["others"] = [each.as_dict() for each in self.following]
        return found

    def _frames(self) -> dict[str, pd.DataFrame]:
        schedule, importer, partner = self.schedule, self.importer, self.partner
        if self.product is not None:
            return {"products": self._products()}
        frames = {} if partner is not None else {"partners": schedule.partners(importer)}
        if self.by_sector:
            frames["sectors"] = schedule.sectors(importer, partner)
        return {**frames, "authorities": schedule.authorities(importer, partner)}

    def _products(self) -> pd.DataFrame:
        """The lines that begin with the code asked for."""
        if self.partner is None:
            raise BadInput("--product needs --partner: the duty on a product depends on whose it is")
        found = self.schedule.products(self.importer, self.partner)
        code = "".join(filter(str.isdigit, self.product or ""))
        found = found[found.index.str.startswith(code)]
        if not code or found.empty:
            raise BadInput(
                f"--product {self.product!r} is the beginning of no line of ten digits that {self.importer} bought "
                f"from {self.partner} in the year of the records: see `detente products WORDS`"
            )
        return found

    def _total(self) -> Table:
        rows = [self._level("All goods", self.schedule)]
        if self.after_substitution:
            rows.append(self._level("the same duties on the trade that is left", self.schedule, after=True))
        if self.before is not None:
            rows.append(self._level(f"on {self.before.on}", self.before))
            change = self.schedule.total(self.importer) - self.before.total(self.importer)
            rows.append(Row(("change, points", MISSING, MISSING, points(change))))
        return Table("In total", ("", "ordinary", "additional", "total"), tuple(rows))

    def _level(self, label: str, schedule: DaySchedule, *, after: bool = False) -> Row:
        whole, additional = (
            schedule.total(self.importer, ordinary=ordinary, after_substitution=after) for ordinary in (True, False)
        )
        return Row((label, *(level_percent(rate) for rate in (whole - additional, additional, whole))))

    def _tables(self) -> list[Block]:
        named: dict[str, tuple[str, Callable[[str], str]]] = {
            "partners": ("By partner", self._partner),
            "sectors": ("By sector", self._sector),
            "products": ("By product", str),
            "authorities": ("By authority, on the goods it is charged on", str),
        }
        return [self._table(*named[name], frame, name) for name, frame in self._frames().items()]

    def _partner(self, code: str) -> str:
        """Its name in the file, else its usual one: partners of the records are not all in the world."""
        return self.names.economy(code) if code in self.schedule.world.economies else title_of(code)

    def _sector(self, code: str) -> str:
        return "goods of no sector" if code == "none" else self.names.sector(code)

    def _table(self, title: str, called: Callable[[str], str], frame: pd.DataFrame, name: str) -> Table:
        head = ["", "imports, USD", "ordinary", "additional", "total"]
        before = self._earlier(name)
        if before is not None:
            head.append("change, points")
        if "points" in frame:
            head.append("of the average, points")
        rows = []
        for code, row in frame.head(SHOWN).iterrows():
            cells = [called(str(code)), level_usd(row["imports_usd_mn"])]
            cells += [level_percent(row[column]) for column in ("ordinary", "additional", "total")]
            if before is not None:
                earlier = before["total"].get(code)
                cells.append(MISSING if earlier is None else points(row["total"] - earlier))
            if "points" in frame:
                cells.append(points(row["points"]))
            rows.append(Row(tuple(cells)))
        left = len(frame) - SHOWN
        return Table(title + (f" ({left} more are in --json)" if left > 0 else ""), tuple(head), tuple(rows))

    def _earlier(self, name: str) -> pd.DataFrame | None:
        """The frame of the day before, where there is one to compare with."""
        if self.before is None or name == "authorities":
            return None
        other = DayReport(self.before, self.importer, self.partner, self.by_sector, self.product, None, self.names)
        return other._frames().get(name)
