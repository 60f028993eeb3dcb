"""From a tariff in a text to a measure of the dispute file: goods, rate and dates; what is not said is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from detente.article.items import FoundMeasure
from detente.article.questions import Questions
from detente.article.rules import load_words
from detente.article.sides import EU, side_name
from detente.data.products import customs_trade
from detente.data.quantities import format_money, parse_money
from detente.data.world import World
from detente.policy.amounts import purchases
from detente.report.numbers import Names

RATE: Final = "25%"
"""The rate that is asked about where a text names none: that of most rounds of tariffs since 2018."""
RATES: Final = ("10%", "25%", "50%")
NEAR_THE_DOLLAR: Final = frozenset({"EUR", "GBP", "CHF", "CAD", "AUD", "NZD", "SGD"})
"""Currencies of which one unit is of the order of a dollar, so that the number itself is a fair placeholder."""


def sectors_of(words: str | None) -> list[str]:
    """The goods sectors in which most trade of the goods lies that some words name."""
    rules = [rule for rule in load_words("goods") if words and rule.pattern.search(words)]
    return list(dict.fromkeys(sector for rule in rules for sector in rule.says["sectors"]))


@dataclass
class Charging:
    """A tariff that a text of `day` tells of, the id and source of its entry, and where gaps are asked about."""

    found: FoundMeasure
    id: str
    source: dict[str, Any]
    day: date
    world: World
    questions: Questions
    assumed: list[str] = field(default_factory=list)
    """Fields that no words of the text state."""

    def measure(self) -> dict[str, Any]:
        """The entry of the measure."""
        found = self.found
        named = Names({EU: side_name(EU)})
        goods = found.goods or f"goods of {' and '.join(map(named.the, found.on))}"
        entry: dict[str, Any] = {
            "id": self.id,
            "title": f"Tariff of {named.the(found.by)} on {goods}",
            "by": found.by,
            "on": list(found.on),
            "status": found.status,
            "goods": self._goods(),
            "set" if found.level else "add": self._rate(),
            **self._dates(),
        }
        return entry | ({"assumed": self.assumed} if self.assumed else {}) | {"source": self.source}

    def _open(self, path: str, question: str, default: str | None, choices: tuple[str, ...] = ()) -> None:
        self.questions.ask(f"measures.{self.id}.{path}", question, default, choices, self.source)

    def _rate(self) -> str:
        if self.found.rate is not None:
            return self.found.rate
        self.assumed.append("add")
        self._open("add", f"What is the rate? The text names none; {RATE} is only a placeholder.", RATE, RATES)
        return RATE

    def _goods(self) -> dict[str, Any]:
        """Goods by value, by sector, or all of them."""
        found = self.found
        sectors = [sector for sector in sectors_of(found.goods) if sector in self.world.sectors]
        of_sectors = {"sectors": sectors} if sectors else {}
        money = self._dollars()
        if sectors:
            note = f"{self.id}: the words “{found.goods}” are taken as the whole of {', '.join(sectors)}."
            self.questions.notes.append(note)
        if money is not None:
            basis = self._basis()
            bought = sum(self._bought(partner, basis, sectors) for partner in found.on)
            if parse_money(money) <= bought:
                if sectors:
                    self.assumed.append("goods")
                return {"value": money, "basis": basis, **of_sectors}
            question = (
                f"The text says {money} of goods, more than the {format_money(round(bought))} that {self.world.name} "
                "has; nothing: all of them are taken."
            )
            self._open("goods.value", question, None)
        if sectors or not self._means_all():
            self.assumed.append("goods")
        return of_sectors or {"all": True}

    def _means_all(self) -> bool:
        return (self.found.goods or "").lower().startswith(("all ", "goods", "imports"))

    def _dollars(self) -> str | None:
        """The value in dollars; that of another currency is asked about."""
        value = self.found.value
        if value is None or value.dollars is not None:
            return None if value is None else value.dollars
        money = value.money if value.currency in NEAR_THE_DOLLAR else None
        taken = "as many dollars are taken" if money is not None else "nothing: the value is left open"
        question = (
            f"What are {value.money} {value.currency} in US dollars? The file counts dollars and the reader has no "
            f"exchange rates; {taken}."
        )
        self._open("goods.value", question, money)
        return money

    def _basis(self) -> str:
        """Customs figures where they are bundled for every pair, else those of the world."""
        year = self.world.year
        known = year is not None and all(customs_trade(self.found.by, on, year) is not None for on in self.found.on)
        return "customs" if known else "world"

    def _bought(self, exporter: str, basis: str, sectors: list[str]) -> float:
        """What the importer buys of the goods, USD million a year."""
        bought = purchases(self.world, self.found.by, exporter, basis)
        places = [self.world.sector_index(sector) for sector in sectors]
        return float(bought.by_sector[places].sum()) if places else bought.total

    def _dates(self) -> dict[str, Any]:
        """`from` for what is law, `earliest` for what is not."""
        found, day = self.found, self.day
        first = None if found.first_day is None else found.first_day + timedelta(days=found.after)
        if found.status == "in-force":
            if first is None or first > day:
                self.assumed.append("from")
                question = "Since when is it in force? The text names no day; its own day is taken."
                self._open("from", question, day.isoformat())
                first = day
            return {"from": first.isoformat()}
        if found.status == "withdrawn" or first is None or first < day:
            return {}
        return {"earliest": first.isoformat()}
