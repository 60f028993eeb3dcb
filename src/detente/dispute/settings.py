"""How the numbers of a run were made, and the inputs by which it is known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from detente import __version__
from detente.data import World
from detente.dispute.file.schema import Dispute


@dataclass(frozen=True)
class RunSettings:
    """How the numbers were made: world, elasticities, closure and horizon, and the version of the package.

    `theta` holds the trade elasticity of each sector of the world. `provenance` is the world's. `households` are
    counts by economy.
    """

    world: str
    world_sha256: str
    year: int | None
    elasticities: str
    theta: Mapping[str, float]
    deficits: str
    horizon: str
    version: str
    accept_defaults: bool
    households: Mapping[str, int]
    provenance: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        world: World,
        elasticities: str,
        theta: NDArray[np.float64],
        deficits: str,
        horizon: str,
        *,
        accept_defaults: bool = False,
        households: Mapping[str, int] | None = None,
    ) -> Self:
        """With this version of the package, on a world; `theta` (j,) belongs to its sectors."""
        return cls(
            world=world.name,
            world_sha256=fingerprint(world),
            year=world.year,
            elasticities=elasticities,
            theta=dict(zip(world.sectors, theta.tolist(), strict=True)),
            deficits=deficits,
            horizon=horizon,
            version=__version__,
            accept_defaults=accept_defaults,
            households=dict(households or {}),
            provenance=world.provenance.as_dict(),
        )


def fingerprint(world: World) -> str:
    """SHA-256 of a world's codes and numbers."""
    digest = hashlib.sha256(json.dumps([world.economies, world.sectors, world.year]).encode())
    for array in (world.flows, world.tariffs, world.io, world.value_added):
        digest.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
    return digest.hexdigest()


def id_of(dispute: Dispute, settings: RunSettings, more: Mapping[str, Any] | None = None) -> str:
    """SHA-256 of everything that numbers depend on: dispute, settings, and what else was asked for."""
    inputs = {"dispute": dispute.model_dump(mode="json", by_alias=True, exclude_defaults=True), **asdict(settings)}
    text = json.dumps({**inputs, **(more or {})}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
