"""The same clock under other assumptions: priors with one thing moved, and payoffs of other sets of elasticities."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from detente.dispute.clock.stages import Step, from_the_truce, under_other_sets
from detente.dispute.file.schema import Dispute
from detente.dispute.setup import Setup
from detente.talks.clock import Course, Prior, run_game


@dataclass(frozen=True)
class Variant:
    """A clock with one assumption moved: its name, what is moved (`prior` or `elasticities`), and its course."""

    name: str
    kind: str
    course: Course


def other_priors(prior: Prior, pair: tuple[str, str]) -> Iterator[tuple[str, Prior]]:
    """Priors in which one thing is moved, each named with the codes of both sides."""
    for name, other in prior.variants():
        for seat, code in (("first", pair[0]), ("second", pair[1])):
            name = name.replace(f"{seat} side's resolve", f"resolve of {code}")
        yield name, other


def variants_of(
    known: Dispute, setup: Setup, pair: tuple[str, str], course: Course, steps: Sequence[Step]
) -> tuple[list[Variant], tuple[str, ...]]:
    """The clock as stated, then under other priors, then with payoffs of every other set of elasticities.

    With other elasticities resolves stay those of the prior. Also a note on sets that lack sectors of the world.
    Raises BadMeasure, NotSolved.
    """
    game = course.game
    found = [Variant("as stated", "prior", course)]
    for name, prior in other_priors(game.prior, pair):
        found.append(Variant(name, "prior", run_game(replace(game, prior=prior))))
    others, missing = under_other_sets(known, setup, steps)
    for name, stages in others:
        found.append(Variant(name, "elasticities", run_game(replace(game, losses=from_the_truce(stages.losses(pair))))))
    left = (f"elasticities {', '.join(missing)} lack sectors of the world, and are not in the sensitivity",)
    return found, left if missing else ()


def varied_frame(variants: Sequence[Variant], table: Callable[[Course], pd.DataFrame]) -> pd.DataFrame:
    """A table of every variant, one under the other, with the columns `variant` and `kind` before its own."""
    frames = []
    for each in variants:
        frame = table(each.course)
        frame.insert(0, "kind", each.kind)
        frame.insert(0, "variant", each.name)
        frames.append(frame)
    return pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)
