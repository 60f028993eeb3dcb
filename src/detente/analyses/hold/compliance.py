"""Would each side keep each deal, and would each deal be ratified at home.

Compliance: what cheating brings, what follows, and how patient a side must be; deals and no-deal states stand in a
table, and what is found of the deals in a sentence. Packages of demands are deals that can be cheated on: the duties
they leave, and what the file says they are worth.

Ratification: what the groups of the file gain, who has a veto, and what their consent costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from detente.analyses.hold.compliance_game import ComplianceGame, Deal
from detente.analyses.hold.result import ASSUMED_GROUPS
from detente.analyses.talks.commitments import commitments, with_commitments
from detente.analyses.talks.deals import values_of
from detente.analyses.talks.result import Talks
from detente.dispute.blocks import Faction
from detente.dispute.negotiation import Negotiation
from detente.dispute.promises import demand_of
from detente.dispute.schema import Dispute
from detente.dispute.session import Pair, Session
from detente.enforcement.ratification import Ballot, DomesticGroup, factor_income
from detente.enforcement.self_enforcing import NO_THREAT, Incentive, SnapBack, worth_of_next
from detente.errors import BadInput, enumerate_names
from detente.model.shock import Wedges
from detente.optimal_tariffs.nash_equilibrium import Equilibrium
from detente.solver.noise import without_noise
from detente.solver.solution import Solution

#: A side would leave a punishment where it gains by more than this, in logs; as certificates of Nash tariffs have it.
_LEAVES: Final = 1e-6


@dataclass(frozen=True)
class Terms:
    """The detection lag and the discounting of cheating: see `Hold`."""

    period: float
    annual_rate: float
    clause: SnapBack


@dataclass(frozen=True, eq=False)
class Punishment:
    """A punishment of cheating: a state, and each side's gain by leaving it alone (logs), if known."""

    name: str
    wedges: Wedges
    gains: Mapping[str, float]

    @property
    def credible(self) -> bool:
        """Whether it is an equilibrium of its own."""
        return all(gain <= _LEAVES for gain in self.gains.values())


def punishments(
    game: ComplianceGame, war: Equilibrium, no_deals: Mapping[str, tuple[str, Wedges]]
) -> tuple[Punishment, ...]:
    """War at Nash tariffs, and the threats of the file where it has any."""
    found = [Punishment("war", war.solution.wedges, _leaving(game, war.solution.wedges))]
    if "answered" in no_deals:
        clash = no_deals["answered"][1]
        found.append(Punishment("threats", clash, _leaving(game, clash)))
    return tuple(found)


def _leaving(game: ComplianceGame, wedges: Wedges) -> dict[str, float]:
    return {side: max(0.0, game.best(side, wedges).gain) for side in game.pair}


def punishment_frame(game: ComplianceGame, found: Sequence[Punishment]) -> pd.DataFrame:
    """`Hold.punishments`."""
    rows = [
        {
            "punishment": its.name,
            "side": side,
            "payoff": float(game.payoffs(its.wedges)[k]),
            "gain": its.gains[side],
            "credible": its.credible,
        }
        for its in found
        for k, side in enumerate(game.pair)
    ]
    return pd.DataFrame(rows)


def enforcement(game: ComplianceGame, deals: Sequence[Deal], found: Sequence[Punishment], terms: Terms) -> pd.DataFrame:
    """`Hold.enforcement`. Raises NotSolved where a best deviation is not found.

    A cheater charges its best duties on the other's goods and keeps whatever else it promised for a period, so that
    values of the file go on until it is found out. The truce comes first: a snap-back leads to it, so it is credible
    where war keeps both sides to the truce.
    """
    rows: list[dict[str, Any]] = []
    for deal in deals:
        for k, side in enumerate(game.pair):
            best = game.best(side, deal.wedges)
            keeping = float(game.payoff(deal)[k])
            gain = best.gain + game.worth(deal, k, best.solution) - game.worth(deal, k)
            # keeping the deal is a way to act too, where one duty a sector cannot do better than duties within sectors
            row: dict[str, Any] = {
                "deal": deal.id,
                "side": side,
                "keeping": keeping,
                "cheating": keeping + max(0.0, gain),
            }
            row["temptation_usd"] = _gained(game, k, best.solution, deal.wedges) if gain > 0 else 0.0
            for punishment in found:
                rows.append(row | _judged(game, k, row, deal, punishment, terms, punishment.credible))
            if deal.id != "truce":
                back = Punishment("snap-back", game.standing, {})
                rows.append(row | _judged(game, k, row, deal, back, terms, _truce_held(rows)))
    order = ["deal", "side", "punishment", "keeping", "cheating", "punished", "temptation_usd", "loss_usd", "patience"]
    order += ["highest_rate", "periods", "truce", "longest_lag", "holds", "credible", "renegotiated", "says"]
    return pd.DataFrame(rows)[order]


