"""How the numbers of a run were made, and the inputs by which it is known.

What every run of a dispute begins with: the world, its economy, the states, and how the numbers will be made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, TypedDict

from numpy.typing import ArrayLike

from detente.data.bundled import DEFAULT, load_world
from detente.data.world import World, with_blocs
from detente.dispute.results import RunSettings, id_of
from detente.dispute.scenarios import Prepared, prepare
from detente.dispute.schema import Dispute
from detente.dispute.vintage import answered
from detente.errors import BadInput
from detente.inputs import listener, names, require
from detente.model.benchmark import Deficits
from detente.solver.economy import GIVEN, Economy, calibrate
from detente.solver.fixed_point import Horizon


@dataclass(frozen=True)
class Context:
    """What every state of a run shares."""

    world: World
    parties: tuple[str, ...]
    households: Mapping[str, int]
    horizon: Horizon


Progress = Callable[[int, int, str], None]
"""Called before each state with how many are done, how many there are, and its title; at the end with no title."""


class Steps:
    """Tells a listener of the parts of a search, one after another; after the last it is told with no title."""

    def __init__(self, progress: Progress | None, parts: int) -> None:
        listener(progress)
        self._progress = progress
        self._parts = parts
        self._done = 0

    def __call__(self, what: str) -> None:
        """Say that a part begins, or with no text that all is done."""
        if self._progress is not None:
            self._progress(self._done, self._parts, what)
        self._done += 1


class Head(TypedDict):
    """What every result on a dispute begins with; see `detente.dispute.results.Result`."""

    id: str
    dispute: str
    title: str
    names: Mapping[str, str]
    settings: RunSettings


@dataclass(frozen=True, eq=False)
class Setup:
    """A dispute ready to be solved. `defaults` are sentences about questions that were answered by default."""

    world: World
    dispute: Dispute
    defaults: tuple[str, ...]
    prepared: Prepared
    economy: Economy
    context: Context
    settings: RunSettings

    def head(self, asked: Mapping[str, Any]) -> Head:
        """How a result begins; `asked` is what its numbers depend on beside dispute and settings."""
        return Head(
            id=id_of(self.dispute, self.settings, asked),
            dispute=self.dispute.dispute,
            title=self.dispute.title,
            names=self.dispute.called,
            settings=self.settings,
        )

    def in_the_long_run(self) -> Self:
        """The same where labour moves: a war and talks are of the long run, whatever the run that they stand beside."""
        context, settings = replace(self.context, horizon="long"), replace(self.settings, horizon="long")
        return replace(self, context=context, settings=settings)

    def pair(self, players: Sequence[str] | None, what: str) -> tuple[str, str]:
        """The two players, by default the parties; `what` begins the message, such as `a war is`.

        Raises UnknownEconomy for a name the world lacks, BadInput where they are not two.
        """
        named = tuple(self.dispute.parties) if players is None else tuple(players)
        for code in named:
            self.world.index(code)
        if len(named) != 2 or len(set(named)) != 2:
            who = "the dispute's parties are" if players is None else "players are"
            raise BadInput(
                f"{what} of two different economies, but {who} {', '.join(named) or 'nobody'}: name two players"
            )
        return named[0], named[1]


def listed(players: Sequence[str] | None) -> tuple[str, ...] | None:
    """Players as options keep them. One text is one player, whom `Setup.pair` refuses by name."""
    return None if players is None else (players,) if isinstance(players, str) else names(players, "players")


def set_up(
    dispute: Dispute,
    world: World | str | None,
    elasticities: str | ArrayLike | None,
    deficits: Deficits | None,
    horizon: Horizon | None,
    accept_defaults: bool,
) -> Setup:
    """Calibrate, answer open questions if told to, plan the states and lay their measures; see `run`."""
    require(Dispute, dispute, "dispute", "give a Dispute: dt.Dispute.read('us-china-2018'), or Dispute.parse(text)")
    given = world if isinstance(world, World) else load_world(world or dispute.world)
    settled = with_blocs(given, dispute.parties)
    dispute, defaults = answered(dispute, accept_defaults, settled)
    prepared = prepare(dispute, settled)
    chosen = dispute.settings
    theta = elasticities if elasticities is not None else chosen.elasticities or DEFAULT
    economy = calibrate(settled, elasticities=theta, deficits=deficits or chosen.deficits or "fixed")
    span: Horizon = horizon or chosen.horizon or "long"
    context = Context(settled, tuple(dispute.parties), chosen.households, span)
    settings = RunSettings.of(
        settled,
        theta if isinstance(theta, str) else GIVEN,
        economy.theta,
        economy.deficits,
        span,
        accept_defaults=accept_defaults,
        households=chosen.households,
    )
    return Setup(settled, dispute, tuple(defaults), prepared, economy, context, settings)
