"""Would each side keep each deal: what cheating brings, what follows, and how patient a side must be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from detente.dispute.hold.arena import Arena, Deal
from detente.model.shock import Wedges
from detente.solve import Solution
from detente.talks.enforcement import NO_THREAT, Incentive, SnapBack, worth_of_next
from detente.war.nash import Equilibrium

#: A side would leave a punishment where it gains by more than this, in logs; as certificates of Nash tariffs have it.
_LEAVES: Final = 1e-6


@dataclass(frozen=True)
class Terms:
    """How cheating is found out and discounted: see `Hold`."""

    period: float
    annual_rate: float
    clause: SnapBack


@dataclass(frozen=True, eq=False)
class Punishment:
    """What follows cheating: a state, and what each side would gain in it by leaving it alone (logs), if known."""

    name: str
    wedges: Wedges
    gains: Mapping[str, float]

    @property
    def credible(self) -> bool:
        """Whether it is an equilibrium of its own."""
        return all(gain <= _LEAVES for gain in self.gains.values())


def punishments(arena: Arena, war: Equilibrium, no_deals: Mapping[str, tuple[str, Wedges]]) -> tuple[Punishment, ...]:
    """War at Nash tariffs, and the threats of the file where it has any."""
    found = [Punishment("war", war.solution.wedges, _leaving(arena, war.solution.wedges))]
    if "answered" in no_deals:
        clash = no_deals["answered"][1]
        found.append(Punishment("threats", clash, _leaving(arena, clash)))
    return tuple(found)


def _leaving(arena: Arena, wedges: Wedges) -> dict[str, float]:
    return {side: max(0.0, arena.best(side, wedges).gain) for side in arena.pair}


def punishment_frame(arena: Arena, found: Sequence[Punishment]) -> pd.DataFrame:
    """`Hold.punishments`."""
    rows = [
        {
            "punishment": its.name,
            "side": side,
            "payoff": float(arena.payoffs(its.wedges)[k]),
            "gain": its.gains[side],
            "credible": its.credible,
        }
        for its in found
        for k, side in enumerate(arena.pair)
    ]
    return pd.DataFrame(rows)


def enforcement(arena: Arena, deals: Sequence[Deal], found: Sequence[Punishment], terms: Terms) -> pd.DataFrame:
    """`Hold.enforcement`. Raises NotSolved where a best deviation is not found.

    A cheater charges its best duties on the other's goods and keeps whatever else it promised for a period, so that
    values of the file go on until it is found out. The truce comes first: a snap-back leads to it, so it is credible
    where war keeps both sides to the truce.
    """
    rows: list[dict[str, Any]] = []
    for deal in deals:
        for k, side in enumerate(arena.pair):
            best = arena.best(side, deal.wedges)
            keeping = float(arena.payoff(deal)[k])
            gain = best.gain + arena.worth(deal, k, best.solution) - arena.worth(deal, k)
            # keeping the deal is a way to act too, where one duty a sector cannot do better than duties within sectors
            row: dict[str, Any] = {
                "deal": deal.id,
                "side": side,
                "keeping": keeping,
                "cheating": keeping + max(0.0, gain),
            }
            row["temptation_usd"] = _gained(arena, k, best.solution, deal.wedges) if gain > 0 else 0.0
            for punishment in found:
                rows.append(row | _judged(arena, k, row, deal, punishment, terms, punishment.credible))
            if deal.id != "truce":
                back = Punishment("snap-back", arena.standing, {})
                rows.append(row | _judged(arena, k, row, deal, back, terms, _truce_held(rows)))
    order = ["deal", "side", "punishment", "keeping", "cheating", "punished", "temptation_usd", "loss_usd", "patience"]
    order += ["highest_rate", "periods", "truce", "longest_lag", "holds", "credible", "says"]
    return pd.DataFrame(rows)[order]


def _truce_held(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether war keeps both sides to the truce."""
    return all(row["holds"] and row["credible"] for row in rows if (row["deal"], row["punishment"]) == ("truce", "war"))


def _judged(
    arena: Arena, k: int, row: Mapping[str, Any], deal: Deal, punishment: Punishment, terms: Terms, credible: bool
) -> dict[str, Any]:
    """What one punishment does for one side's incentive to keep a deal."""
    punished = float(arena.payoffs(punishment.wedges)[k])
    lost = _gained(arena, k, arena.solution(deal.wedges), punishment.wedges) + deal.value[k]
    its = Incentive(row["keeping"], row["cheating"], punished)
    back = punishment.name == "snap-back"
    period = terms.clause.lag if back else terms.period
    highest = terms.clause.annual_rate(its) if back else its.annual_rate(period)
    delta = worth_of_next(terms.annual_rate, period)
    truce = its.shortest_truce(delta)
    holds = highest is not None and terms.annual_rate <= highest
    return {
        "punishment": punishment.name,
        "punished": punished,
        "loss_usd": lost,
        "patience": _number(its.patience),
        "highest_rate": _number(highest),
        "periods": _number(its.shortest_punishment(delta)),
        "truce": _number(None if back or truce is None else truce * period),
        "longest_lag": _number(its.longest_lag(terms.annual_rate)),
        "holds": holds,
        "credible": credible,
        "says": _says(its, back, credible, holds),
    }


def _gained(arena: Arena, k: int, solution: Solution, over: Wedges) -> float:
    """What a side's real income is in one state over another, USD million a year."""
    n = arena.seats[k]
    return float((solution.W_hat[n] - arena.solution(over).W_hat[n]) * arena.game.economy.I[n])


def _number(value: float | None) -> float:
    """Missing where there is no such number, or it is infinite, which JSON cannot hold."""
    return float(value) if value is not None and np.isfinite(value) else float("nan")


def _says(its: Incentive, back: bool, credible: bool, holds: bool) -> str:
    if its.patience is None:
        return f"{NO_THREAT}: the side has no less where it is carried out"
    if not holds:
        return "not kept: what is gained by cheating weighs more than what follows"
    if not credible:
        return "kept only if the truce that it falls back to were" if back else "kept only if the threat were believed"
    return "kept"


def sides_kept(frame: pd.DataFrame, deal: str) -> Iterator[str]:
    """Sides that keep a deal under a punishment that is an equilibrium."""
    kept = frame[(frame["deal"] == deal) & frame["holds"] & frame["credible"]]
    yield from dict.fromkeys(kept["side"])
