"""What a server can be asked to compute. A new kind is one entry of `KINDS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from detente.errors import BadInput, UnknownName
from detente.web import fields
from detente.web.fields import Field
from detente.web.options import (
    BandsOptions,
    ClockOptions,
    HoldOptions,
    MarketsOptions,
    Options,
    RunOptions,
    TalksOptions,
    WarOptions,
)
from detente.web.views import Reported, Views

if TYPE_CHECKING:
    import pandas as pd

    from detente.dispute.schema import Dispute


class Result(Protocol):
    """What a kind computes."""

    id: str

    def to_json(self) -> str:
        """All of it; equal inputs give the same text."""

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""


@dataclass(frozen=True)
class Kind:
    """One thing to compute: which functions do it, as `module:name`, so that a server starts without loading them.

    `compute` takes a dispute, the options by name and `progress`; `read` takes the JSON of its result; `document` makes
    the report of a result. `tab` is what the part for it is called on the page of a run, and `offer` what that part
    says before it has been computed. `sides` is the number of parties that a dispute must have, `needs` the blocks.
    `form` are the fields in which the page asks for options of the part. With `early`, `compute` takes a listener of
    that name, which it tells of the part of the result that the headline is about before it goes on.
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
    form: tuple[Field, ...] = ()
    early: bool = False

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
            from detente.analyses.run import tabs

            return tabs
        return Reported(self)


KINDS: Final = {
    kind.name: kind
    for kind in (
        Kind("run", "What each step does", "detente.analyses.run.compute:run", "detente.analyses.run.result:Findings.from_json",
             "detente.analyses.run.report:document", RunOptions, early=True),
        Kind("war", "Where it leads if nobody gives way", "detente.analyses.war.compute:run_war", "detente.analyses.war.result:War.from_json",
             "detente.analyses.war.report:document", WarOptions, "War",
             "What each side could do and what every pair of moves does to both, who blinks, and the tariffs at which "
             "neither would move. It takes about half a minute.", 2, form=fields.WAR),
        Kind("talks", "What the demands cost, and which deals both prefer", "detente.analyses.talks.compute:talks",
             "detente.analyses.talks.result:Talks.from_json", "detente.analyses.talks.report:document", TalksOptions, "Talks",
             "What each demand costs and is worth, whether any deal is better for both than none, and what would close "
             "the gap. It takes about half a minute.", 2, ("demands",), fields.TALKS),
        Kind("hold", "Whether a deal would hold", "detente.analyses.hold.compute:run_hold", "detente.analyses.hold.result:Hold.from_json",
             "detente.analyses.hold.report:document", HoldOptions, "Hold",
             "Whether either side would cheat on a deal, whether every group at home would ratify it, and where the "
             "conflict can rest. It takes about a minute.", 2, form=fields.HOLD),
        Kind("clock", "What happens when the clock runs out", "detente.analyses.clock.compute:run_clock",
             "detente.analyses.clock.result:Clock.from_json", "detente.analyses.clock.report:document", ClockOptions, "Clock",
             "How likely a deal, a truce and a war are on every day to come, under stated beliefs. It takes about half "
             "a minute.", 2, ("threats",), fields.CLOCK),
        Kind("markets", "What markets should fear, and what prices say", "detente.analyses.markets.compute:run_markets",
             "detente.analyses.markets.result:Markets.from_json", "detente.analyses.markets.report:document", MarketsOptions, "Markets",
             "Which sectors each outcome hits, how far equity would move if talks fail or succeed, and, with a file of "
             "daily prices, what they did on the days that matter and which probability of war that implies.", 2,
             ("threats",), fields.MARKETS),
        Kind("bands", "How sure it is", "detente.analyses.bands.compute:bands", "detente.analyses.bands.result:Bands.from_json",
             "detente.analyses.bands.report:document", BandsOptions, "How sure",
             "Every number again for many draws of what nobody knows for sure: eight sets of trade elasticities, their "
             "errors, three closures of deficits. Shares of draws, which are no probability.", form=fields.BANDS),
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
