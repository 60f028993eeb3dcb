"""The front door: any result, banded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import NoneType

from numpy.typing import ArrayLike

from detente.analyses.analysis import Analysis
from detente.analyses.bands.options import BandsOptions
from detente.analyses.bands.other_results import RUN, checked
from detente.analyses.bands.result import About, Bands
from detente.analyses.options import Options
from detente.analyses.run.result import Findings
from detente.data.bundled import DEFAULT, load_world
from detente.data.world import World, with_blocs
from detente.dispute.results import RunSettings, fingerprint
from detente.dispute.schema import Dispute
from detente.dispute.session import Progress, Setup, set_up
from detente.ensemble.chunks import computed
from detente.ensemble.draws import Over, key_of
from detente.ensemble.job import Function, Job, desk_of
from detente.errors import BadInput
from detente.inputs import require, shown
from detente.model.benchmark import Deficits
from detente.solver.economy import GIVEN, calibrate
from detente.solver.fixed_point import Horizon


def compute(
    subject: Setup | Findings | Function,
    options: BandsOptions,
    progress: Progress | None = None,
    *,
    drawn: Analysis | None = None,
    asked: Options | None = None,
) -> Bands:
    """How sure a result is: the same numbers over elasticity sets, draws of elasticities, closures and worlds.

    `subject` is a dispute that is set up, the findings of one, or a function that takes an economy (and the drawn
    values, where `over` has any) and gives numbers by name, the same names each time. `drawn` is the question whose
    numbers are drawn, and `asked` its own options.

    Raises
    ------
    BadInput
        Where a statement cannot be read, worlds differ in their economies, or no scheduler answers.
    """
    of = subject.dispute if isinstance(subject, Setup) else subject
    result, seed, statements = options.result, options.seed, options.holds
    world, elasticities, deficits, horizon = options.world, options.elasticities, options.deficits, options.horizon
    accept_defaults, draws, folder = options.accept_defaults, options.draws, options.folder
    workers, scheduler = options.workers, options.scheduler
    named = {
        "elasticities": options.sets,
        "deficits": options.closures,
        "worlds": options.worlds,
        "spread": options.spread,
    }
    over = options.over or Over(**{name: value for name, value in named.items() if value is not None})  # type: ignore
    checked(result)
    require((Over, NoneType), over, "over", "give what is varied, dt.Over(...)")
    require((str, Path, NoneType), folder, "folder", "give a path")
    if result != RUN and not isinstance(of, Dispute):
        raise BadInput(f"result={result!r} is of a dispute, not of {type(of).__name__}")
    if isinstance(of, Findings):
        settings = _settings_of(of, world, elasticities, deficits, horizon)
        world, of = settings.world if world is None else world, of.dispute
    elif isinstance(of, Dispute):
        if result != RUN and horizon == "short":
            raise BadInput(f"{result} is of the long run: leave horizon={horizon!r} out")
        span = horizon if result == RUN else "long"
        settings = set_up(of, _world_of(of, over, world), elasticities, deficits, span, accept_defaults).settings
    else:
        if not callable(of):
            raise BadInput(
                f"what is banded is {shown(of)}: give a dispute, findings of one, or a function of an economy"
            )
        settings = _settings_alone(_world_of(of, over, world), elasticities, deficits, horizon)
    worlds = {world.name: world} if isinstance(world, World) else {}
    full = _filled(over or Over(), settings, worlds)
    if result != RUN and full.horizons != ("long",):
        raise BadInput(f"{result} is of the long run: leave horizons={list(full.horizons)} out")
    plain = of.model_dump(mode="json", by_alias=True, exclude_defaults=True) if isinstance(of, Dispute) else None
    function = None if isinstance(of, Dispute) else of
    job = Job(full, seed, settings, plain, result, function, worlds, accept_defaults)
    desk = desk_of(job)
    keys, run = desk.keys, desk.run_itself()
    rows = computed(job, draws, None if folder is None else Path(folder), workers, scheduler, progress)
    return Bands.of(
        job,
        id=key_of({"job": job.key, "draws": draws, "holds": list(statements)}),
        about=_about(of, result),
        keys=keys,
        draws=rows,
        run=run,
        assumed=desk.assumed(),
        statements=statements,
    )


def _about(of: Dispute | Function, result: str) -> About:
    """What bands are of."""
    if isinstance(of, Dispute):
        return About(result, of.dispute, of.title, of.called, tuple(of.parties))
    name = getattr(of, "__name__", type(of).__name__)
    return About(name, name, name, {}, ())


def _world_of(of: Dispute | Function, over: Over | None, world: World | str | None) -> World:
    if isinstance(world, World):
        return world
    if world is None and not isinstance(of, Dispute) and (over is None or not over.worlds):
        raise BadInput("a function needs a world: give world='icio-2017', or Over(worlds=[...])")
    named = of.world if isinstance(of, Dispute) else over.worlds[0] if over is not None and over.worlds else ""
    return load_world(world or named)


def _settings_of(
    findings: Findings,
    world: World | str | None,
    elasticities: str | ArrayLike | None,
    deficits: Deficits | None,
    horizon: Horizon | None,
) -> RunSettings:
    """The settings of findings, which cannot be changed by an option. Raises BadInput where one is."""
    if elasticities is not None or deficits is not None or horizon is not None or isinstance(world, str):
        raise BadInput("findings have their own world, elasticities, closure and horizon: band the dispute instead")
    merged = None if world is None else with_blocs(world, findings.dispute.parties)
    if merged is not None and fingerprint(merged) != findings.settings.world_sha256:
        raise BadInput(f"{merged.name} is not the world of the findings: give the one they were run on")
    return findings.settings


def _settings_alone(
    world: World, elasticities: str | ArrayLike | None, deficits: Deficits | None, horizon: Horizon | None
) -> RunSettings:
    """How the numbers of a function are made that is given an economy alone."""
    given = DEFAULT if elasticities is None else elasticities
    economy = calibrate(world, elasticities=given)
    name = given if isinstance(given, str) else GIVEN
    return RunSettings.of(world, name, economy.theta, deficits or "fixed", horizon or "long")


def _filled(over: Over, settings: RunSettings, worlds: dict[str, World]) -> Over:
    """What is varied, with the world and the horizon of the run where none are named."""
    if worlds and over.worlds and set(over.worlds) != set(worlds):
        raise BadInput(f"a world given as an object is the only one: leave worlds={list(over.worlds)} out")
    spans = over.horizons or (settings.horizon,)
    return replace(over, worlds=over.worlds or (settings.world,), horizons=spans)  # type: ignore[arg-type]
