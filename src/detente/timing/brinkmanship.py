"""A threat that may be carried out: the two-type game in closed form, and the same under priors on both sides.

Order of moves: the side that threatens learns whether it is tough or soft and threatens or not; the other gives way or
resists; if it resists, the threatener carries the threat out or backs down. A tough type prefers carrying it out to
backing down, a soft one does not (Schelling 1960, ch. 8; the refinement is that of sequential equilibrium).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from detente.errors import BadInput
from detente.timing.offers import Pair
from detente.timing.prior import Resolve


@dataclass(frozen=True)
class Brinkmanship:
    """The equilibrium of a threat.

    `tough_threatens` and `soft_threatens` are the probabilities that each type threatens, `concede` that the other side
    gives way to a threat, `posterior` its belief, after a threat, that the threatener is tough. `payoffs` are expected
    before types are known. `outcomes` are the probabilities of nothing, deal, war and back down.
    """

    tough_threatens: float
    soft_threatens: float
    concede: float
    posterior: float
    payoffs: Pair
    outcomes: dict[str, float]


def brinkmanship(
    tough: float, *, deal: Pair, war_tough: Pair, war_soft: Pair, back_down: Pair, nothing: Pair = (0.0, 0.0)
) -> Brinkmanship:
    """The equilibrium of a threat by a side that is tough with a given probability.

    Payoffs are of the threatener and of the other side. Where the other side is indifferent over a whole range of
    beliefs, it gives way.

    Raises
    ------
    BadInput
        Where `tough` is not a probability, or payoffs are not those of a threat: a deal must be worth more to the
        threatener than nothing, the tough type must prefer war to backing down and the soft type the reverse, and war
        must be worse for the other side than the threatener's backing down.
    """
    _check_threat(tough, deal, war_tough, war_soft, back_down, nothing)
    # the belief at which the other side is indifferent between giving way and resisting
    doubt = (back_down[1] - deal[1]) / (back_down[1] - war_tough[1])
    prize = deal[0] - nothing[0]
    costless = back_down[0] >= nothing[0]
    if tough >= doubt:
        strong, weak, concede = 1.0, 1.0, 1.0
    elif doubt > 1:
        strong, weak, concede = float(war_tough[0] >= nothing[0]), float(costless), 0.0
    elif costless:
        strong, weak, concede = 1.0, 1.0, 0.0
    else:
        strong, weak = 1.0, tough * (1 - doubt) / (doubt * (1 - tough))
        concede = (nothing[0] - back_down[0]) / (prize + nothing[0] - back_down[0])
        if tough == 0:  # nobody is tough: no threat is believed, and none is made
            strong, concede = 0.0, 0.0
    made = (tough * strong, (1 - tough) * weak)
    threat = sum(made)
    outcomes = {
        "nothing": 1 - threat,
        "deal": threat * concede,
        "war": made[0] * (1 - concede),
        "back down": made[1] * (1 - concede),
    }
    worth = {"nothing": nothing, "deal": deal, "war": war_tough, "back down": back_down}
    payoffs = [sum(outcomes[name] * worth[name][k] for name in outcomes) for k in (0, 1)]
    return Brinkmanship(
        strong, weak, concede, made[0] / threat if threat > 0 else tough, (payoffs[0], payoffs[1]), outcomes
    )


def _check_threat(tough: float, deal: Pair, war_tough: Pair, war_soft: Pair, back_down: Pair, nothing: Pair) -> None:
    if not 0 <= tough <= 1:
        raise BadInput(f"tough={tough!r} is not a probability: give a number from 0 to 1")
    if not all(math.isfinite(value) for pair in (deal, war_tough, war_soft, back_down, nothing) for value in pair):
        raise BadInput("a payoff of the threat is not a finite number")
    if deal[0] <= nothing[0]:
        raise BadInput(
            f"a deal is worth {deal[0]:g} to the threatener, nothing {nothing[0]:g}: it has no use of a threat"
        )
    if war_tough[0] < back_down[0] or war_soft[0] > back_down[0]:
        raise BadInput(
            f"backing down is worth {back_down[0]:g}, war {war_tough[0]:g} to the tough type and {war_soft[0]:g} to "
            "the soft one: the tough type is the one that prefers war, the soft one that does not"
        )
    if war_tough[1] >= back_down[1]:
        raise BadInput(
            f"war is worth {war_tough[1]:g} to the other side, the threatener's backing down {back_down[1]:g}: "
            "this is no threat to it"
        )


@dataclass(frozen=True)
class Showdown:
    """The outcomes on the day on which a threat can be carried out, before either side's resolve is known.

    `tough` is the probability that the threatener would rather carry the threat out than back down, `bluffs` the
    probability that a soft one insists, `belief` the other side's that one who insists is tough. `deal`, `carried_out`
    and `held` add up to one; of `held`, `backed_down` is what had been insisted on. `if_resisted` is the probability
    that the threat is carried out if the other side does not give way.
    """

    tough: float
    bluffs: float
    belief: float
    concede: float
    deal: float
    carried_out: float
    held: float
    backed_down: float
    if_resisted: float
    threshold: float
    """The resolve over which the threatener is tough and insists, USD million a year."""
    yields: float
    """The resolve up to which the other side gives way to one who insists, USD million a year."""


def showdown(losses: Pair, resolves: tuple[Resolve, Resolve], audience: float) -> Showdown:
    """Brinkmanship where both sides know their own resolve only; the threatener is the first of each pair.

    With resolve z, the threatener wins z if the other side gives way, loses `audience`·z if it backs down, and loses
    losses[0] if the threat is carried out; the other side loses z by giving way and losses[1] if the threat is carried
    out. So the threatener is tough where `audience`·z is at least losses[0], and the other gives way to one who insists
    where its z is at most belief · losses[1]. A soft threatener insists with the probability that leaves it nothing to
    gain by insisting: with c the probability that the other gives way, c = audience/(1 + audience). Amounts are USD
    million a year; a negative loss is a gain.

    Raises BadInput where `audience` is not positive or a loss is not finite.
    """
    if not (math.isfinite(audience) and audience > 0):
        raise BadInput(f"audience={audience!r}: give the cost of backing down as a positive part of the resolve")
    if not all(map(math.isfinite, losses)):
        raise BadInput(f"losses {losses} of a threat are not finite")
    own, other = resolves
    enough = audience / (1 + audience)
    threshold = losses[0] / audience
    tough = float(own.above(threshold)) if losses[0] > 0 else 1.0

    def gives_way(belief: float) -> float:
        return float(other.below(belief * losses[1])) if losses[1] > 0 else 0.0

    if tough > 0 and gives_way(tough) >= enough:
        bluffs, belief = 1.0, tough
    elif tough > 0 and gives_way(1.0) > enough:
        belief = float(other.quantile(enough)) / losses[1]
        bluffs = tough * (1 - belief) / (belief * (1 - tough))
    else:  # even one who is surely tough is resisted too often for a bluff, and for the least tough to insist
        bluffs, belief = 0.0, 1.0
        chance = gives_way(1.0)
        if losses[0] > 0:
            threshold = max(threshold, losses[0] * (1 - chance) / chance) if chance > 0 else math.inf
            tough = float(own.above(threshold))
    concede = gives_way(belief)
    bluffing = (1 - tough) * bluffs
    insists = tough + bluffing
    return Showdown(
        tough=tough,
        bluffs=bluffs,
        belief=belief,
        concede=concede,
        deal=insists * concede,
        carried_out=tough * (1 - concede),
        held=1 - insists + bluffing * (1 - concede),
        backed_down=bluffing * (1 - concede),
        if_resisted=tough,
        threshold=threshold if losses[0] > 0 else 0.0,
        yields=belief * losses[1] if losses[1] > 0 else 0.0,
    )
