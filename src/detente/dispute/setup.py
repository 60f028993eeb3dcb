"""What every run of a dispute begins with: the world, its economy, the states, and how the numbers will be made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from numpy.typing import ArrayLike

from detente import __version__
from detente.data import World, load_world
from detente.data.elasticities import DEFAULT
from detente.dispute.file.blocs import with_blocs
from detente.dispute.file.questions import answered
from detente.dispute.file.schema import Dispute
from detente.dispute.measured import Context
from detente.dispute.prepare import Prepared, prepare
from detente.dispute.settings import RunSettings, fingerprint
from detente.inputs import require
from detente.model.closures import Deficits
from detente.solve import Economy, calibrate
from detente.solve.joint import Horizon

Progress = Callable[[int, int, str], None]
"""Called before each state with how many are done, how many there are, and its title; at the end with no title."""


class Steps:
    """Tells a listener of the parts of a search, one after another; after the last it is told with no title."""

    def __init__(self, progress: Progress | None, parts: int) -> None:
        self._progress = progress
        self._parts = parts
        self._done = 0

    def __call__(self, what: str) -> None:
        """Say that a part begins, or with no text that all is done."""
        if self._progress is not None:
            self._progress(self._done, self._parts, what)
        self._done += 1


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
    settings = _settings(economy, context, theta if isinstance(theta, str) else "given as an array", accept_defaults)
    return Setup(settled, dispute, tuple(defaults), prepared, economy, context, settings)


def _settings(economy: Economy, context: Context, elasticities: str, accept_defaults: bool) -> RunSettings:
    world = context.world
    return RunSettings(
        world=world.name,
        world_sha256=fingerprint(world),
        year=world.year,
        elasticities=elasticities,
        theta={sector: float(value) for sector, value in zip(economy.sectors, economy.theta, strict=True)},
        deficits=economy.deficits,
        horizon=context.horizon,
        version=__version__,
        accept_defaults=accept_defaults,
        households=dict(context.households),
        provenance=world.provenance.as_dict(),
    )
