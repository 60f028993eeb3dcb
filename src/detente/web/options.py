"""What can be asked for beside a dispute: the options of the command of the same name, checked before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from detente.errors import UnknownElasticities, UnknownName, UnknownWorld

if TYPE_CHECKING:
    from detente.dispute.schema import Dispute
    from detente.ensemble.draws import Over

NoDeal = Literal["status quo", "threat", "answered", "nash"]
"""Where talks that fail lead."""
Power = Annotated[float, Field(gt=0)]
"""Bargaining power of one side; what counts is its share of both."""
Names = Annotated[tuple[str, ...], Field(min_length=1, max_length=50)]


class Options(BaseModel):
    """What can be asked for beside the dispute, as the options of the command of the same name."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    world: str | None = Field(default=None, description="a bundled world; by default the dispute's own")
    elasticities: str | None = Field(default=None, description="a set of trade elasticities")
    deficits: Literal["fixed", "balanced", "proportional"] | None = Field(
        default=None, description="what happens to trade deficits"
    )
    accept_defaults: bool = Field(default=False, description="answer open questions with their defaults")

    def checked(self) -> Self:
        """These, after their names are found. Raises UnknownWorld, UnknownElasticities."""
        from detente.data.bundled import list_elasticities, list_worlds

        _find(UnknownWorld, [self.world], list_worlds)
        _find(UnknownElasticities, [self.elasticities], list_elasticities)
        return self

    def arguments(self, dispute: Dispute) -> dict[str, Any]:
        """Keyword arguments of the function that computes."""
        return self.model_dump()


def _find(error: type[UnknownName], names: Iterable[str | None], known: Callable[[], Any]) -> None:
    """Raise the error for the first name that is not in the list."""
    for name in names:
        if name is not None and name not in set(known()["name"]):
            raise error(name, known()["name"])


class RunOptions(Options):
    """Options of `detente run`."""

    horizon: Literal["long", "short"] | None = Field(
        default=None, description="long: workers move between sectors; short: they stay"
    )


class SidesOptions(Options):
    """Options of every kind that is about two sides."""

    players: tuple[str, ...] | None = Field(default=None, description="the two sides; by default the parties")

    @model_validator(mode="after")
    def _has_two_players(self) -> Self:
        if self.players is not None and len(set(self.players)) != 2:
            raise ValueError(f"there are two sides; found {len(set(self.players))}")
        return self

    def arguments(self, dispute: Dispute) -> dict[str, Any]:
        """Two players as a list."""
        return {**self.model_dump(), "players": None if self.players is None else list(self.players)}


class WantedOptions(SidesOptions):
    """What both governments want, and how their duties may differ."""

    objective: str = Field(default="real income", max_length=200, description="what both want")
    one_rate: bool = Field(default=False, description="one duty on all goods, not one a sector")

    def arguments(self, dispute: Dispute) -> dict[str, Any]:
        """With the objective read from its words. Raises BadInput where they are not understood."""
        from detente.optimal_tariffs.governments import wanted

        players = tuple(dispute.parties) if self.players is None else self.players
        return {**super().arguments(dispute), "objective": wanted(self.objective, players)}


class WarOptions(WantedOptions):
    """Options of `detente war`."""


class TalksOptions(SidesOptions):
    """Options of `detente talks`."""

    no_deal: NoDeal | None = Field(default=None, description="where failed talks lead; by default threats and answers")
    only: tuple[str, ...] | None = Field(default=None, description="ids of the demands that are taken up")
    weights: tuple[Power, Power] = Field(default=(0.5, 0.5), description="bargaining power of the two sides")
    mfn: bool = Field(default=False, description="what one cuts for the other it cuts for all")
    robust: bool = Field(default=False, description="the finding under all elasticities and closures; takes minutes")
    tariffs: tuple[str, ...] | None = Field(
        default=None, description="bargain over duties as well, beside the demands of these ids; takes a minute"
    )

    def arguments(self, dispute: Dispute) -> dict[str, Any]:
        """With the demands that are met beside duties by themselves."""
        given = super().arguments(dispute)
        return {**given, "tariffs": self.tariffs is not None, "met": self.tariffs or ()}


