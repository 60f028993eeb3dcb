"""From a dispute to findings: calibrate, lay the measures on the world, solve every state, say how it was done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace

import numpy as np
from numpy.typing import ArrayLike

from detente import __version__
from detente.data import World, load_world
from detente.data.elasticities import DEFAULT
from detente.dispute.findings import Findings, RunSettings, Scenario
from detente.dispute.measured import Context, measure
from detente.dispute.prepare import Prepared, prepare
from detente.dispute.questions import answered
from detente.dispute.ratios import ratio_notes
from detente.dispute.schema import Dispute
from detente.model.closures import Deficits
from detente.solve import Economy, calibrate
from detente.solve.joint import Horizon

Progress = Callable[[int, int, str], None]
"""Called before each state with how many are done, how many there are, and its title; at the end with no title."""


def run(
    dispute: Dispute,
    *,
    world: World | str | None = None,
    elasticities: str | ArrayLike | None = None,
    deficits: Deficits | None = None,
    horizon: Horizon | None = None,
    progress: Progress | None = None,
    accept_defaults: bool = False,
) -> Findings:
    """Everything the dispute asks about, as known on its own day.

    Parameters
    ----------
    dispute
        From `Dispute.read` or `Dispute.parse`.
    world
        A world, or the name of a bundled one; the dispute's own by default.
    elasticities
        A set's name, or theta (j,); by default that of the settings, else `detente.data.elasticities.DEFAULT`.
    deficits, horizon
        As in `calibrate` and `solve`; by default those of the settings, else `fixed` and `long`.
    progress
        Told of every state before it is solved.
    accept_defaults
        Fill open questions with their defaults; without it a dispute with open questions is refused.

    Raises
    ------
    BadDispute
        Where questions are open, a name is not in the world, or measures cannot be applied; with every fault.
    BadMeasure, UnknownElasticities, BadEconomy, NotSolved
        Where measures cannot hold together, or a state does not solve.
    """
    settled = world if isinstance(world, World) else load_world(world or dispute.world)
    dispute, defaults = answered(dispute, accept_defaults, settled)
    prepared = prepare(dispute, settled)
    chosen = dispute.settings
    theta = elasticities if elasticities is not None else chosen.elasticities or DEFAULT
    economy = calibrate(settled, elasticities=theta, deficits=deficits or chosen.deficits or "fixed")
    span: Horizon = horizon or chosen.horizon or "long"
    context = Context(settled, tuple(dispute.parties), chosen.households, span)
    settings = _settings(economy, context, theta if isinstance(theta, str) else "given as an array", accept_defaults)
    baseline, *scenarios = _measured(prepared, economy, context, progress)
    return Findings(
        id=_id(dispute, settings),
        dispute=dispute,
        settings=settings,
        baseline=baseline,
        scenarios=tuple(scenarios),
        notes=(*dispute.notes, *ratio_notes(settled, context.parties), *prepared.books.notes()),
        assumed=(*_assumed(prepared.known), *defaults),
        ignored=tuple(str(fact) for fact in prepared.later),
    )


def _measured(prepared: Prepared, economy: Economy, context: Context, progress: Progress | None) -> Iterator[Scenario]:
    """Every state, the baseline first: the others are measured against the world as calibrated, or against it."""
    base, plans = economy, prepared.plans
    known: dict[tuple[str, tuple[str, ...]], Scenario] = {}
    for done, state in enumerate(plans):
        if progress is not None:
            progress(done, len(plans), state.title)
        key = (state.reference, state.ids)
        if key in known:  # the last date on which the law changed is the baseline itself
            scenario = replace(known[key], id=state.id, title=state.title, kind=state.kind, on=state.on)
        else:
            reference = economy if state.reference == "calibrated world" else base
            scenario = known[key] = measure(state, prepared.books.of(state), reference, context)
        if state.kind == "baseline" and scenario.solution is not None:
            base = economy.at(scenario.solution)
        yield scenario
    if progress is not None:
        progress(len(plans), len(plans), "")


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


def fingerprint(world: World) -> str:
    """SHA-256 of a world's codes and numbers."""
    digest = hashlib.sha256(json.dumps([world.economies, world.sectors, world.year]).encode())
    for array in (world.flows, world.tariffs, world.io, world.value_added):
        digest.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
    return digest.hexdigest()


def _id(dispute: Dispute, settings: RunSettings) -> str:
    """SHA-256 of everything the numbers depend on."""
    inputs = {"dispute": dispute.model_dump(mode="json", by_alias=True, exclude_defaults=True), **asdict(settings)}
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _assumed(dispute: Dispute) -> Iterator[str]:
    """What no source states, as the file says itself."""
    written = {values["id"]: values for values in dispute.values_as_written().get("measures", ())}
    for law in dispute.measures:
        for field in law.assumed:
            value = written[law.id].get(field, "left open")
            if field == "goods":
                value = law.goods
            elif isinstance(value, dict):
                value = "; ".join(f"{key} {', '.join(names)}" for key, names in value.items())
            elif isinstance(value, list | tuple):
                value = ", ".join(value)
            yield f"{law.id}: {field} ({value}) is assumed; no source states it"
