"""From a demand in a text to an ask of the dispute file; terms that the text leaves open are asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, get_args

from detente.article.charged import sectors_of
from detente.article.items import FoundDemand
from detente.article.questions import Questions
from detente.data.products import customs_trade
from detente.data.world import World
from detente.dispute.demands import Topic

TOPIC: Final = "market-access"
"""The topic that is asked about where no rule names one."""
LAW: Final = "not named in the text"
_ENDS: Final = ("remove", "eliminate", "scrap", "abolish", "lift", "drop", "end")


@dataclass(frozen=True)
class Asking:
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
