"""Trade statistics disagree: what customs count and what the world holds, for every pair of parties, in words."""

from __future__ import annotations

from itertools import combinations

from detente.data import World
from detente.policy.amounts import bases


def ratio_notes(world: World, parties: tuple[str, ...]) -> tuple[str, ...]:
    """For each pair of parties with customs figures: both figures of the goods each buys, and of the balance.

    A value with the basis customs is rescaled by its share of customs imports, a balance by its share of the customs
    balance; these two ratios are never mixed.
    """
    notes = []
    for first, second in combinations(parties, 2):
        table = bases(world, [(first, second), (second, first)])
        if table["customs"].isna().any():
            continue
        for importer, exporter, own, customs, ratio in table.itertuples(index=False, name=None):
            notes.append(
                f"{importer} bought goods of {_bn(customs)} from {exporter} in {world.year} by customs figures and of "
                f"{_bn(own)} in {world.name} (ratio {ratio:.3f}): values on the customs basis are rescaled by it"
            )
        own = float(table["world"].iloc[1] - table["world"].iloc[0])
        customs = float(table["customs"].iloc[1] - table["customs"].iloc[0])
        notes.append(
            f"the balance of {first} in goods with {second} is {_bn(customs)} by customs figures and {_bn(own)} in "
            f"{world.name} (ratio {own / customs:.3f}): balances on the customs basis are rescaled by that ratio, "
            "never by the one of imports"
        )
    return tuple(notes)


def _bn(amount: float) -> str:
    """USD million as a person reads it."""
    return f"{'−' if amount < 0 else ''}${abs(amount) / 1e3:.1f}bn"
