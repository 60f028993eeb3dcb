"""The clock's game where each side's resolve is drawn once and lasts: its rules, decisions and probabilities.

Threats are decided on one after the other, each on the first day on which it can be carried out. On the day of the
first the threatener insists or holds back; the other gives way or resists; a threatener that is resisted carries the
threat out or backs down. A threat held back once is held back for good: what is then known of the threatener makes it
no more credible later. On the day of a later threat the other side gives way or not, and then the threatener carries
it out or gives way itself. Measures in force stay so until the next threat is decided on, or where none is left for a
review period; then a war of attrition begins (`contest`). What would begin after the last day of the clock is not
played: the stage of that day lasts. No offers are made: whoever asks for less than all is taken for one that would
hold back, and refused.

Payoffs, a year and for good, against no threat in force: with z its resolve, a side that gives way loses z. The side of
the first threat, whose demand it is, wins its z when the other gives way; the other wins nothing but peace. Backing
down from the first threat costs `audience`·z. While measures are in force each side pays the losses of the stage.

Strategies are thresholds: resolves over one carry a threat out, resolves up to one give way. Whoever held out is from
then on believed to be over the threshold it passed (`Posterior`). `run_game` finds thresholds that fit these beliefs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from detente.errors import BadInput
from detente.inputs import FloatArray, IntArray
from detente.timing.contest import Contest
from detente.timing.game import YEAR, ClockGame
from detente.timing.posterior import Posterior
from detente.timing.scores import STATES

Beliefs = tuple[Posterior, Posterior]
"""What is believed of the resolve of the first and of the second side."""
Ending = Literal["carried out", "held back", "backed down"]
"""How a decision ends without a deal; a later threat that is not carried out ends in one."""
_SLIVER: Final = 1e-9
"""Relative width of the belief about a side that held back although every resolve carries the threat out."""


@dataclass(frozen=True)
class Decision:
    """The day on which a threat is decided on, in equilibrium.

    `stage` is how many threats are in force before it, `side` whose threat it is, `before` the beliefs on its morning.
    `reached` is the probability that it comes; the other probabilities are given that it does. `tough` is that of the
    threatener being over its `threshold`, `bluffs` that one who is not insists all the same, `belief` what the other
    side takes for the probability that the threat will be carried out, `concede` that it then gives way, because its
    resolve is at most `yields`.
    """

    day: int
    stage: int
    side: int
    before: Beliefs = field(repr=False)
    threshold: float
    yields: float
    tough: float
    bluffs: float
    belief: float
    concede: float
    reached: float

    @property
    def deal(self) -> float:
        """The probability of a deal on the day: over a later threat also by the threatener that gives way itself."""
        if self.stage == 0:
            return (self.tough + (1 - self.tough) * self.bluffs) * self.concede
        return self.concede + (1 - self.concede) * (1 - self.tough)

    @property
    def carried_out(self) -> float:
        """The probability that the threat is carried out."""
        return self.tough * (1 - self.concede)

    @property
    def held(self) -> float:
        """The probability that the threat is held back, or backed down from."""
        return 1 - self.deal - self.carried_out

    def after(self, ending: Ending) -> Beliefs:
        """What is believed after the threat was carried out, held back without being insisted on, or backed down from.

        Only the first threat is held back or backed down from.
        """
        found, a = list(self.before), self.side
        if ending == "carried out":
            found[a] = found[a].cut(low=self.threshold)
        else:
            found[a] = found[a].cut(high=max(self.threshold, _SLIVER * found[a].prior.median))
        if ending != "held back":
            found[1 - a] = found[1 - a].cut(low=self.yields)
        return found[0], found[1]


@dataclass(frozen=True, eq=False)
class Course:
    """An equilibrium of a clock's game and the probabilities that follow.

    `decisions` are those that the clock comes to if every threat is carried out; `last` is the war of attrition after
    the last of them, from day `begins`, None where the clock ends before. `gap` is the most that a resolve at a
    threshold could gain by playing otherwise, as a part of itself. `chances` (days + 1, 4) are the probabilities of
    `STATES` on each day.
    """

    game: ClockGame
    decisions: tuple[Decision, ...]
    last: Contest | None = field(repr=False)
    begins: int
    gap: float
    chances: FloatArray = field(repr=False)

    @property
    def thresholds(self) -> tuple[float, ...]:
        """The thresholds of all decisions, that of the threatener before that of the other side."""
        return tuple(value for each in self.decisions for value in (each.threshold, each.yields))


def chances_of(game: ClockGame, decisions: Sequence[Decision], last: Contest | None, begins: int) -> FloatArray:
    """The probability of each state on each day (days + 1, 4)."""
    stages = np.zeros((game.days + 1, len(game.threatener) + 1))
    stages[:, 0] = 1.0
    for each in decisions:
        stages[each.day :, each.stage] -= each.reached * (1 - (each.held if each.stage == 0 else 0.0))
        stages[each.day :, each.stage + 1] += each.reached * each.carried_out
    if last is not None:
        after = (np.arange(begins, game.days + 1) - begins) / YEAR
        stages[begins:, len(decisions)] *= last.still(after)
    stages = np.clip(stages, 0.0, 1.0)
    chances = np.zeros((game.days + 1, len(STATES)))
    chances[:, 1], chances[:, 2], chances[:, 3] = stages[:, 0], stages[:, 1:-1].sum(1), stages[:, -1]
    chances[:, 0] = np.maximum(1 - chances[:, 1:].sum(1), 0.0)
    chances.setflags(write=False)
    return chances


def simulate(course: Course, days: Sequence[int], count: int, seed: int) -> IntArray:
    """The state of `count` disputes on each of `days` (count, len(days)), as places in `STATES`.

    Both resolves of a dispute are drawn once, from the prior; then thresholds and bluffs are played. No probability is
    looked up. Raises BadInput where a day is outside the course or nothing is to be drawn.
    """
    game = course.game
    if count < 1 or not days or min(days) < 0 or max(days) > game.days:
        raise BadInput(f"{count} disputes on days {list(days)}: give one or more, on days from 0 to {game.days}")
    draw = np.random.default_rng(seed)
    z = [resolve.draw(draw, count) for resolve in game.prior.resolves]
    deal = np.full(count, np.inf)
    entered = np.full((count, len(game.threatener) + 1), np.inf)
    entered[:, 0] = 0.0
    playing = np.ones(count, dtype=bool)
    for each in course.decisions:
        own, other = z[each.side], z[1 - each.side]
        tough, yields = own > each.threshold, other <= each.yields
        asked = playing & (tough | (draw.random(count) < each.bluffs) | (each.stage > 0))
        deal[asked & yields] = each.day
        if each.stage > 0:
            deal[asked & ~yields & ~tough] = each.day
        playing = asked & ~yields & tough
        entered[playing, each.stage + 1] = each.day
    if course.last is not None:
        stops = np.minimum(*(course.last.stops(i, z[i]) for i in (0, 1)))
        deal[playing] = course.begins + YEAR * stops[playing]
    return np.stack([_states(day, deal, entered) for day in days], axis=1)


def _states(day: int, deal: FloatArray, entered: FloatArray) -> IntArray:
    stage = (entered <= day).sum(1) - 1
    states = np.where(stage == 0, 1, np.where(stage == entered.shape[1] - 1, 3, 2))
    return np.where(deal <= day, 0, states).astype(np.int64)