def _truce_held(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether war keeps both sides to the truce."""
    return all(row["holds"] and row["credible"] for row in rows if (row["deal"], row["punishment"]) == ("truce", "war"))


def _judged(
    game: ComplianceGame,
    k: int,
    row: Mapping[str, Any],
    deal: Deal,
    punishment: Punishment,
    terms: Terms,
    credible: bool,
) -> dict[str, Any]:
    """The effect of one punishment on one side's incentive to keep a deal."""
    punished = float(game.payoffs(punishment.wedges)[k])
    lost = _gained(game, k, game.solution(deal.wedges), punishment.wedges) + deal.value[k]
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
        "renegotiated": bool((game.payoff(deal) - game.payoffs(punishment.wedges) > _LEAVES).all()),
        "says": _says(its, back, credible, holds),
    }


def _gained(game: ComplianceGame, k: int, solution: Solution, over: Wedges) -> float:
    """The gain of a side's real income in one state over another, USD million a year."""
    n = game.seats[k]
    return float((solution.welfare_hat[n] - game.solution(over).welfare_hat[n]) * game.economy.I[n])


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


def deal_frame(game: ComplianceGame, deals: Sequence[Deal], no_deals: Mapping[str, tuple[str, Wedges]]) -> pd.DataFrame:
    """`Hold.deals`."""
    economy, before = game.economy, game.solution(game.standing)
    states = [("deal", deal) for deal in deals]
    states += [("no deal", Deal(name, title, wedges)) for name, (title, wedges) in no_deals.items()]
    frames = []
    for kind, state in states:
        payoff = np.full(len(economy.economies), np.nan)
        payoff[game.seats] = game.payoff(state)
        value = np.zeros(len(economy.economies))
        value[game.seats] = state.value
        frames.append(
            pd.DataFrame(
                {
                    "deal": state.id,
                    "kind": kind,
                    "title": state.title,
                    "economy": economy.economies,
                    "real_income": without_noise(game.solution(state.wedges).welfare_hat / before.welfare_hat - 1),
                    "real_income_usd": without_noise(game.usd(state.wedges), of=economy.I),
                    "value_usd": value,
                    "payoff": payoff,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def verdict(kept: pd.DataFrame, ballots: pd.DataFrame, pair: tuple[str, str], assumed: bool) -> str:
    """The deals that both sides keep, and those that both also ratify, with ids and codes for names.

    assumed: no source has the groups at home, or their weights.
    """
    deals = list(dict.fromkeys(kept["deal"]))
    held = [deal for deal in deals if set(sides_kept(kept, deal)) == set(pair)]
    if not held:
        alone = {side: [deal for deal in deals if side in set(sides_kept(kept, deal))] for side in pair}
        parts = [f"{side} would keep {', '.join(its) or 'none'}" for side, its in alone.items()]
        return f"no deal is kept by both: {'; '.join(parts)}"
    said = f"both keep {', '.join(held)}"
    asked = [side for side in pair if (ballots["side"] == side).any()]
    if not asked:
        return said
    yes = ballots[ballots["ratified"]]
    passed = [d for d in held if all(((yes["deal"] == d) & (yes["side"] == side)).any() for side in asked)]
    said += f"; of these {', '.join(passed) or 'none'} is ratified by {' and '.join(asked)}"
    return said + (ASSUMED_GROUPS if assumed else "")


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
    session: Session, pair: Pair, packages: Mapping[str, Sequence[str]], taken: Iterable[str]
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
    negotiation = Negotiation.of(session, pair, only=every)
    found = commitments(negotiation)
    negotiation = with_commitments(negotiation, found)
    values = values_of(negotiation)
    deals = []
    for name, demands in packages.items():
        met = _named(negotiation, name, demands)
        parts = [(negotiation.promises[each].part, demand_of(each)) for each in met]
        worth = sum((part * values[demand] for part, demand in parts if demand in values), np.zeros(2))
        wedges = negotiation.agreed(negotiation.law(met), met, session.before)
        deals.append(Deal(name, ", ".join(met), wedges, (float(worth[0]), float(worth[1]))))
    notes = (
        *(note for commitment in found.values() for note in commitment.notes),
        *_without_value(negotiation, values),
    )
    return tuple(deals), notes


def _named(negotiation: Negotiation, package: str, demands: Sequence[str]) -> list[str]:
    """The demands that a package meets, in the order of the file. Raises BadInput for an unknown level."""
    for name in demands:
        levels = negotiation.parts[demand_of(name)]
        if name not in levels:
            raise BadInput(
                f"package {package!r}: {name!r} is not a level of {demand_of(name)}: it has {', '.join(levels)}"
            )
    if len({demand_of(name) for name in demands}) < len(set(demands)):
        raise BadInput(f"package {package!r} meets a demand at two levels: {', '.join(demands)}; give one of them")
    return [name for levels in negotiation.parts.values() for name in levels if name in demands]


def _without_value(negotiation: Negotiation, values: Mapping[str, object]) -> Iterator[str]:
    for demand in negotiation.demands:
        if demand.id not in negotiation.trade and demand.id not in values:
            yield f"{demand.id} changes nothing that the model counts and has no value in the file: it counts nothing"


#: USD million a year: what the audit of solutions leaves open in an income of trillions.
TIE = 1e-2

GROUPS = ["side", "group", "deal", "gain_usd", "size_usd", "share", "long_run_usd", "consents", "given"]
MEMBERS = ["side", "group", "sectors", "speakers", "weight", "veto", "assumed", "power"]
BALLOTS = ["side", "deal", "share", "vetoed_by", "ratified", "pivotal", "payment_usd", "payment_to", "surplus_usd"]
BALLOTS += ["instead", "instead_usd"]


def require_payoffs(dispute: Dispute, pair: Sequence[str], deals: Iterable[str]) -> None:
    """Raise BadInput where a faction has neither sectors nor a payoff for every deal, or a payoff for no deal."""
    names = list(deals)
    for side in pair:
        for faction in dispute.factions.get(side, ()):
            where = f"faction {faction.name!r} of {side}"
            unknown = [name for name in faction.payoffs if name not in names]
            if unknown:
                raise BadInput(
                    f"{where} has a payoff for {unknown[0]!r}, which is not a deal; deals are {enumerate_names(names)}"
                )
            missing = [name for name in names if name not in faction.payoffs]
            if missing and not faction.sectors:
                raise BadInput(f"{where} has no sectors, and no payoffs for {enumerate_names(missing)}: give either")


def ratification(
    game: ComplianceGame, deals: Sequence[Deal], no_deal: Wedges, quota: float
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """`Hold.groups`, `.members` and `.ballots`; without rows for a side that has no factions in the file.

    What sectors earn is measured where labour is held in its sector, since in the long run all workers earn the same.
    Raises NotSolved.
    """
    dispute = game.session.known
    ballots: dict[tuple[str, str], Ballot] = {}
    rows: list[dict[str, Any]] = []
    members: list[dict[str, Any]] = []
    for side in game.pair:
        factions = dispute.factions.get(side, ())
        for deal in deals if factions else ():
            groups = []
            for faction in factions:
                row = _gain(game, side, faction, deal, no_deal)
                rows.append({"side": side, "group": faction.name, "deal": deal.id} | row)
                groups.append(
                    DomesticGroup(faction.name, row["gain_usd"], faction.weight, faction.veto, row["size_usd"] or 1.0)
                )
            ballots[side, deal.id] = Ballot(tuple(groups), quota, TIE)
        if factions:
            members += _members(side, factions, ballots[side, deals[0].id])
    frame = pd.DataFrame(list(_ballots(game, deals, ballots)), columns=BALLOTS)
    return pd.DataFrame(rows, columns=GROUPS), pd.DataFrame(members, columns=MEMBERS), frame


def _gain(game: ComplianceGame, side: str, faction: Faction, deal: Deal, no_deal: Wedges) -> dict[str, Any]:
    """The gain of a group from a deal over no deal: the file's payoff, or the income of its sectors."""

    def earned(wedges: Wedges, long: bool) -> float:
        return factor_income(game.solution(wedges, "long" if long else "short"), side, faction.sectors)

    size = earned(no_deal, False) if faction.sectors else 0.0
    given = faction.payoffs.get(deal.id)
    gain = earned(deal.wedges, False) - size if given is None else float(given)
    long_run = earned(deal.wedges, True) - earned(no_deal, True) if faction.sectors else np.nan
    return {
        "gain_usd": gain,
        "size_usd": size,
        "share": gain / size if size > 0 else np.nan,
        "long_run_usd": long_run,
        "consents": gain >= -TIE,
        "given": given is not None,
    }


def _members(side: str, factions: Sequence[Faction], ballot: Ballot) -> Iterator[dict[str, Any]]:
    for faction in factions:
        yield {
            "side": side,
            "group": faction.name,
            "sectors": " ".join(faction.sectors),
            "speakers": ", ".join(faction.speakers),
            "weight": faction.weight,
            "veto": faction.veto,
            "assumed": ", ".join(faction.assumed),
            "power": ballot.power[faction.name],
        }


def _ballots(
    game: ComplianceGame, deals: Sequence[Deal], ballots: Mapping[tuple[str, str], Ballot]
) -> Iterator[dict[str, Any]]:
    for side in game.pair:
        other = game.seats[game.pair.index(game.other(side))]
        theirs = {deal.id: float(game.money(deal)[other]) for deal in deals}
        passed = [deal.id for deal in deals if (side, deal.id) in ballots and ballots[side, deal.id].ratified]
        for deal in deals:
            if (side, deal.id) not in ballots:
                continue
            ballot = ballots[side, deal.id]
            instead = "" if ballot.ratified or not passed else max(passed, key=theirs.__getitem__)
            yield {
                "side": side,
                "deal": deal.id,
                "share": ballot.share,
                "vetoed_by": ", ".join(ballot.vetoed_by),
                "ratified": ballot.ratified,
                "pivotal": ballot.pivotal,
                "payment_usd": ballot.payment.total,
                "payment_to": ", ".join(name for name, _ in ballot.payment.to),
                "surplus_usd": ballot.surplus,
                "instead": instead,
                "instead_usd": theirs[deal.id] - theirs[instead] if instead else np.nan,
            }
