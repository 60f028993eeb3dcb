"""The `responses` block of the dispute file: how a side answers a measure of the other.

The blocks of the dispute file about talks: demands, values, factions, delegations, dates, forecasts, outcomes.

The blocks of the dispute file that belong to no other layer: parties, documents, statements, questions, settings.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PositiveInt, model_validator

from detente.data.exported import Shown
from detente.data.quantities import Money, MoneyRange, Rate, format_money_range, format_rate
from detente.data.world import Source
from detente.dispute.demands import DIVISIBLE, Ask, Block
from detente.errors import BadInput, enumerate_names
from detente.model.labour import NAMED, Anchor, LabourMarket, RevenueUse, market_named
from detente.policy.measure import Goods
from detente.policy.periods import Day
from detente.policy.rebalancing import EQUALS
from detente.timing.scores import Ending

Match = Literal["rate", "value", "duty", "harm", "best", "trade"]
"""What an answer in kind makes equal: the rate, the trade it covers, the duty it raises, the real income it costs the
other side; `best` is the answer that is best for the side that gives it. A rebalancing answer makes `duty` or `trade`
equal, over a list of the answering side."""


class Response(BaseModel):
    """One side's answer to one measure of the other.

    `in-kind` builds the answer from the measure it answers, equal to it in what `match` says. `rebalancing` takes equal
    duty or trade from the goods of a list of its own. `listed` is an answer whose goods and rates the file itself
    lists, as the measure that `measure` names.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: str = Field(description="the economy that answers")
    to: str = Field(description="id of the measure that is answered")
    rule: Literal["in-kind", "rebalancing", "listed"] = Field(
        description="in-kind builds the answer from the measure, rebalancing from a list of goods, listed names it"
    )
    match: Match | None = Field(default=None, description="the quantity that is equal; with rebalancing: duty or trade")
    goods: Goods | None = Field(
        default=None, description="with rebalancing: the list of the answering side; all goods if none is named"
    )
    add: Rate | None = Field(
        default=None, description="with rebalancing: the rate of the answer; without it the rate is found"
    )
    measure: str | None = Field(default=None, description="with listed: id of the measure that is the answer")
    announced: Day | None = Field(
        default=None, description="the day of its announcement; by default the date of its source's document"
    )
    source: Source | None = Field(default=None, description="the source of the statement or report")

    @model_validator(mode="after")
    def _has_what_its_rule_needs(self) -> Self:
        if self.rule == "in-kind" and (self.match in (None, "trade") or self.measure is not None):
            raise ValueError("an answer in kind needs match: rate, value, duty, harm or best, and no measure")
        if self.rule == "rebalancing" and (self.match not in EQUALS or self.measure is not None):
            raise ValueError("a rebalancing answer needs match: duty or trade, and no measure")
        if self.rule != "rebalancing" and (self.goods is not None or self.add is not None):
            raise ValueError("goods and add are of a rebalancing answer: write rule: rebalancing, or leave them out")
        if self.add is not None and self.add <= 0:
            raise ValueError(f"add: {format_rate(self.add)} takes nothing back: write a rate above zero, such as 25%")
        if self.rule == "listed" and (self.measure is None or self.match is not None):
            raise ValueError("a listed answer needs measure: the id of the measure that is the answer, and no match")
        return self


Stance = Literal["red-line", "wanted", "tradable"]
"""red-line: no deal without it. wanted: has a price. tradable: asked for in order to be given up."""

Sourcing = Literal["read", "reported", "second-hand", "unverified"]
"""How well a fact is sourced. read: the words of the document itself. reported: a named newspaper's account of it.
second-hand: an account of an account. unverified: recalled, and found in no source at hand."""


def _is_a_probability(value: float) -> float:
    if not 0 <= value <= 1:
        raise ValueError(f"a probability of {value:g} is not between 0 and 1: write it as 60% or 0.6, or null")
    return value


def _number_is_a_probability(given: Any) -> Any:
    """A number is checked before it is read as a rate, whose message speaks of per cent signs."""
    return _is_a_probability(given) if isinstance(given, float) else given


Probability = Annotated[Rate, BeforeValidator(_number_is_a_probability), AfterValidator(_is_a_probability)]
"""A pydantic field: between 0 and 1, read from `60%` or 0.6."""


def _is_not_negative(ends: tuple[float, float]) -> tuple[float, float]:
    if ends[0] < 0:
        raise ValueError(
            f"{format_money_range(ends)} reaches under zero: write what meeting the demand costs the party asked, or "
            "is worth to the party that asks, as an amount of 0bn or more"
        )
    return ends


Worth = Annotated[MoneyRange, AfterValidator(_is_not_negative)]
"""A pydantic field: a range of money that does not reach under zero."""


