"""Packages of demands as deals that can be cheated on: the duties they leave, and what the file says they are worth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from detente.dispute.hold.arena import Deal
from detente.dispute.setup import Setup
from detente.dispute.talks.commitments import commitments, with_commitments
from detente.dispute.talks.deals import values_of
from detente.dispute.talks.ground import Ground
from detente.dispute.talks.result import Talks
from detente.errors import BadInput
from detente.talks.promises import demand_of


def packages_of(talks: Talks) -> dict[str, tuple[str, ...]]:
    """The packages that talks pick for sure, each once, by the first concept that picks it; the truce is left out."""
    found: dict[str, tuple[str, ...]] = {}
    picks = talks.solutions
    for row in picks[picks["over"] == "packages"].itertuples():
        demands = tuple(name for name in str(row.demands).split(" + ") if name)
        if demands and demands not in found.values():
            name = f"{row.concept} pick"
            found[f"{name} ({row.among})" if name in found else name] = demands
    return found


def package_deals(
    setup: Setup, pair: tuple[str, str], packages: Mapping[str, Sequence[str]], taken: Iterable[str]
) -> tuple[tuple[Deal, ...], tuple[str, ...]]:
    """The packages as deals, in which threats are on hold, and notes on demands without a price.

    Beside what the model counts a deal is worth the middle of the file's ranges of values. Raises BadInput for a name
    that is taken, an empty package or a demand that is none; NotSolved.
    """
    if not packages:
        return (), ()
    for name, demands in packages.items():
        if name in taken:
            raise BadInput(f"package {name!r} has the name of another deal: call it otherwise")
        if not demands:
            raise BadInput(f"package {name!r} is empty: give ids of demands; the truce is a deal anyway")
    every = list(dict.fromkeys(demand_of(name) for demands in packages.values() for name in demands))
    ground = Ground.of(setup, pair, only=every)
    found = commitments(ground)
    ground = with_commitments(ground, found)
    values = values_of(ground)
    near = ground.solve(ground.standing)
    deals = []
    for name, demands in packages.items():
        met = _named(ground, name, demands)
        parts = [(ground.promises[each].part, demand_of(each)) for each in met]
        worth = sum((part * values[demand] for part, demand in parts if demand in values), np.zeros(2))
        wedges = ground.agreed(ground.law(met), met, near)
        deals.append(Deal(name, ", ".join(met), wedges, (float(worth[0]), float(worth[1]))))
    notes = (*(note for commitment in found.values() for note in commitment.notes), *_unpriced(ground, values))
    return tuple(deals), notes


def _named(ground: Ground, package: str, demands: Sequence[str]) -> list[str]:
    """What a package meets, in the order of the file. Raises BadInput for a level that a demand does not have."""
    for name in demands:
        levels = ground.parts[demand_of(name)]
        if name not in levels:
            raise BadInput(
                f"package {package!r}: {name!r} is no level of {demand_of(name)}: it has {', '.join(levels)}"
            )
    if len({demand_of(name) for name in demands}) < len(set(demands)):
        raise BadInput(f"package {package!r} meets a demand at two levels: {', '.join(demands)}; give one of them")
    return [name for levels in ground.parts.values() for name in levels if name in demands]


def _unpriced(ground: Ground, values: Mapping[str, object]) -> Iterator[str]:
    for demand in ground.demands:
        if demand.id not in ground.trade and demand.id not in values:
            yield f"{demand.id} changes nothing that the model counts and has no value in the file: it counts nothing"
