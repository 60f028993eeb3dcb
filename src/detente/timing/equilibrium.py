"""Thresholds of the clock's game (`escalation`) that fit the beliefs that they bring about.

Given thresholds, beliefs follow forwards, and the worth of every later game to each resolve backwards. A threshold
fits where the resolve at it is indifferent: a threatener between carrying out and backing down (or giving way), and
between insisting and holding back; the other side between giving way and resisting. The worth of going on rises with
the resolve by at least as much as giving way costs more, so that one threshold separates those who do from those who
do not: no resolve gains by leaving a threshold strategy.

The unknowns are the thresholds, as standard deviations of the prior from its median. From the most patient ones, at
which hardly anybody carries out a threat or gives way, each moves against the gain of the resolve at it, and Newton's
method ends the search. Thresholds from the least patient ones tell whether there is another equilibrium.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from detente.errors import NotSolved
from detente.inputs import FloatArray
from detente.timing.contest import Contest, contest
from detente.timing.escalation import Course, Decision, chances_of
from detente.timing.game import YEAR, ClockGame
from detente.timing.offers import Pair
from detente.timing.posterior import Posterior

_END: Final = 6.0
"""The farthest threshold, in standard deviations: one resolve in a thousand million lies beyond."""
_START: Final = 2.0
"""Where the search begins: one resolve in fifty lies beyond."""
_TOLERANCE: Final = 1e-7
"""The gain of a threshold's resolve, as a part of itself, at which the search ends."""
_ACCEPTED: Final = 1e-4
"""The largest such gain that is accepted where the search ends without reaching the tolerance."""
_ROUNDS: Final = 8
_MOVES: Final = 15
"""Moves of each round, before Newton's method."""
_NEWTON: Final = 10
_STEP: Final = 1e-4
"""Step of the finite differences, in standard deviations."""
_MIXED: Final = 1e-12
"""The distance within which the other side's threshold is the one at which the threatener may bluff."""


def _above(score: float) -> float:
    """The probability that a resolve is over the prior's median by more than some standard deviations."""
    return math.erfc(score / math.sqrt(2)) / 2


@dataclass(frozen=True, eq=False)
class _State:
    """Thresholds and what follows from them: gains (K, 2) of the resolves at them, and what to build a course of."""

    u: FloatArray
    gains: FloatArray
    fixed: NDArray[np.bool_]
    thresholds: FloatArray
    tough: FloatArray
    concede: FloatArray
    belief: float
    last: Contest | None

    @property
    def gap(self) -> float:
        return float(np.abs(self.gains).max(initial=0.0))


def decision_days(game: ClockGame) -> tuple[int, ...]:
    """The day on which each threat is decided on if all before it are carried out, as far as the clock runs."""
    days: list[int] = []
    for k in range(len(game.threatener)):
        day = next(game.reviews(k, days[-1] if days else 0), None)
        if day is None:
            break
        days.append(day)
    return tuple(days)


def run_game(game: ClockGame, *, patient: bool = True) -> Course:
    """The equilibrium that the search reaches from the most patient thresholds, or from the least patient ones.

    Raises NotSolved where the search finds no thresholds that fit.
    """
    search = _Search(game)
    found = search.run(patient=patient)
    if found.gap > _ACCEPTED:
        raise NotSolved(
            f"the clock's game with {len(search.days)} threats: no thresholds fit the beliefs they bring about; the "
            f"best leave a gain of {found.gap:.1%} of the resolve at one; give another prior, or fewer days on which "
            "threats open"
        )
    return search.course(found)