class Demand(Shown, Block):
    """A demand of one side to the other."""

    id: str = Field(min_length=1, description="the id that the rest of the file uses")
    by: str = Field(description="the party that asks")
    of: str = Field(description="the party that is asked")
    ask: Ask = Field(description="the content, as one of the kinds of Ask")
    what: str | None = Field(default=None, min_length=1, description="a description of the demand for readers")
    deadline: Day | Literal["immediate"] | None = Field(default=None, description="a date, or immediate")
    made: Day | None = Field(default=None, description="the day on which it was made or became known")
    stance: Stance = Field(default="wanted", description="red-line: no deal without it; tradable: may be given up")
    levels: tuple[Rate, ...] = Field(
        default=(), description="parts that a deal may meet besides the whole, such as [25%, 50%]"
    )
    sourcing: Sourcing = Field(
        default="reported", description="the quality of its source; unverified: from memory only"
    )
    also: tuple[str, ...] = Field(default=(), description="ids of further documents that report it")
    source: Source | None = Field(default=None, description="the source of the fact")

    @model_validator(mode="after")
    def _levels_are_parts(self) -> Self:
        if self.levels and self.ask.kind not in DIVISIBLE:
            raise ValueError(
                f"levels: of {self.ask.kind} no part is known to the model; there are parts of "
                f"{enumerate_names(DIVISIBLE)}: make what could be met by itself a demand of its own"
            )
        if list(self.levels) != sorted(set(self.levels)) or any(not 0 < part <= 1 for part in self.levels):
            raise ValueError(
                f"levels: {', '.join(map(format_rate, self.levels))}: write parts over 0% and up to 100%, each once, "
                "the smallest first"
            )
        return self


class Faction(Block):
    """A group at home without which, or against which, a deal is hard to ratify."""

    name: str = Field(min_length=1, description="its name")
    sectors: tuple[str, ...] = Field(default=(), description="the sectors whose income it represents")
    payoffs: dict[str, Money] = Field(
        default={}, description="the yearly worth of a deal over no deal, instead of sectors: deal → money"
    )
    veto: bool = Field(default=False, description="true if a deal needs its consent")
    weight: float = Field(default=1.0, gt=0, allow_inf_nan=False, description="the weight of its vote on a deal")
    speakers: tuple[str, ...] = Field(default=(), description="members of the delegation that speak for it")
    assumed: tuple[str, ...] = Field(default=(), description="fields that no source states; printed as assumed")
    source: Source | None = Field(default=None, description="the source of the fact")

    @model_validator(mode="after")
    def _assumes_what_it_has(self) -> Self:
        allowed = sorted(set(Faction.model_fields) - {"name", "assumed", "source"})
        wrong = [name for name in self.assumed if name not in allowed]
        if wrong:
            raise ValueError(f"assumed names {wrong[0]}: allowed are {', '.join(allowed)}")
        return self


class Delegate(Block):
    """One person of a delegation."""

    name: str = Field(min_length=1, description="the person")
    role: str | None = Field(default=None, min_length=1, description="the office held")
    source: Source | None = Field(default=None, description="the source of the fact")


class Milestone(Block):
    """A date on which something can happen, or stops being possible."""

    id: str = Field(min_length=1, description="the id that the rest of the file uses")
    date: Day = Field(description="the day")
    what: str = Field(min_length=1, description="the event that becomes possible or impossible on it")
    source: Source | None = Field(default=None, description="the source of the fact")


class Agreement(Block):
    """A report that the sides agreed on a topic, or did not agree on it."""

    reported_by: str = Field(min_length=1, description="the source of the report")
    topic: str = Field(min_length=1, description="the subject")
    agreed: bool = Field(description="true: agreed; false: not agreed")
    date: Day | None = Field(default=None, description="the day of the report")
    source: Source | None = Field(default=None, description="the source of the fact")


class Forecast(Block):
    """A forecast of a person, to be scored against the outcomes."""

    who: str = Field(min_length=1, description="the forecaster")
    date: Day = Field(description="the day on which it was made")
    outcome: Ending = Field(description="the predicted outcome")
    probability: Probability | None = Field(default=None, description="null if none was stated")
    by: Day | None = Field(default=None, description="the predicted date, if one was stated")
    quote: str | None = Field(default=None, min_length=1, description="the words")
    source: Source | None = Field(default=None, description="the source of the fact")


class RecordedOutcome(Block):
    """An outcome that has occurred."""

    date: Day = Field(description="the day on which it happened")
    outcome: Ending = Field(description="the state after it")
    what: str | None = Field(default=None, min_length=1, description="a description of the outcome")
    source: Source | None = Field(default=None, description="the source of the fact")


Tone = Literal["pessimistic", "optimistic", "firm", "conciliatory", "neutral"]
"""How a statement sounds: about the prospects of the talks (pessimistic, optimistic), or towards the other side."""


