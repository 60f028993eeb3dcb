"""Any result, banded: the same numbers over sets and draws of elasticities, closures, base tariffs and worlds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from types import NoneType
from typing import Any, Final

from detente.analyses.analysis import Analysis
from detente.analyses.bands.options import BandsOptions
from detente.analyses.bands.result import Bands
from detente.analyses.options import LABOUR, Options
from detente.analyses.run.result import Findings
from detente.data.bundled import DEFAULT, first_year_level, list_worlds, load_world
from detente.data.world import World, with_blocs
from detente.dispute.results import RunSettings, fingerprint
from detente.dispute.session import Progress, Session
from detente.ensemble.draws import Over, key_of
from detente.ensemble.job import Function, Job, evaluator_of
from detente.ensemble.storage import computed
from detente.errors import BadInput
from detente.inputs import require, shown
from detente.solver.economy import GIVEN, calibrate
from detente.solver.fixed_point import HORIZONS

RANGES: Final = {"labour_range": "labour", "mobility_range": "mobility", "floor_range": "wage_floor"}
"""Option of bands → the value of the labour market whose range it gives."""


def compute(
    subject: Session | Findings | Function,
    options: BandsOptions,
    progress: Progress | None = None,
    *,
    drawn: Analysis | None = None,
    asked: Options | None = None,
) -> Bands:
    """Compute the uncertainty of a result over draws.

    Parameters
    ----------
    subject
        A dispute that is set up, or the findings of one; or a function that takes an economy (and the drawn values,
        where `over` has any) and gives numbers by name, the same names each time.
    options
        What is varied, how often, and which statements are counted. By default all bundled sets of elasticities vary,
        each with its standard errors, all closures, and all rules of the base tariffs; of a question with a horizon
        also the level of elasticities, from the first year to the long run, and the horizon. Powers of two draws fill
        the space evenly; the first 100 of 1,000 are the 100 of 100. Numbers are the same for threads, worker processes
        and a scheduler. In a folder each chunk of draws is kept as it is done, and a second run goes on from there.
    progress
        Told of every chunk.
    drawn, asked
        The question whose numbers are drawn, which `options.result` names, and its own options; none for a function.
        Draws of a question that is `batched` are solved together; each draw of another takes as long as the question
        takes alone.

    Raises
    ------
    BadDispute, BadMeasure, UnknownElasticities, BadEconomy
        As in `detente.run`.
    BadInput
        Where a question has no numbers to draw or not the options given, a statement cannot be read, worlds differ in
        their economies, or no scheduler answers.
    """
    _refuse_labour(subject, options)
    over, folder = _varied(options), options.folder
    job, about = _job(subject, options, over, drawn, asked)
    evaluator = evaluator_of(job)
    if isinstance(subject, Session) and subject.settings == job.settings:
        evaluator.sessions.setdefault(job.settings.world, subject)
    keys, run = evaluator.keys, evaluator.run_itself()
    kept = None if folder is None else Path(folder)
    rows = computed(job, options.draws, kept, options.workers, options.scheduler, progress)
    return Bands.of(
        job,
        about | {"id": key_of({"job": job.key, "draws": options.draws, "holds": list(options.holds)})},
        keys=keys,
        draws=rows,
        run=run,
        assumed=evaluator.assumed(),
        statements=options.holds,
    )


def _refuse_labour(subject: Session | Findings | Function, options: BandsOptions) -> None:
    """Raise BadInput where what labour does is asked for a function, which is given an economy and may set it."""
    ranges = tuple(name for name in RANGES if getattr(options, name) is not None)
    if callable(subject) and (named := [*ranges, *(name for name in LABOUR if getattr(options, name) is not None)]):
        raise BadInput(f"{named[0]} is of a dispute, and a function is banded: set what labour does in the function")
    if isinstance(subject, Findings) and ranges:
        raise BadInput(f"findings have their own labour market: band the dispute instead, or leave {ranges[0]} out")


def _moves_workers(settings: RunSettings, over: Over) -> bool:
    """Whether workers differ, in the run or in draws: they then move between sectors, and the horizon is long."""
    return "mobility" in (*(settings.labour or ()), *(name for name, *_ in over.ranges))


def _varied(options: BandsOptions) -> Over:
    """The varied assumptions, as one object or named one by one. Raises BadInput if both are given."""
    require((Over, NoneType), options.over, "over", "give what is varied, dt.Over(...)")
    named = {
        "elasticities": options.sets,
        "deficits": options.closures,
        "base_tariffs": options.rules,
        "worlds": options.worlds,
        "spread": options.spread,
        "horizons": options.horizons,
        "level": options.level,
    }
    given: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    ranges = {name: value for option, name in RANGES.items() if (value := getattr(options, option)) is not None}
    if ranges:
        given["values"] = ranges
    if options.over is not None and given:
        said = [*(name for name in given if name != "values"), *(name for name in RANGES if getattr(options, name))]
        raise BadInput(f"over says all that is varied: leave {', '.join(said)} out")
    over: Over = options.over or Over(**given)
    return over


def _job(
    subject: Session | Findings | Function,
    options: BandsOptions,
    over: Over,
    drawn: Analysis | None,
    asked: Options | None,
) -> tuple[Job, dict[str, Any]]:
    """The job, and the description of the bands: result, dispute, title, names and parties."""
    if isinstance(subject, Session | Findings):
        if drawn is None or asked is None:
            raise BadInput("bands of a dispute need the question that is drawn, and its options")
        return _of_dispute(subject, options, over, drawn, asked)
    if options.result != "run":
        raise BadInput(f"result={options.result!r} is of a dispute, not of {type(subject).__name__}")
    if not callable(subject):
        raise BadInput(
            f"what is banded is {shown(subject)}: give a dispute, findings of one, or a function of an economy"
        )
    given = options.world or (over.worlds[0] if over.worlds else None)
    if given is None:
        raise BadInput("a function needs a world: give world='icio-2017', or Over(worlds=[...])")
    world = given if isinstance(given, World) else load_world(given)
    world = world if options.base_tariffs is None else world.with_tariffs(options.base_tariffs)
    elasticities = DEFAULT if options.elasticities is None else options.elasticities
    label = elasticities if isinstance(elasticities, str) else GIVEN
    theta = calibrate(world, elasticities=elasticities).theta
    settings = RunSettings.of(world, label, theta, options.deficits or "fixed", options.horizon or "long")
    own = _own(world, settings, {})
    name = getattr(subject, "__name__", type(subject).__name__)
    over = _filled(over, settings, own, world, options, timed=False)
    job = Job(over, options.seed, settings, function=subject, worlds=own)
    return job, {"result": name, "dispute": name, "title": name, "names": {}, "parties": ()}


def _of_dispute(
    subject: Session | Findings, options: BandsOptions, over: Over, drawn: Analysis, asked: Options
) -> tuple[Job, dict[str, Any]]:
    """The job of a question of a dispute. Raises BadInput where it is not the one that the findings answer."""
    dispute, settings, its = subject.dispute, subject.settings, drawn.name
    if isinstance(subject, Findings):
        if not isinstance(subject, drawn.result):
            raise BadInput(f"result={its!r} is of a dispute, not of Findings")
        world = _world_of(subject, options)
    else:
        world = subject.world
    own = _own(world, settings, dispute.parties)
    timed = "horizon" in drawn.options.model_fields
    if own_options := [name for name in asked.given() if name in (*Options.model_fields, "horizon")]:
        raise BadInput(f"{own_options[0]} is an option of bands, not of what is drawn: give it beside options")
    if not timed and options.horizon == "short":
        raise BadInput(f"{its} is of the long run: leave horizon={options.horizon!r} out")
    settings = settings if timed else replace(settings, horizon="long")
    full = _filled(over, settings, own, world, options, timed)
    if not timed and full.horizons != ("long",):
        raise BadInput(f"{its} is of the long run: leave horizons={list(full.horizons)} out")
    plain = dispute.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    job = Job(full, options.seed, settings, plain, f"{drawn.package}:ANALYSIS", asked, worlds=own)
    about = {"result": its, "dispute": dispute.dispute, "title": dispute.title, "names": dispute.called}
    return job, about | {"parties": tuple(dispute.parties)}


def _world_of(findings: Findings, options: BandsOptions) -> World:
    """The world of findings, whose settings no option changes. Raises BadInput where one is given."""
    world = options.world
    changed = (options.elasticities, options.deficits, options.horizon, options.base_tariffs)
    if isinstance(world, str) or any(option is not None for option in changed):
        raise BadInput(
            "findings have their own world, base tariffs, elasticities, closure and horizon: band the dispute instead"
        )
    given = load_world(findings.settings.world) if world is None else world
    given = given.with_tariffs(findings.settings.base_tariffs or given.tariff_source)
    merged = with_blocs(given, findings.dispute.parties)
    if fingerprint(merged) != findings.settings.world_sha256:
        raise BadInput(f"{merged.name} is not the world of the findings: give the one they were run on")
    return merged


def _own(world: World, settings: RunSettings, parties: Mapping[str, Any]) -> dict[str, World]:
    """The world by its name where it is none of the bundled ones, which every process has."""
    known = load_world(world.name) if world.name in set(list_worlds()["name"]) else None
    rule = settings.base_tariffs or (known or world).tariff_source
    if known is not None and rule in known.tariff_sources:
        same = fingerprint(with_blocs(known.with_tariffs(rule), parties)) == settings.world_sha256
        return {} if same else {world.name: world}
    return {world.name: world}


def _filled(
    over: Over, settings: RunSettings, own: Mapping[str, World], world: World, options: BandsOptions, timed: bool
) -> Over:
    """The varied assumptions, completed with worlds, rules of the base tariffs, horizons and level of elasticities.

    Where nothing says which rules, they are those that all worlds have, and for an `Over` that of the run. Where
    nothing names horizons or a level, a question that is `timed` varies both, unless an `Over` is given; all else keeps
    the horizon of the run and the published level, for its numbers are of the long run. Raises UnknownTariffs for a
    rule that one of the worlds does not have.
    """
    if own and over.worlds and set(over.worlds) != set(own):
        raise BadInput(f"a world given as an object is the only one: leave worlds={list(over.worlds)} out")
    usual = timed and options.over is None
    free = not _moves_workers(settings, over)
    spans = over.horizons or (HORIZONS if usual and free else (settings.horizon if free else "long",))
    if not free and spans != ("long",):
        raise BadInput(f"mobility says how workers move between sectors: leave horizons={list(spans)} out")
    level = over.level or ((first_year_level(), 1.0) if usual else None)
    worlds = over.worlds or (settings.world,)
    known = [own.get(name) or (world if name == settings.world else load_world(name)) for name in worlds]
    every = tuple(rule for rule in world.tariff_sources if all(rule in each.tariff_sources for each in known))
    rules = over.base_tariffs or ((world.tariff_source,) if options.over is not None else every)
    for varied, rule in product(known, rules):
        varied.with_tariffs(rule)
    return replace(over, worlds=worlds, horizons=spans, base_tariffs=rules, level=level)  # type: ignore[arg-type]