class HoldOptions(WantedOptions):
    """Options of `detente hold`."""

    no_deal: NoDeal | None = Field(
        default=None, description="what groups at home compare a deal with; by default threats and answers"
    )
    period: float = Field(default=1.0, gt=0, le=100, description="years until cheating is found out")
    annual_rate: float = Field(default=0.05, gt=0, le=10, description="the discount rate that deals are judged at")
    lag: float | None = Field(
        default=None, ge=0, le=100, description="years until a snap-back clause acts; by default the file's review"
    )
    lasting: float | None = Field(
        default=None, gt=0, le=100, description="years that a snap-back lasts; by default for good"
    )
    quota: float = Field(default=0.5, ge=0, lt=1, description="the share of weight that more than must consent")


class ClockOptions(SidesOptions):
    """Options of `detente clock`."""

    until: date | None = Field(default=None, description="the last day; by default the file's last deadline")
    score: bool = Field(default=False, description="score against the outcomes of the file after its day")
    seed: int = Field(default=0, ge=0, lt=2**32, description="of the disputes played out beside the probabilities")


class BandsOptions(RunOptions):
    """Options of `detente bands` of a run; workers and folders are the server's own."""

    draws: int = Field(default=256, ge=2, le=4096, description="how many; powers of two fill evenly")
    seed: int = Field(default=0, ge=0, lt=2**32, description="of the scrambled Sobol points")
    sets: Names | None = Field(default=None, description="sets of elasticities to vary; by default all")
    closures: Names | None = Field(default=None, description="closures of deficits to vary; by default all")
    worlds: Names | None = Field(default=None, description="worlds to vary; by default the run's alone")
    spread: float | None = Field(default=None, description="of ln theta where no standard error is known")
    holds: tuple[Annotated[str, Field(max_length=300)], ...] = Field(
        default=(), max_length=20, description="statements: in how many draws does each hold?"
    )

    def checked(self) -> Self:
        """These, after every name that is varied is found. Raises UnknownWorld, UnknownElasticities, BadInput."""
        from detente.data.bundled import list_worlds

        _find(UnknownWorld, self.worlds or (), list_worlds)
        self.over()
        return super().checked()

    def over(self) -> Over:
        """What is varied. Raises UnknownElasticities, BadInput."""
        from detente.ensemble.draws import Over

        given = {"elasticities": self.sets, "deficits": self.closures, "worlds": self.worlds, "spread": self.spread}
        return Over(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]

    def arguments(self, dispute: Dispute) -> dict[str, Any]:
        """With what is varied as one object."""
        plain = super().arguments(dispute)
        varied = ("sets", "closures", "worlds", "spread")
        return {**{name: value for name, value in plain.items() if name not in varied}, "over": self.over()}


class UploadedFile(BaseModel):
    """A file that was sent: what it is called, and its text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=200)
    text: str


class MarketsOptions(Options):
    """Options of `detente markets`."""

    prices: UploadedFile | None = Field(
        default=None, description="daily prices: a CSV with dates and a column an asset"
    )
    event: tuple[date, ...] | None = Field(default=None, max_length=50, description="days to study; by default threats")
    economy: str | None = Field(
        default=None, max_length=50, description="whose equity it is; by default the first side"
    )
    asset: str | None = Field(default=None, max_length=200, description="the column of its prices")
    market: str | None = Field(default=None, max_length=200, description="the column that is the market")
    window: tuple[int, int] = Field(default=(0, 0), description="trading days around an event")
    estimation: int = Field(default=250, ge=2, le=10_000, description="trading days before it for normal returns")
    level: float = Field(default=0.01, gt=0, lt=1, description="probability under which a day is flagged")
    multiplier: float = Field(default=1.0, description="change of equity over change of real income")
    values: tuple[float, float] | None = Field(default=None, description="values of equity in war and in peace")
    probability: float | None = Field(default=None, ge=0, le=1, description="of war before a move")

    def arguments(self, dispute: Dispute) -> dict[str, Any]:
        """With the prices read, and columns and days looked up in them. Raises BadTable, UnknownName, BadInput."""
        from detente.markets.prices import parse_prices

        plain = {name: getattr(self, name) for name in type(self).model_fields if name not in ("prices", "event")}
        prices = None
        if self.prices is not None:
            prices = parse_prices(self.prices.text, self.prices.name)
            for column in filter(None, (self.asset, self.market)):
                prices.place(column)
            for day in self.event or ():
                prices.at(day)
        return {**plain, "prices": prices, "events": None if self.event is None else list(self.event)}


OPTIONS: dict[str, type[Options]] = {
    "run": RunOptions, "war": WarOptions, "talks": TalksOptions, "hold": HoldOptions, "clock": ClockOptions,
    "markets": MarketsOptions, "bands": BandsOptions,
}  # fmt: skip
"""Question → its options."""
