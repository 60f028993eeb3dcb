"""What a server can be asked to compute. A new kind is one entry of `KINDS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from detente.app.web.views import Reported, Views
from detente.errors import BadInput, UnknownElasticities, UnknownName, UnknownWorld

if TYPE_CHECKING:
    import pandas as pd

    from detente.dispute import Dispute


NoDeal = Literal["status quo", "threat", "answered", "nash"]
"""Where talks that fail lead."""


class Result(Protocol):
    """What a kind computes."""

    id: str

    def to_json(self) -> str:
        """All of it; equal inputs give the same text."""

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""


class Options(BaseModel):
    """What can be asked for beside the dispute, as the options of the command of the same name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    world: str | None = Field(default=None, description="a bundled world; by default the dispute's own")
    elasticities: str | None = Field(default=None, description="a set of trade elasticities")
    deficits: Literal["fixed", "balanced", "proportional"] | None = Field(
        default=None, description="what happens to trade deficits"
    )
    accept_defaults: bool = Field(default=False, description="answer open questions with their defaults")

    def checked(self) -> Self:
        """These, after their names are found. Raises UnknownWorld, UnknownElasticities."""
        from detente.data import list_elasticities, list_worlds

        kinds: tuple[tuple[str | None, type[UnknownName], Any], ...] = (
            (self.world, UnknownWorld, list_worlds),
            (self.elasticities, UnknownElasticities, list_elasticities),
        )
        for name, error, names in kinds:
            if name is not None and name not in set(names()["name"]):
                raise error(name, names()["name"])
        return self

    def arguments(self, dispute: Dispute) -> dict[str, Any]:
        """Keyword arguments of the function that computes."""
        return self.model_dump()


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
        from detente.dispute.wanted import wanted

        players = tuple(dispute.parties) if self.players is None else self.players
        return {**super().arguments(dispute), "objective": wanted(self.objective, players)}


class WarOptions(WantedOptions):
    """Options of `detente war`."""


class TalksOptions(SidesOptions):
    """Options of `detente talks`."""

    no_deal: NoDeal | None = Field(default=None, description="where failed talks lead; by default threats and answers")
    only: tuple[str, ...] | None = Field(default=None, description="ids of the demands that are taken up")
    mfn: bool = Field(default=False, description="what one cuts for the other it cuts for all")
    robust: bool = Field(default=False, description="the finding under all elasticities and closures; takes minutes")
    tariffs: tuple[str, ...] | None = Field(
        default=None, description="bargain over duties as well, beside the demands of these ids; takes a minute"
    )


class HoldOptions(WantedOptions):
    """Options of `detente hold`."""

    no_deal: NoDeal | None = Field(
        default=None, description="what groups at home compare a deal with; by default threats and answers"
    )
    period: float = Field(default=1.0, gt=0, le=100, description="years until cheating is found out")
    annual_rate: float = Field(default=0.05, gt=0, le=10, description="the discount rate that deals are judged at")


class ClockOptions(SidesOptions):
    """Options of `detente clock`."""

    until: date | None = Field(default=None, description="the last day; by default the file's last deadline")
    score: bool = Field(default=False, description="score against the outcomes of the file after its day")


@dataclass(frozen=True)
class Kind:
    """One thing to compute: which functions do it, as `module:name`, so that a server starts without loading them.

    `compute` takes a dispute, the options by name and `progress`; `read` takes the JSON of its result; `document` makes
    the report of a result. `tab` is what the part for it is called on the page of a run, and `offer` what that part
    says before it has been computed. `sides` is the number of parties that a dispute must have, `needs` the blocks.
    """

    name: str
    title: str
    compute: str
    read: str
    document: str
    options: type[Options] = Options
    tab: str = ""
    offer: str = ""
    sides: int | None = None
    needs: tuple[Literal["demands", "threats"], ...] = ()

    def function(self, which: Literal["compute", "read", "document"]) -> Callable[..., Any]:
        """The function of that name."""
        module, _, path = getattr(self, which).partition(":")
        found: Any = import_module(module)
        for name in path.split("."):
            found = getattr(found, name)
        made: Callable[..., Any] = found
        return made

    def fits(self, dispute: Dispute) -> bool:
        """Whether the dispute has what it needs."""
        there = {
            "demands": bool(dispute.demands),
            "threats": any(measure.status in ("threatened", "proposed") for measure in dispute.measures),
        }
        return (self.sides is None or len(dispute.parties) == self.sides) and all(there[need] for need in self.needs)

    def views(self) -> Views:
        """What makes parts of a result."""
        if self.name == "run":
            from detente.report import tabs

            return tabs
        return Reported(self)


KINDS: Final = {
    kind.name: kind
    for kind in (
        Kind("run", "What each step does", "detente.dispute:run", "detente.dispute:Findings.from_json",
             "detente.report.sections:document", RunOptions),
        Kind("war", "Where it leads if nobody gives way", "detente.dispute:run_war", "detente.dispute:War.from_json",
             "detente.report.war:document", WarOptions, "War",
             "What each side could do and what every pair of moves does to both, who blinks, and the tariffs at which "
             "neither would move. It takes about half a minute.", 2),
        Kind("talks", "What the demands cost, and which deals both prefer", "detente.dispute.talking:talks",
             "detente.dispute:Talks.from_json", "detente.report.talks:document", TalksOptions, "Talks",
             "What each demand costs and is worth, whether any deal is better for both than none, and what would close "
             "the gap. It takes about half a minute.", 2, ("demands",)),
        Kind("hold", "Whether a deal would hold", "detente.dispute:run_hold", "detente.dispute:Hold.from_json",
             "detente.report.hold:document", HoldOptions, "Hold",
             "Whether either side would cheat on a deal, whether every group at home would ratify it, and where the "
             "conflict can rest. It takes about a minute.", 2),
        Kind("clock", "What happens when the clock runs out", "detente.dispute:run_clock",
             "detente.dispute:Clock.from_json", "detente.report.clock:document", ClockOptions, "Clock",
             "How likely a deal, a truce and a war are on every day to come, under stated beliefs. It takes about half "
             "a minute.", 2, ("threats",)),
    )
}  # fmt: skip
"""Name → kind."""


class UnknownKind(UnknownName):
    """A kind of run that the server does not have."""

    kind = "kind of run"


def kind_of(name: str) -> Kind:
    """The kind of that name; raises UnknownKind."""
    if name not in KINDS:
        raise UnknownKind(name, KINDS)
    return KINDS[name]


def options_of(kind: Kind, given: dict[str, Any]) -> Options:
    """The options, checked. Raises BadInput, which says what is wrong with which."""
    from pydantic import ValidationError

    try:
        return kind.options.model_validate(given).checked()
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(map(str, first["loc"])) or "options"
        message = str(first["msg"]).removeprefix("Value error, ")
        raise BadInput(
            f"{where}: {message}; options of {kind.name}: {', '.join(kind.options.model_fields)}"
        ) from problem
