"""The kinds of demands: one class a kind.

The first six kinds change numbers that the model has, so they can be priced; the others are priced by what a side
would give for them, or not at all.
"""

from __future__ import annotations

from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from detente.data.quantities import Money, Rate, format_money, format_rate
from detente.policy.periods import Day


class Block(BaseModel):
    """A block of the dispute file: frozen, and without a key that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BalanceStep(Block):
    """A part of the way: the change that must be there by a date, counted from the date before it."""

    by: Day = Field(description="the last day of the step")
    change: Money = Field(description="change of the balance over the step, such as -100bn")


class BilateralBalance(Block):
    """The balance of the side asked with a partner shall change."""

    partner: str = Field(description="the economy with which the balance is counted")
    change: Money = Field(description="change of the yearly balance of the side asked, such as -200bn")
    base: int = Field(ge=1900, le=2200, description="the year from which the change is counted")
    basis: Literal["customs", "world"] = Field(default="customs", description="the statistics in which it is counted")
    scope: Literal["goods", "all"] = Field(default="goods", description="goods alone, or services too")
    steps: tuple[BalanceStep, ...] = Field(default=(), description="the steps towards it, if they were stated")

    @model_validator(mode="after")
    def _steps_lead_to_the_change(self) -> Self:
        if self.change == 0:
            raise ValueError(
                "a change of 0 asks for nothing: write by how much the balance shall change, such as -200bn"
            )
        total = sum(step.change for step in self.steps)
        if self.steps and abs(total - self.change) > 1e-9 * abs(self.change):
            raise ValueError(f"the steps sum to {total:g} USD million, the change is {self.change:g}: make them agree")
        return self


class PurchaseStep(Block):
    """Extra purchases in the year that ends on a date."""

    by: Day = Field(description="the last day of the year of purchases")
    extra: Money = Field(description="additional purchases over the base year")
    share: Rate | None = Field(default=None, description="its share of a larger total, if it was stated so")

    @model_validator(mode="after")
    def _is_more(self) -> Self:
        if self.extra <= 0:
            raise ValueError(
                f"extra: {format_money(self.extra)} is not above zero: write how much more is bought, such as 75bn"
            )
        if self.share is not None and not 0 < self.share <= 1:
            raise ValueError(f"share: {format_rate(self.share)} is not a share: write a part of the total, such as 75%")
        return self


class Category(Block):
    """One category of a purchase commitment: which goods, and how much more of them is bought."""

    name: str = Field(min_length=1, description="its name, such as energy")
    sectors: dict[str, Rate] = Field(
        min_length=1, description="sector → the share of its purchases that is in the category, such as 62%"
    )
    base: Money | None = Field(
        default=None, description="purchases of the base year in the figures of the commitment, which grow by the same"
    )
    schedule: tuple[PurchaseStep, ...] = Field(min_length=1, description="the additional purchases by year")

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        for sector, part in self.sectors.items():
            if not 0 < part <= 1:
                raise ValueError(f"{format_rate(part)} of {sector} is not a part of it: write over 0% and up to 100%")
        if self.base is not None and self.base <= 0:
            raise ValueError(f"base: {format_money(self.base)} is not above zero: write what was bought, such as 21bn")
        if any(step.share is not None for step in self.schedule):
            raise ValueError("the steps of a category are levels of their own and have no share: leave it out")
        return self


class PurchaseCommitment(Block):
    """The side asked shall buy more from the seller: one amount, or one for each category of goods."""

    seller: str = Field(description="the economy whose goods are bought")
    schedule: tuple[PurchaseStep, ...] = Field(default=(), description="the additional purchases by year")
    sectors: tuple[str, ...] = Field(default=(), description="the sectors; all goods if none is named")
    categories: tuple[Category, ...] = Field(
        default=(), description="instead of schedule and sectors: an amount for each category"
    )

    @model_validator(mode="after")
    def _says_how_much(self) -> Self:
        if bool(self.schedule) == bool(self.categories):
            raise ValueError("purchases have either a schedule of one amount, or categories with one each")
        if self.categories and self.sectors:
            raise ValueError("sectors are named within each category: leave them out here")
        for steps in (self.schedule, *(category.schedule for category in self.categories)):
            days = [step.by for step in steps]
            if days != sorted(set(days)):
                raise ValueError(f"the steps end on {', '.join(map(str, days))}: give each day once, in order")
        self._check_categories()
        return self

    def _check_categories(self) -> None:
        names = [category.name for category in self.categories]
        if len(set(names)) < len(names):
            raise ValueError(f"two categories have one name ({', '.join(names)}): give each its own")
        days = {tuple(step.by for step in category.schedule) for category in self.categories}
        if len(days) > 1:
            raise ValueError("the categories have steps on different days: give each a level for the same days")
        total: dict[str, float] = {}
        for category in self.categories:
            for sector, part in category.sectors.items():
                total[sector] = total.get(sector, 0.0) + part
        over = next((sector for sector, part in total.items() if part > 1 + 1e-9), None)
        if over is not None:
            raise ValueError(
                f"the categories cover {format_rate(total[over])} of {over} together: no goods are in two categories"
            )


class TariffCut(Block):
    """The side asked shall cut its tariffs on the side that asks."""

    to: Rate | None = Field(default=None, description="the highest rate that may remain")
    by: Rate | None = Field(default=None, description="the part of each rate that goes, such as 50%")
    sectors: tuple[str, ...] = Field(default=(), description="the sectors; all goods if none is named")
    mfn: bool = Field(
        default=False, description="true: for everybody who sells the same, not for the side that asks alone"
    )

    @model_validator(mode="after")
    def _says_how_far(self) -> Self:
        if (self.to is None) == (self.by is None):
            raise ValueError("a tariff cut says either to: the rate that may remain, or by: the part that goes")
        if self.to is not None and self.to < 0:
            raise ValueError(
                f"to: {format_rate(self.to)} is a subsidy, not a tariff: the rate that may remain is 0% or more"
            )
        if self.by is not None and not 0 < self.by <= 1:
            raise ValueError(f"by: {format_rate(self.by)} is not a part of a rate: write the cut, such as 50%")
        return self


class TariffsAtMost(Block):
    """The side asked shall have no tariff over that of another economy on the same goods."""

    levels_of: str = Field(description="the economy whose rates are the ceiling")
    sectors: tuple[str, ...] = Field(default=(), description="the sectors; all goods if none is named")
    mfn: bool = Field(
        default=False, description="true: for everybody who sells the same, not for the side that asks alone"
    )
    but: str | None = Field(default=None, min_length=1, description="what is left out, in words")


class NoRetaliation(Block):
    """The side asked shall not answer: neither the measures named nor, where none is, any of the other side."""

    to: tuple[str, ...] = Field(default=(), description="ids of the measures that are not to be answered")
    about: str | None = Field(
        default=None, min_length=1, description="a description of further acts without a response"
    )
    ends: tuple[str, ...] = Field(default=(), description="ids of responses in force that are to end")
    sectors: tuple[str, ...] = Field(default=(), description="sectors to be spared")


class WithdrawCase(Block):
    """The side asked shall give up a case before a court or body."""

    venue: str = Field(min_length=1, description="the body, such as WTO")
    what: str = Field(min_length=1, description="the case, in words")


class EndInvestigation(Block):
    """The side asked shall end an investigation, or open none; what rests on it goes with it."""

    law: str = Field(min_length=1, description="its legal basis, such as Section 301")
    measures: tuple[str, ...] = Field(default=(), description="ids of the measures based on it")
    future: bool = Field(default=False, description="true if it concerns future cases")


class MarketEconomyStatus(Block):
    """The side asked shall treat the side that asks as a market economy."""

    law: str = Field(min_length=1, description="the field of law, such as trade remedies")


class CompanyRelief(Block):
    """The side asked shall lift or ease what it does to one company."""

    company: str = Field(min_length=1, description="the company")
    what: str = Field(min_length=1, description="a description of the relief")


class Enforcement(Block):
    """The monitoring of compliance, and the consequences of a failure."""

    review: Literal["monthly", "quarterly", "yearly", "on request"] = Field(description="the frequency of reviews")
    remedy: str = Field(min_length=1, description="a description of the other side's remedies")


Topic = Literal[
    "agriculture-access",
    "cyber",
    "exchange-rate",
    "export-controls",
    "industrial-subsidies",
    "intellectual-property",
    "investment-access",
    "investment-screening",
    "market-access",
    "non-tariff-barriers",
    "procurement",
    "services-access",
    "technology-transfer",
    "trade-remedies",
]
"""What a structural ask is about."""


class StructuralChange(Block):
    """The side asked shall change a policy that is not a tariff."""

    topic: Topic = Field(description="the subject")
    what: str = Field(min_length=1, description="the change asked for, in words")
    sectors: tuple[str, ...] = Field(default=(), description="sectors that it touches, where they can be named")


DIVISIBLE: Final = ("bilateral_balance", "purchases", "tariff_cut", "tariffs_at_most", "withdraw")
"""Kinds of ask of which a part can be met."""

PRICED: Final = (
    "bilateral_balance",
    "purchases",
    "tariff_cut",
    "tariffs_at_most",
    "withdraw",
    "no_retaliation",
)
"""Kinds of ask that change numbers of the model."""


class Ask(Block):
    """The content of a demand: exactly one of these kinds."""

    bilateral_balance: BilateralBalance | None = Field(
        default=None, description="a change of the balance with a partner"
    )
    purchases: PurchaseCommitment | None = Field(default=None, description="purchases from a seller")
    tariff_cut: TariffCut | None = Field(default=None, description="lower tariffs on the side that asks")
    tariffs_at_most: TariffsAtMost | None = Field(default=None, description="no tariff over another economy's")
    withdraw: str | None = Field(default=None, description="id of the measure to be withdrawn")
    no_retaliation: NoRetaliation | None = Field(default=None, description="no response to measures")
    withdraw_case: WithdrawCase | None = Field(
        default=None, description="the withdrawal of a case before a court or body"
    )
    end_investigation: EndInvestigation | None = Field(
        default=None, description="the end of an investigation, or a promise to open none"
    )
    market_economy_status: MarketEconomyStatus | None = Field(
        default=None, description="the status of a market economy"
    )
    company_relief: CompanyRelief | None = Field(default=None, description="relief for one company")
    enforcement: Enforcement | None = Field(default=None, description="the monitoring of compliance")
    structural: StructuralChange | None = Field(default=None, description="a change of policy that is not a tariff")

    @model_validator(mode="after")
    def _asks_for_one_thing(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            found = "none" if not given else ", ".join(given)
            raise ValueError(
                f"an ask has exactly one kind and this has {found}; there are: {', '.join(type(self).model_fields)}"
            )
        return self

    @property
    def kind(self) -> str:
        """The name of the kind, such as `bilateral_balance`."""
        return next(name for name in type(self).model_fields if getattr(self, name) is not None)

    @property
    def terms(self) -> Block | str:
        """The terms of that kind; for `withdraw` the id of the measure."""
        terms = getattr(self, self.kind)
        assert isinstance(terms, Block | str)
        return terms

    @property
    def priced(self) -> bool:
        """Whether the model itself can say what it costs each side."""
        return self.kind in PRICED

    def measures(self) -> tuple[str, ...]:
        """Ids of the measures that the ask names."""
        if self.withdraw is not None:
            return (self.withdraw,)
        if self.no_retaliation is not None:
            return (*self.no_retaliation.to, *self.no_retaliation.ends)
        return self.end_investigation.measures if self.end_investigation is not None else ()

    def economies(self) -> tuple[str, ...]:
        """Codes of the economies that the ask names."""
        named = (
            self.bilateral_balance and self.bilateral_balance.partner,
            self.purchases and self.purchases.seller,
            self.tariffs_at_most and self.tariffs_at_most.levels_of,
        )
        return tuple(code for code in named if code)

    def sectors(self) -> tuple[str, ...]:
        """Codes of the sectors that the ask names."""
        if self.purchases is not None and self.purchases.categories:
            return tuple(dict.fromkeys(code for each in self.purchases.categories for code in each.sectors))
        return tuple(getattr(self.terms, "sectors", ()))

    @property
    def mfn(self) -> bool:
        """Whether tariffs are to be cut for everybody who sells the same."""
        return bool(getattr(self.terms, "mfn", False))
