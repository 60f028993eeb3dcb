"""From a tariff or a demand in a text to an entry of the dispute file.

A measure has goods, a rate and dates, a demand the terms of its kind of ask. What the text leaves open becomes an open
question of the draft: the field, the choices, the default and the words in the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, get_args

from detente.article.items import FoundDemand, FoundMeasure
from detente.article.language import load_words
from detente.article.lexicon import side_name
from detente.article.sides import EVERYONE
from detente.data.products.descriptions import description_of
from detente.data.products.trade import customs_trade
from detente.data.products.weights import EU
from detente.data.quantities import format_money, parse_money
from detente.data.world import World
from detente.dispute.demands import Topic
from detente.policy.measure import Status
from detente.policy.reach import purchases
from detente.report.numbers import Names

RATE: Final = "25%"
"""The rate that is asked about where a text names none: that of most rounds of tariffs since 2018."""
RATES: Final = ("10%", "25%", "50%")
NEAR_THE_DOLLAR: Final = frozenset({"EUR", "GBP", "CHF", "CAD", "AUD", "NZD", "SGD"})
"""Currencies of which one unit is of the order of a dollar, so that the number itself is a fair placeholder."""
TOPIC: Final = "market-access"
"""The topic that is asked about where no rule names one."""
_OFFERED: Final = 5
"""Products that a question about goods names, at most."""
LAW: Final = "not named in the text"
_ENDS: Final = ("remove", "eliminate", "scrap", "abolish", "lift", "drop", "end")


@dataclass
class Questions:
    """The open questions of a draft, in the order in which they came up, and notes on what was settled."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    """Entries of the block `questions`."""
    notes: list[str] = field(default_factory=list)
    """What was left out, or settled by a table of the reader's own: to be looked at."""

    def ask(
        self, path: str, ask: str, default: str | None, choices: Sequence[str | None], source: dict[str, Any]
    ) -> None:
        """Add a question. The draft holds its default already, so that it can be checked before it is answered."""
        entry: dict[str, Any] = {"id": f"q{len(self.asked) + 1}", "path": path, "ask": ask}
        given = {"choices": list(choices)} if choices else {}
        self.asked.append({**entry, **given, "default": default, "source": source})


def sectors_of(words: str | None) -> list[str]:
    """The goods sectors in which most trade of the goods lies that some words name."""
    rules = [rule for rule in load_words("goods") if words and rule.pattern.search(words)]
    return list(dict.fromkeys(sector for rule in rules for sector in rule.says["sectors"]))


@dataclass
class MeasureEntry:
    """A tariff that a text of `day` tells of, the id and source of its entry, and where gaps are asked about.

    A field that no words state holds a guess, which is the default of its question.
    """

    found: FoundMeasure
    id: str
    source: dict[str, Any]
    day: date
    world: World
    questions: Questions
    sides: Sequence[str] = ()
    """The parties, for the choices of questions about sides."""
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
            "by": self._who("by", found.by, "Who charges"),
            "on": self._whose(),
            "status": self._status(),
            "goods": self._goods(),
            "set" if found.level else "add": self._rate(),
            **self._dates(),
        }
        return entry | ({"assumed": self.assumed} if self.assumed else {}) | {"source": self.source}

    def _open(self, path: str, question: str, default: str | None, choices: Sequence[str] = ()) -> None:
        self.questions.ask(f"measures.{self.id}.{path}", question, default, choices, self.source)

    def _quoted(self) -> str:
        return f"“{' '.join(self.source['quote'].split())}”"

    def _who(self, path: str, code: str, asks: str) -> str:
        if not self.found.is_told(path):
            question = f"{asks} this tariff? {self._quoted()} does not say; {side_name(code)} is a guess from the rest."
            self._open(path, question, code, self.sides if code in self.sides else ())
        return code

    def _whose(self) -> list[str]:
        on = list(self.found.on)
        if not self.found.is_told("on"):
            self._who("on", on[0], "Whose goods face")
        return on

    def _status(self) -> str:
        found = self.found
        if not found.is_told("status"):
            question = f"Is it in force, threatened, proposed or withdrawn? {self._quoted()} does not say."
            self._open("status", question, found.status, get_args(Status))
        return found.status

    def _rate(self) -> str:
        if self.found.is_told("rate") and self.found.rate is not None:
            return self.found.rate
        self.assumed.append("add")
        rate = self.found.rate or RATE
        question = f"What is the rate? The text names none; {RATE} is only a placeholder."
        if self.found.rate is not None:
            question = f"What is the rate? The text tells of a rise without one rate; {rate} is its higher end."
        self._open("add", question, rate, RATES if rate in RATES else ())
        return rate

    def _goods(self) -> dict[str, Any]:
        """Goods by code, by value, or all of them; where the words leave them open, a guess that is asked about."""
        money = self._dollars()
        goods = self._products()
        if money is None:
            return goods
        basis = self._basis()
        bought = sum(purchases(self.world, self.found.by, partner, basis).total for partner in self._partners())
        if parse_money(money) > bought:
            question = (
                f"The text says {money} of goods, more than the {format_money(round(bought))} that {self.world.name} "
                "has; nothing: all of them are taken."
            )
            self._open("goods.value", question, None)
            return goods
        rest = {name: its for name, its in goods.items() if name != "all"}
        return {"value": money, "basis": basis, **rest}

    def _products(self) -> dict[str, Any]:
        """The goods that the words name, without their value."""
        products = self.found.products
        codes = products.codes if products.told else products.candidates
        if not products.told:
            self._ask_for_goods(codes)
        if products.told and products.everything:
            return {"all": True}
        if codes:
            return {"codes": [{"hs": code} for code in codes]}
        sectors = [sector for sector in sectors_of(self.found.goods) if sector in self.world.sectors]
        return {"sectors": sectors} if sectors else {"all": True}

    def _ask_for_goods(self, codes: Sequence[str]) -> None:
        words = self.found.goods
        said = f"The words “{words}” name no product that is known" if words else "The text names none"
        offered = "; ".join(f"{code} {description_of(code) or ''}".strip() for code in codes[:_OFFERED])
        candidates = f"; candidates are {offered}" if offered else ""
        self.assumed.append("goods")
        self._open("goods", f"Which goods are charged? {said}{candidates}.", None)

    def _partners(self) -> list[str]:
        others = [code for code in self.world.economies if code != self.found.by]
        return others if EVERYONE in self.found.on else list(self.found.on)

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