class _Search:
    """The search for thresholds of one game."""

    def __init__(self, game: ClockGame) -> None:
        self.game, self.days = game, decision_days(game)
        prior, a = game.prior, game.threatener[0]
        self.wins: Pair = (1.0, 0.0) if a == 0 else (0.0, 1.0)
        self.sides = [(side, 1 - side) for side in game.threatener[: len(self.days)]]
        self.begins = (self.days[-1] if self.days else 0) + prior.review_days
        self.goes_on = self.begins <= game.days
        spans = np.diff([*self.days, self.begins])
        self.keep = np.exp(-prior.rate * spans / YEAR)
        self.enough = prior.audience / (1 + prior.audience)
        other = prior.resolves[1 - a]
        self.mixed = float(other.score(other.quantile(self.enough)))

    def run(self, *, patient: bool) -> _State:
        """The thresholds with the smallest gap that the search comes by."""
        sign = 1.0 if patient else -1.0
        now = best = self.at(np.tile([sign * _START, -sign * _START], (len(self.sides), 1)))
        pace, before = np.full(now.u.shape, 0.5), np.zeros(now.u.shape)
        for _ in range(_ROUNDS):
            nearest = now
            for _ in range(_MOVES):
                if now.gap < nearest.gap:
                    nearest = now
                if now.gap < _TOLERANCE:
                    return now
                way = -np.clip(now.gains, -0.5, 0.5)
                pace = np.where(way * before < 0, pace * 0.5, np.minimum(pace * 1.2, 3.0))
                now, before = self.moved(now, np.where(now.fixed, 0.0, pace * way)), way
            ended = self.newton(nearest)
            if ended.gap < best.gap:
                best = ended
            if best.gap < _TOLERANCE:
                break
            now, pace = ended if ended.gap < nearest.gap else now, pace * 0.3
        return best

    def moved(self, now: _State, step: FloatArray) -> _State:
        """The state after a step; one that would pass the threshold at which bluffs begin stops on it."""
        u = np.clip(now.u + step, -_END, _END)
        if (now.u[0, 1] - self.mixed) * (u[0, 1] - self.mixed) < 0:
            u[0, 1] = self.mixed
        return self.at(u)

    def newton(self, now: _State) -> _State:
        """Newton's method on the thresholds that are not at an end, as long as it makes the gap smaller."""
        for _ in range(_NEWTON):
            free = np.flatnonzero(~now.fixed.ravel())
            if now.gap < _TOLERANCE or not len(free):
                break
            slopes = np.empty((len(free), len(free)))
            for column, place in enumerate(free):
                u = now.u.ravel().copy()
                u[place] += _STEP if u[place] <= 0 else -_STEP
                change = self.at(u.reshape(now.u.shape)).gains - now.gains
                slopes[:, column] = change.ravel()[free] / (u[place] - now.u.ravel()[place])
            step = np.zeros(now.u.size)
            step[free] = np.linalg.lstsq(slopes, -now.gains.ravel()[free], rcond=1e-10)[0]
            step *= min(1.0, 1.0 / max(float(np.abs(step).max()), 1e-300))
            for part in (1.0, 0.5, 0.25, 0.1):
                tried = self.moved(now, part * step.reshape(now.u.shape))
                if tried.gap < now.gap * (1 - 0.2 * part):
                    break
            else:
                break
            now = tried
        return now

    def at(self, u: FloatArray) -> _State:
        """Beliefs, worths and gains at thresholds `u` (K, 2), in standard deviations of the prior.

        A gain is positive where a threshold should fall. It counts as none where the threshold cannot: it is at an end
        of the prior, or no resolve below it is left.
        """
        prior = self.game.prior
        low = np.full(u.shape, -_END)
        z, lowest = np.zeros(u.shape), [-_END, -_END]
        passed = np.ones(u.shape)
        for k, pair in enumerate(self.sides):
            for c, i in enumerate(pair):
                low[k, c] = lowest[i]
                lowest[i] = max(lowest[i], float(u[k, c]))
                z[k, c] = prior.resolves[i].at(lowest[i])
                passed[k, c] = _above(lowest[i]) / _above(low[k, c])
        tough, concede = passed[:, 0], 1 - passed[:, 1]
        last = None
        if self.goes_on and len(u):
            ends = [float(prior.resolves[i].at(lowest[i])) for i in (0, 1)]
            beliefs = (Posterior(prior.resolves[0], ends[0]), Posterior(prior.resolves[1], ends[1]))
            last = contest(self.game.losses[len(u)], beliefs, self.wins, prior.rate)
        gains, belief = self.gains(u, z, tough, concede, last)
        at_end = ((u <= low) & (gains > 0)) | ((u >= _END) & (gains < 0))
        gains = np.where(at_end, 0.0, gains)
        fixed = at_end.copy()
        if len(u):
            fixed[0, 1] |= abs(u[0, 1] - self.mixed) < _MIXED and gains[0, 1] == 0
        u = np.where(gains < 0, np.maximum(u, low), u)
        return _State(u, gains, fixed, z, tough, concede, belief, last)

    def gains(
        self, u: FloatArray, z: FloatArray, tough: FloatArray, concede: FloatArray, last: Contest | None
    ) -> tuple[FloatArray, float]:
        """Of the resolve at each threshold (K, 2), and what is believed of the first threat when it is insisted on."""
        count, found, belief = len(u), np.zeros(u.shape), 1.0
        points = [np.array([z[k, self.sides[k].index(i)] for k in range(count)]) for i in (0, 1)]
        losses = self.game.losses
        worth = [last.worth(i, points[i]) if last else np.full(count, -losses[count][i]) for i in (0, 1)]
        for k in range(count - 1, -1, -1):
            a, o = self.sides[k]
            keep = 0.0 if k + 1 == count and last is None else self.keep[k]
            out = [keep * worth[i] - (1 - keep) * losses[k + 1][i] for i in (0, 1)]
            if k == 0:
                found[0, 0] = self._first_threat(points[a][0], out[a][0], concede[0])
                found[0, 1], belief = self._first_answer(u[0, 1], points[o][0], out[o][0], tough[0])
                break
            stand = tough[k] * out[o] + (1 - tough[k]) * self.wins[o] * points[o]
            found[k, 0] = 1 + out[a][k] / points[a][k]
            found[k, 1] = 1 + stand[k] / points[o][k]
            worth[o] = np.maximum(-points[o], stand)
            worth[a] = concede[k] * self.wins[a] * points[a] + (1 - concede[k]) * np.maximum(out[a], -points[a])
        return found, belief

    def _first_threat(self, z: float, out: float, concede: float) -> float:
        """The gain of carrying the first threat out over backing down, or of insisting over holding back if less."""
        return min(self.game.prior.audience + out / z, concede + (1 - concede) * out / z)

    def _first_answer(self, u: float, z: float, out: float, tough: float) -> tuple[float, float]:
        """The gain of resisting the first threat over giving way, and the belief in the threat.

        A soft threatener gains nothing by insisting where the other gives way with probability audience/(1 + audience).
        Below the threshold that makes it so nobody bluffs; above it everybody does; at it as many as leave the other
        side indifferent.
        """
        believed, doubted = 1 + out / z, 1 + tough * out / z
        if abs(u - self.mixed) >= _MIXED:
            return (believed, 1.0) if u < self.mixed else (doubted, tough)
        if believed > 0:
            return believed, 1.0
        return (doubted, tough) if doubted < 0 else (0.0, -z / out)

    def course(self, found: _State) -> Course:
        """The course of the game at thresholds."""
        decisions, reached = [], 1.0
        first, second = self.game.prior.resolves
        beliefs = (Posterior(first), Posterior(second))
        for k, day in enumerate(self.days):
            tough, belief = float(found.tough[k]), found.belief if k == 0 else float(found.tough[k])
            bluffs = tough * (1 - belief) / (belief * (1 - tough)) if k == 0 and tough < belief < 1 else 0.0
            if k == 0 and belief == tough < 1:
                bluffs = 1.0
            made = Decision(
                day, k, self.sides[k][0], beliefs, float(found.thresholds[k, 0]), float(found.thresholds[k, 1]),
                tough, min(bluffs, 1.0), belief, float(found.concede[k]), reached,
            )  # fmt: skip
            reached *= made.carried_out
            beliefs = made.after("carried out")
            decisions.append(made)
        chances = chances_of(self.game, decisions, found.last, self.begins)
        return Course(self.game, tuple(decisions), found.last, self.begins, found.gap, chances)
