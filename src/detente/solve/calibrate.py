"""World → Economy."""

from __future__ import annotations

from typing import Final, Literal, get_args

from numpy.typing import ArrayLike

from detente.data import World
from detente.data import elasticities as bundled_elasticities
from detente.data.elasticities import DEFAULT
from detente.errors import BadEconomy, BadInput
from detente.inputs import floats, require
from detente.model import monopolistic
from detente.model.calibration import absorbed_gap, revenue_on_inputs, shares
from detente.model.closures import Deficits
from detente.solve.economy import Economy

Structure = Literal["ricardian", "monopolistic"]
GIVEN: Final = "given as an array"
"""What elasticities are called that are those of no set."""


def calibrate(
    world: World,
    elasticities: str | ArrayLike = DEFAULT,
    structure: Structure = "ricardian",
    deficits: Deficits = "fixed",
) -> Economy:
    """The benchmark economy of a world.

    Parameters
    ----------
    world
        Accounts that close (`world.check()`).
    elasticities
        The name of a bundled set, or theta (j,), over zero.
    structure
        ``ricardian``: Caliendo & Parro (2015); without input links, multi-sector Eaton-Kortum / Armington.
        ``monopolistic``: Ossa (2014), for a world without input links; the elasticity of substitution is σ = 1 + θ.
    deficits
        ``fixed``, ``balanced`` or ``proportional``; ``balanced`` first solves with D = 0 at unchanged tariffs, and that
        equilibrium is the benchmark.

    Raises
    ------
    UnknownElasticities, BadEconomy, BadWorld, BadInput
        Where the set is unknown or lacks a sector, the accounts do not close, or the world does not fit the structure.
    """
    require(World, world, "world", "give a World: dt.load_world('icio-2017'), or dt.World(...)")
    if structure not in get_args(Structure):
        raise BadInput(f"structure={structure!r} is not known: choose one of {', '.join(get_args(Structure))}")
    world.check()
    if isinstance(elasticities, str):
        label, theta = elasticities, bundled_elasticities(elasticities, world.sectors)
    else:
        label, theta = GIVEN, floats(elasticities, "theta", BadEconomy)
    if theta.shape != (len(world.sectors),):
        raise BadEconomy(
            f"theta has shape {theta.shape}, but {world.name} has {len(world.sectors)} sectors: "
            "give one elasticity a sector"
        )
    provenance = {
        "world": world.name,
        "year": world.year,
        "elasticities": label,
        "gap_absorbed": absorbed_gap(world),
        "revenue_on_inputs": revenue_on_inputs(world),
        **world.provenance.as_dict(),
    }
    if structure == "monopolistic" and world.io.any():
        raise BadInput(
            f"{world.name} has input links, which the monopolistic structure has not: give a World without io, or take "
            "structure='ricardian'"
        )
    arrays = shares(world) if structure == "ricardian" else monopolistic.shares(world.flows, world.tariffs, 1 + theta)
    economy = Economy(
        **arrays | {"theta": theta},
        economies=world.economies,
        sectors=world.sectors,
        deficits=deficits,
        name=world.name,
        provenance=provenance,
    )
    return economy.closed() if deficits == "balanced" else economy