@dataclass(frozen=True)
class DemandEntry:
    """A demand of a text of `day`, the id that its entry gets, its source, and where open terms are asked about."""

    found: FoundDemand
    id: str
    source: dict[str, Any]
    day: date
    world: World
    questions: Questions

    def ask(self, measures: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """The terms of the demand under its kind; `measures` are the entries of the draft."""
        found = self.found
        charged = [m["id"] for m in measures if m["by"] == found.of and found.by in m["on"]]
        own = [m["id"] for m in measures if m["by"] == found.by and found.of in m["on"]]
        money = found.value.dollars if found.value is not None else None
        match found.ask:
            case "bilateral_balance" if money is not None:
                return {"bilateral_balance": self._balance(money)}
            case "purchases" if money is not None:
                return {"purchases": self._purchases(money)}
            case "no_retaliation":
                return {"no_retaliation": {"to": own} if own else {"about": found.what}}
            case "withdraw_case":
                return {"withdraw_case": {"venue": "WTO", "what": found.what}}
            case "end_investigation":
                question = f"On which law does the investigation rest ({found.what})?"
                return {"end_investigation": {"law": self._open("end_investigation.law", question, LAW)}}
            case "market_economy_status":
                return {"market_economy_status": {"law": "trade remedies"}}
            case "withdraw" if len(charged) == 1:
                return {"withdraw": charged[0]}
            case "withdraw" if charged:
                return {
                    "withdraw": self._open("withdraw", f"Which measure is to go ({found.what})?", charged[0], charged)
                }
            case "tariff_cut" | "withdraw":
                return {"tariff_cut": self._cut()}
        return {"structural": self._structural()}

    def _open(self, field: str, question: str, default: str, choices: Sequence[str] = ()) -> str:
        """The default of a term that the text leaves open, after the question about it."""
        self.questions.ask(f"demands.{self.id}.ask.{field}", question, default, choices, self.source)
        return default

    def _sectors(self) -> dict[str, Any]:
        named = [sector for sector in sectors_of(self.found.what) if sector in self.world.sectors]
        return {"sectors": named} if named else {}

    def _balance(self, money: str) -> dict[str, Any]:
        """A surplus that is to fall: the change of the yearly balance of the side asked with the side that asks."""
        years = [str(self.day.year - 1), str(self.day.year)]
        question = "From which year is the change counted? The text does not say."
        base = self._open("bilateral_balance.base", question, years[-1], years)
        year = self.world.year
        customs = year is not None and customs_trade(self.found.by, self.found.of, year) is not None
        basis = "customs" if customs else "world"
        return {"partner": self.found.by, "change": f"-{money}", "base": base, "basis": basis}

    def _purchases(self, money: str) -> dict[str, Any]:
        """Extra purchases in the year that ends with the deadline."""
        if isinstance(self.found.deadline, date):
            last = self.found.deadline.isoformat()
        else:
            question = "By when? The text names no year; the end of the next is taken."
            last = self._open("purchases.schedule.0.by", question, date(self.day.year + 1, 12, 31).isoformat())
        return {"seller": self.found.by, "schedule": [{"by": last, "extra": money}]} | self._sectors()

    def _cut(self) -> dict[str, Any]:
        """Lower tariffs; words such as `remove` leave none."""
        rate = "0%"
        if not self.found.what.lower().startswith(_ENDS):
            rate = self._open("tariff_cut.to", f"To which rate ({self.found.what})? The text does not say.", rate)
        return {"to": rate} | self._sectors()

    def _structural(self) -> dict[str, Any]:
        """A change of policy, in the words of the text."""
        topic = self.found.topic
        if topic is None:
            question = f"What is it about ({self.found.what})? No rule knows."
            topic = self._open("structural.topic", question, TOPIC, get_args(Topic))
        return {"topic": topic, "what": self.found.what} | self._sectors()
