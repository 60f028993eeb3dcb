"""The front door: any result, banded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from detente import __version__
from detente.data import World, load_world
from detente.data.elasticities import DEFAULT
from detente.dispute import Dispute, Findings
from detente.dispute.blocs import with_blocs
from detente.dispute.settings import fingerprint
from detente.dispute.setup import set_up
from detente.ensemble.compute import Progress, computed
from detente.ensemble.found import Bands
from detente.ensemble.job import ABOUT, Function, Job, desk_of
from detente.ensemble.spread import Over, key_of
from detente.errors import BadInput
from detente.model.closures import Deficits
from detente.solve.joint import Horizon


def bands(
    of: Dispute | Findings | Function,
    *,
    over: Over | None = None,
    draws: int = 256,
    seed: int = 0,
    holds: Sequence[str] = (),
    world: World | str | None = None,
    elasticities: str | ArrayLike | None = None,
    deficits: Deficits | None = None,
    horizon: Horizon | None = None,
    accept_defaults: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    folder: str | Path | None = None,
    progress: Progress | None = None,
) -> Bands:
    """How sure a result is: the same numbers over elasticity sets, draws of elasticities, closures and worlds.

    Parameters
    ----------
    of
        A dispute, or the findings of one, for every scenario; or a function that takes an economy (and the drawn
        values, where `over` has any) and gives numbers by name, the same names each time.
    over
        What is varied; by default all bundled sets of elasticities, each with its standard errors, and all closures.
    draws
        How many; powers of two fill the space evenly. The first 100 of 1,000 are the 100 of 100.
    seed
        Of the scrambled Sobol points.
    holds
        Statements such as `us-301 USA real_income < 0`: in how many draws each holds.
    world, elasticities, deficits, horizon, accept_defaults
        The run that the bands are about, as in `detente.run`; by default that of the findings or of the file. A world
        given as an object takes the place of the bundled ones.
    workers, scheduler
        Worker processes to start, or the address of a scheduler of dask.distributed; by default the threads of this
        process. The numbers are the same.
    folder
        Where each chunk of draws is kept as it is done; a second run goes on from what is there.
    progress
        Told of every chunk.

    Raises
    ------
    BadDispute, BadMeasure, UnknownElasticities, BadEconomy
        As in `detente.run`.
    BadInput
        Where a count is none, a statement cannot be read, worlds differ in their economies, or no scheduler answers.
    """
    if isinstance(of, Findings):
        given = _settings_of(of, world, elasticities, deficits, horizon)
        of = of.dispute
        elasticities = list(given["theta"].values()) if given["theta"] else given["elasticities"]
        world, deficits, horizon = world or given["world"], given["deficits"], given["horizon"]
    settled = world if isinstance(world, World) else load_world(world or _world_of(of, over))
    worlds = {} if isinstance(world, str) or world is None else {settled.name: settled}
    settings = _settings(of, settled, elasticities, deficits, horizon, accept_defaults)
    full = _filled(over or Over(), settings, worlds)
    plain = of.model_dump(mode="json", by_alias=True, exclude_defaults=True) if isinstance(of, Dispute) else None
    function = None if isinstance(of, Dispute) else of
    job = Job(full, seed, settings, plain, function, worlds, accept_defaults)
    desk = desk_of(job)
    keys = desk.keys
    centre = desk.compute([desk.central()])
    rows = computed(job, draws, None if folder is None else Path(folder), workers, scheduler, progress)
    return Bands.of(
        job,
        id=key_of({"job": job.key, "draws": draws, "holds": list(holds)}),
        title=of.title if isinstance(of, Dispute) else getattr(of, "__name__", type(of).__name__),
        names={code: party.name for code, party in of.parties.items()} if isinstance(of, Dispute) else {},
        keys=keys,
        draws=rows,
        run=centre.drop(columns=list(ABOUT)).to_numpy(dtype=np.float64)[0],
        assumed=desk.assumed(),
        statements=tuple(holds),
        parties=tuple(of.parties) if isinstance(of, Dispute) else (),
    )


def _world_of(of: Dispute | Function, over: Over | None) -> str:
    if isinstance(of, Dispute):
        return of.world
    if over is None or not over.worlds:
        raise BadInput("a function needs a world: give world='icio-2017', or Over(worlds=[...])")
    return over.worlds[0]


def _settings_of(
    findings: Findings,
    world: World | str | None,
    elasticities: str | ArrayLike | None,
    deficits: Deficits | None,
    horizon: Horizon | None,
) -> dict[str, Any]:
    """The settings of findings, which cannot be changed by an option. Raises BadInput where one is."""
    s = findings.settings
    if elasticities is not None or deficits is not None or horizon is not None or isinstance(world, str):
        raise BadInput("findings have their own world, elasticities, closure and horizon: band the dispute instead")
    if isinstance(world, World) and fingerprint(with_blocs(world, findings.dispute.parties)) != s.world_sha256:
        raise BadInput(f"{world.name} is not the world of the findings: give the one they were run on")
    own = s.elasticities == "given as an array"
    return {
        "world": s.world, "elasticities": s.elasticities, "theta": dict(s.theta) if own else None,
        "deficits": s.deficits, "horizon": s.horizon,
    }  # fmt: skip


def _settings(
    of: Dispute | Function,
    world: World,
    elasticities: str | ArrayLike | None,
    deficits: Deficits | None,
    horizon: Horizon | None,
    accept_defaults: bool,
) -> dict[str, Any]:
    """The run that the bands are about."""
    given: str | ArrayLike = DEFAULT if elasticities is None else elasticities
    closure, span, merged = deficits or "fixed", horizon or "long", fingerprint(world)
    if isinstance(of, Dispute):
        settled = set_up(of, world, elasticities, deficits, horizon, accept_defaults).settings
        merged = settled.world_sha256
        given = settled.elasticities if elasticities is None else elasticities
        closure, span = settled.deficits, settled.horizon  # type: ignore[assignment]
    named = isinstance(given, str)
    theta = None if named else dict(zip(world.sectors, np.asarray(given, dtype=np.float64).tolist(), strict=True))
    return {
        "world": world.name,
        "world_sha256": merged,
        "elasticities": given if named else "given as an array",
        "theta": theta,
        "deficits": closure,
        "horizon": span,
        "version": __version__,
    }


def _filled(over: Over, settings: dict[str, Any], worlds: dict[str, World]) -> Over:
    """What is varied, with the world and the horizon of the run where none are named."""
    if worlds and over.worlds and set(over.worlds) != set(worlds):
        raise BadInput(f"a world given as an object is the only one: leave worlds={list(over.worlds)} out")
    return replace(over, worlds=over.worlds or (settings["world"],), horizons=over.horizons or (settings["horizon"],))
