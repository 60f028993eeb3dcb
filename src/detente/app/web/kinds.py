"""What a server can be asked to compute. A new kind is one entry of `KINDS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from detente.errors import BadInput, UnknownElasticities, UnknownName, UnknownWorld

if TYPE_CHECKING:
    import pandas as pd

    from detente.dispute import Dispute


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


class WarOptions(Options):
    """Options of `detente war`."""

    players: tuple[str, ...] | None = Field(default=None, description="the two that choose; by default the parties")
    objective: str = Field(default="real income", max_length=200, description="what both want")
    one_rate: bool = Field(default=False, description="one duty on all goods, not one a sector")

    @model_validator(mode="after")
    def _has_two_players(self) -> Self:
        if self.players is not None and len(set(self.players)) != 2:
            raise ValueError(f"a war has two players; found {len(set(self.players))}")
        return self

    def arguments(self, dispute: Dispute) -> dict[str, Any]:
        """With the objective read from its words. Raises BadInput where they are not understood."""
        from detente.dispute.wanted import wanted

        players = tuple(dispute.parties) if self.players is None else self.players
        named = None if self.players is None else list(self.players)
        return {**self.model_dump(), "players": named, "objective": wanted(self.objective, players)}


@dataclass(frozen=True)
class Kind:
    """One thing to compute: which functions do it, as `module:name`, so that a server starts without loading them.

    `compute` takes a dispute, the options by name and `progress`; `read` takes the JSON of its result; `pages` is the
    module of the report layer with `tab(result, id, state)`, their titles, and, for the first answer, `first(result)`;
    `document` makes the report of a result. `tab` is what the part for it is called on the page of a run, `offer` what
    that part says before it has been computed, and `sides` the number of parties that it needs, where it needs one.
    """

    name: str
    title: str
    compute: str
    read: str
    pages: str
    document: str
    options: type[Options] = Options
    tab: str = ""
    offer: str = ""
    sides: int | None = None

    def function(self, which: Literal["compute", "read", "document"]) -> Callable[..., Any]:
        """The function of that name."""
        module, _, path = getattr(self, which).partition(":")
        found: Any = import_module(module)
        for name in path.split("."):
            found = getattr(found, name)
        made: Callable[..., Any] = found
        return made

    def fits(self, dispute: Dispute) -> bool:
        """Whether the dispute has the parties that it needs."""
        return self.sides is None or len(dispute.parties) == self.sides

    def views(self) -> Any:
        """The module that makes tabs of a result."""
        return import_module(self.pages)


KINDS: Final = {
    kind.name: kind
    for kind in (
        Kind("run", "What each step does", "detente.dispute:run", "detente.dispute:Findings.from_json",
             "detente.report.tabs", "detente.report.sections:document", RunOptions),
        Kind("war", "Where it leads if nobody gives way", "detente.dispute:run_war", "detente.dispute:War.from_json",
             "detente.report.war_tabs", "detente.report.war:document", WarOptions, "War",
             "What each side could do and what every pair of moves does to both, who blinks, and the tariffs at which "
             "neither would move. It takes about half a minute.", 2),
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
