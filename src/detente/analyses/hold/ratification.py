"""Would each deal be ratified at home: what the groups of the file gain, who has a veto, what consent costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from detente.analyses.hold.compliance_game import ComplianceGame, Deal
from detente.dispute.blocks import Faction
from detente.dispute.schema import Dispute
from detente.enforcement.ratification import Ballot, DomesticGroup, factor_income
from detente.errors import BadInput, enumerate_names
from detente.model.shock import Wedges

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