class Party(Block):
    """A side of the dispute: one economy of the world, or a bloc that enters it as one."""

    name: str = Field(min_length=1, description="its usual name")
    members: tuple[str, ...] = Field(default=(), description="the economies of a bloc, which the world merges into one")


class SourceDocument(Block):
    """A document that facts are taken from."""

    title: str = Field(min_length=1, description="its title, or a description")
    publisher: str | None = Field(default=None, min_length=1, description="the publisher and the place")
    date: Day | None = Field(default=None, description="its date")
    url: str | None = Field(default=None, min_length=1, description="its address")
    note: str | None = Field(default=None, min_length=1, description="a remark on it")


class Statement(Block):
    """A statement of a person."""

    who: str = Field(min_length=1, description="who said it")
    side: str = Field(default="none", description="the party that the speaker speaks for, or none")
    date: Day = Field(description="the day on which it was said")
    quote: str = Field(min_length=1, description="the words")
    stance: Tone = Field(default="neutral", description="how it sounds, about the talks or towards the other side")
    source: Source | None = Field(default=None, description="the source of the fact")


class Estimate(Block):
    """A published estimate of the effect of the same tariffs on an economy, shown beside the computed effect."""

    who: str = Field(min_length=1, description="the authors and the year")
    date: Day = Field(description="the day of publication")
    of: Day = Field(description="the day of the tariffs that it studies")
    economy: str = Field(description="the economy of the real income")
    real_income: Rate | None = Field(default=None, description="change in real income, such as -0.04%")
    real_income_usd: Money | None = Field(default=None, description="the same in money a year, such as -7.2bn")
    differs: str = Field(min_length=1, description="its differences in coverage or assumptions from a run of the file")
    source: Source = Field(description="the source of the figure")

    @model_validator(mode="after")
    def _says_how_much(self) -> Self:
        if self.real_income is None and self.real_income_usd is None:
            raise ValueError("an estimate gives real_income, real_income_usd, or both")
        return self


class Question(Block):
    """An open point of the source; a run waits for the answer, or takes the default with `accept_defaults`."""

    id: str = Field(min_length=1, description="the id that messages use")
    path: str = Field(min_length=1, description="the field that the answer fills, such as measures.us-301.earliest")
    ask: str = Field(min_length=1, description="the text of the question")
    choices: tuple[str | None, ...] = Field(default=(), description="the possible answers, if they are few")
    default: str | None = Field(default=None, description="the answer with accepted defaults; null is none")
    source: Source | None = Field(default=None, description="the source of the fact")

    @model_validator(mode="after")
    def _default_is_a_choice(self) -> Self:
        if self.choices and self.default not in self.choices:
            raise ValueError(f"the default {self.default!r} is none of the choices: add it, or take one of them")
        return self


class DefaultSettings(Block):
    """The settings of the computation that the file itself gives."""

    elasticities: str | None = Field(default=None, description="a set of trade elasticities")
    deficits: Literal["fixed", "balanced", "proportional"] | None = Field(
        default=None, description="the closure of trade deficits"
    )
    base_tariffs: str | None = Field(default=None, description="the rule of the base tariffs, one of the world's")
    horizon: Literal["long", "short"] | None = Field(
        default=None, description="long: labour moves between sectors; short: it stays in its sector"
    )
    households: dict[str, PositiveInt] = Field(default={}, description="number of households by economy")
    labour: float | None = Field(
        default=None, ge=0, le=10, description="elasticity of labour supply to the real wage after tax"
    )
    revenue: RevenueUse | None = Field(
        default=None,
        description="use of tariff revenue where labour supply is elastic: handed out, or in place of income tax",
    )
    income_tax: Rate | None = Field(
        default=None, ge=0, lt=1, description="income tax on the last unit of factor income, by default 25%"
    )
    mobility: float | None = Field(
        default=None, ge=1, le=100, description="how readily workers change sector, from 1 (none does)"
    )
    wage_floor: Rate | None = Field(
        default=None, gt=0, le=1, description="lowest wage over the wage of before, such as 98%"
    )
    wage_unit: Anchor | None = Field(
        default=None, description="unit of the floor: world factor income, or dollars with US factor income held"
    )

    @model_validator(mode="after")
    def _labour_is_sound(self) -> Self:
        try:
            market = self.market
        except BadInput as problem:
            raise ValueError(str(problem)) from problem
        if market is not None and market.by_sector and self.horizon == "short":
            raise ValueError("horizon: short keeps workers in their sectors, and mobility moves them: leave one out")
        return self

    @property
    def of_labour(self) -> dict[str, Any]:
        """What these settings say of labour, by key; None where a key is not given."""
        return {name: getattr(self, name) for name in NAMED}

    @property
    def market(self) -> LabourMarket | None:
        """The labour market of these settings; None where they say nothing of labour."""
        return market_named(self.of_labour)
