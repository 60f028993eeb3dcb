"""The result of an analysis of deals: temptation and threat, groups at home, equilibria of the conflict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import pandas as pd

from detente.dispute.results import Record
from detente.ensemble.summary import NumberKey, TableNumbers, numbers_in

ASSUMED_GROUPS: Final = " (groups at home assumed)"
"""What stands beside a ballot whose groups, weights or vetoes no source has."""


@dataclass(frozen=True, eq=False)
class Hold(Record):
    """Whether deals of two sides would hold, from the measures in force on the day of the dispute.

    Changes are since that state, as fractions; payoffs are in logs of the objective since then (of real income, about
    its change); money is USD million a year at base-year prices. ``truce`` is the deal in which nothing changes.

    Attributes
    ----------
    objective, rates
        The objective of governments, in words; `sector` or `one`: whether tariffs of a cheater and of a war differ by
        sector.
    liberalise
        Whether best and Nash tariffs may lower duties in force; else none falls below the one in force, or below the
        one of the deal where that is lower.
    period, annual_rate
        Years until cheating is found out, and the annual discount rate at which deals are judged, a fraction.
    lag, lasting
        Years until a snap-back clause takes a concession back, and for how long; lasting is None for good.
    no_deal
        What happens where a deal is not ratified: ``status quo``, ``threat``, ``answered`` or ``nash``.
    quota
        The share of weight that more than must consent at home.
    verdict, certificate, certified
        Which deals hold, in words; why Nash tariffs are an equilibrium; whether that holds.
    deals
        One row a deal (and the no-deal states, kind ``no deal``) and economy: deal, kind, title, economy, real_income,
        real_income_usd, value_usd (what the file's values add, for players), payoff (players only, values and all).
    enforcement
        One row a deal, side and punishment (``war``: Nash tariffs; ``threats``: what the file threatens, answered;
        ``snap-back``: what stood before, at the clause's lag): deal, side, punishment, keeping, cheating, punished
        (payoffs a year), temptation_usd and loss_usd (real income a year), patience (δ* of one period), highest_rate
        (the annual rate it stands for), periods (the shortest punishment at `annual_rate`), truce (years that the deal
        must be expected to last at least, at that rate; not of a clause), longest_lag (years, at that rate), holds (at
        that rate), credible (the punishment is an equilibrium of its own), renegotiated (both sides have more under the
        deal than while it is punished, so that both would rather return to it), says. Missing where no threat supports
        the deal; highest_rate and longest_lag are missing too where there is no temptation at all.
    punishments
        One row a punishment and side: punishment, side, payoff, gain (what this side would gain by leaving it alone, in
        logs), credible.
    groups
        One row a side, group and deal: side, group, deal, gain_usd (over no deal), size_usd (income of its sectors in
        no deal), share (gain over size), long_run_usd, consents, given (a payoff of the file).
    members
        One row a side and group: side, group, sectors, speakers, weight, veto, assumed, power (Shapley-Shubik).
    ballots
        One row a side and deal: side, deal, share (of weight that consents), vetoed_by, ratified, pivotal, payment_usd,
        payment_to, surplus_usd, instead (the ratified deal that costs the other side least), instead_usd (what it costs
        the other side over this one).
    states
        One row a state of the conflict: state, pattern, title, and for each player its payoff, real_income_usd and
        tier, better (the state that its best improving move leads to, 0 where none of its moves is better) and
        better_usd (what that move brings in real income); whether it is an equilibrium by each notion.
    routes
        One row a notion and equilibrium: how it is reached from what is in force; see `Conflict.routes`.
    wishes
        One row a state, notion and change of preferences that would make it an equilibrium: see `Conflict.wish`; usd is
        what that player's real income in the state would have to differ by.
    """

    KIND: ClassVar = "hold"
    SCHEMA: ClassVar = 3
    TABLES: ClassVar = (
        "deals", "enforcement", "punishments", "groups", "members", "ballots", "states", "routes", "wishes",
    )  # fmt: skip

    objective: str
    rates: str
    liberalise: bool
    period: float
    annual_rate: float
    lag: float
    lasting: float | None
    no_deal: str
    quota: float
    verdict: str
    certificate: str
    certified: bool
    notes: tuple[str, ...]
    assumed: tuple[str, ...]
    residual: float
    deals: pd.DataFrame
    enforcement: pd.DataFrame
    punishments: pd.DataFrame
    groups: pd.DataFrame
    members: pd.DataFrame
    ballots: pd.DataFrame
    states: pd.DataFrame
    routes: pd.DataFrame
    wishes: pd.DataFrame

    def __repr__(self) -> str:
        return f"<Hold of {' and '.join(self.players)} in {self.dispute}: {self.verdict}>"

    def _repr_html_(self) -> str:
        shown = (self.enforcement, self.ballots, self.states)
        return f"<p>{self.verdict}</p>" + "".join(t.to_html(index=False, float_format="{:.6g}".format) for t in shown)

    @property
    def holds(self) -> pd.Series[bool]:
        """Deal → whether both sides keep it under a punishment that is an equilibrium, at the annual rate given."""
        kept = self.enforcement[self.enforcement["holds"] & self.enforcement["credible"]]
        sides = kept.groupby("deal")["side"].nunique()
        order = list(dict.fromkeys(self.enforcement["deal"]))
        return sides.reindex(order, fill_value=0).eq(len(self.players))

    @property
    def win_set(self) -> dict[str, list[str]]:
        """Side → deals that it ratifies; a side without groups in the file has none listed."""
        yes = self.ballots[self.ballots["ratified"]]
        return {side: list(yes.loc[yes["side"] == side, "deal"]) for side in self.players}


NUMBERS: Final = (
    TableNumbers("deals", ("real_income",), ("deal",), "economy"),
    TableNumbers("enforcement", ("temptation_usd", "loss_usd", "patience", "holds"), ("deal", "punishment"), "side"),
    TableNumbers("ballots", ("ratified", "payment_usd"), ("deal",), "side"),
)
"""The numbers of deals once signed: what each is worth, what keeps it, and whether it is ratified."""


def numbers(result: Hold) -> dict[NumberKey, float]:
    """The numbers of deals once signed that an ensemble draws, by key."""
    return numbers_in(result, NUMBERS)
